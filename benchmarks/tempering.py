"""Parallel tempering compared with NumPy and torch programs of the same algorithm, in sweeps per second.

A sweep is one trajectory of geodesic Hamiltonian Monte Carlo of every replica, with the gradient by two matrix
products on the dense tensor in the peers, and swaps of even or odd neighbours.
"""

from collections.abc import Callable

import numpy as np

from benchmarks.timing import Result, best_time, isolated
from spinglass import SphericalSpinGlass
from spinglass.sampling import ParallelTempering, geometric_ladder

N, SAMPLES, TEMPERATURES, COPIES, LEAPS = 64, 32, 24, 2, 6
_SIZE = 0.2  # of a leapfrog step; its value does not matter to the speed
_SWEEPS = 8


def _glasses() -> list[SphericalSpinGlass]:
    return [SphericalSpinGlass.pure(N, 3, seed=k) for k in range(SAMPLES)]


def _ladder() -> np.ndarray:
    return geometric_ladder(0.4, 1.6, TEMPERATURES)


def ours() -> float:
    """Return sweeps per second."""
    tempering = ParallelTempering(_glasses(), _ladder(), leaps=LEAPS)
    state = tempering.init(seed=0)
    return _SWEEPS / best_time(lambda: tempering.step(state, _SWEEPS), seconds=5)


def _tensors() -> np.ndarray:
    return np.stack([glass.to_tensor() for glass in _glasses()]) / N


def _starts() -> np.ndarray:
    x = np.random.default_rng(0).standard_normal((SAMPLES, COPIES * TEMPERATURES, N))
    return np.asarray(x * np.sqrt(N) / np.linalg.norm(x, axis=-1, keepdims=True))


def numpy_einsum() -> float:
    """NumPy, simple version: the gradients of all replicas of all samples by two einsums."""
    J = _tensors()

    def contract(x: np.ndarray) -> np.ndarray:
        return np.asarray(np.einsum("srij,srj->sri", np.einsum("sijk,srk->srij", J, x), x))

    return _numpy_sweeps(contract)


def numpy_blas() -> float:
    """NumPy, optimised version: one matrix product per sample."""
    J = _tensors().reshape(SAMPLES, N * N, N)

    def contract(x: np.ndarray) -> np.ndarray:
        gradient = np.empty_like(x)
        for s in range(SAMPLES):
            columns = x[s].T.copy()
            gradient[s] = np.einsum("ijr,jr->ri", (J[s] @ columns).reshape(N, N, -1), columns)
        return gradient

    return _numpy_sweeps(contract)


