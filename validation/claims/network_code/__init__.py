"""Code of ReLU networks: outputs, gradients, Hessian blocks and symmetries, from the weights alone."""

from validation.claims.network_code.claims import CLAIMS

__all__ = ["CLAIMS"]
