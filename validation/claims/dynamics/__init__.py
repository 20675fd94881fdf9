"""Dynamics of finite landscapes compared with the equations of the infinite system, and their long-time limits."""

from validation.claims.dynamics import ageing, equations, flows, langevin, planted_flows

CLAIMS = (*flows.CLAIMS, *planted_flows.CLAIMS, *langevin.CLAIMS, *equations.CLAIMS, *ageing.CLAIMS)
