"""The output of a network as a sum over its paths, and path models with random paths."""

from spinglass.networks.paths.expansion import PathExpansion, path_expansion, path_gradient, path_sum

__all__ = ["PathExpansion", "path_expansion", "path_gradient", "path_sum"]
