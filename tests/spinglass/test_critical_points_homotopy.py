"""Lost paths are found again or reported; threads, checkpoints and kills leave the result as it is."""

import json
import tracemalloc

import numpy as np
import pytest
from flint import acb, arb, ctx

from spinglass import SphericalSpinGlass
from spinglass._common import memory
from spinglass.critical_points import enumerate_critical_points, homotopy, keys, projective
from spinglass.critical_points.checkpoint import Checkpoint
from spinglass.critical_points.records import BYTES, RECORD, Records, closed_under_conjugation, united
from spinglass.critical_points.system import model
from spinglass.critical_points.tracking.tracker import ARRIVED, STEP_TOO_SHORT, TOO_MANY_STEPS


def lose(monkeypatch, damage):
    """Let ``damage(number of the call, paths, ends)`` act on the ends of every batch that is followed."""
    follow = homotopy.Homotopy.follow
    calls = []

    def followed(self, paths, precision):
        ends = follow(self, paths, precision)
        calls.append(paths.copy())
        damage(len(calls), paths, ends)
        return ends

    monkeypatch.setattr(homotopy.Homotopy, "follow", followed)
    return calls


def test_failed_paths_are_followed_again(monkeypatch):
    glass = SphericalSpinGlass.pure(5, 3, seed=0)
    whole = enumerate_critical_points(glass)

    def fail_three(call, paths, ends):
        if call == 1:
            ends.status[[2, 11, 30]] = STEP_TOO_SHORT

    calls = lose(monkeypatch, fail_three)
    every = enumerate_critical_points(glass)
    assert every.complete
    assert every.retries == 3
    assert calls[1].tolist() == [2, 11, 30]
    np.testing.assert_allclose(every.x, whole.x, atol=1e-12)


def test_paths_that_collide_are_both_followed_again(monkeypatch):
    def jump(call, paths, ends):
        if call == 1:
            ends.points[4] = 1j * ends.points[17]  # the same solution, under another phase

    calls = lose(monkeypatch, jump)
    every = enumerate_critical_points(SphericalSpinGlass.pure(5, 3, seed=0))
    assert every.complete
    assert calls[1].tolist() == [4, 17]


def test_a_path_that_jumped_to_the_end_of_a_lost_one_is_followed_again(monkeypatch):
    def jump(call, paths, ends):
        if call == 1:
            ends.points[4] = ends.points[17]
            ends.status[17] = STEP_TOO_SHORT

    calls = lose(monkeypatch, jump)
    every = enumerate_critical_points(SphericalSpinGlass.pure(5, 3, seed=0), "all")
    assert every.proven
    assert every.retries == 2
    assert [paths.tolist() for paths in calls[1:]] == [[17], [4]]


def test_collisions_with_mirror_images_are_seen(monkeypatch):
    def jump(call, paths, ends):
        if call == 1:
            ends.points[4] = ends.points[7] * [1, 1, 1, 1, -1]

    calls = lose(monkeypatch, jump)
    every = enumerate_critical_points(SphericalSpinGlass.mixed(4, {1: 0.3, 3: 1.0}, seed=0))
    assert every.complete
    assert calls[1].tolist() == [4, 7]


@pytest.mark.slow
def test_a_path_that_stays_lost_is_replaced_by_its_conjugate_or_a_fresh_start(monkeypatch):
    glass = SphericalSpinGlass.pure(5, 3, seed=0)
    whole = enumerate_critical_points(glass)
    for path in range(whole.paths):

        def lose_one(call, paths, ends, path=path):
            if call <= 2:  # in the first attempt, both times
                ends.status[paths == path] = STEP_TOO_SHORT

        with monkeypatch.context() as patch:
            calls = lose(patch, lose_one)
            every = enumerate_critical_points(glass)
        assert every.complete
        assert len(calls) in (2, 3)  # a non-real one is there as its conjugate, a real one takes a fresh start
        np.testing.assert_allclose(every.x, whole.x, atol=1e-12)


