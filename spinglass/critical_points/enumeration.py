"""Enumeration of every critical point of a spin glass on its sphere, with certificates."""

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar, overload

import numpy as np

from spinglass import sphere
from spinglass._common.arguments import whole_number
from spinglass._common.memory import require_memory
from spinglass._common.threads import one_blas_thread
from spinglass._common.types import Array
from spinglass.critical_points import homotopy, projective, quadratic_models, records
from spinglass.critical_points.certification import Certify, Proof, prove
from spinglass.critical_points.checkpoint import Checkpoint
from spinglass.critical_points.homotopy import Distribute, Problem, Progress, Solutions
from spinglass.critical_points.projective import on_sphere, split
from spinglass.critical_points.result import Enumeration, nothing
from spinglass.critical_points.system import EqualToGlass, Model, System, model
from spinglass.critical_points.tracking.start_system import number_of_classes
from spinglass.hamiltonian import SphericalSpinGlass
from spinglass.results import Status

MAX_PATHS = 2**24  # n = 24 at H = 3 is 2^24 - 1
_OWN: dict[type, Callable[[Any], Any]] = {}  # enumerations of other landscapes, by class
_Function = TypeVar("_Function", bound=Callable[[Any], Any])
_DEGENERATE = 1e-10  # |eigenvalue|, relative to the largest, below which rounding makes its sign uncertain


def enumerates(kind: type) -> Callable[[_Function], _Function]:
    """Return a decorator that makes a function the enumeration of landscapes of a class, which has a method of its own.

    Parameters
    ----------
    kind
        The class.

    Returns
    -------
    callable
        The decorator.
    """

    def register(function: _Function) -> _Function:
        _OWN[kind] = function
        return function

    return register


@overload
def enumerate_critical_points(
    glass: SphericalSpinGlass | EqualToGlass,
    certify: Certify = "real",
    *,
    checkpoint: str | PathLike[str] | None = None,
    callback: Callable[[Progress], None] | None = None,
    distribute: Distribute | None = None,
    max_paths: int = MAX_PATHS,
) -> Enumeration: ...


@overload
def enumerate_critical_points(glass: object) -> Any: ...


