"""Weights from PyTorch's conventions; PyTorch itself takes part where it is installed."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from spinglass.networks import LayeredNetwork
from spinglass.networks.activations import ACTIVATIONS, leaky_relu
from spinglass.networks.exchange import torch_modules

RNG = np.random.default_rng(0)
LAYERS = [(RNG.standard_normal((5, 3)), RNG.standard_normal(5)), (RNG.standard_normal((2, 5)), RNG.standard_normal(2))]
SQUARE = [(RNG.standard_normal((4, 4)), None) for _ in range(3)]
X = RNG.standard_normal((6, 3))


def by_hand(x):
    return np.maximum(x @ LAYERS[0][0].T + LAYERS[0][1], 0) @ LAYERS[1][0].T + LAYERS[1][1]


def test_layers_in_pytorchs_orientation():
    net = LayeredNetwork.from_linear_layers(LAYERS)
    np.testing.assert_allclose(net.forward(X), by_hand(X), rtol=1e-14)
    for (W, b), (V, c) in zip(net.linear_layers, LAYERS, strict=True):
        assert np.array_equal(W, V)
        assert np.array_equal(b, c)
    bare = LayeredNetwork.from_linear_layers(SQUARE, activation="tanh")
    assert bare.biases is None
    assert bare.linear_layers[0][1] is None


def test_square_layers_are_told_apart_by_outputs():
    inputs = RNG.standard_normal((7, 4))
    outputs = LayeredNetwork([W.T for W, _ in SQUARE]).forward(inputs)
    right = LayeredNetwork.from_linear_layers(SQUARE, agrees_with=(inputs, outputs.astype(np.float32)))
    np.testing.assert_allclose(right.forward(inputs), outputs)
    wrong = [(W.T if k != 1 else W, b) for k, (W, b) in enumerate(SQUARE)]
    with pytest.raises(ValueError, match="agree if the weight of layer 1 and 3 is transposed: transpose"):
        LayeredNetwork.from_linear_layers(wrong, agrees_with=(inputs, outputs))
    with pytest.raises(ValueError, match="differ .* check the activation functions"):
        LayeredNetwork.from_linear_layers(SQUARE, "tanh", agrees_with=(inputs, outputs))
    with pytest.raises(ValueError, match=r"agrees_with must hold finite outputs of shape \(7, 4\)"):
        LayeredNetwork.from_linear_layers(SQUARE, agrees_with=(inputs, outputs[:3]))


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([(np.ones((2, 3)), None), (np.ones((3, 1)), None)], r"transpose\? PyTorch, and from_linear_layers, store"),
        ([(np.ones((2, 3)), np.ones(3))], r"bias of layer 1 has shape \(3,\).* transpose\? PyTorch"),
        ([(np.ones((2, 3)), np.ones(2)), (np.ones((1, 2)), None)], r"layers \[2\] have no bias but the others do"),
        ([np.ones((2, 3))], r"layers must be pairs \(weight, bias\)"),
        ([], "layers must be pairs"),
        ([(np.ones((2, 3)), np.full(2, np.inf))], "biases must be finite"),
        ([(np.ones(3), None)], "the weight of layer 1 must be a matrix of real numbers"),
    ],
)
def test_wrong_layers_are_named(layers, message):
    with pytest.raises(ValueError, match=message):
        LayeredNetwork.from_linear_layers(layers)


def test_errors_of_the_constructor_name_both_conventions():
    with pytest.raises(ValueError, match=r"transpose\? \(LayeredNetwork takes weights of shape \(inputs, outputs\)"):
        LayeredNetwork([W for W, _ in LAYERS])
    with pytest.raises(ValueError, match=r"they fit the transposed weights: transpose\?"):
        LayeredNetwork([LAYERS[0][0]], [LAYERS[0][1]])


# ---- state dicts


def state(prefixes=("0", "2")):
    return {
        f"{name}.{part}": array
        for name, layer in zip(prefixes, LAYERS, strict=True)
        for part, array in zip(("weight", "bias"), layer, strict=True)
    }


def write_safetensors(path, arrays, kind="F64", dtype="<f8"):
    """Write the published layout: header length, JSON header, numbers; sorted by name, as the library does."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name in sorted(arrays):
        content = np.asarray(arrays[name]).astype(dtype).tobytes()
        header[name] = {
            "dtype": kind,
            "shape": list(np.shape(arrays[name])),
            "data_offsets": [len(data), len(data) + len(content)],
        }
        data += content
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def test_state_dicts_and_their_files(tmp_path):
    np.savez(tmp_path / "net.npz", **state())
    write_safetensors(tmp_path / "net.safetensors", state(("net.2", "net.10")))
    for source in (state(), tmp_path / "net.npz", str(tmp_path / "net.safetensors")):
        np.testing.assert_allclose(LayeredNetwork.from_state_dict(source).forward(X), by_hand(X), rtol=1e-14)
    write_safetensors(tmp_path / "half.safetensors", state(), "F16", "<f2")
    half = LayeredNetwork.from_state_dict(tmp_path / "half.safetensors")
    assert np.array_equal(half.weights[0], LAYERS[0][0].T.astype(np.float16))


