"""Errors in message passing and in the posterior law that mutants introduce."""

from typing import Any

import numpy as np

from theory.covariance import Covariance
from validation.claims._shared.perturbations import Function


def without_reaction(reaction: Function) -> Function:  # noqa: ARG001
    """Leave out Onsager's term."""
    return lambda model, x, before, gain: np.zeros_like(x)  # noqa: ARG005


def with_noise_of_ordered_entries(signal_to_noise: Function) -> Function:
    """Take ``a_k^2 / lambda_k^2`` for the noise level Delta_k, without the factor k."""

    def wrong(*arguments: Any) -> Covariance:
        return Covariance(tuple((k, square / k) for k, square in signal_to_noise(*arguments).squares))

    return wrong


def of_unit_weights(posterior: Function) -> Function:
    """Take the strengths for the weights of the posterior, as if the noise of every order had the weight 1."""

    def wrong(planted: Any, signal: Any) -> Any:
        right = posterior(planted, signal)
        return type(right)(right.n, dict(signal), right.couplings)

    return wrong
