"""Equilibrium of infinite systems: free energies, overlaps, transition temperatures, ground states."""
