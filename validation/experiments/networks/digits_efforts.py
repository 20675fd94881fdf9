"""How much of the digits experiment is done at each effort."""

from dataclasses import dataclass

from validation.series import Effort

PUBLISHED_SIZES = (25, 50, 100, 250, 500)


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How much of the experiment is done at one effort.

    Attributes
    ----------
    networks : int
        Networks of each size.
    epochs : int
        Epochs of training.
    images : int or None
        Training digits; None for all.
    indexed : int
        Networks of each size whose Hessian is examined.
    exact_up_to : int
        Largest number of parameters for which the index is exact.
    sizes : tuple of int
        Numbers of hidden units.
    glasses : int
        Spin-glass samples of each size.
    starts : int
        Descents in each.
    """

    networks: int
    epochs: int
    images: int | None
    indexed: int
    exact_up_to: int
    sizes: tuple[int, ...]
    glasses: int
    starts: int


EFFORTS: dict[Effort, Sizes] = {
    "quick": Sizes(
        networks=48,
        epochs=40,
        images=500,
        indexed=4,
        exact_up_to=2000,
        sizes=(10, 25, 50, 100, 250),
        glasses=8,
        starts=48,
    ),
    "standard": Sizes(
        networks=50, epochs=200, images=None, indexed=5, exact_up_to=4000, sizes=PUBLISHED_SIZES, glasses=8, starts=125
    ),
    "paper": Sizes(
        networks=1000,
        epochs=200,
        images=None,
        indexed=20,
        exact_up_to=8000,
        sizes=PUBLISHED_SIZES,
        glasses=10,
        starts=1000,
    ),
}


GLASS_SIZES: dict[Effort, tuple[int, ...]] = {
    "quick": (15, 25, 50, 100),
    "standard": (25, 50, 100, 250),
    "paper": PUBLISHED_SIZES,
}
