"""Relaxation of infinite systems in time: the Cugliandolo-Kurchan equations."""
