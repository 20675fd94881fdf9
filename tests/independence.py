"""What independent streams of random numbers must pass, whatever they are drawn for."""

from contextlib import contextmanager
from unittest import mock

import numpy as np

from spinglass.descent import scale
from spinglass.sampling import noise

ALARM = 5.5  # standard errors: two independent streams fail with probability 4e-8, a thousand pairs with 4e-5


def independent(*streams):
    """Assert that streams share no number, wherever it stands, and that numbers at the same place are uncorrelated.

    A double drawn at random is equal to another one, up to 1e-12, with a probability of 1e-12: of streams of a
    thousand numbers each 1e-6. Seeds are fixed: the false-alarm rates are those of another seed.
    """
    streams = [np.ravel(stream) for stream in streams]
    digits = [np.unique(np.round(stream, 12)) for stream in streams]
    shared = sum(map(len, digits)) - len(np.unique(np.concatenate(digits)))
    most = sum(map(len, digits)) ** 2 * 1e-12
    assert shared <= 2 + 2 * most, f"{shared} numbers stand in two streams"
    uncorrelated(*streams)


def uncorrelated(*streams):
    """Assert that numbers at the same place of two streams have no correlation, for any two of them."""
    length = min(map(np.size, streams))
    rows = np.array([np.ravel(stream)[:length] for stream in streams], dtype=np.float64)
    rows -= rows.mean(axis=1, keepdims=True)
    rows /= np.sqrt((rows**2).mean(axis=1, keepdims=True))
    for shape in (lambda x: x, np.abs):  # of numbers that differ in sign alone the sizes are the same
        values = shape(rows) - shape(rows).mean(axis=1, keepdims=True)
        size = np.sqrt((values**2).sum(axis=1))
        correlation = values @ values.T / np.maximum(np.outer(size, size), np.finfo(float).tiny)
        np.fill_diagonal(correlation, 0.0)
        worst = np.unravel_index(np.abs(correlation).argmax(), correlation.shape)
        assert np.abs(correlation[worst]) * np.sqrt(length) < ALARM, f"streams {worst}: {correlation[worst]:.3f}"


@contextmanager
def streams_used():
    """Yield a list to which the name of every child seed is added from which a block draws.

    The points at which every descent measures the scale of its energies are the same on purpose, and left out.
    """
    used = []
    default_rng, child = np.random.default_rng, noise.child

    def recorded_generator(seed=None):
        if isinstance(seed, np.random.SeedSequence) and seed.entropy != scale._SEED:
            used.append((str(seed.entropy), seed.spawn_key, "generator"))
        return default_rng(seed)

    def recorded_child(sequence, *key):
        used.append((str(sequence.entropy), (*sequence.spawn_key, *key), "noise"))
        return child(sequence, *key)

    with (
        mock.patch.object(np.random, "default_rng", recorded_generator),
        mock.patch.object(noise, "child", recorded_child),
    ):
        yield used
