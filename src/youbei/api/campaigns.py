"""Collection campaigns: ask units to confirm their records, see how far that is, remind, close."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.campaigns import opening, repeating, telling
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Cursor, Id, Label, PageOf, PageSize, Prose, Slug, When, as_page, find
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import Campaign, CampaignItem, CampaignUnit, Organisation
from youbei.records.pages import keyset_page
from youbei.records.reports.campaigns import (
    answers_of,
    by_area,
    by_kind,
    unit_state,
    view_of,
    visible_campaign,
    visible_unit,
)

router = Router(tags=["campaigns"])
RUN = Permission.RUN_CAMPAIGN
Repeats = Literal["", "month", "quarter", "year"]


class CampaignIn(Body):
    """Ask the units below an authority (its code) to confirm records.

    `unit_kinds` empty asks all. `reminder_days`: days from `due_at`, negative before it. `climb_days`: after so many
    days the delay is reported one level up, and so on. `repeats`: opened anew with the same choice, empty for once.
    """

    organisation: Slug
    title_zh: Annotated[Label, Field(min_length=1)]
    title_en: Label = ""
    text_zh: Prose = ""
    text_en: Prose = ""
    registers: Annotated[list[Slug], Field(min_length=1, max_length=40)]
    unit_kinds: Annotated[list[Slug], Field(max_length=40)] = []
    is_stale_only: bool = False
    opens_at: When | None = None
    due_at: When
    reminder_days: Annotated[list[Annotated[int, Field(ge=-365, le=365)]], Field(max_length=20)] = [-7, -1, 1]
    climb_days: Annotated[int, Field(ge=1, le=365)] = 2
    repeats: Repeats = ""


class CampaignOut(Schema):
    """A campaign. `number` is its round in a series, and `next_opens_at` when the next opens; null: no further one."""

    pk: int
    organisation: str
    title: Text
    registers: list[str]
    unit_kinds: list[str]
    is_stale_only: bool
    status: str
    opens_at: datetime
    due_at: datetime
    units_total: int
    units_done: int
    items_total: int
    items_done: int
    repeats: str
    number: int
    next_opens_at: datetime | None


class AreaOut(Schema):
    organisation: str
    name: Text
    units: int
    done: int
    items: int
    answered: int


class KindProgressOut(Schema):
    kind: str
    name: Text
    units: int
    done: int


class ProgressOut(CampaignOut):
    """How far it is. `answers`: how many records are pending, still_true, changed, gone, added."""

    areas: list[AreaOut]
    kinds: list[KindProgressOut]
    answers: dict[str, int]


class AskedOut(Schema):
    """A unit that is asked. `state`: not_opened, opened, in_part, done, overdue or revoked. `climbed`: levels up."""

    pk: int
    organisation: str
    name: Text
    state: str
    items_total: int
    items_done: int
    opened_at: datetime | None
    done_at: datetime | None
    climbed: int
    next_notice_at: datetime | None


class AskedLinkOut(AskedOut):
    """A unit with its link. Whoever holds the link answers for the unit."""

    campaign: int
    link: str


class UnitAnswerOut(Schema):
    """What a unit answered about one record; `note` is the reason where it is gone."""

    register_name: str
    record: int
    state: str
    note: str
    answered_at: datetime | None


class RemindedOut(Schema):
    """How many units are being reminded."""

    units: int


@router.get("/campaigns", response=PageOf[CampaignOut], **may(RUN))
def list_campaigns(request: HttpRequest, cursor: Cursor = "", size: PageSize = 50) -> dict[str, Any]:
    """List the campaigns of the authorities for which you may run them, newest first."""
    rows = Campaign.objects.newest_visible_to(caller(request), RUN).select_related("organisation")
    page = keyset_page(
        rows, order=("-id",), cursor=cursor, size=size, read=lambda found: [campaign_out(row) for row in found]
    )
    return as_page(page)


@router.post("/campaigns", response={201: CampaignOut}, **may(RUN))
@idempotent
def open_campaign(request: HttpRequest, body: CampaignIn) -> Status[dict[str, Any]]:
    """Open a campaign. Its units are written down in the background, then invited; `status` says how far that is."""
    by = caller(request)
    unit = find(Organisation.objects.visible_to(by), code=body.organisation)
    asked = body.dict(exclude={"organisation"})
    return Status(201, campaign_out(opening.open_campaign(by=by, now=clock.now(), organisation=unit, **asked)))


@router.get("/campaigns/{campaign_id}", response=ProgressOut, **may(RUN))
def show_campaign(request: HttpRequest, campaign_id: Id) -> dict[str, Any]:
    """Show how far a campaign has come: in all, by area, by kind of unit, by answer.

    Of a campaign of a higher authority you see how far your units are: the totals are theirs, the rest is empty.
    """
    view = view_of(campaign_id, caller(request))
    row, tallies = view.campaign, list(view.campaign.tallies.all()) if view.paths is None else []
    areas = [
        {
            "organisation": unit.code,
            "name": Text(unit.name_zh, unit.name_en),
            "units": found.units,
            "done": found.done,
            "items": found.items,
            "answered": found.answered,
        }
        for unit, found in by_area(tallies, row)
    ]
    kinds = [{"kind": code, "name": name, "units": one.units, "done": one.done} for code, name, one in by_kind(tallies)]
    found = view.progress()
    totals = {
        "units_total": found.units,
        "units_done": found.done,
        "items_total": found.items,
        "items_done": found.answered,
    }
    return {**campaign_out(row), **totals, "areas": areas, "kinds": kinds, "answers": answers_of(tallies)}


@router.get("/campaigns/{campaign_id}/units", response=PageOf[AskedOut], **may(RUN))
def list_campaign_units(
    request: HttpRequest,
    campaign_id: Id,
    state: Literal["", "late", "done"] = "",
    cursor: Cursor = "",
    size: PageSize = 50,
) -> dict[str, Any]:
    """List the units that are asked: all, those that have not answered (`late`), or those that have (`done`)."""
    view, now = view_of(campaign_id, caller(request)), clock.now()
    page = keyset_page(
        view.units(state),
        order=("org_path", "id"),
        cursor=cursor,
        size=size,
        read=lambda found: [asked_out(unit, view.campaign, now) for unit in found],
    )
    return as_page(page)


@router.post("/campaigns/{campaign_id}/remind", response=RemindedOut, **may(RUN))
@idempotent
def remind_campaign(request: HttpRequest, campaign_id: Id) -> RemindedOut:
    """Remind every unit that has not answered once more, in the background."""
    by = caller(request)
    row = visible_campaign(campaign_id, by)
    return RemindedOut(units=telling.remind_all(campaign=row, by=by, now=clock.now()))


@router.post("/campaigns/{campaign_id}/close", response=CampaignOut, **may(RUN))
@idempotent
def close_campaign(request: HttpRequest, campaign_id: Id) -> dict[str, Any]:
    """Close a campaign: its links end. A series goes on with the next round."""
    by = caller(request)
    opening.close_campaign(campaign=visible_campaign(campaign_id, by), by=by, now=clock.now())
    return campaign_out(visible_campaign(campaign_id, by))


@router.post("/campaigns/{campaign_id}/stop", response=CampaignOut, **may(RUN))
@idempotent
def stop_campaign(request: HttpRequest, campaign_id: Id) -> dict[str, Any]:
    """Open no further round of a series; what is open goes on."""
    by = caller(request)
    repeating.stop_repeating(campaign=visible_campaign(campaign_id, by), by=by, now=clock.now())
    return campaign_out(visible_campaign(campaign_id, by))


@router.get("/campaign-units/{unit_id}", response=AskedLinkOut, **may(RUN))
def show_campaign_unit(request: HttpRequest, unit_id: Id) -> dict[str, Any]:
    """Show one unit of a campaign with its link."""
    return linked_out(visible_unit(unit_id, caller(request)))


@router.get("/campaign-units/{unit_id}/answers", response=PageOf[UnitAnswerOut], **may(RUN))
def list_unit_answers(request: HttpRequest, unit_id: Id, cursor: Cursor = "", size: PageSize = 50) -> dict[str, Any]:
    """List what a unit is asked about and what it answered. What was changed is in the history of each record."""
    unit = visible_unit(unit_id, caller(request))
    page = keyset_page(
        CampaignItem.objects.filter(unit=unit),
        order=("id",),
        cursor=cursor,
        size=size,
        read=lambda found: [
            {
                "register_name": one.register,
                "record": one.record_id,
                "state": one.state,
                "note": one.note,
                "answered_at": one.answered_at,
            }
            for one in found
        ],
    )
    return as_page(page)


@router.post("/campaign-units/{unit_id}/remind", response=RemindedOut, **may(RUN))
@idempotent
def remind_unit(request: HttpRequest, unit_id: Id) -> RemindedOut:
    """Remind one unit now, at most once a minute; a unit that has answered is not."""
    by = caller(request)
    return RemindedOut(units=telling.remind_now(unit=visible_unit(unit_id, by), by=by, now=clock.now()))


@router.post("/campaign-units/{unit_id}/renew", response=AskedLinkOut, **may(RUN))
@idempotent
def renew_link(request: HttpRequest, unit_id: Id) -> dict[str, Any]:
    """Give a unit a new link; the old one ends at once."""
    by = caller(request)
    opening.renew_link(unit=visible_unit(unit_id, by), by=by, now=clock.now())
    return linked_out(visible_unit(unit_id, by))


def campaign_out(row: Campaign) -> dict[str, Any]:
    same = ["pk", "registers", "unit_kinds", "is_stale_only", "status", "opens_at", "due_at", "units_total"]
    same += ["units_done", "items_total", "items_done", "repeats", "number", "next_opens_at"]
    title = Text(row.title_zh, row.title_en)
    return {name: getattr(row, name) for name in same} | {"organisation": row.organisation.code, "title": title}


def asked_out(unit: CampaignUnit, campaign: Campaign, now: datetime) -> dict[str, Any]:
    same = ("pk", "items_total", "items_done", "opened_at", "done_at", "climbed", "next_notice_at")
    return {name: getattr(unit, name) for name in same} | {
        "organisation": unit.organisation.code,
        "name": Text(unit.organisation.name_zh, unit.organisation.name_en),
        "state": unit_state(unit, campaign, now).value,
    }


def linked_out(unit: CampaignUnit) -> dict[str, Any]:
    shown = asked_out(unit, unit.campaign, clock.now())
    return {**shown, "campaign": unit.campaign_id, "link": telling.link_of(unit)}
