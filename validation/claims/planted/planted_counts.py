"""Exact mean numbers of critical points of planted spin glasses, compared with complete enumerations."""

from validation.claim import Claim
from validation.claims._shared.efforts import deltas, settings, sizes
from validation.claims._shared.mutants import INDEX
from validation.claims.planted import measurements
from validation.claims.planted.mutants import FORGOTTEN, NO_RANK_ONE, PHYSICS_STRENGTH, WEAK, WRONG_SIZE
from validation.reading import Reading

_SOURCE = (
    "Ros, Ben Arous, Biroli & Cammarota 2019 and Ben Arous, Mei, Montanari & Nica 2019 for the Hessian; the mean of "
    "its determinant at finite n is derived for this project"
)
_FORMULA = (
    r"\mathbb{E} N_k(m) \propto (1-m^2)^{\frac{n-3}{2}} e^{-n (1-m^2) s'(m)^2/(2\nu')}\, "
    r"\mathbb{E}\left[\left|\det(M - y - \theta\, e e^T)\right|; k\right], \quad "
    r"\theta = s''(m) (1-m^2) \sqrt{n/(2\nu'')}"
)
# A pure glass with the signal of its own order, a signal of two orders, and a mixture.
_SIZES = sizes(
    (330, 3000, 35000),
    settings("n H signal", (4, 3, {3: 1.2})),
    settings("n H signal", (5, 3, {3: 1.5}), (5, 3, {2: 0.6, 3: 0.6}), (4, {2: 0.6, 3: 0.8}, {2: 0.5, 3: 0.5})),
    settings("n H signal", (7, 3, {3: 1.5}), (6, 3, {2: 0.6, 3: 0.6}), (4, 4, {4: 1.3})),
)

# Standard deviations relative to the mean, in a pilot of 400 landscapes per setting with other seeds: in the ranges of
# overlap 0.32, 0.47, 0.63, 1.16 and 0.59 at n = 4, and at most 1.40 (n = 5); by index 0.39, 0.30, 0.44 and 0.88, and at
# most 1.13; below the energies, relative to the number below the highest, at most 0.48 and 0.51; in a field 0.70 for
# all points and 0.46 for minima (n = 4), 0.89 and 0.45 (n = 6).
CLAIMS = (
    Claim(
        id="planted/overlaps",
        kind="theorem",
        statement="The mean number of critical points of a spin glass with a planted signal in each range of the "
        "overlap with the signal is the exact Kac-Rice integral, in which the Hessian has a rank-one term.",
        formula=_FORMULA,
        source=_SOURCE,
        measured="the numbers of a planted landscape's critical points in five ranges of overlap, all enumerated",
        measure=Reading(measurements.planted_points, measurements.counts_by_overlap),
        predict=measurements.mean_counts_by_overlap,
        components=tuple(f"{low:g} to {high:g}" for low, high in measurements.RANGES),
        delta=deltas(0.35, 0.115, 0.035),
        sizes=_SIZES,
        mutants=(NO_RANK_ONE, PHYSICS_STRENGTH, WRONG_SIZE, WEAK),
    ),
    Claim(
        id="planted/indices",
        kind="theorem",
        statement="The mean numbers of minima and of saddles of index 1, near the signal and far from it, are exact "
        "Kac-Rice integrals; the signal's rank-one term makes minima into saddles.",
        formula=_FORMULA,
        source=_SOURCE,
        measured="the numbers of a planted landscape's minima and saddles of index 1 with overlaps below and above 0.5",
        measure=Reading(measurements.planted_points, measurements.counts_by_index),
        predict=measurements.mean_counts_by_index,
        components=tuple(
            f"index {k}, {'below' if high == 0.5 else 'above'} 0.5" for k, (_, high) in measurements.INDICES
        ),
        delta=deltas(0.3, 0.1, 0.03),
        sizes=_SIZES,
        mutants=(NO_RANK_ONE, FORGOTTEN, WRONG_SIZE, INDEX),
    ),
    Claim(
        id="planted/energies",
        kind="theorem",
        statement="The mean number of critical points of a planted landscape below an energy is exact at finite n.",
        formula=r"\mathbb{E} N(u) = \int dm\, \mathbb{E} N(m)\, P(u(x) < u \mid m, y)",
        source=_SOURCE,
        measured="the numbers of a planted landscape's critical points below four energies per spin",
        measure=Reading(measurements.planted_points, measurements.counts_below),
        predict=measurements.mean_counts_below,
        components=tuple(f"u < {u:g}" for u in measurements.ENERGIES),
        delta=deltas(0.15, 0.05, 0.015),
        sizes=_SIZES,
        mutants=(FORGOTTEN, PHYSICS_STRENGTH, WRONG_SIZE, WEAK),
    ),
    Claim(
        id="planted/field",
        kind="theorem",
        statement="At the strength h_c of a field of fixed direction, above which one maximum and one minimum remain "
        "at large n, the mean numbers of critical points and of minima at finite n are the exact integrals.",
        formula=r"h_c^2 = \nu''(1) - \nu'(1), \qquad \mathbb{E} N_k = \int dm\, \mathbb{E} N_k(m), \quad s(m) = h m",
        source="Fyodorov 2015 for trivialisation; " + _SOURCE,
        measured="the numbers of critical points and of minima of a landscape in a field of fixed strength",
        measure=Reading(measurements.points_in_field, measurements.counts_in_field),
        predict=measurements.mean_counts_in_field,
        components=("all", "minima"),
        delta=deltas(0.2, 0.067, 0.02),
        sizes=sizes(
            (330, 3500, 48000),
            settings("n H share", (4, 3, 1.0)),
            settings("n H share", (4, 3, 1.3), (6, 3, 1.0)),
            settings("n H share", (6, 3, 1.3), (8, 3, 1.0)),
        ),
        mutants=(FORGOTTEN, PHYSICS_STRENGTH, WEAK),
    ),
)
