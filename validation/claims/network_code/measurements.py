"""Errors of a subject's networks, in comparison with sums over paths that are calculated from the weights alone.

Every sample pools several networks, because a single one may be inactive at all inputs.
"""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from spinglass._common.seeds import child
from spinglass._common.types import Array
from spinglass.networks import ReLUNetwork, path_expansion, path_gradient
from spinglass.networks.symmetries import permute, rescale
from validation.claims._shared.rounding import UNIT_ROUNDOFF, in_declared_precision
from validation.subjects.current import subject
from validation.subjects.networks import ask_network
from validation.subjects.subject import AnswerError, whole_seed

NETWORKS, ROWS = 6, 12


class _Case(NamedTuple):
    """One network of a sample: how it is asked for, and the same network in this project."""

    ask: Callable[..., dict[str, Any]]
    net: ReLUNetwork
    x: Array
    y: Array
    rng: np.random.Generator


def _cases(seed: np.random.SeedSequence, widths: tuple[int, ...]) -> list[_Case]:
    cases = [_case(child(seed, k), widths) for k in range(NETWORKS)]
    if not any(_path_sum(case.net, case.x).any() for case in cases):
        raise AnswerError(
            f"{subject().name}: {NETWORKS} networks of the widths {widths} are inactive at all of {ROWS} normally "
            "distributed inputs, so that nothing can be compared; draw weights of both signs"
        )
    return cases


def _case(seed: np.random.SeedSequence, widths: tuple[int, ...]) -> _Case:
    one, number = subject(), whole_seed(child(seed, 0))
    rng = np.random.default_rng(child(seed, 1))

    def ask(x: Array, *wanted: str, **named: Any) -> dict[str, Any]:
        return ask_network(one, widths, number, x, wanted, **named)

    x = rng.standard_normal((ROWS, widths[0]))
    weights = ask(x, "weights")["weights"]
    net = ReLUNetwork(weights, last_relu=one.declaration.output_unit == "relu")
    return _Case(ask, net, x, rng.standard_normal(ROWS), rng)


def _path_sum(net: ReLUNetwork, x: Array) -> Array:
    """Return the sum over paths without the factor q."""
    return path_expansion(net, x).output() / net.q


def _size(values: Array) -> float:
    """Return the root mean square, or 1 for a network that is inactive at all inputs."""
    return float(np.sqrt(np.mean(values**2))) or 1.0


def _norm(values: Sequence[float] | Array) -> float:
    return float(np.linalg.norm(np.asarray(values)))


def output_errors(seed: np.random.SeedSequence, widths: tuple[int, ...]) -> Array:
    """Return five errors of the outputs, relative to their size.

    Outputs are fitted by the sum over active paths, the same sum with a ReLU at the output (without it, if the output
    is declared as rectified), and the sum over all paths, active or not. For a correct network the coefficients are 1,
    0 and 0. Returned are the deviations of the three coefficients, the output at inputs of zero, and what the fit
    leaves unexplained. The second coefficient is returned with a minus sign if the output is declared as rectified, so
    that a ReLU too many and one too few give different numbers.
    """
    terms = []
    outputs = []
    at_zero = []
    for case in _cases(seed, widths):
        rows = np.vstack([case.x, np.zeros(widths[0])])
        output = case.ask(rows, "output")["output"]
        other = ReLUNetwork(case.net.weights, last_relu=not case.net.last_relu)
        exact, all_paths = _path_sum(case.net, case.x), (case.x @ reduce(np.matmul, case.net.weights))[:, 0]
        size = _size(exact)
        terms.append(np.stack([exact, _path_sum(other, case.x), all_paths], axis=1) / size)
        outputs.append(output[:-1] / size)
        at_zero.append(output[-1] / size)
    table, pooled = np.concatenate(terms), np.concatenate(outputs)
    error = pooled - table[:, 0]
    # The first two terms are equal if no output is negative, hence the cutoff of small singular values.
    fitted = np.linalg.lstsq(table, error, rcond=1e-3)[0]
    rest = _norm(error - table @ fitted) / _norm(table[:, 0])
    if subject().declaration.output_unit == "relu":
        fitted[1] *= -1
    found = np.array([*fitted, _norm(at_zero) / NETWORKS**0.5, rest])
    return in_declared_precision(subject(), found)


def gradient_errors(seed: np.random.SeedSequence, widths: tuple[int, ...]) -> Array:
    """Return the errors of the gradients: the factor in each layer, minus 1, and what the factors leave unexplained.

    They are compared with the derivatives of the sum over paths, summed over the inputs.
    """
    given, exact = _by_layer(seed, widths)
    factors = [float(g @ e / (e @ e)) for g, e in zip(given, exact, strict=True)]
    rest = [_norm(g - f * e) / _norm(e) for g, f, e in zip(given, factors, exact, strict=True)]
    return in_declared_precision(subject(), np.array([*(f - 1 for f in factors), max(rest)]))


