"""Hypothesis strategies for property-based tests: points, couplings, glasses, networks and inputs.

Examples shrink towards few spins, low orders, narrow layers and seed 0. ``st.from_type`` supports
`SphericalSpinGlass`, `ReLUNetwork` and `DecoupledPathModel` without further imports.

Example of a test of your own energy function::

    from hypothesis import given
    from spinglass import SphericalSpinGlass
    from validation import strategies

    @given(strategies.glasses_with_points())
    def test_my_energy(case):
        glass, x = case
        assert np.allclose(my_energy(glass.to_tensor(), x), glass.energy(x), rtol=1e-12, atol=1e-12)

Hypothesis reports a failure with the fewest spins and the lowest order for which it occurs, as calls that reproduce it:
``case=(SphericalSpinGlass.pure(2, 3, 0), random_points(2, 1, 0))``, where ``random_points`` is from `spinglass.sphere`.
Tensors and inputs have few digits, so that the printed array is the array that was used.

The first strategy that is created compiles the kernels of the models, or loads them from the cache. The first example
of a test therefore does not exceed Hypothesis's default deadline. Other functions, such as `spinglass.descend`, are
compiled at their first call: call them once at the top of the test file.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from spinglass import SphericalSpinGlass, sphere
from spinglass._common.types import Array
from spinglass.networks import DecoupledPathModel, ReLUNetwork

_LARGEST_N = {1: 8, 2: 8, 3: 6, 4: 5, 5: 4, 6: 3}
_P = ParamSpec("_P")
_R = TypeVar("_R")
_Strategies = Callable[_P, st.SearchStrategy[_R]]


def _few_digits(value: float) -> float:
    """Round to four digits: NumPy prints such numbers completely."""
    return float(f"{value:.4g}")


_FLOATS = st.floats(-3, 3, allow_subnormal=False).map(_few_digits)


def _prepared(strategies: _Strategies[_P, _R]) -> _Strategies[_P, _R]:
    """Compile the kernels of the models when a strategy is created, not when an example is drawn."""

    @wraps(strategies)
    def made(*args: _P.args, **named: _P.kwargs) -> st.SearchStrategy[_R]:
        _compile_kernels()
        return strategies(*args, **named)

    return made


@cache
def _compile_kernels() -> None:
    """Call all compiled methods of the models once, for a single point and for a batch."""
    pure = [SphericalSpinGlass.pure(2, H, 0) for H in (2, 3, 4, 5)]
    for glass in pure:
        SphericalSpinGlass.from_tensor(glass.to_tensor())
    for landscape in (*pure, SphericalSpinGlass.mixed(2, {1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0}, 0)):
        for batch in (1, 5):
            x = sphere.random_points(2, batch, 0)
            landscape.energy_and_gradient(x)
            landscape.energy(x)
            landscape.stochastic_gradient(x, 0, 2)
            landscape.hessian_vector(x, x)
            sphere.hessian_eigenvalues(landscape, x)
    # Models with shared weights store packed couplings or, if few paths are active, a list of active paths.
    shared = [DecoupledPathModel((4, 2, 1), rho, "unique", 2, seed=0) for rho in (1.0, 0.0)]
    for model in (*shared, DecoupledPathModel((2, 2, 1), 0.5, "per-edge", seed=0)):
        for batch in (1, 5):
            w = sphere.random_points(model.n, batch, 0)
            model.energy_and_gradient(w)
            model.hessian_vector(w, w)
            model.path_terms(w)
            model.hinge_loss(w, 1.0)
            model.spin_glass()


def _written(draw: st.DrawFn, make: Callable[..., _R], *args: Any, **named: Any) -> _R:
    """Return ``make(*args, **named)``; Hypothesis reports this call."""
    return draw(st.builds(_named(make), *map(st.just, args), **{name: st.just(arg) for name, arg in named.items()}))


def _named(make: Callable[..., _R]) -> Callable[..., _R]:
    """Return the function with its full name, such as ``SphericalSpinGlass.pure``, for reports."""

    def call(*args: Any, **named: Any) -> _R:
        return make(*args, **named)

    call.__name__ = make.__qualname__
    return call


def seeds() -> st.SearchStrategy[int]:
    """Return a strategy for seeds, which are whole numbers below 2^32.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(seeds(), lambda seed: True)
    0
    """
    return st.integers(0, 2**32 - 1)


@_prepared
@st.composite
def sphere_points(draw: st.DrawFn, n: int | None = None, points: int | None = None) -> Array:
    """Draw points uniformly on the sphere ``|x|^2 = n``, shape (points, n).

    Parameters
    ----------
    n
        Number of spins; default: drawn from 1 to 8.
    points
        Number of points; default: drawn from 1 to 5.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(sphere_points(), lambda x: x.shape[1] > 2).shape
    (1, 3)
    """
    spins = draw(st.integers(1, 8)) if n is None else n
    size = draw(st.integers(1, 5)) if points is None else points
    return _written(draw, sphere.random_points, spins, size, draw(seeds()))


@st.composite
def coupling_tensors(draw: st.DrawFn, n: int | None = None, H: int | None = None) -> Array:
    """Draw tensors of shape (n,)*H with entries in [-3, 3], not symmetric; entries shrink to zero one by one.

    Parameters
    ----------
    n
        Number of spins; default: drawn from 1 to 3.
    H
        Order of the tensor; default: drawn from 2 to 4.

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


