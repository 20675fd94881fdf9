"""Equilibrium in the limit of large n: free energies, overlaps, transition temperatures, ground states."""
