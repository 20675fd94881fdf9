"""Figures: one module per family with the tables, drawings and captions of its figures; palette; saving."""
