"""Sizes, activities, variances and signs of networks, each by counting, integrating or minimising."""

import itertools
import math
from collections import Counter

import mpmath
import numpy as np
import pytest
from scipy import integrate, special

from theory.networks import path_activities, path_model, shared_weights, sign_correlations

WIDTHS = [(1, 1), (5, 1), (4, 3, 1), (2, 7, 3, 1), (3, 1, 4, 2, 1)]


@pytest.mark.parametrize("widths", WIDTHS)
def test_size_bounds_count_the_edges_and_stand_in_order(widths):
    bounds = path_model.size_bounds(widths)
    edges = {(k, p[k], p[k + 1]) for p in itertools.product(*map(range, widths)) for k in range(len(widths) - 1)}
    assert bounds.size == len(edges)
    assert bounds.upper >= bounds.size >= bounds.middle * (1 - 1e-14)
    assert bounds.middle * (1 + 1e-14) >= bounds.lower


def test_the_middle_bound_is_tight_where_all_layers_have_as_many_weights():
    bounds = path_model.size_bounds((6, 1, 6, 1))
    assert bounds.middle == pytest.approx(bounds.size, rel=1e-14)


@pytest.mark.parametrize("widths", WIDTHS)
def test_output_scale(widths):
    assert path_model.output_scale(widths) == pytest.approx(math.prod(widths) ** (1 / (2 * (len(widths) - 1)) - 0.5))


def test_an_output_scale_too_small_for_a_float_is_refused():
    # The normal floats end at 2.2e-308; 10^-307.5 is one, 10^-309 is not: Psi = 10^H at H layers.
    assert math.log10(path_model.output_scale((10,) * 616 + (1,))) == pytest.approx(-307.5, rel=1e-12)
    with pytest.raises(ValueError, match="too small for a float"):
        path_model.output_scale((10,) * 619 + (1,))


def test_covariance_by_the_tensor_of_weights():
    w, v = np.random.default_rng(0).standard_normal((2, 4))
    outer = lambda x: np.einsum("i,j,k->ijk", x, x, x)  # noqa: E731
    direct = 0.3 * 4**-2 * np.sum(outer(w) * outer(v))  # rho q^2 sum over tuples
    assert path_model.path_model_covariance(w @ v / 4, 4, 3, 0.3) == pytest.approx(direct)
    assert path_model.path_model_covariance(np.array([0.0, 1.0]), 4, 3).tolist() == [0.0, 4.0]


def test_activities_by_all_sign_patterns():
    """Given what comes before, the units of a layer are on or off like fair coins: count all patterns."""
    H, width = 3, 2
    coins = np.array(list(itertools.product([0, 1], repeat=H * width))).reshape(-1, H, width)

    def path(*units):
        return np.prod([coins[:, k, u] for k, u in enumerate(units)], axis=0)

    assert path(0, 0, 0).mean() == path_activities.path_activity_rate(H)
    for other, shared in (((0, 0, 0), 3), ((1, 0, 0), 2), ((0, 1, 0), 2), ((1, 1, 0), 1)):
        correlation = np.corrcoef(path(0, 0, 0), path(*other))[0, 1]
        assert correlation == pytest.approx(path_activities.path_activity_correlation(shared, H))


@pytest.mark.parametrize("d", [1, 3, 10])
def test_input_correlation_by_quadrature(d):
    # h = t + r with t ~ N(0, 1) one weighted input and r ~ N(0, d-1) the others: P(h > 0 | t) = Phi(t/sqrt(d-1)).
    def integrand(t):
        on = float(t > 0) if d == 1 else special.ndtr(t / math.sqrt(d - 1))
        return on * t * math.exp(-t * t / 2) / math.sqrt(2 * math.pi)

    correlation = integrate.quad(integrand, -10, 10, points=[0.0])[0] / 0.5
    assert correlation == pytest.approx(path_activities.input_activity_correlation(d), rel=1e-8)


@pytest.mark.parametrize("widths", [(2, 1), (3, 2, 1), (2, 2, 2, 1)])
def test_layered_variance_by_pairs_of_paths_and_moments_of_the_sphere(widths):
    """Every pair of paths is a monomial in the squares of weights; its mean over the sphere is a Dirichlet moment."""
    paths = []
    for units in itertools.product(*map(range, widths)):
        paths.append([(k, units[k], units[k + 1]) for k in range(len(widths) - 1)])
    N = len({edge for path in paths for edge in path})

    def sphere_mean(edges):
        counts = [edges.count(edge) for edge in set(edges)]
        total = sum(counts)
        odd = math.prod(math.prod(range(1, 2 * c, 2)) for c in counts)
        return odd * N**total / math.prod(N + 2 * i for i in range(total))

    mean = np.mean([sphere_mean(path) for path in paths])
    square = np.mean([sphere_mean(a + b) for a in paths for b in paths])
    found = path_model.layered_variance(widths)
    assert found.mean == pytest.approx(mean, rel=1e-12)
    assert found.mean_square == pytest.approx(square, rel=1e-12)


