"""Landscapes from functions of other libraries: PyTorch, JAX and pymanopt. Each library is imported when it is used."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np


def from_torch(energy: Callable[[Any], Any], dtype: Any = None, device: Any = None) -> SimpleNamespace:
    """Return a landscape from a PyTorch function of one point, which automatic differentiation gives its derivatives.

    Parameters
    ----------
    energy
        The energy of a point, a tensor of shape (n,), as a tensor of one number.
    dtype
        Type of the numbers of the point. Default ``torch.float64``; with ``torch.float32``, declare
        ``precision = "single"``.
    device
        Device of the point, such as ``"cuda"``. Default: the CPU.

    Returns
    -------
    landscape : types.SimpleNamespace
        An object with ``energy(x)``, ``energy_and_gradient(x)`` and ``hessian(x)`` for arrays x of shape (n,).

    Examples
    --------
    In a file for ``spinglass judge``::

        import torch
        from validation.testing import from_torch

        def landscape(n, H, seed):
            J = torch.randn((n,) * H, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)

            @from_torch
            def energy(x):
                E = J
                for _ in range(H):
                    E = E @ x
                return E / n ** ((H - 1) / 2)

            return energy
    """
    import torch

    def tensor(x: np.ndarray) -> Any:
        return torch.tensor(x, dtype=dtype or torch.float64, device=device)

    def value(x: np.ndarray) -> Any:
        with torch.no_grad():
            return energy(tensor(x))

    def energy_and_gradient(x: np.ndarray) -> tuple[Any, Any]:
        point = tensor(x).requires_grad_()
        found = energy(point)
        return found, torch.autograd.grad(found, point)[0]

    def hessian(x: np.ndarray) -> Any:
        return torch.autograd.functional.hessian(energy, tensor(x))

    return SimpleNamespace(energy=value, energy_and_gradient=energy_and_gradient, hessian=hessian)


def from_jax(energy: Callable[[Any], Any]) -> SimpleNamespace:
    """Return a landscape from a JAX function of one point, which automatic differentiation gives its derivatives.

    JAX calculates in single precision unless the file sets ``jax.config.update("jax_enable_x64", True)``. In single
    precision, declare ``precision = "single"``.

    Parameters
    ----------
    energy
        The energy of a point, an array of shape (n,), as an array of one number. It is applied to many points at once
        by ``jax.vmap``.

    Returns
    -------
    landscape : types.SimpleNamespace
        An object with ``energy(x)``, ``energy_and_gradient(x)`` and ``hessian(x)`` for arrays x of shape (points, n).

    Examples
    --------
    In a file for ``spinglass judge``::

        import jax
        import numpy as np
        from validation.testing import from_jax

        jax.config.update("jax_enable_x64", True)

        def landscape(n, H, seed):
            J = jax.numpy.asarray(np.random.default_rng(seed).standard_normal((n,) * H))

            @from_jax
            def energy(x):
                E = J
                for _ in range(H):
                    E = E @ x
                return E / n ** ((H - 1) / 2)

            return energy
    """
    import jax

    return SimpleNamespace(
        batched=True,
        energy=jax.vmap(energy),
        energy_and_gradient=jax.vmap(jax.value_and_grad(energy)),
        hessian=jax.vmap(jax.hessian(energy)),
    )


def from_pymanopt(given: Any, riemannian: bool = False) -> SimpleNamespace:
    """Return a landscape from a cost of pymanopt.

    Points of ``pymanopt.manifolds.Sphere`` have length 1: declare ``radius = "1"``.

    Parameters
    ----------
    given
        A ``pymanopt.Problem`` on a sphere, or a cost function with one of pymanopt's decorators.
    riemannian
        Whether to take the Riemannian gradient and Hessian of a problem; then declare ``gradient = "riemannian"`` and
        ``hessian = "riemannian"``. Default False: the Euclidean ones.

    Returns
    -------
    landscape : types.SimpleNamespace
        An object with ``energy(x)``, ``gradient(x)`` and ``hessian_vector(x, v)`` for arrays x and v of shape (n,).
        A cost of NumPy without derivatives is judged by its energies alone.

    Examples
    --------
    In a file for ``spinglass judge``::

        import numpy as np
        import pymanopt
        from validation.testing import from_pymanopt

        radius = "1"

        def landscape(n, H, seed):
            if H != 3:
                raise ValueError("only H = 3")
            sphere = pymanopt.manifolds.Sphere(n)
            J = np.random.default_rng(seed).standard_normal((n, n, n)) * np.sqrt(n)
            J = sum(J.transpose(axes) for axes in [(0, 1, 2), (1, 2, 0), (2, 0, 1)])

            @pymanopt.function.numpy(sphere)
            def cost(x):
                return J @ x @ x @ x / 3

            @pymanopt.function.numpy(sphere)
            def gradient(x):
                return (J + J.transpose(0, 2, 1)) @ x @ x / 2

            return from_pymanopt(pymanopt.Problem(sphere, cost, euclidean_gradient=gradient))
    """
    if not hasattr(given, "cost"):
        return SimpleNamespace(
            energy=given,
            gradient=lambda x: given.get_gradient_operator()(x),
            hessian_vector=lambda x, v: given.get_hessian_operator()(x, v),
        )
    kind = "riemannian" if riemannian else "euclidean"
    return SimpleNamespace(
        energy=given.cost,
        gradient=lambda x: getattr(given, f"{kind}_gradient")(x),
        hessian_vector=lambda x, v: getattr(given, f"{kind}_hessian")(x, v),
    )
