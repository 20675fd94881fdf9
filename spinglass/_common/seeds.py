"""Seeds: an int, a ``SeedSequence`` or a ``Generator`` is taken everywhere, global state never touched."""

import numpy as np

Seed = int | np.random.SeedSequence | np.random.Generator


def seed_sequence(seed: Seed) -> np.random.SeedSequence:
    """Return the ``SeedSequence`` of a seed; a ``Generator`` is advanced by 128 bits.

    Raises
    ------
    ValueError
        If ``seed`` is none of the three, or a negative int.
    """
    if isinstance(seed, np.random.SeedSequence):
        return seed
    if isinstance(seed, np.random.Generator):
        return np.random.SeedSequence(seed.integers(2**32, size=4).tolist())
    if isinstance(seed, int | np.integer) and not isinstance(seed, bool) and seed >= 0:
        return np.random.SeedSequence(int(seed))
    raise ValueError(f"seed must be an int >= 0, a SeedSequence or a Generator, not {seed!r}; try seed=0")


def child(sequence: np.random.SeedSequence, *key: int) -> np.random.SeedSequence:
    """Return the descendant of ``sequence`` named ``key``; unlike ``spawn`` it leaves ``sequence`` as it is."""
    return np.random.SeedSequence(sequence.entropy, spawn_key=(*sequence.spawn_key, *key), pool_size=sequence.pool_size)


def generator(seed: Seed) -> np.random.Generator:
    """Return a ``Generator`` for a seed; a ``Generator`` is returned as it is."""
    return seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed_sequence(seed))
