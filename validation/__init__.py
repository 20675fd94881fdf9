"""Where simulation and theory meet: claims, experiments, statistics, report, command line."""

from validation.archive import load
from validation.claim import Between, Claim, Mutant, Series
from validation.estimators import Identity, Mean, Proportion
from validation.extrapolation import Extrapolation
from validation.results import Report
from validation.verdict import Verdict
from validation.verify import verify

__all__ = [
    "Between",
    "Claim",
    "Extrapolation",
    "Identity",
    "Mean",
    "Mutant",
    "Proportion",
    "Report",
    "Series",
    "Verdict",
    "load",
    "verify",
]
