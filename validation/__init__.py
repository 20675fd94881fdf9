"""Comparison of simulation with theory: claims, experiments, statistics, figures, reports and the command line."""

from typing import TYPE_CHECKING

from spinglass._common.lazy import lazy_names

if TYPE_CHECKING:
    from validation import claims
    from validation.claim import Claim
    from validation.figures.results import plot
    from validation.mutant import Mutant
    from validation.reading import Reading
    from validation.report.files import load
    from validation.report.report import Report
    from validation.series import Between, Series
    from validation.statistics.estimators import Identity, Mean, Proportion
    from validation.statistics.extrapolation import Extrapolation
    from validation.statistics.verdict import Verdict
    from validation.testing import strategies
    from validation.verification import verify

__all__ = [
    "Between",
    "Claim",
    "Extrapolation",
    "Identity",
    "Mean",
    "Mutant",
    "Proportion",
    "Reading",
    "Report",
    "Series",
    "Verdict",
    "claims",
    "load",
    "plot",
    "strategies",
    "verify",
]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "validation": ["claims"],
        "validation.claim": ["Claim"],
        "validation.figures.results": ["plot"],
        "validation.mutant": ["Mutant"],
        "validation.reading": ["Reading"],
        "validation.report.files": ["load"],
        "validation.report.report": ["Report"],
        "validation.series": ["Between", "Series"],
        "validation.statistics.estimators": ["Identity", "Mean", "Proportion"],
        "validation.statistics.extrapolation": ["Extrapolation"],
        "validation.statistics.verdict": ["Verdict"],
        "validation.testing": ["strategies"],
        "validation.verification": ["verify"],
    },
)
