"""The squared loss of a ReLU network with one hidden layer and one output, on few data."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from spinglass._common.arguments import whole_number
from spinglass._common.types import Array
from spinglass.networks.layer_checks import check_inputs
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.patterns.rational import Matrix, Vector, exact

MOST_POINTS, MOST_INPUTS, MOST_UNITS = 8, 4, 4


@dataclass(frozen=True, eq=False, repr=False, init=False)
class ReLUProblem:
    """The landscape ``E = sum_m (sum_j v_j relu(w_j.x_m) - y_m)^2 / 2``, small enough for exact enumeration.

    Parameters
    ----------
    X
        Inputs, shape (M, d), at most 8 points and 4 inputs, with the one that is added for biases.
    y
        Targets, shape (M,).
    hidden
        Number k of hidden units, at most 4.
    biases
        Whether hidden units have biases. Default: False.

    Attributes
    ----------
    X
        Inputs in float64, with a last column of ones if there are biases.
    y, hidden, biases
        As given.

    Raises
    ------
    ValueError
        If the data are not finite, do not fit each other, or are too many.

    Examples
    --------
    >>> problem = ReLUProblem([[1.0], [-1.0]], [1.0, 2.0], hidden=2)
    >>> problem.loss([[1.0], [-1.0]], [1.0, 2.0])
    0.0
    """

    X: Array
    y: Array
    hidden: int
    biases: bool

    def __init__(self, X: npt.ArrayLike, y: npt.ArrayLike, hidden: int, *, biases: bool = False) -> None:
        given = np.asarray(X)
        inputs = check_inputs(X, given.shape[1] if given.ndim == 2 else 1)
        if biases:
            inputs = np.hstack([inputs, np.ones((len(inputs), 1))])
        targets = np.asarray(y)
        if targets.shape != (len(inputs),) or targets.dtype.kind not in "fiu" or not np.isfinite(targets).all():
            raise ValueError(
                f"y must be {len(inputs)} finite numbers, one per row of X, not {targets.dtype} of shape "
                f"{targets.shape}"
            )
        units = whole_number("hidden", hidden, 1)
        if len(inputs) > MOST_POINTS or inputs.shape[1] > MOST_INPUTS or units > MOST_UNITS:
            raise ValueError(
                f"the enumeration takes at most {MOST_POINTS} data points, {MOST_INPUTS} inputs (with the one for "
                f"biases) and {MOST_UNITS} hidden units; given {len(inputs)}, {inputs.shape[1]} and {units}"
            )
        object.__setattr__(self, "X", inputs)
        object.__setattr__(self, "y", targets.astype(np.float64))
        object.__setattr__(self, "hidden", units)
        object.__setattr__(self, "biases", bool(biases))

    @property
    def rational(self) -> tuple[Matrix, Vector]:
        """The data as exact fractions."""
        return exact(self.X), exact(self.y[:, None].T)[0]

    def loss(self, w: npt.ArrayLike, v: npt.ArrayLike) -> float:
        """Return the loss, summed over the data.

        Parameters
        ----------
        w
            Weights into the hidden units, with the bias last, shape (k, d).
        v
            Weights out of them, shape (k,).

        Returns
        -------
        float
            The loss.
        """
        rows, out = np.asarray(w, dtype=np.float64), np.asarray(v, dtype=np.float64)
        return float(np.sum((np.maximum(self.X @ rows.T, 0) @ out - self.y) ** 2)) / 2

    def network(self, w: npt.ArrayLike, v: npt.ArrayLike) -> LayeredNetwork:
        """Return the network with these weights, without biases; its inputs are the rows of ``X``.

        Parameters
        ----------
        w, v
            Weights, as in `loss`.

        Returns
        -------
        LayeredNetwork
            The network.
        """
        return LayeredNetwork([np.asarray(w).T, np.asarray(v)[:, None]])

    def exact_loss(self, w: Matrix, v: Vector) -> Fraction:
        """Return the loss at rational weights, without rounding.

        Parameters
        ----------
        w, v
            Weights, as in `loss`.

        Returns
        -------
        Fraction
            The loss.
        """
        X, y = self.rational
        total = Fraction(0)
        for x, target in zip(X, y, strict=True):
            fields = [sum((a * b for a, b in zip(row, x, strict=True)), Fraction(0)) for row in w]
            total += (sum((out * max(h, Fraction(0)) for out, h in zip(v, fields, strict=True)), -target)) ** 2
        return total / 2

    def __repr__(self) -> str:
        points, inputs = self.X.shape
        return f"ReLUProblem({points} data points, {inputs} inputs, {self.hidden} hidden units)"
