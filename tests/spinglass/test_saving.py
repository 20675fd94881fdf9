"""Results are loaded as they were saved, to the last bit; other files are refused with one clear error."""

import dataclasses
import pickle

import numpy as np
import pytest

from spinglass import (
    SphericalSpinGlass,
    descend,
    enumerate_critical_points,
    hessian_ascent,
    landscape_graph,
    sphere,
)
from spinglass.critical_points.basins import Basins
from spinglass.critical_points.result import Enumeration
from spinglass.descent.hessian_ascent import HessianAscent
from spinglass.networks import train
from spinglass.networks.training.targets import Examples
from spinglass.results import CriticalPoints
from spinglass.sampling import GroundState, Samples, Tempering, geometric_ladder, ground_state, sample, temper

GLASS = SphericalSpinGlass.mixed(4, {1: 0.3, 2: 0.5, 3: 1.0}, seed=1)


class Field:
    """A landscape that is not a spin glass."""

    n = 4

    def energy_and_gradient(self, x):
        return x[:, 0].copy(), np.tile(np.eye(4)[0], (len(x), 1))


def same(one, other):
    """Whether two results have equal fields: arrays in type, shape and bits, nested results in turn."""
    assert type(one) is type(other)
    for field in dataclasses.fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if dataclasses.is_dataclass(a):
            same(a, b)
        elif isinstance(a, SphericalSpinGlass):
            assert (a.n, a.weights, a.dtype) == (b.n, b.weights, b.dtype)
            assert all(a.couplings[H].tobytes() == b.couplings[H].tobytes() for H in a.orders)
        elif isinstance(a, tuple):
            assert len(a) == len(b)
            assert all(np.array_equal(x, y) and x.dtype == y.dtype for x, y in zip(a, b, strict=True))
        elif isinstance(a, np.ndarray):
            assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes()), field.name
        else:
            assert (a, type(a)) == (b, type(b)), field.name


def starts(n, size):
    return sphere.random_points(n, size, seed=2)


RESULTS = {
    "descent": lambda: descend(GLASS, starts(4, 5)),
    "float32": lambda: descend(SphericalSpinGlass.pure(4, 3, 0, np.float32), starts(4, 3)),
    "flow": lambda: descend(GLASS, starts(4, 5), method="gradient", times=[0.0, 0.5], correlations=True),
    "enumeration": lambda: enumerate_critical_points(GLASS),
    "graph": lambda: landscape_graph(enumerate_critical_points(GLASS)),
    "chains": lambda: sample(GLASS, 1.0, sweeps=8, chains=3, seed=0),
    "ladder": lambda: temper([SphericalSpinGlass.pure(4, 3, 0)], geometric_ladder(0.7, 2.0, 3), sweeps=8, seed=0),
    "walks": lambda: hessian_ascent(GLASS, steps=5, starts=2, seed=0),
    "networks": lambda: train(
        [[0.0], [1.0]], ["a", "b"], hidden=2, networks=3, epochs=4, seed=0, test=([[0.5]], ["a"])
    ),
    "ground state": lambda: ground_state(GLASS, seed=0),
}


@pytest.mark.parametrize("name", RESULTS)
def test_round_trip_to_the_last_bit(name, tmp_path):
    found = RESULTS[name]()
    found.save(tmp_path / "result.npz")
    again = type(found).load(tmp_path / "result.npz")
    same(found, again)
    assert repr(again) == repr(found)
    assert [path.name for path in tmp_path.iterdir()] == ["result.npz"]


def test_numbers_that_are_not_finite(tmp_path):
    found = HessianAscent(x=np.full((1, 3), np.nan), radii=np.array([0, np.inf]), energies=np.array([[0.0, -np.inf]]))
    found.save(tmp_path / "result.npz")
    same(found, HessianAscent.load(tmp_path / "result.npz"))
    nowhere = {"x": np.full(2, np.nan), "energies": np.full(3, np.inf)}
    lost = GroundState(**nowhere, energy=np.nan, energy_per_spin=-np.inf, hits=0, anneals=3, status="x")
    lost.save(tmp_path / "lost.npz")
    again = GroundState.load(tmp_path / "lost.npz")
    assert np.isnan(again.energy)
    assert again.energy_per_spin == -np.inf


def test_spectra_are_computed_again_from_the_saved_couplings(tmp_path):
    found = descend(GLASS, starts(4, 5))
    found.save(tmp_path / "a.npz")
    assert np.array_equal(CriticalPoints.load(tmp_path / "a.npz").eigenvalues, found.eigenvalues)


def test_basins_bring_their_graph(tmp_path):
    graph = landscape_graph(enumerate_critical_points(GLASS))
    Basins(graph=graph, starts=7, ends=np.array([7]), unsettled=0).save(tmp_path / "a.npz")
    again = Basins.load(tmp_path / "a.npz")
    assert np.array_equal(again.graph.every.x, graph.every.x)


