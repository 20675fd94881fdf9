"""Observations of Choromanska et al. (2015) on networks and spin glasses of growing size, repeated on other digits."""

from typing import Any

import numpy as np

from spinglass._common.seeds import child
from spinglass._common.types import Array
from spinglass.networks.curvature import curvature
from spinglass.networks.curvature.spectrum import THRESHOLD, most_below, solution_index
from validation.claim import Claim
from validation.claims._shared.efforts import sizes
from validation.claims.choromanska.mutants import NEGATED, NO_DESCENT, ONE_GLASS, SIZE_IGNORED, UNTRAINED
from validation.experiments.networks import digits
from validation.series import Between

_SOURCE = "Choromanska, Henaff, Mathieu, Ben Arous & LeCun 2015, section 5"


def _losses(
    seed: np.random.SeedSequence, sizes: tuple[int, ...], networks: int, images: int | None, epochs: int, initial: str
) -> list[tuple[Array, Array]]:
    """Return the training and test losses of networks of each size, trained on the same split of the digits."""
    data = digits.digit_data(seed, images)
    found = [digits.trained(data, hidden, networks, seed, epochs=epochs, initial=initial) for hidden in sizes]
    if any(one.diverged.any() for one in found):
        raise ArithmeticError(f"{sum(int(one.diverged.sum()) for one in found)} networks diverged in training")
    return [(one.train_loss, one.test_loss) for one in found]


def losses_fall(
    seed: np.random.SeedSequence,
    small: int,
    large: int,
    networks: int,
    images: int | None,
    epochs: int,
    initial: str,
    **_: object,
) -> Array:
    """Return how much the logarithms of mean and spread of the test loss fall from the small to the large networks.

    Mean and spread are over starts.
    """
    test_small, test_large = (test for _train, test in _losses(seed, (small, large), networks, images, epochs, initial))
    return np.log([test_small.mean() / test_large.mean(), test_small.std(ddof=1) / test_large.std(ddof=1)])


def correlation_falls(
    seed: np.random.SeedSequence,
    small: int,
    large: int,
    networks: int,
    images: int | None,
    epochs: int,
    initial: str,
    **_: object,
) -> float:
    """Return how much the correlation of training and test loss over starts falls from small to large networks."""
    first, second = (
        np.corrcoef(*pair)[0, 1] for pair in _losses(seed, (small, large), networks, images, epochs, initial)
    )
    return float(first - second)


def index_falls(
    seed: np.random.SeedSequence, small: int, large: int, images: int | None, epochs: int, exact_up_to: int, **_: object
) -> Array:
    """Return a lower bound on the fall of the normalised index, and an upper bound on the index at the large size.

    Networks start from weights uniform in [-1, 1].
    """
    data = digits.digit_data(seed, images)
    ends = []
    for hidden in (small, large):
        found = digits.trained(data, hidden, 1, seed, epochs=epochs, initial="uniform")
        ends.append(curvature(found.network(0), *data.train, "cross_entropy"))
    exact = solution_index(ends[0], exact_up_to=exact_up_to).absolute[0] / ends[0].network.size
    most = most_below(ends[1], [THRESHOLD])[0] / ends[1].network.size
    return np.array([exact - most, most])


def glass_narrows(seed: np.random.SeedSequence, small: int, large: int, starts: int, **_: object) -> Array:
    """Return how much the mean final energy per spin of SGD, and the logarithm of its spread, fall with size."""
    ends = [
        digits.glass_ends(n, 3, starts, "sgd", child(seed, n))["energy_per_spin"].to_numpy() for n in (small, large)
    ]
    return np.array([ends[0].mean() - ends[1].mean(), np.log(ends[0].std(ddof=1) / ends[1].std(ddof=1))])


_LARGEST_FALL = 6.0  # of a logarithm: a larger factor than 400 would have another cause than size


