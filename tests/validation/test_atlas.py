"""The atlas: rows are what the library returns, files describe themselves, and a build goes on to the same bytes."""

import importlib.util
import json
import math
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import combinations_with_replacement, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

import theory
from spinglass import SphericalSpinGlass, basin_volumes, critical_points, enumerate_critical_points, landscape_graph
from spinglass.critical_points import homotopy
from validation.atlas import SETS, AtlasPlan, Part, build, build_atlas
from validation.atlas.columns import TABLES, schema
from validation.atlas.estimate import estimated
from validation.atlas.landscape_sets import sample_seed
from validation.cli.main import main
from validation.engine.stored_units import Stored

PAGE = (Path(__file__).parents[2] / "docs" / "atlas.md").read_text(encoding="utf-8")
PLAN = AtlasPlan.checked([(3, 4, 2), (4, 3, 1)], seed=5, starts=20)
KEY = ["H", "n", "sample"]


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    folder = tmp_path_factory.mktemp("atlas")
    found = build_atlas(PLAN, folder, workers=1)
    assert (found.finished, found.failures, found.interrupted, found.incomplete) == (2, {}, False, 0)
    assert len(found.files) == len(TABLES) * 2
    return folder


def read(atlas, name):
    return pd.read_parquet(atlas / name)


def of_sample(table, sample):
    return table[(table["H"] == sample.H) & (table["n"] == sample.n) & (table["sample"] == sample.sample)]


@pytest.mark.slow
def test_rows_are_what_the_library_returns_for_the_seed_of_the_sample(atlas):
    for sample in read(atlas, "samples").itertuples():
        every = enumerate_critical_points(SphericalSpinGlass.pure(sample.n, sample.H, sample.seed), "all")
        rows = {name: of_sample(read(atlas, name), sample) for name in TABLES}
        points = rows["critical_points"]
        assert np.array_equal(np.stack(points["x"]), every.x)
        assert np.array_equal(points["error_bound"], every.error_bound)
        assert points["index"].tolist() == every.index.tolist()
        assert (sample.proven, sample.complete, sample.counts.tolist()) == (True, True, every.counts.tolist())
        graph = landscape_graph(every)
        ends = basin_volumes(graph, 20, sample.seed).ends
        assert rows["minima"]["ends"].tolist() == ends.tolist()
        assert rows["saddles"][["deeper", "shallower"]].to_numpy().tolist() == graph.joins.tolist()
        assert rows["saddles"]["point"].tolist() == graph.saddles.tolist()


def test_couplings_and_points_need_no_program(atlas):
    """Energies and gradients from the stored couplings alone, by the formula that is written in the table."""
    samples = read(atlas, "samples").set_index(KEY)
    for key, points in read(atlas, "critical_points").groupby(KEY):
        H, n, _ = key
        x, factor = np.stack(points["x"]), n ** (-(H - 1) / 2)
        tuples = list(combinations_with_replacement(range(n), H))
        couplings = samples.loc[key, "couplings"]
        energy = factor * sum(c * np.prod(x[:, i], axis=1) for c, i in zip(couplings, tuples, strict=True))
        assert np.allclose(energy / n, points["energy_per_spin"], rtol=0, atol=1e-12)
        gradient = np.zeros_like(x)
        for (c, i), place in product(zip(couplings, tuples, strict=True), range(H)):
            gradient[:, i[place]] += factor * c * np.prod(x[:, [*i[:place], *i[place + 1 :]]], axis=1)
        tangent = gradient - (gradient * x).sum(axis=1, keepdims=True) * x / n
        # Points have an error of about 1e-15, and second derivatives are below 100.
        assert np.abs(tangent).max() < 1e-11


