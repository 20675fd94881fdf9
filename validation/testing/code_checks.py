"""Checks for your own tests: every law that the theory knows, on a landscape or simulation of your own."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from validation.claim import Claim
from validation.judging.judge import Judgement, claims_for, judge
from validation.series import Effort
from validation.subjects.declaration import Declaration
from validation.subjects.functions import Functions
from validation.subjects.subject import Subject

Roles = Mapping[str, Callable[..., Any]]


def as_subject(roles: Callable[..., Any] | Roles | Subject, **declared: str) -> Subject:
    """Return functions as a subject.

    Parameters
    ----------
    roles
        A function ``landscape(n, H, seed)``, or functions by the name of their role, or a subject, which is returned.
    **declared
        Conventions, such as ``variance="n/2"``; see :class:`~validation.subjects.declaration.Declaration`.

    Returns
    -------
    Subject
        The subject.

    Raises
    ------
    ValueError
        If a role or convention is unknown.
    """
    Declaration.check_names(declared)
    if isinstance(roles, Subject):
        return roles
    functions = roles if isinstance(roles, Mapping) else {"landscape": roles}
    name = ", ".join(dict.fromkeys(getattr(f, "__module__", None) or type(f).__name__ for f in functions.values()))
    return Subject(Functions(functions, name), Declaration.read(declared))


def check_subject(
    roles: Callable[..., Any] | Roles | Subject,
    H: int = 3,
    effort: Effort = "quick",
    seed: int = 0,
    *,
    raises: bool = True,
    **declared: str,
) -> Judgement:
    """Judge functions by all claims that concern them.

    Parameters
    ----------
    roles
        A function ``landscape(n, H, seed)``, or functions by the name of their role.
    H
        The order. Default 3.
    effort
        ``"quick"`` (default), ``"standard"`` or ``"paper"``.
    seed
        Seed of the check. Default 0.
    raises
        Whether to raise an exception if a law is broken. Default True.
    **declared
        Conventions, such as ``variance="n/2"``.

    Returns
    -------
    Judgement
        The verdicts.

    Raises
    ------
    AssertionError
        If a law is broken or nothing could be judged; the message says which law, and what mistake explains it.
    ValueError
        If H, the effort, a role or a convention is invalid.
    """
    found = judge(as_subject(roles, **declared), H, effort, seed)
    if raises and found.interrupted:
        raise KeyboardInterrupt
    if raises and found.exit_status:
        raise AssertionError("\n".join(found.findings or found.reasons))
    return found


def check_landscape(
    make: Callable[..., Any],
    H: int = 3,
    effort: Effort = "quick",
    seed: int = 0,
    *,
    raises: bool = True,
    **declared: str,
) -> Judgement:
    """Check a landscape: its derivatives, the law of its couplings, and the independence of seeds.

    Parameters
    ----------
    make
        ``make(n, H, seed)`` returns an object with ``energy_and_gradient(x)`` or ``energy(x)``, and optionally
        ``hessian(x)`` or ``hessian_vector(x, v)``; or simply a function that returns the energy of a point x. Arguments
        are passed by name; x is an array of shape (n,).
    H
        The order. Default 3.
    effort
        ``"quick"`` (default), ``"standard"`` or ``"paper"``.
    seed
        Seed of the check. Default 0.
    raises
        Whether to raise an exception if a law is broken. Default True.
    **declared
        Conventions, such as ``variance="n/2"``, ``radius="1"`` or ``gradient="riemannian"``; see
        :class:`~validation.subjects.declaration.Declaration`.

    Returns
    -------
    Judgement
        The verdicts.

    Raises
    ------
    AssertionError
        If a law is broken; the message says which, and what mistake explains it.
    ValueError
        If H, the effort or a convention is invalid.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass
    >>> check_landscape(SphericalSpinGlass.pure, H=2).exit_status
    0
    """
    return check_subject({"landscape": make}, H, effort, seed, raises=raises, **declared)


def parametrize_with_checks(
    subjects: Iterable[Callable[..., Any] | Roles], H: int = 3, effort: Effort = "quick", **declared: str
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Turn a test function into one test per subject and claim, with pytest.

    The test function has the arguments ``subject`` and ``check`` and calls ``check(subject)``. A claim that does not
    apply is skipped.

    Parameters
    ----------
    subjects
        Functions ``landscape(n, H, seed)``, or mappings of functions by role.
    H
        The order. Default 3.
    effort
        ``"quick"`` (default), ``"standard"`` or ``"paper"``.
    **declared
        Conventions of all subjects.

    Returns
    -------
    decorator
        The decorator.

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass
    >>> @parametrize_with_checks([SphericalSpinGlass.pure])
    ... def test_landscape(subject, check):
    ...     check(subject)
    """
    import pytest

    known = [as_subject(subject, **declared) for subject in subjects]
    cases = [
        pytest.param(subject, partial(_check, claim, H, effort), id=f"{subject.name}-{claim.id}")
        for subject in known
        for claim in claims_for(H)
        if claim.needs[0] in subject.roles.offered
    ]
    mark: Callable[[Callable[..., None]], Callable[..., None]] = pytest.mark.parametrize(("subject", "check"), cases)
    return mark


def _check(claim: Claim, H: int, effort: Effort, subject: Subject) -> None:
    import pytest

    found = judge(subject, H, effort, claims=[claim])
    if found.interrupted:
        raise KeyboardInterrupt
    if found.exit_status == 1 or any(verdict.errors for verdict in found.verdicts):
        pytest.fail("\n".join(found.findings), pytrace=False)
    if found.not_judged:
        pytest.skip(found.not_judged[0][1])
