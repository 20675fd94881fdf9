import math
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

import spinglass
import theory
from spinglass import SphericalSpinGlass, couplings
from theory.large_n import thresholds
from validation import Mutant
from validation.claims import catalogue
from validation.engine.mutation import check_mutants, mutated, resolve


def doubled(function):
    return lambda *arguments, **named: 2 * function(*arguments, **named)


def test_a_function_is_replaced_and_put_back():
    with mutated(Mutant("m", "s", {"theory.E_inf": doubled})):
        assert math.isclose(float(theory.E_inf(3)), 2 * 1.632993161855452)
    assert math.isclose(float(theory.E_inf(3)), 1.632993161855452)


def test_it_is_put_back_after_an_error():
    before = theory.E_inf
    with pytest.raises(ZeroDivisionError), mutated(Mutant("m", "s", {"theory.E_inf": doubled})):
        raise ZeroDivisionError
    assert theory.E_inf is before


def test_a_class_method_keeps_its_class():
    def larger(pure):
        return lambda cls, n, H, seed: pure(cls, n + 1, H, seed)

    with mutated(Mutant("m", "s", {"spinglass.SphericalSpinGlass.pure": larger})):
        assert SphericalSpinGlass.pure(5, 3, 0).n == 6
        assert spinglass.SphericalSpinGlass is SphericalSpinGlass
    assert SphericalSpinGlass.pure(5, 3, 0).n == 5


def test_the_error_reaches_what_stands_on_the_patched_function():
    forgotten = Mutant("m", "s", {"spinglass.couplings.scale_by_root_multiplicity": lambda f: lambda *a: None})
    healthy = couplings.draw(3, 3, 0)
    with mutated(forgotten):
        assert set(couplings.multiplicities(3, 3)) == {1.0}
        assert not (couplings.draw(3, 3, 0) == healthy).all()
    assert set(couplings.multiplicities(3, 3)) == {1.0, 3.0, 6.0}
    assert (couplings.draw(3, 3, 0) == healthy).all()


def test_remembered_results_do_not_cross_the_border(monkeypatch):
    @cache
    def remembered(H):
        return float(theory.E_inf(H))

    monkeypatch.setattr(thresholds, "remembered", remembered, raising=False)
    healthy = remembered(3)
    with mutated(Mutant("m", "s", {"theory.E_inf": doubled})):
        assert remembered(3) == 2 * healthy
    assert remembered(3) == healthy


def test_wrong_code_may_warn():
    def warning(function):
        return lambda *arguments: warnings.warn("wrong", RuntimeWarning, stacklevel=2) or function(*arguments)

    with mutated(Mutant("m", "s", {"theory.E_inf": warning})):
        assert math.isclose(float(theory.E_inf(3)), 1.632993161855452)


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("theory.E_infinity", "did you mean 'E_inf'"),
        ("theory.nothing.E_inf", "package.module.attribute"),
        ("nowhere.at.all", "package.module.attribute"),
        ("E_inf", "package.module.attribute"),
    ],
)
def test_a_target_that_does_not_exist_is_named(target, hint):
    with pytest.raises(ValueError, match=f"there is no '{target}' to patch.*{hint}"):
        resolve(target)


def test_every_mutant_of_the_catalogue_finds_its_target():
    for claim in catalogue().values():
        check_mutants(claim)


@pytest.mark.slow
def test_healthy_blocks_share_and_a_mutant_is_alone():
    # Threads with and without the mutant interleave at random; none may see the other's function.
    wrong = Mutant("m", "s", {"theory.E_inf": doubled})
    right = float(theory.E_inf(3))

    def look(number):
        seen = set()
        for _ in range(20):
            with mutated(wrong if number % 2 else None):
                before = float(theory.E_inf(3))
                time.sleep(1e-4)
                seen |= {before / right, float(theory.E_inf(3)) / right}
        return seen

    with ThreadPoolExecutor(6) as executor:
        assert list(executor.map(look, range(6))) == [{1.0}, {2.0}] * 3


def test_healthy_blocks_do_not_wait_for_each_other():
    meeting = threading.Barrier(2, timeout=30)

    def meet(_):
        with mutated(None):
            meeting.wait()

    with ThreadPoolExecutor(2) as executor:
        list(executor.map(meet, range(2)))


def test_a_mutant_within_a_healthy_block_is_refused_and_not_waited_for():
    wrong = Mutant("m", "s", {"theory.E_inf": doubled})
    with pytest.raises(RuntimeError, match="while correct code is measured"), mutated(None), mutated(wrong):
        pass
    with mutated(wrong), mutated(None):
        pass
