"""Count a register, and keep lists as they were narrowed: saved views."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import StringConstraints

from youbei.actions import clock
from youbei.actions.views import remove_view, save_view
from youbei.api.access import caller, may
from youbei.api.asked import FilterRefused, reads_filters
from youbei.api.counting import or_counting
from youbei.api.register_filters import filters_asked
from youbei.api.registers import register_for
from youbei.api.repeat import idempotent
from youbei.api.values import Body, Id, Line, Slug, find
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import Organisation, SavedView
from youbei.records.registers.drilling import chosen, list_query, table_data
from youbei.records.registers.filters import read_filters
from youbei.records.registers.statistics import COUNT, Counting, Dimension, dimensions_of, measures_of
from youbei.records.registers.views import View, as_view, views_of

router = Router(tags=["registers"])
ViewQuery = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=1000)]
ViewName = Annotated[str, StringConstraints(pattern=r"^[^\x00]*\S[^\x00]*$", max_length=80)]
OWN_NAMES = ("rows", "columns", "measure")


class WayOut(Schema):
    name: str
    title: Text


class NumberOut(Schema):
    """A number and the filters of `GET /registers/{name}/records` that list exactly its records; null: no list can."""

    number: Decimal
    query: dict[str, str] | None


class CountedOut(Schema):
    key: str
    title: Text
    total: NumberOut


class LineOut(CountedOut):
    """A row; its cells stand in the order of the columns."""

    cells: list[NumberOut]


class StatisticsOut(Schema):
    """A table. `ways` and `measures` are what `rows`, `columns` and `measure` may be; `left_out` rows are not shown."""

    rows_by: str
    columns_by: str
    measure: str
    ways: list[WayOut]
    measures: list[WayOut]
    columns: list[CountedOut]
    rows: list[LineOut]
    total: NumberOut
    left_out: int


class ViewOut(Schema):
    """A saved view. `query`: the filters of the list, as they stand in an address."""

    pk: int
    name: str
    query: str
    is_own: bool
    is_shared: bool
    is_default: bool
    shared_by: str


class ViewIn(Body):
    """What to keep. `share_with` is the code of a unit: all who stand there or may see it get the view."""

    name: ViewName
    query: ViewQuery = ""
    share_with: Slug | None = None
    is_default: bool = False


@router.get("/registers/{name}/statistics", response=or_counting(StatisticsOut), **may(Permission.SEE))
@reads_filters
def show_statistics(
    request: HttpRequest, name: Slug, rows: Line = "", columns: Line = "", measure: Line = COUNT
) -> dict[str, Any]:
    """Count the records that you may see, by one or two of the register's ways, within the filters of its list.

    Every number comes with the filters that list exactly its records. Totals are counted anew where a record stands
    in several rows, such as a team with several capabilities. Numbers that are kept are answered at once; where very
    many records must be counted first the worker does it, and the answer is 202 with the address to ask again.
    """
    by = caller(request)
    register = register_for(name, by)
    asked = filters_asked(register, request.GET, by=by, also=OWN_NAMES)
    ways, measures = dimensions_of(register), measures_of(register)
    row_way = way_called(rows, ways) or ways[0]
    column_way = way_called(columns, ways)
    if column_way is row_way:
        column_way = None
    if measure not in dict(measures):
        raise not_known(measure, [one for one, _ in measures])
    filters = read_filters(register, list_query(asked) or {})
    pivot = Counting(register, by, filters, clock.now(), may_wait=True).pivot(row_way, column_way, measure)
    return {
        "rows_by": row_way.name,
        "columns_by": column_way.name if column_way else "",
        "measure": measure,
        "ways": [{"name": one.name, "title": one.title} for one in ways],
        "measures": [{"name": one, "title": title} for one, title in measures],
        **table_data(pivot, asked),
    }


def way_called(name: str, ways: list[Dimension]) -> Dimension | None:
    """Return the way of counting of that name, None for an empty one; raise FilterRefused for one that is not known."""
    found = chosen(ways, name)
    if name and found is None:
        raise not_known(name, [one.name for one in ways])
    return found


def not_known(name: str, known: list[str]) -> FilterRefused:
    named = ", ".join(known)
    return FilterRefused(
        zh=f"不能按“{name}”统计。可用：{named}。", en=f"This is not counted by {name!r}. Known: {named}."
    )


@router.get("/registers/{name}/views", response=list[ViewOut], **may(Permission.SEE))
def list_views(request: HttpRequest, name: Slug) -> list[View]:
    """List the views of a register's list that you may use: your own first, then those shared where you stand."""
    by = caller(request)
    return views_of(register_for(name, by), by)


@router.post("/registers/{name}/views", response={201: ViewOut}, **may(Permission.SEE))
@idempotent
def keep_view(request: HttpRequest, name: Slug, body: ViewIn) -> Status[View]:
    """Keep a view, or change your own of that name."""
    by = caller(request)
    register = register_for(name, by)
    unit = find(Organisation.objects.visible_to(by), code=body.share_with) if body.share_with else None
    row = save_view(
        register=register, name=body.name, query=body.query, by=by, share_with=unit, is_default=body.is_default
    )
    return Status(201, as_view(row, by))


@router.delete("/registers/{name}/views/{view}", response={204: None}, **may(Permission.SEE))
@idempotent
def remove_one_view(request: HttpRequest, name: Slug, view: Id) -> Status[None]:
    """Remove one of your own views."""
    by = caller(request)
    find(SavedView.objects.filter(register=register_for(name, by).name), pk=view)
    remove_view(pk=view, by=by)
    return Status(204, None)
