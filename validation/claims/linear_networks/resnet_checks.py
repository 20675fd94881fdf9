"""Measurements of linear residual networks: the plain form, the gradient inequality, optima with small layers."""

import math

import numpy as np

from spinglass._common.types import Array
from spinglass.networks.linear import LinearProblem
from spinglass.networks.resnet import LinearResNet, polar_layers
from theory.networks import linear_resnets
from validation.claims.linear_networks.resnet_search import into_ball, least_ratio

LAYERS = (2, 3, 5, 10, 30, 100, 300, 1000)


def form_errors(seed: np.random.SeedSequence, n: int, layers: int) -> tuple[float, float]:
    """Return relative errors of risk and gradient compared with those of the plain network with layers I + A_i."""
    rng = np.random.default_rng(seed)
    x, R, A = rng.standard_normal((2 * n, n)), rng.standard_normal((n, n)), rng.standard_normal((layers, n, n)) / n
    net = LinearResNet(R, x.T @ x)
    plain = LinearProblem(x, x @ R, (n,) * (layers + 1))
    loss, gradient = plain.loss_and_gradient(list(np.eye(n) + A))
    error = net.forward(A, x) - x @ R
    slopes = net.gradient(A).ravel()
    off = max(abs(net.risk(A) - 2 * loss), abs(float(np.sum(error**2)) - 2 * loss)) / (2 * loss)
    return off, float(np.abs(slopes - 2 * gradient).max() / np.abs(slopes).max())


def inequality_violations(seed: np.random.SeedSequence, n: int, layers: int) -> tuple[float, float]:
    """Return by how much the gradient inequality is violated, and its error where the bound is attained.

    The first is the worst case of an adversarial search from a random start in a random ball; equality holds at ``A_i =
    -tau I`` if the residual lies along the lowest eigenvector of the covariance.
    """
    rng = np.random.default_rng(seed)
    tau, R = float(rng.uniform(0.05, 0.9)), rng.standard_normal((n, n))
    covariance = _covariance(n, rng)
    smallest, axes = np.linalg.eigh(covariance)
    bound = linear_resnets.gradient_constant(layers, tau, float(smallest[0]))
    ratio, _ = least_ratio(LinearResNet(R, covariance), rng.standard_normal((layers, n, n)), tau)
    shrunk = -tau * np.repeat(np.eye(n)[None], layers, axis=0)
    tight = LinearResNet((1 - tau) ** layers * np.eye(n) - np.outer(axes[:, 0], rng.standard_normal(n)), covariance)
    equal = float(np.sum(tight.gradient(shrunk) ** 2)) / tight.excess_risk(shrunk)
    return max(0.0, 1 - ratio / bound), abs(equal / bound - 1)


def unreachable(seed: np.random.SeedSequence, n: int, layers: int) -> tuple[float, float]:
    """Return by how much |gradient|^2 and the excess risk fall below their lower bounds in the ball, if det R < 0.

    A product of layers ``I + A_i`` with |A_i| < 1 has a positive determinant. It is therefore at least sigma_min(R)
    away from R, and the risk is at least ``sigma_min(covariance) sigma_min(R)^2``. The search descends the risk as
    well.
    """
    rng = np.random.default_rng(seed)
    tau, R, covariance = float(rng.uniform(0.3, 0.9)), target(n, rng, sign=-1), _covariance(n, rng)
    smallest = float(np.linalg.eigvalsh(covariance)[0])
    floor = smallest * float(np.linalg.svd(R, compute_uv=False)[-1]) ** 2
    net = LinearResNet(R, covariance)
    start = descend_risk(net, 0.3 * rng.standard_normal((layers, n, n)), tau)
    ratio, excess = least_ratio(net, start, tau)
    bound = linear_resnets.gradient_constant(layers, tau, smallest)
    excess = min(excess, net.excess_risk(start))
    return max(0.0, 1 - ratio / bound), max(0.0, 1 - excess / floor)


def descend_risk(net: LinearResNet, A: Array, tau: float) -> Array:
    """Return the layers after 60 steps of projected gradient descent of the risk in the ball."""
    A, step = into_ball(A, tau), 0.1
    risk = net.excess_risk(A)
    for _ in range(60):
        trial = into_ball(A - step * net.gradient(A), tau)
        there = net.excess_risk(trial)
        if there < risk:
            A, risk, step = trial, there, 1.3 * step
        else:
            step /= 3
    return A


def polar_errors(seed: np.random.SeedSequence, n: int) -> tuple[float, float, float]:
    """Return, over l = 2 to 1000 layers, the error of the product per layer, and how far norms leave their bounds."""
    rng = np.random.default_rng(seed)
    R = target(n, rng, sign=1)
    gamma = float(np.abs(np.log(np.linalg.svd(R, compute_uv=False))).max())
    missed, above, below = 0.0, 0.0, 0.0
    for layers in LAYERS:
        A = polar_layers(R, layers)
        product = np.eye(n)
        for layer in A:
            product = product + product @ layer
        missed = max(missed, float(np.abs(product - R).max() / np.abs(R).max()) / layers)
        norm = float(np.linalg.norm(A, 2, axis=(1, 2)).max())
        bound = linear_resnets.norm_bound(layers, gamma)
        above = max(above, norm / bound - 1 if math.isfinite(bound) else 0.0)
        below = max(below, 1 - norm / linear_resnets.norm_floor(layers, gamma))
    return missed, above, below


def target(n: int, rng: np.random.Generator, sign: int) -> Array:
    """Return a random matrix whose determinant has this sign and whose singular values lie in [1/2, 2].

    With sign 1, in two or more dimensions, it rotates some plane by nearly pi, which is the worst case for small
    layers.
    """
    left, right = np.linalg.qr(rng.standard_normal((n, n)))[0], np.linalg.qr(rng.standard_normal((n, n)))[0]
    turn = np.eye(n)
    if n > 1:
        c, s = math.cos(3.1), math.sin(3.1)
        turn[:2, :2] = [[c, -s], [s, c]]
    stretch = (right * np.exp(rng.uniform(-math.log(2), math.log(2), n))) @ right.T
    R = left @ turn @ left.T @ stretch
    if sign < 0:
        R[0] *= -1
    return np.asarray(R)


def _covariance(n: int, rng: np.random.Generator) -> Array:
    axes = np.linalg.qr(rng.standard_normal((n, n)))[0]
    return np.asarray((axes * rng.uniform(0.2, 2.0, n)) @ axes.T)