def test_what_stays_missing_is_said(monkeypatch):
    glass = SphericalSpinGlass.pure(5, 3, seed=0)
    lost = enumerate_critical_points(glass).x[0] / np.sqrt(5)

    def never_arrive(call, paths, ends):
        ends.status[np.abs(ends.points @ lost) > 1 - 1e-9] = STEP_TOO_SHORT

    calls = lose(monkeypatch, never_arrive)
    every = enumerate_critical_points(glass, "all")
    assert not every.complete
    assert not every.proven
    assert "1 of 31 complex solutions are missing" in every.reason
    assert every.found == 30
    assert len(calls) == 6  # three start forms, each with one careful second try


def test_wrong_index_breaks_the_morse_relation(monkeypatch):
    from spinglass import sphere

    true_eigenvalues = sphere.hessian_eigenvalues

    def one_sign_wrong(landscape, x):
        eigenvalues = true_eigenvalues(landscape, x)
        eigenvalues[0, 0] *= -1
        return eigenvalues

    monkeypatch.setattr(sphere, "hessian_eigenvalues", one_sign_wrong)
    every = enumerate_critical_points(SphericalSpinGlass.pure(5, 3, seed=0))
    assert not every.complete
    assert "Morse" in every.reason


def test_an_eigenvalue_of_zero_leaves_the_index_in_doubt(monkeypatch):
    from spinglass import sphere

    true_eigenvalues = sphere.hessian_eigenvalues

    def one_flat(landscape, x):
        eigenvalues = true_eigenvalues(landscape, x)
        eigenvalues[3, 1] *= 1e-12 / np.abs(eigenvalues).max()
        return eigenvalues

    monkeypatch.setattr(sphere, "hessian_eigenvalues", one_flat)
    every = enumerate_critical_points(SphericalSpinGlass.pure(4, 3, seed=0), None)
    assert not every.complete
    assert "index is uncertain" in every.reason


@pytest.mark.slow
@pytest.mark.bits
def test_bits_do_not_depend_on_the_number_of_threads(monkeypatch):
    glass = SphericalSpinGlass.pure(9, 3, seed=2)
    monkeypatch.setenv("SPINGLASS_THREADS", "1")
    one = enumerate_critical_points(glass, "all")
    monkeypatch.delenv("SPINGLASS_THREADS")
    more = enumerate_critical_points(glass, "all")
    for name in ("x", "energy", "error_bound", "eigenvalues"):
        assert np.array_equal(getattr(one, name), getattr(more, name)), name


def test_a_path_does_not_depend_on_the_paths_beside_it():
    system = model(SphericalSpinGlass.pure(5, 3, seed=1)).system()
    paths = homotopy.Homotopy(system, 1, 0)
    together = paths.follow(np.arange(31), homotopy._QUICK)
    shuffled = np.random.default_rng(0).permutation(31)
    apart = paths.follow(shuffled, homotopy._QUICK)
    assert np.array_equal(together.steps[shuffled], apart.steps)
    assert np.array_equal(together.points[shuffled], apart.points)


def test_steps_that_were_too_bold_are_taken_back():
    system = model(SphericalSpinGlass.pure(6, 3, seed=1)).system()
    paths = homotopy.Homotopy(system, 1, 0)
    usual = paths.follow(np.arange(63), homotopy._QUICK)
    # Predictions wrong by up to 3, of which no more than a correction of 1e-3 is forgiven.
    bold = paths.follow(np.arange(63), homotopy._QUICK._replace(prediction=3.0, radius=3.0, correction=1e-3))
    assert (bold.status == ARRIVED).all()
    assert bold.steps.mean() > usual.steps.mean()
    assert projective.distance(usual.points, bold.points).max() < 1e-10