def _numpy_sweeps(contract: Callable[[np.ndarray], np.ndarray]) -> float:
    """Sweeps per second with all replicas in arrays (samples, replicas, n); ``contract`` is a third of the gradient."""
    rng, beta = np.random.default_rng(1), np.tile(1 / _ladder(), COPIES)

    def evaluate(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        third = contract(x)
        return np.einsum("sri,sri->sr", third, x), 3 * third

    def kick(x: np.ndarray, p: np.ndarray, gradient: np.ndarray, share: float) -> np.ndarray:
        radial = (x * gradient).sum(-1, keepdims=True) / N
        return np.asarray(p - share * _SIZE * beta[:, None] * (gradient - radial * x))

    def sweep(x: np.ndarray, energy: np.ndarray, gradient: np.ndarray, number: int) -> tuple[np.ndarray, ...]:
        p = rng.standard_normal(x.shape)
        p -= (x * p).sum(-1, keepdims=True) / N * x
        before = beta * energy + 0.5 * (p * p).sum(-1)
        p, y, height, slope = kick(x, p, gradient, 0.5), x, energy, gradient
        for leap in range(LEAPS):
            rate = np.sqrt((p * p).sum(-1, keepdims=True) / N)
            c, s = np.cos(rate * _SIZE), np.sin(rate * _SIZE)
            y, p = c * y + s / rate * p, c * p - rate * s * y
            height, slope = evaluate(y)
            p = kick(y, p, slope, 0.5 if leap == LEAPS - 1 else 1.0)
        passed = rng.random(before.shape) < np.exp(np.minimum(before - beta * height - 0.5 * (p * p).sum(-1), 0))
        x = np.where(passed[..., None], y, x)
        energy, gradient = np.where(passed, height, energy), np.where(passed[..., None], slope, gradient)
        lower = np.array([r for r in range(number % 2, len(beta) - 1, 2) if (r + 1) % TEMPERATURES])
        gain = (beta[lower] - beta[lower + 1]) * (energy[:, lower] - energy[:, lower + 1])
        swap = rng.random(gain.shape) < np.exp(np.minimum(gain, 0))
        order = np.tile(np.arange(len(beta)), (SAMPLES, 1))
        order[:, lower] += swap
        order[:, lower + 1] -= swap
        return (
            np.take_along_axis(x, order[..., None], 1),
            np.take_along_axis(energy, order, 1),
            np.take_along_axis(gradient, order[..., None], 1),
        )

    start = _starts()
    state = (start, *evaluate(start))
    return 1 / best_time(lambda: sweep(*state, 0), seconds=5)


def torch_plain() -> float:
    """Torch: the same with batched products."""
    import torch

    J = torch.from_numpy(_tensors().reshape(SAMPLES, N * N, N))
    generator = torch.Generator().manual_seed(1)
    beta = torch.from_numpy(np.tile(1 / _ladder(), COPIES))

    def evaluate(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        columns = x.transpose(1, 2).contiguous()
        gradient = torch.einsum("sijr,sjr->sri", torch.bmm(J, columns).view(SAMPLES, N, N, -1), columns)
        return (gradient * x).sum(-1), 3 * gradient

    def kick(x: torch.Tensor, p: torch.Tensor, gradient: torch.Tensor, share: float) -> torch.Tensor:
        radial = (x * gradient).sum(-1, keepdim=True) / N
        return p - share * _SIZE * beta[:, None] * (gradient - radial * x)

    def sweep(x: torch.Tensor, energy: torch.Tensor, gradient: torch.Tensor, number: int) -> tuple[torch.Tensor, ...]:
        p = torch.randn(x.shape, dtype=x.dtype, generator=generator)
        p = p - (x * p).sum(-1, keepdim=True) / N * x
        before = beta * energy + 0.5 * (p * p).sum(-1)
        p, y, height, slope = kick(x, p, gradient, 0.5), x, energy, gradient
        for leap in range(LEAPS):
            rate = torch.sqrt((p * p).sum(-1, keepdim=True) / N)
            c, s = torch.cos(rate * _SIZE), torch.sin(rate * _SIZE)
            y, p = c * y + s / rate * p, c * p - rate * s * y
            height, slope = evaluate(y)
            p = kick(y, p, slope, 0.5 if leap == LEAPS - 1 else 1.0)
        chance = torch.rand(before.shape, dtype=x.dtype, generator=generator)
        passed = chance < torch.exp(before - beta * height - 0.5 * (p * p).sum(-1))
        x = torch.where(passed[..., None], y, x)
        energy, gradient = torch.where(passed, height, energy), torch.where(passed[..., None], slope, gradient)
        lower = torch.tensor([r for r in range(number % 2, len(beta) - 1, 2) if (r + 1) % TEMPERATURES])
        gain = (beta[lower] - beta[lower + 1]) * (energy[:, lower] - energy[:, lower + 1])
        swap = (torch.rand(gain.shape, dtype=x.dtype, generator=generator) < torch.exp(gain)).long()
        order = torch.arange(len(beta)).repeat(SAMPLES, 1)
        order[:, lower] += swap
        order[:, lower + 1] -= swap
        wide = order[..., None].expand(x.shape)
        return torch.gather(x, 1, wide), torch.gather(energy, 1, order), torch.gather(gradient, 1, wide)

    start = torch.from_numpy(_starts())
    state = (start, *evaluate(start))
    return 1 / best_time(lambda: sweep(*state, 0), seconds=5)


def tempering() -> list[Result]:
    """32 glasses of 64 spins, two copies of 24 temperatures each."""
    rate = isolated(ours)
    task = f"tempering, n={N}, {SAMPLES} glasses x {COPIES} x {TEMPERATURES} temperatures"
    results = []
    for name, peer, required in (
        ("NumPy, einsum on the dense tensor", numpy_einsum, 10.0),
        ("NumPy, a matrix product a sample", numpy_blas, None),
        ("torch, batched products", torch_plain, 10.0),
    ):
        # BLAS threads and Python threads may slow each other down; the peer gets its better setting.
        settings: tuple[dict[str, str], ...] = ({}, {"OPENBLAS_NUM_THREADS": "1"})
        theirs = max(isolated(peer, environment=setting) for setting in settings)
        results.append(Result(task, f"{rate:.1f} sweeps/s", name, f"{theirs:.2f} sweeps/s", rate / theirs, required))
    return results
