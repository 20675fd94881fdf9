"""Relaxation of spherical spin glasses in the limit of large n: the Cugliandolo-Kurchan equations."""
