"""An atlas of complete landscapes: all critical points of a stated set of samples, as tables for other programs."""

from validation.atlas.build import AtlasResult, build_atlas
from validation.atlas.landscape_sets import SETS, AtlasPlan, Part

__all__ = ["SETS", "AtlasPlan", "AtlasResult", "Part", "build_atlas"]
