"""Hypothesis strategies for property tests of one's own: points, couplings, glasses, networks, inputs.

Everything shrinks towards few spins, low orders, narrow layers and seed 0. Where Hypothesis is installed beside this
package, ``st.from_type`` knows `SphericalSpinGlass`, `ReLUNetwork` and `DecoupledPathModel` by itself.

An equivalence of one's own, tested for every glass that Hypothesis finds::

    from hypothesis import given
    from spinglass import SphericalSpinGlass
    from validation import strategies

    @given(strategies.glasses_with_points())
    def test_my_energy(case):
        glass, x = case
        assert np.allclose(my_energy(glass.to_tensor(), x), glass.energy(x), rtol=1e-12, atol=1e-12)

A failure is reported with the fewest spins and the lowest order that show it, and both are given as the one line that
makes that model again.
"""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from spinglass import SphericalSpinGlass, sphere
from spinglass.landscape import Array
from spinglass.networks import DecoupledPathModel, ReLUNetwork

_LARGEST_N = {1: 8, 2: 8, 3: 6, 4: 5, 5: 4, 6: 3}
_FLOATS = st.floats(-3, 3, allow_subnormal=False)


def seeds() -> st.SearchStrategy[int]:
    """Return seeds for whatever takes one.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(seeds(), lambda seed: True)
    0
    """
    return st.integers(0, 2**32 - 1)


@st.composite
def sphere_points(draw: st.DrawFn, n: int | None = None, points: int | None = None) -> Array:
    """Draw points uniform on the sphere ``|x|^2 = n``, shape (points, n); sizes that are not given are drawn.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(sphere_points(), lambda x: x.shape[1] > 2).shape
    (1, 3)
    """
    spins = draw(st.integers(1, 8)) if n is None else n
    size = draw(st.integers(1, 5)) if points is None else points
    return sphere.random_points(spins, size, draw(seeds()))


@st.composite
def coupling_tensors(draw: st.DrawFn, n: int | None = None, H: int | None = None) -> Array:
    """Draw tensors of shape (n,)*H with entries in [-3, 3], not symmetric; entries shrink to zero one by one.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(coupling_tensors(), lambda J: abs(J).max() >= 1).tolist()
    [[1.0]]
    """
    order = draw(st.integers(2, 4)) if H is None else H
    spins = draw(st.integers(1, 3)) if n is None else n
    tensor: Array = draw(arrays.arrays(np.float64, (spins,) * order, elements=_FLOATS))
    return tensor


@st.composite
def pure_glasses(draw: st.DrawFn, n: int | None = None, H: int | None = None) -> SphericalSpinGlass:
    """Draw pure glasses of order 2 to 5 unless H is given, drawn from a seed.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(pure_glasses(), lambda glass: glass.n > 1)
    SphericalSpinGlass(n=2, H=2, 3 couplings, float64)
    """
    order = draw(st.integers(2, 5)) if H is None else H
    spins = draw(st.integers(1, _LARGEST_N.get(order, 2))) if n is None else n
    return SphericalSpinGlass.pure(spins, order, draw(seeds()))


@st.composite
def mixed_glasses(draw: st.DrawFn, n: int | None = None) -> SphericalSpinGlass:
    """Draw sums of two or three orders from 1 to 4, with weights in [0.1, 2].

    Examples
    --------
    >>> from hypothesis import find
    >>> find(mixed_glasses(n=2), lambda glass: 3 in glass.orders).orders
    (1, 3)
    """
    orders = sorted(draw(st.sets(st.integers(1, 4), min_size=2, max_size=3)))
    weights = {H: draw(st.floats(0.1, 2.0)) for H in orders}
    spins = draw(st.integers(1, _LARGEST_N[orders[-1]])) if n is None else n
    return SphericalSpinGlass.mixed(spins, weights, draw(seeds()))


def glasses(n: int | None = None) -> st.SearchStrategy[SphericalSpinGlass]:
    """Return glasses, pure or mixed: what ``st.from_type(SphericalSpinGlass)`` gives.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(st.from_type(SphericalSpinGlass), lambda glass: glass.orders[-1] == 3)
    SphericalSpinGlass(n=1, H=3, 1 couplings, float64)
    """
    return st.one_of(pure_glasses(n=n), mixed_glasses(n=n))


