"""The networks family's measurements, each by another route; and that its strategies are known to Hypothesis."""

import math
from importlib import metadata

import numpy as np
import pytest

from spinglass import sphere
from spinglass.networks import DecoupledPathModel, ReLUNetwork
from spinglass.networks.paths.assumptions import tuple_scatter
from validation.claims import networks
from validation.claims.networks import assumptions as networks_assumptions
from validation.claims.networks import chain as networks_chain
from validation.claims.networks import depth, spherical_networks, weights_at_depth
from validation.claims.networks import laws as networks_laws
from validation.reading import Reading

SEED = np.random.SeedSequence(11)


@pytest.mark.parametrize("claim", [c for c in networks.CLAIMS if c.deterministic], ids=lambda c: c.id)
def test_errors_of_the_identities_are_far_below_delta(claim):
    # A bound that is met only because it is loose would hide a mutant.
    series = claim.sizes["quick"][0]
    assert np.max(claim.measurement(SEED, series)) < 1e-12
    assert np.max(claim.prediction(series).high) < claim.at("quick").delta / 100


def test_the_covariance_is_that_of_the_paths_one_by_one():
    """Given w and w', E over X and A of the product is rho q^2 sum over paths of the two products of weights."""
    model = DecoupledPathModel((8, 4, 4, 1), 0.3, "unique", 4, seed=0)
    w = sphere.random_points(4, 2, 1)
    products = model.path_terms(w) / (model.q * model.inputs)
    direct = 0.3 * model.q**2 * np.sum(products[0] * products[1]) / 4
    overlap = float(sphere.overlap(w[0], w[1]))
    law = networks_laws.path_model.path_model_covariance(overlap, 1.0, 3, 0.3)
    assert math.isclose(direct, law, rel_tol=1e-10)


def test_gates_of_independent_coins_show_no_dependence(monkeypatch):
    """What the assumption predicts is 0 if it holds: coins in the place of gates, 60 samples, 5 standard errors."""
    random = np.random.default_rng(0)
    monkeypatch.setattr(ReLUNetwork, "activities", lambda net, X: [random.random((len(X), net.widths[1])) < 0.5])
    measured = [
        networks_assumptions.gate_dependence(np.random.SeedSequence(k), "random, normal inputs") for k in range(60)
    ]
    error = np.std(measured, axis=0, ddof=1) / math.sqrt(60)
    assert (np.abs(np.mean(measured, axis=0)) < 5 * error).all()  # false alarm 1e-5


def test_the_drawn_signs_differ_as_often_as_asked(monkeypatch):
    seen = []
    monkeypatch.setattr(networks_assumptions.redundancy, "sign_correlation", lambda *signs: seen.append(signs) or 0.0)
    networks_assumptions.correlation_of_signs(SEED, 0.05, 0.05)
    first, second = seen[0]
    # Binomials of 4000: 5 standard errors of 0.0034.
    assert abs(np.mean(first < 0) - 0.05) < 0.018
    assert abs(np.mean(first != second) - 0.05) < 0.018
    assert np.mean((first < 0) & (second > 0)) > np.mean((first > 0) & (second < 0))


def test_the_hinge_gap_is_a_covariance():
    model = DecoupledPathModel((3, 2, 1), 0.5, seed=0)
    w = 2 * sphere.random_points(model.n, 3, 1)
    gap = model.hinge_loss(w, 1.0) - model.hinge_loss_if_independent(w, 1.0, model.active_probability(w, 1.0))
    Y = model.sample_outputs(w, 200_000, seed=1)
    covariance = [np.cov(y < 1, y)[0, 1] for y in Y]
    error = Y.std(axis=1) / math.sqrt(200_000)  # of a product with an indicator: at most that of Y
    assert (np.abs(gap + covariance) < 6 * error).all()


def test_random_architectures_reach_from_one_layer_to_seven(monkeypatch):
    seen = []
    bounds = networks_chain.path_model.size_bounds
    monkeypatch.setattr(networks_chain.path_model, "size_bounds", lambda widths: seen.append(widths) or bounds(widths))
    networks_chain.size_violations(SEED, 300)
    assert {len(widths) - 1 for widths in seen} == set(range(1, 8))
    assert max(map(max, seen)) > 500


def test_hypothesis_finds_the_strategies_by_an_entry_point():
    (entry,) = [e for e in metadata.entry_points(group="hypothesis") if e.name == "spinglass"]
    assert entry.value == "validation.testing.hypothesis_entry:register"


def test_the_room_for_diluted_counts_closes_as_paths_fill():
    exact = networks_laws.glass_counts(6)
    ranges = [networks_assumptions.nearly_glass_counts(6, rho) for rho in (0.2, 0.5, 1.0)]
    widths = [(np.asarray(r.high) - np.asarray(r.low)) / (2 * exact) for r in ranges]
    assert np.allclose(widths, [[4 / 36] * 2, [1 / 36] * 2, [0, 0]], rtol=1e-12)


def test_claims_at_depth_read_the_same_networks():
    claims = [c for c in (*depth.CLAIMS, *weights_at_depth.CLAIMS) if isinstance(c.measure, Reading)]
    sources = [{c.drawn_from("quick", k) for k in range(len(c.sizes["quick"]))} for c in claims]
    assert len(claims) == 5
    assert len(sources[0]) == 2
    assert all(other <= sources[0] for other in sources[1:])


def test_the_controls_on_weights_make_their_assumption_true():
    net = ReLUNetwork.random((6, 4, 4, 1), seed=0, last_relu=False)
    same = weights_at_depth.onto_the_sphere(net)
    # Uniform weights in +-sqrt(6/below) have the mean square 2/below.
    expected = (24 * 2 / 6 + 16 * 2 / 4 + 4 * 2 / 4) / 44
    assert np.mean(np.concatenate([W.ravel() for W in same.weights]) ** 2) == pytest.approx(expected)
    labels = [np.zeros((n, m), dtype=np.int64) for n, m in ((8, 4), (4, 4), (4, 1))]
    assert tuple_scatter(labels, 4) == pytest.approx(4**3 - 1)
    assert weights_at_depth.with_uniform_use(tuple_scatter)(labels, 5) == pytest.approx(0, abs=1e-12)


def test_networks_on_the_sphere_have_a_whole_number_of_spins():
    claim = spherical_networks.CLAIMS[0]
    widths = {series.parameters["hidden"] for group in claim.sizes.values() for series in group}
    assert {hidden: spherical_networks.spins(hidden) for hidden in widths} == {(4, 2): 8, (9, 3): 12, (8, 8): 16}
    assert all(64 * math.prod(hidden) == spherical_networks.spins(hidden) ** (len(hidden) + 1) for hidden in widths)
