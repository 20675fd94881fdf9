"""The time that each claim takes at effort quick, which ``spinglass verify --minutes`` reads, and what it tells."""

import json

from benchmarks import resolution
from benchmarks.timing import Result, duration
from validation import verify
from validation.durations import RECORD, recorded
from validation.report.files import contents

_SHOWN = 12


def claims() -> list[Result]:
    """Run the catalogue twice, so that no kernel is compiled in the second run; compare its times with the record.

    What the first run has reached is recorded as well, see :mod:`benchmarks.resolution`.
    """
    before = recorded()
    resolution.record(contents(verify()))
    report = verify(seed=1)
    seconds = {trial.claim.id: max(round(trial.seconds, 2), 0.01) for trial in report.trials}
    RECORD.write_text(json.dumps(seconds, indent=1) + "\n", encoding="utf-8")
    recorded.cache_clear()
    resolution.write_page()
    rows = {"all claims, one core": sum(seconds.values())}
    rows |= dict(sorted(seconds.items(), key=lambda item: -item[1])[:_SHOWN])
    old = {"all claims, one core": sum(before.values()), **before}
    return [
        Result(name, duration(time), "recorded before", duration(old.get(name, time)), old.get(name, time) / time)
        for name, time in rows.items()
    ]