@st.composite
def glasses_with_points(draw: st.DrawFn, points: int | None = None) -> tuple[SphericalSpinGlass, Array]:
    """Draw a glass and points of its sphere.

    Examples
    --------
    >>> from hypothesis import find
    >>> glass, x = find(glasses_with_points(), lambda case: case[0].n > 3)
    >>> glass.n, x.shape
    (4, (1, 4))
    """
    glass = draw(glasses())
    return glass, draw(sphere_points(n=glass.n, points=points))


@st.composite
def architectures(draw: st.DrawFn, most_layers: int = 4, most_units: int = 4) -> tuple[int, ...]:
    """Draw widths ``(n_0, ..., n_H = 1)`` with H up to ``most_layers``.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(architectures(), lambda widths: len(widths) == 3)
    (1, 1, 1)
    """
    H = draw(st.integers(1, most_layers))
    return (*draw(st.tuples(*[st.integers(1, most_units)] * H)), 1)


@st.composite
def uniform_architectures(draw: st.DrawFn, most_paths: int = 1024) -> tuple[tuple[int, ...], int]:
    """Draw widths and a number Lambda of unique weights whose H-tuples the paths can use equally often.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(uniform_architectures(), lambda case: case[1] == 2)
    ((2, 1), 2)
    """
    H = draw(st.integers(1, 4))
    size = draw(st.integers(1, max(2, int(most_paths ** (1 / (H + 1))))))
    copies = draw(st.integers(1, 2))
    return ((size * copies,) + (size,) * (H - 1) + (1,)), size


@st.composite
def networks(draw: st.DrawFn, widths: tuple[int, ...] | None = None) -> ReLUNetwork:
    """Draw ReLU networks with normal weights, with and without the last ReLU.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(networks(), lambda net: net.H == 2)
    ReLUNetwork(widths=(1, 1, 1), 2 weights, 1 paths, last_relu=False)
    """
    layers = draw(architectures()) if widths is None else widths
    return ReLUNetwork.random(layers, draw(seeds()), last_relu=draw(st.booleans()))


@st.composite
def inputs(draw: st.DrawFn, d: int, batch: int | None = None) -> Array:
    """Draw standard normal inputs, shape (batch, d).

    Examples
    --------
    >>> from hypothesis import find
    >>> find(inputs(d=3), lambda X: len(X) > 1).shape
    (2, 3)
    """
    rows = draw(st.integers(1, 5)) if batch is None else batch
    return np.random.default_rng(draw(seeds())).standard_normal((rows, d))


@st.composite
def networks_with_inputs(draw: st.DrawFn, margin: float = 1e-3) -> tuple[ReLUNetwork, Array]:
    """Draw a network and inputs at which no rectified unit's preactivation is within ``margin`` of 0.

    Examples
    --------
    >>> from hypothesis import find
    >>> net, X = find(networks_with_inputs(), lambda case: case[0].H == 3)
    >>> bool((net.distance_to_kink(X) > 1e-3).all())
    True
    """
    net = draw(networks())
    X: Array = draw(inputs(net.widths[0]).filter(lambda X: bool((net.distance_to_kink(X) > margin).all())))
    return net, X


@st.composite
def path_models(draw: st.DrawFn, weights: str | None = None) -> DecoupledPathModel:
    """Draw path models of either kind of weights, of at most a thousand paths; rho = 1 is the simplest.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(path_models("unique"), lambda model: model.n == 2)
    DecoupledPathModel(widths=(2, 1), rho=1, weights='unique', n=2, 2 paths)
    """
    if weights not in (None, "unique", "per-edge"):
        raise ValueError(f'weights must be "unique", "per-edge" or None for either, not {weights!r}')
    sharing = draw(st.sampled_from(["unique", "per-edge"])) if weights is None else weights
    rho = draw(st.sampled_from([1.0, 0.5, 0.2]))
    if sharing == "per-edge":
        return DecoupledPathModel(draw(architectures()), rho, "per-edge", seed=draw(seeds()))
    widths, size = draw(uniform_architectures())
    return DecoupledPathModel(widths, rho, "unique", size, seed=draw(seeds()))
