"""The order in which work is handed to worker processes, so that they compile different kernels at the same time."""

from collections.abc import Sequence
from itertools import zip_longest

from validation.engine.groups import Group


def in_order(groups: Sequence[Group]) -> list[Group]:
    """Return groups of units in the order in which they should be started; results do not depend on it.

    The first claim comes first, so that a verdict is soon reached. Then the first measurement of each family, from the
    last family on, alternates with the other groups: while one process compiles the kernels of the first families,
    another compiles those of the last.

    Parameters
    ----------
    groups
        Groups of units that are measured together, claim by claim.

    Returns
    -------
    list
        The same groups.
    """
    first = [group for group in groups if group[0].claim_id == groups[0][0].claim_id]
    others = groups[len(first) :]
    openers: dict[str, Group] = {}
    for group in others:
        for unit in group:
            if unit.samples is not None:
                openers.setdefault(unit.claim_id.split("/")[0], group)
    early = list(dict.fromkeys(reversed(openers.values())))
    rest = [group for group in others if group not in early]
    return [*first, *(group for pair in zip_longest(rest, early) for group in pair if group is not None)]
