"""Training many small networks, compared with a PyTorch loop that trains one at a time, in networks per second."""

import numpy as np

from benchmarks.timing import Result, best_time, isolated

EPOCHS = 20
SHAPES = ((25, 10), (100, 10), (25, 100), (100, 100))  # hidden units, rows of a mini-batch
NETWORKS = 16


def _digits() -> tuple[np.ndarray, np.ndarray]:
    from spinglass.networks.data import digits

    return digits(seed=0).train


def ours(hidden: int, batch: int) -> tuple[float, float]:
    """Return networks per second on all cores, in float64, and the mean training loss they reach."""
    from spinglass.networks import train

    X, y = _digits()
    reached = [0.0]

    def work() -> None:
        found = train(X, y, hidden=hidden, networks=NETWORKS, batch=batch, epochs=EPOCHS, measure_every=EPOCHS)
        reached[0] = float(found.train_loss.mean())

    return NETWORKS / best_time(work), reached[0]


def torch_loop(hidden: int, batch: int, kind: str, threads: int) -> tuple[float, float]:
    """Return networks per second of the loop of PyTorch's tutorials, and the training loss of the last."""
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    dtype = getattr(torch, kind)
    images, labels = _digits()
    X, y = torch.tensor(images, dtype=dtype), torch.tensor(labels)
    loss_of, reached = nn.CrossEntropyLoss(), [0.0]

    def work() -> None:
        network = nn.Sequential(nn.Linear(X.shape[1], hidden), nn.ReLU(), nn.Linear(hidden, 10)).to(dtype)
        optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
        for _ in range(EPOCHS):
            for rows in torch.randperm(len(X)).split(batch):
                optimiser.zero_grad()
                loss_of(network(X[rows]), y[rows]).backward()
                optimiser.step()
        with torch.no_grad():
            reached[0] = float(loss_of(network(X), y))

    return 1 / best_time(work, seconds=1), reached[0]


def training() -> list[Result]:
    """Networks of one hidden layer on scikit-learn's digits, 20 epochs of SGD at rate 0.1."""
    results = []
    for hidden, batch in SHAPES:
        rate, loss = isolated(ours, hidden, batch)
        for kind in ("float64", "float32"):
            # Such small products are slower on two threads; the peer gets its better setting.
            theirs, their_loss = max(isolated(torch_loop, hidden, batch, kind, threads) for threads in (1, 2))
            results.append(
                Result(
                    f"{EPOCHS} epochs, {hidden} hidden units, batches of {batch}, loss {loss:.3f}",
                    f"{rate:.1f}/s",
                    f"torch loop, {kind}, loss {their_loss:.3f}",
                    f"{theirs:.2f}/s",
                    rate / theirs,
                    10.0 if batch == 10 else None,
                )
            )
    return results
