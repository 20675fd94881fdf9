"""Kernel: follow a block of paths from the start form to the model, eight at a time.

Each lane follows its own path with its own step length; when a path ends, its lane takes the next one. A step predicts
a point from the power series, takes one Newton step from it, and is accepted if the Newton step is short.

A point X of projective space may be multiplied by any function of s. The series is therefore multiplied by a polynomial
1 + p s + q s^2 that makes its last coefficient as short as possible. It nearly cancels the singularities closest to the
path (as a Padé approximant does, with a denominator that all components share and that projective space ignores), and
steps become longer by a third.
"""

from typing import NamedTuple

import numpy as np

from spinglass._common.jit import jit_without_references
from spinglass._common.types import Array, ComplexArray, IntArray
from spinglass.critical_points.tracking.simd import (
    WIDTH,
    aligned_rows,
    choose,
    conjugate,
    load,
    load_real,
    root,
    splat,
    squared_modulus,
    store,
    store_real,
    zero,
)
from spinglass.critical_points.tracking.start_system import start_point
from spinglass.critical_points.tracking.taylor import Workspace, correct, expand
from spinglass.critical_points.tracking.tensor import Form

ARRIVED, STEP_TOO_SHORT, TOO_MANY_STEPS, NOT_REGULAR = range(4)
_ON_THE_WAY = -1

# The last Newton step at a regular solution is the rounding error times its condition number; at a singular one it is
# of order 1.
_POLISHED, _REGULAR = 1e-12, 1e-9
_POLISHES = 5  # largest number of Newton steps at the end of a path
_TINY = 1e-200  # avoids a division by zero if a coefficient of the series vanishes
_INDEPENDENT = 1e-3  # added to the squared length of the component of one coefficient across another, relative to it


class Lanes(NamedTuple):
    """State of eight paths, in arrays of lanes.

    Attributes
    ----------
    series
        Power series at the last accepted points; complex.
    time, step
        The homotopy parameter t of these points, and the step to the next point; real.
    lengths
        Lengths of the Newton step, of the last three coefficients of the new series, and of the last one after
        `_shorten`; real, five rows.
    accepted
        1 if the step was accepted, else 0; real.
    row, polish
        For each lane, the row of its path in the output, -1 if it has none, and its number of Newton steps at t = 1.
    start
        A start point, complex numbers.
    """

    series: Array
    time: Array
    step: Array
    lengths: Array
    accepted: Array
    row: IntArray
    polish: IntArray
    start: ComplexArray


def lanes(form: Form, order: int) -> Lanes:
    """Allocate the lanes for series up to ``order``."""
    return Lanes(
        aligned_rows(2 * form.variables * (order + 1)),
        aligned_rows(1),
        aligned_rows(1),
        aligned_rows(5),
        aligned_rows(1),
        np.empty(WIDTH, np.int64),
        np.empty(WIDTH, np.int64),
        np.empty(form.variables, np.complex128),
    )


class Precision(NamedTuple):
    """Settings that determine how accurately paths are followed."""

    order: int  # of the power series
    prediction: float  # allowed error of the predicted point, relative to |X| = 1
    correction: float  # largest length of a Newton step that is accepted
    radius: float  # largest step, in units of the estimated radius of convergence of the original series
    shortest: float  # a path whose step falls below this has failed
    steps: int  # largest number of steps of one path


@jit_without_references
def _predict(variables: int, order: int, step: Array, coefficients: Array, w: Workspace) -> None:
    """Evaluate the series at ``step``, scale the result to length one, and write it to ``point``."""
    h = load_real(step, 0)
    square = splat(0.0)
    for i in range(variables):
        value = load(coefficients, order * variables + i)
        for k in range(order - 1, -1, -1):
            value = load(coefficients, k * variables + i) + h * value
        store(w.point, i, value)
        square = square + squared_modulus(value)
    scale = splat(1.0) / root(square)
    for i in range(variables):
        store(w.point, i, scale * load(w.point, i))


@jit_without_references
def _length(variables: int, a: Array, first: int, out: Array, row: int) -> None:
    """Write the length of the vector at entries ``first``.. of ``a`` into a row of ``out``."""
    square = splat(0.0)
    for i in range(variables):
        square = square + squared_modulus(load(a, first + i))
    store_real(out, row, root(square))


