"""A kernel's version follows the text of every file that it is made of, and of no other."""

import os

import pytest

from spinglass._common import sources

FILES = {
    "spinglass/__init__.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from spinglass import other\n",
    "spinglass/kernel.py": "from spinglass import constants\nimport math\n",
    "spinglass/constants.py": "def late():\n    from spinglass.deep import N\n",
    "spinglass/deep.py": "from spinglass.kernel import f\nN = 1\n",
    "spinglass/other.py": "N = 2\n",
}


@pytest.fixture
def digest(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_PROJECT", tmp_path)
    (tmp_path / "spinglass").mkdir()
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)

    def of_kernel():
        sources.sources_digest.cache_clear()
        sources._imported.cache_clear()
        return sources.sources_digest(tmp_path / "spinglass/kernel.py")

    yield of_kernel
    sources.sources_digest.cache_clear()
    sources._imported.cache_clear()


@pytest.mark.parametrize(("name", "counts"), [(name, name != "spinglass/other.py") for name in FILES])
def test_the_files_that_are_imported_count_directly_or_not(digest, tmp_path, name, counts):
    before = digest()
    with (tmp_path / name).open("a") as file:
        file.write("# more\n")
    assert (digest() != before) == counts


def test_times_do_not_count(digest, tmp_path):
    before = digest()
    os.utime(tmp_path / "spinglass/kernel.py", (1, 1))
    assert digest() == before
