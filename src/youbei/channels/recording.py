"""Keep a message instead of sending it: simulations, exercises outside the enrolled circle, trial operation."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import ClassVar

from django.conf import settings

from youbei.channels.base import Channel, Message, Outcome


class Recording(Channel):
    """Append one JSON line per message to a file of the data folder; each line is on the disk before it counts."""

    name: ClassVar[str] = "recording"

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(settings.DATA) / "recorded-messages.jsonl"

    @classmethod
    def reaches(cls, address: str) -> bool:
        return True

    def send(self, message: Message) -> Outcome:
        line = {
            "key": message.key,
            "recipient": message.recipient,
            "address": message.address,
            "mode": message.mode,
            "subject": message.subject.as_data(),
            "body": message.body.as_data(),
        }
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            return Outcome.retry(f"{self.path} cannot be written: {error}")
        return Outcome.recorded()


def recorded(path: Path) -> list[dict[str, object]]:
    """Read a recording back, oldest first; a last line cut short by a crash is left out."""
    lines: list[dict[str, object]] = []
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:
            continue
    return lines
