"""Small tables from formulas for every figure of the gallery, with the sizes, ranges and labels of real ones."""

from itertools import product

import numpy as np
import pandas as pd

from validation.experiments.networks.digits_efforts import EFFORTS
from validation.experiments.networks.digits_summary import by_size, fitted_glasses
from validation.experiments.networks.loss_planes import PLANES
from validation.experiments.networks.path_assumptions import ASSUMPTIONS
from validation.figures.networks.polynomial_fits import _curve_fits

SIZES = EFFORTS["quick"].sizes


def _frame(columns, rows):
    return pd.DataFrame(rows, columns=columns.split())


def _bell(u, centre, width):
    return np.exp(-(((u - centre) / width) ** 2) / 2) / (width * np.sqrt(2 * np.pi))


def _ends_and_minima(sizes, low, high, methods=("lbfgs",)):
    u, spread = np.linspace(low, high, 41), np.linspace(-2.5, 2.5, 40)
    ends = [(n, how, -1.62 + 0.8 / np.sqrt(n) + z * 0.4 / np.sqrt(n)) for n, how, z in product(sizes, methods, spread)]
    minima = [(n, x, _bell(x, -1.63 + 1.2 / np.sqrt(n), 0.4 / np.sqrt(n))) for n, x in product(sizes, u)]
    return {"ends": _frame("n method energy_per_spin", ends), "minima": _frame("n energy_per_spin density", minima)}


def _counts():
    u = np.union1d(np.linspace(-1.75, -0.8, 20), np.linspace(-1.71, -1.59, 13))
    sizes = (20, 50, 100, 200, 1000, 0)
    rows = [
        (n, k, x, min(0.013, x + 1.657) if n == 0 else min(1 + k, 4) / n - (x + 0.8) ** 2 * 60 / n)
        for n, k, x in product(sizes, range(3), u)
    ]
    return {"counts": _frame("n index energy_per_spin rate", rows)}


def _densities():
    u = np.union1d(np.linspace(-1.75, 1.75, 71), np.linspace(-1.68, -1.58, 41))
    rows = [("all", x, 154 - 56 * x**2) for x in u]
    rows += [(str(k), x, 14 - 200 * (k + 1) * (-1.58 - x)) for k in range(5) for x in u[u < -1.58]]
    return {"densities": _frame("index energy_per_spin log10_density", rows)}


def _tree():
    deep = np.linspace(-1.52, -1.25, 8)
    minima = _frame("energy_per_spin volume volume_low volume_high", [(u, 0.12, 0.1, 0.16) for u in deep])
    merges = _frame("deeper shallower energy_per_spin", [(0, k, -1.25 + 0.02 * k) for k in range(1, 8)])
    return {"minima": minima, "merges": merges}


def _assumptions():
    rows = [
        (H, k, state, name, (0.5 + number) / H * (1.2 if state == "after" else 1) + 0.02 * k)
        for number, name in enumerate(ASSUMPTIONS)
        for H, k, state in product((2, 3, 4, 5, 6), (0, 1), ("before", "after"))
    ]
    random = [(H, name, 1.0 / H) for name in ("redundancy", "uniformity") for H in (2, 3, 4, 5, 6)]
    return {
        "deviations": _frame("H network state assumption deviation", rows),
        "random": _frame("H assumption deviation", random),
    }


def _losses_on_the_sphere():
    z, losses, laws, shapes = np.linspace(-4, 4, 81), [], [], []
    for k, (widths, n) in enumerate((("64-4-2-1", 8), ("64-9-3-1", 12), ("64-8-8-1", 16))):
        losses += [(u**3 / 4 if k else u, widths) for u in np.linspace(-1.6, 2.2, 60)]
        laws += [(u, _bell(u, 0, 1), 1 / (1 + np.exp(-1.7 * u)), widths) for u in z]
        shapes.append((widths, n, 0.1 * (k + 1), 10.0**-k / 20, k - 0.2, 3.0 * k - 1, -0.2, 0.1, 0.3, 0.1, 0.09))
    fields = "distance p_value skewness kurtosis law_skewness law_kurtosis where excess limit"
    return {
        "losses": _frame("z widths", losses),
        "law": _frame("z density cumulative widths", laws),
        "shapes": _frame(f"widths n {fields}", shapes),
    }


