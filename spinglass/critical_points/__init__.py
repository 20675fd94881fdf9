"""Every critical point of a spin glass on its sphere: found by homotopy, counted, proven."""

from spinglass.critical_points.enumeration import enumerate_critical_points
from spinglass.critical_points.homotopy import Progress
from spinglass.critical_points.result import Enumeration

__all__ = ["Enumeration", "Progress", "enumerate_critical_points"]
