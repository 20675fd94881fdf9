"""Packed couplings against counting, permutations and the law of the full tensor."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from dense import symmetrised
from scipy import stats

from spinglass import SphericalSpinGlass, couplings, sphere
from spinglass.planted import plant

SIZES = [(1, 1), (1, 5), (4, 1), (6, 2), (5, 3), (4, 4), (3, 5), (3, 6), (2, 8)]


@pytest.mark.parametrize(("n", "H"), SIZES)
def test_every_multiset_has_one_place(n, H):
    multisets = list(itertools.combinations_with_replacement(range(n), H))
    ranks = couplings.ranks(multisets, n)
    assert couplings.size(n, H) == len(multisets)
    assert sorted(ranks.tolist()) == list(range(len(multisets)))
    assert np.array_equal(couplings.indices(ranks, n, H), multisets)


@pytest.mark.parametrize(("n", "H"), SIZES)
def test_multiplicity_counts_permutations(n, H):
    permutations = Counter(tuple(sorted(t)) for t in itertools.product(range(n), repeat=H))
    expected = [permutations[tuple(t)] for t in couplings.indices(np.arange(couplings.size(n, H)), n, H).tolist()]
    assert couplings.multiplicities(n, H).tolist() == expected


@pytest.mark.parametrize(("n", "H"), SIZES)
def test_pack_sums_over_permutations(n, H):
    J = np.random.default_rng(1).standard_normal((n,) * H)
    packed = couplings.pack(J)
    # One rounding an addend: H! terms of order one.
    assert np.allclose(couplings.unpack(packed, n, H), symmetrised(J), rtol=0, atol=1e-15 * math.factorial(H))


@pytest.mark.parametrize(("n", "H"), [(9, 2), (7, 3), (5, 4), (4, 5), (3, 6)])
def test_packed_law_is_the_covariance_law(n, H):
    """sum over multisets of multiplicity * monomial(x) * monomial(y) == (x.y)^H: the multinomial theorem."""
    x, y = np.random.default_rng(2).standard_normal((2, n))
    monomials = couplings.indices(np.arange(couplings.size(n, H)), n, H)
    total = np.sum(couplings.multiplicities(n, H) * np.prod(x[monomials] * y[monomials], axis=1))
    # Both sides are sums of at most size terms, bounded by (|x|.|y|)^H together.
    assert total == pytest.approx((x @ y) ** H, abs=1e-14 * (np.abs(x) @ np.abs(y)) ** H)


def test_draw_is_normal_with_variance_multiplicity():
    """False alarm 1e-4 by the Kolmogorov-Smirnov test's level, and the seed is fixed."""
    n, H = 30, 3
    standard = couplings.draw(n, H, seed=5) / np.sqrt(couplings.multiplicities(n, H))
    assert stats.kstest(standard, "norm").pvalue > 1e-4
    for multiplicity in (1, 3, 6):
        chosen = couplings.multiplicities(n, H) == multiplicity
        variance = np.mean(standard[chosen] ** 2)
        # chi^2 with k degrees: relative standard deviation sqrt(2/k); 4.4 of them is 1e-5 two-sided.
        assert variance == pytest.approx(1, abs=4.4 * math.sqrt(2 / chosen.sum()))


def test_draw_depends_on_seed_alone(monkeypatch):
    n, H = 150, 3  # two blocks of normals and part of a third
    drawn = couplings.draw(n, H, seed=3)
    monkeypatch.setenv("SPINGLASS_THREADS", "1")
    assert np.array_equal(drawn, couplings.draw(n, H, seed=np.random.SeedSequence(3)))
    assert not np.array_equal(drawn, couplings.draw(n, H, seed=4))
    blocks = drawn[: 2 * couplings._BLOCK].reshape(2, couplings._BLOCK) / np.sqrt(6)
    # Two blocks must not repeat one another: correlation of 2^18 pairs has standard deviation 2^-9.
    assert abs(np.mean(blocks[0] * blocks[1])) < 5 * 2**-9


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_couplings_are_numpys_normal_numbers_times_the_root_of_the_multiplicity(dtype):
    n, H = 120, 3  # a block of normals and part of a second, which begins within a row of a rectangle
    drawn = couplings.draw(n, H, seed=8, dtype=dtype)
    blocks = range(0, drawn.size, couplings._BLOCK)
    children = [np.random.SeedSequence(8, spawn_key=(couplings._COUPLINGS, H, block)) for block in range(len(blocks))]
    sizes = [min(couplings._BLOCK, drawn.size - first) for first in blocks]
    # Among so many numbers are some of the tail, beyond 3.654, which the generator draws in another way.
    normals = [np.random.default_rng(c).standard_normal(size) for c, size in zip(children, sizes, strict=True)]
    assert np.abs(np.concatenate(normals)).max() > 3.7
    different = 1 + np.count_nonzero(np.diff(couplings.indices(np.arange(drawn.size), n, H)), axis=1)
    multiplicity = np.array([np.nan, 1.0, 3.0, 6.0])[different]
    expected = np.concatenate(normals).astype(dtype) * np.sqrt(multiplicity)
    # The root is a product of three roots and quotients, and the product is rounded to the type of the couplings.
    assert np.allclose(drawn, expected, rtol=2 * np.finfo(dtype).eps, atol=0)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_coupling_that_is_not_finite_is_found_wherever_it_is(wrong):
    packed = np.zeros(couplings.size(120, 3))  # more than one thread examines at a time
    for place in (0, packed.size - 1):
        packed[place] = wrong
        with pytest.raises(ValueError, match=f"1 of {packed.size} are not"):
            couplings.check_range(packed, 120, 3, 1.0)
        packed[place] = 0.0


