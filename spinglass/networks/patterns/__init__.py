"""Small ReLU networks piece by piece: all critical points by enumeration of activity patterns, in exact arithmetic."""

from spinglass.networks.patterns.pieces import Piece, realisable_patterns
from spinglass.networks.patterns.relu_critical_points import ReLUCriticalPoints, relu_critical_points
from spinglass.networks.patterns.relu_problem import ReLUProblem

__all__ = ["Piece", "ReLUCriticalPoints", "ReLUProblem", "realisable_patterns", "relu_critical_points"]
