"""Weights in the conventions of other libraries: PyTorch's modules, state dicts and files."""
