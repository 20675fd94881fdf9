"""Over- and underfitting: polynomials, whose expected errors are known exactly, and a network trained too long."""

from validation.claim import Claim
from validation.claims._shared.efforts import deltas, settings, sizes
from validation.claims.generalisation import measurements, mutants
from validation.mutant import Mutant
from validation.statistics.estimators import Identity

CLAIMS = (
    Claim(
        id="generalisation/published-fits",
        kind="identity",
        statement="Least squares on Bishop's ten points gives the published coefficients at degrees 0, 1 and 3.",
        formula=r"w = \operatorname{argmin}_w \sum_{i=0}^{9} \left(\sum_{k=0}^{M} w_k x_i^k - t_i\right)^2,"
        r" \quad x_i = i/9",
        source="Bishop 2006, Pattern Recognition and Machine Learning, section 1.1 and its data",
        measured="coefficients from orthogonal polynomials, relative to the published digits",
        measure=measurements.coefficient_errors,
        predict=measurements.printed_precision,
        components=tuple(f"M = {M}, w_{k}" for M, texts in measurements.PUBLISHED.items() for k in range(len(texts))),
        delta=1e-5,
        sizes=sizes((1, 1, 1), [{}]),
        mutants=(
            Mutant(
                "rounded x",
                "x = i/9 is rounded to four digits",
                {"spinglass.toy_data.bishop_points": mutants.rounded_abscissae},
                upstream=True,
            ),
            Mutant(
                "lost overlaps",
                "the diagonal of the recurrence, the overlaps of the powers with the last polynomial, is set to zero",
                {"spinglass.regression._orthonormal": mutants.without_diagonal},
                upstream=True,
            ),
        ),
        estimator=Identity(),
    ),
    # Pilot, seed 9999, 2000 data sets: standard deviations of the errors of one data set relative to their means are at
    # most 0.91 (training) and 1.02 (test, M = 9) at N = 10, and 0.15 at N = 100. With 128 samples of 32 and of 8 data
    # sets the relative standard error is at most 0.016; delta/4.3 is 0.017.
    Claim(
        id="generalisation/mean-errors",
        kind="theorem",
        statement="The mean training and test errors of polynomial fits are exactly the sums of bias, variance and "
        "noise: a higher degree always lowers the training error and, beyond some degree, raises the test error, less "
        "so with more data or a ridge.",
        formula=r"\mathbb{E}\, e_{\mathrm{test}} = \int_0^1 \left[(s(z) \cdot f - f(z))^2 + \sigma^2 |s(z)|^2\right] dz"
        r" + \sigma^2",
        source="Hastie, Tibshirani & Friedman 2009, The Elements of Statistical Learning, (7.9)-(7.11)",
        measured="mean squared errors on noisy sines at N equally spaced points, and on 100 new points for each",
        measure=measurements.mean_errors,
        predict=measurements.expected_errors,
        components=tuple(f"{measurements.NAMES[m]}, {('training', 'test')[k]}" for m, k in measurements.KEPT),
        delta=deltas(0.075, 0.025, 0.0075),
        sizes=sizes((128, 1200, 12800), settings("size data_sets", (10, 32), (100, 8))),
        mutants=(
            Mutant(
                "a degree less",
                "fits leave out the highest power",
                {"spinglass.regression.fit_polynomial": mutants.one_degree_less},
                upstream=True,
            ),
            Mutant(
                "noisier data",
                "the noise is a tenth too large",
                {"spinglass.toy_data.noisy_sine": mutants.noisier},
                upstream=True,
            ),
            Mutant(
                "noiseless test",
                "test points have no noise",
                {"validation.experiments.networks.curve_fitting.new_points": mutants.without_new_noise},
                upstream=True,
            ),
            Mutant(
                "a point more",
                "theory is that of one more data point",
                {"theory.networks.regression.expected_errors": mutants.one_point_more},
            ),
        ),
    ),
    # Pilot, seed 777, 8 samples at 1000 epochs: the logarithm is 1.51 with a standard deviation of 0.26, and the
    # remaining training loss 0.019 with 0.03. With 40 samples the standard errors are 0.04 and 0.005; delta/4.3 is 0.08
    # and 0.016.
    Claim(
        id="generalisation/overfitting",
        kind="published observation",
        statement="Reaching the global minimum leads to overfitting: if a network is trained beyond the early stop "
        "until almost no training loss is left, its test loss is at least a fifth above that at the stop.",
        formula=r"\mathbb{E} \ln \frac{\ell_{\mathrm{test}}(\mathrm{end})}{\ell_{\mathrm{test}}(\mathrm{stop})}"
        r" \ge \ln 1.2",
        source="Choromanska et al. 2015, section 5; the paper gives no number, so that the fifth is set here",
        measured="20 tanh units on a two-class Gaussian mixture; the stop is at the smallest loss on 250 new points",
        measure=measurements.rise_after_the_stop,
        predict=measurements.published_rise,
        components=("ln of the rise", "training loss left"),
        delta=0.35,
        sizes=sizes((40, 160, 1280), settings("points epochs", (40, 1000))),
        mutants=(
            Mutant(
                "stopped early",
                "training ends after 20 epochs",
                {"spinglass.networks.training.train": mutants.trained_with(epochs=20)},
                upstream=True,
            ),
            Mutant(
                "weight decay",
                "a penalty keeps the weights small",
                {"spinglass.networks.training.train": mutants.trained_with(weight_decay=0.1)},
                upstream=True,
            ),
        ),
    ),
)
