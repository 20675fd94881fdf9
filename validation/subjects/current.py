"""The subject that claims measure at present: the project's own code, unless another one is judged."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

from validation.subjects.subject import Subject

_JUDGED: ContextVar[Subject | None] = ContextVar("judged", default=None)


def subject() -> Subject:
    """Return the subject that is judged at present; by default the project's own code."""
    return _JUDGED.get() or own()


@contextmanager
def judged(subject: Subject) -> Generator[None]:
    """Let the claims that are measured in the block, in this thread, measure another subject.

    Parameters
    ----------
    subject
        The subject.
    """
    token = _JUDGED.set(subject)
    try:
        yield
    finally:
        _JUDGED.reset(token)


def own() -> Subject:
    """Return the project's own code as a subject."""
    from validation.subjects.own import subject as of_this_project

    return of_this_project()
