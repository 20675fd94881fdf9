"""Networks of a subject: how they are asked, and how their answers are converted to the conventions of this project.

A request to another program contains everything that its answer depends on:

    {"role": "network", "widths": [4, 5, 5, 1], "seed": 17, "x": [[...], ...], "wanted": ["weights", "output"]}

and the answer is ``{"weights": [[[...], ...], ...], "output": [...]}``. Besides these two, ``"gradient"`` and
``"hessian_blocks"`` can be wanted, both of which are lists with one matrix per layer. A request for blocks contains the
targets ``"y"``. A request with ``"weights"`` is about a network with these weights, and not those of the seed.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from spinglass._common.types import Array
from validation.subjects.subject import AnswerError, Subject, as_array, checked, request_text


def evaluate_network(
    make: Callable[..., Any],
    *,
    widths: Sequence[int],
    seed: int,
    x: Array,
    wanted: Sequence[str],
    y: Array | None = None,
    weights: Sequence[Array] | None = None,
) -> dict[str, Any]:
    """Evaluate what is wanted of a network of this process.

    Parameters
    ----------
    make
        ``make(widths, seed)`` returns an object with the attribute ``weights``, a list with one matrix per layer, and
        some of these methods: ``forward(x)`` returns one output per row of x (a callable object needs no method).
        ``gradient(x)`` returns the derivatives of the sum of these outputs with respect to the weights, one matrix per
        layer. ``hessian_blocks(x, y)`` returns the second derivatives of the mean of ``(output - y)^2 / 2`` over the
        rows with respect to the weights of one layer, one matrix per layer; the weights are numbered row by row as
        they are stored. ``with_weights(weights)`` returns the same network with other weights.
    widths, seed
        Number of units of each layer, from the inputs to the single output; seed of the weights.
    x
        Inputs, shape (rows, widths[0]).
    wanted
        Some of ``"weights"``, ``"output"``, ``"gradient"`` and ``"hessian_blocks"``.
    y
        Targets for the blocks, shape (rows,).
    weights
        Weights to use in place of those of the seed. Default: None.

    Returns
    -------
    dict
        Arrays, or lists of arrays, by name.

    Raises
    ------
    AnswerError
        If the network has no method for something that is wanted.
    """
    net = make(widths=tuple(widths), seed=seed)
    if weights is not None:
        net = _method(net, "with_weights", "weights")([matrix.copy() for matrix in weights])
    found: dict[str, Any] = {}
    for name in wanted:
        if name == "output":
            forward = net if callable(net) and not hasattr(net, "forward") else _method(net, "forward", "x")
            found[name] = as_array(forward(x.copy()))
        elif name == "weights":
            if not hasattr(net, "weights"):
                raise AnswerError("the network has no attribute weights, a list with one matrix per layer")
            found[name] = _arrays(name, net.weights)
        elif name == "gradient":
            found[name] = _arrays(name, _method(net, name, "x")(x.copy()))
        else:
            assert y is not None
            found[name] = _arrays(name, _method(net, name, "x, y")(x.copy(), y.copy()))
    return found


def _method(net: Any, name: str, arguments: str) -> Any:
    if not hasattr(net, name):
        raise AnswerError(f"the network has no {name}({arguments})")
    return getattr(net, name)


def _arrays(name: str, value: Any) -> list[Array]:
    try:
        return [as_array(part) for part in value]
    except TypeError:
        raise AnswerError(f"{name} must be a list with one matrix per layer, not {type(value).__name__}") from None


def ask_network(
    one: Subject,
    widths: Sequence[int],
    seed: int,
    x: Array,
    wanted: Sequence[str],
    y: Array | None = None,
    weights: Sequence[Array] | None = None,
) -> dict[str, Any]:
    """Ask a subject for a network, in the conventions of this project.

    Matrices have the shape (n_in, n_out), outputs no factor q, and blocks belong to the mean of ``(output - y)^2 / 2``.

    Parameters
    ----------
    one
        The subject.
    widths, seed
        Number of units of each layer; seed of the weights.
    x, y
        Inputs, shape (rows, widths[0]); targets for the blocks, shape (rows,).
    wanted
        Some of ``"weights"``, ``"output"``, ``"gradient"`` and ``"hessian_blocks"``.
    weights
        Weights to use in place of those of the seed. Default: None.

    Returns
    -------
    dict
        Outputs, shape (rows,), and lists with one matrix per layer.

    Raises
    ------
    AnswerError
        If the subject does not answer, or a number is missing, not finite or of a wrong shape.
    """
    arguments: dict[str, Any] = {"widths": tuple(widths), "seed": seed}
    where = request_text("network", arguments)
    from spinglass.networks.architecture import Architecture  # takes a second, which few programs need

    q = Architecture.of(widths).q if one.declaration.output_factor == "q" else 1.0
    if y is not None:
        arguments["y"] = q * y  # (q f - q y)^2 = q^2 (f - y)^2
    if weights is not None:
        arguments["weights"] = [_turned(one, W) for W in weights]
    answer = one.roles.ask("network", **arguments, x=x, wanted=tuple(wanted))
    found: dict[str, Any] = {}
    for name in wanted:
        if not isinstance(answer, dict) or name not in answer:
            raise AnswerError(f"{where}: the answer has no {name!r}")
        if name == "output":
            output = as_array(answer[name])
            found[name] = checked(where, name, output.reshape(-1) if output.size == len(x) else output, (len(x),)) / q
        elif name == "hessian_blocks":
            found[name] = [block / q**2 for block in _blocks(one, where, answer[name], widths)]
        else:
            matrices = _matrices(one, where, name, answer[name], widths)
            found[name] = matrices if name == "weights" else [matrix / q for matrix in matrices]
    return found


def _turned(one: Subject, matrix: Array) -> Array:
    """Return a matrix of this project in the subject's orientation, or the other way round."""
    return matrix.T.copy() if one.declaration.weights == "out,in" else matrix


