"""Judging code that was written elsewhere: planted mistakes are found and named, correct code passes."""

import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.planted.landscapes import CORRECT, PLANTED, correct
from spinglass import SphericalSpinGlass, sphere
from validation.cli.main import main
from validation.judging import judge as judging
from validation.judging.judge import claims_for, judge
from validation.subjects.current import own, subject
from validation.subjects.own import landscape as own_landscape
from validation.subjects.subject import whole_seed
from validation.testing import code_checks
from validation.testing.code_checks import as_subject, check_landscape, check_subject, parametrize_with_checks


def mixture_alone(seed, n, H):
    """Return the energy of a mixture squared, over its variance n."""
    x = sphere.random_points(n, 1, np.random.SeedSequence(n))
    return subject().landscape(n, {H: 1.0, 2: 0.0}, whole_seed(seed), x)["energy"][0] ** 2 / n


DERIVATIVES = ("radient", "Hessian", "precision", "seed")


def _derivatives(name):
    return any(word in name for word in DERIVATIVES)


# All mistakes, and correct subjects at 20 seeds: `python -m benchmarks.planted`.
class TestPlantedMistakes:
    @pytest.mark.slow
    @pytest.mark.parametrize("name", [name for name in PLANTED if _derivatives(name)])
    def test_in_derivatives(self, name):
        make, declared, word = PLANTED[name]
        claims = [claim for claim in claims_for(3) if claim.deterministic]
        judgement = judge(as_subject(make, **declared), claims=claims)
        assert judgement.exit_status == 1
        assert word in "\n".join(judgement.findings)

    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["diagonal terms left out", "uniform couplings"])
    def test_in_couplings(self, name):
        make, declared, word = PLANTED[name]
        judgement = check_landscape(lambda n, H, seed: make(n, H, seed).energy, raises=False, **declared)
        assert judgement.exit_status == 1
        assert any(word in explanation.name for known in judgement.explanations.values() for explanation in known)

    @pytest.mark.slow
    def test_the_witness_is_a_point_where_the_numbers_differ(self):
        make, declared, _ = PLANTED["factor H of the gradient"]
        judgement = check_landscape(make, raises=False, **declared)
        by_gradient, by_energies = (
            float(judgement.witness.split(by)[0].split()[-1]) for by in (" by the gradient", " by the energies")
        )
        assert by_gradient == pytest.approx(by_energies / 3)

    @pytest.mark.slow
    def test_nothing_else_is_measured_where_the_gradient_is_wrong(self):
        judgement = check_landscape(PLANTED["sign of the gradient"][0], raises=False)
        assert ("landscape/couplings", "the gradient contradicts the energies") in judgement.not_judged


class TestCorrectSubjects:
    # Each judgement has a false alarm with probability 0.01 at most; the seeds are fixed.
    @pytest.mark.slow
    @pytest.mark.parametrize("name", ["variance 1", "radius 1", "Riemannian", "i<j<k"])
    def test_passes(self, name):
        make, declared = CORRECT[name]
        judgement = check_landscape(make, **declared)
        assert {verdict.status for verdict in judgement.verdicts} == {"agrees"}

    @pytest.mark.slow
    def test_energies_alone_suffice(self):
        judgement = check_landscape(lambda n, H, seed: correct(n, H, seed).energy)
        assert judgement.report["landscape/couplings"].status == "agrees"
        assert "landscape/gradient" in dict(judgement.not_judged)
        # The functions that the code does not have are one line.
        (line,) = [line for line in judgement.reasons if "needs a function" in line]
        assert line.endswith("relax, sample, critical_points, counts, thresholds, relaxation, equilibrium, network")

    @pytest.mark.slow
    def test_another_order(self):
        judgement = check_landscape(lambda n, H, seed: correct(n, H, seed).energy, H=2)
        assert judgement.report["landscape/couplings"].status == "agrees"

    @pytest.mark.slow
    def test_what_is_missing_is_named(self):
        reasons = dict(check_landscape(correct).not_judged)
        assert "Dense" not in reasons["landscape/distinct-couplings"]
        assert "all index tuples" in reasons["landscape/distinct-couplings"]
        assert "landscape(n=4" in reasons["landscape/mixtures"]

    def test_a_landscape_that_ignores_the_weights_is_not_taken_for_a_mixture(self):
        judgement = judge(as_subject(lambda n, H, seed: correct(n, 3, seed)), claims=claims_for(3)[:3])
        assert judgement.exit_status == 0
        mixtures = next(claim for claim in claims_for(3) if claim.id == "landscape/mixtures")
        judgement = judge(as_subject(lambda n, H, seed: correct(n, 3, seed)), claims=[mixtures])
        assert "the landscape ignores H" in judgement.reasons[0]

    @pytest.mark.slow
    def test_same_seed_same_numbers(self):
        claims = [claim for claim in claims_for(3) if claim.deterministic and claim.family == "landscape"]
        runs = [judge(own(), claims=claims, seed=5).report.to_frame() for _ in range(2)]
        assert runs[0].equals(runs[1])


