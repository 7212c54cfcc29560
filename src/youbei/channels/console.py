"""Say it on the standard output: for addresses that no other channel reaches, and for trying things out."""

from __future__ import annotations

import sys
from typing import ClassVar, TextIO

from youbei.channels.base import Channel, Message, Outcome


class Console(Channel):
    """Write each message as a block of lines that carries its key."""

    name: ClassVar[str] = "console"

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stdout

    @classmethod
    def reaches(cls, address: str) -> bool:
        return bool(address)

    def send(self, message: Message) -> Outcome:
        lines = [f"[{message.key}] -> {message.recipient} {message.address}".rstrip(), message.heading()]
        lines += message.plain().splitlines()
        try:
            print("\n  ".join(lines), file=self.out, flush=True)
        except (OSError, ValueError) as error:
            return Outcome.retry(f"The console cannot be written: {error}")
        return Outcome.sent()
