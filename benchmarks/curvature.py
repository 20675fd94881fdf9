"""Products with a network's Hessian, compared with curvlinops and hessian-eigenthings."""

import resource
from itertools import pairwise
from time import process_time
from typing import Any

import numpy as np

from benchmarks.timing import Result, best_time, duration, isolated

NETWORKS = {"16 thousand": (64, 100, 64, 50, 10), "a million": (500, 1000, 500, 10)}
POINTS = 500
THREADS = 1  # all libraries use one


def _case(widths: tuple[int, ...]) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal((a, b)) * np.sqrt(2 / a) for a, b in pairwise(widths)]
    return weights, rng.standard_normal((POINTS, widths[0])), rng.integers(widths[-1], size=POINTS)


def _memory() -> float:
    """Return the largest memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(widths: tuple[int, ...]) -> dict[str, float]:
    """Return the time of one product, w.Hw at the weights w, and added memory, in float64."""
    from spinglass.networks import LayeredNetwork
    from spinglass.networks.curvature import curvature

    weights, X, labels = _case(widths)
    before = _memory()
    found = curvature(LayeredNetwork(weights), X, labels, "cross_entropy")
    v = found.network.parameters
    product = best_time(lambda: found.hessian_vector(v), clock=process_time)
    memory = _memory() - before
    return {
        "product": product,
        "form": float(v @ found.hessian_vector(v)),
        "memory": memory,
    }


def _module(widths: tuple[int, ...]) -> tuple[Any, Any, Any]:
    import torch

    from spinglass.networks import LayeredNetwork

    torch.set_num_threads(THREADS)
    weights, X, labels = _case(widths)
    return LayeredNetwork(weights).to_torch(), torch.tensor(X), torch.tensor(labels)


def curvlinops(widths: tuple[int, ...]) -> dict[str, float]:
    """Return the same for curvlinops' Hessian operator, in float64."""
    import torch
    from curvlinops import HessianLinearOperator

    module, X, labels = _module(widths)
    before = _memory()
    loss = torch.nn.CrossEntropyLoss()
    parameters = list(module.parameters())
    operator = HessianLinearOperator(module, loss, parameters, [(X, labels)], check_deterministic=False)
    v = torch.cat([p.detach().reshape(-1) for p in parameters])
    product = best_time(lambda: operator @ v, clock=process_time)
    return {"product": product, "form": float(v @ (operator @ v)), "memory": _memory() - before}


def eigenthings(widths: tuple[int, ...]) -> dict[str, float]:
    """Return the time of one product of hessian-eigenthings' operator, in float64."""
    import torch
    from hessian_eigenthings.loss_fns import supervised_loss
    from hessian_eigenthings.operators.hessian import HessianOperator

    module, X, labels = _module(widths)
    before = _memory()
    operator = HessianOperator(module, [(X, labels)], supervised_loss(torch.nn.functional.cross_entropy))
    v = torch.cat([p.detach().reshape(-1) for p in module.parameters()])
    product = best_time(lambda: operator.matvec(v), clock=process_time)
    return {"product": product, "form": float(v @ operator.matvec(v)), "memory": _memory() - before}


def curvature() -> list[Result]:
    """One Hessian-vector product and its memory; cross-entropy, 500 data points, processor time on one thread each."""
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    results = []
    for name, widths in NETWORKS.items():
        mine = isolated(ours, widths, environment=threads)
        for peer, measure in (("curvlinops", curvlinops), ("hessian-eigenthings", eigenthings)):
            theirs = isolated(measure, widths, environment=threads)
            assert abs(theirs["form"] - mine["form"]) < 1e-9 * abs(mine["form"]), "the Hessians differ"
            results.append(
                Result(
                    f"one Hessian product, {name} parameters, {POINTS} points, {mine['memory']:.0f} MiB",
                    duration(mine["product"]),
                    f"{peer}, float64, {theirs['memory']:.0f} MiB",
                    duration(theirs["product"]),
                    theirs["product"] / mine["product"],
                )
            )
    return results
