"""Training many small networks, compared with a PyTorch loop that trains one at a time, in networks per second."""

import time

import numpy as np

from benchmarks.timing import Result, best_time, isolated

EPOCHS = 20
SHAPES = {  # hidden units and rows of a mini-batch: the required ratio, the goal
    (25, 10): (10.0, None),
    (100, 10): (10.0, None),
    (25, 100): (None, 15.0),
    (100, 100): (None, 8.0),
}
NETWORKS = 16
KINDS = ("float64", "float32")


def _digits() -> tuple[np.ndarray, np.ndarray]:
    from spinglass.networks.data import digits

    return digits(seed=0).train


def ours() -> list[tuple[float, float]]:
    """For every shape, networks per second on all cores, in float64, and the mean training loss they reach."""
    from spinglass.networks import train

    X, y = _digits()

    def measured(hidden: int, batch: int) -> tuple[float, float]:
        reached = [0.0]

        def work() -> None:
            found = train(X, y, hidden=hidden, networks=NETWORKS, batch=batch, epochs=EPOCHS, measure_every=EPOCHS)
            reached[0] = float(found.train_loss.mean())

        return NETWORKS / best_time(work), reached[0]

    return [measured(*shape) for shape in SHAPES]


def _torch_loop(hidden: int, batch: int, kind: str, seconds: float = 0.5) -> tuple[float, float]:
    """Networks per second of the loop of PyTorch's tutorials at the speed of its fastest epoch, and a training loss."""
    import torch
    from torch import nn

    dtype = getattr(torch, kind)
    images, labels = _digits()
    X, y = torch.tensor(images, dtype=dtype), torch.tensor(labels)
    loss_of = nn.CrossEntropyLoss()

    def one() -> tuple[float, float]:
        """Train one network; return the time of its fastest epoch and its loss at the end."""
        network = nn.Sequential(nn.Linear(X.shape[1], hidden), nn.ReLU(), nn.Linear(hidden, 10)).to(dtype)
        optimiser, shortest = torch.optim.SGD(network.parameters(), lr=0.1), float("inf")
        for _ in range(EPOCHS):
            start = time.perf_counter()
            for rows in torch.randperm(len(X)).split(batch):
                optimiser.zero_grad()
                loss_of(network(X[rows]), y[rows]).backward()
                optimiser.step()
            shortest = min(shortest, time.perf_counter() - start)
        with torch.no_grad():
            return shortest, float(loss_of(network(X), y))

    begin, networks = time.perf_counter(), [one()]
    while time.perf_counter() - begin < seconds:
        networks.append(one())
    return 1 / (EPOCHS * min(shortest for shortest, _ in networks)), networks[-1][1]


def torch_loops() -> list[dict[str, tuple[float, float]]]:
    """For every shape and precision, the result of the loop of PyTorch with its faster number of threads.

    Products as small as these are slower on two threads. One thread comes first, before there are idle threads.
    """
    import torch

    best: list[dict[str, tuple[float, float]]] = [dict.fromkeys(KINDS, (0.0, 0.0)) for _ in SHAPES]
    for threads in (1, 2):
        torch.set_num_threads(threads)
        for found, shape in zip(best, SHAPES, strict=True):
            for kind in KINDS:
                found[kind] = max(found[kind], _torch_loop(*shape, kind))
    return best


def training() -> list[Result]:
    """Networks of one hidden layer on scikit-learn's digits, 20 epochs of SGD at rate 0.1.

    Each library is loaded once, in a process of its own, because to load it takes longer than most measurements.
    """
    results = []
    measured = zip(SHAPES.items(), isolated(ours), isolated(torch_loops), strict=True)
    for ((hidden, batch), (required, goal)), (rate, loss), peers in measured:
        for kind, (theirs, their_loss) in peers.items():
            results.append(
                Result(
                    f"{EPOCHS} epochs, {hidden} hidden units, batches of {batch}, loss {loss:.3f}",
                    f"{rate:.1f}/s",
                    f"torch loop, {kind}, loss {their_loss:.3f}",
                    f"{theirs:.2f}/s",
                    rate / theirs,
                    required,
                    goal,
                )
            )
    return results
