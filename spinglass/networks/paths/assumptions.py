r"""How far a real ReLU network is from the assumptions that lead to the spin glass.

All sums over paths are exact at any depth. A path's activity is a product over its units, so the mean over all paths of
the product of its activities at two inputs is a product over layers: the path kernel

    K(x, x') = prod_l (1/n_l) sum_i a_li(x) a_li(x'),    a_li the activity of unit i of layer l.

Means over inputs are estimated without bias from pairs and quadruples of different inputs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from spinglass._common.arguments import whole_number
from spinglass._common.threads import one_blas_thread
from spinglass._common.types import Array, IntArray
from spinglass.networks.redundancy import reduce_weights
from spinglass.networks.relu import ReLUNetwork

_LEAST_INPUTS = 4  # the unbiased estimators need four different inputs


@dataclass(frozen=True, kw_only=True)
class AssumptionDeviations:
    """Seven numbers, one per assumption, each of which is 0 if the assumption holds (up to the scatter of inputs).

    Attributes
    ----------
    rates
        Variance of the paths' rates of activity, relative to that of a single activity, rho (1 - rho): 1 if every path
        is always or never active.
    redundancy
        Fraction of the inputs for which a network with only Lambda distinct weights predicts another sign.
    uniformity
        Squared relative scatter of how often each H-tuple of these Lambda weights occurs on paths. If every path drew a
        tuple of its own, its mean would be ``(Lambda^H - 1)/Psi``, which is about 1 for the default Lambda. Paths share
        weights, so that it is larger even if weights are placed at random.
    inputs
        Kolmogorov distance of the standardised inputs from the normal distribution.
    dependence_on_inputs
        Squared correlation of a path's activity with its input: mean squared covariance over paths, divided by the mean
        variances.
    dependence_between_paths
        Squared correlation of the activities of two paths, in the same way. Its inverse is the number of activities
        that vary independently.
    radius
        Mean squared weight, relative to that of a reference network, minus 1; NaN without a reference.
    """

    rates: float
    redundancy: float
    uniformity: float
    inputs: float
    dependence_on_inputs: float
    dependence_between_paths: float
    radius: float


def assumption_deviations(
    net: ReLUNetwork, X: ArrayLike, *, size: int | None = None, reference: ReLUNetwork | None = None
) -> AssumptionDeviations:
    """Return how far a network and its inputs are from each of the seven assumptions.

    Parameters
    ----------
    net
        A network with ``last_relu=False``, of any depth.
    X
        Inputs, shape (M, d), at least 4.
    size
        Number Lambda of distinct weights for redundancy and uniformity. Default: ``Psi^{1/H}``, rounded.
    reference
        Network that defines the radius of the sphere, such as the one before training. Default: None.

    Returns
    -------
    AssumptionDeviations
        One number per assumption.

    Raises
    ------
    ValueError
        If the inputs do not fit or are fewer than 4, ``size`` is out of range, or the output is rectified.

    References
    ----------
    Choromanska et al. (2015), section 3; unbiased squared covariances: Song, Smola, Gretton, Bedo and Borgwardt (2012),
    "Feature selection via dependence maximization", theorem 2.

    Examples
    --------
    >>> net = ReLUNetwork.random((20, 30, 30, 1), seed=0, last_relu=False)
    >>> found = assumption_deviations(net, np.random.default_rng(0).standard_normal((200, 20)))
    >>> found.dependence_on_inputs > 0.005, found.inputs < 0.05
    (True, True)
    """
    rows = np.atleast_2d(np.asarray(X, dtype=np.float64))
    K = path_kernel(net, rows)
    if len(rows) < _LEAST_INPUTS:
        raise ValueError(f"at least {_LEAST_INPUTS} inputs are needed for unbiased estimates, not {len(rows)}")
    s = round(net.Lambda) if size is None else whole_number("size", size, 1)
    reduced = reduce_weights(net, s, rows)
    ordered = np.concatenate([W.ravel() for W in reduced.network.weights])
    labels = np.searchsorted(reduced.values, ordered)
    centred = rows - rows.mean(axis=0)
    with one_blas_thread():
        inputs_kernel = centred @ centred.T
    return AssumptionDeviations(
        rates=_unequal_rates(K),
        redundancy=reduced.epsilon,
        uniformity=tuple_scatter(_layers(labels, net), s),
        inputs=float(stats.kstest(_standardised(rows), "norm").statistic),
        dependence_on_inputs=_squared_correlation(K, inputs_kernel),
        dependence_between_paths=_squared_correlation(K, K),
        radius=float("nan") if reference is None else _mean_square(net) / _mean_square(reference) - 1,
    )


def path_kernel(net: ReLUNetwork, X: ArrayLike) -> Array:
    """Return the mean over all paths of the product of a path's activities at two inputs, exactly.

    Parameters
    ----------
    net
        A network.
    X
        Inputs, shape (M, d).

    Returns
    -------
    ndarray
        Symmetric matrix (M, M); its diagonal is the share of paths that are active at each input.

    Raises
    ------
    ValueError
        If the inputs do not fit.

    Examples
    --------
    >>> net = ReLUNetwork([np.array([[1.0, -1.0]]), np.ones((2, 1))], last_relu=False)
    >>> path_kernel(net, [[1.0], [-1.0]]).tolist()  # each of two units is active at one input
    [[0.5, 0.0], [0.0, 0.5]]
    """
    gates = net.activities(X)
    K = np.ones((len(gates[0]), len(gates[0])))
    with one_blas_thread():
        for gate in gates:
            active = gate.astype(np.float64)
            K *= active @ active.T / active.shape[1]
    return K


def tuple_scatter(labels: list[IntArray], size: int) -> float:
    r"""Return the squared relative scatter of how often H-tuples of labels occur on the paths of a network.

    .. math:: \Lambda^H \sum_t p_t^2 - 1

    Here p_t is the share of paths with the tuple t. The probability that two random paths have the same tuple is summed
    exactly over pairs of paths, layer by layer.

    Parameters
    ----------
    labels
        Label 0..size-1 of every weight, one matrix (n_(l-1), n_l) per layer.
    size
        Number Lambda of labels.

    Returns
    -------
    float
        The scatter; 0 if every tuple occurs equally often.

    Examples
    --------
    >>> tuple_scatter([np.array([[0], [1]])], 2)  # two paths of one weight each, with different labels
    0.0
    """
    pairs = np.full((len(labels[0]),) * 2, 1 / len(labels[0]) ** 2)
    with one_blas_thread():
        for layer in labels:
            above = np.zeros((layer.shape[1],) * 2)
            for label in np.unique(layer):
                equal = (layer == label).astype(np.float64)
                above += equal.T @ pairs @ equal
            # The factor size keeps Lambda^H p^2 within the range of a float.
            pairs = above * (size / layer.shape[1] ** 2)
    return float(pairs.sum() - 1)


def _layers(labels: IntArray, net: ReLUNetwork) -> list[IntArray]:
    ends = np.cumsum([W.size for W in net.weights])[:-1]
    return [part.reshape(W.shape) for part, W in zip(np.split(labels, ends), net.weights, strict=True)]


def _unequal_rates(K: Array) -> float:
    """Return the variance of rates over paths, relative to rho (1 - rho), from pairs of different inputs."""
    M, active = len(K), np.diag(K)
    pairs = M * (M - 1)
    mean_square = (K.sum() - active.sum()) / pairs
    square_mean = (active.sum() ** 2 - (active**2).sum()) / pairs
    single = active.mean() - square_mean
    return float((mean_square - square_mean) / single) if single > 0 else 0.0


def _squared_correlation(K: Array, L: Array) -> float:
    """Return the mean squared covariance of the features of two kernels, divided by both mean variances."""
    spread = _variance(K) * _variance(L)
    return _squared_covariance(K, L) / spread if spread > 0 else 0.0


def _variance(K: Array) -> float:
    M = len(K)
    return float(np.trace(K) / M - (K.sum() - np.trace(K)) / (M * (M - 1)))


def _squared_covariance(K: Array, L: Array) -> float:
    """Estimate the sum of squared covariances of features without bias, from quadruples of different inputs."""
    M = len(K)
    K, L = K - np.diag(np.diag(K)), L - np.diag(np.diag(L))
    product = float(np.sum(K * L))
    both = float(K.sum() * L.sum()) / ((M - 1) * (M - 2))
    mixed = 2 * float(K.sum(axis=0) @ L.sum(axis=0)) / (M - 2)
    return (product + both - mixed) / (M * (M - 3))


def _standardised(X: Array) -> Array:
    flat = X.ravel()
    spread = flat.std()
    return np.asarray((flat - flat.mean()) / (spread if spread > 0 else 1.0))


def _mean_square(net: ReLUNetwork) -> float:
    return float(np.mean(np.concatenate([W.ravel() for W in net.weights]) ** 2))
