"""Landscapes from functions of PyTorch, JAX and pymanopt, by the examples of their descriptions."""

import inspect
import textwrap
from functools import cache

import numpy as np
import pytest

from validation.subjects.adapters import from_jax, from_pymanopt, from_torch
from validation.subjects.functions import Functions
from validation.subjects.subject import AnswerError

X = np.random.default_rng(0).standard_normal((3, 4))


@cache
def example(adapter):
    """Return what the example in the description of an adapter defines."""
    pytest.importorskip(adapter.__name__.removeprefix("from_"))
    code = textwrap.dedent(inspect.getdoc(adapter).split("spinglass judge``::\n")[1])
    names = {}
    exec(code, names)
    return names


def ask(make, *wanted, x=X):
    return Functions({"landscape": make}).ask("landscape", n=x.shape[1], H=3, seed=1, x=x, wanted=wanted)


def differences(make):
    """Return gradients and Hessians from energies, by differences that are exact for polynomials of degree 3."""
    n, axes = X.shape[1], np.eye(X.shape[1])
    sums, turned = ((axes[:, None] + sign * axes).reshape(-1, n) for sign in (1, -1))
    steps = np.concatenate([axes, -axes, 2 * axes, -2 * axes, sums, -sums, turned, -turned])
    energy = ask(make, "energy", x=(X[:, None] + steps).reshape(-1, n))["energy"].reshape(len(X), -1)
    one, back, two, two_back = energy[:, : 4 * n].reshape(len(X), 4, n).swapaxes(0, 1)
    up, down, right, left = energy[:, 4 * n :].reshape(len(X), 4, n, n).swapaxes(0, 1)
    return (8 * (one - back) - two + two_back) / 12, (up + down - right - left) / 4


@pytest.mark.slow
@pytest.mark.parametrize("adapter", [from_torch, from_jax, from_pymanopt])
def test_the_example_gives_the_derivatives_of_its_energy(adapter):
    make = example(adapter)["landscape"]
    gradient, hessian = differences(make)
    np.testing.assert_allclose(ask(make, "energy", "gradient")["gradient"], gradient, rtol=1e-10, atol=1e-10)
    if adapter is not from_pymanopt:  # the example has no Hessian
        np.testing.assert_allclose(ask(make, "hessian")["hessian"], hessian, rtol=1e-10, atol=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("adapter", [from_torch, from_jax, from_pymanopt])
def test_the_energy_of_the_example_has_the_declared_variance(adapter):
    found = example(adapter)
    length = float(found.get("radius", np.sqrt(4)))
    x = length * X[:1] / np.linalg.norm(X[0])
    energies = [
        Functions({"landscape": found["landscape"]}).ask("landscape", n=4, H=3, seed=s, x=x, wanted=("energy",))
        for s in range(150)
    ]
    # The mean square of 150 normal numbers of variance 4 has a standard error of 0.46.
    assert np.mean([energy["energy"] ** 2 for energy in energies]) == pytest.approx(4, abs=4 * 0.46)


@pytest.mark.slow
@pytest.mark.parametrize("whole_problem", [True, False])
def test_pymanopt_differentiates_a_cost_of_jax(whole_problem):
    pymanopt = pytest.importorskip("pymanopt")
    jnp = pytest.importorskip("jax.numpy")
    J = np.random.default_rng(1).standard_normal((4, 4, 4))
    sphere = pymanopt.manifolds.Sphere(4)
    cost = pymanopt.function.jax(sphere)(lambda x: jnp.asarray(J) @ x @ x @ x)

    def make(n, H, seed):
        return from_pymanopt(pymanopt.Problem(sphere, cost) if whole_problem else cost)

    gradient, hessian = differences(make)
    found = ask(make, "gradient", "hessian")
    np.testing.assert_allclose(found["gradient"], gradient, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(found["hessian"], hessian, rtol=1e-10, atol=1e-10)


def test_the_riemannian_gradient_of_pymanopt_is_projected():
    pymanopt = pytest.importorskip("pymanopt")
    sphere = pymanopt.manifolds.Sphere(4)
    problem = pymanopt.Problem(
        sphere,
        pymanopt.function.numpy(sphere)(lambda x: x[0]),
        riemannian_gradient=pymanopt.function.numpy(sphere)(lambda x: np.eye(4)[0] - x[0] * x),
    )
    x = X / np.linalg.norm(X, axis=1, keepdims=True)
    found = ask(lambda n, H, seed: from_pymanopt(problem, riemannian=True), "gradient", x=x)
    np.testing.assert_allclose((found["gradient"] * x).sum(axis=1), 0, atol=1e-15)
    with pytest.raises(AnswerError, match="No autodiff support available for the NumPy backend"):
        ask(lambda n, H, seed: from_pymanopt(problem), "gradient", x=x)


def test_torch_in_single_precision():
    torch = pytest.importorskip("torch")
    assert from_torch(lambda x: x.sum(), dtype=torch.float32).energy(np.ones(3)).dtype == torch.float32
