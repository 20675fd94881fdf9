"""Spherical spin glasses with a planted signal (spiked tensors): critical points at finite and at large n."""