@pytest.mark.slow
def test_single_precision_is_the_same_draw():
    double, single = (couplings.draw(20, 4, seed=1, dtype=kind) for kind in (np.float64, np.float32))
    assert single.dtype == np.float32
    # Two roundings of at most 2^-24 each; most numbers, but not all, are the rounded ones of the other draw.
    assert (np.abs(single - double) <= 2.0**-23 * (1 + 1e-7) * np.abs(double)).all()
    assert 0.5 < (single == double.astype(np.float32)).mean() < 1


def test_global_random_state_is_untouched():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    couplings.draw(20, 3, seed=0)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: couplings.size(0, 3), "at least 1, not 0"),
        (lambda: couplings.size(3, 0), "order must be at least 1"),
        (lambda: couplings.size(2.5, 3), "whole number, not 2.5"),
        (lambda: couplings.draw(5, 3, seed=0, dtype=np.int32), "float32 or float64"),
        (lambda: couplings.draw(5, 3, seed=-1), "int >= 0"),
        (lambda: couplings.draw(5, 3, seed="a"), "SeedSequence or a Generator"),
        (lambda: couplings.draw(10**5, 3, seed=0), "GiB are available; try"),
        (lambda: couplings.ranks([[0, 3]], n=3), r"0\.\.2"),
        (lambda: couplings.ranks([[0.5, 1]], n=3), "whole numbers"),
        (lambda: couplings.indices([6], n=3, H=2), r"0\.\.5"),
        (lambda: couplings.pack(np.ones((2, 3))), r"\(n,\)\*H"),
        (lambda: couplings.pack(np.full((2, 2), np.nan)), "4 entries are not"),
        (lambda: couplings.pack(np.ones((2, 2), complex)), "real"),
        (lambda: couplings.unpack(np.ones(5), 2, 3), r"shape \(4,\), not \(5,\)"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    [
        lambda: SphericalSpinGlass.from_tensor(np.full((3, 3, 3), 1e308)),  # sums over permutations
        lambda: SphericalSpinGlass.from_tensor(np.full((3, 3), 1e308)),
        lambda: SphericalSpinGlass.from_tensor(np.diag([1e308, 1e308])),  # finite couplings, infinite energies
        lambda: SphericalSpinGlass.from_tensor(np.full((3, 3, 3), 1e38, np.float32)),
        lambda: SphericalSpinGlass.mixed(5, {3: 1e308}, seed=0),
        lambda: SphericalSpinGlass.mixed(5, {1: 1e308, 3: 1.0}, seed=0),
        lambda: SphericalSpinGlass(2, {3: 1e200}, {3: np.full(4, 1e200)}),
        lambda: SphericalSpinGlass(2, {3: 1.0}, {3: np.array([1.0, np.inf, 0.0, 0.0])}),
        lambda: SphericalSpinGlass(2, {3: np.nan}, {3: np.ones(4)}),
        lambda: plant(SphericalSpinGlass.pure(4, 3, seed=0), np.ones(4), {3: 1e308}),
    ],
)
def test_what_would_overflow_is_refused(make):
    with pytest.raises(ValueError, match=r"overflow|finite"), np.errstate(over="ignore", invalid="ignore"):
        make()


@pytest.mark.parametrize(
    ("n", "weights", "dtype"),
    [(5, {3: 1e300}, np.float64), (2, {170: 1.0}, np.float64), (2, {120: 1.0}, np.float32), (5, {3: 1e39}, np.float32)],
)
def test_what_is_large_and_fits_is_not_refused(n, weights, dtype):
    glass = SphericalSpinGlass.mixed(n, weights, seed=0, dtype=dtype)
    energy, gradient = glass.energy_and_gradient(sphere.random_points(n, 20, seed=1))
    assert np.isfinite(energy).all()
    assert np.isfinite(gradient).all()


def test_whole_couplings_are_not_rounded():
    assert couplings.unpack(np.array([1, 5, 4]), 2, 2).tolist() == [[1, 2.5], [2.5, 4]]