def test_paths_end_where_steps_or_patience_do():
    system = model(SphericalSpinGlass.pure(6, 3, seed=1)).system()
    paths = homotopy.Homotopy(system, 1, 0)
    assert (paths.follow(np.arange(63), homotopy._QUICK._replace(steps=3)).status == TOO_MANY_STEPS).all()
    assert (paths.follow(np.arange(63), homotopy._QUICK._replace(shortest=0.9)).status == STEP_TOO_SHORT).all()
    flat = model(SphericalSpinGlass.from_tensor(np.einsum("ij,kl->ijkl", np.eye(3), np.eye(3)))).system()
    ends = homotopy.Homotopy(flat, 1, 0).follow(np.arange(13), homotopy._QUICK)
    assert (ends.status != ARRIVED).all()


def test_progress_is_told(monkeypatch):
    monkeypatch.setattr(homotopy, "BATCH", 128)
    told = []
    enumerate_critical_points(SphericalSpinGlass.pure(8, 3, seed=0), callback=told.append)
    assert [progress.done for progress in told] == [128, 255]
    assert {progress.paths for progress in told} == {255}


@pytest.mark.bits
def test_interrupted_run_resumes_to_the_same_result(tmp_path, monkeypatch):
    monkeypatch.setattr(homotopy, "BATCH", 64)
    glass = SphericalSpinGlass.pure(8, 3, seed=0)
    whole = enumerate_critical_points(glass)

    def interrupt(progress):
        if progress.done == 128:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        enumerate_critical_points(glass, checkpoint=tmp_path / "run", callback=interrupt)
    (tmp_path / "run" / "attempt-0-batch-00002.123.part").write_bytes(b"half a fi")  # as a kill would leave it
    calls = lose(monkeypatch, lambda *_: None)
    resumed = enumerate_critical_points(glass, checkpoint=tmp_path / "run")
    assert [paths[0] for paths in calls] == [128, 192]
    for name in ("x", "energy", "error_bound"):
        assert np.array_equal(getattr(resumed, name), getattr(whole, name)), name
    calls.clear()
    enumerate_critical_points(glass, checkpoint=tmp_path / "run")
    assert not calls


def test_checkpoint_of_another_model_is_refused(tmp_path):
    enumerate_critical_points(SphericalSpinGlass.pure(4, 3, seed=0), checkpoint=tmp_path)
    for other in (SphericalSpinGlass.pure(4, 3, seed=1), SphericalSpinGlass.mixed(4, {1: 0.1, 3: 1.0}, seed=0)):
        with pytest.raises(ValueError, match="another model"):
            enumerate_critical_points(other, checkpoint=tmp_path)
    with pytest.raises(ValueError, match="other certificates"):
        enumerate_critical_points(SphericalSpinGlass.pure(4, 3, seed=0), None, checkpoint=tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="cannot keep a checkpoint"):
        enumerate_critical_points(SphericalSpinGlass.pure(4, 3, seed=0), checkpoint=tmp_path / "file")
    mark = tmp_path / "model.json"
    mark.write_text(json.dumps(json.loads(mark.read_text()) | {"layout": 0}))
    with pytest.raises(ValueError, match="another model"):
        enumerate_critical_points(SphericalSpinGlass.pure(4, 3, seed=0), checkpoint=tmp_path)


def unit_points(rng, size, n):
    points = rng.standard_normal((size, n)) + 1j * rng.standard_normal((size, n))
    return points / np.linalg.norm(points, axis=1)[:, None]


def test_close_pairs_are_those_of_all_comparisons():
    rng = np.random.default_rng(0)
    points = unit_points(rng, 150, 3)
    reach = rng.uniform(0, 0.15, 150)
    reach[:5] = 1.0  # wide ones, that meet nearly all others
    inner = np.abs(points.conj() @ points.T)
    close = np.sqrt(np.maximum(0, 1 - inner**2)) <= reach[:, None] + reach
    expected = [(i, j) for i in range(150) for j in range(i + 1, 150) if close[i, j]]
    assert sorted(map(tuple, projective.close_pairs(points, reach).tolist())) == expected
    assert len(expected) > 500
    assert projective.close_pairs(points[:1], reach[:1]).shape == (0, 2)


