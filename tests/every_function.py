"""Print a digest of what each public function returns, computed in this order: ``python every_function.py ORDER``.

``ORDER`` is ``forwards`` or ``backwards``.
"""

import dataclasses
import hashlib
import sys

import numpy as np
import pandas as pd

import spinglass
import theory
from spinglass import SphericalSpinGlass, networks, regression, sampling, sphere
from spinglass.descent.loop import METHODS
from spinglass.networks.curvature import curvature, solution_index
from spinglass.networks.layers import LayeredNetwork
from spinglass.networks.linear.glass import linear_glass
from spinglass.sampling.noise import row_keys

WEIGHTS = {"H=2": {2: 1.0}, "H=3": {3: 1.0}, "H=5": {5: 1.0}, "mixed": {1: 1.0, 2: 0.5, 4: 1.0}}
GLASSES = {name: SphericalSpinGlass.mixed(8, weights, seed=1) for name, weights in WEIGHTS.items()}
SINGLE = SphericalSpinGlass.pure(8, 3, seed=1, dtype=np.float32)
POINTS = sphere.random_points(8, 37, seed=2)
SMALL = SphericalSpinGlass.mixed(3, {1: 0.2, 3: 1.0}, seed=0)
NETWORK = networks.ReLUNetwork.random((5, 4, 3, 1), seed=0)
INPUTS = np.random.default_rng(0).standard_normal((40, 5))
LABELS = (INPUTS[:, 0] * INPUTS[:, 1] > 0).astype(int)
PATHS = networks.DecoupledPathModel((3, 3, 3, 1), rho=0.5, weights="unique", size=3, seed=0)


def _of_glass(glass):
    yield "energy", lambda: glass.energy(POINTS)
    yield "energy_and_gradient", lambda: glass.energy_and_gradient(POINTS)
    yield (
        "of few points",
        lambda: [glass.energy_and_gradient(POINTS[:3]), glass.hessian_vector(POINTS[:3], POINTS[3:6])],
    )
    yield "hessian", lambda: glass.hessian(POINTS[:3])
    yield "hessian_vector", lambda: glass.hessian_vector(POINTS, POINTS[::-1].copy())
    yield "stochastic_gradient", lambda: glass.stochastic_gradient(POINTS, 1, 3)
    yield "check_derivatives", lambda: spinglass.check_derivatives(glass, seed=0)


def _descents():
    for method in METHODS:
        yield method, lambda method=method: spinglass.descend(GLASSES["mixed"], POINTS[:6], method=method)
    yield "messages", lambda: spinglass.pass_messages(GLASSES["mixed"], {2: 1.0, 4: 0.5}, POINTS, steps=5)
    yield "hessian_ascent", lambda: spinglass.hessian_ascent(GLASSES["mixed"], steps=10, starts=2, seed=0)


def _critical_points():
    yield "enumerate", lambda: spinglass.enumerate_critical_points(SMALL, certify="all")
    yield "quadratic", lambda: spinglass.enumerate_critical_points(GLASSES["H=2"])
    yield "graph", lambda: spinglass.landscape_graph(spinglass.enumerate_critical_points(SMALL))


def _samples():
    glass = GLASSES["mixed"]
    two = SphericalSpinGlass.mixed(8, {1: 1.0, 4: 1.0}, seed=1)  # kernels are compiled for each number of orders
    chain = sampling.Langevin(glass, 1.0, 0.01)
    yield "langevin", lambda: chain.step(chain.init(POINTS[:3], seed=0), steps=5)
    yield "hmc", lambda: sampling.sample(glass, 1.0, sweeps=20, chains=3, seed=0)
    yield "temper", lambda: sampling.temper([two], sampling.geometric_ladder(0.7, 2.0, 3), sweeps=20, seed=0)
    yield "anneal", lambda: sampling.anneal(glass, POINTS[:6])
    yield "noise", lambda: row_keys(0, 3)


def _networks():
    layered = LayeredNetwork([np.ones((3, 2)), np.ones((2, 1))], activation="tanh")
    found = curvature(layered, INPUTS[:, :3], LABELS[:, None])
    yield "relu", lambda: [NETWORK.forward(INPUTS), *NETWORK.gradient(INPUTS)]
    yield "paths", lambda: [networks.path_sum(NETWORK, INPUTS), *networks.path_gradient(NETWORK, INPUTS)]
    yield (
        "decoupled",
        lambda: [PATHS.energy_and_gradient(POINTS[:6, :3]), PATHS.hessian_vector(POINTS[:6, :3], POINTS[6:12, :3])],
    )
    yield "curvature", lambda: [found.gradient, found.hessian(), solution_index(found)]
    yield "train", lambda: networks.train(INPUTS, LABELS, hidden=8, networks=3, epochs=5, seed=1)
    yield (
        "linear",
        lambda: linear_glass(networks.LinearProblem(np.eye(2), np.diag([4.0, 1.0]), (2, 1, 2))).energy(np.ones(4)),
    )
    yield "regression", lambda: regression.fit_polynomial(INPUTS[:, 0], INPUTS[:, 1], 3).coefficients


def _theory():
    # With a step given, the uniform grid ends early; 15 lies on the dilating one.
    yield "relaxation", lambda: theory.relaxation([0.0, 0.2], {2: 0.5, 3: 1.0}, T=0.3, step=0.01)
    yield "signal", lambda: theory.relaxation([0.2], 3, signal={2: 0.5}, start_overlap=0.3, step=0.01)
    yield "long relaxation", lambda: theory.relaxation([15.0], 3, waiting_times=[1.0], step=0.05)


def functions():
    """Return what is computed, by name."""
    groups = {f"glass {name}": _of_glass(glass) for name, glass in (GLASSES | {"single": SINGLE}).items()}
    groups |= {"descent": _descents(), "critical points": _critical_points(), "sampling": _samples()}
    groups |= {"networks": _networks(), "theory": _theory()}
    return {f"{group}: {name}": call for group, calls in groups.items() for name, call in calls}


def numbers(value):
    """Yield the arrays within a result."""
    if isinstance(value, np.ndarray | float | int | complex | np.generic):
        yield np.asarray(value)
    elif isinstance(value, pd.DataFrame):
        yield from (value[name].to_numpy() for name in value if value[name].dtype.kind in "fiub")
    elif isinstance(value, list | tuple):
        for part in value:
            yield from numbers(part)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from numbers(getattr(value, field.name))


def main(order):
    """Compute in this order, and print in alphabetical order."""
    found = {}
    calls = list(functions().items())
    for name, call in reversed(calls) if order == "backwards" else calls:
        arrays = list(numbers(call()))
        assert sum(array.size for array in arrays) > 0, name
        found[name] = hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()[:16]
    for name in sorted(found):
        print(f"{name}\t{found[name]}")


if __name__ == "__main__":
    main(sys.argv[1])
