"""Convex losses of a network's outputs, with their first two derivatives; arrays have one row per data point."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from spinglass._common.types import Array

AnyArray = npt.NDArray[Any]


@dataclass(frozen=True)
class Loss:
    """A loss function of M data points with k outputs each.

    Attributes
    ----------
    name
        Name in error messages and summaries.
    check
        ``check(targets, M, k)`` returns validated targets: values of shape (M, k), or labels of shape (M,).
    value
        ``value(outputs, targets)`` returns the loss of each data point, shape (M,); ``outputs`` has shape (M, k).
    gradient
        ``gradient(outputs, targets)`` returns the derivatives with respect to the outputs, shape (M, k).
    hessian
        ``hessian(outputs)`` returns the second derivatives, shape (M, k, k).
    kinks
        ``kinks(outputs, targets)`` returns the distance of each output from the nearest kink, shape (M, k); None for a
        smooth loss.
    code
        Number of the loss in compiled training code (:mod:`spinglass.networks.training.compiled_losses`).
    """

    name: str
    check: Callable[[npt.ArrayLike, int, int], AnyArray]
    value: Callable[[Array, AnyArray], Array]
    gradient: Callable[[Array, AnyArray], Array]
    hessian: Callable[[Array], Array]
    kinks: Callable[[Array, AnyArray], Array] | None = None
    code: int = -1


def _check_values(targets: npt.ArrayLike, points: int, outputs: int) -> AnyArray:
    values = np.asarray(targets)
    if values.dtype.kind not in "fiu" or values.shape not in {(points, outputs), (points,) if outputs == 1 else ()}:
        labels = values.dtype.kind in "iu" and values.shape == (points,)
        raise ValueError(
            f"targets of the squared loss must be real numbers of shape ({points}, {outputs}), "
            f"not {values.dtype} of shape {values.shape}" + "; for labels try the loss 'cross_entropy'" * labels
        )
    if not np.isfinite(values).all():
        raise ValueError(f"targets must be finite; {np.count_nonzero(~np.isfinite(values))} are not: drop those rows")
    return values.astype(np.float64).reshape(points, outputs)


def _check_labels(targets: npt.ArrayLike, points: int, outputs: int) -> AnyArray:
    return _labels("cross-entropy", targets, points, outputs, "one for each output")


def _check_classes(targets: npt.ArrayLike, points: int, outputs: int) -> AnyArray:
    if outputs == 1:
        return _labels("hinge loss", targets, points, 2, "the two signs of one output")
    return _labels("hinge loss", targets, points, outputs, "one for each output")


def _labels(loss: str, targets: npt.ArrayLike, points: int, classes: int, meaning: str) -> AnyArray:
    labels = np.asarray(targets)
    if labels.dtype.kind not in "iu" or labels.shape != (points,):
        raise ValueError(
            f"targets of the {loss} must be whole-number labels of shape ({points},), "
            f"not {labels.dtype} of shape {labels.shape}"
        )
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must lie in 0..{classes - 1}, {meaning}; given {labels.min()}..{labels.max()}")
    return labels.astype(np.int64)


def _squared(outputs: Array, targets: AnyArray) -> Array:
    return np.asarray(0.5 * np.sum((outputs - targets) ** 2, axis=1))


def _residual(outputs: Array, targets: AnyArray) -> Array:
    return np.asarray(outputs - targets)


def _unit_hessian(outputs: Array) -> Array:
    points, k = outputs.shape
    return np.broadcast_to(np.eye(k), (points, k, k))


def _cross_entropy(outputs: Array, labels: AnyArray) -> Array:
    return np.asarray(special.logsumexp(outputs, axis=1) - outputs[np.arange(len(outputs)), labels])


def _excess_probability(outputs: Array, labels: AnyArray) -> Array:
    excess = special.softmax(outputs, axis=1)
    excess[np.arange(len(outputs)), labels] -= 1
    return excess


def _probability_covariance(outputs: Array) -> Array:
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


def _no_curvature(outputs: Array) -> Array:
    return np.zeros((*outputs.shape, outputs.shape[1]))


def _margin(outputs: Array, labels: AnyArray) -> Array:
    return np.abs(1 - _signs(outputs, labels) * outputs)


# Compiled training code knows each loss by its ``code``: a change here needs a change of the kernels there.
LOSSES = {
    "squared": Loss("squared", _check_values, _squared, _residual, _unit_hessian, code=2),
    "cross_entropy": Loss(
        "cross_entropy", _check_labels, _cross_entropy, _excess_probability, _probability_covariance, code=0
    ),
    "hinge": Loss("hinge", _check_classes, _hinge, _hinge_slope, _no_curvature, _margin, code=1),
}


def loss_named(name: str | Loss) -> Loss:
    """Return the loss with a given name.

    Parameters
    ----------
    name
        ``"squared"`` for ``|y - t|^2/2``, ``"cross_entropy"`` for ``-log softmax(y)[label]``, ``"hinge"`` for
        ``sum_c max(0, 1 - t_c y_c)`` with t_c = 1 for the label and -1 otherwise; or a `Loss`, which is returned
        unchanged.

    Returns
    -------
    Loss
        The loss.

    Raises
    ------
    ValueError
        If no loss has this name.
    """
    if isinstance(name, Loss):
        return name
    if not isinstance(name, str) or name not in LOSSES:
        raise ValueError(f"unknown loss {name!r}; choose one of {', '.join(LOSSES)}")
    return LOSSES[name]
