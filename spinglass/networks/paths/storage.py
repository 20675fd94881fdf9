"""Storage of the form of a path model: path by path, or as packed couplings if these take less memory."""

import numpy as np
from numpy.typing import NDArray

from spinglass import couplings
from spinglass._common.memory import require_memory
from spinglass._common.types import Array
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.networks.architecture import Architecture
from spinglass.networks.paths.draws import PathDraws
from spinglass.networks.paths.expansion import edge_index
from spinglass.networks.paths.path_form import PathForm


def layered_form(draws: PathDraws, layers: Architecture) -> PathForm:
    """Return ``q sum X A prod w`` with one weight per edge, as a list of active paths; cost as `unique_form`."""
    draws.require_few()
    expected = draws.rho * draws.paths
    require_memory(
        int(2 * expected * (8 + 4 * layers.H)),
        f"active paths of {draws.paths}",
        "narrower layers or a smaller rho",
    )
    coefficients, indices = [np.empty(0)], [np.empty((0, layers.H), np.int32)]
    for paths, values in draws.blocks():
        coefficients.append(layers.q * values)
        indices.append(edge_index(layers, paths).astype(np.int32))
    return PathForm(layers.size, np.concatenate(coefficients), np.concatenate(indices))


def unique_form(draws: PathDraws, n: int, H: int) -> PathForm | SphericalSpinGlass:
    """Return ``n^{-(H-1)/2} m^{-1/2} sum X A w...w``, where each H-tuple of weights has ``m = paths / n^H`` paths.

    All paths are drawn, including inactive ones, which takes about 0.1 us per path.

    Raises
    ------
    ValueError
        If there are more than 1e9 paths, or the form does not fit in memory.
    """
    draws.require_few()
    scale = normalisation(n, H, draws.paths // n**H)
    size = couplings.size(n, H)
    dense = 16 * draws.rho * draws.paths >= 8 * size  # otherwise a list of the active paths takes less memory
    positions, values = _into_array(draws, n, H) if dense else _into_list(draws, n, H)
    if len(values) * (8 + 4 * H) < 8 * size:
        return PathForm(n, scale * values, couplings.indices(positions, n, H))
    packed = np.zeros(size)
    packed[positions] = scale * n ** ((H - 1) / 2) * values  # the spin glass has its own power of n
    return SphericalSpinGlass(n, {H: 1.0}, {H: packed})


def as_spin_glass(form: PathForm | SphericalSpinGlass) -> SphericalSpinGlass:
    """Return the spin glass with the same energy at every point.

    Raises
    ------
    ValueError
        If its packed couplings do not fit in memory.
    """
    if isinstance(form, SphericalSpinGlass):
        return form
    size = couplings.size(form.n, form.H)
    require_memory(8 * size, f"the couplings of n = {form.n}, H = {form.H}", "the model itself, which is a landscape")
    packed = np.zeros(size)
    if len(form.coefficients):
        values = form.coefficients * form.n ** ((form.H - 1) / 2)
        np.add.at(packed, couplings.ranks(form.indices, form.n), values)
    return SphericalSpinGlass(form.n, {form.H: 1.0}, {form.H: packed})


def normalisation(n: int, H: int, copies: int) -> float:
    """Return ``q = n^{-(H-1)/2} m^{-1/2}`` for n unique weights whose H-tuples have m paths each."""
    return float(n ** (-(H - 1) / 2) * copies**-0.5)


def weight_tuple(paths: NDArray[np.int64], n: int, H: int) -> NDArray[np.int64]:
    """Return the unique weights of each path, the digits of its number in base n, shape (len(paths), H)."""
    return np.stack(np.unravel_index(paths % n**H, (n,) * H), axis=1).astype(np.int64)


def _into_array(draws: PathDraws, n: int, H: int) -> tuple[NDArray[np.int64], Array]:
    size = couplings.size(n, H)
    require_memory(16 * size, f"the couplings of n = {n}, H = {H}", "a smaller size")
    packed = np.zeros(size)
    for paths, values in draws.blocks():
        np.add.at(packed, couplings.ranks(weight_tuple(paths, n, H), n), values)
    positions = np.flatnonzero(packed)
    return positions, packed[positions]


def _into_list(draws: PathDraws, n: int, H: int) -> tuple[NDArray[np.int64], Array]:
    ranks, values = [np.empty(0, np.int64)], [np.empty(0)]
    for paths, block in draws.blocks():
        ranks.append(couplings.ranks(weight_tuple(paths, n, H), n))
        values.append(block)
    positions, inverse = np.unique(np.concatenate(ranks), return_inverse=True)
    sums: Array = np.zeros(len(positions))
    np.add.at(sums, inverse, np.concatenate(values))
    return positions, sums
