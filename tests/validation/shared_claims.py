"""Claims about one throw of several dice, which is simulated once for all of them."""

import numpy as np

from validation import Claim, Mutant, Reading, Series
from validation.series import EFFORTS

THROWN = []  # the seeds of all throws in this process


def thrown(seed, n):
    THROWN.append(seed)
    return np.random.default_rng(seed).integers(1, 7, size=n)


def fragile(seed, n):
    throws = thrown(seed, n)
    if throws[0] == 6:
        raise ZeroDivisionError("the dice fell off the table")
    return throws


def mean(throws):
    return throws.mean()


def largest(throws, u):
    throws.sort()  # in place: other claims must not see it
    return throws[-1] >= u


def first(throws, n):
    if throws[0] == 6:
        raise LookupError("a six")
    return throws[0] / n


def three_and_a_half():
    return 3.5


LOADED = Mutant(
    "loaded dice",
    "the dice show one more",
    {"shared_claims.thrown": lambda f: lambda seed, n: f(seed, n) + 1},
    upstream=True,
)
MISREAD = Mutant(
    "misread", "one is added", {"shared_claims.mean": lambda f: lambda throws: f(throws) + 1}, upstream=True
)
HALF = Mutant("half", "the mean is 7", {"shared_claims.three_and_a_half": lambda f: lambda: 7.0})


def make(name, samples, *series, simulation=thrown, read=mean, **changes):
    sizes = [Series(samples, **parameters) for parameters in series]
    return Claim(
        **{
            "id": f"dice/{name}",
            "kind": "theorem",
            "statement": "The mean throw of a fair die is 3.5.",
            "formula": "7/2",
            "source": "elementary",
            "measured": "throws",
            "measure": Reading(simulation, read),
            "predict": three_and_a_half,
            "delta": 0.15,
            "sizes": dict.fromkeys(EFFORTS, sizes),
            "mutants": [LOADED, MISREAD, HALF],
            **changes,
        }
    )


MEAN = make("mean", 100, {"n": 20})
MORE = make("more", 300, {"n": 20}, {"n": 30})
LARGEST = make("largest", 150, {"n": 20, "u": 6}, {"n": 20, "u": 5}, read=largest, predict=lambda: 0.97, delta=0.5)
FIRST = make("first", 100, {"n": 20}, read=first)
FRAGILE = make("fragile", 100, {"n": 20}, simulation=fragile)
FRAGILE_TOO = make("fragile-too", 50, {"n": 20}, simulation=fragile)
