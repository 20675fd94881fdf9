"""Landscapes of infinitely many spins: threshold energies, complexities, the law of the deepest minimum."""
