"""The roles of this project's own code."""

from collections.abc import Mapping

import numpy as np

from spinglass import SphericalSpinGlass
from spinglass._common.seeds import child
from validation.subjects.functions import Functions
from validation.subjects.subject import Model, Subject


def landscape(n: int, H: Model, seed: int) -> SphericalSpinGlass:
    """Return the spherical spin glass of this seed."""
    couplings = child(np.random.SeedSequence(seed), 0)
    if isinstance(H, Mapping):
        return SphericalSpinGlass.mixed(n, H, couplings)
    return SphericalSpinGlass.pure(n, H, couplings)


def subject() -> Subject:
    """Return this project's own code as a subject."""
    # Functions are looked up at every call: a mutant may have replaced them.
    return Subject(Functions({"landscape": lambda **given: landscape(**given)}, name="spinglass", batched=True))
