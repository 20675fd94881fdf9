"""Speed and memory against peers and against the machine's own limits; run with ``make benchmark``."""