def test_tables_fit_together(atlas):
    points = read(atlas, "critical_points").set_index([*KEY, "point"])
    counts = points.groupby(KEY).size()
    assert counts.tolist() == read(atlas, "samples").set_index(KEY).sort_index()["critical_points"].tolist()
    for name, index in (("minima", 0), ("saddles", 1)):
        table = read(atlas, name)
        own = points.loc[list(map(tuple, table[[*KEY, "point"]].to_numpy()))]
        assert (own["index"] == index).all()
        assert (own["energy_per_spin"].to_numpy() == table["energy_per_spin"]).all()
        assert len(table) == (points["index"] == index).sum()
    low = (points["index"] <= 1).groupby(KEY).sum()
    pairs = read(atlas, "pairs")
    assert pairs.groupby(KEY).size().tolist() == [k * (k - 1) // 2 for k in low]
    x = points["x"]
    for row in pairs.sample(20, random_state=0).itertuples():
        first, second = (x[row.H, row.n, row.sample, point] for point in (row.first, row.second))
        assert row.overlap == pytest.approx(first @ second / row.n, abs=1e-14)


def test_the_deepest_minimum_alone_has_no_barrier(atlas):
    minima = read(atlas, "minima")
    assert (minima["escape_height"].isna() == (minima["minimum"] == 0)).all()
    passes = read(atlas, "saddles").groupby(KEY)["merges_valleys"].sum()
    assert (minima.groupby(KEY).size() - 1).tolist() == passes.tolist()


def test_columns_say_what_they_mean(atlas):
    for name, table in TABLES.items():
        for part in PLAN.parts:
            found = parquet.read_schema(atlas / name / f"{part.name}.parquet")
            assert found.equals(schema(name), check_metadata=True)
        assert all(field.metadata[b"meaning"] for field in schema(name))
        assert not read(atlas, name).duplicated(list(table.key)).any()
        assert all(f"| `{column}` |" in (atlas / "README.md").read_text() for column in table.columns)


def test_checksums_and_metadata_describe_the_files(atlas):
    files = {path.relative_to(atlas).as_posix() for path in atlas.rglob("*") if path.is_file()}
    sums = dict(line.split("  ")[::-1] for line in (atlas / "SHA256SUMS").read_text().splitlines())
    assert set(sums) == files - {"SHA256SUMS"}
    assert all(sha256((atlas / place).read_bytes()).hexdigest() == digest for place, digest in sums.items())
    metadata = json.loads((atlas / "croissant.json").read_text(encoding="utf-8"))
    # Properties that the specification requires of a data set.
    needed = {"@context", "@type", "conformsTo", "description", "license", "name", "url", "creator", "datePublished"}
    assert needed <= set(metadata)
    assert metadata["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert {file["contentUrl"]: file["sha256"] for file in metadata["distribution"]} == {
        place: digest for place, digest in sums.items() if place.endswith(".parquet")
    }
    ids = [entry["@id"] for entry in metadata["distribution"]]
    for records in metadata["recordSet"]:
        ids += [records["@id"], *(field["@id"] for field in records["field"])]
        (place,) = {field["source"]["fileObject"]["@id"] for field in records["field"]}
        columns = [field["source"]["extract"]["column"] for field in records["field"]]
        assert columns == parquet.read_schema(atlas / place).names
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("library", ["polars", "duckdb", "mlcroissant"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the libraries
def test_other_programs_read_the_tables(atlas, library, monkeypatch):
    program = pytest.importorskip(library)
    monkeypatch.chdir(atlas)
    expected = read(atlas, "critical_points")["energy_per_spin"].to_numpy()
    if library == "polars":
        found = program.read_parquet("critical_points/*.parquet")["energy_per_spin"].to_numpy()
    elif library == "duckdb":
        found = program.sql("SELECT energy_per_spin FROM 'critical_points/*.parquet'").fetchnumpy()["energy_per_spin"]
    else:
        records = program.Dataset("croissant.json").records(record_set="critical_points_H3_n04")
        found = [record["critical_points_H3_n04/energy_per_spin"] for record in records]
        expected = expected[: len(found)]
    assert np.array_equal(np.sort(found), np.sort(expected))


@pytest.mark.slow
def test_an_interrupted_build_goes_on_elsewhere_to_the_same_bytes(atlas, tmp_path, monkeypatch):
    calls = []

    def interrupted(plan, unit, checkpoints, perform=build.perform):
        calls.append(unit)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return perform(plan, unit, checkpoints)

    with monkeypatch.context() as patched:
        patched.setattr(build, "perform", interrupted)
        found = build_atlas(PLAN, tmp_path, workers=1)
    assert (found.interrupted, found.finished, found.files) == (True, 1, [])
    assert not (tmp_path / "README.md").exists()
    with pytest.raises(ValueError, match="unfinished run, 1 of 2 units; continue with --resume"):
        build_atlas(PLAN, tmp_path, workers=1)
    shares = []
    with ThreadPoolExecutor(2) as elsewhere:
        build_atlas(PLAN, tmp_path, resume=True, executor=elsewhere, watch=lambda share, *rest: shares.append(share))
    assert 0 < shares[0] < 1 == shares[-1]
    assert (tmp_path / "SHA256SUMS").read_bytes() == (atlas / "SHA256SUMS").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in atlas.iterdir())


KILLED = """
import os, signal, sys
from spinglass.critical_points import homotopy
from spinglass.critical_points.checkpoint import Checkpoint
from validation.atlas import AtlasPlan, build_atlas

def save_and_die(self, attempt, batch, records, save=Checkpoint.save):
    save(self, attempt, batch, records)
    if batch == 2:
        os.kill(os.getpid(), signal.SIGKILL)

homotopy.BATCH, Checkpoint.save = 16, save_and_die
build_atlas(AtlasPlan.checked([(3, 6, 2)], starts=5), sys.argv[1], workers=1)
"""


@pytest.mark.slow
def test_a_build_that_was_killed_in_a_long_sample_goes_on_inside_it(tmp_path, monkeypatch):
    plan = AtlasPlan.checked([(3, 6, 2)], starts=5)
    build_atlas(plan, tmp_path / "whole", workers=1)
    there, paths = tmp_path / "killed", tmp_path / "killed" / "build" / "paths"
    died = subprocess.run([sys.executable, "-c", KILLED, there], timeout=300)
    assert died.returncode == -signal.SIGKILL
    assert len(list(paths.glob("H3_n06_0000/*.npz"))) == 3
    followed, left = [], []

    def batch(problem, attempt, size, number, follow=homotopy.follow_batch):
        followed.append(number)
        return follow(problem, attempt, size, number)

    monkeypatch.setattr(homotopy, "BATCH", 16)
    monkeypatch.setattr(homotopy, "follow_batch", batch)
    build_atlas(plan, there, workers=1, resume=True, watch=lambda *_: left.append(len(list(paths.iterdir()))))
    assert followed == [3, 0, 1, 2, 3]  # the first sample had been interrupted before its last batch
    assert left == [1, 0]
    assert (there / "SHA256SUMS").read_bytes() == (tmp_path / "whole" / "SHA256SUMS").read_bytes()


def test_only_local_builds_of_long_samples_save_their_paths(tmp_path, monkeypatch):
    given = []

    def measure(plan, part, sample, checkpoint):
        given.append((part.n, checkpoint and checkpoint.name))
        raise MemoryError

    monkeypatch.setattr(build, "measure", measure)
    plan = AtlasPlan.checked([(3, 14, 1), (3, 15, 1)])
    build_atlas(plan, tmp_path, workers=1)
    with ThreadPoolExecutor(1) as elsewhere:
        build_atlas(plan, tmp_path, resume=True, executor=elsewhere)
    assert given == [(15, "H3_n15_0000"), (14, None), (15, None), (14, None)]  # n = 15 has two batches of 2^14 paths


@pytest.mark.slow
def test_a_unit_that_fails_leaves_no_files_and_is_repeated(tmp_path, monkeypatch, capsys):
    arguments = ["atlas", "build", "--n", "3", "--samples", "1", "--starts", "5", "--workers", "1", "--out", tmp_path]

    def broken(plan, unit, checkpoints):
        raise MemoryError("no memory")

    with monkeypatch.context() as patched:
        patched.setattr(build, "perform", broken)
        assert main([*map(str, arguments)]) == 3
    out = capsys.readouterr().out
    assert "failed: MemoryError: no memory" in out
    assert "0 of 1 units are kept, 1 failed" in out
    assert not list(tmp_path.glob("*.*"))
    assert main([*map(str, arguments), "--resume"]) == 0
    assert "5 tables, 0.0" in capsys.readouterr().out
    assert not (tmp_path / "build").exists()


def test_a_sample_that_is_not_complete_is_counted_and_has_no_graph(tmp_path, monkeypatch, capsys):
    def zero(glass, certify, checkpoint):
        return enumerate_critical_points(SphericalSpinGlass.from_tensor(np.zeros((glass.n,) * 3)), certify)

    monkeypatch.setattr(critical_points, "enumerate_critical_points", zero)
    monkeypatch.setattr("validation.atlas.measure.in_lexical_order", lambda glass: np.zeros(10))
    words = ["--n", "3", "--samples", "2", "--workers", "1", "--out", str(tmp_path)]
    assert main(["atlas", "build", *words]) == 3
    assert "2 samples are NOT complete" in capsys.readouterr().out
    samples = read(tmp_path, "samples")
    assert not samples["complete"].any()
    assert samples["unsettled_starts"].isna().all()
    assert set(samples["reason"]) == {"the energy is zero everywhere: every point is critical"}
    assert read(tmp_path, "minima").empty
    assert "| 3 | 3 | 2 | 2 | 0 | 0 | 0 |" in (tmp_path / "README.md").read_text()


def test_estimates_count_points_by_theory():
    plan = AtlasPlan.checked([(3, 4, 10), (3, 5, 7)])
    found = estimated(plan)
    for part, estimate in found.items():
        assert estimate.points == pytest.approx(part.samples * theory.mean_critical_points(part.n, 3))
        assert estimate.size > 8 * part.n * estimate.points
    assert sum(found.values(), start=type(estimate)(0, 0, 0)).seconds == sum(e.seconds for e in found.values())


def test_units_contain_every_sample_once_and_take_similar_times():
    for part in (Part(3, 8, 100), Part(4, 6, 37), Part(3, 12, 3), Part(3, 16, 2)):
        units = part.units()
        assert [sample for unit in units for sample in unit] == list(range(part.samples))
        assert max(map(len, units)) * part.paths <= max(4096, part.paths)


def test_the_sizes_of_order_4_have_about_as_many_paths_as_those_of_order_3():
    parts = SETS["standard"].parts
    for one, other in zip(parts[:4], parts[4:], strict=True):
        assert one.samples == other.samples
        # No size at H = 4 is closer on the logarithmic scale, where neighbours differ by a factor of 3.
        assert abs(math.log(other.paths / one.paths)) < math.log(3) / 2


def test_seeds_differ_and_are_exact_as_floating_point_numbers():
    seeds = {sample_seed(0, Part(H, n, 1), k) for H, n, k in product((3, 4), (4, 5, 6), range(50))}
    assert len(seeds) == 300
    assert all(int(float(seed)) == seed for seed in seeds)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--set", "tiny"], "unknown set 'tiny'"),
        (["--set", "toy", "--n", "4"], "either --set or sizes of your own"),
        (["--H", "3"], "--H and --samples need sizes"),
        (["--n", "x"], "n must be a whole number"),
        (["--n", "1"], "n must be a whole number of at least 2, not 1"),
        (["--n", "4", "--H", "2"], "H must be at least 3 for an atlas, not 2"),
        (["--n", "4,4"], "H3, n04 is listed twice"),
        (["--n", "60"], "n = 60 at H = 3 has more than 16777216 homotopy paths"),
        (["--n", "4,5,6", "--samples", "1,2"], "one for each of the 3 sizes; got 1,2"),
        (["--n", "4", "--samples", "0"], "samples must be a whole number of at least 1"),
        (["--n", "4", "--starts", "0"], "starts must be a whole number of at least 1"),
        (["--set", "toy", "--seed", "-1"], "seed must be a whole number of at least 0"),
        ([], "give the output folder with --out DIR"),
    ],
)
def test_bad_input_is_one_line(words, message, capsys):
    assert main(["atlas", "build", *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert message in err


def test_other_files_and_other_plans_are_refused(tmp_path, monkeypatch):
    (tmp_path / "data.parquet").touch()
    with pytest.raises(ValueError, match=r"contains data.parquet, which is not part of this atlas"):
        build_atlas(PLAN, tmp_path, workers=1)
    (tmp_path / "data.parquet").unlink()
    monkeypatch.setattr(build, "store_units", lambda *rest: Stored(interrupted=True))
    build_atlas(PLAN, tmp_path, workers=1)
    with pytest.raises(ValueError, match="holds a different run: seed was 5 and is 6"):
        build_atlas(AtlasPlan.checked([(3, 4, 2), (4, 3, 1)], seed=6, starts=20), tmp_path, workers=1, resume=True)


def test_the_estimate_alone_builds_nothing(capsys):
    assert main(["atlas", "build", "--n", "4,5", "--samples", "2,3", "--estimate", "--json"]) == 0
    out, err = capsys.readouterr()
    rows = json.loads(out)
    assert [(row["n"], row["samples"], row["paths_per_sample"]) for row in rows] == [(4, 2, 15), (5, 3, 31)]
    assert "MB, and about twice as much more while it is built" in err


@pytest.mark.slow
def test_the_code_of_the_page_reads_an_atlas(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    build_atlas(AtlasPlan.checked([(3, 8, 1)], starts=5), "atlas", workers=1)
    blocks = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    assert [re.search(r"import (\w+)", block)[1] for block in blocks] == ["pandas", "polars", "duckdb"]
    for block in blocks:
        if importlib.util.find_spec(re.search(r"import (\w+)", block)[1]):
            exec(compile(block, "atlas.md", "exec"), {})


def test_the_page_lists_all_columns_and_the_standard_set():
    for name, table in TABLES.items():
        row = re.search(rf"^\| `{name}` \|.*$", PAGE, flags=re.MULTILINE)[0]
        assert re.findall(r"`(\w+)`", row) == [name, *(column for column in table.columns if column not in KEY)]
    rows = re.findall(r"^\| n = (\d+) \| n = (\d+) \| ([\d ]+) \|$", PAGE, flags=re.MULTILINE)
    stated = [(3, int(n), int(m.replace(" ", ""))) for n, _, m in rows]
    stated += [(4, int(n), int(m.replace(" ", ""))) for _, n, m in rows]
    assert AtlasPlan.checked(stated) == SETS["standard"]
