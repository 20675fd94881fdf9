"""Studies: a TOML file defines a task and the settings at which it is run; the result is one dataset."""

from validation.study.plan import Study, read_study
from validation.study.run import StudyResult, run_study
from validation.study.tasks import TASKS

__all__ = ["TASKS", "Study", "StudyResult", "read_study", "run_study"]
