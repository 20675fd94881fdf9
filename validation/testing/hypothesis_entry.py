"""What Hypothesis calls when it is imported beside this package, so that ``st.from_type`` knows its models.

Kept apart from the strategies, which import Hypothesis and so may be what makes it call this in the first place:
here nothing of them is touched before a test asks for a value.
"""

from collections.abc import Callable
from typing import Any


def register() -> None:
    """Tell ``st.from_type`` which strategies make glasses, ReLU networks and path models.

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
