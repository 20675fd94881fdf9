"""``spinglass sample``: chains and parallel tempering, from the command line to the files."""

import json

import numpy as np
import pandas as pd
import pytest

import theory
from spinglass import SphericalSpinGlass
from spinglass._common.seeds import child, seed_sequence
from spinglass.sampling import sample, temper
from validation.cli import sample_tables
from validation.cli.main import main


def spinglass(capsys, *arguments):
    status = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return status, out, err


@pytest.mark.slow
def test_chains_at_one_temperature(capsys, tmp_path):
    file = tmp_path / "new" / "records.parquet"
    common = ["sample", "--n", 8, "--temperature", 1.5, "--sweeps", 100, "--chains", 4, "--seed", 3]
    status, out, err = spinglass(capsys, *common, "--out", file, "--json")
    root = seed_sequence(3)
    again = sample(SphericalSpinGlass.pure(8, 3, child(root, 0, 0)), 1.5, 100, chains=4, seed=child(root, 1))
    assert status == int(again.status != "equilibrated")
    (row,) = json.loads(out)
    assert row["energy_per_spin"] == again.energies.mean()
    assert row["squared_overlap"] == pytest.approx((again.overlaps**2).mean())
    # Above the static temperature the equilibrium energy is -nu(1)/T and overlaps vanish for large n.
    assert row["large_n_energy"] == pytest.approx(-1 / 1.5)
    assert row["large_n_squared_overlap"] == 0
    assert "400 rows written to" in err
    written = pd.read_parquet(file)
    assert np.array_equal(written["energy_per_spin"], again.energies.ravel())
    assert np.array_equal(written["overlap"].dropna(), again.overlaps.ravel())


def test_parallel_tempering_at_the_given_temperatures(capsys, tmp_path):
    common = ["sample", "--n", 8, "--temperature", "0.7,1,1.4", "--sweeps", 60, "--samples", 2]
    status, out, _ = spinglass(capsys, *common, "--out", tmp_path / "x.csv", "--json")
    root = seed_sequence(0)
    glasses = [SphericalSpinGlass.pure(8, 3, child(root, 0, k)) for k in range(2)]
    again = temper(glasses, [0.7, 1.0, 1.4], 60, adapt=False, seed=child(root, 1))
    rows = json.loads(out)
    assert status == int(not again.equilibrated.all())
    assert [row["temperature"] for row in rows] == [0.7, 1.0, 1.4]
    assert [row["energy_per_spin"] for row in rows] == again.energy_per_spin.mean(axis=0).tolist()
    assert pd.read_csv(tmp_path / "x.csv")["overlap"].tolist() == again.overlaps.ravel().tolist()
    # One step of replica symmetry breaking at T = 0.7: overlap q with probability 1 - m, otherwise 0.
    law = theory.equilibrium(0.7, 3)
    assert rows[0]["large_n_squared_overlap"] == pytest.approx((1 - law.breakpoint) * law.overlap**2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("T", "mixture", "phase"),
    [
        (0.7, {2: 0.2, 3: 1.0}, "one step"),
        (0.8, {2: 1.0, 4: 0.3}, "continuous"),
        (0.5, {1: 0.3, 2: 1.0, 4: 0.2}, "continuous"),
        (0.03, {2: 0.1, 3: 0.5**0.5, 16: 32**-0.5}, "two steps"),
    ],
)
def test_squared_overlaps_are_derivatives_of_the_free_energy(T, mixture, phase):
    _, (overlap,) = sample_tables._large_n(np.array([T]), mixture)
    assert theory.equilibrium(T, mixture).phase == phase
    # Integration by parts over the couplings of order 2: df/d(a_2^2) = -(1 - <q^2>)/(2T).
    step, square = 1e-4, mixture[2] ** 2
    low, high = (theory.equilibrium(T, {**mixture, 2: (square + d) ** 0.5}).free_energy for d in (-step, step))
    # The error of the difference is of order step^2.
    assert overlap == pytest.approx(1 + 2 * T * (high - low) / (2 * step), abs=1e-6)


def test_theory_that_fails_at_a_temperature_leaves_it_out(monkeypatch):
    solved = theory.equilibrium

    def fails(T, H):
        if T == 0.5:
            raise ArithmeticError
        return solved(T, H)

    monkeypatch.setattr(theory, "equilibrium", fails)
    energy, overlap = sample_tables._large_n(np.array([1e-12, 0.5, 1.0]), 3)
    assert np.isnan(energy).tolist() == np.isnan(overlap).tolist() == [True, True, False]


def test_the_table_fits_the_terminal_and_names_the_state(capsys):
    common = ["sample", "--n", 8, "--temperature", "2,0.7", "--rungs", 3, "--sweeps", 60]
    _, out, _ = spinglass(capsys, *common)
    lines = out.splitlines()
    assert "n = 8, H = 3, seed 0" in lines
    assert "status" in out
    table = lines[-4:]
    assert table[0].split()[:4] == ["T", "energy", "per", "spin"]
    assert [line.split()[0] for line in (table[1], table[3])] == ["0.7", "2"]
    assert all(len(line) <= 80 for line in table)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--temperature", "0"], "temperature"),
        (["--temperature", "x"], "temperature must be a number, or several separated by commas; not 'x'"),
        (["--temperature", "1,0.5"], "increas"),
        (["--temperature", "1,1", "--rungs", "3"], "coldest"),
        (["--temperature", "0.5,1", "--rungs", "1"], "rungs"),
        (["--rungs", "3"], "--rungs is for parallel tempering: give several temperatures"),
        (["--samples", "3"], "--samples is for parallel tempering"),
        (["--temperature", "0.5,1", "--samples", "0"], "samples must be at least 1, not 0"),
        (["--temperature", "0.5,1", "--chains", "4"], "--chains is for a single temperature"),
        (["--chains", "1"], "chains must be a whole number of at least 2, not 1"),
        (["--sweeps", "3"], "sweeps must be a whole number of at least 4, not 3"),
        (["--temperature", "0.5,1", "--sweeps", "3"], "need at least 4 records"),
        (["--n", "1"], "n"),
        (["--out", "x.txt"], "use a name that ends in .parquet or .csv"),
    ],
)
def test_what_cannot_be_sampled(capsys, arguments, message):
    status, out, err = spinglass(capsys, "sample", "--n", 4, *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
