"""Take the answers of a unit: still true, changed, gone, one more. Each is one transaction, and harmless twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F

from youbei.actions.actors import actor_for
from youbei.actions.campaigns.links import LinkRefused, mandate_of
from youbei.actions.campaigns.opening import CampaignRefused
from youbei.actions.journal import record
from youbei.actions.registers.keep import confirm_records
from youbei.actions.registers.save import save_record
from youbei.engine.registers.register import Register
from youbei.records.campaign_tallies import add_to, moved
from youbei.records.models import Campaign, CampaignItem, CampaignUnit
from youbei.records.registers.tables import register_called

State = CampaignItem.State
LONGEST_REASON = 400


@transaction.atomic
def note_opened(*, unit: CampaignUnit, now: datetime) -> None:
    """Note that the link was opened for the first time."""
    if unit.opened_at is None and CampaignUnit.objects.filter(pk=unit.pk, opened_at=None).update(opened_at=now):
        data = {"campaign": unit.campaign_id, "unit": unit.organisation.code}
        actor = actor_for(mandate_of(unit), now)
        record(f"campaign:{unit.campaign_id}", [("campaign.entered", data)], by=actor, now=now, org_path=unit.org_path)


@transaction.atomic
def still_true(*, unit: CampaignUnit, items: list[CampaignItem], now: datetime) -> int:
    """Confirm records as they stand; return how many."""
    count = 0
    by_register: dict[str, list[CampaignItem]] = {}
    for item in items:
        by_register.setdefault(item.register, []).append(item)
    mandate = mandate_of(unit)
    for name, group in sorted(by_register.items()):
        pks = [item.record_id for item in group]
        count += confirm_records(
            register=register_called(name), pks=pks, by=mandate, now=now, source=mandate.source, label=mandate.label
        )
        answer(unit, group, State.STILL_TRUE, now)
    return count


@transaction.atomic
def change(
    *,
    unit: CampaignUnit,
    item: CampaignItem,
    values: Mapping[str, Any],
    seen: int | None,
    now: datetime,
    mark: str = "",
) -> None:
    """Change a record that the unit was asked about; what is sent again under its `mark` was done."""
    lock(unit)
    if mark and CampaignItem.objects.filter(pk=item.pk, mark=mark).exists():
        return
    mandate = mandate_of(unit)
    save_record(
        register=register_called(item.register),
        values=values,
        by=mandate,
        now=now,
        pk=item.record_id,
        seen=seen,
        source=mandate.source,
    )
    answer(unit, [item], State.CHANGED, now)
    CampaignItem.objects.filter(pk=item.pk).update(mark=mark)


@transaction.atomic
def add(*, unit: CampaignUnit, register: Register, values: Mapping[str, Any], now: datetime, mark: str = "") -> None:
    """Enter a record that was missing; what is sent again under its `mark` was done."""
    tally = lock(unit).tally_id
    if mark and CampaignItem.objects.filter(unit=unit, mark=mark).exists():
        return
    mandate = mandate_of(unit)
    if register.has("code") and not values.get("code"):
        # A unit that reports by telephone has no list of codes to choose from.
        values = {**values, "code": f"{unit.organisation.code[:40]}-{uuid4().hex[:8]}"}
    row = save_record(register=register, values=values, by=mandate, now=now, source=mandate.source)
    values_of_new = {"state": State.ADDED, "answered_at": now, "mark": mark}
    _, is_new = CampaignItem.objects.get_or_create(
        unit=unit, register=register.name, record_id=row.pk, defaults=values_of_new
    )
    add_to(tally, {"added": int(is_new)})


def lock(unit: CampaignUnit) -> CampaignUnit:
    """Let answers of one unit come one after the other, so that one that is sent twice finds itself; return its row."""
    return CampaignUnit.objects.select_for_update(of=("self",)).get(pk=unit.pk)


@transaction.atomic
def gone(*, unit: CampaignUnit, item: CampaignItem, reason: str, now: datetime) -> None:
    """Say that a record is not the unit's, or exists no longer. Its keeper decides: nothing is retired by a link."""
    if not reason.strip():
        raise CampaignRefused(
            zh="请写明原因，如“已撤销”“不属于我单位”。", en="Say why, such as “closed” or “not ours”."
        )
    item.note = reason.strip()[:LONGEST_REASON]
    CampaignItem.objects.filter(pk=item.pk).update(note=item.note)
    answer(unit, [item], State.GONE, now)


@transaction.atomic
def finish(*, unit: CampaignUnit, now: datetime) -> CampaignUnit:
    """Say that nothing is missing; that is the answer of a unit that had nothing to confirm."""
    row = CampaignUnit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    if row.items_done < row.items_total:
        raise CampaignRefused(
            zh=f"还有 {row.items_total - row.items_done} 条没有核实。请逐条确认，或点“全部属实”。",
            en=f"{row.items_total - row.items_done} records are not answered yet. Confirm each, or “All still true”.",
        )
    close_unit(row, now)
    return row


def item_of(unit: CampaignUnit, pk: int) -> CampaignItem:
    """Return what a unit was asked under that number; other units' are not there for it."""
    item = CampaignItem.objects.filter(unit=unit, pk=pk).first()
    if item is None:
        raise LinkRefused(zh="没有找到这条记录。", en="There is no such record here.")
    return item


def answer(unit: CampaignUnit, items: list[CampaignItem], state: str, now: datetime) -> None:
    """Note an answer; only the first answer to a record moves the counts, so a form that is sent twice does no harm."""
    row = CampaignUnit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    pks = [item.pk for item in items]
    before = CampaignItem.objects.filter(pk__in=pks).values_list("state", flat=True)
    answered = moved(before, state, but=[State.ADDED])
    first = CampaignItem.objects.filter(pk__in=pks, state=State.PENDING).update(state=state, answered_at=now)
    CampaignItem.objects.filter(pk__in=pks).exclude(state__in=[state, State.ADDED]).update(state=state, answered_at=now)
    if first:
        row.items_done += first
        row.save(update_fields=["items_done"])
        Campaign.objects.filter(pk=row.campaign_id).update(items_done=F("items_done") + first)
    add_to(row.tally_id, {**answered, "items_done": first})
    if row.items_done >= row.items_total and row.done_at is None:
        close_unit(row, now)


def close_unit(row: CampaignUnit, now: datetime) -> None:
    if row.done_at is not None:
        return
    row.done_at, row.next_notice_at = now, None
    row.save(update_fields=["done_at", "next_notice_at"])
    Campaign.objects.filter(pk=row.campaign_id).update(units_done=F("units_done") + 1)
    add_to(row.tally_id, {"units_done": 1})
    data = {"campaign": row.campaign_id, "unit": row.organisation.code, "records": row.items_total}
    actor = actor_for(mandate_of(row), now)
    record(f"campaign:{row.campaign_id}", [("campaign.answered", data)], by=actor, now=now, org_path=row.org_path)