def enumerate_critical_points(
    glass: Any,
    certify: Certify = "real",
    *,
    checkpoint: str | PathLike[str] | None = None,
    callback: Callable[[Progress], None] | None = None,
    distribute: Distribute | None = None,
    max_paths: int = MAX_PATHS,
) -> Any:
    """Find every critical point of the energy on the sphere ``|x|^2 = n``.

    Critical points solve ``grad energy(x) = (x.grad/n) x``. A generic model whose highest order is d has exactly
    ``((d-1)^n - 1)/(d-2)`` complex solutions up to a factor (n for d = 2; twice as many for a mixed model). A homotopy
    from a start form with known solutions leads to all of them, and hence to all real ones. Coordinates are kept only
    of solutions that may be real; memory is at most 200 bytes per complex solution.

    Parameters
    ----------
    glass
        A pure or mixed model, with or without external field; or a landscape of equal energy, such as a path model. A
        :class:`spinglass.networks.LinearProblem` and a :class:`spinglass.networks.ReLUProblem` have enumerations of
        their own, without options.
    certify
        ``"real"`` (default) proves that the real solutions are real and distinct, and that the others are not real.
        ``"all"`` also proves that all complex solutions are distinct, and hence that none is missing. ``None`` proves
        nothing.
    checkpoint
        Folder in which finished batches of paths are saved. An interrupted run with the same folder resumes, with
        the same result. Default: None.
    callback
        Function that is called with a :class:`Progress` after every batch, and once for those that were read from the
        checkpoint, in the calling thread. Default: None.
    distribute
        Function that is called with a function ``work`` and some whole numbers, and yields pairs ``(k, work(k))`` in
        any order, for example from a cluster; ``work`` follows one batch of paths and can be pickled. Default: None,
        which follows them in this process, on all cores.
    max_paths
        Largest number of homotopy paths that is accepted. Default: 2^24.

    Returns
    -------
    Enumeration
        One row per critical point, lowest energy first. ``complete`` is False, with a ``reason``, for models whose
        critical points are degenerate or not isolated. For a LinearProblem, a
        :class:`spinglass.networks.linear.LinearCriticalPoints`; for a ReLUProblem, a
        :class:`spinglass.networks.patterns.ReLUCriticalPoints`.

    Raises
    ------
    ValueError
        If ``certify`` is unknown, the model needs more than ``max_paths`` paths or more memory than is available, the
        full tensor of the energy is too large, or the checkpoint cannot be written or belongs to another model.
    TypeError
        If ``glass`` is of another class; the number of critical points is known only for these.

    References
    ----------
    Number of solutions: Cartwright and Sturmfels, Linear Algebra Appl. 438 (2013), Theorem 1.2 (pure models); Nie and
    Ranestad, SIAM J. Optim. 20 (2009), Theorem 2.2 (mixed models).

    Examples
    --------
    >>> from spinglass import SphericalSpinGlass
    >>> every = enumerate_critical_points(SphericalSpinGlass.pure(n=4, H=3, seed=0), certify="all")
    >>> every.complete, every.proven, every.found, bool(every.certified.all())
    (True, True, 15, True)
    """
    if type(glass) in _OWN:
        if (certify, checkpoint, callback, distribute, max_paths) != ("real", None, None, None, MAX_PATHS):
            raise ValueError(f"the enumeration of a {type(glass).__name__} has no options; pass the problem alone")
        return _OWN[type(glass)](glass)
    if certify not in ("real", "all", None):
        raise ValueError(f'certify must be "real", "all" or None, not {certify!r}')
    if isinstance(glass, EqualToGlass):
        if reason := glass.continua():
            return nothing(glass, reason)
        glass = glass.spin_glass()
    if not isinstance(glass, SphericalSpinGlass):
        known = ", ".join(["SphericalSpinGlass", *(kind.__name__ for kind in _OWN)])
        raise TypeError(f"enumeration needs one of {known}, not {type(glass).__name__}")
    terms = model(glass)
    if not terms.packed:
        return nothing(terms.glass, "the energy is zero everywhere: every point is critical")
    paths = _number_of_paths(terms)
    if paths > whole_number("max_paths", max_paths, 1):
        raise ValueError(
            f"{glass!r} has {paths} paths to follow, more than max_paths = {max_paths}; "
            "take a smaller n, or raise max_paths (--max-paths on the command line)"
        )
    system = terms.system()
    require_memory(
        records.BYTES * _most_solutions(system),
        f"the enumeration of {glass!r}, which has {_most_solutions(system)} complex solutions,",
        "a smaller n",
    )
    certified = certify is not None
    saved = Checkpoint(Path(checkpoint), system.tensor, system.spins, certified) if checkpoint is not None else None
    with one_blas_thread():
        found = _solutions(Problem(terms, system, certified), saved, callback, distribute or homotopy.here)
        near = split(system, found.records.points)
        proof = prove(terms, system, found.records.table, near, certify)
        return _result(terms, system, found, proof, near.doubtful)


def _most_solutions(system: System) -> int:
    """Return the largest number of isolated complex solutions of a system, which is also the generic number."""
    return number_of_classes(system.spins, system.degree) * (2 if system.mixed else 1)


def _number_of_paths(terms: Model) -> int:
    """Return the number of homotopy paths that a model needs; 0 if linear algebra is used."""
    degree, mixed = max(terms.packed), len(terms.packed) > 1
    if degree < 3:
        return 0
    return number_of_classes(terms.glass.n, degree) * (2 if mixed and not terms.symmetric else 1)


def _solutions(
    problem: Problem,
    saved: Checkpoint | None,
    callback: Callable[[Progress], None] | None,
    distribute: Distribute,
) -> Solutions:
    """Find the complex solutions, by homotopy or, for a highest order of at most 2, by linear algebra."""
    terms, system = problem.model, problem.system
    degree, n = max(terms.packed), terms.glass.n
    if degree >= 3:
        return homotopy.solutions(problem, saved, callback, distribute)
    if degree == 1:
        points, expected = quadratic_models.field_only(system.tensor[:n, n]), 2
    elif system.mixed:
        points, expected = quadratic_models.with_field(system)
    else:
        points, expected = quadratic_models.eigenvectors(system.tensor), n
    points = points[projective.first_of_each(points)]
    found = records.examined(terms, system, points, np.ones(len(points), bool), problem.certified, both=True)
    return Solutions(found, expected, paths=0, retries=0, failed=0)


