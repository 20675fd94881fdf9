"""Where simulation and theory meet: claims, experiments, statistics, report, command line."""

from validation.claim import Claim, Mutant
from validation.report.files import load
from validation.report.report import Report
from validation.series import Between, Series
from validation.statistics.estimators import Identity, Mean, Proportion
from validation.statistics.extrapolation import Extrapolation
from validation.statistics.verdict import Verdict
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
