"""The progress of a run: units done, rate, remaining time and failures in one line; remaining time of other work."""

import time


class Progress:
    """Describes the progress of a run.

    Parameters
    ----------
    total
        Number of units of the run.
    before
        Number of units that were done before the run was started or resumed; they do not enter the rate. Default 0.

    Examples
    --------
    >>> Progress(total=3, before=1).line(done=1, failed=0)
    '1 of 3 units'
    """

    def __init__(self, total: int, before: int = 0) -> None:
        self.total, self.before = total, before
        self._began = time.monotonic()

    def line(self, done: int, failed: int) -> str:
        """Return the progress as text.

        Parameters
        ----------
        done, failed
            Number of units that are done, and that have failed.

        Returns
        -------
        str
            One line.
        """
        parts = [f"{done} of {self.total} units"]
        elapsed, new = time.monotonic() - self._began, done - self.before
        if new > 0 and elapsed > 0:
            rate = new / elapsed
            parts += [f"{rate:.3g} per second", f"about {duration((self.total - done) / rate)} left"]
        if failed:
            parts.append(f"{failed} failed")
        return ", ".join(parts)


class TimeLeft:
    """Estimates the remaining time of work that began when the object was made.

    Examples
    --------
    >>> TimeLeft().text(fraction=0.0)
    ''
    """

    def __init__(self) -> None:
        self._began = time.monotonic()

    def text(self, fraction: float, before: float = 0.0) -> str:
        """Return the remaining time as the end of a line.

        Parameters
        ----------
        fraction
            Fraction of the work that is done.
        before
            Fraction that was done before, in an earlier run; it does not enter the rate. Default 0.

        Returns
        -------
        str
            ``, about ... left``; empty as long as nothing is done.
        """
        if not fraction > before:
            return ""
        return f", about {duration((time.monotonic() - self._began) * (1 - fraction) / (fraction - before))} left"

    def rate(self, number: int) -> str:
        """Return a rate as the end of a line.

        Parameters
        ----------
        number
            Number of things done since the object was made.

        Returns
        -------
        str
            ``, ... per second``; empty as long as nothing is done.
        """
        elapsed = time.monotonic() - self._began
        return f", {number / elapsed:.3g} per second" if number > 0 and elapsed > 0 else ""


def duration(seconds: float) -> str:
    """Format a time in its two largest units.

    Parameters
    ----------
    seconds
        The time in seconds.

    Returns
    -------
    str
        The time.

    Examples
    --------
    >>> duration(4.2), duration(150), duration(7500), duration(200_000)
    ('4 s', '2 min 30 s', '2 h 5 min', '2 d 7 h')
    """
    left = max(round(seconds), 0)
    for large, small, length, part in (("d", "h", 86400, 3600), ("h", "min", 3600, 60), ("min", "s", 60, 1)):
        if left >= length:
            return f"{left // length} {large} {left % length // part} {small}"
    return f"{left} s"
