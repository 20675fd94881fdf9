"""A simulation of order 3 as somebody else might write it, with a dense tensor and units of its own.

Its units enter in two places only: the standard deviation of the energy, and the length of the points. Times and
temperatures are those of these energies and points.
"""

import math

import numpy as np

variance, radius = "n", "sqrt(n)"
_STEPS = 20  # per interval of times
_VARIANCES = {"n": lambda n: n, "n/2": lambda n: n / 2, "1": lambda _: 1}


class Landscape:
    def __init__(self, n, seed):
        self.length = math.sqrt(n) if radius == "sqrt(n)" else 1.0
        factor = math.sqrt(_VARIANCES[variance](n)) / self.length**3
        self.tensor = factor * np.random.default_rng((seed, 0)).standard_normal((n, n, n))
        symmetric = sum(self.tensor.transpose(order) for order in ((0, 1, 2), (1, 0, 2), (2, 1, 0)))
        self.derivative = (symmetric + symmetric.transpose(0, 2, 1)) / 2

    def energy(self, x):
        return x @ (x @ (x @ self.tensor))

    def gradient(self, x):
        return self.derivative @ x @ x

    def on_sphere(self, x):
        return self.length * x / np.linalg.norm(x)


def landscape(n, H, seed):
    assert H == 3
    return Landscape(n, seed)


def relax(n, H, seed, times, temperature=0.0):
    here, random = landscape(n, H, seed), np.random.default_rng((seed, 1))
    x = start = here.on_sphere(random.standard_normal(n))
    energies, overlaps = [], []
    for interval in np.diff(times, prepend=0.0):
        step = interval / _STEPS
        for _ in range(_STEPS if step else 0):
            gradient = here.gradient(x)
            tangential = gradient - x * (x @ gradient) / (x @ x)
            noise = math.sqrt(2 * temperature * step) * random.standard_normal(n)
            x = here.on_sphere(x - step * tangential + noise)
        energies.append(here.energy(x) / n)
        overlaps.append(x @ start / (x @ x))
    return {"energies": energies, "overlaps": overlaps}


def sample(n, H, seed, temperature, draws):
    here, random = landscape(n, H, seed), np.random.default_rng((seed, 2))
    x, found = here.on_sphere(random.standard_normal(n)), []
    energy = here.energy(x)
    for k in range(20 * (draws + 10)):
        trial = here.on_sphere(x + here.length * random.standard_normal(n) / math.sqrt(n))
        higher = here.energy(trial) - energy
        if random.random() < math.exp(-max(higher, 0.0) / temperature):
            x, energy = trial, energy + higher
        if k >= 200 and k % 20 == 19:
            found.append(x)
    return {"points": np.array(found), "energies": [here.energy(x) for x in found]}


def critical_points(n, H, seed):
    """Descend from random points by Newton's method on the sphere, and list each end once, with its antipode."""
    here, random, found = landscape(n, H, seed), np.random.default_rng((seed, 3)), []
    for _ in range(100):
        x = here.on_sphere(random.standard_normal(n))
        for _ in range(60):
            x, length = _newton(here, x)
            if length < 1e-13 * here.length:
                found += [y for y in (x, -x) if all(np.linalg.norm(y - z) > 1e-5 * here.length for z in found)]
                break
    return np.array(found).reshape(-1, n)


def _newton(here, x):
    n = len(x)
    gradient, hessian = here.gradient(x), 2 * here.derivative @ x
    multiplier = x @ gradient / (x @ x)
    bordered = np.block([[hessian - multiplier * np.eye(n), x[:, None]], [x[None], np.zeros((1, 1))]])
    step = np.linalg.solve(bordered, np.append(multiplier * x - gradient, 0.0))[:n]
    step *= min(1.0, 0.3 * here.length / max(np.linalg.norm(step), 1e-300))
    return here.on_sphere(x + step), np.linalg.norm(step)
