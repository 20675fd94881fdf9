"""Training data: inputs with labels or values, validated and laid out for compiled code."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spinglass._common.types import Array
from spinglass.networks.losses import Loss
from spinglass.saving import Saved


@dataclass(frozen=True, kw_only=True, eq=False)
class Examples(Saved):
    """Inputs and targets of N data points.

    Attributes
    ----------
    X
        Inputs, shape (N, d).
    T
        Targets, shape (N, C), one column per class or value.
    classes
        Labels of the columns; for two classes that share one column, the labels of the targets -1 and +1. None if the
        targets are values.
    """

    X: Array
    T: Array
    classes: npt.NDArray[np.generic] | None

    @property
    def every(self) -> npt.NDArray[np.int64]:
        """Indices of all rows, shape (N,)."""
        return np.arange(len(self.X))


def examples(X: npt.ArrayLike, y: npt.ArrayLike, loss: Loss, like: Examples | None = None) -> Examples:
    """Return inputs with targets in the form that a loss needs.

    Labels become one column per class: 1 for the class, and 0 (hinge loss: -1) for the others. Under the hinge loss,
    two classes share one column of -1 and 1.

    Parameters
    ----------
    X
        Inputs, shape (N, d).
    y
        Labels (integers or texts), shape (N,); or, for a loss of values, values (floats), shape (N,) or (N, C).
    loss
        The loss.
    like
        Earlier data that fix the classes and the number of inputs, such as the training data. Default: None.

    Returns
    -------
    data
        The validated inputs and targets.

    Raises
    ------
    ValueError
        If shapes do not fit, a number is not finite, ``y`` holds values but the loss needs labels, or a label is not
        in ``like``.
    """
    inputs, given = _inputs(X, None if like is None else like.X.shape[1]), np.asarray(y)
    if len(given) != len(inputs) or given.ndim not in (1, 2):
        raise ValueError(f"y must have one row for each of the {len(inputs)} rows of X, not shape {given.shape}")
    if (like.classes is None) if like is not None else given.dtype.kind == "f":
        return Examples(X=inputs, T=_values(given, loss, like), classes=None)
    if given.ndim != 1 or given.dtype.kind == "f":
        raise ValueError(f"labels must be integers or texts of shape (N,), not {given.dtype} of shape {given.shape}")
    classes = np.unique(given) if like is None else like.classes
    assert classes is not None
    if len(classes) < 2:
        raise ValueError(f"y must hold at least two classes; it holds only {classes.tolist()}")
    unknown = np.setdiff1d(given, classes)
    if unknown.size:
        raise ValueError(f"labels {unknown.tolist()} are not among those of the training data: {classes.tolist()}")
    columns = np.equal(given[:, None], classes).astype(np.float64)
    if loss.name == "hinge":
        columns = 2 * columns - 1
        columns = columns[:, 1:] if len(classes) == 2 else columns
    return Examples(X=inputs, T=np.ascontiguousarray(columns), classes=classes)


def _inputs(X: npt.ArrayLike, d: int | None) -> Array:
    inputs = np.asarray(X)
    if inputs.ndim != 2 or 0 in inputs.shape or inputs.dtype.kind not in "fiub":
        raise ValueError(f"X must be numbers of shape (N, d), not {inputs.dtype} of shape {inputs.shape}")
    if d is not None and inputs.shape[1] != d:
        raise ValueError(f"X must have {d} columns, as in training, not {inputs.shape[1]}")
    if not np.isfinite(inputs).all():
        raise ValueError("X must be finite; drop the rows that are not")
    return np.ascontiguousarray(inputs, dtype=np.float64)


def _values(given: npt.NDArray[np.generic], loss: Loss, like: Examples | None) -> Array:
    if loss.classes is not None:
        raise ValueError(
            f"the {loss.name} loss needs labels (integers or texts), but y holds floats; try loss='squared'"
        )
    if given.dtype.kind not in "fiub" or not np.isfinite(given.astype(np.float64)).all():
        raise ValueError(f"values must be finite numbers; some of these {given.dtype} are not")
    values = given.astype(np.float64).reshape(len(given), -1)
    if like is not None and values.shape[1] != like.T.shape[1]:
        raise ValueError(f"y must have {like.T.shape[1]} columns, as in training, not {values.shape[1]}")
    return np.ascontiguousarray(values)
