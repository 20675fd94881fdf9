"""Checks of a user's own loss: shapes, finite values, and derivatives against finite differences."""

import numpy as np

from spinglass._common.types import Array
from spinglass.networks import losses
from spinglass.networks.losses import AnyArray, Loss

_STEP = 1e-6  # relative step of the central differences
_TOLERANCE = 1e-3  # a wrong formula is usually off by more; differences with this step are exact to about 1e-8
_MOST_POINTS = 20


def check_own_loss(loss: Loss, outputs: Array, targets: AnyArray) -> None:
    """Raise ``ValueError`` if the functions of a loss that is not built in contradict each other.

    The gradient is compared with central differences of the value, and the Hessian with those of the gradient. Entries
    at which the two one-sided differences disagree are skipped, because the loss has a kink there.

    Parameters
    ----------
    loss
        The loss. Built-in losses are not checked.
    outputs
        Outputs at which it is checked, shape (M, k); the first 20 rows are used.
    targets
        Validated targets of the same rows.

    Raises
    ------
    ValueError
        If a function returns another shape or numbers that are not finite, or a derivative is wrong.
    """
    if loss is losses.LOSSES.get(loss.name):
        return
    y, t = outputs[:_MOST_POINTS], targets[:_MOST_POINTS]
    points, k = y.shape
    for name, function, shape in (
        ("value", loss.value, (points,)),
        ("gradient", loss.gradient, (points, k)),
        ("hessian", loss.hessian, (points, k, k)),
    ):
        found = np.asarray(function(y.copy(), t))
        if found.shape != shape or found.dtype.kind not in "fiu" or not np.isfinite(found).all():
            raise ValueError(
                f"{name} of the loss {loss.name!r} must return finite real numbers of shape {shape} for outputs of "
                f"shape {y.shape}; it returned {found.dtype} of shape {found.shape}"
            )
    _compare(loss.name, "gradient", loss.value, loss.gradient, y, t)
    _compare(loss.name, "hessian", loss.gradient, loss.hessian, y, t)


def _compare(loss: str, name: str, function: object, derivative: object, y: Array, t: AnyArray) -> None:
    """Compare a derivative with differences of the function, output by output."""
    assert callable(function)
    assert callable(derivative)
    here, stated = np.asarray(function(y.copy(), t)), np.asarray(derivative(y.copy(), t))
    for c in range(y.shape[1]):
        step = _STEP * (1 + np.abs(y[:, c]))
        moved = [y.copy(), y.copy()]
        moved[0][:, c] += step
        moved[1][:, c] -= step
        scale = step.reshape(-1, *[1] * (here.ndim - 1))
        forward, backward = (
            (np.asarray(function(moved[0], t)) - here) / scale,
            (here - np.asarray(function(moved[1], t))) / scale,
        )
        expected = (forward + backward) / 2
        allowed = _TOLERANCE * (1 + np.abs(expected))
        off = np.abs(stated[..., c] - expected)
        wrong = (off > allowed) & (np.abs(forward - backward) <= allowed)
        if wrong.any():
            row = int(np.argwhere(wrong)[0][0])
            raise ValueError(
                f"the {name} of the loss {loss!r} is wrong: at outputs {y[row].tolist()} its derivative with respect "
                f"to output {c} is {np.asarray(stated[..., c][row]).tolist()}, but finite differences give "
                f"{np.asarray(expected[row]).round(6).tolist()}"
            )