def _matrices(one: Subject, where: str, name: str, given: Any, widths: Sequence[int]) -> list[Array]:
    shapes = [shape[::-1] if one.declaration.weights == "out,in" else shape for shape in pairwise(widths)]
    arrays = _one_per_layer(where, name, given, len(shapes))
    if [array.shape for array in arrays] == [shape[::-1] for shape in shapes] != shapes:
        other = "in,out" if one.declaration.weights == "out,in" else "out,in"
        raise AnswerError(
            f"{where}: {name} have the shapes {[array.shape for array in arrays]}, which are transposed; declare "
            f"weights = {other!r}, or transpose them"
        )
    return [
        _turned(one, checked(where, f"{name} of layer {layer}", array, shape))
        for layer, (array, shape) in enumerate(zip(arrays, shapes, strict=True), 1)
    ]


def _blocks(one: Subject, where: str, given: Any, widths: Sequence[int]) -> list[Array]:
    """Return the blocks with the weights of a layer numbered row by row of the matrix of shape (n_in, n_out)."""
    found = []
    for layer, (block, (a, b)) in enumerate(
        zip(_one_per_layer(where, "hessian_blocks", given, len(widths) - 1), pairwise(widths), strict=True), 1
    ):
        block = checked(where, f"the Hessian block of layer {layer}", block, (a * b, a * b))
        if one.declaration.weights == "out,in":
            order = np.arange(a * b).reshape(b, a).T.ravel()
            block = block[np.ix_(order, order)]
        found.append(block)
    return found


def _one_per_layer(where: str, name: str, given: Any, layers: int) -> list[Array]:
    try:
        arrays = _arrays(name, given)
    except AnswerError as error:
        raise AnswerError(f"{where}: {error}") from None
    if len(arrays) != layers:
        raise AnswerError(f"{where}: {name} has {len(arrays)} matrices; expected {layers}, one per layer")
    return arrays


def offered(one: Subject) -> tuple[set[str], dict[str, str]]:
    """Find out which parts of a network a subject offers, by a few small requests.

    Parameters
    ----------
    one
        The subject.

    Returns
    -------
    parts : set of str
        ``"network"`` and parts of it, such as ``"network.gradient"``.
    missing : dict
        For parts that were tried in vain, the reason.
    """
    widths, x, y = (2, 3, 1), np.array([[1.0, -0.5], [0.25, 2.0]]), np.array([1.0, -1.0])
    ones = [np.ones(shape) for shape in pairwise(widths)]
    tries: dict[str, Callable[[], object]] = {
        "network": lambda: ask_network(one, widths, 1, x, ["output"]),
        "network.weights": lambda: ask_network(one, widths, 1, x, ["weights"]),
        "network.gradient": lambda: ask_network(one, widths, 1, x, ["gradient"]),
        "network.hessian_blocks": lambda: ask_network(one, widths, 1, x, ["hessian_blocks"], y),
        "network.with_weights": lambda: ask_network(one, widths, 1, x, ["output"], weights=ones),
    }
    parts: set[str] = set()
    missing: dict[str, str] = {}
    for part, ask in tries.items() if "network" in one.roles.offered else ():
        try:
            ask()
            parts.add(part)
        except AnswerError as error:
            missing[part] = str(error)
    if "network.weights" in parts:
        first, again = (ask_network(one, widths, 1, x, ["weights"])["weights"] for _ in range(2))
        if not all(map(np.array_equal, first, again)):
            where = request_text("network", {"widths": widths, "seed": 1})
            reason = f"{where} was called twice and gave other weights; draw all random numbers from `seed`"
            return set(), dict.fromkeys(tries, reason)
    return parts, missing
