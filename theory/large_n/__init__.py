"""Landscapes in the limit of large n: threshold energies, complexities, the law of the deepest minimum."""
