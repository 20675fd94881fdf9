"""The assumptions on weights and inputs, measured on the networks of the claim on activities at real depth."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from spinglass._common.seeds import generator
from spinglass._common.types import Array
from spinglass.networks import ReLUNetwork, data
from spinglass.networks.paths.assumptions import AssumptionDeviations
from theory.networks import shared_weights
from validation.claim import Claim
from validation.claims.networks.depth import INPUTS, architecture, network_on_digits, series_at_depth
from validation.mutant import Mutant
from validation.reading import Reading
from validation.series import Between
from validation.statistics.estimators import Mean

_PIXELS = 64


def changed_predictions(found: AssumptionDeviations) -> float:
    """Return the share of digits for which a network of Lambda distinct weights predicts another sign."""
    return found.redundancy


def as_in_wide_networks(H: int, width: int) -> Between:
    """Return the range up to the share that rounding changes in a wide random network; the scale of shares is 1."""
    layers = architecture(H, width)
    return Between(0.0, shared_weights.sign_changes_by_rounding(layers.widths, round(layers.Lambda)), scale=1.0)


def share_of_tuples(found: AssumptionDeviations) -> float:
    """Return the inverse of Lambda^H times the sum of squared shares of paths: 1 if all tuples are used equally."""
    return min(1.0, 1 / (1 + found.uniformity))


def every_tuple(**_: object) -> float:
    """Return 1: all tuples are used equally often."""
    return 1.0


def distance_from_normal(found: AssumptionDeviations) -> float:
    """Return the Kolmogorov distance of the inputs from the normal distribution."""
    return found.inputs


def no_distance(**_: object) -> Between:
    """Return 0; the scale of a Kolmogorov distance is 1."""
    return Between(0.0, 0.0, scale=1.0)


def change_of_radius(found: AssumptionDeviations) -> float:
    """Return the mean squared weight after training relative to that before it, minus 1."""
    return found.radius


def no_change(**_: object) -> Between:
    """Return 0; the scale is the mean square before training."""
    return Between(0.0, 0.0, scale=1.0)


def with_normal_digits(digits: Callable[[], data.Digits]) -> Callable[[], data.Digits]:
    """Replace the pixels of all digits by independent standard normal numbers."""

    def drawn() -> data.Digits:
        real, random = digits(), generator(0)
        train, test = (random.standard_normal(X.shape) for X in (real.train[0], real.test[0]))
        return replace(real, train=(train, real.train[1]), test=(test, real.test[1]))

    return drawn


def with_uniform_use(scatter: Callable[..., float]) -> Callable[..., float]:
    """Let the unit that a weight leaves determine the weight's value, out of as many values as there are units."""

    def arranged(labels: list[Array], size: int) -> float:  # noqa: ARG001
        values = min(len(layer) for layer in labels)
        leaving = [np.repeat(np.arange(len(layer))[:, None] % values, layer.shape[1], axis=1) for layer in labels]
        return scatter(leaving, values)

    return arranged


def after_training(change: Callable[[ReLUNetwork], ReLUNetwork]) -> Callable[..., Any]:
    """Return a patch that changes each network after its training."""

    def patch(pair: Callable[..., Any]) -> Callable[..., Any]:
        def changed(*arguments: Any) -> Any:
            before, after, error = pair(*arguments)
            return before, change(after), error

        return changed

    return patch


def halved(net: ReLUNetwork) -> ReLUNetwork:
    """Halve all weights."""
    return ReLUNetwork([W / 2 for W in net.weights], last_relu=False)


def onto_the_sphere(net: ReLUNetwork) -> ReLUNetwork:
    """Scale all weights to the mean square that weights have on average before training."""
    expected = sum(2 * above for _, above in net.architecture.shapes) / net.architecture.size
    found = sum(float(np.sum(W**2)) for W in net.weights) / net.architecture.size
    return ReLUNetwork([W * np.sqrt(expected / found) for W in net.weights], last_relu=False)


_PAIR = "validation.experiments.networks.path_assumptions.pair_of_networks"
_REDUCED = "spinglass.networks.paths.assumptions.reduce_weights"
_LARGEST_BIAS = float(np.sqrt(np.pi / 2) * np.log(2) / np.sqrt(INPUTS * _PIXELS))
_FEWER_VALUES = Mutant(
    "square root of Lambda",
    "the reduced network has the square root of Lambda distinct weights",
    {_REDUCED: lambda reduce: lambda net, s, X: reduce(net, round(s**0.5), X)},
    upstream=True,
)

