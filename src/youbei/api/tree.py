"""The tree of organisations on any day, and its changes: move, merge, divide, dissolve."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.permit import not_found
from youbei.actions.registers.splitting import NewUnit, split_unit
from youbei.actions.registers.tree import Effect, dissolve_unit, merge_unit, move_unit
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Id, Line, Slug, Title, find
from youbei.engine.access import Permission
from youbei.records.models import Organisation, User
from youbei.records.reports.past_tree import UnitThen, end_of, tree_on

router = Router(tags=["people"])


class DivisionThen(Schema):
    code: str
    name: str


class UnitOut(Schema):
    """A unit as it stood on the day; `successor` is the unit that goes on in its place today."""

    code: str
    name: dict[str, str]
    kind: str
    parent: str
    division: str
    division_then: list[DivisionThen]
    has_below: bool
    is_renamed: bool
    is_moved: bool
    is_in_use: bool
    successor: str


class TreeOut(Schema):
    on: date
    chain: list[UnitOut]
    units: list[UnitOut]
    is_cut: bool


class MovedOut(Schema):
    """The unit that goes on, and how much came along."""

    code: str
    units: int
    records: int
    grants: int


class ToIn(Body):
    """The other unit, by its code, and the document by which it is done."""

    unit: Slug
    document: Line = ""


class SplitIn(Body):
    """The new unit; the codes of the lower units and the keys of the records (by register) that go to it."""

    code: Slug
    name_zh: Title
    name_en: Line = ""
    document: Line = ""
    units: Annotated[list[Slug], Field(max_length=1000)] = []
    records: dict[Slug, Annotated[list[Id], Field(max_length=1000)]] = {}


@router.get("/organisations/tree", response=TreeOut, **may(Permission.SEE))
def show_tree(request: HttpRequest, on: date | None = None, below: Slug = "") -> dict[str, Any]:
    """Show the units below one as they stood at the end of a day, today unless named; the topmost without `below`.

    At most 200 are returned; `is_cut` says that there are more.
    """
    by = caller(request)
    day = on or timezone.localdate(clock.now())
    found = tree_on(by, moment_of(day), below)
    if found is None:
        raise not_found()
    return {
        "on": day,
        "chain": [unit_out(unit) for unit in found.chain],
        "units": [unit_out(unit) for unit in found.rows],
        "is_cut": found.is_cut,
    }


def moment_of(day: date) -> datetime:
    try:
        return end_of(day, timezone.get_current_timezone())
    except OverflowError:
        raise not_found() from None


def unit_out(unit: UnitThen) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name.as_data(),
        "kind": unit.kind,
        "parent": unit.parent,
        "division": unit.division,
        "division_then": [{"code": one.code, "name": one.name} for one in unit.division_then],
        "has_below": unit.has_below,
        "is_renamed": unit.is_renamed,
        "is_moved": unit.is_moved,
        "is_in_use": unit.today.retired_at is None,
        "successor": unit.succeeded_by.code if unit.succeeded_by else "",
    }


@router.post("/organisations/{code}/move", response=MovedOut, **may(Permission.EDIT_PEOPLE))
@idempotent
def move_organisation(request: HttpRequest, code: Slug, body: ToIn) -> dict[str, Any]:
    """Put a unit, with all below it, under another superior."""
    by = caller(request)
    unit, to = unit_of(by, code), unit_of(by, body.unit)
    return moved_out(*move_unit(unit=unit, to=to, document=body.document, by=by, now=clock.now()))


@router.post("/organisations/{code}/merge", response=MovedOut, **may(Permission.EDIT_PEOPLE))
@idempotent
def merge_organisation(request: HttpRequest, code: Slug, body: ToIn) -> dict[str, Any]:
    """Merge a unit into another, with its records and the units below it."""
    by = caller(request)
    unit, into = unit_of(by, code), unit_of(by, body.unit)
    return moved_out(*merge_unit(unit=unit, into=into, document=body.document, by=by, now=clock.now()))


@router.post("/organisations/{code}/dissolve", response=MovedOut, **may(Permission.EDIT_PEOPLE))
@idempotent
def dissolve_organisation(request: HttpRequest, code: Slug, body: ToIn) -> dict[str, Any]:
    """Dissolve a unit: its records go to the successor, the units below it to its superior."""
    by = caller(request)
    unit, successor = unit_of(by, code), unit_of(by, body.unit)
    return moved_out(*dissolve_unit(unit=unit, successor=successor, document=body.document, by=by, now=clock.now()))


@router.post("/organisations/{code}/split", response={201: MovedOut}, **may(Permission.EDIT_PEOPLE))
@idempotent
def split_organisation(request: HttpRequest, code: Slug, body: SplitIn) -> Status[dict[str, Any]]:
    """Divide a unit in two: a new one beside it takes over what is named."""
    by = caller(request)
    unit = unit_of(by, code)
    below = dict(Organisation.objects.filter(parent=unit, code__in=body.units).values_list("code", "pk"))
    if len(below) < len(set(body.units)):
        raise not_found()
    made, effect = split_unit(
        unit=unit,
        new=NewUnit(body.code.lower(), body.name_zh, body.name_en),
        units=sorted(below.values()),
        records=body.records,
        document=body.document,
        by=by,
        now=clock.now(),
    )
    return Status(201, moved_out(made, effect))


def unit_of(by: User, code: str) -> Organisation:
    return find(Organisation.objects.visible_to(by), code=code)


def moved_out(unit: Organisation, effect: Effect) -> dict[str, Any]:
    return {"code": unit.code, "units": effect.units, "records": effect.records, "grants": effect.grants}
