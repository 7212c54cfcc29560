"""How far a campaign has come: in all, by area, by kind, and unit by unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Sum

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.campaigns import UnitState, state_of
from youbei.engine.errors import NotFound
from youbei.engine.text import Text
from youbei.records.models import Campaign, CampaignItem, CampaignUnit, Organisation, User

LISTED = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of some units have answered, and of their records are answered."""

    units: int
    done: int
    items: int = 0
    answered: int = 0


def visible_campaign(pk: int, user: User) -> Campaign:
    rows = Campaign.objects.visible_to(user, Permission.RUN_CAMPAIGN).select_related("organisation", "job", "first")
    campaign = rows.filter(pk=pk).first()
    if campaign is None:
        raise NotFound(zh="没有这次信息核实，或您无权查看。", en="There is no such campaign that you may see.")
    return campaign


def visible_unit(pk: int, user: User) -> CampaignUnit:
    rows = CampaignUnit.objects.select_related("campaign", "campaign__organisation", "organisation")
    unit = rows.filter(pk=pk).first()
    if unit is None or not user.may(Permission.RUN_CAMPAIGN, unit.campaign.org_path):
        raise NotFound(zh="没有这个单位的核实任务，或您无权查看。", en="There is no such unit that you may see.")
    return unit


def unit_state(unit: CampaignUnit, campaign: Campaign, now: datetime) -> UnitState:
    return state_of(
        opened_at=unit.opened_at,
        done_at=unit.done_at,
        answered=unit.items_done,
        is_revoked=unit.revoked_at is not None,
        due_at=campaign.due_at,
        now=now,
    )


def units_in(campaign: Campaign, state: str) -> Any:
    """Return the units of a campaign: all, or those that are late with their answer, or done."""
    units = campaign.units.select_related("organisation")
    if state == "late":
        return units.filter(done_at__isnull=True)
    return units.filter(done_at__isnull=False) if state == "done" else units


def progress(rows: Any) -> Progress:
    found = rows.aggregate(
        units=Count("id"), done=Count("done_at"), items=Sum("items_total"), answered=Sum("items_done")
    )
    return Progress(**{name: value or 0 for name, value in found.items()})


def by_area(campaign: Campaign) -> list[tuple[Organisation, Progress]]:
    """Count the progress below each unit that hangs directly under the authority."""
    children = Organisation.objects.filter(parent_id=campaign.organisation_id).order_by("path")[:LISTED]
    counted = [(child, progress(campaign.units.under(child.path))) for child in children]
    return [(child, found) for child, found in counted if found.units]


def by_kind(campaign: Campaign) -> list[tuple[str, Text, Progress]]:
    rows = campaign.units.values(kind=F("organisation__kind")).order_by("kind")
    counted = rows.annotate(number=Count("id"), done=Count("done_at"))
    field = content.registers()["organisation"].field("kind")
    return [
        (row["kind"], field.choice_title(row["kind"]), Progress(units=row["number"], done=row["done"]))
        for row in counted
    ]


def answers_of(campaign: Campaign) -> dict[str, int]:
    rows = CampaignItem.objects.filter(unit__campaign=campaign).values("state").order_by("state")
    return {row["state"]: row["number"] for row in rows.annotate(number=Count("id"))}


def rounds_of(campaign: Campaign) -> Sequence[Campaign]:
    """Return the other rounds of a series, newest first."""
    first = campaign.first_id or campaign.pk
    rows = (Campaign.objects.filter(pk=first) | Campaign.objects.filter(first=first)).exclude(pk=campaign.pk)
    return list(rows.order_by("-number")[:LISTED])