@pytest.mark.parametrize(
    ("epsilon", "mean"), [(0.05, 0.0), (0.05, 0.8), (0.2, 0.3), (0.4, 0.1), (0.2, 0.8), (0.3, -0.7), (0.5, 0.5)]
)
def test_the_least_correlation_by_searching_all_joint_laws(epsilon, mean):
    """A joint law is a choice of how the disagreement splits: lost = P(-, +) at most P(-), gained = P(+, -)."""
    lost = np.linspace(max(0, epsilon - (1 + mean) / 2), min(epsilon, (1 - mean) / 2), 100_001)[1:-1]
    other = mean + 2 * (2 * lost - epsilon)
    least = ((1 - 2 * epsilon - mean * other) / np.sqrt((1 - mean**2) * (1 - other**2))).min()
    # The grid's end is one step of 1e-5 from the edge, where the minimum has slopes of order one.
    assert sign_correlations.least_sign_correlation(epsilon, mean) == pytest.approx(least, abs=2e-4)


def test_the_papers_bound_holds_up_to_the_largest_imbalance_and_fails_beyond():
    epsilon = np.linspace(0.01, 0.45, 20)
    bound, edge = sign_correlations.sign_correlation_bound(epsilon), sign_correlations.largest_imbalance(epsilon)
    assert (sign_correlations.least_sign_correlation(epsilon, 0.0) >= bound).all()
    assert np.allclose(sign_correlations.least_sign_correlation(epsilon, edge), bound, atol=1e-12)
    assert (sign_correlations.least_sign_correlation(epsilon, 0.99 * edge) > bound).all()
    assert (sign_correlations.least_sign_correlation(epsilon, np.minimum(1.01 * edge, 0.999)) < bound).all()
    # P(-) = 0.05 and signs that differ with probability 0.05: nothing is left of 0.818.
    assert sign_correlations.least_sign_correlation(0.05, 0.9) == pytest.approx(0.0, abs=1e-7)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: path_model.size_bounds((3, 2)), "end in 1"),
        (lambda: path_model.size_bounds((3,)), "end in 1"),
        (lambda: path_model.path_model_covariance(0.5, 4, 3, 1.5), "rho"),
        (lambda: path_activities.path_activity_correlation(3, 2), "at most 2"),
        (lambda: path_activities.path_activity_rate(0), "at least 1"),
        (lambda: sign_correlations.sign_correlation_bound(0.7), "epsilon"),
        (lambda: shared_weights.sign_changes_by_rounding((4, 1), 1), "size"),
        (lambda: shared_weights.tuple_scatter_at_random((4,), 2), "at least two widths"),
        (lambda: shared_weights.tuple_scatter_at_random((4, 0, 1), 2), "widths"),
        (lambda: sign_correlations.least_sign_correlation(0.1, 1.0), "mean"),
        (lambda: sign_correlations.largest_imbalance(0.0), "epsilon"),
    ],
)
def test_what_makes_no_sense_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()


@pytest.mark.parametrize(("d", "n"), [(2, 3), (5, 4), (30, 7)])
def test_gate_correlations_by_random_layers(d, n):
    law = path_activities.gate_correlations(d, n)
    rng = np.random.default_rng(d)
    weights = rng.standard_normal((4000, d, n))
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    cosines = np.clip(weights.transpose(0, 2, 1) @ weights, -1, 1)
    means = ((2 / np.pi * np.arcsin(cosines)) ** 2).mean(axis=(1, 2))
    # Means of 4000 layers: 4.5 standard errors have a chance of 7e-6.
    assert abs(means.mean() - law.between_units) < 4.5 * means.std() / np.sqrt(4000) + 1e-12
    # Sheppard's formula and the correlation with an input, from inputs at one layer.
    W, X = weights[0], rng.standard_normal((200_000, d))
    gates = (X @ W > 0) - 0.5
    assert np.mean(2 * gates[:, 0] * gates[:, 1] * 2) == pytest.approx(
        2 / np.pi * np.arcsin(cosines[0, 0, 1]), abs=4.5 / np.sqrt(200_000)
    )
    with_input = (2 * gates[:, 0]) @ X / len(X)
    assert with_input == pytest.approx(np.sqrt(2 / np.pi) * W[:, 0], abs=5.5 / np.sqrt(200_000))
    assert law.with_input == pytest.approx(np.mean(2 / np.pi * W[:, 0] ** 2))


@pytest.mark.parametrize(("widths", "size"), [((100, 100, 100, 1), 6), ((20, 300, 1), 10)])
def test_sign_changes_of_wide_networks_whose_weights_are_rounded(widths, size):
    rng, changed = np.random.default_rng(0), []
    for _ in range(150):
        weights = [rng.uniform(-1, 1, pair) * np.sqrt(6 / pair[0]) for pair in itertools.pairwise(widths)]
        flat = np.concatenate([W.ravel() for W in weights])
        for members in np.array_split(np.argsort(flat), size):
            flat[members] = flat[members].mean()
        rounded = np.split(flat, np.cumsum([W.size for W in weights])[:-1])
        exact = image = rng.standard_normal((20, widths[0]))
        for W, R in zip(weights, rounded, strict=True):
            exact, image = np.maximum(exact, 0) @ W, np.maximum(image, 0) @ R.reshape(W.shape)
        changed.append(np.mean((exact > 0) != (image > 0)))
    error = np.std(changed) / np.sqrt(150)
    # Networks are the independent units: 4.5 standard errors have a chance of 7e-6; a tenth for their finite width.
    expected = shared_weights.sign_changes_by_rounding(widths, size)
    assert abs(np.mean(changed) - expected) < 4.5 * error + 0.1 * expected
    assert error < 0.1 * expected