def test_bfloat16_is_the_upper_half_of_float32(tmp_path):
    one = {"weight": np.array([[1.5, -2.0]])}
    upper = {"weight": one["weight"].astype(np.float32).view(np.uint32) >> 16}
    write_safetensors(tmp_path / "b.safetensors", upper, "BF16", "<u2")
    assert LayeredNetwork.from_state_dict(tmp_path / "b.safetensors").weights[0].tolist() == [[1.5], [-2.0]]


def test_the_order_of_layers_in_a_sorted_file_must_be_clear(tmp_path):
    path = tmp_path / "named.safetensors"
    write_safetensors(path, state(("hidden", "final")))
    with pytest.raises(ValueError, match=r"order of the layers .* is not clear .* give layers="):
        LayeredNetwork.from_state_dict(path)
    found = LayeredNetwork.from_state_dict(path, layers=["hidden", "final"], agrees_with=(X, by_hand(X)))
    assert found.widths == (3, 5, 2)
    with pytest.raises(ValueError, match=r"there are no layers \['last'\]"):
        LayeredNetwork.from_state_dict(path, layers=["last"])
    with pytest.raises(ValueError, match="names such as '0.weight' and '0.bias'; given"):
        LayeredNetwork.from_state_dict({**state(), "1.running_mean": np.zeros(5)})


def test_damaged_files_are_named(tmp_path):
    path = tmp_path / "net.safetensors"
    write_safetensors(path, state())
    whole = path.read_bytes()
    for content in (b"", whole[:40], whole[:-8], b"\xff" * 20, whole.replace(b"F64", b"I64")):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="not a safetensors file or is damaged"):
            LayeredNetwork.from_state_dict(path)
    (tmp_path / "net.npz").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="is not an npz file of arrays"):
        LayeredNetwork.from_state_dict(tmp_path / "net.npz")
    with pytest.raises(ValueError, match=r"must end in .safetensors or .npz"):
        LayeredNetwork.from_state_dict("net.pt")


def test_agreement_is_relative_to_the_spread_of_the_outputs():
    (W, b), top = LAYERS
    far = [(W, b), (top[0], top[1] + 1000)]
    outputs = by_hand(X) + 1000
    spread = np.abs(outputs - outputs.mean(axis=0)).max() + 1e-3 * np.abs(outputs).max()
    for off, agrees in ((0.9e-3 * spread, True), (1.2e-3 * spread, False)):
        assert off < 1e-4 * np.abs(outputs).max()
        given = (X, outputs + off * np.eye(*outputs.shape))
        scale = np.abs(given[1] - given[1].mean(axis=0)).max() + 1e-3 * np.abs(given[1]).max()
        assert scale == pytest.approx(spread, rel=2e-3)
        if agrees:
            LayeredNetwork.from_linear_layers(far, agrees_with=given)
        else:
            with pytest.raises(ValueError, match="outputs differ from those given by 0.0012 of their spread"):
                LayeredNetwork.from_linear_layers(far, agrees_with=given)


# ---- modules, imitated by classes of the same names and attributes


