"""Losses of a network's outputs, with their first two derivatives; arrays have one row per data point."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from spinglass._common.types import Array

AnyArray = npt.NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class Loss:
    """A loss function of M data points with k outputs each.

    The three functions receive the outputs, shape (M, k), and the targets: values of shape (M, k) or, if ``classes`` is
    given, whole-number labels of shape (M,). For a loss of your own, `curvature` and `train` compare the derivatives
    with finite differences before they use them.

    Parameters
    ----------
    name
        Name in error messages and summaries.
    value
        ``value(outputs, targets)`` returns the loss of each data point, shape (M,).
    gradient
        ``gradient(outputs, targets)`` returns the derivatives with respect to the outputs, shape (M, k).
    hessian
        ``hessian(outputs, targets)`` returns the second derivatives, shape (M, k, k).
    classes
        None (default) if the targets are values. Otherwise a function that returns the number of different labels for a
        given number of outputs, such as ``lambda k: k``.
    kinks
        ``kinks(outputs, targets)`` returns the distance of each output from the nearest kink, shape (M, k). Default:
        None, for a smooth loss.
    convex
        Whether the loss is convex in the outputs. Bounds that need this are used only if it is True. Default: False.
    code
        Number of the loss in compiled training code (:mod:`spinglass.networks.training.compiled_losses`). Default: -1,
        for a loss that is computed by its Python functions.

    Examples
    --------
    >>> pseudo_huber = Loss(
    ...     name="pseudo-Huber",
    ...     value=lambda y, t: (np.sqrt(1 + (y - t) ** 2) - 1).sum(axis=1),
    ...     gradient=lambda y, t: (y - t) / np.sqrt(1 + (y - t) ** 2),
    ...     hessian=lambda y, t: np.eye(y.shape[1]) * ((1 + (y - t) ** 2) ** -1.5)[:, None, :],
    ...     convex=True,
    ... )
    >>> pseudo_huber.value(np.array([[3.0]]), pseudo_huber.check([3], 1, 1)).tolist()
    [0.0]
    """

    name: str
    value: Callable[[Array, AnyArray], Array]
    gradient: Callable[[Array, AnyArray], Array]
    hessian: Callable[[Array, AnyArray], Array]
    classes: Callable[[int], int] | None = None
    kinks: Callable[[Array, AnyArray], Array] | None = None
    convex: bool = False
    code: int = -1

    def check(self, targets: npt.ArrayLike, points: int, outputs: int) -> AnyArray:
        """Return validated targets.

        Parameters
        ----------
        targets
            Values, shape (points, outputs) or, for one output, (points,); or labels, shape (points,).
        points, outputs
            Number of data points and of outputs.

        Returns
        -------
        ndarray
            Values (points, outputs) in float64, or labels (points,) in int64.

        Raises
        ------
        ValueError
            If the targets are of the other kind, have another shape, are not finite, or a label is out of range.
        """
        if self.classes is None:
            return _checked_values(self.name, targets, points, outputs)
        return _checked_labels(self.name, targets, points, self.classes(outputs))


def _checked_values(loss: str, targets: npt.ArrayLike, points: int, outputs: int) -> AnyArray:
    values = np.asarray(targets)
    if values.dtype.kind not in "fiu" or values.shape not in {(points, outputs), (points,) if outputs == 1 else ()}:
        labels = values.dtype.kind in "iu" and values.shape == (points,)
        raise ValueError(
            f"targets of the {loss} loss must be real numbers of shape ({points}, {outputs}), "
            f"not {values.dtype} of shape {values.shape}" + "; for labels try the loss 'cross_entropy'" * labels
        )
    if not np.isfinite(values).all():
        raise ValueError(f"targets must be finite; {np.count_nonzero(~np.isfinite(values))} are not: drop those rows")
    return values.astype(np.float64).reshape(points, outputs)


def _checked_labels(loss: str, targets: npt.ArrayLike, points: int, classes: int) -> AnyArray:
    labels = np.asarray(targets)
    if labels.dtype.kind not in "iu" or labels.shape != (points,):
        raise ValueError(
            f"targets of the {loss} loss must be whole-number labels of shape ({points},), "
            f"not {labels.dtype} of shape {labels.shape}"
        )
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(
            f"labels of the {loss} loss must lie in 0..{classes - 1} for this number of outputs; "
            f"given {labels.min()}..{labels.max()}"
        )
    return labels.astype(np.int64)


def _squared(outputs: Array, targets: AnyArray) -> Array:
    return np.asarray(0.5 * np.sum((outputs - targets) ** 2, axis=1))


def _residual(outputs: Array, targets: AnyArray) -> Array:
    return np.asarray(outputs - targets)


def _unit_hessian(outputs: Array, targets: AnyArray) -> Array:  # noqa: ARG001  one signature for all losses
    points, k = outputs.shape
    return np.broadcast_to(np.eye(k), (points, k, k))


def _cross_entropy(outputs: Array, labels: AnyArray) -> Array:
    return np.asarray(special.logsumexp(outputs, axis=1) - outputs[np.arange(len(outputs)), labels])


def _excess_probability(outputs: Array, labels: AnyArray) -> Array:
    excess = special.softmax(outputs, axis=1)
    excess[np.arange(len(outputs)), labels] -= 1
    return excess


def _probability_covariance(outputs: Array, labels: AnyArray) -> Array:  # noqa: ARG001  one signature for all losses
    p = special.softmax(outputs, axis=1)
    covariance = -p[:, :, None] * p[:, None, :]
    diagonal = np.arange(p.shape[1])
    # Computing p (1 - p) as a product of positive terms keeps it accurate where p is nearly 1.
    others = np.where(np.eye(p.shape[1], dtype=bool), 0.0, p[:, None, :]).sum(axis=2)
    covariance[:, diagonal, diagonal] = p * others
    return covariance


def _signs(outputs: Array, labels: AnyArray) -> Array:
    """Return 1 in the label's column and -1 elsewhere; for a single column, 1 for label 1 and -1 for label 0."""
    k = outputs.shape[1]
    classes = np.arange(k) if k > 1 else 1
    return np.where(labels[:, None] == classes, 1.0, -1.0)