class TestObjections:
    @pytest.mark.slow
    def test_claims_that_a_mistake_would_change_speak_against_it(self):
        # Half the variance explains the couplings; the mixture's, which a mistake in H = 3 leaves alone, contradict it.
        def landscape(n, H, seed):
            return own_landscape(n, H, seed) if isinstance(H, dict) else PLANTED["variance n/2"][0](n, H, seed)

        (claim,) = [claim for claim in claims_for(3) if claim.id == "landscape/couplings"]
        judgement = judge(as_subject(landscape), claims=[claim])
        assert "although" not in judgement.findings[0]
        other = replace(claim, id="landscape/of-mixtures", measure=mixture_alone, components=(), delta=0.5)
        judgement = judge(as_subject(landscape), claims=[claim, other])
        assert "although landscape/of-mixtures would then give other numbers" in judgement.findings[0]


class TestFailures:
    def test_exceptions_are_reported_with_the_request(self):
        def broken(n, H, seed):
            raise RuntimeError("no memory")

        judgement = check_landscape(broken, raises=False)
        assert judgement.exit_status == 3
        assert judgement.reasons[0].endswith("landscape(n=4, H=3, seed=1): RuntimeError: no memory")

    def test_numbers_that_are_not_finite(self):
        judgement = check_landscape(lambda n, H, seed: lambda x: np.nan, raises=False)
        assert "energy is nan at position [0]" in judgement.reasons[0]

    @pytest.mark.slow
    def test_failure_in_the_middle(self):
        def sometimes(n, H, seed):
            if n > 4:
                raise MemoryError("too large")
            return correct(n, H, seed).energy

        judgement = check_landscape(sometimes, raises=False)
        assert judgement.exit_status == 3
        assert "MemoryError: too large" in "\n".join(judgement.findings)

    @pytest.mark.slow
    def test_raises_with_the_law(self):
        with pytest.raises(
            AssertionError,
            match=r"landscape/gradient disagrees at .* \(measured 2, predicted .*\): the gradient has the wrong sign",
        ):
            check_landscape(PLANTED["sign of the gradient"][0])

    def test_time_limit(self):
        judgement = judge(as_subject(correct), minutes=1e-9)
        assert judgement.exit_status == 3
        assert "allow more time" in judgement.reasons[0]

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"H": 1}, "H must be a whole number of at least 2"),
            ({"effort": "fast"}, "effort must be one of"),
            ({"variance": "m"}, "variance must be a positive multiple"),
            ({"varience": "n"}, "did you mean 'variance'"),
            ({"radius": "2"}, "radius must be one of"),
        ],
    )
    def test_invalid_options(self, options, message):
        with pytest.raises(ValueError, match=message):
            check_landscape(correct, **options)

    def test_unknown_role(self):
        with pytest.raises(ValueError, match="there is no role landscapes"):
            check_subject({"landscapes": correct})


