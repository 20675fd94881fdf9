"""Deep linear networks: the problem, every critical point of it, and the glass that it equals."""

from spinglass.networks.linear.critical import critical_point, directions, optimum
from spinglass.networks.linear.glass import linear_glass
from spinglass.networks.linear.problem import LinearProblem

__all__ = ["LinearProblem", "critical_point", "directions", "linear_glass", "optimum"]