def falls(least: Any, **_: Any) -> Between:
    """Predict a fall of at least ``least``: the paper shows it without a number, so that the number is set here."""
    low = np.asarray(least, dtype=float)
    return Between(low, np.full_like(low, _LARGEST_FALL), scale=low)


def correlation_fall(least: float, **_: Any) -> Between:
    """Predict that a correlation falls by at least ``least``; the fall cannot exceed 2."""
    return Between(least, 2.0, scale=least)


def index_fall(least: float, **_: Any) -> Between:
    """Predict an index of at most 0.02 at the large size, and a fall to it of between ``least`` and 0.1."""
    return Between([least, 0.0], [0.1, 0.02], scale=[least, 0.02])


# In a pilot of 8 splits with other seeds (500 digits, 40 epochs, 10 and 100 units, fan-in starts) the logarithm of the
# mean fell by 0.43 (standard deviation 0.10 over splits), that of the spread by 1.85 (0.38), and the correlation by
# 0.56 (0.48); with 60 epochs and 25 and 250 units, on one split, by 0.16, 0.69 and 0.36. The required falls lie between
# these and 0. There was no pilot on the whole data with 200 epochs: the falls required there are those for 60 epochs.
_QUICK = {"small": 10, "large": 100, "networks": 8, "images": 500, "epochs": 40, "initial": "fan-in"}
_STANDARD = {"small": 25, "large": 250, "networks": 24, "images": 500, "epochs": 60, "initial": "fan-in"}
_PAPER = {"small": 25, "large": 500, "networks": 34, "images": None, "epochs": 200, "initial": "fan-in"}
_INDEX = {"small": 25, "large": 100, "images": 500, "epochs": 60, "exact_up_to": 2000, "least": 0.015}
_TEST_LOSS = (
    r"\log\frac{\bar\ell_{small}}{\bar\ell_{large}} > c_1 > 0,\quad "
    r"\log\frac{s_{small}}{s_{large}} > c_2 > 0"
)

