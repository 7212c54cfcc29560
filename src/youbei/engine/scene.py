"""Who is inside the danger zone, and who should have been out by now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from youbei.engine.text import Text

# Assumption: whoever is inside and was not heard of for so long is asked for; fire services in several countries count
# heads at such an interval during interior work.
HEARD_WITHIN = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Inside:
    """So many people inside since, to be out at, heard of last at."""

    people: int
    entered_at: datetime
    due_out_at: datetime
    heard_at: datetime

    def is_overdue(self, now: datetime) -> bool:
        return now >= self.due_out_at

    def is_unheard(self, now: datetime) -> bool:
        return now - self.heard_at >= HEARD_WITHIN


@dataclass(frozen=True, slots=True)
class HeadCount:
    """How many people are inside, how many of them should be out, how many have not been heard of."""

    inside: int
    overdue: int
    unheard: int

    @property
    def is_alarming(self) -> bool:
        return bool(self.overdue or self.unheard)

    def said(self) -> Text:
        if not self.inside:
            return Text("危险区内无人。", "Nobody is inside.")
        zh, en = f"危险区内 {self.inside} 人", f"{self.inside} inside"
        if self.overdue:
            zh, en = f"{zh}，{self.overdue} 人超时未出", f"{en}, {self.overdue} should be out by now"
        if self.unheard:
            zh, en = f"{zh}，{self.unheard} 人久未联络", f"{en}, {self.unheard} not heard of lately"
        return Text(f"{zh}。", f"{en}.")


def head_count(entries: Iterable[Inside], now: datetime) -> HeadCount:
    """Count the people inside; who is overdue and not heard of counts in both."""
    found = list(entries)
    return HeadCount(
        inside=sum(one.people for one in found),
        overdue=sum(one.people for one in found if one.is_overdue(now)),
        unheard=sum(one.people for one in found if one.is_unheard(now)),
    )
