"""Every table as JSON and CSV: alone on standard output, with all digits, equal to the printed one."""

import io
import json
import math

import numpy as np
import pandas as pd
import pytest

import theory
from validation.cli.main import main
from validation.cli.tables import Output, text_table


def spinglass(capsys, *arguments):
    status = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return status, out, err


COMMANDS = {
    "verify": ["verify", "die/true", "die/false", "--workers", "1"],
    "claims": ["claims", "minima"],
    "one claim": ["claims", "minima/mean-count"],
    "descend": ["descend", "--n", "6", "--starts", "3"],
    "enumerate": ["enumerate", "--n", "3", "--samples", "2"],
    "graph": ["graph", "--n", "3", "--starts", "20"],
    "thresholds": ["thresholds", "--H", "3", "--H", "5"],
    "counts": ["counts", "--n", "5", "--index", "0,1", "--below", "-1,inf"],
    "equilibrium": ["equilibrium", "--T", "0.5,0.9", "--mixture", "1=0.3,3=1"],
    "figures": ["figures", "--list", "counts"],
    "study": ["study", "--describe", "descend"],
    "doctor": ["doctor"],
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_json_and_csv_hold_the_same_rows(capsys, synthetic_file, name):
    command = COMMANDS[name] + (["--claims", synthetic_file] if name == "verify" else [])
    _, text, _ = spinglass(capsys, *command, "--json")
    rows = json.loads(text)
    _, csv, _ = spinglass(capsys, *command, "--csv")
    table = pd.read_csv(io.StringIO(csv))
    assert table.columns.tolist() == list(rows[0])
    assert len(table) == len(rows) > 0
    for row, other in zip(rows, table.to_dict("records"), strict=True):
        for key, value in row.items():
            if isinstance(value, float) and key != "seconds":
                assert value == other[key], key  # to the last bit
            elif value is None:
                assert pd.isna(other[key]) or math.isinf(other[key])


def test_verdicts_as_rows(capsys, synthetic_file):
    common = ["verify", "die/true", "die/false", "--claims", synthetic_file, "--workers", 1]
    status, out, err = spinglass(capsys, *common, "--json")
    assert status == 1
    assert "1 agrees, 1 disagrees, 0 undecided" in err
    rows = {row["claim_id"]: row for row in json.loads(out)}
    assert (rows["die/true"]["status"], rows["die/false"]["status"]) == ("agrees", "disagrees")
    assert rows["die/false"]["p_value"] < rows["die/false"]["alpha"]
    assert rows["die/true"]["mutant"] is None
    assert rows["die/true"]["predicted_low"] == pytest.approx(3.5)


@pytest.mark.slow
def test_changes_between_runs_as_rows(capsys, synthetic_file, tmp_path):
    for seed in (0, 1):
        spinglass(
            capsys, "verify", "die/true", "--claims", synthetic_file, "--workers", 1, "--seed", seed,
            "--out", tmp_path / str(seed),
        )  # fmt: skip
    _, out, err = spinglass(capsys, "compare", tmp_path / "0", tmp_path / "1", "--json")
    (row,) = json.loads(out)
    assert (row["claim_id"], row["before"], row["after"]) == ("die/true", "agrees", "agrees")
    assert row["change"] != 0
    assert "0 of 1 verdicts changed" in err
    _, out, _ = spinglass(capsys, "compare", tmp_path / "0", tmp_path / "0", "--csv")
    assert out == "claim_id,mutant,before,after,at,change\n"


def test_a_study_prints_its_dataset(capsys, tmp_path):
    file = tmp_path / "study.toml"
    file.write_text('task = "descend"\nsamples = 2\n[settings]\nn = 5\nH = 3\nstarts = 3\n')
    status, out, err = spinglass(capsys, "study", file, "--out", tmp_path / "out", "--workers", 1, "--json")
    rows = json.loads(out)
    assert (status, len(rows)) == (0, 6)
    assert "2 of 2 units, 0 failed; 6 rows in" in err
    kept = pd.read_parquet(tmp_path / "out" / "data.parquet")
    assert [row["energy"] for row in rows] == kept["energy"].tolist()


def test_both_forms_at_once_are_refused(capsys):
    for command in (["doctor"], ["thresholds"], ["claims"], ["figures", "--list"]):
        status, out, err = spinglass(capsys, *command, "--json", "--csv")
        assert (status, out) == (2, "")
        assert "give either --json or --csv, not both" in err


def test_no_cell_is_cut_in_a_pipe(capsys):
    _, out, _ = spinglass(capsys, "thresholds", "--H", 3, "--k", 12)
    header, row = out.splitlines()
    assert len(row) > 150
    assert row.split()[-1] == f"{float(theory.E_k(3, 12)):.8f}"
    assert header.split()[-1] == "E_12"


def test_numbers_that_are_not_finite(capsys):
    frame = pd.DataFrame({"a": [1.5, np.nan, np.inf], "b": ["x", None, "ž"]})
    Output("json").table(frame)
    rows = json.loads(capsys.readouterr().out)
    assert rows == [{"a": 1.5, "b": "x"}, {"a": None, "b": None}, {"a": None, "b": "ž"}]
    table = text_table(frame, {"a": ".2f"})
    assert list(table.columns[0].cells) == ["1.50", "", "inf"]
    Output("json").table(frame.iloc[:0])
    assert json.loads(capsys.readouterr().out) == []


# Exact mean numbers of critical points.


def test_counts_are_those_of_theory(capsys):
    arguments = ["counts", "--n", 60, "--H", 3, "--index", 1, "--below", "-1.6"]
    _, out, err = spinglass(capsys, *arguments, "--json")
    (row,) = json.loads(out)
    # Auffinger, Ben Arous and Cerny: E N_1 below u, here as the integral of its density.
    grid = np.linspace(-1.75, -1.6, 301)
    density = theory.mean_critical_point_density(grid, 60, 3, index=1)
    assert row["mean_number"] == pytest.approx(np.trapezoid(density, grid), rel=1e-3)
    assert row["log_mean_number"] == pytest.approx(math.log(row["mean_number"]), rel=1e-12)
    assert "n = 60, H = 3" in err
    status, out, _ = spinglass(capsys, *arguments)
    assert status == 0
    assert f"{row['mean_number']:.8g}" in out


def test_all_indices_and_energies_are_the_default(capsys):
    _, out, _ = spinglass(capsys, "counts", "--n", 3, "--csv")
    table = pd.read_csv(io.StringIO(out))
    assert table[["index", "below"]].to_numpy().tolist() == [["all", "all"]]
    # The closed form at n = 3, 2 + 8 (H-1)^(3/2)/sqrt(3H-2).
    assert table["mean_number"].item() == pytest.approx(2 + 8 * 2**1.5 / math.sqrt(7), rel=1e-12)
    _, out, _ = spinglass(capsys, "counts", "--n", 3)
    assert out.splitlines()[-1].split()[:3] == ["all", "all", "10.55236"]


def test_a_number_beyond_floats_is_given_by_its_logarithm(capsys):
    _, out, _ = spinglass(capsys, "counts", "--n", 500, "--H", 20, "--json")
    (row,) = json.loads(out)
    assert row["mean_number"] is None
    # At all energies the complexity is log(H - 1)/2, up to terms of order log(n)/n.
    assert row["log_mean_number"] / 500 == pytest.approx(math.log(19) / 2, abs=0.01)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--index", "1.5"], "index must be a whole number, or several separated by commas; not '1.5'"),
        (["--index", "-1"], "index must be at least 0, not -1"),
        (["--index", "100"], "index must be below n"),
        (["--below", "x"], "below must be a number, or several separated by commas; not 'x'"),
        (["--below", "nan"], "below must be finite, without NaN"),
        (["--below", ""], "below must be a number"),
        (["--n", "0"], "n must be at least 1, not 0"),
        (["--n", "5000"], "n must be at most 3000 here"),
        (["--H", "3+"], "H must be an order"),
    ],
)
def test_counts_that_cannot_be_computed(capsys, arguments, message):
    status, out, err = spinglass(capsys, "counts", *arguments)
    assert (status, out) == (2, "")
    assert message in err


def test_thresholds_of_a_mixture(capsys):
    _, out, _ = spinglass(capsys, "thresholds", "--H", "3+4", "--H", 3, "--mixture", "1=0.2,3=1", "--json")
    mixed, pure, field = json.loads(out)
    # nu(t) = (t^3 + t^4)/2: E_th by its closed form (nu' - nu)/sqrt(nu'') + nu sqrt(nu'')/nu' at t = 1.
    assert mixed["E_th"] == pytest.approx(2.5 / 3 + 3 / 3.5, rel=1e-12)
    assert mixed["E_inf"] is None
    assert pure["E_inf"] == pytest.approx(2 * math.sqrt(2 / 3))
    assert field["E_alg"] is None
    assert field["E_0"] > pure["E_0"]
