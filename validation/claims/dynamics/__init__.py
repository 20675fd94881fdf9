"""Dynamics of finite landscapes compared with the equations of the infinite system, and their long-time limits."""

from validation.claims.dynamics import ageing, equations, flows, langevin

CLAIMS = (*flows.CLAIMS, *langevin.CLAIMS, *equations.CLAIMS, *ageing.CLAIMS)
