from __future__ import annotations

from datetime import datetime

import pytest
from town import NOW, Town, build_town


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def town(db: None) -> Town:
    return build_town()
