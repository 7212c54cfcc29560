"""Open a campaign: settle whom it asks about what, and write down every unit and record. Close it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from youbei import content
from youbei.actions.actors import actor_for
from youbei.actions.campaigns.links import new_nonce
from youbei.actions.job_queue import queue_job
from youbei.actions.journal import record
from youbei.actions.permit import require
from youbei.engine.access import Permission
from youbei.engine.campaigns import Every, Schedule, Series, coming_round, next_notice_at, refuse_overlap
from youbei.engine.errors import Refused
from youbei.records.campaign_tallies import give_tallies
from youbei.records.models import Campaign, CampaignItem, CampaignUnit, Job, Organisation, User
from youbei.records.registers.tables import records_of

BATCH = 100
# What a unit can be asked about by link: what belongs to an organisation, without what is seen for a reason only.
ASKABLE = tuple(
    name
    for name, register in content.registers().items()
    if register.owners in (("organisation",), ("team",), ("lot",), ("post",)) and register.see is Permission.SEE
)


class CampaignRefused(Refused):
    """Refuse a campaign, or a step of one, that makes no sense."""


@transaction.atomic
def open_campaign(
    *,
    by: User | None,
    now: datetime,
    organisation: Organisation,
    title_zh: str,
    title_en: str = "",
    text_zh: str = "",
    text_en: str = "",
    registers: Sequence[str],
    unit_kinds: Sequence[str] = (),
    is_stale_only: bool = False,
    records: Mapping[str, Sequence[int]] | None = None,
    due_at: datetime,
    opens_at: datetime | None = None,
    reminder_days: Sequence[int] = (-7, -1, 1),
    climb_days: int = 2,
    repeats: str = "",
    first: Campaign | None = None,
    number: int = 0,
) -> Campaign:
    """Ask the units below an authority to confirm their records by a date. The units are written down by a job.

    With `records` (register -> keys) only these are asked about, and only units that have any of them.
    With `repeats` the worker opens the next round when it is due (see `repeating`), with the same choice of units and
    records as they stand then. `first` and `number` are given by a series alone.
    """
    require(by, Permission.RUN_CAMPAIGN, organisation.path)
    opens = opens_at or now
    unknown = sorted(set(registers) - set(ASKABLE))
    if unknown or not registers:
        raise CampaignRefused(
            zh=f"请至少选择一个可以核实的登记册：{'、'.join(ASKABLE)}。",
            en=f"Choose at least one register that units can be asked about: {', '.join(ASKABLE)}.",
        )
    if due_at <= max(opens, now):
        raise CampaignRefused(
            zh="截止时间须晚于开始时间和现在。请改正。",
            en="It must be due after it opens, and after now. Correct that.",
        )
    refuse_wrong_records(records, repeats)
    refuse_unknown_kinds(unit_kinds)
    campaign = Campaign(
        organisation=organisation,
        org_path=organisation.path,
        title_zh=title_zh,
        title_en=title_en,
        text_zh=text_zh,
        text_en=text_en,
        registers=list(registers),
        unit_kinds=list(unit_kinds),
        is_stale_only=is_stale_only,
        only_records={name: sorted(keys) for name, keys in (records or {}).items() if keys},
        opens_at=opens,
        due_at=due_at,
        reminder_days=sorted(set(reminder_days)),
        climb_days=max(1, climb_days),
        by=by,
        repeats=repeats,
        first=first,
        number=number,
    )
    if repeats:
        series = series_of(campaign)
        refuse_overlap(series)
        campaign.next_opens_at = coming_round(series, after=number, now=now).opens_at
    campaign.save()
    campaign.job = queue_job("campaign_open", campaign.pk, by=by, now=now)
    campaign.save(update_fields=["job"])
    data = {"campaign": campaign.pk, "registers": list(registers), "due_at": due_at.isoformat()}
    if repeats:
        data |= {"repeats": repeats, "round": number}
    actor = actor_for(by, now)
    record(f"campaign:{campaign.pk}", [("campaign.opened", data)], by=actor, now=now, org_path=organisation.path)
    return campaign


def series_of(campaign: Campaign) -> Series:
    """Return the series that a repeating campaign belongs to, reckoned from its first round."""
    first = campaign.first or campaign
    return Series(first.opens_at, first.due_at, Every(campaign.repeats), timezone.get_default_timezone())


def refuse_wrong_records(records: Mapping[str, Sequence[int]] | None, repeats: str) -> None:
    if records is not None and not any(records.values()):
        raise CampaignRefused(
            zh="这些登记册中没有需要核实的记录，无需发起。",
            en="No record of these registers needs to be confirmed. There is nothing to ask.",
        )
    if records is not None and repeats:
        raise CampaignRefused(
            zh="指定了具体记录的核实不能重复发起：下次该核实的会是别的记录。请选“仅一次”，或不限定记录。",
            en="A campaign about chosen records cannot repeat: next time other records will need it. Ask once, or do "
            "not limit the records.",
        )


def refuse_unknown_kinds(unit_kinds: Sequence[str]) -> None:
    known = [choice.code for choice in content.registers()["organisation"].field("kind").choices]
    unknown = sorted(set(unit_kinds) - set(known))
    if unknown:
        raise CampaignRefused(
            zh=f"没有单位类别“{'、'.join(unknown)}”。可用：{'、'.join(known)}。",
            en=f"There is no kind of unit {', '.join(unknown)}. Known: {', '.join(known)}.",
        )


def units_asked(organisation: Organisation, unit_kinds: Sequence[str]) -> Any:
    """Return the units that a campaign asks: those in use below the authority, of the kinds that are wanted."""
    rows = Organisation.objects.under(organisation.path).filter(retired_at__isnull=True).exclude(pk=organisation.pk)
    return rows.filter(kind__in=list(unit_kinds)) if unit_kinds else rows


def records_asked(campaign: Campaign, register_name: str, units: Sequence[Organisation], now: datetime) -> Any:
    """Return (record key, path) of the records of these units that are asked about."""
    register = content.registers()[register_name]
    rows = records_of(register).filter(retired_at__isnull=True, org_path__in=[unit.path for unit in units])
    if campaign.only_records:
        rows = rows.filter(pk__in=campaign.only_records.get(register_name, ()))
    if campaign.is_stale_only and register.fresh_for is not None:
        rows = rows.filter(Q(confirmed_at__isnull=True) | Q(confirmed_at__lte=now - register.fresh_for))
    return rows.values_list("pk", "org_path")


def places_of(records: Mapping[str, Sequence[int]]) -> set[str]:
    """Return the paths of the units to which these records belong."""
    return {
        path
        for name, keys in records.items()
        for path in records_of(content.registers()[name]).filter(pk__in=keys).values_list("org_path", flat=True)
    }


def open_slice(job: Job, now: datetime) -> bool:
    """Write down the next units with their records; return whether these were the last."""
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=job.subject_id)
    if campaign.status != Campaign.Status.OPENING:
        return True
    asked = units_asked(campaign.organisation, campaign.unit_kinds)
    if "after" not in job.state:
        job.total = asked.count()
        job.state = {"after": 0}
    batch = list(asked.filter(pk__gt=job.state["after"]).order_by("pk")[:BATCH])
    write_units(campaign, batch, now)
    job.done += len(batch)
    job.state = {"after": batch[-1].pk if batch else job.state["after"]}
    if len(batch) < BATCH:
        campaign.status = Campaign.Status.OPEN
    campaign.save()
    return len(batch) < BATCH


def write_units(campaign: Campaign, units: Sequence[Organisation], now: datetime) -> None:
    rows = {
        unit.path: CampaignUnit(
            campaign=campaign,
            organisation=unit,
            org_path=unit.path,
            nonce=new_nonce(),
            next_notice_at=next_notice_at(schedule_of(campaign), 0, sent=()),
        )
        for unit in units
    }
    items: list[tuple[str, str, int]] = []
    for name in campaign.registers:
        for pk, path in records_asked(campaign, name, units, now):
            rows[path].items_total += 1
            items.append((path, name, pk))
    asks_all = not campaign.is_stale_only and not campaign.only_records
    asked = [row for row in rows.values() if row.items_total or asks_all]
    give_tallies(campaign, asked)
    CampaignUnit.objects.bulk_create(asked)
    CampaignItem.objects.bulk_create(
        (CampaignItem(unit=rows[path], register=name, record_id=pk) for path, name, pk in items), batch_size=1000
    )
    campaign.units_total += len(asked)
    campaign.items_total += len(items)


def schedule_of(campaign: Campaign) -> Schedule:
    return Schedule(
        opens_at=campaign.opens_at,
        due_at=campaign.due_at,
        reminders=tuple(timedelta(days=days) for days in campaign.reminder_days),
        climb_every=timedelta(days=campaign.climb_days),
    )


@transaction.atomic
def close_campaign(*, campaign: Campaign, by: User | None, now: datetime) -> Campaign:
    """Close a campaign: links end, nobody is reminded any more, what was answered stays."""
    require(by, Permission.RUN_CAMPAIGN, campaign.org_path)
    row = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if row.status == Campaign.Status.CLOSED:
        return row
    row.status = Campaign.Status.CLOSED
    row.save(update_fields=["status"])
    row.units.update(next_notice_at=None)
    data = {"campaign": row.pk, "units": row.units_total, "done": row.units_done}
    record(f"campaign:{row.pk}", [("campaign.closed", data)], by=actor_for(by, now), now=now, org_path=row.org_path)
    return row


@transaction.atomic
def renew_link(*, unit: CampaignUnit, by: User | None, now: datetime) -> CampaignUnit:
    """Give a unit a new link; the old one ends at once. Its superiors may do so as well as the authority that asks."""
    require_above(by, unit)
    unit.nonce, unit.revoked_at = new_nonce(), None
    unit.save(update_fields=["nonce", "revoked_at"])
    return unit


def require_above(by: User | None, unit: CampaignUnit) -> None:
    """Let pass whoever may run campaigns for the authority that asks, or for a superior of the unit."""
    is_of_authority = by is not None and by.may(Permission.RUN_CAMPAIGN, unit.campaign.org_path)
    require(by, Permission.RUN_CAMPAIGN, unit.campaign.org_path if is_of_authority else unit.org_path)


def given_up(job: Job, is_cancelled: bool) -> None:
    """Close a campaign whose units could not all be written down."""
    Campaign.objects.filter(pk=job.subject_id).update(status=Campaign.Status.CLOSED)
