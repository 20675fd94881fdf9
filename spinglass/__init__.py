"""Spin-glass landscapes and what is done to them: numbers in, numbers out."""
