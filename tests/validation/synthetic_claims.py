"""Claims about a die that the tests know everything about; some are true, some are not."""

import os
import signal
import time

import numpy as np

from validation import Claim, Identity, Mean, Mutant, Proportion, Series


def throws(seed, die, n):
    return np.random.default_rng(seed).integers(1, die + 1, size=n).mean()


def pips(die, n):
    return expected(die)


def expected(die):
    return (die + 1) / 2


def small_mean(seed, die, n):
    return throws(seed, die, n) / 350


def small(die, n):
    return 1.03 * expected(die) / 350


def six(seed, die, n):
    return float(np.random.default_rng(seed).integers(1, die + 1) == die)


def vector(seed, die, n):
    draws = np.random.default_rng(seed).integers(1, die + 1, size=n)
    return [draws.mean(), (draws**2).mean(), (draws == 1).mean()]


def moments(die, n):
    sides = np.arange(1, die + 1)
    return [expected(die), (sides**2).mean(), 1 / die]


def raises(seed, die, n):
    if np.random.default_rng(seed).random() < 0.05:
        raise ZeroDivisionError("the die fell off the table")
    return 1.0


def dies(seed, die, n):
    # One sample of 30 at seed 0, every time it is tried.
    if np.random.default_rng(seed).random() < 0.03:
        os._exit(3)
    return 3.5


def dies_once(seed, die, n):
    # The first process that gets here is killed as by a lack of memory; the second try succeeds.
    mark = os.environ["MARK_OF_DEATH"]
    if not os.path.exists(mark):
        open(mark, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return throws(seed, die, n)


def threads(seed, die, n):
    # Bits of a fraction tell the two settings apart from chance.
    lone = [os.environ.get(name) == "1" for name in ("SPINGLASS_THREADS", "OPENBLAS_NUM_THREADS")]
    return sum(lone) + np.random.default_rng(seed).random() / 100


def slow(seed, die, n):
    time.sleep(0.01)
    return throws(seed, die, n)


def sleeps(seed, die, n):
    time.sleep(5)
    return np.random.default_rng(seed).random()


LOADED = Mutant(
    "loaded die",
    "the die has one more side",
    {"synthetic_claims.throws": lambda f: lambda seed, die, n: f(seed, die + 1, n)},
    upstream=True,
)
WRONG_MEAN = Mutant("wrong mean", "the mean is die/2", {"synthetic_claims.expected": lambda f: lambda die: die / 2})
IDLE = Mutant("idle", "calls itself upstream and changes theory alone", WRONG_MEAN.patches, upstream=True)
BLUNT = Mutant("blunt", "nothing changes", {"synthetic_claims.LOADED": lambda f: f}, effort="standard")


HEAVIER = Mutant(
    "heavier die",
    "the die has 1.3 times the mean it has",
    {"synthetic_claims.throws": lambda f: lambda seed, die, n: 1.3 * f(seed, die, n)},
    upstream=True,
    verdict="agrees",
)
LIGHTER = Mutant(
    "lighter die",
    "the die has half the mean it has",
    {"synthetic_claims.throws": lambda f: lambda seed, die, n: f(seed, die, n) / 2},
    upstream=True,
    verdict="agrees",
)


def measured_throws(seed, die, n):
    return throws(seed, die, n)


def make(name, **changes):
    series = [Series(200, die=6, n=50)]
    return Claim(
        **{
            "id": f"die/{name}",
            "kind": "theorem",
            "statement": "The mean throw of a fair die is (d + 1)/2.",
            "formula": r"\mathbb{E} X = \frac{d+1}{2}",
            "source": "elementary",
            "measured": "the mean of n throws",
            "measure": measured_throws,
            "predict": pips,
            "delta": 0.05,
            "sizes": {"quick": series, "standard": series, "paper": series},
            "mutants": [LOADED, WRONG_MEAN, BLUNT],
            **changes,
        }
    )


TRUE = make("true")
FALSE = make("false", predict=lambda die, n: 1.15 * expected(die))
OBSERVED = make("observed", kind="published observation", predict=lambda die, n: 1.15 * expected(die))
CONTROLLED = make(
    "controlled",
    kind="assumption",
    predict=lambda die, n: 1.3 * expected(die),
    mutants=[LOADED, WRONG_MEAN, HEAVIER, LIGHTER],
)
IDLE_UPSTREAM = make("idle-upstream", mutants=[LOADED, IDLE])
HARD = make("hard", delta=1e-4)
# Fair dice thrown, theory off by 3% of a prediction near 0.01: within one bias bound, beyond the other.
BIAS = {"measure": small_mean, "predict": small, "delta": 0.1, "bias_reason": "pips are counted in units of 350"}
BIASED = make("biased", bias=0.04, **BIAS)
TOO_FAR = make("too-far", bias=0.01, **BIAS)
CURVE = make("curve", measure=vector, predict=moments, components=("mean", "square", "one"), delta=0.15)
SIX = make("six", measure=six, predict=lambda die, n: 1 / die, delta=0.9, estimator=Proportion())
RAISES = make("raises", measure=raises)
EXACT = make(
    "exact",
    kind="identity",
    measure=lambda seed, die, n: abs(sum(range(die + 1)) / die - expected(die)) / expected(die),
    predict=lambda die, n: 1e-15,
    delta=1e-9,
    estimator=Identity(),
)
NOT_FINITE = make("not-finite", measure=lambda seed, die, n: np.nan)
CONSTANT = make("constant", measure=lambda seed, die, n: 3.0, estimator=Mean())
FEW = {effort: [Series(30, die=6, n=50)] for effort in ("quick", "standard", "paper")}
DIES = make("dies", measure=dies, sizes=FEW)
DIES_ONCE = make("dies-once", measure=dies_once, sizes=FEW, delta=0.3)
THREADS = make("threads", measure=threads, predict=lambda die, n: 2.005)
SLOW = make("slow", measure=slow, delta=0.3, sizes={e: [Series(30, die=d, n=50) for d in (4, 6, 8)] for e in FEW})
SLEEPS = make("sleeps", measure=sleeps)
