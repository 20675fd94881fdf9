"""The collection of claims: looked up by id or family, weighed together, read from a user's file."""

import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from spinglass.arguments import nearest, quoted
from validation.claim import Claim

FILE_OF_CLAIMS = "__file_of_claims__"  # marks the modules made from users' files


class Catalogue(Mapping[str, Claim]):
    """Claims by id, their weights scaled to sum to 1: the share each has of the error budget.

    ``source`` says where another process finds the same claims: "" for the project's own, a file's path for a
    user's, None for claims that exist in this process only. ``digest`` tells versions of that file apart.
    """

    def __init__(self, claims: Iterable[Claim], source: str | None = None, digest: str = "") -> None:
        given = list(claims)
        if not given:
            raise ValueError("there are no claims here; define at least one Claim")
        repeated = {claim.id for claim in given if sum(other.id == claim.id for other in given) > 1}
        if repeated:
            raise ValueError(f"claim ids must differ; repeated: {', '.join(sorted(repeated))}")
        total = sum(claim.weight for claim in given) or 1.0
        self._claims = {claim.id: replace(claim, weight=claim.weight / total) for claim in given}
        for claim in self._claims.values():
            claim.check_level()
        self.source, self.digest = source, digest

    def __getitem__(self, claim_id: str) -> Claim:
        if claim_id not in self._claims:
            if claim_id in self.families:
                raise ValueError(f"no claim {claim_id!r}: it is a family; give it as such (--family {claim_id})")
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
        """The families in order of appearance."""
        return tuple(dict.fromkeys(claim.family for claim in self._claims.values()))

    def select(self, ids: Sequence[str] | None = None, family: str | None = None) -> list[Claim]:
        """Return the claims of these ids (all by default) and of this family, in the catalogue's order.

        Raises
        ------
        ValueError
            If an id or the family is unknown; the nearest one is suggested.
        """
        if isinstance(ids, str):
            ids = [ids]
        if ids is not None:
            if not len(ids):
                raise ValueError("ids is empty; give at least one claim, or leave it out for all")
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
    return f"; did you mean {near!r}?" if near is not None else f"; there are {', '.join(names)}"


def read_claims(path: str | Path) -> Catalogue:
    """Return the claims that a user's Python file defines at its top level, alone or in lists.

    Raises
    ------
    ValueError
        If the file cannot be read, does not run, or defines no claim.
    """
    file = Path(path).resolve()
    if not file.is_file():
        raise ValueError(f"there is no claim file {path}; give the path of a Python file")
    digest = sha256(file.read_bytes()).hexdigest()
    module = _run(file)
    found: list[Claim] = []
    for value in vars(module).values():
        members = value if isinstance(value, (list, tuple)) else [value]
        found += [member for member in members if isinstance(member, Claim) and member not in found]
    if not found:
        raise ValueError(f"{path} defines no claim; assign a validation.Claim to a name at its top level")
    return Catalogue(found, source=str(file), digest=digest)


def _run(file: Path) -> ModuleType:
    name = file.stem
    known = sys.modules.get(name)
    if known is not None and not hasattr(known, FILE_OF_CLAIMS):
        raise ValueError(f"{file} has the name of the module {name!r}; give the file another name")
    version = (file, file.stat().st_mtime_ns, file.stat().st_size)
    if known is not None and getattr(known, FILE_OF_CLAIMS) == version:
        return known  # run again, its functions would no longer be those of claims read earlier
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ValueError(f"{file} is not a Python file; its name should end in .py")
    module = importlib.util.module_from_spec(spec)
    setattr(module, FILE_OF_CLAIMS, version)
    sys.modules[name] = module  # so that mutants can patch the file's own functions, by its name
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise ValueError(f"{file} does not run: {type(error).__name__}: {error}") from error
    except BaseException:
        del sys.modules[name]  # or the next reading would take what ran before Ctrl-C for the whole file
        raise
    return module
