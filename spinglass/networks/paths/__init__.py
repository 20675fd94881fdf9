"""A network's output as a sum over its paths, and the forms that drawn paths make."""

from spinglass.networks.paths.expansion import PathExpansion, path_expansion, path_gradient, path_sum

__all__ = ["PathExpansion", "path_expansion", "path_gradient", "path_sum"]
