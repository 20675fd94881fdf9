"""One repetition of the published experiment: networks on one split of the digits, and one spin glass of each size."""

from dataclasses import dataclass

import numpy as np

from spinglass._common.seeds import child
from spinglass._common.types import Array
from validation.experiments.networks import digits, glass_descents

H = 3  # order of the interactions, as in the paper


@dataclass(frozen=True)
class Repetition:
    """The losses of networks by their number of hidden units, and energies by the number of spins.

    Attributes
    ----------
    train, test : dict of int to ndarray, shape (networks,)
        Losses of networks trained from independent starts on the same images.
    energies : dict of int to ndarray, shape (descents,)
        Energies per spin at which descents of one landscape end, at least as many as there are networks.
    """

    train: dict[int, Array]
    test: dict[int, Array]
    energies: dict[int, Array]


def network_losses(
    seed: np.random.SeedSequence,
    hidden: tuple[int, ...],
    networks: int,
    images: int | None,
    epochs: int,
    initial: digits.Initial,
) -> tuple[dict[int, Array], dict[int, Array]]:
    """Return training and test losses of networks of each size, trained on the same split of the digits."""
    data = digits.digit_data(seed, images)
    found = {units: digits.trained(data, units, networks, seed, epochs=epochs, initial=initial) for units in hidden}
    diverged = sum(int(one.diverged.sum()) for one in found.values())
    if diverged:
        raise ArithmeticError(f"{diverged} networks diverged in training")
    return (
        {units: one.train_loss for units, one in found.items()},
        {units: one.test_loss for units, one in found.items()},
    )


def glass_energies(seed: np.random.SeedSequence, spins: tuple[int, ...], descents: tuple[int, ...]) -> dict[int, Array]:
    """Return the energies per spin at which SGD ends, in one landscape of each size."""
    return {
        n: glass_descents.glass_ends(n, H, starts, "sgd", child(seed, n))["energy_per_spin"].to_numpy()
        for n, starts in zip(spins, descents, strict=True)
    }


def repeated(
    seed: np.random.SeedSequence,
    hidden: tuple[int, ...],
    spins: tuple[int, ...],
    descents: tuple[int, ...],
    networks: int,
    images: int | None,
    epochs: int,
    initial: digits.Initial,
) -> Repetition:
    """Repeat the experiment once; a simulation for :class:`validation.Reading`."""
    train, test = network_losses(seed, hidden, networks, images, epochs, initial)
    return Repetition(train, test, glass_energies(seed, spins, descents))