def _by_layer(seed: np.random.SeedSequence, widths: tuple[int, ...]) -> tuple[list[Array], list[Array]]:
    """Return the gradients of all networks and the exact ones, as one vector per layer."""
    given: list[list[Array]] = [[] for _ in widths[1:]]
    exact: list[list[Array]] = [[] for _ in widths[1:]]
    for case in _cases(seed, widths):
        answer = case.ask(case.x, "gradient")["gradient"]
        by_paths = [each.sum(axis=0) / case.net.q for each in path_gradient(case.net, case.x)]
        for layer, (g, e) in enumerate(zip(answer, by_paths, strict=True)):
            size = _size(e)
            given[layer].append(g.ravel() / size)
            exact[layer].append(e.ravel() / size)
    return [np.concatenate(each) for each in given], [np.concatenate(each) for each in exact]


def homogeneity_errors(seed: np.random.SeedSequence, widths: tuple[int, ...]) -> Array:
    """Return the errors of Euler's relation in each layer, and of ``f(3x) = 3 f(x)``.

    Both contain the subject's numbers alone. Of Euler's relation these are the factors between the products of weights
    and gradients and the outputs, minus 1, and at the end what the factors leave unexplained.
    """
    products = []
    totals = []
    tripled = []
    outputs = []
    for case in _cases(seed, widths):
        answer = case.ask(case.x, "weights", "output", "gradient")
        size = _size(answer["output"])
        pairs = zip(answer["weights"], answer["gradient"], strict=True)
        products.append([float((W * G).sum()) / size for W, G in pairs])
        totals.append(answer["output"].sum() / size)
        tripled.append((case.ask(3 * case.x, "output")["output"] / 3 - answer["output"]) / size)
        outputs.append(answer["output"] / size)
    table, total = np.array(products), np.array(totals)
    factors = table.T @ total / (total @ total or 1.0)
    rest = np.linalg.norm(table - np.outer(total, factors), axis=0) / (_norm(total) or 1.0)
    inputs = _norm(np.concatenate(tripled)) / (_norm(np.concatenate(outputs)) or 1.0)
    return in_declared_precision(subject(), np.array([*(factors - 1), inputs, rest.max()]))


def block_errors(seed: np.random.SeedSequence, widths: tuple[int, ...]) -> Array:
    """Return the errors of the Hessian blocks: a common factor minus 1, what it leaves, and negative eigenvalues.

    Between kinks the output is linear in the weights of one layer, so that the block is exactly the mean of the outer
    products of the gradients of single inputs, which are derivatives of the sum over paths.
    """
    lowest = 0.0
    given = []
    exact = []
    for case in _cases(seed, widths):
        blocks = case.ask(case.x, "hessian_blocks", y=case.y)["hessian_blocks"]
        for block, each in zip(blocks, path_gradient(case.net, case.x), strict=True):
            slopes = each.reshape(ROWS, -1) / case.net.q
            outer = slopes.T @ slopes / ROWS
            size = _size(outer)
            given.append(block.ravel() / size)
            exact.append(outer.ravel() / size)
            eigenvalues = np.linalg.eigvalsh((block + block.T) / 2)
            lowest = min(lowest, float(eigenvalues[0] / (np.abs(eigenvalues).max() or 1.0)))
    pooled, true = np.concatenate(given), np.concatenate(exact)
    factor = float(pooled @ true / (true @ true))
    rest = _norm(pooled - factor * true) / _norm(true)
    return in_declared_precision(subject(), np.array([factor - 1, rest, -lowest]))


def symmetry_errors(seed: np.random.SeedSequence, widths: tuple[int, ...]) -> Array:
    """Return the changes of the outputs under symmetries of the weights, relative to the outputs.

    The units of every hidden layer are permuted; every hidden layer is multiplied by a factor by which the next one is
    divided; and one layer is multiplied by 3, as the output must be.
    """
    changes: list[list[Array]] = []
    outputs = []
    for case in _cases(seed, widths):
        output = case.ask(case.x, "output")["output"]
        permuted = rescaled = case.net
        for layer in range(1, case.net.H):
            permuted = permute(permuted, layer, case.rng.permutation(case.net.widths[layer]))
            rescaled = rescale(rescaled, layer, float(case.rng.uniform(1.5, 3.0)))
        larger = list(case.net.weights)
        chosen = int(case.rng.integers(case.net.H))
        larger[chosen] = 3 * larger[chosen]
        moved = [
            case.ask(case.x, "output", weights=weights)["output"]
            for weights in (permuted.weights, rescaled.weights, larger)
        ]
        changes.append([moved[0] - output, moved[1] - output, moved[2] / 3 - output])
        outputs.append(output)
    size = _norm(np.concatenate(outputs)) or 1.0
    found = np.array([_norm(np.concatenate(parts)) / size for parts in zip(*changes, strict=True)])
    return in_declared_precision(subject(), found)


def rounding_bound(widths: tuple[int, ...]) -> float:
    """Bound the relative rounding errors: the terms of the sums through all layers, twice for a gradient.

    A factor 400 allows for cancellation between paths and for the products of two gradients in a block. In 2100
    networks of each size of effort quick, errors were below a hundredth of the bound.
    """
    return 400 * (2 * sum(widths) + ROWS) * UNIT_ROUNDOFF
