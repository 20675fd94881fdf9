"""Mutants of the published experiment, and the errors that they introduce."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from spinglass._common.seeds import child
from spinglass._common.types import Array
from validation.claims._shared import perturbations
from validation.claims.choromanska.repetitions import glass_energies
from validation.experiments.networks.shapes import standardised
from validation.mutant import Mutant

_REPETITIONS = "validation.claims.choromanska.repetitions"
_READINGS = "validation.claims.choromanska.readings"
_OTHER_LANDSCAPES = 1000  # child of the seed
_Losses = tuple[Mapping[int, Array], Mapping[int, Array]]


def of_size(hidden: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Train networks of this size, whatever size is asked for."""

    def wrap(train: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *data, **options: train(*data, **(options | {"hidden": hidden}))

    return wrap


def negated(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return minus what the function returns."""
    return lambda *arguments, **named: -function(*arguments, **named)


def without_steps(descend: Callable[..., Any]) -> Callable[..., Any]:
    """Let descents end where they start."""
    return lambda *arguments, **named: descend(*arguments, **(named | {"max_iterations": 0}))


def stronger(energies_of: Callable[..., dict[int, Array]]) -> Callable[..., dict[int, Array]]:
    """Make all couplings, and therefore all energies, 10% larger."""
    return lambda *given: {n: 1.1 * energies for n, energies in energies_of(*given).items()}


def exponentials(network_losses: Callable[..., _Losses]) -> Callable[..., _Losses]:
    """Replace the test losses by the exponentials of the standardised ones."""

    def skewed(*given: Any) -> _Losses:
        train, test = network_losses(*given)
        return train, {units: np.exp(standardised(losses)) for units, losses in test.items()}

    return skewed


def exponential_energies(energies_of: Callable[..., dict[int, Array]]) -> Callable[..., dict[int, Array]]:
    """Replace the energies by the exponentials of the standardised ones."""
    return lambda *given: {n: np.exp(standardised(energies)) for n, energies in energies_of(*given).items()}


def of_other_landscapes(*spins: int) -> Callable[[Callable[..., _Losses]], Callable[..., _Losses]]:
    """Replace the losses by energies of other landscapes, of ``spins`` spins or as many as there are hidden units."""

    def wrap(network_losses: Callable[..., _Losses]) -> Callable[..., _Losses]:  # noqa: ARG001
        return lambda seed, hidden, networks, *_: (energies := _energies(seed, hidden, spins, networks), energies)

    return wrap


def _energies(
    seed: np.random.SeedSequence, hidden: tuple[int, ...], spins: tuple[int, ...], starts: int
) -> dict[int, Array]:
    """Return a tenth of the energies of one landscape for every number of hidden units."""
    other = child(seed, _OTHER_LANDSCAPES)
    found = {}
    for units in hidden:
        size = spins[0] if spins else units
        found[units] = 0.1 * glass_energies(child(other, units), (size,), (starts,))[size]
    return found


SIZE_IGNORED = Mutant(
    "size ignored",
    "every network has 10 hidden units",
    {"validation.experiments.networks.digits.train": of_size(10)},
    upstream=True,
)
UNTRAINED = Mutant(
    "untrained",
    "no training step is taken",
    {"spinglass.networks.training.steps.epoch": perturbations.does_nothing},
    upstream=True,
)
NO_DESCENT = Mutant(
    "no descent",
    "energies are those of the starting points",
    {"validation.experiments.networks.glass_descents.descend": without_steps},
    upstream=True,
)
ONE_GLASS = Mutant(
    "one size of glass",
    "every spin glass has 60 spins",
    {
        "validation.experiments.networks.glass_descents.glass_ends": lambda ends: (
            lambda n, *rest: ends(60, *rest)  # noqa: ARG005
        )
    },
    upstream=True,
)
STRONGER = Mutant(
    "stronger couplings",
    "all couplings are 10% too large",
    {f"{_REPETITIONS}.glass_energies": stronger},
    upstream=True,
)
HIGHER_BARRIER = Mutant(
    "higher barrier",
    "the barrier lies 7% too high",
    {f"{_READINGS}.barrier": perturbations.times(0.93)},
)
EXPONENTIALS = Mutant(
    "exponentials",
    "test losses are replaced by the exponentials of the standardised ones, which raises the mean skewness of eight "
    "normal numbers from 0 to 1.2",
    {f"{_REPETITIONS}.network_losses": exponentials},
    upstream=True,
)
EXPONENTIAL_ENERGIES = Mutant(
    "exponential energies",
    "energies, instead of test losses, are replaced by such exponentials",
    {f"{_REPETITIONS}.glass_energies": exponential_energies},
    upstream=True,
)
LOSSES_OF_SMALL_GLASSES = Mutant(
    "losses of small glasses",
    "losses are a tenth of the energies of descents in other landscapes of 25 spins",
    {f"{_REPETITIONS}.network_losses": of_other_landscapes(25)},
    upstream=True,
    verdict="agrees",
)
LOSSES_OF_GLASSES = Mutant(
    "losses of glasses",
    "losses are a tenth of the energies of descents in other landscapes with as many spins as hidden units",
    {f"{_REPETITIONS}.network_losses": of_other_landscapes()},
    upstream=True,
    verdict="agrees",
)
NEGATED = Mutant(
    "Hessian negated",
    "the Hessian has the wrong sign",
    {"spinglass.networks.curvature.layer_hessians.LayerHessians.hessian": negated},
    upstream=True,
)