def _stability():
    rows, u, stability = [], np.linspace(-2.1, 0.1, 30), np.linspace(0, 6, 30)
    for model, n, width in (("pure", 8, 0.3), ("mixed", 7, 0.3), *(("sizes", m, m**-0.6) for m in (20, 50, 100))):
        rows += [
            (model, n, x, y, 1 - np.exp(-(((x + 1.6 - width) / width) ** 2) - (y / 4 / width) ** 2))
            for x, y in product(u if model != "sizes" else -1.6 + 4 * width * (u + 1.0), stability * 3 * width)
        ]
    minima = [(m, n, -1.5 + 0.02 * k, 0.05 * k) for m, n in (("pure", 8), ("mixed", 7)) for k in range(40)]
    return {
        "minima": _frame("model n energy_per_spin stability", minima),
        "density": _frame("model n energy_per_spin stability inside", rows),
        "edge": _frame("energy_per_spin stability", [(x, -3 * x - 24**0.5) for x in (-1.657, -1.645, -1.633)]),
    }


def _digits():
    rng = np.random.default_rng(0)
    rows = []
    for starts, hidden in product(("uniform", "fan-in"), SIZES):
        train = rng.lognormal(-2 - np.log(hidden) / 4, 0.3, 12)
        rows += [
            (starts, hidden, x, 0.2 + 2 * x * y, "finished")
            for x, y in zip(train, rng.uniform(0.5, 2, 12), strict=True)
        ]
    losses = _frame("starts hidden train_loss test_loss status", rows)
    return {"losses": losses, "summary": by_size(losses)}


def _losses_and_energies():
    losses, z = _digits()["losses"], np.linspace(-2.5, 2.5, 16)
    rows = [(n, sample, -1.5 + x * 0.4 / np.sqrt(n)) for n, sample, x in product((15, 25, 100), range(8), z)]
    energies = _frame("n sample energy_per_spin", rows)
    return {"losses": losses, "energies": energies, "fits": fitted_glasses(losses, energies, 0)}


