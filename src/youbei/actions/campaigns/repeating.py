"""Open the next round of what is repeated when it is due, and stop repeating.

A series goes on in the name of the authority until somebody stops it, whoever set it up.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.campaigns.opening import close_campaign, open_campaign, series_of
from youbei.actions.climbing import take_turns
from youbei.actions.journal import record
from youbei.actions.permit import require
from youbei.engine.access import Permission
from youbei.engine.campaigns import coming_round
from youbei.records.models import Campaign, User

ROUNDS_PER_TICK = 10


def open_rounds(now: datetime) -> bool:
    """Open the rounds that are due, those that have waited longest first; say whether there may be more."""
    due = Campaign.objects.filter(next_opens_at__lte=now).order_by("next_opens_at", "id")
    return take_turns(due, open_next, now=now, most=ROUNDS_PER_TICK)


@transaction.atomic
def open_next(pk: int, now: datetime) -> Campaign | None:
    """Open the round that follows a campaign, and close that one; None where there is nothing to open now.

    Of rounds that were slept through only the last that can still be answered is opened.
    """
    row = Campaign.objects.select_for_update(of=("self",)).select_related("organisation", "first").get(pk=pk)
    if row.next_opens_at is None or row.next_opens_at > now:
        return None
    coming = coming_round(series_of(row), after=row.number, now=now)
    if coming.opens_at > now or row.organisation.retired_at is not None:
        row.next_opens_at = None if row.organisation.retired_at is not None else coming.opens_at
        row.save(update_fields=["next_opens_at"])
        return None
    row.next_opens_at = None
    row.save(update_fields=["next_opens_at"])
    close_campaign(campaign=row, by=None, now=now)
    return open_campaign(
        by=None,
        now=now,
        organisation=row.organisation,
        title_zh=row.title_zh,
        title_en=row.title_en,
        text_zh=row.text_zh,
        text_en=row.text_en,
        registers=row.registers,
        unit_kinds=row.unit_kinds,
        is_stale_only=row.is_stale_only,
        opens_at=coming.opens_at,
        due_at=coming.due_at,
        reminder_days=row.reminder_days,
        climb_days=row.climb_days,
        repeats=row.repeats,
        first=row.first or row,
        number=coming.number,
    )


@transaction.atomic
def stop_repeating(*, campaign: Campaign, by: User | None, now: datetime) -> Campaign:
    """Open no further round after this one; what is open goes on."""
    require(by, Permission.RUN_CAMPAIGN, campaign.org_path)
    row = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if row.next_opens_at is None:
        return row
    row.next_opens_at = None
    row.save(update_fields=["next_opens_at"])
    what = [("campaign.stopped", {"campaign": row.pk, "round": row.number})]
    record(f"campaign:{row.pk}", what, by=actor_for(by, now), now=now, org_path=row.org_path)
    return row