def _hinge(outputs: Array, labels: AnyArray) -> Array:
    return np.asarray(np.maximum(0.0, 1 - _signs(outputs, labels) * outputs).sum(axis=1))


def _hinge_slope(outputs: Array, labels: AnyArray) -> Array:
    signs = _signs(outputs, labels)
    return np.where(signs * outputs < 1, -signs, 0.0)


def _no_curvature(outputs: Array, targets: AnyArray) -> Array:  # noqa: ARG001  one signature for all losses
    return np.zeros((*outputs.shape, outputs.shape[1]))


def _margin(outputs: Array, labels: AnyArray) -> Array:
    return np.abs(1 - _signs(outputs, labels) * outputs)


def _absolute(outputs: Array, targets: AnyArray) -> Array:
    return np.asarray(np.abs(outputs - targets).sum(axis=1))


def _absolute_slope(outputs: Array, targets: AnyArray) -> Array:
    return np.asarray(np.sign(outputs - targets))


def _deviation(outputs: Array, targets: AnyArray) -> Array:
    return np.asarray(np.abs(outputs - targets))


def _one_per_output(outputs: int) -> int:
    return outputs


def _two_for_one_output(outputs: int) -> int:
    return max(outputs, 2)


# Compiled training code knows each loss by its ``code``: a change here needs a change of the kernels there.
LOSSES = {
    "squared": Loss(name="squared", value=_squared, gradient=_residual, hessian=_unit_hessian, convex=True, code=2),
    "cross_entropy": Loss(
        name="cross_entropy",
        value=_cross_entropy,
        gradient=_excess_probability,
        hessian=_probability_covariance,
        classes=_one_per_output,
        convex=True,
        code=0,
    ),
    "hinge": Loss(
        name="hinge",
        value=_hinge,
        gradient=_hinge_slope,
        hessian=_no_curvature,
        classes=_two_for_one_output,
        kinks=_margin,
        convex=True,
        code=1,
    ),
    "absolute": Loss(
        name="absolute",
        value=_absolute,
        gradient=_absolute_slope,
        hessian=_no_curvature,
        kinks=_deviation,
        convex=True,
    ),
}


def loss_named(name: str | Loss) -> Loss:
    """Return the loss with a given name.

    Parameters
    ----------
    name
        ``"squared"`` for ``|y - t|^2/2``, ``"absolute"`` for ``sum_c |y_c - t_c|``, ``"cross_entropy"`` for
        ``-log softmax(y)[label]``, ``"hinge"`` for ``sum_c max(0, 1 - t_c y_c)`` with t_c = 1 for the label and -1
        otherwise; or a `Loss`, which is returned unchanged (for a copy of a built-in one, the built-in one).

    Returns
    -------
    Loss
        The loss.

    Raises
    ------
    ValueError
        If no loss has this name, or an own loss has the name of a built-in one.
    """
    if isinstance(name, Loss):
        known = LOSSES.get(name.name, name)  # also for copies, such as those that another process receives
        if name != known:
            raise ValueError(f"the name {name.name!r} belongs to a built-in loss; give your own loss another name")
        return known
    if not isinstance(name, str) or name not in LOSSES:
        raise ValueError(f"unknown loss {name!r}; choose one of {', '.join(LOSSES)}, or pass a Loss of your own")
    return LOSSES[name]