def _indices():
    rows = []
    for hidden, network in product(SIZES, range(3)):
        parameters, low = 74 * hidden, 8 * hidden + network
        rows.append((hidden, network, parameters, low, low + (hidden > 25), low // 2, low // 2 + 3 * (hidden > 25)))
    return {"indices": _frame("hidden network parameters low high relative_low relative_high", rows)}


def _paths():
    names = ("SGD, batches of 10", "SGD, online", "SGD, full batch", "momentum", "RMSProp", "Adam")
    rows = [
        (name, data, epoch, 2 * epoch ** (-0.2 * k - 0.1), 1.5 * epoch ** (-0.2 * k - 0.1), 2.5)
        for (k, name), data, epoch in product(enumerate(names), ("train", "test"), (1, 10, 40))
    ]
    return {"paths": _frame("optimiser data epoch mean lowest highest", rows)}


def _temperatures():
    T = np.linspace(0.4, 1.5, 12)
    measured = [(n, t, -1.5 + 0.6 * t + 2 / n, 0.01) for n, t in product((16, 32, 64), T)]
    infinite = [(t, max(-1 / t, -1.6 + 0.5 * t), -1 / t) for t in T]
    return {
        "measured": _frame("n temperature energy_per_spin standard_error", measured),
        "infinite": _frame("temperature energy_per_spin liquid", infinite),
    }


def _overlaps():
    q = np.linspace(-0.96, 0.96, 25)
    rows = [(n, T, x, _bell(x, 0, n**-0.5) + n / 64) for n, T, x in product((16, 32, 64), (0.5, 0.7, 1.0), q)]
    atoms = [(1.0, 0.0, 1.0), (0.7, 0.0, 0.72), (0.7, 0.72, 0.28), (0.5, 0.0, 0.43), (0.5, 0.81, 0.57)]
    return {
        "densities": _frame("n temperature overlap density", rows),
        "infinite": _frame("temperature overlap weight", atoms),
    }


def _ground_states():
    sizes, u = (6, 8, 10, 16, 24, 36, 54, 80), lambda n: -1.657 + 1.2 / n
    rows = [(n, "annealing", u(n), 0.01) for n in sizes] + [(n, "enumeration", u(n), 0.01) for n in sizes[:3]]
    centring = [(n, u(n) + 0.01) for n in range(6, 81)]
    return {
        "measured": _frame("n method energy_per_spin standard_error", rows),
        "centring": _frame("n energy_per_spin", centring),
    }


def _relaxation():
    t = np.geomspace(0.1, 20, 14)
    flow = [(n, x, -1.6 + (1 + x) ** -0.67 + 1 / n, 0.01, (1 + x) ** -0.3, 0.01) for n, x in product((25, 50, 100), t)]
    equations = [(x, -1.63 + (1 + x) ** -0.67, (1 + x) ** -0.35) for x in t]
    return {
        "flow": _frame("n time energy energy_error overlap overlap_error", flow),
        "equations": _frame("time energy overlap", equations),
    }


def _fluctuations():
    curves = [
        (t, C, (1 - C) if C > 0.77 else 0.23 + (0.77 - C) * (0.3 - 0.2 / t))
        for t in (3, 10, 30, 100)
        for C in np.linspace(0, 1, 30)
    ]
    return {"curves": _frame("time correlation susceptibility", curves)}


def _potential():
    q = np.linspace(0, 0.8, 41)
    curves = [
        (T, x, x**2 * (x - 0.62) ** 2 + (T - 0.82) * x**2 / 5 + x**8 / 9) for T in (0.9, 0.866, 0.845, 0.829) for x in q
    ]
    return {"curves": _frame("temperature overlap potential", curves)}


def _distributions():
    steps = [("(a)", "one step", 0.23, 0.29), ("(a)", "one step", 0.78, 1.0)]
    smooth = [
        (case, phase, q, 0.4 * q)
        for case, phase in (("(b)", "continuous"), ("(c)", "continuous with steps"))
        for q in np.linspace(0, 0.8, 30)
    ]
    several = [("(d)", "two steps", q, x) for q, x in ((0.0, 0.034), (0.93, 0.051), (0.99, 1.0))]
    ends = [("(b)", "continuous", 0.8, 1.0), ("(c)", "continuous with steps", 0.8, 1.0)]
    rows = sorted([*steps, *smooth, *ends, *several], key=lambda row: (row[0], row[2], row[3]))
    return {"laws": _frame("case phase overlap cumulative", rows)}


def _ageing():
    rows = [
        (a, a * r, (1 + (r - 1) * a**0.2) ** -0.3) for a, r in product((0.5, 2.0, 8.0, 32.0), np.geomspace(1.01, 5))
    ]
    return {"correlations": _frame("waiting time correlation", rows)}


def _mixture():
    rows = [
        (x, 0.87 - 0.3 * x, 0.83 - 0.35 * x, -1.66 - 0.6 * x, -1.63 - 0.3 * x, -1.63 - 0.5 * x) for x in (0, 0.5, 1)
    ]
    return {"lines": _frame("share dynamical static ground_state threshold ascent", rows)}


def _fit_errors():
    both = [(M, data, 0.9 - 0.1 * M, 0.01, 0.9 - 0.1 * M) for M, data in product(range(10), ("train", "test"))]
    ridges = [
        (x, data, 0.4 + 0.01 * x, 0.01, 0.4 + 0.01 * x) for x, data in product(range(-36, 7, 3), ("train", "test"))
    ]
    columns = "{} data rms error expected"
    return {
        "by_degree": _frame(columns.format("degree"), both),
        "by_ridge": _frame(columns.format("log_ridge"), ridges),
    }


def _boundaries():
    names = ("weight decay 0", "weight decay 0.2", "weight decay 2", "10 epochs", "50 epochs", "100 epochs")
    line = np.linspace(-3, 3, 9)
    grids = [(name, x, y, x + y, x - y, 0.234) for name, x, y in product(names, line, line)]
    points = [(0.1 * k, -0.2 * k, k % 2) for k in range(10)]
    return {
        "grids": _frame("panel x1 x2 log_odds bayes test_error", grids),
        "points": _frame("x1 x2 label", points),
        "bayes": _frame("bayes_error", [(0.21,)]),
    }


def _losses(settings):
    epochs = (0, 1, 10, 100, 1000)
    rows = [(s, data, e, 0.7 / (1 + e) ** 0.2, 0.01) for s, data, e in product(settings, ("train", "test"), epochs)]
    return _frame("setting data epoch loss error", rows)


def _choices():
    values = {
        "hidden units": (1, 2, 3, 5, 8, 12, 20, 40),
        "weight decay": (0, 0.01, 0.03, 0.1, 0.3, 1, 3),
        "batch size, 100 epochs": (1, 10, 100),
        "augmentation": ("as they are", "shifted", "rotated", "both"),
    }
    rows = [(name, v, data, 0.0, 0.05) for name in values for v in values[name] for data in ("train", "test")]
    return {"choices": _frame("choice value data loss error", rows)}


def _activations():
    names = ("sigmoid", "tanh", "relu", "leaky_relu", "Heaviside")
    shapes = [(name, h, h) for name, h in product(names, np.linspace(-3, 3, 5))]
    return {"shapes": _frame("activation h value", shapes), "losses": _losses(names[:4])}


def _two_parameters():
    line = np.linspace(-20, 20, 15)
    surface = [(x, y, 1e4 + 16 * (x * y - 100) ** 2) for x, y in product(line, line)]
    descents = [(k, 0.1 + t * (9.9 + k), t * 100 / (10 + k)) for k, t in product(range(3), np.linspace(0, 1, 9))]
    return {"surface": _frame("w1 w2 loss", surface), "descents": _frame("descent w1 w2", descents)}


def _neuron():
    logs = np.linspace(-2, 6.5, 21)
    shape = lambda x: 0.5 + 0.1 * np.cos(2.2 * x)  # noqa: E731
    counts = [(d, k, k**d, k**d) for d, k in [*((d, 2) for d in range(1, 7)), *((d, 3) for d in range(1, 5))]]
    return {
        "line": _frame("log_w loss", [(x, shape(x)) for x in logs]),
        "plane": _frame("log_w1 log_w2 loss", [(x, y, shape(x) + shape(y)) for x, y in product(logs, logs)]),
        "minima": _frame("log_w1 log_w2", product((0.0, 2.8, 5.6), repeat=2)),
        "counts": _frame("d per_axis found predicted", counts),
    }


def _spread():
    return {"ends": _frame("units train_loss", [(h, z / h) for h, z in product((2, 4, 8, 16, 32, 64), (0.5, 1, 1.5))])}


def _planes():
    line = np.linspace(-3, 3, 9)
    kinds = ("minimum", "saddle", "maximum", "minimum at a kink")
    return {
        "surfaces": _frame("plane u v loss", [(p, u, v, 1 + u * u + v * v) for p, u, v in product(PLANES, line, line)]),
        "kinks": _frame("plane u v", [(p, u, 0.5 * u) for p, u in product(PLANES, line)]),
        "points": _frame("plane u v kind", [(p, k - 1.5, 0.3, kind) for p in PLANES for k, kind in enumerate(kinds)]),
    }


def _pair_densities():
    kinds, edges, q = ("all", "0-0", "0-1"), np.linspace(-1, 1, 21), np.linspace(-0.99, 0.99, 37)
    measured = [(kind, a, a + 0.1, 16000 * _bell(a + 0.05, 0.1, 0.3), 300.0) for kind, a in product(kinds, edges[:-1])]
    return {
        "measured": _frame("indices low high density standard_error", measured),
        "exact": _frame("indices overlap density", [(k, x, 16000 * _bell(x, 0.1, 0.3)) for k, x in product(kinds, q)]),
    }


def _second_moments():
    names, sizes = ("all", "minima", "u < -1.2", "u < -1.4"), (4, 6, 8, 10, 14, 20, 28, 40)
    rows = [(name, n, 10.0, 1 + (0.3 + k) / n, 0.01) for (k, name), n in product(enumerate(names), sizes)]
    return {"moments": _frame("number n mean ratio ratio_error", rows)}


def _deepest_minima():
    heights = np.linspace(0.02, 0.4, 12)
    rows = [(n, k, n - 2, x * 8 / n, 0.5 - 0.02 * n + 0.01 * k) for n in (4, 6, 8, 10) for k, x in enumerate(heights)]
    return {"landscapes": _frame("n sample minima barrier share", rows)}


def _planted_overlaps():
    m, half = np.linspace(-0.99, 0.99, 67), np.linspace(0.0, 0.99, 34)
    exact = [
        (p, 8, x, (100 if p == "all" else 5) * _bell(x, 0, 0.3) + 4 * _bell(x, 0.9, 0.05))
        for p in ("all", "0")
        for x in m
    ]
    exact += [("all", 16, x, 2000 * _bell(x, 0, 0.3) + 4 * _bell(x, 0.9, 0.05)) for x in half]
    measured = [
        (p, x - 0.05, x + 0.05, scale * (_bell(x, 0, 0.3) + 0.04 * _bell(x, 0.9, 0.05)) + 0.1, 0.05 * scale / 10)
        for p, scale in (("all", 100), ("0", 5))
        for x in np.arange(-0.95, 1, 0.1)
    ]
    rates = [
        (s, p, x, (0.35 if p == "all" else 0.013) - (0.2 if p == "all" else 0.03) * x)
        for s, p, x in product((0.8, 1.1547, 1.5), ("all", "0"), half)
    ]
    return {
        "measured": _frame("points low high density standard_error", measured),
        "exact": _frame("points n overlap density", exact),
        "rates": _frame("strength points overlap rate", rates),
        "minima": _frame("strength overlap", [(1.5, 0.905)]),
    }


def _pair_paths():
    t, pairs = np.linspace(0, 1, 21), ((0, 0.2), (1, 0.35), (2, 0.6))
    rows = [(k, q, x, -1.4 + (2 - q) * x * (1 - x), -1.4 + 1.7 * x * (1 - x), 0.1) for k, q in pairs for x in t]
    barriers = [(k, 0.1 * k, 0.2 + 0.1 * k, 0.02 * k) for k in range(12)]
    return {
        "paths": _frame("pair overlap position measured mean spread", rows),
        "barriers": _frame("sample overlap geodesic lowest", barriers),
    }


def _recovery():
    at = np.linspace(0.05, 1.5, 30)
    lines = [("bayes", x / 2.2, 1.2 - x / 3) for x in at] + [("message passing", 0.707, x) for x in at]
    lines += [("descent", 0.7 + x / 2, x) for x in at]
    places = product(("message passing", "descent"), (0.2, 0.5, 0.8, 1.1, 1.4), (0.2, 0.5, 0.8, 1.1, 1.4))
    points = [(algorithm, x, y, x * y / 2) for algorithm, x, y in places]
    return {
        "lines": _frame("line matrix tensor", lines),
        "points": _frame("algorithm matrix tensor squared_cosine", points),
    }


TABLES = {
    "descent-energies": lambda: _ends_and_minima((25, 50, 100, 200), -1.8, -1.0),
    "counts-to-complexity": _counts,
    "counts-by-energy": _densities,
    "disconnectivity": _tree,
    "deepest-minimum": _deepest_minima,
    "stability": _stability,
    "pairs-overlaps": _pair_densities,
    "pairs-second-moment": _second_moments,
    "pairs-paths": _pair_paths,
    "planted-overlaps": _planted_overlaps,
    "choromanska-glass": lambda: _ends_and_minima((15, 25, 50, 100), -1.75, -1.0, ("sgd", "gradient")),
    "choromanska-test-losses": _losses_and_energies,
    "choromanska-train-test": _digits,
    "choromanska-by-size": _digits,
    "choromanska-index": _indices,
    "choromanska-optimisers": _paths,
    "temperature-energy": _temperatures,
    "temperature-overlaps": _overlaps,
    "temperature-ground-states": _ground_states,
    "dynamics-relaxation": _relaxation,
    "dynamics-ageing": _ageing,
    "dynamics-mixture-phases": _mixture,
    "dynamics-fluctuations": _fluctuations,
    "temperature-potential": _potential,
    "temperature-distributions": _distributions,
    "recovery-phases": _recovery,
    "generalisation-curve-fits": lambda: _curve_fits(0),
    "generalisation-fit-errors": _fit_errors,
    "generalisation-boundaries": _boundaries,
    "generalisation-overfitting": lambda: {
        "losses": _losses(("full batch", "weight decay 2", "mini-batches of 10", "online"))
    },
    "generalisation-choices": _choices,
    "generalisation-activations": _activations,
    "hard-networks-two-parameters": _two_parameters,
    "hard-networks-neuron": _neuron,
    "hard-networks-spread": _spread,
    "relu-surfaces": _planes,
    "path-assumptions": _assumptions,
    "losses-on-the-sphere": _losses_on_the_sphere,
}
