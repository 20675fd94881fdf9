"""Markov chain Monte Carlo on the sphere: Gibbs sampling at temperature T, annealing, and convergence diagnostics."""

from spinglass.sampling.annealing import anneal, schedule
from spinglass.sampling.diagnostics import autocorrelation_time, effective_sample_size, split_rhat
from spinglass.sampling.ground_state import GroundState, ground_state
from spinglass.sampling.hmc import HMC
from spinglass.sampling.ladder import geometric_ladder
from spinglass.sampling.langevin import Langevin
from spinglass.sampling.replicas import Tempering
from spinglass.sampling.run import sample, temper
from spinglass.sampling.samples import Mixing, Samples
from spinglass.sampling.tempering import ParallelTempering

__all__ = [
    "HMC",
    "GroundState",
    "Langevin",
    "Mixing",
    "ParallelTempering",
    "Samples",
    "Tempering",
    "anneal",
    "autocorrelation_time",
    "effective_sample_size",
    "geometric_ladder",
    "ground_state",
    "sample",
    "schedule",
    "split_rhat",
    "temper",
]