class Tensor:
    """The few methods of a tensor that are used."""

    def __init__(self, array):
        self.array, self.dtype = np.asarray(array), "torch.float64"

    def detach(self):
        return self

    cpu = double = detach

    def numpy(self):
        return self.array

    def new_tensor(self, rows):
        return Tensor(rows)


class Module:
    training = True

    def modules(self):
        yield self
        for part in self.children():
            yield from part.modules()

    def children(self):
        return []

    def parameters(self):
        return (part.weight for part in self.modules() if hasattr(part, "weight"))

    def state_dict(self):
        return {}

    def eval(self):
        for part in self.modules():
            part.training = False

    def __call__(self, x):
        return Tensor(self.forward(x.array))


class Linear(Module):
    def __init__(self, W, b):
        self.weight, self.bias = Tensor(W), None if b is None else Tensor(b)

    def forward(self, x):
        return x @ self.weight.array.T + (0 if self.bias is None else self.bias.array)


def function(name, value, **attributes):
    return type(name, (Module,), {"forward": lambda self, x: value(x), **attributes})()


class Sequential(Module):
    def __init__(self, *parts):
        self.parts = parts

    def children(self):
        return list(self.parts)

    def forward(self, x):
        for part in self.parts:
            x = part.forward(x)
        return x


class Dropout(Module):
    def forward(self, x):
        return 0 * x if self.training else x


RELU = function("ReLU", lambda x: np.maximum(x, 0))
LEAKY = function("LeakyReLU", lambda x: np.where(x > 0, x, 0.2 * x), negative_slope=0.2)
STEEPER = function("LeakyReLU", lambda x: np.where(x > 0, x, 0.2000001 * x), negative_slope=0.2000001)
TANH = function("Tanh", np.tanh)


def test_a_sequential_is_read_and_left_as_it_was():
    first, second = (Linear(*layer) for layer in LAYERS)
    module = Sequential(function("Flatten", lambda x: x), Sequential(first, RELU), Dropout(), second)
    net = LayeredNetwork.from_torch(module)
    np.testing.assert_allclose(net.forward(X), by_hand(X), rtol=1e-14)
    assert all(part.training for part in module.modules())
    leaky = LayeredNetwork.from_torch(Sequential(first, LEAKY, second, TANH))
    assert (leaky.activation.value(np.array([-1.0]))[0], leaky.output.name) == (-0.2, "tanh")
    assert LayeredNetwork.from_torch(Sequential(first, second)).activation.name == "linear"


def test_other_modules_need_an_activation_and_must_agree_with_it():
    class Net(Module):
        def __init__(self):
            self.parts = [Linear(*layer) for layer in LAYERS]

        def children(self):
            return self.parts

        def forward(self, x):
            return self.parts[1].forward(np.tanh(self.parts[0].forward(x)))

    net = Net()
    assert LayeredNetwork.from_torch(net, "tanh").widths == (3, 5, 2)
    with pytest.raises(ValueError, match="outputs differ from those of the layered network by"):
        LayeredNetwork.from_torch(net, "relu")


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([RELU], "has no Linear layers"),
        ([RELU, Linear(*LAYERS[0])], "ReLU stands before the first Linear layer"),
        ([Linear(*LAYERS[0]), RELU, TANH], "followed by two activation functions"),
        ([Linear(*LAYERS[0]), function("GELU", np.tanh)], "GELU is not supported; a layered network consists of"),
        ([Linear(*LAYERS[0]), function("Softmax", np.tanh)], "drop it: the loss 'cross_entropy' contains the softmax"),
        ([Linear(*LAYERS[0]), function("Softplus", np.tanh, beta=2.0)], "Softplus is supported with beta = 1"),
        (
            [Linear(*SQUARE[0]), RELU, Linear(*SQUARE[1]), TANH, Linear(*SQUARE[2])],
            "with the same parameters; these have relu, tanh",
        ),
        (
            [Linear(*SQUARE[0]), LEAKY, Linear(*SQUARE[1]), STEEPER, Linear(*SQUARE[2])],
            "with the same parameters; these have leaky_relu, leaky_relu",
        ),
    ],
)
def test_modules_that_are_no_layered_networks_are_refused(parts, message):
    with pytest.raises(ValueError, match=message):
        LayeredNetwork.from_torch(Sequential(*parts))


