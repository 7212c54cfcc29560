"""What stands somewhere, as layers for maps of others: registers that have a place, open incidents, closed roads."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from youbei import content
from youbei.engine.access import Permission
from youbei.engine.cells import Box
from youbei.engine.registers.field import FieldKind
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.counts.asked import Asked
from youbei.records.models import Incident, RoadClosure, User
from youbei.records.pages import keyset_page
from youbei.records.registers.counting import counted
from youbei.records.registers.filters import ALL, Filters
from youbei.records.registers.keeping import NotCountedYet, numbers_of
from youbei.records.registers.pages import Record, as_record, coded
from youbei.records.registers.placed import LARGEST_LAYER_PAGE, BoxWalk, PlacedWalk, in_boxes, may_lack_place
from youbei.records.registers.tables import model_of
from youbei.records.registers.values import as_json

Shape = Mapping[str, Any]
Span = tuple[datetime | None, datetime | None]
PLACE = frozenset({FieldKind.LATITUDE, FieldKind.LONGITUDE, FieldKind.GEOMETRY})
INCIDENTS, CLOSURES = "open_incident", "closed_road"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer. `register` is None for what is no register; `has_time` says that its features are of a time."""

    name: str
    title: Text
    about: Text
    register: Register | None = None
    has_time: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a layer is wanted. No `boxes`: wherever it is. `span`: what was so at some time from the first moment to
    the last, None where that end is open."""

    boxes: Sequence[Box] = ()
    span: Span = (None, None)
    filters: Filters = ALL
    cursor: str = ""
    size: int = 100


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing on the map. `page` is the register it is a record of, or the layer."""

    pk: int
    shape: Shape
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FeaturePage:
    """A page of a layer; `matched` is how many there are on all pages, None where that would have to be counted."""

    features: Sequence[Feature] = field(default_factory=tuple)
    next_cursor: str | None = None
    matched: int | None = None


OTHERS = (
    Layer(
        INCIDENTS,
        Text("未结案的突发事件", "Open incidents"),
        Text(
            "已报告、尚未结案、有坐标的突发事件；`mode` 区分实战与演练。",
            "Incidents that were reported, are not closed, and have a place; `mode` tells real ones from exercises.",
        ),
        has_time=True,
    ),
    Layer(
        CLOSURES,
        Text("封闭或缓行的道路", "Closed roads"),
        Text(
            "未结案事件封闭的道路范围；`factor` 为空是禁止通行，否则是减慢的倍数。",
            "Areas in which open incidents close the roads; without `factor` nobody may drive there, else it says how "
            "many times slower it is.",
        ),
        has_time=True,
    ),
)


def layers_for(user: User) -> list[Layer]:
    """Return the layers of which a user may see anything."""
    placed = [one for one in content.registers().values() if is_placed(one) and user.paths_with(one.see)]
    found = [Layer(one.name, one.title, one.help or one.title, one) for one in placed]
    return [*found, *(OTHERS if user.paths_with(Permission.SEE) else ())]


def is_placed(register: Register) -> bool:
    """Say whether records of a register stand somewhere, by themselves or, as a lot, where they lie."""
    return any(column.name == "lat" for column in model_of(register)._meta.concrete_fields)


def features_of(layer: Layer, user: User, wanted: Wanted, now: datetime, language: str) -> FeaturePage:
    """Return a page of what a user may see of a layer; raise CursorUnreadable for the cursor of another list."""
    if layer.register is not None:
        return of_register(layer.register, user, wanted, now, language)
    if layer.name == INCIDENTS:
        return of_incidents(user, wanted)
    return of_closures(user, wanted)


def feature_called(layer: Layer, pk: int, user: User, now: datetime, language: str) -> Feature | None:
    """Return one feature of a layer; None where there is none that the user may see."""
    if layer.register is not None:
        walk = PlacedWalk(layer.register, user, ALL, now)
        rows = walk.in_paths(walk.tried(walk.rows.filter(pk=pk), walk.conditions)) if walk.paths else ()
        found = walk.whole(list(rows))
        return next(register_features(layer.register, found, now, language), None)
    if layer.name == INCIDENTS:
        return next(map(incident_feature, incidents_seen(user).filter(pk=pk)), None)
    return next(map(closure_feature, closures_seen(user).filter(pk=pk)), None)


def of_register(register: Register, user: User, wanted: Wanted, now: datetime, language: str) -> FeaturePage:
    walk = (
        BoxWalk(register, user, wanted.filters, now, wanted.boxes)
        if wanted.boxes
        else PlacedWalk(register, user, wanted.filters, now)
    )
    walked = walk.next_page(wanted.cursor, wanted.size)
    matched = None
    if not wanted.cursor and walked.next_cursor is None:
        matched = len(walked.rows)
    elif not wanted.boxes and wanted.filters == Filters(unit=wanted.filters.unit):
        matched = kept_number(register, walk.paths, now)
    features = tuple(register_features(register, walked.rows, now, language))
    return FeaturePage(features, walked.next_cursor, matched)


def kept_number(register: Register, paths: Sequence[str], now: datetime) -> int | None:
    """Return how many records in use stand in these subtrees, where that is kept or quickly counted."""
    asked = Asked(register.name, tuple(paths), ())
    if may_lack_place(register) or not asked.can_be_kept:
        return None
    try:
        numbers = numbers_of(asked, partial(counted, asked, now), now=now, may_wait=True)
    except NotCountedYet:
        return None
    return sum(count for count, _ in numbers.values())


