"""Pairs of critical points at finite n, compared with closed forms, conditioned tensors and independent integrals."""

import itertools
import math

import numpy as np
import pytest

import theory
from theory.covariance import Covariance
from theory.pairs import averaging, pair_counts
from theory.pairs.determinants import Numbers
from theory.pairs.exact_densities import three_spins, two_spins
from theory.pairs.joint_law import PairLaw
from theory.pairs.mean_pairs import Problem
from theory.pairs.one_point import OnePointTable
from theory.pairs.second_moment import _mean_mirror_pairs

MIXTURE = {3: 1.0, 4: 0.5}
FIELD = {1: 0.7, 3: 1.0}


def conditioned_tensor(n, H, q, draws, seed, count):
    """Draw full tensors given zero gradients at two points of overlap q; average ``count`` of the two Hessians.

    The gradients and Hessians are linear functions of the n^H independent couplings. Nothing is shared with theory.
    """
    x, y = np.eye(n)[0], np.eye(n)[0] * q + np.eye(n)[1] * math.sqrt(1 - q * q)

    def on_tensor(vectors):
        product = vectors[0]
        for v in vectors[1:]:
            product = np.multiply.outer(product, v)
        return product.ravel()

    def derivative(point, *along):
        places = itertools.permutations(range(H), len(along))
        total = 0.0
        for chosen in places:
            vectors = [point] * H
            for place, v in zip(chosen, along, strict=True):
                vectors[place] = v
            total = total + on_tensor(vectors)
        return total

    gradients, hessians = [], []
    for point in (x, y):
        basis = np.linalg.svd(point[None, :])[2][1:]
        gradients += [derivative(point, e) for e in basis]
        radial = derivative(point, point)
        pairs = itertools.product(range(n - 1), repeat=2)
        hessians += [derivative(point, basis[i], basis[j]) - (i == j) * radial for i, j in pairs]
    gradients, hessians = np.array(gradients), np.array(hessians)
    law = gradients @ gradients.T
    free = hessians - (hessians @ gradients.T) @ np.linalg.solve(law, gradients)
    z = np.random.default_rng(seed).standard_normal((draws, n**H)) @ free.T
    first, second = np.moveaxis(z.reshape(draws, 2, n - 1, n - 1), 1, 0)
    values = count(first, second)
    area = [2 * math.pi ** (k / 2) / math.gamma(k / 2) for k in (n, n - 1)]
    density = (2 * math.pi) ** (1 - n) / math.sqrt(np.linalg.det(law))
    scale = area[0] * area[1] * (1 - q * q) ** ((n - 3) / 2) * density
    return scale * values.mean(), scale * values.std() / math.sqrt(draws)


def product_of_sizes(first, second):
    return np.abs(np.linalg.det(first) * np.linalg.det(second))


def of_indices(k, m):
    def count(first, second):
        index = [(np.linalg.eigvalsh(matrix) < 0).sum(axis=1) for matrix in (first, second)]
        return product_of_sizes(first, second) * (index[0] == k) * (index[1] == m)

    return count


def agree(found, error, value, spread):
    assert abs(found - value) < 4 * math.hypot(error, spread)


@pytest.mark.parametrize(("n", "H", "q"), [(3, 3, -0.3), (4, 3, 0.6), (3, 4, 0.4)])
def test_the_density_is_that_of_conditioned_tensors(n, H, q):
    value, spread = conditioned_tensor(n, H, q, 30000, 1, product_of_sizes)
    found = theory.mean_pairs(n, H, q, accuracy=0.01)
    agree(found.value, found.error, value, spread)
    assert spread < 0.03 * value


@pytest.mark.slow
@pytest.mark.parametrize(("k", "m", "q"), [(0, 0, 0.0), (0, 1, 0.5), (1, 2, 0.5)])
def test_pairs_of_given_indices_are_those_of_conditioned_tensors(k, m, q):
    value, spread = conditioned_tensor(4, 3, q, 40000, 2, of_indices(k, m))
    found = theory.mean_pairs(4, 3, q, indices=(k, m), accuracy=0.01)
    agree(found.value, found.error, value, spread)
    assert spread < 0.15 * value


