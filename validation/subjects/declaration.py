"""What a subject declares about its conventions, and the conversion to those of this project."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields

from spinglass._common.arguments import nearest, quoted
from validation.series import one_of

_MONOMIAL = re.compile(r"(?=.)(\d+(?:\.\d*)?)?\*?(?:(n)(?:\^(-?\d+))?)?")
_CHOICES = {
    "radius": ("sqrt(n)", "1"),
    "gradient": ("euclidean", "riemannian"),
    "hessian": ("euclidean", "riemannian"),
    "couplings": ("all", "distinct"),
    "precision": ("double", "single"),
    "points": ("all", "minima"),
    "weights": ("in,out", "out,in"),
    "output_unit": ("linear", "relu"),
    "output_factor": ("1", "q"),
}
FINEST_ACCURACY, COARSEST_ACCURACY = 1e-6, 0.1


@dataclass(frozen=True)
class Declaration:
    """The conventions of a subject; the defaults are those of this project.

    Parameters
    ----------
    variance
        The variance of the energy at a point of the sphere, as a text in n: ``"n"`` (default), ``"n/2"`` (the physics
        convention), ``"1"``, ``"2n"``, ``"n^2"``.
    radius
        The radius of the sphere on which the points lie, ``"sqrt(n)"`` (default) or ``"1"``.
    gradient, hessian
        ``"euclidean"`` (default): the derivatives of the energy as a function of n coordinates. ``"riemannian"``: the
        gradient projected onto the tangent space; the second derivatives along geodesics of the sphere.
    couplings
        ``"all"`` (default): every index tuple has a coupling. ``"distinct"``: only tuples of different indices, with
        the variance of the energy as declared for large n.
    precision
        ``"double"`` (default) or ``"single"``: the precision of the arithmetic.
    points
        What ``critical_points`` returns, ``"all"`` (default) or ``"minima"``.
    weights
        The axes of a network's weight matrices: ``"in,out"`` (default), or ``"out,in"`` as PyTorch stores them.
    output_unit
        Whether the output of a network is rectified: ``"linear"`` (default, it is not) or ``"relu"``.
    output_factor
        ``"1"`` (default), or ``"q"``: outputs of a network are multiplied by the factor ``q = Lambda^{-(H-1)/2}``.
    accuracy
        The relative accuracy of theoretical values, as a text between ``"1e-6"`` (default) and ``"0.1"``.

    Raises
    ------
    ValueError
        If a value is not one of these.

    Examples
    --------
    >>> Declaration(variance="4n").energy_scale(10), Declaration(radius="1").length_scale(4)
    (2.0, 0.5)
    """

    variance: str = "n"
    radius: str = "sqrt(n)"
    gradient: str = "euclidean"
    hessian: str = "euclidean"
    couplings: str = "all"
    precision: str = "double"
    points: str = "all"
    weights: str = "in,out"
    output_unit: str = "linear"
    output_factor: str = "1"
    accuracy: str = "1e-6"

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            one_of(name, getattr(self, name), choices)
        if not isinstance(self.variance, str) or not 0 < self._variance(2) < math.inf:
            raise ValueError(
                "variance must be a positive multiple of a power of n as a text, such as 'n', 'n/2', '1' or 'n^2'; "
                f"given {quoted(self.variance)}"
            )
        if not FINEST_ACCURACY <= self.relative_accuracy <= COARSEST_ACCURACY:
            raise ValueError(
                "accuracy must be the relative accuracy of theoretical values as a text between '1e-6' and '0.1', such "
                f"as '1e-3'; given {quoted(self.accuracy)}"
            )

    @property
    def rounding(self) -> float:
        """The relative difference by which two runs of the same arithmetic may differ, as with other orders of sums."""
        return 1e-10 if self.precision == "double" else 1e-4

    @property
    def relative_accuracy(self) -> float:
        """The declared accuracy as a number; NaN if the text is not a number."""
        try:
            return float(self.accuracy)
        except (TypeError, ValueError):
            return math.nan

    def _variance(self, n: int) -> float:
        """Return the variance of the energy; NaN if the text cannot be read."""
        parts = [_MONOMIAL.fullmatch(part) for part in self.variance.replace(" ", "").split("/")]
        values = [
            float(part[1] or 1) * float(n) ** (int(part[3] or 1) if part[2] else 0) if part else math.nan
            for part in parts
        ]
        if len(values) == 1:
            return values[0]
        return values[0] / values[1] if len(values) == 2 and values[1] else math.nan

    def energy_scale(self, n: int) -> float:
        """Return the factor from the energies of this project to those of the subject."""
        return math.sqrt(self._variance(n) / n)

    def length_scale(self, n: int) -> float:
        """Return the factor from the points of this project, of length sqrt(n), to those of the subject."""
        return 1.0 if self.radius == "sqrt(n)" else 1 / math.sqrt(n)

    def time_scale(self, n: int) -> float:
        """Return the factor from times of this project to those of the subject, for the flow dx/dt = -grad E.

        With energies ``c E`` and points ``s x``, the flow of the subject is faster by ``c / s^2``.
        """
        return self.length_scale(n) ** 2 / self.energy_scale(n)

    @classmethod
    def read(cls, given: Mapping[str, object]) -> "Declaration":
        """Return the declaration in the names of a Python module or of a JSON object; other names are ignored.

        Parameters
        ----------
        given
            Names and values.

        Returns
        -------
        Declaration
            The declaration.

        Raises
        ------
        ValueError
            If a value is invalid.
        """
        named = {field.name: given[field.name] for field in fields(cls) if field.name in given}
        for name, value in named.items():
            if not isinstance(value, str):
                raise ValueError(f"{name} declares a convention and must be a text, not {value!r}")
        return cls(**{name: str(value) for name, value in named.items()})

    @classmethod
    def check_names(cls, given: Mapping[str, object]) -> None:
        """Refuse names that declare nothing; ``ValueError`` suggests the nearest known name."""
        known = [field.name for field in fields(cls)]
        for name in given:
            if name not in known:
                near = nearest(name, known)
                hint = f"; did you mean {near!r}?" if near else f"; there are {', '.join(known)}"
                raise ValueError(f"there is no convention {name!r}{hint}")