def _result(terms: Model, system: System, found: Solutions, proof: Proof, doubtful: int) -> Enumeration:
    """Sort the critical points by energy and decide whether they are complete."""
    glass, n = terms.glass, terms.glass.n
    x = on_sphere(system, proof.real)
    copies = len(x) // max(1, len(proof.real))
    # For a mixed model x is divided by x_0 = 1/sqrt(2) and projected; its error is at most six times that of X, |X| =
    # 1.
    bound = np.sqrt(n) * (6 * proof.reach + 1e-14)
    energy = np.asarray(glass.energy(x), np.float64)
    order = np.lexsort((x[:, 0], energy))
    eigenvalues = _eigenvalues(system, glass, x)[order]
    x, energy = x[order], energy[order]
    reason = _what_is_missing(found, doubtful, eigenvalues) or proof.gap
    nothing = np.zeros(len(x), np.int64)
    every = Enumeration(
        landscape=glass,
        x=x,
        energy=energy,
        gradient_norm=_gradient_norm(glass, x),
        status=np.full(len(x), Status.CONVERGED.value),
        iterations=nothing,
        evaluations=nothing,
        method="homotopy" if found.paths else "linear algebra",
        complete=not reason,
        reason=reason,
        proven=proof.everything and len(found.records.table) == _most_solutions(system),
        certified=np.tile(proof.certified, copies)[order],
        error_bound=np.tile(bound, copies)[order],
        found=len(found.records.table),
        expected=found.expected,
        paths=found.paths,
        retries=found.retries,
        failed=found.failed,
    )
    vars(every)["eigenvalues"] = eigenvalues  # stored in the cache of the property `eigenvalues`
    return every


def _eigenvalues(system: System, glass: SphericalSpinGlass, x: Array) -> Array:
    """Return the eigenvalues of the Riemannian Hessian, ascending; for a pure model ``x`` is of the form (y, -y)."""
    if system.mixed:
        return sphere.hessian_eigenvalues(glass, x)
    half = sphere.hessian_eigenvalues(glass, x[: len(x) // 2])
    # The Hessian of a pure model is as even or odd as its order: at -y it is that at y, or its negative.
    return np.concatenate([half, half if system.degree % 2 == 0 else -half[:, ::-1]])


def _gradient_norm(glass: SphericalSpinGlass, x: Array) -> Array:
    """Return ``|Riemannian gradient|/sqrt(n)`` of each row, without overflow for large couplings."""
    gradient = sphere.riemannian_gradient(glass, x)
    largest = np.abs(gradient).max(axis=1, initial=np.finfo(float).tiny)  # avoids overflow of the squares
    return np.asarray(np.linalg.norm(gradient / largest[:, None], axis=1) * largest / np.sqrt(x.shape[1]))


def _what_is_missing(found: Solutions, doubtful: int, eigenvalues: Array) -> str:
    """Return the reason why critical points may be missing, or an empty text."""
    number = len(found.records.table)
    if number > found.expected:
        return f"found {number} solutions, more than the {found.expected} possible isolated ones: they are not isolated"
    if number < found.expected:
        return (
            f"{found.expected - number} of {found.expected} complex solutions are missing "
            f"({found.failed} paths ended without a regular solution: solutions are degenerate or not isolated)"
        )
    if doubtful:
        return f"{doubtful} of {number} solutions look real but are not regular: they are degenerate or not isolated"
    size = np.abs(eigenvalues)
    if (size <= _DEGENERATE * size.max(initial=0.0)).any():
        return "a critical point is degenerate up to rounding: its index is uncertain"
    alternating = int(((-1) ** (eigenvalues < 0).sum(axis=1)).sum())
    euler = 1 + (-1) ** eigenvalues.shape[1]
    if alternating != euler:
        return f"the Morse relation fails: sum (-1)^k N_k = {alternating}, not {euler}"
    return ""
