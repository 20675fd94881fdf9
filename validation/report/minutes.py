"""Progress where nobody watches a terminal: one line a minute on standard error."""

import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress

from validation.report.progress import duration

SECONDS = 60.0  # between two lines


class MinuteLines:
    """Prints the latest text once a minute, from a thread, while a block runs.

    Parameters
    ----------
    text
        The first text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._print, name="progress", daemon=True)

    @classmethod
    @contextmanager
    def during(cls, text: str) -> Generator["MinuteLines"]:
        """Print while a block runs.

        Parameters
        ----------
        text
            The first text.

        Yields
        ------
        MinuteLines
            The lines.
        """
        lines = cls(text)
        lines._thread.start()
        try:
            yield lines
        finally:
            lines._ended.set()
            lines._thread.join()

    def show(self, text: str) -> None:
        """Change the text.

        Parameters
        ----------
        text
            The text of the next line.
        """
        self.text = text

    def _print(self) -> None:
        while not self._ended.wait(SECONDS):
            with suppress(OSError, ValueError):  # standard error is closed
                print(f"{self.text}; {duration(time.monotonic() - self._began)} so far", file=sys.stderr, flush=True)
