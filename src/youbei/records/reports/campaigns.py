"""How far a campaign has come: in all, by area, by kind, and unit by unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, Q, Sum

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.campaigns import UnitState, state_of
from youbei.engine.errors import NotFound
from youbei.engine.text import Text
from youbei.records.models import Campaign, CampaignTally, CampaignUnit, Organisation, User
from youbei.records.models.scope import path_condition

LISTED = 100
# So many campaigns of higher authorities are shown beside one's own.
FROM_ABOVE = 20
Key = TypeVar("Key", int, str)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of some units have answered, and of their records are answered."""

    units: int
    done: int
    items: int = 0
    answered: int = 0


@dataclass(frozen=True, slots=True)
class View:
    """What somebody sees of a campaign: all of it, where `paths` is None, or the units under these paths."""

    campaign: Campaign
    paths: tuple[str, ...] | None = None

    def units(self, state: str = "") -> Any:
        """Return the units: all, or those that have not answered (`late`), or those that have (`done`)."""
        units = self.campaign.units.select_related("organisation")
        if self.paths is not None:
            units = units.filter(path_condition(list(self.paths), "org_path__under"))
        if state == "late":
            return units.filter(done_at__isnull=True)
        return units.filter(done_at__isnull=False) if state == "done" else units

    def progress(self) -> Progress:
        """Count how far these units have come."""
        one = self.campaign
        if self.paths is None:
            return Progress(one.units_total, one.units_done, one.items_total, one.items_done)
        if tallies := self.tallies_of_areas():
            return summed(tallies, lambda _: 0)[0]
        found = self.units().aggregate(
            units=Count("id"), done=Count("done_at"), items=Sum("items_total"), answered=Sum("items_done")
        )
        return Progress(**{name: value or 0 for name, value in found.items()})

    def tallies_of_areas(self) -> list[CampaignTally]:
        """Return the tallies of what is seen, where that is whole areas; none where units are to be counted."""
        below = [path[len(self.campaign.org_path) : -1] for path in self.paths or ()]
        if not all(key.isdigit() for key in below):
            return []
        return list(self.campaign.tallies.filter(area__in=[int(key) for key in below]))


def visible_campaign(pk: int, user: User) -> Campaign:
    """Return a campaign that somebody may run."""
    rows = Campaign.objects.visible_to(user, Permission.RUN_CAMPAIGN).select_related("organisation", "job", "first")
    campaign = rows.filter(pk=pk).first()
    if campaign is None:
        raise NotFound(zh="没有这次信息核实，或您无权查看。", en="There is no such campaign that you may see.")
    return campaign


def view_of(pk: int, user: User) -> View:
    """Return what somebody sees of a campaign: whoever may run campaigns further down sees how far their units are."""
    campaign = Campaign.objects.select_related("organisation", "job", "first").filter(pk=pk).first()
    paths = tuple(user.paths_with(Permission.RUN_CAMPAIGN))
    if campaign is None or any(campaign.org_path.startswith(path) for path in paths):
        return View(visible_campaign(pk, user))
    view = View(campaign, tuple(path for path in paths if path.startswith(campaign.org_path)))
    return view if view.paths and view.units().exists() else View(visible_campaign(pk, user))


def asked_from_above(user: User) -> list[tuple[Campaign, Progress]]:
    """Return the campaigns in which a higher authority asks units of somebody's, with how far these have come."""
    paths = user.paths_with(Permission.RUN_CAMPAIGN)
    above = {int(key) for path in paths for key in path.split("/")[:-2] if key}
    rows = Campaign.objects.filter(status=Campaign.Status.OPEN, organisation__in=above).exclude(
        path_condition(paths, "org_path__under") if paths else Q()
    )
    views = [View(row, tuple(paths)) for row in rows.select_related("organisation").order_by("-id")[:FROM_ABOVE]]
    found = [(view.campaign, view.progress()) for view in views]
    return [(campaign, progress) for campaign, progress in found if progress.units]


def visible_unit(pk: int, user: User) -> CampaignUnit:
    rows = CampaignUnit.objects.select_related("campaign", "campaign__organisation", "organisation")
    unit = rows.filter(pk=pk).first()
    if unit is None or not any(
        user.may(Permission.RUN_CAMPAIGN, path) for path in (unit.campaign.org_path, unit.org_path)
    ):
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


def by_area(tallies: Sequence[CampaignTally], campaign: Campaign) -> list[tuple[Organisation, Progress]]:
    """Add up the progress below each unit that hangs directly under the authority."""
    found = summed(tallies, lambda one: one.area)
    areas = Organisation.objects.filter(pk__in=found.keys() - {campaign.organisation_id}).order_by("path")
    return [(area, found[area.pk]) for area in areas]


def by_kind(tallies: Sequence[CampaignTally]) -> list[tuple[str, Text, Progress]]:
    field = content.registers()["organisation"].field("kind")
    counted = summed(tallies, lambda one: one.kind)
    return [(kind, field.choice_title(kind), found) for kind, found in sorted(counted.items())]


def answers_of(tallies: Sequence[CampaignTally]) -> dict[str, int]:
    """Return how many records are in which state, those that are."""
    states = ("still_true", "changed", "gone", "added")
    found = {state: sum(getattr(one, state) for one in tallies) for state in states}
    pending = sum(one.items - one.still_true - one.changed - one.gone for one in tallies)
    return {state: number for state, number in {"pending": pending, **found}.items() if number}


def summed(tallies: Sequence[CampaignTally], key: Callable[[CampaignTally], Key]) -> dict[Key, Progress]:
    found: dict[Key, Progress] = {}
    for one in tallies:
        had = found.get(key(one), Progress(0, 0))
        found[key(one)] = Progress(
            had.units + one.units, had.done + one.units_done, had.items + one.items, had.answered + one.items_done
        )
    return found


def rounds_of(campaign: Campaign) -> Sequence[Campaign]:
    """Return the other rounds of a series, newest first."""
    first = campaign.first_id or campaign.pk
    rows = (Campaign.objects.filter(pk=first) | Campaign.objects.filter(first=first)).exclude(pk=campaign.pk)
    return list(rows.order_by("-number")[:LISTED])
