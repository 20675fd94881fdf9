"""Whether the catalogue keeps its error level: ``python -m benchmarks.calibration``."""
