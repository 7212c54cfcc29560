from __future__ import annotations

import io

import pytest

from tests.channels.battery import Battery
from youbei.channels.console import Console


class TestConsole(Battery):
    @pytest.fixture(autouse=True)
    def _out(self) -> None:
        self.out = io.StringIO()

    def channel(self) -> Console:
        return Console(self.out)

    def unreachable(self) -> Console:
        closed = io.StringIO()
        closed.close()
        return Console(closed)

    def received(self) -> list[tuple[str, str]]:
        blocks = ("\n" + self.out.getvalue()).split("\n[")[1:]
        return [(block.partition("]")[0], block.rstrip("\n")) for block in blocks]
