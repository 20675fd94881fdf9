"""Integrates the two-time equations of large-n dynamics, with a memory that thins out with age."""

import math
from dataclasses import dataclass

import numpy as np

from theory.arguments import Floats, Integers
from theory.covariance import Covariance

_BETWEEN_MERGERS = 64
# Beyond these a run lasts many hours, or its memory (24 bytes a pair of nodes) or its record fills a machine.
_MOST_STEPS, _MOST_NODES, _MOST_RECORDED = 10_000_000, 12_000, 2e8
_SECONDS_A_PAIR = 1.5e-9  # of nodes and a step, on one core


@dataclass(frozen=True)
class Protocol:
    """What is integrated: the glass, the temperature of its bath, and the inverse temperature it starts from."""

    nu: Covariance
    temperature: float = 0.0
    inverse_start: float = 0.0


@dataclass(frozen=True)
class Run:
    """Energy per spin and multiplier at each step, and C and R of each waiting time (W, steps), NaN before it."""

    times: Floats
    energy: Floats
    multiplier: Floats
    correlation: Floats
    response: Floats
    nodes: int  # of the memory, at the end


def expected_nodes(steps: float, spacing: float) -> float:
    """Return an upper estimate of the nodes that thinning leaves: 4 to 12% above, for 1e3 to 5e6 steps."""
    return min(steps, 3 / spacing * math.log1p(spacing * steps)) if spacing else steps


def refuse_too_long(end: float, step: float, spacing: float, waiting: int) -> None:
    """Raise ``ValueError`` where a run needs too many steps or nodes, with what it would cost."""
    steps = end / step
    nodes = expected_nodes(steps, spacing)
    cost = f"{steps:.3g} steps of {step:.3g}, about {_SECONDS_A_PAIR * steps * nodes**2 / 3600:.2g} hours"
    if steps > _MOST_STEPS:
        raise ValueError(
            f"time {end:.3g} is {cost}; at most {_MOST_STEPS:.0e} steps are taken: ask for earlier times, "
            "or set a longer step"
        )
    if nodes > _MOST_NODES:
        raise ValueError(
            f"a memory of {nodes:.3g} nodes needs {24e-9 * nodes**2:.3g} GB ({cost}), at most {_MOST_NODES} are kept, "
            "and a uniform grid keeps every step; use a longer step or a wider spacing, such as 0.035"
        )
    if steps * (2 + 2 * waiting) > _MOST_RECORDED:
        raise ValueError(
            f"{waiting} waiting times at {steps:.3g} steps are too many to record; ask for fewer at a time"
        )


def integrate(protocol: Protocol, end: float, step: float, spacing: float, waiting: Floats) -> Run:
    """Step from time 0 to ``end`` or just beyond.

    The memory integrals run over nodes: every step taken, if ``spacing`` is 0; otherwise a node of age s is left out
    where its neighbours are at most ``spacing min(s, t - s)`` apart. Waiting times are rounded to steps.
    """
    steps = max(1, math.ceil(end / step - 1e-9))
    state = _State.at_start(protocol, steps + 1 if spacing == 0 else 512, waiting.size)
    marks = np.rint(waiting / step).astype(np.int64)
    record = np.full((steps + 1, 2 + 2 * marks.size), np.nan)
    state.begin(record)
    state.pin(np.flatnonzero(marks == 0), record[0])
    done = 0
    while done < steps:
        upcoming = marks[marks > done]
        stop = min([steps, done + _BETWEEN_MERGERS, *upcoming.tolist()]) if spacing else steps
        stop = min([stop, *upcoming.tolist()])
        state.reserve(stop - done)
        watched = np.flatnonzero(marks <= done)
        columns = np.concatenate([[0, 1], *[[2 + 2 * w, 3 + 2 * w] for w in watched]]).astype(np.int64)
        part = np.empty((stop - done, columns.size))
        state.advance(step, stop - done, state.pins[watched], part)
        record[done + 1 : stop + 1, columns] = part
        done = stop
        state.pin(np.flatnonzero(marks == done), record[done])
        if spacing:
            state.thin(spacing)
    times = step * np.arange(steps + 1, dtype=np.float64)
    return Run(times, record[:, 0], record[:, 1], record[:, 2::2].T, record[:, 3::2].T, state.m)


