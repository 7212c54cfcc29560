"""A prepared data folder, for commands that need a database."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def own_sqlite(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder in which the commands of this room may work."""
    return Path(shutil.copytree(begun, tmp_path_factory.mktemp("data") / "own"))
