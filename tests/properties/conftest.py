"""Strategies compile no kernels when they are created.

They do so for tests with deadlines, and these have none. Every process that collects these tests would compile the
kernels of all models before its first test.
"""

from validation.testing import strategies

strategies._compile_kernels = lambda: None
