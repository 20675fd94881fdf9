"""Networks of a subject: other conventions, another process, and answers that cannot be used."""

import json
import sys
from itertools import pairwise

import numpy as np
import pytest

from spinglass.networks import LayeredNetwork
from spinglass.networks.curvature import curvature
from validation import verify
from validation.claims.network_code import CLAIMS
from validation.claims.network_code.mistakes import backwards, passed, relu, slope
from validation.engine.mutation import mutated
from validation.judging.explanation import explain
from validation.subjects.current import judged, own
from validation.subjects.declaration import Declaration
from validation.subjects.functions import Functions
from validation.subjects.networks import ask_network, offered
from validation.subjects.program import from_file, from_program
from validation.subjects.subject import AnswerError, Subject

BY_ID = {claim.id: claim for claim in CLAIMS}
X = np.random.default_rng(1).standard_normal((5, 3))


def worst(claim, seed=0, samples=1):
    """Return the largest error over a few samples of every quick series, in units of the allowed one."""
    return max(
        np.abs(claim.measurement(np.random.SeedSequence(seed, spawn_key=(k, i)), series)).max()
        / claim.prediction(series).high
        for k, series in enumerate(claim.sizes["quick"])
        for i in range(samples)
    )


@pytest.mark.slow
@pytest.mark.parametrize("claim_id", BY_ID)
def test_this_projects_networks_agree_and_mistakes_do_not(claim_id):
    claim = BY_ID[claim_id]
    assert all(worst(claim, seed, 4) <= 0.1 for seed in (0, 1, 2))
    for mutant in claim.mutants:
        with mutated(mutant):
            assert worst(claim) > 1, mutant.name


# As somebody would write it with PyTorch: weights (out, in), the factor of the paper, and a ReLU at the output.
FILE = """
import numpy as np

weights = "out,in"
output_unit = "relu"
output_factor = "q"

class Net:
    def __init__(self, weights):
        self.weights = weights
        paths, H = weights[0].shape[1] * np.prod([W.shape[0] for W in weights]), len(weights)
        self.q = paths ** (-(H - 1) / (2 * H))

    def forward(self, x):
        for W in self.weights:
            x = np.maximum(x @ W.T, 0)
        return self.q * x

    def gradient(self, x):
        values = [x]
        for W in self.weights:
            values.append(np.maximum(values[-1] @ W.T, 0))
        signal, found = np.full((len(x), 1), self.q), []
        for W, below, above in zip(self.weights[::-1], values[-2::-1], values[::-1]):
            signal = signal * (above > 0)
            found.append(signal.T @ below)
            signal = signal @ W
        return found[::-1]

    def hessian_blocks(self, x, y):
        slopes = [self.gradient(row[None]) for row in x]
        return [sum(np.outer(s[k], s[k]) for s in slopes) / len(x) for k in range(len(self.weights))]

    def with_weights(self, weights):
        return Net(weights)

def network(widths, seed):
    rng = np.random.default_rng(seed)
    print("drawing a network")
    return Net([rng.uniform(-0.1, 0.1, (b, a)) for a, b in zip(widths, widths[1:])])
"""


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    file = tmp_path_factory.mktemp("user") / "my_network.py"
    file.write_text(FILE)
    one = from_file(file)
    yield one
    one.roles.close()


@pytest.mark.parametrize("claim_id", BY_ID)
def test_a_network_in_another_process_and_in_other_conventions_agrees(claim_id, theirs):
    with judged(theirs):
        assert worst(BY_ID[claim_id]) <= 0.1
    with judged(Subject(theirs.roles, Declaration(weights="out,in", output_factor="q"))):
        if claim_id != "network-code/symmetries" and claim_id != "network-code/homogeneity":
            assert worst(BY_ID[claim_id]) > 1


def test_blocks_of_the_other_orientation_are_renumbered(theirs):
    found = ask_network(theirs, (3, 4, 4, 1), 5, X, ("weights", "hessian_blocks", "output"), y=np.zeros(5))
    q = (3 * 4 * 4) ** (-1 / 3)
    here = curvature(LayeredNetwork(found["weights"], output="relu"), X, np.zeros((5, 1)))
    assert np.allclose(here.network.forward(X)[:, 0], found["output"], rtol=1e-12)
    for layer, block in enumerate(found["hessian_blocks"], 1):
        assert np.allclose(block, here.block(layer), rtol=1e-11, atol=1e-15)
    raw = theirs.roles.ask("network", widths=(3, 4, 4, 1), seed=5, x=X, wanted=("output",))
    assert np.allclose(np.ravel(raw["output"]), q * found["output"])


