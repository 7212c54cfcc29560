"""Statistics of a register: a table of two dimensions, its chart and its map. Every number opens the list it counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language

from youbei.actions import clock
from youbei.actions.sheets.figures import TABLE_FORMS, export_table
from youbei.engine.access import Permission
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import Organisation, User
from youbei.records.registers.asking import Asked, ask
from youbei.records.registers.drilling import list_query
from youbei.records.registers.statistics import (
    AREA,
    Bucket,
    Counting,
    Pivot,
    dimensions_of,
    measures_of,
)
from youbei.web.access import access, user_of
from youbei.web.asked import LANGUAGE, WORDS, reads
from youbei.web.registers.lists import list_context, register_for
from youbei.web.registers.names import table_names

CHART_WIDTH, BAR, GAP, LABEL = 720, 18, 6, 200
MAP_SIDE, LARGEST_DOT = 420, 26


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and the list that it counts."""

    number: Decimal
    address: str


@dataclass(frozen=True, slots=True)
class Line:
    bucket: Bucket
    deeper: str
    cells: tuple[Cell, ...]
    total: Cell


@dataclass(frozen=True, slots=True)
class Bar:
    bucket: Bucket
    number: Decimal
    address: str
    y: int
    width: float


@dataclass(frozen=True, slots=True)
class Dot:
    """An area on the map: its radius grows with the root of the number; one without records is a gap."""

    bucket: Bucket
    number: Decimal
    address: str
    x: float
    y: float
    radius: float

    @property
    def is_gap(self) -> bool:
        return not self.number


@access(Permission.SEE)
@reads(found=table_names)
def show(request: HttpRequest, name: str) -> HttpResponse:
    """Show the table that the address asks for, with the filters of the list."""
    user = user_of(request)
    register = register_for(name, user)
    asked = ask(register, user, request.GET.dict(), clock.now())
    return render(request, "registers/statistics.html", table_context(request, asked, user))


def table_context(request: HttpRequest, asked: Asked, user: User) -> dict[str, Any]:
    register, pivot = asked.register, asked.pivot
    lines = lines_of(request, register, pivot)
    has_map = asked.rows_by.name == AREA and asked.is_counted
    return list_context(request, register, user, asked.filters) | {
        "is_counted": asked.is_counted,
        "pivot": pivot,
        "lines": lines,
        "totals": [
            Cell(pivot.column_totals.get(one.key, Decimal(0)), address(request, register, one)) for one in pivot.columns
        ],
        "total": Cell(pivot.total, address(request, register)),
        "rows_by": asked.rows_by,
        "columns_by": asked.columns_by,
        "measure": asked.measure,
        "dimensions": dimensions_of(register),
        "measures": measures_of(register),
        "bars": bars_of(lines),
        "dots": dots_of(request, register, pivot, asked.counting) if has_map else [],
        "chart": {"width": CHART_WIDTH, "label": LABEL, "bar": BAR, "height": (BAR + GAP) * len(lines) + GAP},
        "side": MAP_SIDE,
        "kept_filters": kept_filters(request),
        "table_query": request.GET.urlencode(),
        "table_forms": list(TABLE_FORMS),
    }


