import pickle

import numpy as np
import pytest

from spinglass import SphericalSpinGlass, descend, sphere
from spinglass.results import CriticalPoints, Status
from tests.dense import DenseGlass


@pytest.fixture
def found():
    return descend(SphericalSpinGlass.pure(8, 3, seed=0), sphere.random_points(8, 5, seed=1), max_iterations=15)


def failed_row(glass):
    x = sphere.random_points(glass.n, 2, seed=0)
    return CriticalPoints(
        landscape=glass,
        x=x,
        energy=np.array([np.nan, glass.energy(x[1])]),
        gradient_norm=np.array([np.nan, 1.0]),
        status=np.array([Status.NOT_FINITE, Status.CONVERGED]),
        iterations=np.zeros(2, dtype=np.int64),
        evaluations=np.ones(2, dtype=np.int64),
        method="none",
    )


def test_spectra_are_those_of_the_dense_hessian(found):
    dense = DenseGlass.of(found.landscape)
    for b, x in enumerate(found.x):
        # Projecting the ambient Hessian leaves an eigenvalue 0 along x, which a large shift moves out of the way.
        P = np.eye(8) - np.outer(x, x) / 8
        riemannian = P @ (dense.hessian(x) - (x @ dense.gradient(x) / 8) * np.eye(8)) @ P
        levels = np.linalg.eigvalsh(riemannian + 1e3 * np.outer(x, x) / 8)[:-1]
        assert np.allclose(found.eigenvalues[b], levels, atol=1e-11)
        assert found.index[b] == (levels < 0).sum()
        assert found.smallest_eigenvalue[b] == pytest.approx(levels[0], abs=1e-11)


def test_spectra_are_computed_once(found, monkeypatch):
    first = found.index
    monkeypatch.setattr(sphere, "hessian_eigenvalues", None)
    assert found.index is first
    assert np.array_equal(found.smallest_eigenvalue, found.eigenvalues[:, 0])


def test_a_failed_row_has_no_spectrum_and_spoils_none():
    found = failed_row(SphericalSpinGlass.pure(4, 3, seed=0))
    assert found.index[0] == -1
    assert np.isnan(found.smallest_eigenvalue[0])
    assert found.index[1] == sphere.index(found.landscape, found.x[1])
    assert "1 converged, 1 not finite" in repr(found)


def test_frame(found):
    frame = found.to_frame()
    assert len(frame) == 5
    assert frame.index.name == "start"
    assert not any(name in frame for name in ("x0", "index"))
    assert np.array_equal(frame.energy_per_spin, found.energy / 8)
    assert frame.status.tolist() == found.status.tolist()
    wide = found.to_frame(spectrum=True, coordinates=True)
    assert np.array_equal(wide[[f"x{i}" for i in range(8)]], found.x)
    assert np.array_equal(wide["index"], found.index)


def test_frame_goes_through_parquet(found, tmp_path):
    import pandas as pd

    found.to_frame(spectrum=True).to_parquet(tmp_path / "found.parquet")
    again = pd.read_parquet(tmp_path / "found.parquet")
    pd.testing.assert_frame_equal(again, found.to_frame(spectrum=True))


def test_summary_counts_and_is_short(found):
    text = repr(found)
    assert text.startswith("CriticalPoints: 5 rows, n = 8, method lbfgs")
    for status in set(found.status):
        assert f"{(found.status == status).sum()} {status}" in text
    assert len(text.splitlines()) <= 6
    assert "none" in repr(descend(found.landscape, found.x[:0]))


def test_it_can_be_sent_to_another_process(found):
    again = pickle.loads(pickle.dumps(found))
    assert np.array_equal(again.x, found.x)
    assert np.array_equal(again.index, found.index)


def test_fields_cannot_be_exchanged(found):
    with pytest.raises(AttributeError):
        found.x = found.x + 1


def test_history_has_one_row_per_start_and_time():
    glass, x0 = SphericalSpinGlass.pure(8, 3, seed=0), sphere.random_points(8, 3, seed=1)
    found = descend(glass, x0, method="gradient", times=[0.0, 0.2, 1.5])
    history = found.history()
    assert history.shape == (9, 3)
    at_start = history[history["time"] == 0.0]["energy_per_spin"]
    assert np.allclose(at_start, glass.energy(x0) / 8, rtol=0, atol=1e-14)
    assert history.query("start == 2 and time == 1.5")["energy_per_spin"].item() == found.energies[2, 2]
    with pytest.raises(ValueError, match=r'use descend\(\.\.\., method="gradient", times='):
        descend(glass, x0).history()


class InSingle:
    """A glass whose points, energies and gradients are rounded to float32."""

    n = 20
    glass = SphericalSpinGlass.pure(20, 3, 0)

    def energy_and_gradient(self, x):
        energy, gradient = self.glass.energy_and_gradient(x.astype(np.float32))
        return energy.astype(np.float32), gradient.astype(np.float32)


def test_a_landscape_in_float32_that_stalls_gives_the_tolerance_that_it_reaches():
    landscape, x0 = InSingle(), sphere.random_points(20, 4, seed=1)
    found = descend(landscape, x0)
    stalled = (found.status == "stalled").sum()
    assert stalled > 0
    expected = f"gradients in float32, whose rounding stalled {stalled} starts; with tol=1e-5 they converge"
    assert expected in repr(found)
    # As the hint says:
    again = descend(landscape, x0, tol=1e-5)
    assert again.converged.all()
    assert again.hint == ""


def test_no_hint_where_it_would_not_help():
    x0 = sphere.random_points(20, 4, seed=1)
    for dtype in (np.float64, np.float32):
        assert descend(SphericalSpinGlass.pure(20, 3, 0, dtype), x0).hint == ""
    stopped = descend(InSingle(), x0, max_iterations=3)
    assert stopped.hint == ""
    assert "hint" not in repr(stopped)
