"""Layered networks, the paths through them, and their way to the spin glass."""