def kept_filters(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what of the address narrows the records, so that another table of the same records can be asked for."""
    return list((list_query(request.GET.dict()) or {}).items())


def deeper(request: HttpRequest, row: Bucket) -> str:
    """Return the same table one level down, within the filters of the page; empty where there is no level below."""
    if "unit" not in row.query or "only" in row.query:
        return ""
    query = {name: value for name, value in request.GET.dict().items() if name not in ("only", "cursor") and value}
    return f"?{urlencode(query | dict(row.query))}"


@access(Permission.SEE)
@reads(found=table_names, refuses=True, format=WORDS, language=LANGUAGE, title=WORDS)
def take(request: HttpRequest, name: str) -> HttpResponse:
    """Send the table that the address asks for as a file (`format`: xlsx, pdf, csv)."""
    by = user_of(request)
    asked = request.GET.dict()
    language = asked.pop("language", "") or get_language() or "en"
    made = export_table(
        register=register_for(name, by),
        query={key: value for key, value in asked.items() if key not in ("format", "title")},
        by=by,
        now=clock.now(),
        form=asked.get("format", "xlsx"),
        language=language,
        site=request.build_absolute_uri("/"),
        name=asked.get("title", "").strip()[:80],
    )
    response = HttpResponse(b"".join(made.content), content_type=made.content_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


def address(request: HttpRequest, register: Register, *buckets: Bucket) -> str:
    """Return the list that shows exactly the records of these buckets, within the filters of the page."""
    query = list_query(request.GET.dict(), *buckets)
    return "" if query is None else f"{reverse('register', args=[register.name])}?{urlencode(query)}"


def lines_of(request: HttpRequest, register: Register, pivot: Pivot) -> list[Line]:
    return [
        Line(
            row,
            deeper(request, row),
            tuple(
                Cell(pivot.cells.get((row.key, column.key), Decimal(0)), address(request, register, row, column))
                for column in pivot.columns
            ),
            Cell(pivot.row_totals.get(row.key, Decimal(0)), address(request, register, row)),
        )
        for row in pivot.rows
    ]


def bars_of(lines: list[Line]) -> list[Bar]:
    """Draw the row totals as bars, the longest as wide as there is room."""
    most = max((line.total.number for line in lines), default=Decimal(0)) or Decimal(1)
    room = CHART_WIDTH - LABEL - 90
    return [
        Bar(
            line.bucket,
            line.total.number,
            line.total.address,
            GAP + index * (BAR + GAP),
            float(line.total.number / most) * room,
        )
        for index, line in enumerate(lines)
    ]


def dots_of(request: HttpRequest, register: Register, pivot: Pivot, counting: Counting) -> list[Dot]:
    """Place the areas on a map, also those without a single record: these are the gaps."""
    buckets = {bucket.query.get("unit"): bucket for bucket in pivot.rows if bucket.query.get("unit") and bucket.point}
    if len(counting.tops) == 1:
        below = Organisation.objects.filter(parent__path=counting.tops[0], retired_at__isnull=True, lat__isnull=False)
        for unit in below.order_by("path")[:200]:
            if unit.code not in buckets and unit.lat is not None and unit.lon is not None:
                title = Bucket(unit.code, Text(unit.name_zh, unit.name_en), {"unit": unit.code}, (unit.lat, unit.lon))
                buckets[unit.code] = title
    return placed(request, register, [bucket for bucket in buckets.values() if bucket.point], pivot)


def placed(request: HttpRequest, register: Register, buckets: list[Bucket], pivot: Pivot) -> list[Dot]:
    """Lay points out in a square, true to their shape at that latitude."""
    points = [bucket.point for bucket in buckets if bucket.point]
    if not points:
        return []
    south, north = min(lat for lat, _ in points), max(lat for lat, _ in points)
    west, east = min(lon for _, lon in points), max(lon for _, lon in points)
    narrow = math.cos(math.radians((south + north) / 2))
    span = max(north - south, (east - west) * narrow, 1e-6)
    room = MAP_SIDE - 2 * (LARGEST_DOT + 8)
    most = float(max(pivot.row_totals.values(), default=Decimal(1))) or 1.0
    dots = []
    for bucket in buckets:
        assert bucket.point is not None  # noqa: S101  (chosen so above)
        number = pivot.row_totals.get(bucket.key, Decimal(0))
        dots.append(
            Dot(
                bucket,
                number,
                address(request, register, bucket),
                LARGEST_DOT + 8 + (bucket.point[1] - west) * narrow / span * room,
                LARGEST_DOT + 8 + (north - bucket.point[0]) / span * room,
                max(4.0, LARGEST_DOT * math.sqrt(float(number) / most)),
            )
        )
    return sorted(dots, key=lambda dot: -dot.radius)


urlpatterns = [
    path("registers/<slug:name>/statistics/", show, name="register_statistics"),
    path("registers/<slug:name>/statistics/file/", take, name="register_statistics_file"),
]
