"""Deep linear networks: the loss, its critical points, and the equal mixed spin glass."""

from spinglass.networks.linear.all_critical_points import LinearCriticalPoints, linear_critical_points
from spinglass.networks.linear.critical import critical_point, directions, optimum
from spinglass.networks.linear.glass import linear_glass
from spinglass.networks.linear.problem import LinearProblem

__all__ = [
    "LinearCriticalPoints",
    "LinearProblem",
    "critical_point",
    "directions",
    "linear_critical_points",
    "linear_glass",
    "optimum",
]
