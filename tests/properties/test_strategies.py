"""The strategies as a user meets them: failures that can be typed in again, and no compiling within an example."""

import ast
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from spinglass import SphericalSpinGlass
from spinglass.networks import DecoupledPathModel, ReLUNetwork
from spinglass.sphere import random_points
from validation.testing import strategies

# What a failing example is written in.
NAMES = {
    "SphericalSpinGlass": SphericalSpinGlass,
    "ReLUNetwork": ReLUNetwork,
    "DecoupledPathModel": DecoupledPathModel,
    "random_points": random_points,
    "array": np.array,
}


def failure(strategy):
    """Return an example that fails, and what Hypothesis prints of it."""
    seen = []

    # Neither shrunk nor explained, which takes most of the time: large examples are printed by the same rules.
    @settings(database=None, deadline=None, derandomize=True, phases=[Phase.generate])
    @given(strategy)
    def fails(case):
        seen.append(case)
        raise ArithmeticError

    with pytest.raises(ArithmeticError) as raised:
        fails()
    (text,) = [note for note in raised.value.__notes__ if "fails(" in note]
    call = ast.parse(text[text.index("fails(") :], mode="eval").body
    return seen[-1], ast.unparse(call.keywords[0].value)


def arrays(made):
    """Return every number that a drawn value holds."""
    if isinstance(made, tuple):
        return [array for part in made for array in arrays(part)]
    if isinstance(made, SphericalSpinGlass):
        return [np.array([*made.weights.items()]), *made.couplings.values()]
    if isinstance(made, ReLUNetwork):
        return [*made.weights, np.array(made.last_relu)]
    if isinstance(made, DecoupledPathModel):
        return [np.array([made.rho, made.n, *made.widths]), made.inputs, made.activity]
    return [np.asarray(made)]


@pytest.mark.parametrize(
    ("strategy", "large"),
    [
        (strategies.pure_glasses(), lambda glass: glass.n > 2),
        (strategies.mixed_glasses(), lambda glass: glass.n > 1 and len(set(glass.weights.values())) > 1),
        (st.from_type(SphericalSpinGlass), lambda glass: glass.n > 2),
        (strategies.glasses_with_points(), lambda case: case[0].n > 2 and len(case[1]) > 1),
        (strategies.sphere_points(), lambda x: x.shape[1] > 2),
        (strategies.coupling_tensors(), lambda J: len(set(J.ravel().tolist())) > 3),
        (strategies.networks(), lambda network: network.H > 1),
        (strategies.inputs(d=3), lambda X: len(X) > 1),
        (strategies.networks_with_inputs(), lambda case: case[0].H > 1),
        (strategies.path_models("unique"), lambda model: model.n > 1),
        (strategies.path_models("per-edge"), lambda model: model.H > 1),
    ],
)
def test_a_failing_example_is_the_line_that_makes_it_again(strategy, large):
    drawn, line = failure(strategy.filter(large))
    assert "\n" not in line
    again = eval(line, NAMES)
    assert type(again) is type(drawn)
    for one, other in zip(arrays(drawn), arrays(again), strict=True):
        assert np.array_equal(one, other)


def test_entries_of_tensors_are_printed_in_full():
    J = find(strategies.coupling_tensors(n=2, H=2), lambda J: 0 < abs(J[0, 0]) < 1e-3 < abs(J[1, 1]) < 3)
    assert np.array_equal(eval(repr(J), NAMES), J)


@pytest.mark.slow
def test_nothing_compiles_or_loads_within_an_example():
    """In a process of its own, where nothing has been called before; importing the strategies changes no settings.

    Counts what is compiled or loaded, as the time that it takes depends on the machine.
    """
    code = """
        from numba.core.dispatcher import Dispatcher
        made, compile = [], Dispatcher.compile
        def noted(self, signature):
            made.append(self.py_func.__qualname__)
            return compile(self, signature)
        Dispatcher.compile = noted

        from hypothesis import given, settings
        deadline = settings().deadline

        from spinglass import SphericalSpinGlass, sphere
        from validation import strategies

        @given(strategies.glasses_with_points(), strategies.path_models(), strategies.networks_with_inputs())
        def test(case, model, network):
            glass, x = case
            for points in (x, x[0]):
                glass.energy_and_gradient(points), glass.hessian(points), glass.hessian_vector(points, points)
                glass.energy(points), glass.stochastic_gradient(points, 1, 3), sphere.riemannian_hessian(glass, points)
            sphere.index(glass, x)
            if len(glass.orders) == 1 and glass.orders[0] > 1:
                SphericalSpinGlass.from_tensor(glass.to_tensor())
            w = sphere.random_points(model.n, 6, 0)
            model.energy(w), model.gradient(w[0]), model.hessian_vector(w, w), model.averaged().energy(w)
            network[0].gradient(network[1])

        assert settings().deadline == deadline
        assert made
        made.clear()
        settings(max_examples=30, derandomize=True, deadline=None, database=None)(test)()
        print(made)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