@dataclass
class _State:
    """The nodes, the moments between them, and the functions C(t, .) and R(t, .) at the present time t."""

    protocol: Protocol
    times: Floats
    initial: Floats  # C(t_j, 0)
    weights: Floats
    moments: Floats
    rows: Floats  # (2, 2, room): now and one step ago, C and R
    slope: Floats  # likewise
    past: Floats  # energy and mu, now and one step ago
    pins: Integers  # the node of each waiting time, -1 before it
    m: int = 1

    @classmethod
    def at_start(cls, protocol: Protocol, room: int, waiting: int) -> "_State":
        """Return the state at time 0, with room for so many nodes."""
        return cls(
            protocol=protocol,
            times=np.zeros(room),
            initial=np.ones(room),
            weights=np.zeros(room),
            moments=np.zeros((3, room, room)),
            rows=np.ones((2, 2, room)),
            slope=np.zeros((2, 2, room)),
            past=np.zeros((2, 2)),
            pins=np.full(waiting, -1, dtype=np.int64),
        )

    def glass(self) -> tuple[Floats, Floats, float, float, Floats]:
        """Return what kernels know of the glass and of the protocol."""
        orders, squares = np.array(self.protocol.nu.squares).T
        return (
            np.ascontiguousarray(squares),
            np.ascontiguousarray(orders),
            self.protocol.temperature,
            self.protocol.inverse_start,
            self.initial,
        )

    def advance(self, step: float, steps: int, watched: Integers, record: Floats) -> None:
        """Take so many steps and record them."""
        from theory import two_time_kernels as kernels

        kernels.advance(
            self.glass(),
            self.times,
            self.moments,
            self.weights,
            self.rows,
            self.slope,
            self.past,
            step,
            self.m,
            steps,
            watched,
            record,
        )
        self.m += steps

    def begin(self, record: Floats) -> None:
        """Set what is known at time 0, where nothing is remembered."""
        nu, T = self.protocol.nu, self.protocol.temperature
        energy = -self.protocol.inverse_start * float(nu(1.0))
        mu = T + self.protocol.inverse_start * float(nu(1.0, 1))
        self.past[0] = record[0, :2] = energy, mu
        self.slope[0, :, 0] = -T, -mu

    def pin(self, reached: Integers, record: Floats) -> None:
        """Keep the present node for these waiting times."""
        for place in reached:
            self.pins[place] = self.m - 1
            record[2 + 2 * place : 4 + 2 * place] = 1.0

    def reserve(self, steps: int) -> None:
        """Make room for so many more nodes."""
        room = self.times.size
        if self.m + steps <= room:
            return
        larger = max(self.m + steps, room + room // 2)
        for name in ("times", "initial", "weights", "moments", "rows", "slope"):
            old = getattr(self, name)
            new = np.zeros(tuple(larger if size == room else size for size in old.shape))
            new[tuple(slice(0, size) for size in old.shape)] = old
            setattr(self, name, new)

    def thin(self, spacing: float) -> None:
        """Leave out the nodes that their neighbours can stand in for."""
        from theory import two_time_kernels as kernels

        times, m = self.times[: self.m], self.m
        allowed = spacing * np.minimum(times, times[-1] - times)
        keep, last = [0], 0
        pinned = set(self.pins.tolist())
        for k in range(1, m - 1):
            if k in pinned or times[k + 1] - times[last] > allowed[k]:
                keep.append(k)
                last = k
        kept = np.array([*keep, m - 1] if m > 1 else keep, dtype=np.int64)
        if kept.size == m:
            return
        kernels.merge(self.moments, self.weights, self.times, kept, m)
        for array in (self.times, self.initial):
            array[: kept.size] = array[kept]
        for pair in (self.rows, self.slope):
            pair[:, :, : kept.size] = pair[:, :, kept]
        self.pins = np.where(self.pins < 0, -1, np.searchsorted(kept, self.pins))
        self.m = int(kept.size)
