"""What every channel takes and gives back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one recipient. `key` is the same however often it is handed over, so a resend is recognisable."""

    key: str
    recipient: str
    address: str
    subject: Text
    body: Text
    mode: str = "real"

    def plain(self) -> str:
        """Return the body as sent: Chinese first, then English where it says something else."""
        parts = [part for part in (self.body.zh, self.body.en) if part]
        return "\n\n".join(dict.fromkeys(parts))

    def heading(self) -> str:
        """Return the subject on one line, in both languages where they differ."""
        parts = [" ".join(part.split()) for part in (self.subject.zh, self.subject.en) if part]
        return " / ".join(dict.fromkeys(parts))


class Result(StrEnum):
    SENT = "sent"
    RECORDED = "recorded"
    RETRY = "retry"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Say what became of a message: taken over, kept, to be tried again, or never deliverable, and why.

    `is_away`: the channel reaches nobody at present, so that trying the next message would only cost time.
    """

    result: Result
    reason: str = ""
    is_away: bool = False

    @classmethod
    def sent(cls) -> Outcome:
        return cls(Result.SENT)

    @classmethod
    def recorded(cls) -> Outcome:
        return cls(Result.RECORDED)

    @classmethod
    def retry(cls, reason: str) -> Outcome:
        return cls(Result.RETRY, reason)

    @classmethod
    def away(cls, reason: str) -> Outcome:
        return cls(Result.RETRY, reason, is_away=True)

    @classmethod
    def failed(cls, reason: str) -> Outcome:
        return cls(Result.FAILED, reason)


class Channel(ABC):
    """One way of telling. An instance serves one batch of messages and is closed after it.

    `send` never raises for what the outside world does: it returns an `Outcome`. Handing over the same key twice must
    be visible to the receiver as the same message.
    """

    name: ClassVar[str]

    @classmethod
    @abstractmethod
    def reaches(cls, address: str) -> bool:
        """Say whether this channel, as configured today, can reach such an address."""

    @abstractmethod
    def send(self, message: Message) -> Outcome:
        """Hand the message over."""

    def close(self) -> None:  # noqa: B027  (most channels hold nothing open)
        """Give back what the batch held open."""