@jit_without_references
def _shorten(variables: int, order: int, x: Array) -> None:
    """Multiply the series by the factor 1 + p s + q s^2 that makes its last coefficient shortest (least squares)."""
    a, b, c = order * variables, (order - 1) * variables, (order - 2) * variables
    ba = ca = bc = zero()
    bb = cc = splat(_TINY)
    for i in range(variables):
        xa, xb, xc = load(x, a + i), load(x, b + i), load(x, c + i)
        ba += conjugate(xb) * xa
        ca += conjugate(xc) * xa
        bc += conjugate(xb) * xc
        bb = bb + squared_modulus(xb)
        cc = cc + squared_modulus(xc)
    inverse = splat(1.0) / bb
    along = inverse * bc  # xc - along xb is orthogonal to xb
    across = splat(1.0 + _INDEPENDENT) * cc - bb * squared_modulus(along)
    q = -((splat(1.0) / across) * (ca - conjugate(along) * ba))
    p = -(inverse * (ba + q * bc))
    for i in range(order * variables - 1, variables - 1, -1):
        store(x, variables + i, load(x, variables + i) + p * load(x, i) + q * load(x, i - variables))
    for i in range(variables):
        store(x, variables + i, load(x, variables + i) + p * load(x, i))


@jit_without_references
def _step_length(precision: Precision, last: float, before: float, earlier: float, shortened: float) -> float:
    """Return the largest step whose first neglected term is within tolerance; its growth is that of the last three."""
    ratio = max(last / before, np.sqrt(last / earlier))
    by_error: float = (precision.prediction / (shortened * ratio)) ** (1.0 / (precision.order + 1))
    by_radius: float = precision.radius / ratio
    return min(by_error, by_radius)


@jit_without_references
def _begin(path: int, degree: int, roots: ComplexArray, sheets: int, lane: int, start: ComplexArray, x: Array) -> None:
    start_point(path, degree, roots, sheets, start)
    x[:, lane] = 0.0
    for i in range(start.size):
        x[2 * i, lane] = start[i].real
        x[2 * i + 1, lane] = start[i].imag


@jit_without_references
def track(
    form: Form,
    c: Array,
    roots: ComplexArray,
    sheets: int,
    precision: Precision,
    paths: IntArray,
    w: Workspace,
    now: Lanes,
    points: ComplexArray,
    status: IntArray,
    steps: IntArray,
) -> None:
    """Follow ``paths``; write the end of path k, its status and its number of steps to row k of the outputs."""
    order, variables = precision.order, form.variables
    row_of, polish = now.row, now.polish
    for lane in range(WIDTH):
        row_of[lane] = -1
    coming = 0
    active = 1
    while active > 0:
        active = 0
        for lane in range(WIDTH):
            if row_of[lane] < 0 and coming < paths.size:
                _begin(paths[coming], form.degree, roots, sheets, lane, now.start, now.series)
                row_of[lane], now.time[0, lane], now.step[0, lane], polish[lane] = coming, 0.0, 0.0, 0
                coming += 1
            active += row_of[lane] >= 0
            w.time[0, lane] = min(now.time[0, lane] + now.step[0, lane], 1.0)
        _predict(variables, order, now.step, now.series, w)
        correct(form, c, w)
        expand(form, c, order, w)
        _length(variables, w.change, 0, now.lengths, 0)
        for k in range(3):
            _length(variables, w.x, (order - k) * variables, now.lengths, 1 + k)
        _shorten(variables, order, w.x)
        _length(variables, w.x, order * variables, now.lengths, 4)
        for lane in range(WIDTH):
            now.accepted[0, lane] = 1.0 if now.lengths[0, lane] <= precision.correction else 0.0
        accepted = load_real(now.accepted, 0)
        for i in range((order + 1) * variables):
            store(now.series, i, choose(accepted, load(w.x, i), load(now.series, i)))
        for lane in range(WIDTH):
            row = row_of[lane]
            if row < 0:
                continue
            steps[row] += 1
            state = _conclude(precision, lane, now, w.time)
            if state == _ON_THE_WAY and steps[row] >= precision.steps:
                state = TOO_MANY_STEPS
            if state != _ON_THE_WAY:
                for i in range(variables):
                    points[row, i] = complex(now.series[2 * i, lane], now.series[2 * i + 1, lane])
                status[row] = state
                row_of[lane] = -1


@jit_without_references
def _conclude(precision: Precision, lane: int, now: Lanes, target: Array) -> int:
    """Choose the next step of one lane, given whether the last one was accepted, and return the state of the lane."""
    if now.accepted[0, lane] == 0.0:
        now.step[0, lane] *= 0.5
        return STEP_TOO_SHORT if now.step[0, lane] < precision.shortest else _ON_THE_WAY
    now.time[0, lane] = target[0, lane]
    if now.time[0, lane] >= 1.0:
        now.step[0, lane] = 0.0
        now.polish[lane] += 1
        error = now.lengths[0, lane]
        if error <= _POLISHED or (now.polish[lane] >= _POLISHES and error <= _REGULAR):
            return ARRIVED
        return NOT_REGULAR if now.polish[lane] >= _POLISHES else _ON_THE_WAY
    lengths = now.lengths
    length = _step_length(precision, lengths[1, lane], lengths[2, lane], lengths[3, lane], lengths[4, lane])
    now.step[0, lane] = min(length, 1.0 - now.time[0, lane])
    return _ON_THE_WAY if length >= precision.shortest else STEP_TOO_SHORT
