import io

from rich.console import Console

from validation import verify
from validation.report.terminal import LiveTable, print_report, verdict_table


def test_a_live_table_turns_bars_into_verdicts(synthetic_file):
    screen = Console(file=io.StringIO(), force_terminal=True, width=80)
    frames = []
    with LiveTable(screen) as table:

        def watch(trial, verdict):
            table(trial, verdict)
            plain = Console(file=io.StringIO(), width=80)
            plain.print(verdict_table(table.rows.values()))
            frames.append(plain.file.getvalue())

        report = verify(["die/true", "die/curve"], claims=synthetic_file, workers=1, watch=watch)
    assert frames[1].count("waiting") == 2
    assert any("measuring" in frame for frame in frames)
    assert frames[-1].count("agrees") == 2
    assert max(len(line) for line in frames[-1].splitlines()) <= 80
    print_report(screen, report)
    assert "2 agree" in screen.file.getvalue()


def test_an_interrupted_run_says_so_once(synthetic_file):
    def press(trial, verdict):
        if trial.samples > 20:
            raise KeyboardInterrupt

    report = verify(["die/true", "die/curve"], claims=synthetic_file, workers=1, watch=press)
    screen = Console(file=io.StringIO(), width=80)
    print_report(screen, report)
    assert "interrupted; unfinished: die/true, die/curve" in screen.file.getvalue()
