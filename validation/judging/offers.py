"""What a subject offers: the parts that claims need, and why others are missing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spinglass import sphere
from spinglass._common.types import Array
from validation.claim import Claim
from validation.subjects import networks, theory_code
from validation.subjects.parts import optional_parts
from validation.subjects.subject import AnswerError, Subject

NEEDS_FUNCTION = "needs a function "
_N = 4
_SEEDS = (1, 2)


class SeedError(AnswerError):
    """A landscape is not determined by its seed, or does not depend on it."""


@dataclass(frozen=True)
class Offer:
    """The parts of a subject.

    Attributes
    ----------
    parts : frozenset of str
        What the subject offers: roles, and parts of roles such as ``"landscape.gradient"``.
    missing : dict
        For parts that were tried in vain, the reason.
    problems : tuple of str
        Laws that the first answers break, one line each.
    notes : tuple of str
        What was ignored, one line each.
    """

    parts: frozenset[str]
    missing: dict[str, str]
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def lacks(self, claim: Claim) -> str:
        """Return why a claim cannot be judged, or an empty text."""
        for need in claim.needs:
            if need not in self.parts:
                return self.missing.get(need, _described(need))
        return ""


def _described(need: str) -> str:
    role, _, part = need.partition(".")
    return f"{NEEDS_FUNCTION}{role}" if not part else f"needs {part} of {role}"


def offer(subject: Subject, H: int) -> Offer:
    """Find out what a subject offers, by a few small requests.

    Parameters
    ----------
    subject
        The subject.
    H
        The order of the landscapes to ask for.

    Returns
    -------
    Offer
        Its parts.
    """
    theory_parts, theory_missing, notes = theory_code.offered(subject, H)
    network_parts, network_missing = networks.offered(subject)
    dynamics_parts, dynamics_missing = optional_parts(subject, H)
    declared = subject.declaration
    parts = {*subject.roles.offered, *theory_parts, *network_parts, *dynamics_parts}
    missing = {
        "all couplings": "its couplings have different indices only, so that this law does not hold exactly",
        "distinct couplings": "it declares couplings of all index tuples",
        **theory_missing,
        **network_missing,
        **dynamics_missing,
    }
    problems: list[str] = []
    if "landscape" in parts:
        found, reasons, problems = _of_landscape(subject, H)
        parts |= found
        missing |= reasons
    parts = (parts - set(missing)) | {f"{declared.couplings} couplings"}
    return Offer(frozenset(parts), missing, tuple(problems), tuple(notes))


def _of_landscape(subject: Subject, H: int) -> tuple[set[str], dict[str, str], list[str]]:
    """Return the parts of landscapes that are offered, why others are not, and laws that the answers break."""
    x = sphere.random_points(_N, 3, np.random.SeedSequence(0))
    try:
        _check_seeds(subject, H, x)
    except AnswerError as error:
        return set(), {"landscape": str(error)}, [str(error)] if isinstance(error, SeedError) else []
    answers: dict[str, Array] = {}
    missing: dict[str, str] = {}
    for part, model, wanted in (
        ("landscape.gradient", H, ("energy", "gradient")),
        ("landscape.hessian", H, ("energy", "hessian")),
        ("landscape.mixtures", {2: 1.0, 3: 1.0}, ("energy",)),
    ):
        try:
            answers[part] = subject.landscape(_N, model, _SEEDS[0], x, wanted)["energy"]
        except AnswerError as error:
            missing[part] = str(error)
    mixed, alone = answers.get("landscape.mixtures"), subject.landscape(_N, H, _SEEDS[0], x)["energy"]
    if mixed is not None and np.array_equal(mixed, alone):
        del answers["landscape.mixtures"]
        missing["landscape.mixtures"] = f"a mixture 2+3 has the same energies as H = {H}: the landscape ignores H"
    return set(answers), missing, []


def _check_seeds(subject: Subject, H: int, x: Array) -> None:
    """Check that a seed determines the landscape, and that another seed gives another one."""
    first, again, other = (subject.landscape(_N, H, seed, x)["energy"] for seed in (_SEEDS[0], _SEEDS[0], _SEEDS[1]))
    where = f"landscape(n={_N}, H={H}, seed={_SEEDS[0]})"
    # Threads and graphics cards may add in another order, which changes the last bits.
    if not np.allclose(first, again, rtol=0, atol=subject.declaration.rounding * np.abs(first).max(), equal_nan=True):
        k = int(np.argmax(np.abs(first - again)))
        raise SeedError(
            f"{where} was called twice and gave the energies {first[k]:.10g} and {again[k]:.10g} at the same point; "
            "draw all random numbers from `seed`"
        )
    if np.array_equal(first, other):
        raise SeedError(f"{where} and seed={_SEEDS[1]} gave the same energies; draw the couplings from `seed`")


def divided(claims: Sequence[Claim], found: Offer) -> tuple[list[Claim], list[tuple[str, str]]]:
    """Divide claims into those that can be judged, and the ids of the others with the reason."""
    reasons = [(claim, found.lacks(claim)) for claim in claims]
    return [claim for claim, reason in reasons if not reason], [(c.id, reason) for c, reason in reasons if reason]