def test_two_points_on_the_circle_are_those_of_rices_formula():
    # By Rice's formula the pairs of zeros of f' on the circle have the density of E |f''(0) f''(theta)|, computed here
    # from Fourier coefficients: cos^3 = (3 cos + cos 3)/4.
    angle = 0.8
    powers, weights = np.array([1, 3]), np.array([0.75, 0.25])

    def k(t, order):
        return float(weights @ (powers**order * np.cos(powers * t + order * math.pi / 2)))

    zero = np.array([[-k(0, 2), -k(angle, 2)], [-k(angle, 2), -k(0, 2)]])
    # Cov(f''(s), f'(t)) = -K'''(s-t).
    across = np.array([[0.0, k(angle, 3)], [-k(angle, 3), 0.0]])
    own = np.array([[k(0, 4), k(angle, 4)], [k(angle, 4), k(0, 4)]]) - across @ np.linalg.solve(zero, across.T)
    sizes, r = np.sqrt(np.diag(own)), own[0, 1] / math.sqrt(own[0, 0] * own[1, 1])
    mean = 2 / math.pi * sizes.prod() * (math.sqrt(1 - r * r) + r * math.asin(r))
    per_angle = 2 * (2 * math.pi) * mean / (2 * math.pi * math.sqrt(np.linalg.det(zero)))
    density = per_angle / math.sin(angle)
    assert theory.mean_pairs(2, 3, math.cos(angle)).value == pytest.approx(density, rel=1e-12)


@pytest.mark.parametrize("H", [3, MIXTURE, FIELD])
def test_monte_carlo_agrees_with_exact_densities(H):
    nu = Covariance.with_scale(H)[0]
    rng = np.random.default_rng(5)
    for n, exact in ((2, two_spins(0.3, nu, (None, None))), (3, three_spins(0.3, nu))):
        problem = Problem.checked(n, H, None, None)
        values = np.exp(problem.sampler(0.3, problem.table()).log_values(Numbers.drawn(n, 6000, rng)))
        agree(values.mean(), values.std() / math.sqrt(6000), exact, 2e-5 * exact)


@pytest.mark.slow
def test_windows_of_energies_add_up():
    # One energy, integrated over both energies, gives the number within the window.
    nodes, weights = np.polynomial.legendre.leggauss(2)
    for H in (3, MIXTURE):
        low, high = -1.3, -0.9
        u = 0.5 * (low + high) + 0.5 * (high - low) * nodes
        grid = [[theory.mean_pairs(4, H, 0.4, (a, b), accuracy=0.05, seed=i) for b in u] for i, a in enumerate(u)]
        sum_over = np.outer(weights, weights) * (0.5 * (high - low)) ** 2
        value = (sum_over * [[one.value for one in row] for row in grid]).sum()
        window = theory.mean_pairs(4, H, 0.4, ((low, high), (low, high)), accuracy=0.02)
        assert window.value == pytest.approx(value, rel=0.1)


@pytest.mark.slow
def test_indices_add_up_to_all_pairs():
    parts = [theory.mean_pairs(3, FIELD, 0.2, indices=(k, m), accuracy=0.03) for k in range(3) for m in range(3)]
    total = theory.mean_pairs(3, FIELD, 0.2)
    agree(sum(p.value for p in parts), math.hypot(*(p.error for p in parts)), total.value, total.error)


def test_the_mirror_image_of_a_point_has_the_other_index():
    # H = 3: y -> -y turns overlap q into -q and index l into n-1-l.
    one, other = (theory.mean_pairs(5, 3, q, indices=(0, m), accuracy=0.02, seed=m) for q, m in ((0.4, 1), (-0.4, 3)))
    agree(one.value, one.error, other.value, other.error)


@pytest.mark.slow
def test_second_moments_of_two_and_three_spins():
    # n = 2, H = 3: an independent integral over the circle of the density from Rice's formula is 30.332; at n = 3 the
    # quadrature over q is compared with one of other nodes.
    q, weights = np.polynomial.legendre.leggauss(60)
    exact = [three_spins(float(one), Covariance.with_scale(3)[0]) for one in q[30:]]
    mean = theory.mean_critical_points(3, 3)
    assert theory.second_moment(3, 3).value == pytest.approx(2 * mean + 2 * float(weights[30:] @ exact), rel=1e-4)
    pairs = theory.mean_pairs_between(3, 3, -1.0, 0.0).value + theory.mean_pairs_between(3, 3, 0.0, 1.0).value
    assert theory.second_moment(3, 3).value == pytest.approx(2 * mean + pairs, rel=1e-5)


