"""Counter-based random numbers: NumPy's Philox is the same cipher, and the normals are normal."""

import numpy as np
import pytest
import scipy.stats

from spinglass.sampling import noise


@pytest.mark.parametrize("counter", [(1, 0, 0), (2**40, 17, 3), (5, 2**50, 2**20)])
def test_words_are_those_of_numpys_philox(counter):
    block, step, stream = counter
    key = noise.row_keys(5, 3)[2]
    words = np.empty(4, np.uint64)
    noise.philox(key, step, stream, block, words)
    # NumPy counts up before it enciphers.
    peer = np.random.Philox(key=key, counter=np.array([block - 1, step, stream, 0], dtype=np.uint64))
    assert words.tolist() == peer.random_raw(4).tolist()


def test_normals_are_normal_and_independent():
    key = noise.row_keys(0, 1)[0]
    draws = np.empty((400, 250))
    for step, out in enumerate(draws):
        noise.normals(key, step, 0, out)
    # One fixed seed: each of these fails by chance with probability 1e-3 at another one.
    assert scipy.stats.kstest(draws.ravel(), "norm").pvalue > 1e-3
    for a, b in [(draws[:, :-1], draws[:, 1:]), (draws[:-1], draws[1:]), (draws[:, ::2], draws[:, 1::2])]:
        correlation = np.mean(a * b)
        assert abs(correlation) * np.sqrt(a.size) < 3.3
    uniforms = [noise.uniform(key, step, 1, 0) for step in range(20_000)]
    assert scipy.stats.kstest(uniforms, "uniform").pvalue > 1e-3


def test_a_number_depends_on_its_place_alone():
    keys = noise.row_keys(3, 4)
    assert len({tuple(key) for key in keys}) == 4
    long, short = np.empty(31), np.empty(6)
    noise.normals(keys[1], 7, 0, long)
    noise.normals(keys[1], 7, 0, short)
    assert np.array_equal(long[:6], short)
    noise.normals(keys[1], 7, 1, short)
    assert not np.isin(short, long).any()
