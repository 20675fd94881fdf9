"""Seeds: every function accepts an int, a ``SeedSequence`` or a ``Generator``; global random state is never used."""

from __future__ import annotations

import numpy as np

Seed = int | np.random.SeedSequence | np.random.Generator


def seed_sequence(seed: Seed) -> np.random.SeedSequence:
    """Return the ``SeedSequence`` of a seed.

    Parameters
    ----------
    seed : int, SeedSequence or Generator
        A ``SeedSequence`` is returned as it is; a ``Generator`` is advanced by 128 bits.

    Returns
    -------
    SeedSequence
        The sequence.

    Raises
    ------
    ValueError
        If ``seed`` has another type or is negative.

    Examples
    --------
    >>> seed_sequence(7).entropy
    7
    """
    if isinstance(seed, np.random.SeedSequence):
        return seed
    if isinstance(seed, np.random.Generator):
        return np.random.SeedSequence(seed.integers(2**32, size=4).tolist())
    if isinstance(seed, int | np.integer) and not isinstance(seed, bool) and seed >= 0:
        return np.random.SeedSequence(int(seed))
    raise ValueError(f"seed must be an int >= 0, a SeedSequence or a Generator, not {seed!r}; try seed=0")


def child(sequence: np.random.SeedSequence, *key: int) -> np.random.SeedSequence:
    """Return the descendant of a seed sequence with a given key; unlike ``spawn`` it does not change the sequence.

    Parameters
    ----------
    sequence : SeedSequence
        The parent.
    *key : int
        Key of the descendant, appended to the spawn key of the parent.

    Returns
    -------
    SeedSequence
        The descendant; different keys give independent streams.

    Raises
    ------
    TypeError
        If ``sequence`` is not a ``SeedSequence``.

    Examples
    --------
    >>> child(seed_sequence(7), 0, 2).spawn_key
    (0, 2)
    """
    if not isinstance(sequence, np.random.SeedSequence):
        raise TypeError(f"child needs a SeedSequence, not {sequence!r}; pass seed_sequence(seed)")
    return np.random.SeedSequence(sequence.entropy, spawn_key=(*sequence.spawn_key, *key), pool_size=sequence.pool_size)


def generator(seed: Seed) -> np.random.Generator:
    """Return a ``Generator`` for a seed.

    Parameters
    ----------
    seed : int, SeedSequence or Generator
        A ``Generator`` is returned as it is.

    Returns
    -------
    Generator
        The generator.

    Raises
    ------
    ValueError
        If ``seed`` has another type or is negative.

    Examples
    --------
    >>> bool(generator(7).random() == generator(7).random())
    True
    """
    return seed if isinstance(seed, np.random.Generator) else np.random.default_rng(seed_sequence(seed))
