"""Hypothesis profiles (no deadlines; the same examples on every run where CI is set), and Ctrl-C as tests expect it."""

import os
import signal

from hypothesis import settings

# A program with many models in its first lines; no test or example is in it.
collect_ignore = ["every_function.py"]

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

# A shell that starts the tests in the background has them ignore Ctrl-C, which some of them send.
signal.signal(signal.SIGINT, signal.default_int_handler)
