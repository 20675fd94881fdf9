"""The model asked for on the command line: a pure model, several orders with equal shares, or a mixture by weights."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import numpy as np

    from spinglass import SphericalSpinGlass
    from spinglass._common.seeds import Seed

_ORDERS = "H must be an order, such as 3, or several orders joined by +, such as 3+4"
_MIXTURE = "a mixture must give each order its weight, such as 3=0.8,4=0.6"
_MOST_DIGITS = 9  # of an order; longer numbers are typing errors

Orders = Annotated[
    str | None,
    typer.Option(
        "--H",
        metavar="ORDERS",
        help="Interaction order, such as 3 (the default), or a mixed model, such as 3+4, whose orders have equal "
        "shares of the variance: each of k orders has the weight 1/sqrt(k), so that nu(1) = 1.",
    ),
]
Mixture = Annotated[
    str | None,
    typer.Option(
        metavar="H=WEIGHT,...",
        help="Mixed model by the weights of its energies, instead of --H, such as 3=0.8,4=0.6: "
        "energy = 0.8 energy_3 + 0.6 energy_4 and nu(t) = 0.64 t^3 + 0.36 t^4. Order 1 is an external field.",
    ),
]


@dataclass(frozen=True)
class ChosenModel:
    """A pure or mixed model.

    Attributes
    ----------
    H : int or dict
        The order of a pure model with weight 1, or ``{order: weight}``; the functions of ``theory`` take it.
    text : str
        The model in words, such as ``H = 3``.
    """

    H: int | dict[int, float]
    text: str

    def glass(self, n: int, seed: "Seed", dtype: "type[np.floating] | None" = None) -> "SphericalSpinGlass":
        """Draw the couplings.

        Parameters
        ----------
        n : int
            Number of spins.
        seed : int, SeedSequence or Generator
            Source of randomness.
        dtype : type or None, default None
            Floating-point type; None is float64.

        Returns
        -------
        SphericalSpinGlass
            The model.
        """
        import numpy as np

        from spinglass import SphericalSpinGlass

        kind = np.float64 if dtype is None else dtype
        if isinstance(self.H, int):
            return SphericalSpinGlass.pure(n, self.H, seed, kind)
        return SphericalSpinGlass.mixed(n, self.H, seed, kind)


def read_model(orders: str | None, mixture: str | None) -> ChosenModel:
    """Return the model that ``--H`` or ``--mixture`` describes.

    Parameters
    ----------
    orders : str or None
        An order, or several joined by ``+``; None if not given.
    mixture : str or None
        Orders with weights, ``3=0.8,4=0.6``; None if not given.

    Returns
    -------
    ChosenModel
        The model; H = 3 if neither is given.

    Raises
    ------
    ValueError
        If both are given, or one cannot be read.

    Examples
    --------
    >>> read_model("3", None).H, read_model(None, "3=0.8,4=0.6").H
    (3, {3: 0.8, 4: 0.6})
    >>> read_model("2+3+4+6", None)
    ChosenModel(H={2: 0.5, 3: 0.5, 4: 0.5, 6: 0.5}, text='H = 2+3+4+6')
    """
    from spinglass._common.arguments import quoted

    if mixture is None:
        return _of_orders("3" if orders is None else orders)
    if orders is not None:
        raise ValueError(f"give either --H or --mixture, not both; got --H {quoted(orders)}")
    return _of_weights(mixture)


def _of_orders(text: str) -> ChosenModel:
    orders = [_order(part, _ORDERS, text) for part in text.split("+")]
    if len(orders) == 1:
        return ChosenModel(orders[0], f"H = {orders[0]}")
    _check_orders(orders, text)
    return ChosenModel(dict.fromkeys(orders, math.sqrt(1 / len(orders))), f"H = {'+'.join(map(str, orders))}")


def _of_weights(text: str) -> ChosenModel:
    from spinglass._common.arguments import quoted, real_number

    pairs = [part.partition("=") for part in text.split(",")]
    orders = [_order(order, _MIXTURE, text) for order, _, _ in pairs]
    _check_orders(orders, text)
    weights = {}
    for order, (_, _, weight) in zip(orders, pairs, strict=True):
        try:
            value = float(weight)
        except ValueError:
            raise ValueError(f"{_MIXTURE}; not {quoted(text)}") from None
        weights[order] = real_number(f"the weight of order {order}", value)
        if value == 0:
            raise ValueError(f"the weight of order {order} is 0; leave this order out")
    return ChosenModel(weights, f"mixture {','.join(f'{order}={weight:g}' for order, weight in weights.items())}")


def _order(text: str, wanted: str, given: str) -> int:
    from spinglass._common.arguments import quoted

    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_DIGITS):
        raise ValueError(f"{wanted}; not {quoted(given)}")
    return int(digits)


def _check_orders(orders: list[int], given: str) -> None:
    from spinglass._common.arguments import quoted

    if len(set(orders)) < len(orders):
        raise ValueError(f"an order is given twice in {quoted(given)}; give each once")
    if min(orders) < 1:
        raise ValueError(f"the orders of a mixture must be at least 1, not {min(orders)}")
    if max(orders) < 2:
        raise ValueError(
            f"a mixture needs an order of at least 2, not only {quoted(given)}: a field alone always has exactly two "
            "critical points"
        )
