"""Errors that mutants of the enumeration family introduce, and the mutants that several of its claims share."""

import math
from typing import Any

import numpy as np

from validation.claims._shared.perturbations import Function
from validation.mutant import Mutant


def losing_solutions(some: int) -> Function:
    """Lose one complex solution in ``some``, and at least one, after all retries."""

    def wrap(solutions: Function) -> Function:
        def lossy(*arguments: Any) -> Any:
            found = solutions(*arguments)
            kept = np.arange(len(found.records.table)) % some > 0
            return found._replace(records=found.records.rows(kept))

        return lossy

    return wrap


def decaying_faster(averaged: Function) -> Function:
    """Weight the squared eigenvalues by a factor n/(n-1) more than theory does."""
    return lambda n, decay, *rest, **named: averaged(n, 0.5 + (decay - 0.5) * n / (n - 1), *rest, **named)


def by_root_of_size(function: Function) -> Function:
    """Multiply the return value of a function of some object and n by ``sqrt(n/(n-1))``."""
    return lambda owner, n: function(owner, n) * math.sqrt(n / (n - 1))


def without_field(count: Function) -> Function:
    """Leave the external field out of the mixture."""
    return lambda n, H, *rest, **named: count(n, {p: a for p, a in H.items() if p > 1}, *rest, **named)


def weak_field(draw: Function) -> Function:
    """Draw an external field that is too small by a factor sqrt 2."""
    return lambda n, H, *rest: draw(n, H, *rest) * (2**-0.5 if H == 1 else 1.0)


PATH_LOST = Mutant(
    "paths lost",
    "one path in fifty is lost, and the loss is not noticed",
    {"spinglass.critical_points.homotopy.solutions": losing_solutions(50)},
    upstream=True,
)
WRONG_VARIANCE = Mutant(
    "GOE of the wrong variance",
    "the variance of the GOE matrix in theory is too large by a factor n/(n-1)",
    {
        "theory.kac_rice.mean_counts.averaged": decaying_faster,
        "theory.kac_rice.mean_counts._Moments.slope": by_root_of_size,
    },
)
