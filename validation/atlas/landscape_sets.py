"""Which landscapes an atlas contains: the stated sets, and the seed of every sample."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spinglass._common.arguments import whole_number
from spinglass._common.seeds import child, seed_sequence
from spinglass.critical_points import homotopy
from spinglass.critical_points.enumeration import MAX_PATHS
from spinglass.critical_points.tracking.start_system import number_of_classes

_LEAST_ORDER = 3
_SEED_BITS = 53
_PATHS_OF_A_UNIT = 2**12  # samples are measured in groups of about so many paths, which take a second or two


@dataclass(frozen=True)
class Part:
    """The samples of one order and size.

    Attributes
    ----------
    H, n
        Interaction order and number of spins.
    samples
        Number of disorder samples.
    """

    H: int
    n: int
    samples: int

    @property
    def name(self) -> str:
        """Name of the part's files, such as ``H3_n08``."""
        return f"H{self.H}_n{self.n:02d}"

    @property
    def paths(self) -> int:
        """Number of homotopy paths of one sample."""
        return number_of_classes(self.n, self.H)

    @property
    def long(self) -> bool:
        """Whether a sample takes so long that its finished batches of paths are saved while it is measured."""
        return self.paths > homotopy.BATCH

    def units(self) -> list[range]:
        """Return the groups of samples that are measured together."""
        length = max(1, _PATHS_OF_A_UNIT // self.paths)
        return [range(first, min(first + length, self.samples)) for first in range(0, self.samples, length)]


@dataclass(frozen=True)
class AtlasPlan:
    """The samples of an atlas, and how they are measured.

    Attributes
    ----------
    parts
        Orders and sizes with their numbers of samples.
    seed
        Seed from which the seeds of all samples are derived.
    starts
        Number of gradient flows per sample that measure the basins of the minima.
    """

    parts: tuple[Part, ...]
    seed: int = 0
    starts: int = 200

    @staticmethod
    def checked(parts: Sequence[tuple[int, int, int]], seed: int = 0, starts: int = 200) -> "AtlasPlan":
        """Return a plan after checking its numbers.

        Parameters
        ----------
        parts
            Interaction order, number of spins and number of samples of each part.
        seed
            Seed. Default: 0.
        starts
            Number of gradient flows per sample. Default: 200.

        Returns
        -------
        AtlasPlan
            The plan.

        Raises
        ------
        ValueError
            If a number is invalid, a part is listed twice, or a landscape has too many homotopy paths.

        Examples
        --------
        >>> AtlasPlan.checked([(3, 8, 100)]).parts
        (Part(H=3, n=8, samples=100),)
        """
        if not parts:
            raise ValueError("an atlas needs at least one size: give for instance --n 8 --samples 100")
        chosen = tuple(_checked_part(*part) for part in parts)
        names = [part.name for part in chosen]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"{name.replace('_', ', ')} is listed twice; list each size once")
        return AtlasPlan(chosen, whole_number("seed", seed, 0), whole_number("starts", starts, 1))


def _checked_part(H: int, n: int, samples: int) -> Part:
    if whole_number("H", H, 1) < _LEAST_ORDER:
        raise ValueError(
            f"H must be at least {_LEAST_ORDER} for an atlas, not {H}: at H = 2 the critical points are eigenvectors, "
            "and at H = 1 there are two"
        )
    whole_number("n", n, 2)
    # There are at least 2^(n-1) paths; the exact number may have very many digits.
    if n > MAX_PATHS.bit_length() or number_of_classes(n, H) > MAX_PATHS:
        raise ValueError(f"n = {n} at H = {H} has more than {MAX_PATHS} homotopy paths per sample; take a smaller n")
    return Part(H, n, whole_number("samples", samples, 1))


def sample_seed(seed: int, part: Part, sample: int) -> int:
    """Return the seed of one sample; ``SphericalSpinGlass.pure(n, H, seed)`` draws its couplings.

    Parameters
    ----------
    seed
        Seed of the atlas.
    part
        Order and size.
    sample
        Number of the sample.

    Returns
    -------
    int
        A number below 2^53, which programs that know only floating-point numbers keep exactly. It depends neither on
        the other parts nor on the numbers of samples.

    Examples
    --------
    >>> sample_seed(0, Part(3, 8, 1), 0) == sample_seed(0, Part(3, 8, 100), 0)
    True
    """
    sequence = child(seed_sequence(seed), part.H, part.n, sample)
    return int(sequence.generate_state(1, np.uint64)[0] >> np.uint64(64 - _SEED_BITS))


# Sizes at H = 4 are those whose number of paths is closest to that of the size at H = 3.
SETS = {
    "standard": AtlasPlan.checked(
        [
            (3, 8, 10_000), (3, 12, 1000), (3, 16, 100), (3, 20, 3),
            (4, 6, 10_000), (4, 8, 1000), (4, 11, 100), (4, 13, 3),
        ]
    ),
    "toy": AtlasPlan.checked([(3, 4, 3), (3, 5, 2), (4, 4, 2)], starts=20),
}  # fmt: skip
