"""Collections of claims: selection by id or family, their error levels, and claims from a user's file."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from spinglass._common.arguments import nearest, quoted
from validation.claim import Claim
from validation.claim_files import run_claim_file

_MOST_NAMES = 40  # in an error message; longer lists are not read


class Catalogue(Mapping[str, Claim]):
    """A mapping from ids to claims, which together are tested at the error level 0.01.

    The level is divided equally among all claims that depend on chance, that is, all except those with an
    :class:`~validation.Identity`. If all predictions are correct, any claim disagrees with probability 0.01 at most.

    Parameters
    ----------
    claims
        Claims with different ids.
    source
        Where another process can find the same claims: ``""`` for the project's own claims, the path of a user's
        file, or None (default) for claims that exist in this process only.
    modules
        Digests of that file and of every user module that it imports, by module name. Default: none.

    Attributes
    ----------
    source, modules
        As given.
    digest : str
        One digest of all modules.

    Raises
    ------
    ValueError
        If there is no claim, two claims have the same id, or a claim could never disagree at its error level.
    """

    def __init__(
        self, claims: Iterable[Claim], source: str | None = None, modules: Mapping[str, str] | None = None
    ) -> None:
        given = list(claims)
        if not given:
            raise ValueError("there are no claims; define at least one Claim")
        repeated = {claim.id for claim in given if sum(other.id == claim.id for other in given) > 1}
        if repeated:
            raise ValueError(f"claim ids must differ; repeated: {', '.join(sorted(repeated))}")
        statistical = sum(not claim.deterministic for claim in given)
        self._claims = {claim.id: claim.with_share(1 / max(statistical, 1)) for claim in given}
        self.source, self.modules = source, dict(modules or {})
        self.digest = sha256(repr(sorted(self.modules.items())).encode()).hexdigest()

    def __getitem__(self, claim_id: str) -> Claim:
        if claim_id not in self._claims:
            if claim_id in self.families:
                raise ValueError(f"no claim {claim_id!r}: this is a family; select it with --family {claim_id}")
            raise ValueError(f"no claim {quoted(claim_id)}{_hint(claim_id, [*self._claims, *self.families])}")
        return self._claims[claim_id]

    def __contains__(self, claim_id: object) -> bool:
        return claim_id in self._claims

    def __iter__(self) -> Iterator[str]:
        return iter(self._claims)

    def __len__(self) -> int:
        return len(self._claims)

    @property
    def families(self) -> tuple[str, ...]:
        """The families, in order of first appearance."""
        return tuple(dict.fromkeys(claim.family for claim in self._claims.values()))

    def select(self, ids: Sequence[str] | None = None, family: str | None = None) -> list[Claim]:
        """Return the claims with these ids and of this family, in the catalogue's order.

        Parameters
        ----------
        ids
            One id or several; default: all.
        family
            Only claims of this family; default: all families.

        Returns
        -------
        list of Claim
            At least one claim.

        Raises
        ------
        ValueError
            If an id or the family is unknown (the nearest one is suggested), or no claim is selected.
        """
        if isinstance(ids, str):
            ids = [ids]
        if ids is not None:
            if not len(ids):
                raise ValueError("ids is empty; give at least one claim, or omit ids to select all")
            for claim_id in ids:
                self[claim_id]
        if family is not None and family not in self.families:
            raise ValueError(f"no family {quoted(family)}{_hint(family, self.families)}")
        chosen = [
            claim
            for claim in self._claims.values()
            if (ids is None or claim.id in ids) and family in (None, claim.family)
        ]
        if not chosen:
            raise ValueError(f"none of the claims {', '.join(ids or [])} belongs to family {family}")
        return chosen


def _hint(given: str, known: Iterable[str]) -> str:
    names = list(known)
    near = nearest(given, names)
    if near is not None:
        return f"; did you mean {near!r}?"
    if len(names) > _MOST_NAMES:
        return "; `spinglass claims` lists all claims"
    return f"; there are {', '.join(names)}"


def read_claims(path: str | Path) -> Catalogue:
    """Return the claims that a user's Python file assigns to names at its top level, directly or in lists.

    Parameters
    ----------
    path
        The Python file.

    Returns
    -------
    Catalogue
        The claims, in the order in which the file defines them.

    Raises
    ------
    ValueError
        If the file cannot be read, does not run, or defines no claim.
    """
    try:
        file = Path(path).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, or a name with a NUL byte
        raise ValueError(f"{path!s} is not the path of a claim file: {error}") from None
    if not file.is_file():
        raise ValueError(f"there is no claim file {path}; give the path of a Python file")
    module, modules = run_claim_file(file)
    found: list[Claim] = []
    for value in vars(module).values():
        members = value if isinstance(value, (list, tuple)) else [value]
        found += [member for member in members if isinstance(member, Claim) and member not in found]
    if not found:
        raise ValueError(f"{path} defines no claim; assign a validation.Claim to a name at its top level")
    return Catalogue(found, source=str(file), modules=modules)
