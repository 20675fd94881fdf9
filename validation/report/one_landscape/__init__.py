"""A page that shows one complete landscape: graph of minima, energies by index, and paths over saddles."""

from validation.report.one_landscape.page import landscape_page

__all__ = ["landscape_page"]
