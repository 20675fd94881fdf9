"""What networks are trained on: inputs and labels or values, checked at the door and laid out for compiled code."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from spinglass.landscape import Array


@dataclass(frozen=True, kw_only=True, eq=False)
class Examples:
    """Inputs (N, d) and targets (N, C), one column a class or value; ``classes`` are the labels of the columns.

    Of one column the classes are those of target -1 and +1; there are none where the targets are values.
    """

    X: Array
    T: Array
    classes: npt.NDArray[np.generic] | None

    @property
    def every(self) -> npt.NDArray[np.int64]:
        """The numbers of all rows."""
        return np.arange(len(self.X))


def examples(X: npt.ArrayLike, y: npt.ArrayLike, loss: str, like: Examples | None = None) -> Examples:
    """Return inputs with the targets that a loss wants; ``like`` fixes the classes and the number of inputs.

    Labels (integers or texts) become one column a class: 1 for the class, and 0 (hinge: -1) for the others. Two
    classes share one column of -1 and 1 under the hinge loss. Floats are values, for the squared loss.

    Raises
    ------
    ValueError
        If shapes do not fit, numbers are not finite, the loss needs labels and there are none, or a label is unknown.
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
        raise ValueError(f"y must hold at least two classes; it holds {classes.tolist()} alone")
    unknown = np.setdiff1d(given, classes)
    if unknown.size:
        raise ValueError(f"labels {unknown.tolist()} are not among those of the training data, {classes.tolist()}")
    columns = np.equal(given[:, None], classes).astype(np.float64)
    if loss == "hinge":
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


def _values(given: npt.NDArray[np.generic], loss: str, like: Examples | None) -> Array:
    if loss != "squared":
        raise ValueError(f"the {loss} loss needs labels, integers or texts; y holds floats: try loss='squared'")
    if given.dtype.kind not in "fiub" or not np.isfinite(given.astype(np.float64)).all():
        raise ValueError(f"values must be finite numbers, not all of these {given.dtype} are")
    values = given.astype(np.float64).reshape(len(given), -1)
    if like is not None and values.shape[1] != like.T.shape[1]:
        raise ValueError(f"y must have {like.T.shape[1]} columns, as in training, not {values.shape[1]}")
    return np.ascontiguousarray(values)
