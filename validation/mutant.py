"""Mutants: deliberate errors that a claim must detect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from validation.series import EFFORTS, Effort, one_of


@dataclass(frozen=True)
class Mutant:
    """A deliberate error that the claim must detect.

    While the claim is measured with the mutant, functions are replaced by wrong versions.

    Parameters
    ----------
    name
        Short name, unique within the claim.
    statement
        What is wrong, in one sentence.
    patches
        Maps ``"package.module.attribute"`` to a function that takes the original object and returns its replacement.
        Use the name through which the claim's code calls it.
    upstream
        Whether the error is in the simulation (a coupling, a kernel, a path) and not in the theory or the final
        number. Default False.
    effort
        The smallest effort at which the claim must detect the mutant: ``"quick"`` (default), ``"standard"`` or
        ``"paper"``.
    verdict
        The verdict that is required: ``"disagrees"`` (default), or ``"agrees"`` for a control. A control is a change
        of the code that makes a statement true which is false for the correct code, such as an assumption.

    Raises
    ------
    ValueError
        If the name is empty, there is no patch, or ``effort`` or ``verdict`` is unknown.
    """

    name: str
    statement: str
    patches: Mapping[str, Callable[[Any], Any]]
    upstream: bool = False
    effort: Effort = "quick"
    verdict: Literal["disagrees", "agrees"] = "disagrees"

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.strip():
            raise ValueError(f"a mutant needs a name in words, not {self.name!r}")
        if not self.patches:
            raise ValueError(f"mutant {self.name!r} changes nothing: give it at least one patch")
        one_of("effort", self.effort, EFFORTS)
        one_of("verdict", self.verdict, ("disagrees", "agrees"))

    @property
    def control(self) -> bool:
        """Whether the claim must agree with this mutant instead of disagreeing."""
        return self.verdict == "agrees"
