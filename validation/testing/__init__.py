"""Tests of your own code: checks against the laws of theory, adapters to other libraries, Hypothesis strategies."""

from typing import TYPE_CHECKING

from spinglass._common.lazy import lazy_names

if TYPE_CHECKING:
    from validation.subjects.adapters import from_jax, from_pymanopt, from_torch
    from validation.testing import strategies
    from validation.testing.code_checks import as_subject, check_landscape, check_subject, parametrize_with_checks

__all__ = [
    "as_subject",
    "check_landscape",
    "check_subject",
    "from_jax",
    "from_pymanopt",
    "from_torch",
    "parametrize_with_checks",
    "strategies",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "validation.subjects.adapters": ["from_jax", "from_pymanopt", "from_torch"],
        "validation.testing": ["strategies"],
        "validation.testing.code_checks": ["as_subject", "check_landscape", "check_subject", "parametrize_with_checks"],
    },
)