def test_the_targets_of_blocks_do_not_matter_to_a_piecewise_linear_network(theirs):
    blocks = [ask_network(theirs, (3, 4, 1), 5, X, ["hessian_blocks"], y=y * np.ones(5)) for y in (0.0, 2.0)]
    assert all(map(np.array_equal, *(found["hessian_blocks"] for found in blocks)))


PROGRAM = """
import json, sys, pathlib
import numpy as np
folder = pathlib.Path(sys.argv[1])

def array(value):
    return np.load(value["npy"]) if isinstance(value, dict) else np.array(value)

for line in sys.stdin:
    asked = json.loads(line)
    if asked["role"] == "describe":
        print(json.dumps({"roles": ["network"], "arrays": "npy"}), flush=True)
        continue
    (folder / "request.json").write_text(line)
    widths = asked["widths"]
    ones = [np.ones((a, b)) for a, b in zip(widths, widths[1:])]
    weights = [array(W) for W in asked.get("weights", ones)]
    np.save(folder / "first.npy", weights[0])
    value = array(asked["x"])
    for W in weights[:-1]:
        value = np.maximum(value @ W, 0)
    answer = {"weights": [{"npy": str(folder / "first.npy")}, *(W.tolist() for W in weights[1:])]}
    answer["output"] = (value @ weights[-1])[:, 0].tolist()
    print(json.dumps(answer), flush=True)
"""


def test_a_program_gets_everything_in_one_request(tmp_path):
    file = tmp_path / "program.py"
    file.write_text(PROGRAM)
    one = from_program([sys.executable, str(file), str(tmp_path)])
    try:
        found = ask_network(one, (3, 2, 1), 7, X, ("weights", "output"))
        assert [W.tolist() for W in found["weights"]] == [[[1.0, 1.0]] * 3, [[1.0], [1.0]]]
        assert np.allclose(found["output"], 2 * relu(X.sum(axis=1)))
        other = [np.full((3, 2), 0.5), np.array([[1.0], [-3.0]])]
        assert np.allclose(ask_network(one, (3, 2, 1), 7, X, ["output"], weights=other)["output"], -relu(X.sum(axis=1)))
        request = json.loads((tmp_path / "request.json").read_text())
        assert {key: request[key] for key in ("role", "widths", "seed", "wanted")} == {
            "role": "network",
            "widths": [3, 2, 1],
            "seed": 7,
            "wanted": ["output"],
        }
    finally:
        one.roles.close()


class Net:
    """A network of which any part can be replaced."""

    def __init__(self, **parts):
        self.weights = [np.ones((3, 2)), np.ones((2, 1))]
        vars(self).update(parts)

    def forward(self, x):
        return passed(self.weights, x, lambda h, _: relu(h))

    def gradient(self, x):
        return backwards(self.weights, x, slope)


def asked(wanted, net=None, declared=None, **named):
    one = Subject(Functions({"network": lambda widths, seed: net or Net()}), Declaration(**(declared or {})))
    return ask_network(one, (3, 2, 1), 4, X, [wanted], **named)[wanted]


