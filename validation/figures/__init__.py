"""Figures: one file a family, each with its tables, drawings and captions, and how they are saved."""
