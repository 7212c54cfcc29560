"""What the demo city has asked its units to confirm: some have answered, some are late, and one delay has climbed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from youbei import content
from youbei.actions.campaigns import answers
from youbei.actions.campaigns.opening import open_campaign
from youbei.actions.campaigns.telling import tell_units
from youbei.actions.jobs import run_to_the_end
from youbei.demo.history import Happening
from youbei.records.models import Campaign, CampaignItem, CampaignUnit, Organisation, User

# How the units behave, in turn: the day after the opening on which they come, and the share of records they answer.
WAYS = ((1, 1.0), (3, 1.0), (2, 0.5), (4, 0.0), (9, 1.0), (None, 0.0))
Row = Mapping[str, Any]


def asking(now: datetime, by: User) -> list[Happening]:
    """Return what happens in the campaigns with its time: the opening, who comes, and whom the worker tells."""
    return [happening for row in content.demo_table("campaigns")["campaigns"] for happening in course_of(row, now, by)]


def course_of(row: Row, now: datetime, by: User) -> Iterator[Happening]:
    opened_at = now - timedelta(days=row["opened_days_ago"])
    opened: list[Campaign] = []
    yield opened_at, lambda: opened.append(open_one(row, opened_at, now, by))
    for day in range(row["opened_days_ago"] + 1):
        moment = opened_at + timedelta(days=day)
        yield moment - timedelta(hours=2), partial(come_in, opened, day, moment - timedelta(hours=2))
        yield moment, partial(tell_all, moment)


def open_one(row: Row, opened_at: datetime, now: datetime, by: User) -> Campaign:
    campaign = open_campaign(
        by=by,
        now=opened_at,
        organisation=Organisation.objects.get(code=row["unit"]),
        title_zh=row["zh"],
        title_en=row["en"],
        text_zh=row["text_zh"],
        text_en=row["text_en"],
        registers=row["registers"],
        unit_kinds=row["kinds"],
        due_at=now - timedelta(days=row["due_days_ago"]),
        repeats=row.get("repeats", ""),
    )
    run_to_the_end(campaign.job_id or 0)
    return campaign


def come_in(opened: Sequence[Campaign], day: int, moment: datetime) -> None:
    """Let those units come whose day it is; before the opening nobody does."""
    for campaign in opened:
        for number, unit in enumerate(campaign.units.select_related("campaign", "organisation").order_by("pk")):
            comes_on, share = WAYS[number % len(WAYS)]
            if comes_on == day:
                come(unit, share, moment)


def tell_all(moment: datetime) -> None:
    """Let the worker tell whom it tells at that time."""
    while tell_units(moment):
        continue


def come(unit: CampaignUnit, share: float, moment: datetime) -> None:
    """Open the link and answer so much of what is asked; a unit that answers half reports one record as gone."""
    answers.note_opened(unit=unit, now=moment)
    asked = list(unit.items.filter(state=CampaignItem.State.PENDING).order_by("pk"))
    if share == 1.0 and not asked:
        answers.finish(unit=unit, now=moment)
    true = asked[: round(len(asked) * share)]
    if true and share < 1.0:
        last = true.pop()
        answers.gone(unit=unit, item=last, reason="已移交上级单位 / handed to the superior", now=moment)
    if true:
        answers.still_true(unit=unit, items=true, now=moment)
