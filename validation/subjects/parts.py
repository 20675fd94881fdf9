"""The optional parts of the roles relax and sample: what a subject returns, or takes, beyond what it must."""

import numpy as np

from validation.subjects.subject import AnswerError, Subject

_N, _SEED, _DRAWS = 4, 1, 4
_TIMES = np.array([0.0, 0.1])


def optional_parts(subject: Subject, H: int) -> tuple[set[str], dict[str, str]]:
    """Find out by a few small requests which optional parts a subject offers.

    The parts are ``"relax.overlaps"``, ``"relax.temperature"``, ``"sample.points"`` and ``"sample.energies"``. The last
    is offered also by a sampler that returns points if there is a role ``landscape`` to evaluate them.

    Parameters
    ----------
    subject
        The subject.
    H
        The order of the landscapes to ask for.

    Returns
    -------
    parts : set of str
        The parts that are offered.
    missing : dict
        For the others of a role that is offered, the reason.
    """
    missing: dict[str, str] = {}
    if "relax" in subject.roles.offered:
        missing |= _missing_of_relax(subject, H)
    if "sample" in subject.roles.offered:
        missing |= _missing_of_sample(subject, H)
    all_parts = {"relax": ("overlaps", "temperature"), "sample": ("points", "energies")}
    offered = {f"{r}.{part}" for r, parts in all_parts.items() if r in subject.roles.offered for part in parts}
    return offered - set(missing), missing


def _missing_of_relax(subject: Subject, H: int) -> dict[str, str]:
    missing = {}
    try:
        if subject.relax(_N, H, _SEED, _TIMES).overlaps is None:
            missing["relax.overlaps"] = "relax returns energies alone, not {'energies': ..., 'overlaps': ...}"
    except AnswerError as error:
        return dict.fromkeys(("relax.overlaps", "relax.temperature"), str(error))
    try:
        subject.relax(_N, H, _SEED, _TIMES, temperature=1.0)
    except AnswerError as error:
        missing["relax.temperature"] = str(error)
    return missing


def _missing_of_sample(subject: Subject, H: int) -> dict[str, str]:
    try:
        draws = subject.sample(_N, H, _SEED, 1.0, _DRAWS)
    except AnswerError as error:
        return dict.fromkeys(("sample.points", "sample.energies"), str(error))
    missing = {}
    if draws.points is None:
        missing["sample.points"] = "sample returns energies alone, not {'energies': ..., 'points': ...}"
    if draws.energies is None and "landscape" not in subject.roles.offered:
        missing["sample.energies"] = "sample returns points alone, and there is no function landscape to evaluate them"
    return missing
