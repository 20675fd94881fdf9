"""The commands that search random landscapes for their critical points, one landscape or many."""
