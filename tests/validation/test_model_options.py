"""The model on the command line: --H and --mixture, read and refused, and what the commands make of them."""

import json
import math

import numpy as np
import pandas as pd
import pytest

from spinglass import SphericalSpinGlass, descend, enumerate_critical_points, sphere
from validation.cli.main import main
from validation.cli.models import read_model


def spinglass(capsys, *arguments):
    status = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return status, out, err


def test_orders_have_equal_shares_of_the_variance():
    assert read_model(None, None).H == 3
    assert read_model("4", None).H == 4
    # nu(t) = sum a_H^2 t^H: equal coefficients whose sum nu(1) is 1, as for a pure model.
    for text, orders in (("3+4", [3, 4]), ("2 + 3 + 7", [2, 3, 7]), ("1+3", [1, 3])):
        weights = read_model(text, None).H
        assert list(weights) == orders
        assert [a * a for a in weights.values()] == pytest.approx([1 / len(orders)] * len(orders))


def test_weights_are_those_of_the_energies():
    assert read_model(None, "3=0.8, 4=.6").H == {3: 0.8, 4: 0.6}
    assert read_model(None, "1=-2e-1,3=1").H == {1: -0.2, 3: 1.0}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--H", "x"], "H must be an order, such as 3, or several orders joined by +, such as 3+4; not 'x'"),
        (["--H", ""], "H must be an order"),
        (["--H", "-3"], "not '-3'"),
        (["--H", "3.5"], "not '3.5'"),
        (["--H", "3+"], "not '3+'"),
        (["--H", "³"], "not '³'"),
        (["--H", "9" * 5000], "H must be an order"),
        (["--H", "3+3"], "an order is given twice in '3+3'"),
        (["--H", "0+3"], "the orders of a mixture must be at least 1, not 0"),
        (["--H", "1"], "H must be at least 2, not 1"),
        (["--mixture", ""], "a mixture must give each order its weight, such as 3=0.8,4=0.6; not ''"),
        (["--mixture", "3"], "a mixture must give each order its weight"),
        (["--mixture", "3:0.8"], "a mixture must give each order its weight"),
        (["--mixture", "3=a"], "a mixture must give each order its weight"),
        (["--mixture", "3=0.8,3=0.6"], "an order is given twice"),
        (["--mixture", "3=0"], "the weight of order 3 is 0; leave this order out"),
        (["--mixture", "3=nan"], "the weight of order 3 must be a finite number"),
        (["--mixture", "3=inf"], "the weight of order 3 must be a finite number"),
        (["--mixture", "3=1e308,4=1e308"], "overflow"),
        (["--mixture", "1=1"], "a field alone always has exactly two critical points"),
        (["--H", "3", "--mixture", "3=1"], "give either --H or --mixture, not both; got --H '3'"),
    ],
)
@pytest.mark.parametrize("command", ["descend", "enumerate"])
def test_what_cannot_be_read_is_one_line_and_status_2(capsys, command, arguments, message):
    status, out, err = spinglass(capsys, command, "--n", 3, *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_descend_takes_a_mixture(capsys, tmp_path):
    common = ["descend", "--n", 8, "--starts", 5, "--seed", 3, "--out", tmp_path / "x.csv"]
    weights = {3: math.sqrt(0.5), 4: math.sqrt(0.5)}
    again = descend(SphericalSpinGlass.mixed(8, weights, 3), sphere.random_points(8, 5, 3))
    for model in (["--H", "3+4"], ["--mixture", f"3={math.sqrt(0.5)!r},4={math.sqrt(0.5)!r}"]):
        assert spinglass(capsys, *common, *model)[0] == 0
        assert pd.read_csv(tmp_path / "x.csv")["energy"].tolist() == again.energy.tolist()


def test_enumerate_compares_a_mixture_with_its_exact_means(capsys):
    status, out, err = spinglass(capsys, "enumerate", "--n", 3, "--samples", 2, "--mixture", "2=0.5,3=1", "--json")
    assert status == 0
    assert "n = 3, mixture 2=0.5,3=1, seed 0: 2 of 2 samples" in err
    rows = {row["index"]: row for row in json.loads(out)}
    counts = [
        len(
            enumerate_critical_points(
                SphericalSpinGlass.mixed(3, {2: 0.5, 3: 1.0}, np.random.SeedSequence(0, spawn_key=(k,)))
            )
        )
        for k in range(2)
    ]
    assert rows["all"]["mean"] == np.mean(counts)
    # At n = 3 the mean depends on r = nu''/nu' alone and is 2 + 8 r^(3/2)/sqrt(3 r + 1).
    r = (2 * 0.25 + 6) / (2 * 0.25 + 3)
    assert rows["all"]["exact"] == pytest.approx(2 + 8 * r**1.5 / math.sqrt(3 * r + 1), rel=1e-9)


def test_gradient_flow_at_given_times(capsys, tmp_path):
    common = ["descend", "--n", 10, "--starts", 4, "--method", "gradient", "--times", "0,0.1,1"]
    status, out, err = spinglass(capsys, *common, "--json", "--out", tmp_path / "x.parquet")
    rows, table = json.loads(out), pd.read_parquet(tmp_path / "x.parquet")
    assert status == 0
    assert "12 rows written to" in err
    assert [row["time"] for row in rows] == [0.0, 0.1, 1.0]
    glass, x0 = SphericalSpinGlass.pure(10, 3, 0), sphere.random_points(10, 4, 0)
    start = glass.energy(x0) / 10
    assert rows[0]["energy_per_spin"] == pytest.approx(start.mean(), rel=1e-12)
    assert rows[0]["standard_error"] == pytest.approx(start.std(ddof=1) / 2, rel=1e-12)
    assert table["time"].tolist() == [0.0, 0.1, 1.0] * 4
    _, text, _ = spinglass(capsys, *common)
    assert text.splitlines()[-4].split() == ["time", "energy_per_spin", "standard_error", "starts"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--times", "1"], "--times are times of gradient flow: add --method gradient; the method is 'lbfgs'"),
        (["--method", "gradient", "--times", "1,x"], "times must be a number, or several separated by commas; not"),
        (["--method", "gradient", "--times", ""], "times must be a number"),
        (["--method", "gradient", "--times", "1,0.5"], "times must be increasing, finite and at least 0"),
        (["--method", "gradient", "--times", "-1"], "times must be increasing, finite and at least 0"),
        (["--json", "--csv"], "give either --json or --csv, not both"),
    ],
)
def test_times_that_cannot_be_used(capsys, arguments, message):
    status, out, err = spinglass(capsys, "descend", "--n", 4, *arguments)
    assert (status, out) == (2, "")
    assert message in err