@_prepared
@st.composite
def pure_glasses(draw: st.DrawFn, n: int | None = None, H: int | None = None) -> SphericalSpinGlass:
    """Draw pure glasses with couplings from a random seed.

    Parameters
    ----------
    n
        Number of spins; default: drawn, at most 8 for H = 2 and fewer for larger H.
    H
        Interaction order; default: drawn from 2 to 5.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(pure_glasses(), lambda glass: glass.n > 1)
    SphericalSpinGlass(n=2, H=2, 3 couplings, float64)
    """
    order = draw(st.integers(2, 5)) if H is None else H
    spins = draw(st.integers(1, _LARGEST_N.get(order, 2))) if n is None else n
    return _written(draw, SphericalSpinGlass.pure, spins, order, draw(seeds()))


@_prepared
@st.composite
def mixed_glasses(draw: st.DrawFn, n: int | None = None) -> SphericalSpinGlass:
    """Draw mixed glasses of two or three orders from 1 to 4, with weights in [0.1, 2].

    Parameters
    ----------
    n
        Number of spins; default: drawn, at most 8.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(mixed_glasses(n=2), lambda glass: 3 in glass.orders).orders
    (1, 3)
    """
    orders = sorted(draw(st.sets(st.integers(1, 4), min_size=2, max_size=3)))
    weights = {H: draw(st.floats(0.1, 2.0)) for H in orders}
    spins = draw(st.integers(1, _LARGEST_N[orders[-1]])) if n is None else n
    return _written(draw, SphericalSpinGlass.mixed, spins, weights, draw(seeds()))


@_prepared
def glasses(n: int | None = None) -> st.SearchStrategy[SphericalSpinGlass]:
    """Return a strategy for pure and mixed glasses, which ``st.from_type(SphericalSpinGlass)`` uses.

    Parameters
    ----------
    n
        Number of spins; default: drawn, at most 8.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(st.from_type(SphericalSpinGlass), lambda glass: glass.orders[-1] == 3)
    SphericalSpinGlass(n=1, H=3, 1 couplings, float64)
    """
    return st.one_of(pure_glasses(n=n), mixed_glasses(n=n))


@_prepared
@st.composite
def glasses_with_points(draw: st.DrawFn, points: int | None = None) -> tuple[SphericalSpinGlass, Array]:
    """Draw a glass and points on its sphere, shape (points, n).

    Parameters
    ----------
    points
        Number of points; default: drawn from 1 to 5.

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
    """Draw the widths ``(n_0, ..., n_H = 1)`` of a network with H layers.

    Parameters
    ----------
    most_layers
        Largest H. Default 4.
    most_units
        Largest width. Default 4.

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
    """Draw widths and a number Lambda of unique weights such that the paths can use all H-tuples equally often.

    Parameters
    ----------
    most_paths
        Bound on ``Lambda^(H+1)``; there are at most ``2 Lambda^H`` paths. Default 1024.

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


@_prepared
@st.composite
def networks(draw: st.DrawFn, widths: tuple[int, ...] | None = None) -> ReLUNetwork:
    """Draw ReLU networks with normal weights, with or without a ReLU at the output.

    Parameters
    ----------
    widths
        Widths of the layers; default: drawn from :func:`architectures`.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(networks(), lambda net: net.H == 2)
    ReLUNetwork(widths=(1, 1, 1), 2 weights, 1 paths, last_relu=False)
    """
    layers = draw(architectures()) if widths is None else widths
    return _written(draw, ReLUNetwork.random, layers, draw(seeds()), last_relu=draw(st.booleans()))


@st.composite
def inputs(draw: st.DrawFn, d: int, batch: int | None = None) -> Array:
    """Draw standard normal inputs, rounded to six decimals, shape (batch, d).

    Parameters
    ----------
    d
        Dimension of the inputs.
    batch
        Number of inputs; default: drawn from 1 to 5.

    Examples
    --------
    >>> from hypothesis import find
    >>> find(inputs(d=3), lambda X: len(X) > 1).shape
    (2, 3)
    """
    rows = draw(st.integers(1, 5)) if batch is None else batch
    return np.round(np.random.default_rng(draw(seeds())).standard_normal((rows, d)), 6)


@_prepared
@st.composite
def networks_with_inputs(draw: st.DrawFn, margin: float = 1e-3) -> tuple[ReLUNetwork, Array]:
    """Draw a network and inputs for which the preactivations of all ReLUs differ from 0.

    Parameters
    ----------
    margin
        Smallest absolute value of a preactivation. Default 1e-3.

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


@_prepared
@st.composite
def path_models(draw: st.DrawFn, weights: str | None = None) -> DecoupledPathModel:
    """Draw path models with at most a thousand paths; examples shrink to rho = 1.

    Parameters
    ----------
    weights
        ``"unique"`` or ``"per-edge"``; default: either.

    Raises
    ------
    ValueError
        If ``weights`` is unknown.

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
        return _written(draw, DecoupledPathModel, draw(architectures()), rho, "per-edge", seed=draw(seeds()))
    widths, size = draw(uniform_architectures())
    return _written(draw, DecoupledPathModel, widths, rho, "unique", size, seed=draw(seeds()))