def register_features(register: Register, rows: Sequence[Any], now: datetime, language: str) -> Iterator[Feature]:
    codes = coded(register, rows)
    for row in rows:
        shape = getattr(row, "geometry", None) or {"type": "Point", "coordinates": [row.lon, row.lat]}
        record = as_record(register, row, now, codes)
        yield Feature(row.pk, shape, said(register, record, language))


def said(register: Register, record: Record, language: str) -> dict[str, Any]:
    """Return what a record says as a layer has it: as in its list, without what is personal and what says where it is.

    Choices stand by their codes and, as `<field>_title`, in words; references by code and, as `<field>_name`, by name.
    """
    values = as_json(record.values)
    found: dict[str, Any] = {"name": record.name.in_language(language)}
    for one in register.fields:
        if one.is_personal or one.kind in PLACE:
            continue
        value = record.values[one.name]
        found[one.name] = float(value) if isinstance(value, Decimal) else values[one.name]
        if one.kind is FieldKind.CHOICE:
            title = one.choice_title(value).in_language(language) if value is not None else None
            found[f"{one.name}_title"] = title
        if one.kind is FieldKind.REFERENCE:
            link = record.links.get(one.name)
            found[f"{one.name}_name"] = link.name.in_language(language) if link else None
    return {**found, "freshness": record.freshness.value, "confirmed_at": record.confirmed_at}


def incidents_seen(user: User) -> QuerySet[Incident]:
    seen = Incident.objects.newest_visible_to(user).select_related("organisation")
    return seen.filter(status=Incident.Status.OPEN, lat__isnull=False, lon__isnull=False)


def of_incidents(user: User, wanted: Wanted) -> FeaturePage:
    """Return open incidents, the newest first. One goes on from when it occurred, or else became known."""
    rows = incidents_seen(user)
    if wanted.boxes:
        rows = rows.filter(in_boxes(wanted.boxes))
    if wanted.span[1] is not None:
        rows = rows.alias(began_at=Coalesce(F("occurred_at"), F("known_at"))).filter(began_at__lte=wanted.span[1])
    page = keyset_page(
        rows,
        order=("-reported_at", "-id"),
        cursor=wanted.cursor,
        size=wanted.size,
        most=LARGEST_LAYER_PAGE,
        read=lambda found: [incident_feature(one) for one in found],
    )
    return whole_or_part(page.rows, page.next_cursor, wanted)


def incident_feature(row: Incident) -> Feature:
    values = {
        "name": row.title,
        "name_en": row.title_en or None,
        "number": row.number,
        "mode": row.mode,
        "organisation": row.organisation.code,
        "category": row.category,
        "kind": row.kind,
        "place": row.place or None,
        "grade": row.grade or None,
        "occurred_at": row.occurred_at,
        "known_at": row.known_at,
        "reported_at": row.reported_at,
    }
    return Feature(row.pk, {"type": "Point", "coordinates": [row.lon, row.lat]}, values)


def closures_seen(user: User) -> QuerySet[RoadClosure]:
    seen = Incident.objects.visible_to(user).filter(status=Incident.Status.OPEN)
    return RoadClosure.objects.filter(opened_at=None, incident__in=seen).select_related("incident")


def of_closures(user: User, wanted: Wanted) -> FeaturePage:
    """Return the roads that are closed now; these are few, so that where they are is looked at one by one."""
    rows = closures_seen(user)
    if wanted.span[1] is not None:
        rows = rows.filter(closed_at__lte=wanted.span[1])
    if wanted.boxes:
        near = [row.pk for row in rows.order_by() if any(box.meets(extent_of(row)) for box in wanted.boxes)]
        rows = rows.filter(pk__in=near)
    page = keyset_page(
        rows,
        order=("id",),
        cursor=wanted.cursor,
        size=wanted.size,
        most=LARGEST_LAYER_PAGE,
        read=lambda found: [closure_feature(one) for one in found],
    )
    return whole_or_part(page.rows, page.next_cursor, wanted)


def extent_of(row: RoadClosure) -> Box:
    lats, lons = [corner[0] for corner in row.area], [corner[1] for corner in row.area]
    return Box(min(lons), min(lats), max(lons), max(lats))


def closure_feature(row: RoadClosure) -> Feature:
    ring = [[corner[1], corner[0]] for corner in row.area]
    shape: Shape = {"type": "Polygon", "coordinates": [counterclockwise([*ring, ring[0]])]}
    values = {
        "name": row.reason,
        "incident": row.incident.number,
        "incident_name": row.incident.title,
        "mode": row.incident.mode,
        "factor": row.factor,
        "closed_at": row.closed_at,
    }
    return Feature(row.pk, shape, values)


def counterclockwise(ring: list[list[float]]) -> list[list[float]]:
    """Return a closed ring in the sense that RFC 7946 asks of the outer one."""
    doubled = sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring))
    return ring if doubled >= 0 else ring[::-1]


def whole_or_part(rows: Sequence[Feature], next_cursor: str | None, wanted: Wanted) -> FeaturePage:
    is_whole = next_cursor is None and not wanted.cursor
    return FeaturePage(tuple(rows), next_cursor, len(rows) if is_whole else None)
