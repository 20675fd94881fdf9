"""What sampling says where some chains or glasses have no finite energies: counted and reported, the others judged."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from spinglass import SphericalSpinGlass, couplings
from spinglass.sampling import autocorrelation_time, geometric_ladder, sample, split_rhat, temper

LADDER = geometric_ladder(0.7, 2.0, 4)


class Hole:
    """A slope that is not defined on a cap of the sphere."""

    n = 6

    def energy_and_gradient(self, x):
        return np.where(x[:, 0] < 1.5, x[:, 1], np.nan), np.eye(6)[1] + 0 * x


@pytest.fixture(scope="module")
def tempered():
    glasses = [SphericalSpinGlass.pure(8, 3, seed=k) for k in range(3)]
    return temper(glasses, LADDER, sweeps=200, adapt=False, seed=0)


def test_one_chain_that_is_not_finite_is_counted_and_nothing_is_said_of_the_others():
    # At this seed one of eight random starts lies in the hole; from there every trial is refused.
    found = sample(Hole(), 1.0, sweeps=40, seed=0)
    assert np.isnan(found.energies).all(axis=1).sum() == 1
    assert found.finite.tolist() == np.isfinite(found.energies).all(axis=1).tolist()
    assert found.status == "not finite"
    assert np.isnan(found.rhat)
    assert found.effective_samples == 0
    assert np.isnan(found.energy_per_spin)
    assert "not finite in 1 of 8 chains" in repr(found)
    good = replace(found, energies=found.energies[found.finite])
    assert good.finite.all()
    assert good.rhat == pytest.approx(split_rhat(good.energies))
    assert " in 1 of" not in repr(good)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_one_record_that_is_not_finite_is_enough(number):
    found = sample(SphericalSpinGlass.pure(8, 3, seed=0), 3.0, sweeps=100, seed=1)
    assert found.status == "equilibrated"
    energies = found.energies.copy()
    energies[2, 57] = number
    broken = replace(found, energies=energies)
    assert (broken.status, broken.effective_samples) == ("not finite", 0)
    assert np.isnan(broken.rhat)
    assert "not finite in 1 of 8 chains" in repr(broken)


@pytest.mark.parametrize("name", ["energies", "overlaps", "own_overlaps", "swap_rates"])
def test_a_glass_that_is_not_finite_is_counted_and_the_others_are_judged(tempered, name):
    numbers = getattr(tempered, name).copy()
    numbers[1].flat[-1] = np.nan
    found = replace(tempered, **{name: numbers})
    assert found.finite.tolist() == [True, False, True]
    assert found.status.tolist() == [tempered.status[0], "not finite", tempered.status[2]]
    assert not found.equilibrated[1]
    for judged in ("rhat", "effective_samples"):
        assert np.array_equal(getattr(found, judged)[[0, 2]], getattr(tempered, judged)[[0, 2]])
    assert np.isnan(found.rhat[1]).all()
    assert (found.effective_samples[1] == 0).all()
    assert "1 not finite" in repr(found)
    assert "nan" not in repr(found)
    assert (found.to_frame().loc[1, "status"] == "not finite").all()


def test_glasses_none_of_which_is_finite_still_have_a_summary(tempered):
    found = replace(tempered, energies=np.full_like(tempered.energies, np.inf))
    assert (found.status == "not finite").all()
    assert "3 not finite" in repr(found)
    assert np.isnan(found.standard_error).all()


def test_a_glass_of_infinite_energy_does_not_spoil_the_ladder_of_the_others(monkeypatch):
    good = [SphericalSpinGlass.pure(8, 3, seed=k) for k in range(2)]
    # A glass refuses such couplings and a descent has no scale for them; both are put aside here.
    monkeypatch.setattr(couplings, "check_range", lambda *given: None)
    for user in ("spinglass.descent.loop", "spinglass.sampling.tempering"):
        monkeypatch.setattr(f"{user}.gradient_scale", lambda landscape: 1.0)
    bad = SphericalSpinGlass(8, {3: 1.0}, {3: np.full(couplings.size(8, 3), 8e307)})
    alone = temper(good, LADDER, sweeps=40, seed=0)
    with np.errstate(all="ignore"):
        beside = temper([*good, bad], LADDER, sweeps=40, seed=0)
    assert np.array_equal(beside.temperatures, alone.temperatures)
    assert np.array_equal(beside.energies[:2], alone.energies)
    assert beside.status.tolist() == [*alone.status.tolist(), "not finite"]


@pytest.fixture(scope="module")
def chains():
    return sample(SphericalSpinGlass.pure(8, 3, seed=0), 1.5, sweeps=60, chains=5, seed=2)


def test_overlaps_are_of_hot_chains_with_cold_ones(chains):
    assert chains.overlaps.shape == (2, 60)
    assert chains.cold.tolist() == [False, False, True, True, True]
    last = chains.overlaps[:, -1]
    assert np.allclose(last, [chains.x[0] @ chains.x[2] / 8, chains.x[1] @ chains.x[3] / 8], rtol=0, atol=1e-14)


def test_tables_of_chains(chains):
    frame, history = chains.to_frame(), chains.history()
    assert frame["start"].tolist() == ["hot", "hot", "cold", "cold", "cold"]
    assert np.allclose(frame["energy_per_spin"], history.groupby("chain")["energy_per_spin"].mean(), atol=1e-14)
    row = history[(history["chain"] == 1) & (history["record"] == 7)].iloc[0]
    assert (row["energy_per_spin"], row["overlap"]) == (chains.energies[1, 7], chains.overlaps[1, 7])
    assert history.groupby("chain")["overlap"].count().tolist() == [60, 60, 0, 0, 0]


def test_table_of_all_records_of_a_ladder(tempered):
    history = tempered.history()
    assert len(history) == tempered.overlaps.size
    row = history[(history["sample"] == 2) & (history["rung"] == 1) & (history["record"] == 9)].iloc[0]
    assert row["temperature"] == LADDER[1]
    assert row[["energy_hot", "energy_cold"]].tolist() == tempered.energies[2, :, 1, 9].tolist()
    assert row["overlap"] == tempered.overlaps[2, 1, 9]


@pytest.mark.slow
def test_a_tree_of_data_sets_for_arviz(chains, tempered):
    pytest.importorskip("xarray")
    tree = chains.to_datatree()
    assert set(tree.children) == {"posterior", "overlaps", "sample_stats"}
    posterior = tree["posterior"]
    assert posterior["energy_per_spin"].dims == ("chain", "draw")
    assert np.array_equal(posterior["energy_per_spin"].sel(chain=3), chains.energies[3])
    assert posterior["start"].values.tolist() == chains.to_frame()["start"].tolist()
    assert tree.attrs["temperature"] == 1.5
    tree = tempered.to_datatree()
    one = tree["posterior"]["energy_per_spin"].sel(chain=1, disorder=2, temperature=LADDER[3])
    assert np.array_equal(one, tempered.energies[2, 1, 3])
    assert np.array_equal(tree["overlaps"]["overlap"].sel(chain=0, disorder=1)[:, 2], tempered.overlaps[1, 2])
    assert np.array_equal(tree["sample_stats"]["swap_rate"].sel(chain=1, gap=2), tempered.swap_rates[:, 1, 2])


def test_without_xarray_the_extra_is_named(chains, monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(ImportError, match=r"needs xarray, which is not installed: pip install 'spinglass\[xarray\]'"):
        chains.to_datatree()


@pytest.mark.parametrize("unit", [1e-200, 1e200])
def test_diagnostics_do_not_depend_on_the_unit_of_energy(unit):
    z = np.random.default_rng(0).standard_normal((4, 200))
    apart = z + np.arange(4)[:, None]
    for traces in (z, apart):
        assert split_rhat(unit * traces) == pytest.approx(split_rhat(traces), rel=1e-12)
        assert autocorrelation_time(unit * traces) == pytest.approx(autocorrelation_time(traces), rel=1e-10)
    assert split_rhat(unit * apart) > 1.3
