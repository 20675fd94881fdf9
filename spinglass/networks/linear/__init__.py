"""Deep linear networks: the loss, its critical points, and the equal mixed spin glass."""

from spinglass.networks.linear.critical import critical_point, directions, optimum
from spinglass.networks.linear.glass import linear_glass
from spinglass.networks.linear.problem import LinearProblem

__all__ = ["LinearProblem", "critical_point", "directions", "linear_glass", "optimum"]
