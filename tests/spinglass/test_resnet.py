"""Linear residual networks: risk by sampling, gradient by complex steps, the polar optimum by multiplication."""

import numpy as np
import pytest
from scipy import linalg
from scipy.stats import special_ortho_group

from spinglass.networks.linear import LinearProblem
from spinglass.networks.resnet import LinearResNet, polar_layers, rotation_planes


def example(seed=0, n=3, layers=4):
    rng = np.random.default_rng(seed)
    root = rng.standard_normal((n, n))
    net = LinearResNet(rng.standard_normal((n, n)), root.T @ root + 0.1 * np.eye(n), noise=0.3)
    return net, 0.3 * rng.standard_normal((layers, n, n))


def test_risk_is_the_mean_over_data_with_that_covariance():
    net, A = example()
    # Rows with exactly this second moment, and no noise.
    x = np.sqrt(3) * linalg.cholesky(net.covariance)
    error = net.forward(A, x) - x @ net.R
    assert net.risk(A) - net.noise == pytest.approx(np.mean(np.sum(error**2, axis=1)), rel=1e-12)


def test_gradient_by_complex_steps():
    net, A = example(1)
    gradient = np.empty_like(A)
    for place in np.ndindex(A.shape):
        moved = A.astype(complex)
        moved[place] += 1e-30j
        product = np.eye(3)
        for layer in moved:
            product = product @ (np.eye(3) + layer)
        off = product - net.R
        gradient[place] = np.trace(off.T @ net.covariance @ off).imag / 1e-30
    assert np.allclose(net.gradient(A), gradient, rtol=1e-12, atol=1e-13)


def test_the_same_function_as_the_plain_network_of_the_layers_with_the_identity_added():
    net, A = example(2)
    x = np.random.default_rng(0).standard_normal((10, 3))
    plain = LinearProblem(x, x @ net.R, (3,) * 5)
    error = net.forward(A, x) - x @ net.R
    assert plain.loss(list(np.eye(3) + A)) == pytest.approx(np.sum(error**2) / 2, rel=1e-12)


@pytest.mark.parametrize("layers", [1, 2, 3, 17, 400])
@pytest.mark.parametrize(
    "R",
    [
        np.eye(3),
        -np.eye(2),
        np.diag([-1.0, -1.0, 1.0, -2.0, -0.5]),
        np.diag([5.0, 0.1]),
        np.array([[2.0]]),
        special_ortho_group.rvs(5, random_state=np.random.default_rng(0)),
        special_ortho_group.rvs(4, random_state=np.random.default_rng(1)) @ np.diag([3.0, 1.0, 0.2, 1.0]),
    ],
    ids=["identity", "half turn", "two half turns", "stretch", "number", "rotation", "both"],
)
def test_polar_layers_multiply_to_their_target(R, layers):
    A = polar_layers(R, layers)
    assert A.shape == (layers, *R.shape)
    product = np.eye(len(R))
    for layer in A:
        product = product + product @ layer
    # Rounding grows at most with the number of layers.
    assert np.abs(product - R).max() < 1e-14 * (layers + 10) * np.abs(R).max()


def test_planes_of_a_rotation():
    for seed in range(20):
        Q = special_ortho_group.rvs(6, random_state=np.random.default_rng(seed))
        frame, angles, planes = rotation_planes(Q)
        # The eigenvalues are e^(+-i angle); the rest are 1.
        found = np.sort(np.angle(np.linalg.eigvals(Q)))
        both = np.sort(np.concatenate([angles, -angles, np.zeros(6 - 2 * len(planes))]))
        assert np.allclose(found, both, atol=1e-12)
        assert np.allclose(frame.T @ frame, np.eye(6), atol=1e-13)


def test_bad_input():
    with pytest.raises(ValueError, match="det R must be positive"):
        polar_layers(np.diag([1.0, -1.0]), 5)
    with pytest.raises(ValueError, match="R must be a square matrix"):
        polar_layers(np.ones((2, 3)), 5)
    with pytest.raises(ValueError, match="layers must be a whole number"):
        polar_layers(np.eye(2), 0)
    with pytest.raises(ValueError, match="symmetric and positive definite"):
        LinearResNet(np.eye(2), np.diag([1.0, 0.0]))
    with pytest.raises(ValueError, match="covariance must have R's shape"):
        LinearResNet(np.eye(2), np.eye(3))
    with pytest.raises(ValueError, match="R must be finite"):
        LinearResNet([[np.nan]])
    with pytest.raises(ValueError, match="noise is a mean square"):
        LinearResNet([[1.0]], noise=-1.0)
    with pytest.raises(ValueError, match=r"A must have shape \(l, 2, 2\)"):
        LinearResNet(np.eye(2)).risk(np.zeros((2, 2)))


def test_a_small_covariance_must_be_symmetric_too():
    R = [[1.0, 0.5], [0.2, 1.3]]
    for unit in (1e-9, 1e9):
        with pytest.raises(ValueError, match="symmetric"):
            LinearResNet(R, unit * np.array([[2.0, 1.0], [0.0, 2.0]]))
        LinearResNet(R, unit * np.array([[2.0, 1.0], [1.0, 2.0]]))
