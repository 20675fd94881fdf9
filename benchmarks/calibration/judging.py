"""Repeated tests of one claim: in measured runs, in all of them together, and in runs resampled from them."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from spinglass._common.types import Array
from validation import Between, Claim, Extrapolation, Series, Verdict, load
from validation.claims import catalogue
from validation.engine import judgement
from validation.engine.trial import Trial
from validation.engine.units import Outcome
from validation.series import EFFORTS

_POOLED = 0  # the seed of the bootstrap; drawn runs take 1, 2, ..., measured ones their own


@dataclass(frozen=True)
class Judged:
    """The verdicts on one claim: in every measured run, in all of them together, and in runs resampled from them.

    ``seeds`` are those of the measured runs. ``fewer`` has the verdicts on runs that were drawn with at most so many
    samples a series.
    """

    claim_id: str
    seeds: list[int]
    measured: list[Verdict]
    pooled: Verdict
    drawn: list[Verdict]
    fewer: dict[int, list[Verdict]]


def weigh(folders: Mapping[str, Sequence[Path]], runs: int, fewer: Sequence[int], claim_id: str) -> Judged:
    """Test one claim in all these ways; ``folders`` are those of its runs, by claim.

    Raises
    ------
    ValueError
        If a folder does not have all its samples, or a drawn run cannot be judged at all.
    """
    claim = catalogue()[claim_id]
    found = {int(folder.name): measured(claim, folder) for folder in folders[claim_id]}
    predictions = [claim.prediction(series) for series in claim.sizes["quick"]]
    pools = [np.concatenate(parts) for parts in zip(*found.values(), strict=True)]
    right = put_right(claim, pools, predictions)
    return Judged(
        claim_id,
        list(found),
        [judge(claim, samples, predictions, seed) for seed, samples in found.items()],
        judge(claim, pools, predictions, _POOLED),
        drawn(claim, pools, right, runs),
        {most: drawn(claim, pools, right, runs, most) for most in fewer},
    )


def measured(claim: Claim, folder: Path) -> list[Array]:
    """Return a claim's samples (samples, components) of every series in a run; ValueError if any is not there."""
    frame = load(folder)
    rows = frame[frame["claim_id"] == claim.id]
    found = []
    for series in claim.sizes["quick"]:
        mine = rows[rows["series"] == series.label]
        values = mine.pivot(index="sample", columns="component", values="value").to_numpy(dtype=float)
        if len(values) != series.samples or not np.isfinite(values).all():
            raise ValueError(f"{folder} lacks samples of {claim.id}, {series}; remove it, and measure again")
        found.append(values)
    return found


def judge(claim: Claim, samples: Sequence[Array], predictions: Sequence[Between], seed: int) -> Verdict:
    """Judge a claim by these samples of its series, as ``spinglass verify`` does."""
    sizes = [Series(len(values), **one.parameters) for values, one in zip(samples, claim.sizes["quick"], strict=True)]
    resized = replace(claim, sizes=dict.fromkeys(EFFORTS, sizes)).with_share(claim.share)
    trial = Trial(resized, "quick")
    outcomes = tuple(
        Outcome(unit, prediction=predictions[unit.series])
        if unit.samples is None
        else Outcome(unit, {sample: samples[unit.series][sample] for sample in unit.samples})
        for unit in trial.units
    )
    return judgement.judge(replace(trial, outcomes=outcomes), np.random.SeedSequence(seed))


def put_right(claim: Claim, pools: Sequence[Array], predictions: Sequence[Between]) -> list[Between]:
    """Move predictions by the least that makes them true where samples are drawn from these pools.

    Of a range only the end that is violated moves. An extrapolated limit has to lie between its smallest and largest
    fit: each side of its test is then that of a fit that is free of bias, or more cautious.
    """
    means = [pool.mean(axis=0) for pool in pools]
    hulls = [(mean, mean) for mean in means]
    if isinstance(claim.estimator, Extrapolation):
        sizes = [series.parameters["n"] for series in claim.sizes["quick"]]
        forms = np.array(list(claim.estimator.forms(sizes).values()))
        limits = forms @ np.array([mean.mean() for mean in means])
        hulls = [(limits.min(), limits.max())] * len(pools)
    moved = []
    for (least, most), given in zip(hulls, predictions, strict=True):
        low, high = np.asarray(given.low, dtype=float), np.asarray(given.high, dtype=float)
        bias = claim.at("quick").bias * given.reference
        up, down = np.maximum(least - (high + bias), 0), np.minimum(most - (low - bias), 0)
        exact = low == high
        moved.append(Between(low + down + exact * up, high + up + exact * down, given.reference))
    return moved


def drawn(
    claim: Claim, pools: Sequence[Array], predictions: Sequence[Between], runs: int, most: int | None = None
) -> list[Verdict]:
    """Judge runs drawn from the pools with replacement, of the claim's own sizes or at most so many a series."""
    verdicts = []
    for run in range(1, runs + 1):
        generator = np.random.default_rng([zlib.crc32(claim.id.encode()), run])
        samples = [
            pool[generator.integers(len(pool), size=min(series.samples, most or series.samples))]
            for pool, series in zip(pools, claim.sizes["quick"], strict=True)
        ]
        verdict = judge(claim, samples, predictions, run)
        if not verdict.points:
            raise ValueError(f"a drawn run of {claim.id} cannot be judged: {verdict.reason}")
        verdicts.append(verdict)
    return verdicts


def smallest(p_values: Sequence[float]) -> float:
    """Return the p-value of the smallest of independent ones, uniform if they are: ``1 - (1 - min p)^k`` (Sidak 1967).

    The verdict's own ``k min p`` (Bonferroni) is uniform only far from 1.
    """
    return float(-np.expm1(len(p_values) * np.log1p(-min(p_values)))) if min(p_values) < 1 else 1.0
