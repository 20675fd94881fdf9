"""Directions in parameter space that span planes: random and filter-normalised, eigenvectors, and other networks."""

import numpy as np
from scipy.sparse import linalg as sparse

from spinglass._common.threads import one_blas_thread
from spinglass._common.types import Array
from spinglass.networks.curvature import Curvature
from spinglass.networks.layers import LayeredNetwork

_FEW = 50  # parameters up to which the dense eigenproblem is solved


def filter_normalised(network: LayeredNetwork, random: np.random.Generator) -> Array:
    """Return a random direction in which the weights into every unit have the norm of the network's own.

    The direction does not change biases. Rescaling one layer and the inverse of another, which does not change a ReLU
    network's function, therefore does not change its loss on the plane either.

    Parameters
    ----------
    network
        The network.
    random
        Generator of the Gaussian numbers.

    Returns
    -------
    ndarray
        The direction, shape (size,).

    References
    ----------
    Li, Xu, Taylor, Studer and Goldstein (2018), "Visualizing the loss landscape of neural nets", section 4.

    Examples
    --------
    >>> net = LayeredNetwork([[[3.0, 0.0], [4.0, 1.0]]])
    >>> W = filter_normalised(net, np.random.default_rng(0)).reshape(2, 2)
    >>> np.linalg.norm(W, axis=0).round(12).tolist()
    [5.0, 1.0]
    """
    weights = []
    for W in network.weights:
        drawn = random.standard_normal(W.shape)
        weights.append(drawn * (np.linalg.norm(W, axis=0) / np.linalg.norm(drawn, axis=0)))
    biases = None if network.biases is None else [np.zeros_like(b) for b in network.biases]
    return LayeredNetwork(weights, biases).parameters


def leading_eigenvectors(found: Curvature) -> Array:
    """Return unit eigenvectors of the two largest eigenvalues of the Hessian.

    Parameters
    ----------
    found
        The curvature of a network with at least two parameters.

    Returns
    -------
    ndarray
        The eigenvectors as rows, shape (2, size), that of the largest eigenvalue first. The component of largest
        absolute value is positive.
    """
    size = found.network.size
    with one_blas_thread():
        if size <= _FEW:
            vectors = np.linalg.eigh(found.hessian())[1][:, :-3:-1]
        else:
            operator = sparse.LinearOperator((size, size), matvec=found.hessian_vector, dtype=np.float64)
            start = np.random.default_rng(0).standard_normal(size)  # a fixed start gives the same bits in every call
            values, vectors = sparse.eigsh(operator, k=2, which="LA", v0=start, tol=1e-8)
            vectors = vectors[:, np.argsort(-values)]
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), [0, 1]])
    return np.ascontiguousarray((vectors * signs).T)


def towards(network: LayeredNetwork, other: LayeredNetwork) -> Array:
    """Return the direction from one network to another.

    Parameters
    ----------
    network, other
        Networks of the same widths, both with biases or both without.

    Returns
    -------
    ndarray
        The difference of the parameters, shape (size,).

    Raises
    ------
    ValueError
        If the networks have different shapes or activation functions.
    """
    same = (
        network.widths == other.widths
        and (network.biases is None) == (other.biases is None)
        and network.activation.same_as(other.activation)
        and network.output.same_as(other.output)
    )
    if not same:
        raise ValueError(f"networks on one plane must have the same shape and activations, not {network!r}, {other!r}")
    return np.asarray(other.parameters - network.parameters)