def sign_changes_of_correlations(r):
    """The recursion of the correlations, in numbers of mpmath."""
    c = mpmath.mpf(1)
    for own in r:
        c = own * (mpmath.sqrt(1 - c * c) + (mpmath.pi - mpmath.acos(c)) * c) / mpmath.pi
    return float(mpmath.acos(c) / mpmath.pi)


def rounded_correlations(widths, size):
    """Correlations of weights and means of their classes, class by class in numbers of mpmath."""
    layers = [(mpmath.sqrt(mpmath.mpf(6) / a), mpmath.mpf(a * b)) for a, b in itertools.pairwise(widths)]
    total = sum(count for _, count in layers)
    knots = sorted({s * end for end, _ in layers for s in (-1, 1)})
    below = lambda w: sum(n * (min(max(w / end, -1), 1) + 1) / 2 for end, n in layers) / total  # noqa: E731
    levels, edges = [below(knot) for knot in knots], []
    for k in range(size + 1):
        j = next(j for j in range(1, len(knots)) if k <= size * levels[j] or j == len(knots) - 1)
        rise = (mpmath.mpf(k) / size - levels[j - 1]) / (levels[j] - levels[j - 1])
        edges.append(knots[j - 1] + rise * (knots[j] - knots[j - 1]))
    moments = []
    for low, high in itertools.pairwise(edges):
        ends = [(max(low, -end), min(high, end), end) for end, _ in layers]
        weight = [max(b - a, 0) / (2 * end) for a, b, end in ends]
        moment = [w * (a + b) / 2 for w, (a, b, _) in zip(weight, ends, strict=True)]
        mean = sum(n * m for m, (_, n) in zip(moment, layers, strict=True)) / sum(
            n * w for w, (_, n) in zip(weight, layers, strict=True)
        )
        moments.append([(m * mean, w * mean**2) for m, w in zip(moment, weight, strict=True)])
    sums = [[sum(part) for part in zip(*column, strict=True)] for column in zip(*moments, strict=True)]
    return [mixed / mpmath.sqrt(square * end**2 / 3) for (mixed, square), (end, _) in zip(sums, layers, strict=True)]


@pytest.mark.parametrize(
    ("widths", "size"),
    [((20, 300, 7, 1), 2), ((20, 300, 7, 1), 33), ((784, 50, 10, 3), 12), ((9, 4, 4, 1), 151), ((10**6, 2, 1), 5)],
)
def test_sign_changes_by_classes_with_fifty_digits(widths, size):
    with mpmath.workdps(50):
        expected = sign_changes_of_correlations(rounded_correlations(widths, size))
    assert shared_weights.sign_changes_by_rounding(widths, size) == pytest.approx(expected, rel=1e-13, abs=0)


@pytest.mark.parametrize("size", [2, 10**4, 10**6, 10**8 + 1, 10**12])
def test_sign_changes_of_many_values_do_not_cancel(size):
    with mpmath.workdps(60):
        # Uniform weights in equal classes lose 1/size^2 of their variance.
        r = mpmath.sqrt(1 - mpmath.mpf(size) ** -2)
        expected = sign_changes_of_correlations([r] * 4)
    assert shared_weights.sign_changes_by_rounding((32, 32, 32, 32, 32), size) == pytest.approx(
        expected, rel=1e-14, abs=0
    )


def test_layers_whose_weights_are_all_rounded_to_zero_are_lost():
    # The middle third of all weights, whose mean is 0, includes the whole second layer.
    assert shared_weights.sign_changes_by_rounding((20, 300, 1), 3) == pytest.approx(0.5, rel=1e-15)


@pytest.mark.parametrize(("widths", "size"), [((2, 2, 1), 2), ((3, 1), 3), ((1, 2, 1, 1), 2)])
def test_the_scatter_of_random_tuples_over_all_placements(widths, size):
    shapes = list(itertools.pairwise(widths))
    paths = list(itertools.product(*map(range, widths)))
    found = []
    for labels in itertools.product(range(size), repeat=sum(a * b for a, b in shapes)):
        parts = np.split(np.array(labels), np.cumsum([a * b for a, b in shapes])[:-1])
        layers = [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]
        tuples = [tuple(W[i, j] for W, (i, j) in zip(layers, itertools.pairwise(path), strict=True)) for path in paths]
        shares = np.array(list(Counter(tuples).values())) / len(paths)
        found.append(size ** len(shapes) * np.sum(shares**2) - 1)
    assert shared_weights.tuple_scatter_at_random(widths, size) == pytest.approx(np.mean(found), rel=1e-12)
