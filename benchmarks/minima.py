"""Minima of one spin glass from many starts, compared with SciPy's and pymanopt's minimisers, in starts per second."""

from collections.abc import Callable

import numpy as np

from benchmarks.timing import Result, best_time, isolated
from spinglass import SphericalSpinGlass, descend, sphere

Evaluate = Callable[[np.ndarray], tuple[float, np.ndarray]]
N, STARTS, TOL = 100, 256, 1e-6
PEER_STARTS = 24  # the first of the 256 starts; rates and energies of the peers are measured on these


def _problem() -> tuple[SphericalSpinGlass, np.ndarray]:
    return SphericalSpinGlass.pure(N, 3, seed=0), sphere.random_points(N, STARTS, seed=1)


def ours() -> tuple[float, float]:
    """Return starts per second, and the mean energy per spin of the minima reached from the first starts."""
    glass, x = _problem()
    found = descend(glass, x, tol=TOL)
    if not found.converged.all():
        raise RuntimeError(f"only {found.converged.sum()} of {STARTS} starts converged")
    return STARTS / best_time(lambda: descend(glass, x, tol=TOL), seconds=5), float(
        found.energy_per_spin[:PEER_STARTS].mean()
    )


def _require(converged: bool, name: str) -> None:
    if not converged:
        raise RuntimeError(f"{name} stopped before a gradient norm of {TOL:g}; its time would not compare")


def _dense_value_and_gradient(glass: SphericalSpinGlass) -> Evaluate:
    J = glass.to_tensor() / N
    flat = J.reshape(N * N, N)

    def evaluate(x: np.ndarray) -> tuple[float, np.ndarray]:
        gradient = (flat @ x).reshape(N, N) @ x
        return float(gradient @ x), 3 * gradient

    return evaluate


def _scipy(evaluate: Evaluate, starts: np.ndarray) -> tuple[float, float]:
    """SciPy's L-BFGS-B on the energy at the projected point, which is a smooth function on R^n without the origin."""
    from scipy.optimize import minimize

    def function(y: np.ndarray) -> tuple[float, np.ndarray]:
        length = np.linalg.norm(y) / np.sqrt(N)
        x = y / length
        energy, gradient = evaluate(x)
        return energy, (gradient - x * (x @ gradient) / N) / length

    energies: list[float] = []

    def work() -> None:
        energies.clear()
        for y in starts:
            # gtol is on the largest component: TOL sqrt(N) on the norm allows at least TOL on each.
            found = minimize(
                function,
                y,
                jac=True,
                method="L-BFGS-B",
                options={"gtol": TOL, "ftol": 0, "maxiter": 5000, "maxfun": 10000},
            )
            # A stricter stop than ours: its norm is the largest component.
            _require(float(np.linalg.norm(found.jac)) <= TOL * np.sqrt(N), "SciPy")
            energies.append(found.fun / N)

    return len(starts) / best_time(work, seconds=1), float(np.mean(energies))


def scipy_dense() -> tuple[float, float]:
    """SciPy's L-BFGS-B on the dense tensor."""
    glass, x = _problem()
    return _scipy(_dense_value_and_gradient(glass), x[:PEER_STARTS])


def scipy_packed() -> tuple[float, float]:
    """SciPy's L-BFGS-B with this project's kernel."""
    glass, x = _problem()

    def evaluate(y: np.ndarray) -> tuple[float, np.ndarray]:
        energy, gradient = glass.energy_and_gradient(y)
        return float(energy), gradient

    return _scipy(evaluate, x[:PEER_STARTS])


def pymanopt_dense() -> tuple[float, float]:
    """pymanopt's conjugate gradient on its own sphere, with the dense tensor and its gradient by hand."""
    import pymanopt
    from pymanopt.manifolds import Sphere
    from pymanopt.optimizers import ConjugateGradient

    glass, x = _problem()
    evaluate = _dense_value_and_gradient(glass)
    manifold = Sphere(N)

    @pymanopt.function.numpy(manifold)
    def cost(u: np.ndarray) -> float:
        return evaluate(np.sqrt(N) * u)[0]

    @pymanopt.function.numpy(manifold)
    def euclidean_gradient(u: np.ndarray) -> np.ndarray:
        return np.asarray(np.sqrt(N) * evaluate(np.sqrt(N) * u)[1])

    problem = pymanopt.Problem(manifold, cost, euclidean_gradient=euclidean_gradient)
    # |gradient| in u is sqrt(N) times the one in x, which is to be at most TOL sqrt(N).
    optimizer = ConjugateGradient(verbosity=0, min_gradient_norm=TOL * N, max_iterations=5000, min_step_size=1e-20)
    energies: list[float] = []

    def work() -> None:
        energies.clear()
        for y in x[:PEER_STARTS]:
            found = optimizer.run(problem, initial_point=y / np.sqrt(N))
            _require(found.gradient_norm <= TOL * N, "pymanopt")
            energies.append(found.cost / N)

    return PEER_STARTS / best_time(work, seconds=1), float(np.mean(energies))


def minima() -> list[Result]:
    """256 starts at n = 100 to a gradient norm of 1e-6; the peers' rates come from their first few starts."""
    rate, energy = isolated(ours)
    task = f"minima, n={N}, {STARTS} starts to {TOL:g}, energy {energy:.4f}"
    results = []
    for name, peer, required, goal in (
        ("SciPy L-BFGS-B, dense tensor", scipy_dense, 15.0, None),
        ("SciPy L-BFGS-B, our kernel", scipy_packed, None, 10.0),
        ("pymanopt conjugate gradient, dense tensor", pymanopt_dense, 30.0, None),
    ):
        # BLAS threads of NumPy and SciPy slow each other down; the peer gets its better setting.
        settings: tuple[dict[str, str], ...] = ({}, {"OPENBLAS_NUM_THREADS": "1"})
        theirs, their_energy = max(isolated(peer, environment=setting) for setting in settings)
        results.append(
            Result(
                task,
                f"{rate:.0f}/s",
                f"{name}, energy {their_energy:.4f}",
                f"{theirs:.1f}/s",
                rate / theirs,
                required,
                goal,
            )
        )
    return results