def test_classes_forget_the_factor():
    rng = np.random.default_rng(1)
    points = unit_points(rng, 20, 4)
    again = np.concatenate([points, points[[3, 7]] * np.exp(1j * rng.uniform(0, 6, 2))[:, None]])
    assert projective.first_of_each(again).tolist() == list(range(20))
    later, any_other = keys.repeated(keys.keys(again))
    assert np.flatnonzero(later).tolist() == [20, 21]
    assert np.flatnonzero(any_other).tolist() == [3, 7, 20, 21]


def test_conjugates_and_real_classes():
    rng = np.random.default_rng(2)
    real = rng.standard_normal((5, 4))
    real /= np.linalg.norm(real, axis=1)[:, None]
    pairs = unit_points(rng, 6, 4)
    alone = unit_points(rng, 1, 4)
    points = np.concatenate([real * 1j, pairs, pairs.conj(), alone])
    points *= np.exp(1j * rng.uniform(0, 6, len(points)))[:, None]
    values = keys.keys(points)
    expected = [*range(5), *range(11, 17), *range(5, 11), -1]
    assert keys.partners(values, values[:, ::-1]).tolist() == expected
    assert keys.partners(values, np.full((1, 2, 2), np.nan)).tolist() == [-1]
    imaginary = projective.imaginary_part(points)
    assert imaginary[:5].max() < 1e-15
    assert imaginary[5:].min() > 1e-3
    chosen = projective.one_of_each_pair(points)
    assert (chosen[5:11] ^ chosen[11:17]).all()


def test_keys_differ_by_at_most_the_sine_of_the_angle():
    rng = np.random.default_rng(3)
    X = unit_points(rng, 500, 5)
    Y = X + 10.0 ** rng.uniform(-15, 1, 500)[:, None] * unit_points(rng, 500, 5)
    Y /= np.linalg.norm(Y, axis=1)[:, None]
    moved = np.abs(keys.keys(X) - keys.keys(Y)).max(axis=(1, 2))
    angle = projective.distance(X, Y)
    assert (moved <= angle + keys.rounding(5)).all()
    assert (moved > 0.1 * angle).any()  # the bound is not far from what happens
    with ctx.workprec(200):
        for row in range(20):
            real, imaginary = np.random.default_rng(0).standard_normal((2, 5, 2))
            for half, sign in enumerate((1j, -1j)):
                b = [acb(z.real, z.imag) for z in real[:, 1] + sign * imaginary[:, 1]]
                x = [acb(z.real, z.imag) for z in X[row]]
                product = abs(sum((u * v for u, v in zip(b, x, strict=True)), acb(0))) ** 2
                size = sum((abs(u) ** 2 for u in b), arb(0)) * sum((abs(u) ** 2 for u in x), arb(0))
                assert abs(float(product / size) - keys.keys(X)[row, half, 1]) <= keys.rounding(5) / 2


@pytest.mark.parametrize("pairs", [1, 7, 2**18])
def test_meeting_intervals_are_those_of_all_comparisons(pairs, monkeypatch):
    monkeypatch.setattr(keys, "_PAIRS", pairs)
    rng = np.random.default_rng(4)
    values, width = rng.random((60, 2, 2)), rng.uniform(0, 0.3, 60)
    values[7] = np.nan  # a lost path
    found = [pair for i, j in keys.meeting(values, width) for pair in zip(i.tolist(), j.tolist(), strict=True)]
    overlap = (np.abs(values[:, None] - values) <= (width[:, None] + width)[:, :, None, None]).all(axis=(2, 3))
    assert sorted(tuple(sorted(pair)) for pair in found) == [(i, j) for i, j in np.argwhere(np.triu(overlap, 1))]
    assert len(found) > 50


