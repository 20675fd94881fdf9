"""Set splitting and the three-node network: the equivalence on every small family, the decision by known counts."""

from itertools import combinations, product

import numpy as np
import pytest

from spinglass.networks.small.separation import separating_plane
from spinglass.networks.small.three_node import network_of_splitting, splitting, splitting_examples, train_three_nodes


@pytest.mark.slow
@pytest.mark.parametrize(("n", "count"), [(1, 4), (2, 14), (3, 104)])
def test_threshold_functions_are_as_many_as_known(n, count):
    # Muroga 1971: 4, 14, 104 threshold functions of 1, 2, 3 variables.
    corners = np.array(list(product((0, 1), repeat=n)))
    sides = np.array(list(product((False, True), repeat=2**n)))
    assert sum(separating_plane(corners[side], corners[~side]) is not None for side in sides) == count


@pytest.mark.slow
def test_functions_of_two_half_spaces_are_as_many_as_by_pairs():
    # All functions on the cube's corners that AND (or NAND) of two threshold functions give, from the list of these.
    corners = np.array(list(product((0, 1), repeat=3)))
    sides = np.array(list(product((False, True), repeat=8)))
    thresholds = [s for s in sides if separating_plane(corners[s], corners[~s]) is not None]
    meets = {tuple(a & b) for a in thresholds for b in thresholds}
    reachable = meets | {tuple(not v for v in f) for f in meets}
    for side in sides[::11]:
        assert (train_three_nodes(corners, side) is not None) == (tuple(side.tolist()) in reachable)


def families(n):
    sets = [each for size in range(1, n + 1) for each in combinations(range(n), size)]
    for chosen in product((False, True), repeat=len(sets)):
        yield [each for each, take in zip(sets, chosen, strict=True) if take]


@pytest.mark.slow
@pytest.mark.parametrize("n", [1, 2, pytest.param(3, marks=pytest.mark.slow)])
def test_a_family_can_be_split_exactly_if_its_network_can_be_trained(n):
    for sets in list(families(n))[:: 1 if n < 3 else 5]:
        X, labels = splitting_examples(n, sets)
        part, network = splitting(n, sets), train_three_nodes(X, labels)
        assert (part is None) == (network is None), sets
        if part is not None:
            assert np.array_equal(network_of_splitting(part)(X), labels)
            assert np.array_equal(network(X), labels)


def test_the_cube_leaves_no_output_but_and():
    X, labels = splitting_examples(1, [])
    network = train_three_nodes(X, labels)
    assert not network.negated
    assert train_three_nodes(X[:7], ~labels[:7]).negated


def test_a_large_family_without_a_splitting():
    # The Fano plane: seven triples of which no two-colouring avoids a monochromatic one.
    fano = [(0, 1, 2), (0, 3, 4), (0, 5, 6), (1, 3, 5), (1, 4, 6), (2, 3, 6), (2, 4, 5)]
    assert splitting(7, fano) is None
    assert splitting(7, fano[:-1]) is not None
    part = splitting(7, fano[:-1])
    X, labels = splitting_examples(7, fano[:-1])
    assert np.array_equal(network_of_splitting(part)(X), labels)


@pytest.mark.parametrize("sets", [[{0, 3}], [set()], [{"a"}]])
def test_bad_sets(sets):
    with pytest.raises(ValueError, match="elements from 0 to 2"):
        splitting(3, sets)


def test_bad_examples():
    with pytest.raises(ValueError, match="truth values"):
        train_three_nodes([[0, 1]], [1])
    with pytest.raises(ValueError, match="whole numbers"):
        train_three_nodes([[0.5, 1]], [True])


def test_unsigned_integers_are_numbers_too():
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.uint8)
    xor = np.array([False, True, True, False])
    assert separating_plane(corners[xor], corners[~xor]) is None
    assert train_three_nodes(corners, xor) is not None
