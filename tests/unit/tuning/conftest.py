from __future__ import annotations

import pytest

from samstudio.sam.decoder import SamDecoder
from tests.unit.sam.stock import random_decoder


@pytest.fixture(scope="session")
def decoder() -> SamDecoder:
    return random_decoder()
