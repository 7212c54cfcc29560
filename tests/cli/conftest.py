"""A prepared data folder, for commands that need a database."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.process import ServerProcess


@pytest.fixture(scope="session")
def own_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder as a first `youbei serve` leaves it."""
    folder = tmp_path_factory.mktemp("data")
    with ServerProcess(folder):
        pass
    return folder
