from pathlib import Path

import pytest

from validation.catalogue import Catalogue, read_claims

SYNTHETIC = Path(__file__).parent / "synthetic_claims.py"


@pytest.fixture(scope="session")
def synthetic_file() -> Path:
    return SYNTHETIC


@pytest.fixture(scope="session")
def dice() -> Catalogue:
    return read_claims(SYNTHETIC)
