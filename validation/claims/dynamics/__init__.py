"""Dynamics of finite landscapes beside the dynamical equations of infinite ones, and where these end."""

from validation.claims.dynamics import equations, flows, langevin

CLAIMS = (*flows.CLAIMS, *langevin.CLAIMS, *equations.CLAIMS)
