from __future__ import annotations

from pathlib import Path

import pytest

from tests.channels.battery import Battery, message
from youbei.channels.recording import Recording, recorded


class TestRecording(Battery):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.path = tmp_path / "recorded.jsonl"

    def channel(self) -> Recording:
        return Recording(self.path)

    def unreachable(self) -> Recording:
        blocked = self.path.with_name("file")
        blocked.write_text("")
        return Recording(blocked / "recorded.jsonl")

    def received(self) -> list[tuple[str, str]]:
        return [(str(line["key"]), str(line["body"])) for line in recorded(self.path)]

    def test_a_line_cut_short_by_a_crash_does_not_hide_the_others(self) -> None:
        self.channel().send(message())
        with self.path.open("a") as file:
            file.write('{"key": "cut')
        assert [line["key"] for line in recorded(self.path)] == [message().key]