@parametrize_with_checks([lambda n, H, seed: correct(n, H, seed)])
def test_parametrized(subject, check, request):
    if "couplings" in request.node.callspec.id or "mixtures" in request.node.callspec.id:
        pytest.skip("measured above")
    check(subject)


@pytest.mark.slow
def test_parametrized_check_fails(monkeypatch):
    mark = parametrize_with_checks([PLANTED["sign of the gradient"][0]]).mark
    check = next(case.values[1] for case in mark.args[1] if case.id.endswith("landscape/gradient"))
    with pytest.raises(pytest.fail.Exception, match="wrong sign"):
        check(as_subject(PLANTED["sign of the gradient"][0]))


class TestCommand:
    @pytest.mark.slow
    def test_own_code(self, capsys, monkeypatch):
        # The catalogue's tests measure the claims of the other families.
        monkeypatch.setattr("validation.judging.judge.FAMILIES", ("landscape", "theory_code"))
        assert main(["judge", "--self", "--json"]) == 0
        rows = json.loads(capsys.readouterr().out)
        assert {row["status"] for row in rows} == {"agrees"}

    @pytest.mark.slow
    def test_python_file(self, tmp_path, capsys):
        file = tmp_path / "mine.py"
        file.write_text(
            "import numpy as np\n"
            "def landscape(n, H, seed):\n"
            "    print('drawn')\n"
            "    J = np.random.default_rng(seed).normal(size=(n,) * H)\n"
            "    return lambda x: J @ x @ x @ x / n / 2**0.5\n"
        )
        assert main(["judge", str(file)]) == 1
        assert "declare variance = 'n/2' [variance n/2]" in capsys.readouterr().out
        assert main(["judge", str(file), "--declare", "variance=n/2"]) == 0

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ([], "give one of"),
            (["--self", "--program", "x"], "give one of"),
            (["nosuch.py"], "there is no file nosuch.py"),
            (["--program", "./nosuch"], "cannot be started"),
            (["--self", "--H", "1"], "H must be a whole number"),
            (["--self", "--effort", "fast"], "effort must be one of"),
            (["--self", "--minutes", "0"], "minutes must be positive"),
            (["nosuch.py", "--declare", "variance"], "expects name=value"),
        ],
    )
    def test_bad_input(self, arguments, message, capsys):
        assert main(["judge", *arguments]) == 2
        assert message in capsys.readouterr().err


@pytest.mark.slow
def test_an_interrupted_check_is_not_passed_and_keeps_its_verdicts(monkeypatch):
    def wrong(n, H, seed):
        return Scaled(SphericalSpinGlass.pure(n, H, seed), 5.0)

    def interrupted(trial, root):
        raise KeyboardInterrupt

    monkeypatch.setattr(judging, "explain", interrupted)
    found = check_landscape(wrong, raises=False)
    assert found.interrupted
    assert found.refuted
    monkeypatch.setattr(code_checks, "judge", lambda *_: found)
    with pytest.raises(KeyboardInterrupt):
        check_landscape(wrong)
    assert any("not compared with known mistakes" in line for line in found.findings)


@pytest.mark.slow
def test_a_landscape_that_differs_in_its_last_bits_is_right():
    signs = iter(np.tile([1.0, -1.0], 10**6))

    def rounded(n, H, seed):
        return Scaled(SphericalSpinGlass.pure(n, H, seed), 1.0, signs)

    assert check_landscape(rounded).exit_status == 0


class Scaled:
    """A glass whose energies and gradients are multiplied by a number, and by 1 +- 4e-16."""

    def __init__(self, glass, factor, signs=None):
        self.glass, self.n, self.factor, self.signs = glass, glass.n, factor, signs

    def energy_and_gradient(self, x):
        factor = self.factor * (1 if self.signs is None else 1 + 4e-16 * next(self.signs))
        energy, gradient = self.glass.energy_and_gradient(x)
        return factor * energy, factor * gradient
