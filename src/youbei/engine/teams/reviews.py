"""When a team or its members are to be looked at again, and by whom not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from youbei.engine.errors import Refused
from youbei.engine.text import Text


@dataclass(frozen=True, slots=True)
class Interval:
    """How long a review of a kind and result counts. Where no source says, `why` tells what we assume."""

    kind: str
    result: str
    length: timedelta
    source: Text = Text()
    why: Text = Text()


class IntervalUnreadable(ValueError):
    """An entry that names neither source nor reason: a mistake of whoever wrote it."""


class OwnReview(Refused):
    """Refuse a review that a team's own people hold."""


def interval_from_data(data: Mapping[str, Any]) -> Interval:
    found = Interval(
        kind=data["kind"],
        result=data["result"],
        length=timedelta(days=data["days"]),
        source=Text.from_data(data.get("source", "")),
        why=Text.from_data(data.get("why", "")),
    )
    if not found.source.zh and not found.why.zh:
        raise IntervalUnreadable(f"{found.kind} {found.result}: neither source nor why")
    return found


def next_due(intervals: Sequence[Interval], kind: str, result: str, held_on: date) -> date | None:
    """Return the day by which the next review is due; None where no rule says."""
    lengths = [one.length for one in intervals if one.kind == kind and one.result == result]
    return held_on + min(lengths) if lengths else None


def refuse_own(reviewer: int | None, leader: int | None, members: Sequence[int]) -> None:
    """Raise `OwnReview` where the reviewer leads the team or belongs to it."""
    if reviewer is not None and (reviewer == leader or reviewer in members):
        raise OwnReview(
            zh="评定人是本队负责人或队员，不能评定自己的队伍。请由其他单位或上级派人评定。",
            en="The reviewer leads this team or belongs to it, and nobody reviews their own team. "
            "Name somebody from another unit or from the superior.",
        )
