import inspect
from pathlib import Path

import spinglass.hamiltonian
import theory
import validation
from validation.engine import provenance


def test_the_digest_covers_the_three_packages():
    sources = set(provenance._sources())
    modules = (spinglass.hamiltonian, inspect.getmodule(theory.complexity), inspect.getmodule(validation.Claim))
    for module in modules:
        assert Path(module.__file__) in sources
    assert len(sources) > 200


def test_another_source_has_another_digest(tmp_path, monkeypatch):
    def digest(text):
        (tmp_path / "theory").mkdir(exist_ok=True)
        (tmp_path / "theory" / "a.py").write_text(text)
        return provenance.code.__wrapped__()

    monkeypatch.setattr(provenance, "_HOME", tmp_path)
    assert digest("x = 1") != digest("x = 2")
    assert digest("x = 1") == digest("x = 1")
