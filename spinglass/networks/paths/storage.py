"""How a path model's form is stored: path by path, or as packed couplings where those are fewer bytes."""

import numpy as np
from numpy.typing import NDArray

from spinglass import couplings
from spinglass._common.memory import require_memory
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.landscape import Array
from spinglass.networks.architecture import Architecture
from spinglass.networks.paths.draws import PathDraws
from spinglass.networks.paths.expansion import edge_index
from spinglass.networks.paths.path_form import PathForm


def layered_form(draws: PathDraws, layers: Architecture) -> PathForm:
    """Return ``q sum X A prod w`` with one weight an edge, its active paths listed; the cost is `unique_form`'s."""
    draws.require_few()
    expected = draws.rho * draws.paths
    require_memory(
        int(2 * expected * (8 + 4 * layers.H)), f"the active of {draws.paths} paths", "narrower layers or a smaller rho"
    )
    coefficients, indices = [np.empty(0)], [np.empty((0, layers.H), np.int32)]
    for paths, values in draws.blocks():
        coefficients.append(layers.q * values)
        indices.append(edge_index(layers, paths).astype(np.int32))
    return PathForm(layers.size, np.concatenate(coefficients), np.concatenate(indices))


def unique_form(draws: PathDraws, n: int, H: int) -> PathForm | SphericalSpinGlass:
    """Return ``n^{-(H-1)/2} m^{-1/2} sum X A w...w``, each H-tuple of n weights on ``m = paths / n^H`` paths.

    Every path is drawn, active or not: about 0.1 us each, at the model's first use.

    Raises
    ------
    ValueError
        If there are more than 1e9 paths, or the form does not fit in memory.
    """
    draws.require_few()
    scale = normalisation(n, H, draws.paths // n**H)
    size = couplings.size(n, H)
    dense = 16 * draws.rho * draws.paths >= 8 * size  # else a list of the active paths takes less than all couplings
    positions, values = _into_array(draws, n, H) if dense else _into_list(draws, n, H)
    if len(values) * (8 + 4 * H) < 8 * size:
        return PathForm(n, scale * values, couplings.indices(positions, n, H))
    packed = np.zeros(size)
    packed[positions] = scale * n ** ((H - 1) / 2) * values  # the glass brings its own power of n
    return SphericalSpinGlass(n, {H: 1.0}, {H: packed})


def as_spin_glass(form: PathForm | SphericalSpinGlass) -> SphericalSpinGlass:
    """Return the glass of the same energy at every point.

    Raises
    ------
    ValueError
        If its packed couplings will not fit in memory.
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
    """Return ``q = n^{-(H-1)/2} m^{-1/2}`` of n unique weights with every tuple on m paths."""
    return float(n ** (-(H - 1) / 2) * copies**-0.5)


def weight_tuple(paths: NDArray[np.int64], n: int, H: int) -> NDArray[np.int64]:
    """Return which of n unique weights each path takes: the digits of its number in base n, shape (len(paths), H)."""
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
