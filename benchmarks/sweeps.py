"""Energy and gradient of one point and of batches, compared with dense tensors and the machine's limits."""

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks import machine
from benchmarks.timing import Result, best_time, duration, isolated
from spinglass import SphericalSpinGlass, couplings, sphere


def _points(n: int, batch: int) -> np.ndarray:
    return sphere.random_points(n, batch, seed=1)


def ours(n: int, H: int, batch: int) -> float:
    """Seconds for energies and gradients of a batch (of one point for batch = 0)."""
    glass = SphericalSpinGlass.pure(n, H, seed=0)
    x = _points(n, max(batch, 1))
    point = x if batch else x[0]
    return best_time(lambda: glass.energy_and_gradient(point))


def _tensor(n: int) -> np.ndarray:
    # Any dense tensor costs the same; drawing it as floats of one pass keeps the n = 1000 case short.
    J = np.random.default_rng(0).standard_normal((n, n, n))
    J /= n
    return J


def einsum(n: int, batch: int) -> float:  # noqa: ARG001  peers take the same arguments
    """NumPy: einsum on the dense tensor, at one point."""
    J, x = _tensor(n), _points(n, 1)[0]
    return best_time(lambda: np.einsum("ijk,j,k->i", J, x, x))


def torch_dense(n: int, batch: int) -> float:
    """Torch: two matrix products on the dense symmetric tensor, the gradient by hand."""
    import torch

    J, x = torch.from_numpy(_tensor(n)), torch.from_numpy(_points(n, max(batch, 1)))
    flat = J.reshape(n * n, n)

    def one() -> object:
        gradient = (flat @ x[0]).reshape(n, n) @ x[0]
        return gradient @ x[0], 3 * gradient

    def many() -> object:
        results = []
        for part in x.split(128):  # the intermediate of the whole batch would not fit in cache, or in memory
            gradient = torch.einsum("ijb,bj->bi", (flat @ part.T).reshape(n, n, -1), part)
            results.append(((gradient * part).sum(1), 3 * gradient))
        return results

    return best_time(many if batch else one)


def torch_autograd(n: int, batch: int) -> float:
    """Torch: the energy on the dense tensor, the gradient by automatic differentiation."""
    import torch

    J, x = torch.from_numpy(_tensor(n)), torch.from_numpy(_points(n, max(batch, 1)))
    flat = J.reshape(n * n, n)

    def work() -> None:
        for part in x.split(128):
            leaf = part.clone().requires_grad_()
            energy = torch.einsum("ijb,bj,bi->b", (flat @ leaf.T).reshape(n, n, -1), leaf, leaf)
            energy.sum().backward()

    return best_time(work)


def jax_dense(n: int, batch: int) -> float:
    """JAX: the compiled gradient of the dense energy."""
    import jax

    jax.config.update("jax_enable_x64", True)
    J, x = jax.numpy.asarray(_tensor(n)), jax.numpy.asarray(_points(n, max(batch, 1)))

    def energy(x: object) -> object:
        return jax.numpy.einsum("ijk,i,j,k", J, x, x, x)

    evaluate = jax.value_and_grad(energy)
    compiled = jax.jit(jax.vmap(evaluate) if batch else evaluate)
    argument = x if batch else x[0]
    return best_time(lambda: jax.block_until_ready(compiled(argument)))


def _against(
    task: str, seconds: float, peers: Sequence[tuple[str, Callable[..., float], float | None]], *sizes: int
) -> list[Result]:
    results: list[Result] = []
    for name, peer, required in peers:
        theirs = isolated(peer, *sizes)
        results.append(Result(task, duration(seconds), name, duration(theirs), theirs / seconds, required))
    return results


def one_point() -> list[Result]:
    """One point, H = 3, compared with dense tensors; :mod:`.precision` compares it with the memory bandwidth."""
    results: list[Result] = []
    for n in (100, 250, 500, 1000):
        seconds = isolated(ours, n, 3, 0)
        large = n >= 250
        peers = [("torch, dense", torch_dense, 4.0 if large else None), ("einsum", einsum, 40.0 if large else None)]
        if n <= 500:
            peers.append(("jax, dense", jax_dense, None))
        results += _against(f"one point, n={n}", seconds, peers, n, 0)
    return results


def batches() -> list[Result]:
    """Batches of 1024: two multiply-adds per coupling and point, compared with matrix products and dense tensors."""
    peaks = machine.product_peaks()
    results: list[Result] = []
    strictest = max(peaks, key=lambda name: peaks[name])
    for n, H, required in ((25, 3, None), (100, 3, 0.6), (250, 3, 0.7), (60, 4, 0.55)):
        seconds = isolated(ours, n, H, 1024)
        rate = 4 * couplings.size(n, H) * 1024 / seconds
        task = f"batch of 1024, n={n}, H={H}"
        for name, peak in peaks.items():
            limit = required if name == strictest else None
            goal = 0.85 if name == strictest and required else None
            results.append(
                Result(
                    task,
                    f"{rate / 1e9:.0f} Gflop/s",
                    f"matrix product, {name}",
                    f"{peak / 1e9:.0f} Gflop/s",
                    rate / peak,
                    limit,
                    goal,
                )
            )
        if H == 3 and n >= 100:
            peers = [
                ("torch, dense", torch_dense, None),
                ("torch, autograd", torch_autograd, None),
                ("jax, dense", jax_dense, None),
            ]
            results += _against(task, seconds, peers, n, 1024)
    return results