CLAIMS = (
    Claim(
        id="choromanska/test-loss",
        kind="published observation",
        statement="The test loss of networks trained from random weights falls with the number of hidden units, both "
        "in mean and in spread. Here weights start uniform in sqrt(6/fan-in) [-1, 1].",
        formula=_TEST_LOSS,
        source=_SOURCE + "; the required falls are set here",
        measured="networks of two sizes trained on one random split of real digits: logarithms of the ratios of mean "
        "and standard deviation of the test loss over starts",
        measure=losses_fall,
        predict=falls,
        components=("mean", "spread"),
        delta=0.5,
        sizes=sizes(
            (30, 30, 30),
            [_QUICK | {"least": (0.2, 0.8)}],
            [_STANDARD | {"least": (0.06, 0.3)}],
            [_PAPER | {"least": (0.06, 0.3)}],
        ),
        mutants=(SIZE_IGNORED, UNTRAINED),
    ),
    Claim(
        id="choromanska/test-loss-from-the-cube",
        kind="published observation",
        statement="The test loss falls with the number of hidden units, both in mean and in spread, if all weights "
        "start uniform in [-1, 1], as published. On these digits it does not: initial outputs grow with the width, "
        "and wide networks do not lose this excess in training.",
        formula=_TEST_LOSS,
        source=_SOURCE + "; the required falls are set here",
        measured="as choromanska/test-loss, from weights uniform in [-1, 1], between two published sizes",
        measure=losses_fall,
        predict=falls,
        components=("mean", "spread"),
        delta=0.5,
        # The pilot of 8 splits: the logarithms rise by 0.41 (0.10) and 0.79 (0.35).
        sizes=sizes(
            (30, 30, 30),
            [_QUICK | {"small": 25, "large": 250, "networks": 6, "initial": "uniform", "least": (0.2, 0.8)}],
            [_STANDARD | {"initial": "uniform", "least": (0.06, 0.3)}],
            [_PAPER | {"initial": "uniform", "least": (0.06, 0.3)}],
        ),
        mutants=(SIZE_IGNORED, UNTRAINED),
    ),
    Claim(
        id="choromanska/correlation",
        kind="published observation",
        statement="The correlation of training and test loss over starts falls with the number of hidden units.",
        formula=r"\rho_{small} - \rho_{large} > c > 0",
        source=_SOURCE + "; the required falls are set here",
        measured="Pearson's correlation over networks of one size trained on one split, at two sizes",
        measure=correlation_falls,
        predict=correlation_fall,
        delta=0.5,
        sizes=sizes(
            (40, 40, 40),
            [_QUICK | {"networks": 12, "least": 0.35}],
            # In a pilot of 5 splits with other seeds the correlation falls by 0.75 (0.26) from 10 to 250 units, but
            # only by 0.12 (0.26) from 25 to 250. The latter is too small, compared with the spread over splits, to be
            # resolved at standard.
            [_STANDARD | {"small": 10, "epochs": 40, "least": 0.35}],
            [_PAPER | {"least": 0.2}],
        ),
        mutants=(SIZE_IGNORED, UNTRAINED),
    ),
    Claim(
        id="choromanska/index",
        kind="published observation",
        statement="The normalised index of solutions is near 0, and is smaller for larger networks.",
        formula=r"0.1 > \frac{i_{small}}{N_{small}} - \frac{i_{large}}{N_{large}} > c > 0,\quad "
        r"\frac{i_{large}}{N_{large}} < 0.02",
        source=_SOURCE + "; eigenvalues within 0.001 of 0 count as 0; the bounds are set here",
        measured="the number of eigenvalues below -0.001 of the full Hessian of the training loss at the end of "
        "training, divided by the number of parameters: exact at the small size, an upper bound (from the "
        "Gauss-Newton matrix) at the large size",
        measure=index_falls,
        predict=index_fall,
        components=("fall", "at the large size"),
        delta=0.5,
        # In the pilot of 8 splits the two values are 0.034 (0.010) and 0.010 (0.002); an untrained network has an index
        # of 0.11 at the large size. At standard, 3 splits with other seeds give 0.034 (0.003) and 0.006 (0.001). With
        # longer training, or more digits, the residual shrinks until no eigenvalue lies below -0.001: at 250 units
        # after 60 epochs, and with all digits after 200 epochs at 25 units as well. Nothing would be left to compare
        # there, so that paper uses the settings of standard.
        sizes=sizes(
            (30, 100, 1000),
            [{"small": 10, "large": 100, "images": 500, "epochs": 40, "exact_up_to": 1000, "least": 0.015}],
            [_INDEX],
            [_INDEX],
        ),
        mutants=(SIZE_IGNORED, UNTRAINED, NEGATED),
    ),
    Claim(
        id="choromanska/glass",
        kind="published observation",
        statement="Stochastic gradient descent of the 3-spin model ends at lower energies, with a smaller spread, for "
        "larger systems: the minima found in small systems are worse.",
        formula=r"\bar u_{small} - \bar u_{large} > c_1 > 0,\quad \log\frac{s_{small}}{s_{large}} > c_2 > 0",
        source=_SOURCE + "; the required falls are set here",
        measured="mean and standard deviation over starts of the energy per spin after 200 epochs of SGD, one "
        "landscape per size",
        measure=glass_narrows,
        predict=falls,
        components=("mean", "spread"),
        delta=0.5,
        # In a pilot of 16 pairs of landscapes with other seeds, n = 25 and 100, 16 starts, the two values are 0.099
        # (0.049) and 0.66 (0.37).
        sizes=sizes(
            (40, 40, 40),
            [{"small": 25, "large": 100, "starts": 16, "least": (0.05, 0.3)}],
            [{"small": 25, "large": 250, "starts": 64, "least": (0.05, 0.3)}],
            [{"small": 25, "large": 500, "starts": 1000, "least": (0.05, 0.3)}],
        ),
        mutants=(NO_DESCENT, ONE_GLASS),
    ),
)