def test_a_landscape_of_ones_own_is_passed_to_load(tmp_path):
    found = descend(Field(), starts(4, 2))
    found.save(tmp_path / "a.npz")
    with pytest.raises(ValueError, match=r"landscape of the class Field, which is not saved; pass it as load\(file, l"):
        CriticalPoints.load(tmp_path / "a.npz")
    field = Field()
    again = CriticalPoints.load(tmp_path / "a.npz", field)
    assert again.landscape is field
    assert np.array_equal(again.x, found.x)


def test_an_existing_file_is_replaced_whole(tmp_path, monkeypatch):
    file = tmp_path / "a.npz"
    descend(GLASS, starts(4, 5)).save(file)
    before = file.read_bytes()

    def full_disk(*_):
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.replace", full_disk)
        with pytest.raises(OSError, match="No space"):
            descend(GLASS, starts(4, 2)).save(file)
    assert [path.name for path in tmp_path.iterdir()] == ["a.npz"]
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda p: p.write_bytes(b"time,energy\n1,2\n"), "was not written by the save method of a result"),
        (lambda p: p.write_bytes(b""), "it is not an npz file"),
        (lambda p: p.write_bytes(pickle.dumps({"x": 1})), "it is not an npz file"),
        (lambda p: np.savez(p, x=np.arange(3.0)), "it has the arrays x"),
        (lambda p: np.savez(p), r"it has the arrays \(none\)"),
        (lambda p: np.savez(p, x=np.array([{}], dtype=object)), "holds something other than arrays"),
        (lambda p: np.savez(p, spinglass=np.array('{"format": 99}')), "another version of spinglass, in format 99"),
        (lambda p: np.savez(p, spinglass=np.array("[1")), "was not written by the save method"),
        (lambda p: np.savez(p, spinglass=np.array("7")), "was not written by the save method"),
    ],
)
def test_other_files_are_refused(write, message, tmp_path):
    file = tmp_path / "a.npz"
    write(file)
    with pytest.raises(ValueError, match=message):
        Samples.load(file)


def test_damaged_files_and_other_classes_are_refused(tmp_path):
    file, found = tmp_path / "a.npz", descend(GLASS, starts(4, 5))
    found.save(file)
    with pytest.raises(ValueError, match=r"holds a result of the class CriticalPoints, not Tempering; use CriticalPoi"):
        Tempering.load(file)
    with pytest.raises(ValueError, match=r"of the class CriticalPoints, not Enumeration"):
        Enumeration.load(file)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match="damaged"):
        CriticalPoints.load(file)
    flipped = bytearray(content)
    flipped[content.index(found.x[0].tobytes())] ^= 255
    file.write_bytes(flipped)
    with pytest.raises(ValueError, match="damaged"):
        CriticalPoints.load(file)


def test_a_header_without_a_field_is_refused(tmp_path):
    file = tmp_path / "a.npz"
    header = '{"format": 1, "result": {"class": "Samples", "fields": {}}}'
    np.savez(file, spinglass=np.array(header))
    with pytest.raises(ValueError, match="damaged or was written by another version"):
        Samples.load(file)


@pytest.mark.parametrize(
    "result",
    [
        '{"class": "Samples", "fields": []}',
        '{"class": "Samples", "value": 3}',
        '{"class": "Samples", "glass": 3, "weights": 7, "couplings": ""}',
    ],
)
def test_a_header_of_another_form_is_refused(result, tmp_path):
    file = tmp_path / "a.npz"
    np.savez(file, spinglass=np.array(f'{{"format": 1, "result": {result}}}'))
    with pytest.raises(ValueError, match="damaged"):
        Samples.load(file)


@pytest.mark.slow
def test_every_flipped_byte_is_noticed_or_harmless(tmp_path):
    file, kept = tmp_path / "a.npz", Examples(X=np.eye(1), T=np.eye(1), classes=None)
    kept.save(file)
    content = file.read_bytes()
    refused = 0
    for place in range(len(content)):
        flipped = bytearray(content)
        flipped[place] ^= 255
        file.write_bytes(flipped)
        try:
            same(Examples.load(file), kept)
        except ValueError:  # any other exception is a defect
            refused += 1
    assert refused > len(content) / 2


def test_what_is_neither_numbers_nor_a_landscape_is_refused(tmp_path):
    examples = Examples(X=np.eye(2), T=np.eye(2), classes=["a", "b"])
    with pytest.raises(ValueError, match="classes holds a list, which cannot be saved"):
        examples.save(tmp_path / "a.npz")
    assert list(tmp_path.iterdir()) == []


def test_python_objects_are_refused(tmp_path):
    examples = Examples(X=np.eye(2), T=np.eye(2), classes=np.array([object(), None]))
    with pytest.raises(ValueError, match="classes holds Python objects, which cannot be saved"):
        examples.save(tmp_path / "a.npz")
    assert list(tmp_path.iterdir()) == []


def test_names_and_missing_files(tmp_path):
    found = descend(GLASS, starts(4, 2))
    with pytest.raises(ValueError, match=r"give a name that ends in \.npz, not '.*a\.parquet'"):
        found.save(tmp_path / "a.parquet")
    with pytest.raises(FileNotFoundError):
        CriticalPoints.load(tmp_path / "a.npz")
