"""Entry point that Hypothesis calls when it is imported, so that ``st.from_type`` knows the models of this package.

It is separate from the strategies, because these import Hypothesis: they are imported when a test first draws a value.
"""

from collections.abc import Callable
from typing import Any


def register() -> None:
    """Register the strategies for glasses, ReLU networks and path models with ``st.from_type``.

    Examples
    --------
    >>> from hypothesis import find, strategies as st
    >>> from spinglass import SphericalSpinGlass
    >>> register()
    >>> find(st.from_type(SphericalSpinGlass), lambda glass: glass.orders[-1] == 3)
    SphericalSpinGlass(n=1, H=3, 1 couplings, float64)
    """
    from hypothesis import strategies as st

    from spinglass.hamiltonian import SphericalSpinGlass
    from spinglass.networks import DecoupledPathModel, ReLUNetwork

    for model, name in (
        (SphericalSpinGlass, "glasses"),
        (ReLUNetwork, "networks"),
        (DecoupledPathModel, "path_models"),
    ):
        st.register_type_strategy(model, _when_asked(name))


def _when_asked(name: str) -> Callable[[type], Any]:
    def strategy(_: type) -> Any:
        from validation.testing import strategies

        return getattr(strategies, name)()

    return strategy
