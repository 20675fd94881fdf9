"""All pairs of critical points of samples: the tables, the command and the claims' measurements."""

import io

import numpy as np
import pandas as pd
import pytest

import theory
from spinglass import SphericalSpinGlass, critical_points
from spinglass.critical_points import enumerate_critical_points
from theory.pairs.averaging import TooRareError
from theory.pairs.pair_counts import PairCount
from validation.claims._shared.complete_landscapes import Points, points
from validation.claims.pairs import numbers, pair_counts, profiles
from validation.cli.main import main
from validation.experiments import pairs_of_points
from validation.experiments.paths_between_minima import energy_on_path, paths_between_minima
from validation.figures import gallery
from validation.report.growing_table import GrowingTable

SEED = np.random.SeedSequence(3)


def spinglass(capsys, *arguments):
    status = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.slow
def test_the_command_writes_one_row_per_pair(capsys, tmp_path):
    file = tmp_path / "pairs.parquet"
    options = ("--n", 4, "--samples", 3, "--seed", 5, "--accuracy", 0.2, "--intervals", 4)
    status, out, _ = spinglass(capsys, "pairs", *options, "--out", file)
    assert status == 0
    table = pd.read_parquet(file)
    again = [
        enumerate_critical_points(SphericalSpinGlass.pure(4, 3, np.random.SeedSequence(5, spawn_key=(k,))))
        for k in range(3)
    ]
    assert table.groupby("sample").size().tolist() == [len(e) * (len(e) - 1) // 2 for e in again]
    row = table[table["sample"] == 2].iloc[3]
    x = again[2].x[[int(row["first"]), int(row["second"])]]
    assert row["overlap"] == pytest.approx(x[0] @ x[1] / 4)
    assert f"{sum(map(len, again))} critical points" in out
    assert "-1.00 to -0.50" in out
    assert f"{len(table)} rows written" in out


@pytest.mark.slow
def test_intervals_without_pairs_do_not_look_like_large_deviations(capsys, tmp_path, monkeypatch):
    """Two landscapes have no pair at either end, where 0.007 and an unknown number are expected."""

    def known_below(n, H, low, high, **_):
        if high == 1.0:
            raise TooRareError
        return PairCount(0.0035 if low == -1.0 else 1.0, 1e-5)

    monkeypatch.setattr(theory, "mean_pairs_between", known_below)
    options = ("--n", 4, "--samples", 2, "--indices", "0,3", "--intervals", 8)
    status, out, _ = spinglass(capsys, "pairs", *options, "--out", tmp_path / "pairs.csv")
    assert status == 0
    few, unknown = (next(line for line in out.splitlines() if line.startswith(end)) for end in ("-1.00", "+0.75"))
    assert few.split() == ["-1.00", "to", "-0.75", "0", "0.003500", "±", "0.000010", "-0.1", "s.e."]
    assert unknown.split() == ["+0.75", "to", "+1.00", "0", "too", "rare"]


@pytest.mark.slow
def test_the_table_of_the_command_counts_pairs_of_the_given_indices(capsys, tmp_path):
    options = ("--n", 3, "--samples", 6, "--indices", "1,0", "--accuracy", 0.2, "--intervals", 2, "--csv")
    status, out, err = spinglass(capsys, "pairs", *options, "--out", tmp_path / "pairs.csv")
    assert status == 0
    shown = pd.read_csv(io.StringIO(out))
    rows = pd.read_csv(tmp_path / "pairs.csv")
    chosen = rows[(rows["index_first"] + rows["index_second"] == 1) & (rows["overlap"] > 0)]
    assert shown["mean"].iloc[1] == pytest.approx(len(chosen) / 6)
    exact = theory.mean_pairs_between(3, 3, 0.0, 1.0, indices=(0, 1), accuracy=0.2)
    assert shown["exact"].iloc[1] == pytest.approx(exact.value, abs=5 * exact.error)
    assert "6 of 6 samples" in err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--intervals", 0], "intervals must be from 1 to 100, not 0"),
        (["--indices", "0"], "indices must be two numbers separated by a comma"),
        (["--indices", "0,9", "--n", 4], "an index must be below n"),
        (["--H", 2, "--n", 4], "eigenvectors of a matrix"),
        (["--samples", 0, "--n", 2], "samples must be at least 1, not 0"),
        (["--out", "pairs.txt"], "use a name that ends in .parquet or .csv"),
    ],
)
def test_bad_input_of_the_command_is_refused(capsys, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    status, _, err = spinglass(capsys, "pairs", *arguments)
    assert status == 2
    assert message in err
    assert not list(tmp_path.iterdir())


def test_an_interruption_keeps_finished_samples(monkeypatch):
    original, calls = critical_points.enumerate_critical_points, []

    def interrupted(*arguments, **options):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return original(*arguments, **options)

    monkeypatch.setattr(critical_points, "enumerate_critical_points", interrupted)
    found = pairs_of_points.survey_pairs(3, 3, 5, 0, [-1.0, 1.0])
    assert found.finished == 2
    assert found.counts.shape == (2, 1)


def test_a_growing_table_leaves_nothing_after_an_error(tmp_path):
    file = tmp_path / "table.parquet"

    def fail():
        with GrowingTable(file) as table:
            table.append(pd.DataFrame({"a": [1]}))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not list(tmp_path.iterdir())
    for name in ("table.parquet", "table.csv"):
        with GrowingTable(tmp_path / name) as table:
            table.append(pd.DataFrame({"a": [1, 2]}))
            table.append(pd.DataFrame({"a": [3]}))
        read = pd.read_csv if name.endswith("csv") else pd.read_parquet
        assert read(tmp_path / name)["a"].tolist() == [1, 2, 3]


def test_claims_count_ordered_pairs_without_mirror_images():
    x = np.sqrt(3.0) * np.array([[1, 0, 0], [-1, 0, 0], [0.6, 0.8, 0]])
    every = Points(np.array([-1.0, 1.0, 0.0]), np.array([0, 2, 1]), np.zeros((3, 2)), x)
    assert pair_counts.by_overlap(every).tolist() == [0, 0, 0, 4, 0]
    # The minimum and the saddle have overlap 0.6.
    assert pair_counts.by_index(every).tolist() == [0, 0, 0, 1, 0, 0]


def test_measurements_of_a_claim_add_up():
    every = points(SEED, 5, 3)
    n = len(every.index)
    assert pair_counts.by_overlap(every).sum() == n * (n - 2)
    assert numbers.squares(every, 5, 3)[0] == pytest.approx(1 + (n / theory.mean_critical_points(5, 3) - 1) ** 2)


@pytest.mark.slow
def test_the_range_of_the_logarithm_holds_for_laws_with_the_same_moments():
    between = numbers.range_of_log(3, 3, accuracy=0.01)
    mean, square = theory.mean_critical_points(3, 3), theory.second_moment(3, 3).value
    spread = np.sqrt(square - mean**2)
    for share in (0.2, 0.5, 0.8):  # laws on two points with this mean and variance
        low, high = mean - spread * np.sqrt((1 - share) / share), mean + spread * np.sqrt(share / (1 - share))
        if low >= 2:
            assert between.low <= share * np.log(low) + (1 - share) * np.log(high) <= between.high


def test_paths_of_the_claim_and_of_the_figure_are_the_same():
    every = enumerate_critical_points(SphericalSpinGlass.pure(4, 3, 1), None)
    x, y = every.x[0], every.x[1]
    one = profiles.along(every.landscape, x[None], y[None])[0]
    assert one == pytest.approx(energy_on_path(every.landscape, x, y, np.array(profiles.POSITIONS)))


@pytest.mark.slow
def test_no_geodesic_lies_below_the_pass():
    tables = paths_between_minima(4, 4, seed=0, samples=2)
    barriers = tables["barriers"]
    assert len(barriers)
    # The geodesic is evaluated at 41 positions, which may miss its highest point by a little.
    assert (barriers["geodesic"] > barriers["lowest"] - 0.02).all()
    shown = tables["paths"]
    ends = shown[shown["position"].isin([0.0, 1.0])]
    assert np.allclose(ends["measured"], ends["mean"], atol=1e-5)


@pytest.mark.slow
def test_measured_and_exact_densities_of_three_spins_agree():
    tables = pairs_of_points.density_by_overlap(3, 3, samples=60, seed=0, bins=4, indices=(None,))
    measured, exact = tables["measured"], tables["exact"]
    for row in measured.itertuples():
        inside = exact[exact["overlap"].between(row.low, row.high)]["density"].mean()
        assert abs(row.density - inside) < 5 * row.standard_error + 0.05 * inside
    mean = pairs_of_points.second_moments([3], 3, [], 0.1, 0)
    assert mean["ratio"].iloc[0] == pytest.approx(theory.second_moment(3, 3).ratio)


def test_pairs_of_some_points_are_those_of_the_whole_table():
    every = enumerate_critical_points(SphericalSpinGlass.pure(4, 3, 1))
    rows = np.flatnonzero(every.index <= 1)
    whole = pairs_of_points.pairs_of(every, 0)
    chosen = whole[whole["first"].isin(rows) & whole["second"].isin(rows)].reset_index(drop=True)
    pd.testing.assert_frame_equal(pairs_of_points.pairs_of(every, 0, rows), chosen, rtol=0, atol=1e-14)


@pytest.mark.slow
def test_dispersion_of_a_known_number_of_minima():
    index = np.array([0, 0, 0, 1, 1, 2])
    found = numbers.dispersion(Points(np.zeros(6), index, np.zeros((6, 2)), np.zeros((6, 3))), n=3, H=3)
    mean = theory.mean_critical_points(3, 3, index=0)
    assert found == pytest.approx((3 - mean) ** 2 / mean)
    moment = theory.second_moment(3, 3, index=0, accuracy=0.002)
    # The variance over the mean from the ratio of moments, with the same random numbers.
    assert numbers.mean_dispersion(3, 3, accuracy=0.002) == pytest.approx((moment.ratio - 1) * moment.mean)


@pytest.mark.slow
def test_the_caption_says_how_many_points_are_close_to_each_other():
    caption = gallery.entry("pairs-overlaps").caption
    assert "tends to a positive constant in (a) and (c), and to 0 in (b)" in caption
    q = np.array([0.98, 0.9995])
    every, apart = (theory.mean_pairs(5, 3, q, indices=k, accuracy=0.05, floor=1e-4).value for k in (None, (0, 1)))
    assert every[1] == pytest.approx(every[0], rel=0.2)
    assert apart[1] == pytest.approx(apart[0], rel=0.2)
    minima = theory.mean_pairs(5, 3, q, indices=(0, 0), accuracy=0.05, floor=1e-4).value
    assert minima[1] < 0.05 * minima[0]
    # (1 - q^2)^((n - 3)/2), of independent points, falls by a factor of 40 between these overlaps.
    assert (every[1] / every[0]) > 20 * (1 - q[1] ** 2) / (1 - q[0] ** 2)