def test_a_leaky_relu_without_a_leak_is_written_as_a_relu():
    parts = SimpleNamespace(ReLU=lambda: "ReLU()", Tanh=lambda: "Tanh()", LeakyReLU="LeakyReLU({})".format)
    written = [torch_modules._written(parts, f) for f in (leaky_relu(0), leaky_relu(0.2), ACTIVATIONS["tanh"])]
    assert written == ["ReLU()", "LeakyReLU(0.2)", "Tanh()"]


def test_what_is_no_module_is_refused():
    with pytest.raises(TypeError, match=r"must be a torch.nn.Module, not dict; for arrays use from_linear_layers"):
        LayeredNetwork.from_torch({})
    plain = type("Net", (Module,), {})()
    with pytest.raises(ValueError, match="Net is not a Sequential, so its activation functions are not known"):
        LayeredNetwork.from_torch(plain)


# ---- PyTorch itself


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_networks_go_to_pytorch_and_come_back(activation, dtype):
    torch = pytest.importorskip("torch")
    net = LayeredNetwork.from_linear_layers(LAYERS, activation, "sigmoid")
    module = net.to_torch(dtype)
    back = LayeredNetwork.from_torch(module)
    assert (back.widths, back.activation.name, back.output.name) == (net.widths, activation, "sigmoid")
    # Relative precision of the types: 53, 24 and 8 bits; weights are below 3.
    assert np.abs(back.parameters - net.parameters).max() <= 4 * torch.finfo(getattr(torch, dtype)).eps
    assert np.array_equal(LayeredNetwork.from_state_dict(module.state_dict()).parameters, back.parameters)


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")  # PyTorch itself uses it in torch.func
def test_hessians_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    from spinglass.networks.curvature import curvature

    net, y = LayeredNetwork.from_linear_layers(LAYERS, "tanh"), np.array([0, 1, 0, 1, 1, 0])
    module, labels = net.to_torch(), torch.tensor(y)
    names = [name for name, _ in module.named_parameters()]
    shapes = [p.shape for p in module.parameters()]
    flat = torch.cat([p.detach().reshape(-1) for p in module.parameters()])

    def loss(row):
        parts = [part.reshape(shape) for part, shape in zip(row.split([s.numel() for s in shapes]), shapes)]  # noqa: B905
        out = torch.func.functional_call(module, dict(zip(names, parts, strict=True)), (torch.tensor(X),))
        return torch.nn.functional.cross_entropy(out, labels)

    theirs = torch.linalg.eigvalsh(torch.func.hessian(loss)(flat)).numpy()
    np.testing.assert_allclose(curvature(net, X, y, "cross_entropy").spectrum(), theirs, atol=1e-13)


def test_without_pytorch_the_error_says_so(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match="to_torch needs PyTorch, which is not installed"):
        LayeredNetwork.from_linear_layers(LAYERS).to_torch()


@pytest.mark.parametrize("name", ["bias", "1.bias"])
def test_a_bias_without_weights_is_refused(name):
    with pytest.raises(ValueError, match="a state dict of linear layers"):
        LayeredNetwork.from_state_dict({"0.weight": np.ones((1, 2)), name: np.array([100.0])})


def test_a_large_mean_of_the_outputs_does_not_hide_a_transposed_layer():
    layers = [*SQUARE[:2], (RNG.standard_normal((1, 4)), np.array([300.0]))]
    inputs = RNG.standard_normal((30, 4))
    net = LayeredNetwork.from_linear_layers([(W, np.zeros(len(W)) if b is None else b) for W, b in layers])
    outputs = net.forward(inputs)
    turned = [(W.T if k < 2 else W, np.zeros(len(W)) if b is None else b) for k, (W, b) in enumerate(layers)]
    with pytest.raises(ValueError, match="layer 1 and 2 is transposed"):
        LayeredNetwork.from_linear_layers(turned, agrees_with=(inputs, outputs))
    rounded = outputs.astype(np.float32)
    assert LayeredNetwork.from_linear_layers(
        [(W, np.zeros(len(W)) if b is None else b) for W, b in layers], agrees_with=(inputs, rounded)
    )
