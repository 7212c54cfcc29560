"""State what holds in an area for a time, and lift it: the duty desk does, from what a service outside publishes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.exercises.keeping import ExerciseRefused
from youbei.actions.facts import checked_facts
from youbei.actions.journal import record
from youbei.actions.permit import not_found, require
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.conditions import Value
from youbei.engine.events import Actor, iso
from youbei.records.models import Circumstance, Organisation, User

# Assumption: nothing of this kind holds longer than a season; what does is stated anew.
LONGEST = timedelta(days=120)


@transaction.atomic
def state_circumstance(
    *,
    by: User | None,
    now: datetime,
    organisation: Organisation,
    key: str,
    value: Value,
    source: str,
    ends_at: datetime,
) -> Circumstance:
    """Say what holds from now on for a unit and all below it.

    What was stated of the same fact there by hand ends with it; what an alert says ends by its own update,
    cancellation or expiry, or when it is lifted.
    """
    require(by, Permission.REPORT_INCIDENT, organisation.path)
    checked = checked_facts({key: value}).get(key)
    if checked is None:
        raise ExerciseRefused(zh="请填写情况的取值。", en="Say what holds: the fact has no value.")
    source = clean(source, limit=120)
    if not source:
        raise ExerciseRefused(
            zh="请写明由谁发布，例如市气象台。", en="Say who has published it, such as the weather service."
        )
    if not now < ends_at <= now + LONGEST:
        raise ExerciseRefused(
            zh=f"失效时间须晚于现在，且不超过 {LONGEST.days} 天。请核对；更长的到期后重新填报。",
            en=f"It ends after now, and at most {LONGEST.days} days from now. Check the time; state it anew then.",
        )
    before = Circumstance.objects.filter(org_path=organisation.path, key=key, alert=None)
    before.filter(starts_at__lte=now, ends_at__gt=now).update(ends_at=now)
    actor = actor_for(by, now)
    row = Circumstance.objects.create(
        organisation=organisation,
        org_path=organisation.path,
        key=key,
        value=checked,
        source=source,
        starts_at=now,
        ends_at=ends_at,
        stated_at=now,
        stated_by=actor.id,
    )
    data = {"unit": organisation.code, "key": key, "value": checked, "source": source, "ends_at": iso(ends_at)}
    said = [("circumstance.stated", data)]
    record(f"circumstance:{row.pk}", said, by=actor, now=now, org_path=organisation.path)
    return row


@transaction.atomic
def lift_circumstance(*, by: User | None, now: datetime, circumstance: Circumstance) -> Circumstance:
    """End what holds before its time; ending it again changes nothing."""
    row = Circumstance.objects.select_for_update(of=("self",), no_key=True).filter(pk=circumstance.pk).first()
    if row is None:
        raise not_found()
    require(by, Permission.REPORT_INCIDENT, row.org_path)
    if row.ends_at > now:
        lift(row, by=actor_for(by, now), now=now)
    return row


def lift(row: Circumstance, *, by: Actor, now: datetime) -> None:
    """End what holds, of a row that is locked."""
    row.ends_at = max(now, row.starts_at)
    row.save(update_fields=["ends_at"])
    record(f"circumstance:{row.pk}", [("circumstance.lifted", {"key": row.key})], by=by, now=now, org_path=row.org_path)
