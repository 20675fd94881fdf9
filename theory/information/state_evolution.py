"""State evolution: overlaps of approximate message passing with a planted signal, step by step, for large n."""

import math
from dataclasses import dataclass

import numpy as np

from spinglass._common.types import Array
from theory.arguments import Model, Signal, one_number, whole_number
from theory.information.signal_to_noise import signal_to_noise

_LONGEST = 1e6  # of the start's squared length; powers of it must not overflow


@dataclass(frozen=True)
class StateEvolution:
    """Overlaps of the estimates x_t of message passing in the limit of large n.

    Attributes
    ----------
    overlap : array, shape (steps + 1,)
        ``x_t.v / n`` with the signal v, at the start and after each step.
    self_overlap : array, shape (steps + 1,)
        ``|x_t|^2 / n``.
    """

    overlap: Array
    self_overlap: Array

    @property
    def cosine(self) -> Array:
        """Cosine of the angle between the estimate and the signal, shape (steps + 1,); NaN where the estimate is 0."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.overlap / np.sqrt(self.self_overlap))


def state_evolution(
    signal: Signal, H: Model, steps: int, overlap: float, self_overlap: float | None = None
) -> StateEvolution:
    r"""Return the overlaps of Bayes-optimal message passing with a planted signal.

    .. math:: m_{t+1} = \frac{\xi'(m_t)}{1 + A_t}, \quad q_{t+1} = \frac{A_t}{1 + A_t}, \quad
              A_t (A_t + 1) = \xi'(m_t)^2 + \xi'(q_t), \quad \xi(m) = \sum_k \frac{\lambda_k^2}{a_k^2} m^k

    From ``q = m`` on, q remains equal to m, with ``A = xi'(m)`` and therefore ``m = xi'(m) / (1 + xi'(m))`` at the end.
    The algorithm is `spinglass.pass_messages`, which sees the signal times ``xi'(m)`` with Gaussian noise of variance
    ``xi'(q)``.

    Parameters
    ----------
    signal : mapping
        Orders and strengths ``{k: lambda_k}`` of the signal.
    H : int or mapping
        Order of a pure model, or a mixture ``{order: weight}``, which must contain the orders of the signal.
    steps : int
        Number of steps.
    overlap : float
        Overlap m of the start with the signal.
    self_overlap : float, optional
        Squared length q of the start, divided by n; at least ``overlap^2``. Default: ``overlap``, which must then lie
        between 0 and 1.

    Returns
    -------
    StateEvolution
        Overlaps at the start and after each step; exact for large n, and computed to rounding.

    Raises
    ------
    ValueError
        If the signal has an order without noise, the number of steps is negative, or the overlaps do not fit.

    References
    ----------
    Richard and Montanari (2014), NIPS 27; Lesieur, Miolane, Lelarge, Krzakala and Zdeborova (2017), ISIT; Sarao
    Mannelli et al. (2020), Phys. Rev. X 10, 011057.

    Examples
    --------
    >>> state_evolution({2: 1.0}, 2, steps=100, overlap=0.1).overlap[[0, 1, -1]].round(3)  # 1 - Delta_2 at the end
    array([0.1  , 0.167, 0.5  ])
    """
    xi, count = signal_to_noise(signal, H), whole_number("steps", steps, 0, "it is the number of updates")
    m = one_number("overlap", overlap)
    q = m if self_overlap is None else one_number("self_overlap", self_overlap)
    if not m * m <= q <= _LONGEST:
        raise ValueError(
            f"self_overlap must be at least overlap^2 = {m * m:g} and at most {_LONGEST:g}, not {q:g}; it is |x|^2/n "
            "of the start"
        )
    found = np.empty((2, count + 1))
    found[:, 0] = m, q
    for t in range(count):
        push = float(xi(m, 1))
        square = push**2 + float(xi(q, 1))
        A = 2 * square / (1 + math.sqrt(1 + 4 * square))
        m, q = push / (1 + A), A / (1 + A)
        found[:, t + 1] = m, q
    return StateEvolution(*found)
