"""A plain simulation in units of its own, from another file, as a subject."""

import importlib.util
from pathlib import Path

from validation.subjects.declaration import Declaration
from validation.subjects.functions import Functions
from validation.subjects.subject import Subject

FILE = Path(__file__).parents[1] / "benchmarks" / "planted" / "plain_simulation.py"


def plain(variance="n", radius="sqrt(n)"):
    """Return the simulation of ``plain_simulation.py`` in these units, which it declares."""
    spec = importlib.util.spec_from_file_location("plain_simulation", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.variance, module.radius = variance, radius
    roles = {name: getattr(module, name) for name in ("landscape", "relax", "sample", "critical_points")}
    return Subject(Functions(roles), Declaration(variance=variance, radius=radius))