@pytest.mark.parametrize(
    ("wanted", "net", "declared", "message"),
    [
        ("weights", Net(weights=[np.ones((2, 3)), np.ones((1, 2))]), {}, "transposed; declare weights = 'out,in'"),
        ("weights", Net(), {"weights": "out,in"}, "transposed; declare weights = 'in,out'"),
        ("weights", Net(weights=[np.ones((3, 2))]), {}, "weights has 1 matrices; expected 2, one per layer"),
        ("weights", Net(weights=[np.ones((3, 3)), np.ones((2, 1))]), {}, r"weights of layer 1 has shape \(3, 3\)"),
        ("weights", Net(weights=7), {}, "weights must be a list with one matrix per layer, not int"),
        ("weights", object(), {}, "the network has no attribute weights"),
        ("output", Net(forward=lambda x: np.full(5, np.nan)), {}, r"output is nan at position \[0\]"),
        ("output", Net(forward=lambda x: x), {}, r"output has shape \(5, 3\); expected \(5,\)"),
        ("output", Net(forward=lambda x: 1 / 0), {}, "ZeroDivisionError: division by zero"),
        ("output", object(), {}, r"the network has no forward\(x\)"),
        ("gradient", Net(gradient=lambda x: [np.ones((3, 2))]), {}, "gradient has 1 matrices"),
        ("hessian_blocks", Net(), {}, r"the network has no hessian_blocks\(x, y\)"),
        ("hessian_blocks", Net(hessian_blocks=lambda x, y: [np.eye(2)] * 2), {}, "Hessian block of layer 1 has shape"),
    ],
)
def test_answers_that_cannot_be_used_are_refused(wanted, net, declared, message):
    named = {"y": np.zeros(5)} if wanted == "hessian_blocks" else {}
    with pytest.raises(AnswerError, match=rf"network\(widths=\(3, 2, 1\), seed=4\).*{message}"):
        asked(wanted, net, declared, **named)


def test_a_network_may_be_a_function_and_need_not_take_weights():
    def net(x):
        return x[:, 0]

    assert np.array_equal(asked("output", net), X[:, 0])
    with pytest.raises(AnswerError, match=r"the network has no with_weights\(weights\)"):
        asked("output", Net(), weights=[np.ones((3, 2)), np.ones((2, 1))])


def test_single_precision_agrees_if_it_is_declared():
    def single(widths, seed):
        net = own().roles._functions["network"](widths=widths, seed=seed)
        forward = lambda x: passed([np.float32(W) for W in net.weights], np.float32(x), lambda h, _: relu(h))  # noqa: E731
        return Net(weights=net.weights, forward=forward)

    claim, roles = BY_ID["network-code/path-sum"], Functions({"network": single})
    with judged(Subject(roles, Declaration(precision="single"))):
        assert worst(claim) <= 0.1
    with judged(Subject(roles)):
        assert worst(claim) > 1


def test_what_a_subject_offers_is_found_out(theirs):
    for one in (own(), theirs):
        parts, missing = offered(one)
        assert {need for claim in CLAIMS for need in claim.needs} == parts
        assert not missing

    small = Net(weights=[np.ones((2, 3)), np.ones((3, 1))], gradient=None)
    parts, missing = offered(Subject(Functions({"network": lambda widths, seed: small})))
    assert parts == {"network", "network.weights"}
    assert set(missing) == {"network.gradient", "network.hessian_blocks", "network.with_weights"}


def test_weights_that_the_seed_does_not_determine_are_refused():
    rng = np.random.default_rng(0)
    one = Subject(Functions({"network": lambda widths, seed: Net(weights=[*map(rng.random, pairwise(widths))])}))
    parts, missing = offered(one)
    assert not parts
    assert "called twice and gave other weights; draw all random numbers from `seed`" in missing["network"]


@pytest.mark.slow
def test_a_mistake_in_another_program_is_named(theirs):
    # Its weights are a tenth of those of this project; its output is rectified and not declared as such.
    claim = BY_ID["network-code/path-sum"]
    with judged(Subject(theirs.roles, Declaration(weights="out,in", output_factor="q"))):
        report = verify(claims=[claim], workers=1)
    assert report[claim.id].status == "disagrees"
    assert explain(report.trials[0], report.root)[0].name == "ReLU at the output"


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_networks_without_active_units_are_left_out_unless_there_are_no_others(share):
    def partly_dead(widths, seed):
        rng = np.random.default_rng(seed)
        weights = [rng.standard_normal(shape) for shape in pairwise(widths)]
        if rng.random() < share:
            weights[1] = -np.abs(weights[1])  # the units of the second layer are never active
        return Net(weights=weights)

    with judged(Subject(Functions({"network": partly_dead}, name="theirs"))):
        for name in ("path-sum", "homogeneity", "gradient"):
            claim = BY_ID[f"network-code/{name}"]
            if share < 1:
                assert worst(claim) <= 0.1
            else:
                with pytest.raises(AnswerError, match="theirs: 6 networks of the widths .* draw weights of both signs"):
                    worst(claim)