@pytest.mark.parametrize("field", [pytest.param(1e-3, marks=pytest.mark.slow), 0.3, 1.0, 30.0, 1e3, 1e4])
def test_two_spins_with_order_two_in_a_field_have_two_or_four_points(field):
    # N^2 = 6 N - 8 for N = 2 and 4. Pairs have a peak at overlap -1 in a strong field, and at 0 and -1 in a weak one.
    H = {1: field, 2: 1.0}
    assert theory.second_moment(2, H).value == pytest.approx(6 * theory.mean_critical_points(2, H) - 8, rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize(("field", "chord"), [(1e-2, (10, -24)), (30.0, (6, -8)), (1e3, (6, -8))])
def test_three_spins_with_order_two_in_a_field_have_two_four_or_six_points(field, chord):
    # The chords of N^2 through neighbouring N are lower bounds, that through 2 and 6 is an upper one. The density is
    # accurate to 1e-6.
    moment = theory.second_moment(3, {1: field, 2: 1.0})
    assert moment.value > (chord[0] * moment.mean + chord[1]) * (1 - 1e-6)
    assert moment.value < (8 * moment.mean - 12) * (1 + 1e-6)


@pytest.mark.slow
def test_four_spins_with_order_two_in_a_field_are_those_of_the_secular_equation():
    # Critical points of x'Dx/2 + b'x satisfy x = b/(m - d), so sum_i b_i^2/(m - d_i)^2 = n: a polynomial in m.
    n, draws, rng = 4, 2000, np.random.default_rng(8)
    raw = rng.standard_normal((draws, n, n)) / math.sqrt(n)
    d, b = np.linalg.eigvalsh(raw + raw.transpose(0, 2, 1)), rng.standard_normal((draws, n))
    counts = np.full(draws, 2)  # one beyond each end of the spectrum
    for k in range(n - 1):  # between two poles the sum is convex: two points or none
        low, high = d[:, k, None], d[:, k + 1, None]
        m = low + (high - low) * np.linspace(0.0, 1.0, 1001)[1:-1]
        least = sum(b[:, i, None] ** 2 / (m - d[:, i, None]) ** 2 for i in range(n)).min(axis=1)
        counts += 2 * (least < n)
    found = theory.second_moment(n, {1: 1.0, 2: 1.0}, accuracy=0.02)
    agree(found.value, found.error, (counts**2).mean(), (counts**2).std() / math.sqrt(draws))
    assert found.mean == pytest.approx(counts.mean(), abs=4 * counts.std() / math.sqrt(draws))


@pytest.mark.slow
def test_four_spins_with_order_two_in_a_strong_field():
    # N is 2, 4, 6 or 8: the chord of N^2 through 2 and 4 is a lower bound, that through 2 and 8 an upper one.
    moment = theory.second_moment(4, {1: 100.0, 2: 1.0}, accuracy=0.02)
    assert 6 * moment.mean - 8 - 4 * moment.error < moment.value < 10 * moment.mean - 16 + 4 * moment.error


@pytest.mark.slow
def test_a_weak_order_of_the_other_parity_moves_the_mirror_images():
    # They are no longer exactly at overlap -1, but all there: the moment is continuous, with a slope of order 1.
    for n in (2, 4):
        one, other = (theory.second_moment(n, H, accuracy=0.02) for H in (3, {3: 1.0, 4: 1e-3}))
        assert abs(other.value - one.value) < 1e-3 * one.value + 4 * math.hypot(one.error, other.error)


def test_orders_too_weak_to_be_resolved_are_refused():
    with pytest.raises(ValueError, match="near overlap -1 is not resolved: its width is 9e-08"):
        theory.second_moment(2, {3: 1.0, 4: 1e-7})
    with pytest.raises(ValueError, match="near overlap 0 is not resolved"):
        theory.mean_pairs_between(2, {2: 1.0, 4: 1e-7}, -0.5, 0.5)
    exact = theory.mean_pairs_between(2, 3, -0.5, 0.5).value
    assert theory.mean_pairs_between(2, {3: 1.0, 4: 1e-200}, -0.5, 0.5).value == pytest.approx(exact, rel=1e-9)


def test_a_second_moment_below_the_square_of_the_mean_is_refused(monkeypatch):
    monkeypatch.setattr(pair_counts, "_peaks", lambda nu: [])
    with pytest.raises(ValueError, match="the quadrature lost pairs"):
        theory.second_moment(2, {1: 1e-3, 2: 1.0})


@pytest.mark.parametrize("n", [2, pytest.param(3, marks=pytest.mark.slow)])
def test_pairs_near_overlap_one_have_a_constant_density(n):
    # It changes by 3e-3 between 0.9995 and 1; H = 3 is symmetric at n = 2 and 3.
    density = theory.mean_pairs(n, 3, 0.9995).value
    for width in (1e-5, 1e-7):
        count = theory.mean_pairs_between(n, 3, 1 - width, 1.0).value
        assert count == pytest.approx(density * width, rel=4e-3)
        assert theory.mean_pairs_between(n, 3, -1.0, width - 1).value == pytest.approx(count, rel=1e-6)
    whole = theory.mean_pairs_between(n, 3, 0.99, 1.0).value
    middle = 1 - 1e-7  # inside the part with constant density
    pieces = theory.mean_pairs_between(n, 3, 0.99, middle).value + theory.mean_pairs_between(n, 3, middle, 1.0).value
    assert pieces == pytest.approx(whole, rel=1e-9)


@pytest.mark.slow
def test_pairs_near_overlap_one_of_more_spins_are_drawn():
    density = theory.mean_pairs(4, 3, 0.9995, accuracy=0.02)
    count = theory.mean_pairs_between(4, 3, 1 - 1e-6, 1.0, accuracy=0.02)
    agree(count.value, count.error, density.value * 1e-6, density.error * 1e-6)


def test_mirror_images_are_counted_once():
    for H, index, below, expected in (
        (3, None, None, theory.mean_critical_points(4, 3)),
        (3, 0, None, 0.0),
        (3, None, -0.5, 0.0),
        (4, 0, -0.5, theory.mean_critical_points(4, 4, index=0, below=-0.5)),
        (MIXTURE, None, None, 0.0),
    ):
        window = None if below is None else (-math.inf, below)
        problem = Problem.checked(4, H, (window, window), (index, index))

        assert _mean_mirror_pairs(problem, H, index, below) == pytest.approx(expected)


@pytest.mark.slow
def test_the_number_concentrates_at_low_energies():
    # At u = -1 and H = 3 the mean number below grows with n, and the ratio falls towards 1.
    moments = [theory.second_moment(n, 3, below=-1.0, accuracy=0.08) for n in (3, 8)]
    assert moments[1].mean > moments[0].mean
    assert 1.0 < moments[1].ratio < moments[0].ratio - 3 * moments[0].ratio_error


def test_the_cubic_path_is_the_trigonometric_polynomial_through_both_ends():
    # In the plane of both points the energy is a cos + b sin + c cos 3 + d sin 3 of the angle.
    q, energies, t = 0.3, (-1.5, -1.1), np.array([0.2, 0.7])
    end = math.acos(q)
    rows = [[math.cos(a), math.sin(a), math.cos(3 * a), math.sin(3 * a)] for a in (0.0, end)]
    rows += [[-math.sin(a), math.cos(a), -3 * math.sin(3 * a), 3 * math.cos(3 * a)] for a in (0.0, end)]
    wave = np.linalg.solve(rows, [*energies, 0.0, 0.0])
    expected = [np.cos(end * s) * wave[0] + np.sin(end * s) * wave[1] for s in t]
    expected = [
        e + np.cos(3 * end * s) * wave[2] + np.sin(3 * end * s) * wave[3] for e, s in zip(expected, t, strict=True)
    ]
    found = theory.path_profile(7, 3, q, energies, position=t)
    assert found.mean == pytest.approx(expected, rel=1e-9)
    assert not found.spread.any()


def test_paths_are_symmetric_and_start_at_the_points():
    t = np.linspace(0.0, 1.0, 5)
    one = theory.path_profile(5, 4, 0.4, (-1.2, -0.9), position=t, draws=2000)
    other = theory.path_profile(5, 4, 0.4, (-0.9, -1.2), position=1.0 - t, draws=2000, seed=1)
    assert one.mean[[0, -1]] == pytest.approx([-1.2, -0.9], abs=1e-6)
    assert np.all(np.abs(one.mean - other.mean) < 5 * np.hypot(one.error, other.error) + 1e-6)
    assert one.spread[2] > 0.01
    swapped = theory.path_profile(5, 4, 0.4, (None, -1.2), position=t, draws=2000)
    assert swapped.mean[-1] == pytest.approx(-1.2, abs=1e-6)


def test_density_of_zero_gradients_is_that_of_two_independent_points_at_right_angles():
    # H = 4, q = 0: all derivatives of nu at 0 vanish, so both points are independent.
    n, law = 5, PairLaw(Covariance.with_scale(4)[0], 0.0)
    area = [2 * math.pi ** (k / 2) / math.gamma(k / 2) for k in (n, n - 1)]
    assert law.log_density_of_pairs(n) == pytest.approx(math.log(area[0] * area[1]) - (n - 1) * math.log(2 * math.pi))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: theory.mean_pairs(5, 2, 0.1), "eigenvectors of a matrix"),
        (lambda: theory.mean_pairs(1, 3, 0.1), "n must be at least 2, not 1"),
        (lambda: theory.mean_pairs(500, 3, 0.1), "n must be at most 200 for pairs, not 500"),
        (lambda: theory.mean_pairs(5, 3, 1.0), "overlaps must lie between -1 and 1"),
        (lambda: theory.mean_pairs(5, 3, math.nan), "overlap must be finite"),
        (lambda: theory.mean_pairs(5, 3, 0.1, indices=0), "indices must be a pair"),
        (lambda: theory.mean_pairs(5, 3, 0.1, indices=(0, 5)), "an index must be below n"),
        (lambda: theory.mean_pairs(5, 3, 0.1, energies=((-1, -2), None)), "low < high"),
        (lambda: theory.mean_pairs(5, 3, 0.1, accuracy=0), "accuracy must be positive"),
        (lambda: theory.mean_pairs(60, 3, [0.1, 0.2], accuracy=1e-3, max_seconds=1), "would take about"),
        (lambda: theory.mean_pairs_between(5, 3, 0.5, 0.1), "-1 <= low < high <= 1"),
        (lambda: theory.path_profile(5, 3, 0.5, (-1, -1), position=[2.0]), "numbers from 0 to 1"),
        (lambda: theory.path_profile(6, 3, 0.5, (-1.4, -1.3), position=[]), "one or more numbers from 0 to 1"),
    ],
)
def test_bad_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_impossible_pairs_have_density_zero():
    # H = 3: near overlap -1 the energies are nearly opposite.
    assert theory.mean_pairs(5, 3, -0.99, energies=((-9, -1.0), (-9, -1.0))).value == 0.0


