"""A study of one's own: a TOML file that says what to run over which settings, and one dataset that comes of it."""

from validation.study.plan import Study, read_study
from validation.study.run import Outcome, run_study
from validation.study.tasks import TASKS

__all__ = ["TASKS", "Outcome", "Study", "read_study", "run_study"]
