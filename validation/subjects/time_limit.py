"""A time limit for all requests to a subject together."""

import time
from typing import Any

from validation.subjects.subject import AnswerError, Roles, request_text


class TimeLimited:
    """Roles that are not asked any more after some time.

    Parameters
    ----------
    roles
        The roles.
    minutes
        The time, from now.
    """

    def __init__(self, roles: Roles, minutes: float) -> None:
        self.name, self.offered = roles.name, roles.offered
        self._roles, self._minutes = roles, minutes
        self._end = time.monotonic() + 60 * minutes

    def ask(self, role: str, /, **arguments: Any) -> Any:
        """Return the answer of the roles; :class:`AnswerError` if the time is over."""
        if time.monotonic() > self._end:
            raise AnswerError(
                f"not asked, because all requests together have taken {self._minutes:g} minutes; allow more time "
                "(--minutes)",
                request_text(role, arguments),
            )
        return self._roles.ask(role, **arguments)

    def close(self) -> None:
        """End what was started to answer requests."""
        self._roles.close()
