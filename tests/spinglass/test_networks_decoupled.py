"""The path model: its numbers from the dense tensor, its expectations from enumeration and sampling, its law."""

import itertools
import math

import numpy as np
import pytest

from spinglass import SphericalSpinGlass, check_derivatives, descend, enumerate_critical_points, sampling, sphere
from spinglass.couplings import multiplicities
from spinglass.landscape import WithChunk, WithHessianVector
from spinglass.networks import DecoupledPathModel
from spinglass.networks.architecture import Architecture
from spinglass.networks.paths.path_form import PathForm
from spinglass.networks.redundancy import uniform_sizes, unique_weights

MODELS = [
    ((4, 4, 4, 1), 0.5, "unique", None),
    ((4, 4, 4, 1), 0.05, "unique", None),
    ((8, 4, 4, 1), 0.3, "unique", 4),
    ((3, 3, 1), 1.0, "unique", None),
    ((3, 1), 0.5, "unique", None),
    ((4, 3, 2, 1), 0.5, "per-edge", None),
    ((3, 2, 1), 1.0, "per-edge", None),
]


def model(case, seed=0):
    widths, rho, weights, size = case
    return DecoupledPathModel(widths, rho, weights, size, seed=seed)


def dense_output(m, w):
    """The sum over paths, one by one, from X, A and the definition of each path's weights."""
    Psi, H = math.prod(m.widths), len(m.widths) - 1
    total = 0.0
    for p, units in enumerate(itertools.product(*(range(n) for n in m.widths))):
        if m.weights == "unique":
            L = m.n
            taken = [(p % L**H) // L ** (H - 1 - k) % L for k in range(H)]
            scale = L ** (-(H - 1) / 2) / math.sqrt(Psi // L**H)
        else:
            taken, start = [], 0
            for k in range(H):
                taken.append(start + units[k] * m.widths[k + 1] + units[k + 1])
                start += m.widths[k] * m.widths[k + 1]
            scale = Psi ** (-(H - 1) / (2 * H))
        total += scale * m.inputs[p] * m.activity[p] * math.prod(w[i] for i in taken)
    return total


@pytest.mark.parametrize("case", MODELS)
def test_energy_is_the_sum_over_paths(case):
    m = model(case)
    w = sphere.random_points(m.n, 3, 1)
    assert np.allclose(m.energy(w), [dense_output(m, row) for row in w], rtol=1e-12, atol=1e-13)
    assert np.array_equal(m.output(w), m.energy(w))
    assert np.allclose(m.path_terms(w) @ m.activity, m.energy(w), rtol=1e-12, atol=1e-13)
    assert np.allclose(m.averaged().energy(w), m.rho * m.path_terms(w).sum(axis=1), rtol=1e-12, atol=1e-13)


def test_small_rho_is_stored_sparsely_and_large_rho_densely():
    assert isinstance(model(MODELS[1]).form, PathForm)
    assert isinstance(model(MODELS[0]).form, SphericalSpinGlass)
    listed = DecoupledPathModel((40, 40, 40, 1), 0.01, "unique", seed=0).form
    assert isinstance(listed, PathForm)
    assert listed.nbytes < 8 * math.comb(42, 3)


@pytest.mark.parametrize("case", MODELS)
def test_it_is_a_landscape_with_right_derivatives(case):
    m = model(case)
    assert isinstance(m, WithHessianVector)
    assert isinstance(m, WithChunk)
    if m.n > 3:
        report = check_derivatives(m, sphere.random_points(m.n, 1, 2)[0])
        assert report.passed, str(report)


@pytest.mark.parametrize("case", MODELS)
def test_rows_do_not_depend_on_their_batch(case):
    m = model(case)
    w = sphere.random_points(m.n, 37, 3)
    energy, gradient = m.energy_and_gradient(w)
    backwards = m.energy_and_gradient(w[::-1].copy())
    assert np.array_equal(backwards[0][::-1], energy)
    assert np.array_equal(backwards[1][::-1], gradient)
    if isinstance(m.form, PathForm):  # always sixteen at a time, single points too
        assert m.energy(w[5]) == energy[5]
    assert m.energy(w.reshape(1, 37, m.n)).shape == (1, 37)


def test_the_model_does_not_change_with_threads(monkeypatch):
    w = sphere.random_points(24, 40, 0)
    results = []
    for threads in ("1", "2"):
        monkeypatch.setenv("SPINGLASS_THREADS", threads)
        results.append(DecoupledPathModel((4, 3, 3, 1), 0.5, seed=1).energy_and_gradient(w))
    assert all(np.array_equal(a, b) for a, b in zip(*results, strict=True))


def test_a_larger_rho_only_adds_paths_and_keeps_the_inputs():
    m = DecoupledPathModel((6, 5, 4, 1), 0.2, seed=0)
    denser = m.with_rho(0.7)
    assert np.array_equal(m.inputs, denser.inputs)
    assert (denser.activity >= m.activity).all()
    assert denser.activity.sum() > m.activity.sum()
    # 120 paths: the share of active ones is within 5 standard errors (false alarm 6e-7) of rho.
    assert abs(denser.activity.mean() - 0.7) < 5 * math.sqrt(0.21 / 120)
    assert m.with_rho(0.0).energy(np.ones(m.n)) == 0


@pytest.mark.parametrize("case", [((2, 2, 1), 0.4, "unique", None), ((3, 2, 1), 0.7, "per-edge", None)])
def test_expectations_by_every_activity_one_at_a_time(case):
    m = model(case, seed=3)
    w = sphere.random_points(m.n, 4, 0)
    terms = m.path_terms(w)
    output, absolute, hinge, active = (np.zeros(4) for _ in range(4))
    for A in itertools.product([0, 1], repeat=terms.shape[1]):
        chance = math.prod(m.rho if a else 1 - m.rho for a in A)
        Y = terms @ A
        output += chance * Y
        absolute += chance * np.abs(0.3 - Y)
        hinge += chance * np.maximum(0, 1 + 2 * Y)
        active += chance * (-2 * Y < 1)
    assert np.allclose(m.expected_output(w), output, rtol=1e-12, atol=1e-14)
    for method in ("exact", "enumerated"):
        assert np.allclose(m.absolute_loss(w, 0.3, method=method), absolute, rtol=1e-12)
        assert np.allclose(m.hinge_loss(w, -2.0, method=method), hinge, rtol=1e-12)
    assert np.allclose(m.active_probability(w, -2.0), active, rtol=1e-12)
    S = m.largest_output()
    assert (np.abs(terms).sum(axis=1) <= S).all()
    for target in (S, -S, 2 * S):
        closed = abs(target) - np.sign(target) * output
        assert np.allclose(m.absolute_loss(w, target), closed, rtol=1e-12)
        assert np.allclose(m.absolute_loss(w, target, method="enumerated"), closed, rtol=1e-12)


def test_sampling_agrees_with_enumeration_within_its_error():
    m = DecoupledPathModel((3, 2, 2, 1), 0.5, seed=0)
    w = sphere.random_points(m.n, 2, 0)
    Y = m.sample_outputs(w, 40_000, seed=5)
    assert Y.shape == (2, 40_000)
    error = Y.std(axis=1) / 200
    # Two rows at 5 standard errors: false alarm about 1e-6.
    assert (np.abs(Y.mean(axis=1) - m.expected_output(w)) < 5 * error).all()
    for loss in (m.absolute_loss, m.hinge_loss):
        sampled = loss(w, 0.5, method="sampled", samples=40_000, seed=5)
        assert (np.abs(sampled - loss(w, 0.5)) < 5 * error).all()


def test_many_paths_have_a_closed_form_where_targets_are_large_and_a_clear_refusal_elsewhere():
    m = DecoupledPathModel((50, 50, 50, 1), 0.1, "unique", seed=0)
    w = sphere.random_points(50, 3, 0)
    S = m.largest_output()
    assert np.allclose(m.absolute_loss(w, -S), S + 0.1 * m.with_rho(1.0).energy(w), rtol=1e-12)
    with pytest.raises(ValueError, match='method="sampled"'):
        m.absolute_loss(w, 0.1)
    # Rows where no activity reaches the hinge use the closed form without any enumeration.
    assert np.allclose(m.hinge_loss(1e-3 * w, 1), 1 - m.expected_output(1e-3 * w), rtol=1e-12)


def test_the_papers_hinge_loss_is_exact_where_the_hinge_is_always_active_and_off_elsewhere():
    m = DecoupledPathModel((3, 2, 1), 0.5, seed=1)
    w = sphere.random_points(m.n, 50, 0)
    small = 0.1 * w / m.largest_output()
    assert np.allclose(m.hinge_loss_if_independent(small, 1, 1.0), m.hinge_loss(small, 1), rtol=1e-12)
    large = 3 * w
    assumed = m.hinge_loss_if_independent(large, 1, m.active_probability(large, 1))
    gap = m.hinge_loss(large, 1) - assumed
    # -s Cov(M, Y) = E[M] E[Y] - E[M Y] >= 0 for s = 1: M falls with Y (Chebyshev's association inequality).
    assert gap.min() > -1e-12
    assert gap.max() > 0.5


@pytest.mark.slow
def test_couplings_have_the_stated_variance():
    """Over seeds: rho a path, times the multiplicity of the multiset, for m = 1 and m = 2."""
    for widths, size in (((3, 3, 1), 3), ((6, 3, 1), 3)):
        packed = np.array(
            [DecoupledPathModel(widths, 0.3, "unique", size, seed=s).spin_glass().couplings[2] for s in range(1500)]
        )
        ratio = (packed**2).mean(axis=0) / (0.3 * multiplicities(3, 2))
        # J = XA is normal with probability 0.3, else 0: E J^4 = 0.9, so Var J^2 = 0.81 and the ratio's
        # standard error is at most sqrt(0.81)/0.3/sqrt(1500) = 0.077; 6 numbers twice at 5 of them: false alarm 7e-6.
        assert np.abs(ratio - 1).max() < 5 * 0.077


def test_descent_and_index_work_on_every_kind():
    for case in MODELS[:2] + MODELS[5:6]:
        m = model(case)
        found = descend(m, sphere.random_points(m.n, 8, 0), tol=1e-8)
        assert found.converged.all()
        assert sphere.index(m, found.x).shape == (8,)
        assert (found.eigenvalues[:, 0] > -1e-6).all()  # ends of descents: no descending direction is left


def test_enumeration_goes_through_the_equal_glass():
    m = DecoupledPathModel((4, 4, 4, 1), 0.5, "unique", seed=3)
    every, same = enumerate_critical_points(m), enumerate_critical_points(m.spin_glass())
    assert every.complete
    assert np.array_equal(every.x, same.x)
    assert np.abs(sphere.riemannian_gradient(m, every.x)).max() < 1e-12
    sparse = DecoupledPathModel((6, 6, 6, 1), 0.08, "unique", seed=3)
    assert isinstance(sparse.form, PathForm)
    assert len(enumerate_critical_points(sparse)) > 0


def test_the_layered_form_says_why_its_critical_points_cannot_be_told_apart():
    m = DecoupledPathModel((3, 2, 2, 1), 0.5, seed=0)
    every = enumerate_critical_points(m)
    assert not every.complete
    assert "two layers" in every.reason
    # And so it is: any w with the first two layers zero is critical, whatever the third.
    w = np.zeros(m.n)
    w[-2:] = 1.0, 2.0
    assert np.array_equal(m.gradient(w), np.zeros(m.n))
    # With one free weight there is no continuum, and two layers make a quadratic form.
    assert enumerate_critical_points(DecoupledPathModel((1, 1, 1, 1), 1.0, seed=0)).complete
    assert enumerate_critical_points(DecoupledPathModel((1, 1, 1), 1.0, seed=0)).complete


def test_sizes_that_cannot_be_uniform_are_refused_with_the_nearest():
    assert uniform_sizes(Architecture.of((8, 4, 2, 1))) == [1, 2, 4]
    with pytest.raises(ValueError, match=r"2 or 4"):
        unique_weights(Architecture.of((8, 4, 2, 1)), 3)
    with pytest.raises(ValueError, match=r"nearest sizes.*such that Psi\^\(1/3\) is a whole number, such as \(3,"):
        DecoupledPathModel((10, 6, 4, 1), 0.5, "unique", seed=0)
    with pytest.raises(ValueError, match="nearest sizes"):
        DecoupledPathModel((4, 4, 1), 0.5, "unique", 16, seed=0)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"rho": 1.5}, "rho"),
        ({"rho": float("nan")}, "rho"),
        ({"weights": "shared"}, "per-edge"),
        ({"weights": "per-edge", "size": 5}, "omit size"),
        ({"widths": (3, 2)}, "one output"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_models_are_refused(options, says):
    with pytest.raises(ValueError, match=says):
        DecoupledPathModel(**{"widths": (4, 2, 1), "rho": 0.5, "seed": 0, **options})


def test_bad_losses_are_refused():
    m = DecoupledPathModel((2, 2, 1), 0.5, seed=0)
    with pytest.raises(ValueError, match="method"):
        m.absolute_loss(np.ones(6), 1.0, method="closed")
    with pytest.raises(ValueError, match="target"):
        m.hinge_loss(np.ones(6), np.inf)
    with pytest.raises(ValueError, match="does not fit"):
        m.hinge_loss(np.ones((3, 6)), np.ones(2))
    with pytest.raises(ValueError, match="6 coordinates"):
        m.energy(np.ones(5))


def test_the_absolute_loss_of_target_zero_is_the_mean_size_of_the_output():
    m, w = DecoupledPathModel((2, 2, 1), rho=0.5, seed=0), np.ones(6)
    terms = m.path_terms(w)
    by_hand = np.mean([abs(terms @ A) for A in itertools.product([0, 1], repeat=4)])
    assert by_hand > 0.7
    assert np.isclose(m.absolute_loss(w, 0.0), by_hand, rtol=1e-12)


@pytest.mark.parametrize(("widths", "weights"), [((2000, 2000, 2000, 1), "unique"), ((100,) * 200 + (1,), "per-edge")])
def test_more_paths_than_can_be_drawn_are_refused_at_first_use(widths, weights):
    m = DecoupledPathModel(widths, 0.5, weights, seed=0)
    for use in (lambda: m.energy(np.ones(m.n)), lambda: m.inputs, lambda: m.path_terms(np.ones(m.n))):
        with pytest.raises(ValueError, match=r"paths are more than the limit of 1e\+09"):
            use()


def test_so_many_paths_that_no_float_holds_them():
    layers = Architecture.of((100,) * 200 + (1,))
    assert layers.Lambda == 100.0
    assert np.isclose(Architecture.of((100,) * 200 + (7, 1)).Lambda, 100 ** (200 / 201) * 7 ** (1 / 201), rtol=1e-13)
    assert "about 10^400.0 paths" in repr(DecoupledPathModel(layers.widths, 0.5, seed=0))


@pytest.mark.slow
@pytest.mark.parametrize("weights", ["per-edge", "unique"])
@pytest.mark.parametrize("averaged", [False, True])
def test_path_models_are_sampled_at_a_temperature(weights, averaged):
    """The mean energy by chains, beside uniform points weighted by exp(-E/T)."""
    m = DecoupledPathModel((3, 3, 1), 0.6, weights, 3 if weights == "unique" else None, seed=2)
    m = m.averaged() if averaged else m
    E = m.energy(sphere.random_points(m.n, 50_000, 0))
    weight = np.exp(-(E - E.min()) / 2.0)
    expected = np.average(E, weights=weight) / m.n
    found = sampling.sample(m, 2.0, 500, chains=8, seed=3)
    chains = found.energies.mean(axis=1)
    # Eight independent chains: 8 standard errors of their means, a false alarm of 1e-4. The weighted mean's spread over
    # other seeds is 7e-4.
    assert abs(chains.mean() - expected) < 8 * chains.std(ddof=1) / np.sqrt(8) + 4e-3
    # Tempering takes glasses, and a model is one.
    ladder = sampling.temper([m.spin_glass()], [1.0, 2.0], 50, seed=0)
    assert np.isfinite(ladder.energies).all()


@pytest.mark.parametrize(
    ("coefficients", "indices"),
    [([2.0], [[0, 7]]), ([2.0], [[0, -1]]), ([2.0], [[0.0, 1.0]]), ([2.0, 1.0], [[0, 1]]), ([2.0], [0])],
)
def test_paths_outside_of_the_weights_are_refused(coefficients, indices):
    with pytest.raises(ValueError, match="ind"):
        PathForm(3, np.array(coefficients), np.array(indices))
