"""Descent on energy landscapes on the sphere, for many starts at once."""

from spinglass.descent.hessian_ascent import HessianAscent, hessian_ascent
from spinglass.descent.interrupt import DescentInterrupted
from spinglass.descent.loop import Progress, descend
from spinglass.descent.scale import gradient_scale

__all__ = ["DescentInterrupted", "HessianAscent", "Progress", "descend", "gradient_scale", "hessian_ascent"]