@pytest.mark.slow
def test_the_density_is_reproducible_and_within_its_accuracy():
    one, again = (theory.mean_pairs(6, 3, [0.1, 0.5], accuracy=0.02, seed=3) for _ in range(2))
    assert one.value.tolist() == again.value.tolist()
    assert (one.error < 0.0205 * one.value).all()


@pytest.mark.parametrize("n", [5, 40])
def test_shares_of_all_indices_add_up_to_one(n):
    table = OnePointTable(n, np.sqrt(2 * n) + 8)
    x = np.linspace(-1.2, 1.2, 9) * np.sqrt(2 * n)
    # To the error of linear interpolation between 801 places.
    assert np.allclose(sum(np.exp(table.log_share(x, k)) for k in range(n)), 1, rtol=0, atol=2e-3)
    assert table.log_share(x, 0)[0] > -1e-3  # below the edge of the spectrum all points are minima


def test_the_determinant_of_one_point_is_that_of_sampled_matrices():
    raw = np.random.default_rng(0).standard_normal((20000, 4, 4))
    sizes = np.abs(np.linalg.det(0.5 * (raw + raw.transpose(0, 2, 1)) - 0.7 * np.eye(4)))
    table = OnePointTable(5, 6.0)
    agree(math.exp(table.log_total(np.array([0.7]))[0]), 0.0, sizes.mean(), sizes.std() / math.sqrt(len(sizes)))


@pytest.mark.slow
def test_a_large_size_is_refused_with_an_estimate():
    with pytest.raises(ValueError, match="would take about .* minutes, more than max_seconds = 5"):
        theory.mean_pairs(20, 3, 0.1, accuracy=1e-4, max_seconds=5)


def test_numbers_of_pairs_that_were_never_drawn_are_unknown(monkeypatch):
    monkeypatch.setattr(averaging, "BATCH", 20)
    with pytest.raises(ValueError, match=r"too few of \d+ draws are pairs of these indices"):
        theory.mean_pairs_between(5, 3, 0.98, 0.99, indices=(0, 4))