def test_solutions_are_proven_distinct_only_if_some_key_differs():
    values = np.random.default_rng(5).random((6, 2, 2))
    values[3, 1] = values[2, 1] + 0.01  # apart in the keys of the first half only
    reach = np.full(6, 0.02)
    assert keys.proven_distinct(values, reach, 5)
    values[3] = values[2] + 0.03
    assert not keys.proven_distinct(values, reach, 5)
    assert keys.proven_distinct(values, 0.7 * reach, 5)
    assert not keys.proven_distinct(values, np.append(0.7 * reach[:5], np.inf), 5)
    assert not keys.proven_distinct(values, np.append(0.7 * reach[:5], np.nan), 5)


def test_comparing_all_with_all_fits_in_the_estimated_memory(monkeypatch):
    monkeypatch.setattr(keys, "_PAIRS", 2**12)  # else the few MB of pairs compared at a time would dominate
    rng = np.random.default_rng(7)
    rows = 2**16
    table = np.zeros(rows, RECORD)
    half = rng.random((rows // 2, 2, 2))
    table["keys"] = np.concatenate([half, half[:, ::-1]])
    table["reach"] = np.where(np.arange(rows) < rows // 2, 1e-13, np.nan)
    tracemalloc.start()
    found = united(Records(table[:0], np.empty((0, 3))), Records(table, np.empty((0, 3))))
    found = closed_under_conjugation(found)
    assert keys.proven_distinct(found.table["keys"], found.table["reach"], 3)
    peak = tracemalloc.get_traced_memory()[1] + table.nbytes
    tracemalloc.stop()
    assert len(found.table) == rows
    assert 0.5 * BYTES < peak / rows < BYTES


def test_an_enumeration_that_does_not_fit_is_refused_with_the_figure(monkeypatch):
    monkeypatch.setattr(memory, "available_memory", lambda: 2**20)
    with pytest.raises(ValueError, match=r"8191 complex solutions, needs 0.00 GiB but only .* try a smaller n"):
        enumerate_critical_points(SphericalSpinGlass.pure(13, 3, seed=0))


def some_records(rng, rows, near):
    table = np.zeros(rows, RECORD)
    table["keys"], table["reach"] = rng.random((rows, 2, 2)), 1e-12
    table["near_real"][near] = True
    return Records(table, unit_points(rng, len(near), 2))


def test_records_keep_the_coordinates_beside_their_rows():
    rng = np.random.default_rng(6)
    old, new = some_records(rng, 9, [1, 4, 8]), some_records(rng, 3, [0, 2])
    both = old.replaced(np.array([0, 4, 6]), new)
    assert np.flatnonzero(both.table["near_real"]).tolist() == [0, 1, 6, 8]
    assert np.array_equal(both.points, [new.points[0], old.points[0], new.points[1], old.points[2]])
    chosen = both.rows(np.arange(9) > 5)
    assert np.array_equal(chosen.points, both.points[2:])
    assert np.array_equal(chosen.table, both.table[6:])


@pytest.mark.slow
def test_any_damage_to_a_checkpoint_costs_a_batch_and_no_more(tmp_path):
    saved = some_records(np.random.default_rng(0), 3, [0, 2])
    checkpoint = Checkpoint(tmp_path, np.zeros((3, 3)), 3, certified=True)
    checkpoint.save(0, 0, saved)
    (file,) = tmp_path.glob("*.npz")
    content, dice = file.read_bytes(), np.random.default_rng(0)
    for _ in range(500):
        damaged = bytearray(content)
        for place in dice.integers(len(content), size=dice.integers(1, 4)):
            damaged[place] = dice.integers(256)
        file.write_bytes(damaged[: dice.choice([len(content), dice.integers(len(content))], p=[0.9, 0.1])])
        found = checkpoint.load(0, 0)
        assert found is None or all(map(np.array_equal, found, saved))


def test_a_checkpoint_whose_mark_is_nested_too_deeply_is_refused(tmp_path):
    (tmp_path / "model.json").write_text("[" * 100_000)
    with pytest.raises(ValueError, match="cannot keep a checkpoint"):
        Checkpoint(tmp_path, np.zeros((3, 3)), 3, certified=True)