CLAIMS = (
    Claim(
        id="networks/redundancy-at-depth",
        kind="assumption",
        statement="In trained networks of any depth Λ distinct weights determine the output: rounding all weights to "
        "them changes no larger share of predictions than in a wide network with random weights.",
        formula=r"\epsilon \le \frac{\arccos c_H}{\pi} \approx \frac{\sqrt{H}}{\pi \Lambda}",
        source="Choromanska et al. 2015, definition 3.1; the bound was derived for this project "
        "(theory.networks.shared_weights.sign_changes_by_rounding)",
        measured="the share of digits for which the predicted sign changes, in networks trained on digits",
        measure=Reading(network_on_digits, changed_predictions),
        predict=as_in_wide_networks,
        # Pilot, 40 networks with other seeds: shares of 0.017 to 0.030 with standard deviations of 0.012 to 0.018.
        delta=0.02,
        sizes=series_at_depth((True,)),
        mutants=(
            _FEWER_VALUES,
            Mutant(
                "too small a bound",
                "the bound in theory is that for a hundred times as many weights",
                {
                    "theory.networks.shared_weights.sign_changes_by_rounding": lambda law: (
                        lambda widths, size: law(widths, 100 * size)
                    )
                },
            ),
        ),
    ),
    Claim(
        id="networks/uniform-use-at-depth",
        kind="assumption",
        statement="In networks of any depth every H-tuple of the Λ distinct weights is used on equally many paths.",
        formula=r"\left(\Lambda^H \sum_t p_t^2\right)^{-1} = 1",
        source="Choromanska et al. 2015, section 3.2 (uniformity); values placed at random reach 1/8 at H = 5 "
        "(theory.networks.shared_weights.tuple_scatter_at_random)",
        measured="the share of tuples that, used equally often, would coincide on two random paths as often as the "
        "tuples of a network trained on digits do",
        measure=Reading(network_on_digits, share_of_tuples),
        predict=every_tuple,
        # Pilot, 40 networks with other seeds: 0.20 to 0.08 with standard deviations of 0.04 to 0.003. Where tuples are
        # used exactly equally, 30 equal values exclude a mean of 0.8.
        delta=0.2,
        estimator=Mean(between=(0, 1)),
        sizes=series_at_depth((True,)),
        mutants=(
            _FEWER_VALUES,
            Mutant(
                "one layer forgotten",
                "the weights of the last layer are left out of the tuples",
                {
                    "spinglass.networks.paths.assumptions.tuple_scatter": lambda scatter: (
                        lambda labels, size: scatter(labels[:-1], size)
                    )
                },
                upstream=True,
            ),
            Mutant(
                "values by unit",
                "the unit that a weight leaves determines its value, so that all tuples are used equally often",
                {"spinglass.networks.paths.assumptions.tuple_scatter": with_uniform_use},
                upstream=True,
                verdict="agrees",
            ),
        ),
    ),
    Claim(
        id="networks/normal-inputs",
        kind="assumption",
        statement="Inputs are independent normal numbers.",
        formula=r"X_{ij} \sim N(0, 1)",
        source="Choromanska et al. 2015, section 3.2; inputs do not depend on the depth of the network",
        measured="the Kolmogorov distance of the standardised pixels of digits from the normal distribution",
        measure=Reading(network_on_digits, distance_from_normal),
        predict=no_distance,
        delta=0.02,
        bias=_LARGEST_BIAS,
        bias_reason="the mean Kolmogorov distance of N normal numbers is at most that without standardising them, "
        "sqrt(π/2) ln 2 / sqrt(N), here with N = 200 × 64",
        sizes=series_at_depth((False,), shallowest=True),
        mutants=(
            Mutant(
                "not scaled",
                "pixels are centred, but not divided by their standard deviation",
                {"spinglass.networks.paths.assumptions._standardised": lambda _: lambda X: X.ravel() - X.mean()},
                upstream=True,
            ),
            Mutant(
                "half of the distance",
                "distances are divided by 2",
                {
                    "validation.claims.networks.weights_at_depth.distance_from_normal": lambda read: (
                        lambda found: read(found) / 2
                    )
                },
            ),
            Mutant(
                "normal pixels",
                "all pixels are independent standard normal numbers",
                {"validation.claims.networks.depth.few_digits": with_normal_digits},
                upstream=True,
                verdict="agrees",
            ),
        ),
    ),
    Claim(
        id="networks/sphere-at-depth",
        kind="assumption",
        statement="Training leaves networks of any depth on the sphere on which their weights started.",
        formula=r"\frac1N \sum_k w_k^2 = \mathrm{const}",
        source="Choromanska et al. 2015, spherical constraint, assumption A7p",
        measured="the mean squared weight after training on digits relative to that before it, minus 1",
        measure=Reading(network_on_digits, change_of_radius),
        predict=no_change,
        # Pilot, 40 networks with other seeds: 0.017 to 0.041 with standard deviations of 0.004 to 0.008; those of
        # networks of any start on one common sphere are 0.012.
        delta=0.01,
        sizes=series_at_depth((True,)),
        mutants=(
            Mutant(
                "root mean square",
                "radii are compared in place of mean squares",
                {"spinglass.networks.paths.assumptions._mean_square": lambda f: lambda net: f(net) ** 0.5},
                upstream=True,
            ),
            Mutant(
                "weights half as large",
                "trained weights are halved",
                {_PAIR: after_training(halved)},
                upstream=True,
            ),
            Mutant(
                "scaled back",
                "trained weights are scaled to the mean square that weights have on average before training",
                {_PAIR: after_training(onto_the_sphere)},
                upstream=True,
                verdict="agrees",
            ),
        ),
    ),
)
