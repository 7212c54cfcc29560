"""Pages of long lists by keyset: the cost of a page does not depend on how many rows come before or after it.

There is no page number and no count. A cursor is opaque and signed, so that nobody can put values into a query with it;
it holds the ordering values of the row at the edge of the page and the direction to go.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet

from youbei.engine.errors import Refused

Row = TypeVar("Row")
Source = TypeVar("Source", bound=Model)
PAGE_SIZE = 50
LARGEST_PAGE = 200
FORWARD, BACK = "f", "b"


class CursorUnreadable(Refused):
    """Refuse a cursor that this server did not make for this list."""

    status = 400


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list, and the cursors of its neighbours; None where there is none."""

    rows: tuple[Row, ...]
    next_cursor: str | None = None
    previous_cursor: str | None = None


def keyset_page(
    queryset: QuerySet[Source],
    *,
    order: Sequence[str],
    cursor: str | None,
    read: Callable[[Sequence[Source]], Sequence[Row]],
    size: int = PAGE_SIZE,
    most: int = LARGEST_PAGE,
) -> Page[Row]:
    """Return the page behind (or before) the cursor; the first page without one.

    `order` names the ordering fields as Django does (`-reported_at`, `-id`), all in one direction, the last one
    unique. A page has at most `most` rows. `read` turns the rows of the page into what the page shows, all at once, so
    that it can fetch what belongs to them in a fixed number of queries.
    """
    size = max(1, min(size, most))
    direction, edge = open_cursor(cursor, order)
    going = list(order) if direction == FORWARD else [reverse(name) for name in order]
    if edge is not None:
        queryset = queryset.filter(behind(going, edge))
    found = list(queryset.order_by(*going)[: size + 1])
    has_more = len(found) > size
    found = found[:size]
    if direction == BACK:
        found.reverse()
    has_next = has_more if direction == FORWARD else True
    has_previous = edge is not None if direction == FORWARD else has_more
    return Page(
        rows=tuple(read(found)),
        next_cursor=make_cursor(FORWARD, order, found[-1]) if found and has_next else None,
        previous_cursor=make_cursor(BACK, order, found[0]) if found and has_previous else None,
    )


def reverse(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def behind(order: Sequence[str], edge: Sequence[Any], *, is_in: bool = False) -> Q:
    """Select what follows the edge; with `is_in` the edge itself too.

    The outer `<=` is implied, but it is what the index range is taken from.
    """
    name, value = order[0].lstrip("-"), edge[0]
    word = "lt" if order[0].startswith("-") else "gt"
    if len(order) == 1:
        return Q(**{f"{name}__{word}{'e' if is_in else ''}": value})
    rest = behind(order[1:], edge[1:], is_in=is_in)
    return Q(**{f"{name}__{word}e": value}) & (Q(**{f"{name}__{word}": value}) | rest)


def signer(order: Sequence[str]) -> Signer:
    return Signer(salt=f"youbei.records.pages:{','.join(order)}")


def make_cursor(direction: str, order: Sequence[str], row: Model) -> str:
    return cursor_at(direction, order, [getattr(row, name.lstrip("-")) for name in order])


def cursor_at(direction: str, order: Sequence[str], values: Sequence[Any]) -> str:
    return signer(order).sign_object([direction, [to_text(value) for value in values]])


def open_cursor(cursor: str | None, order: Sequence[str]) -> tuple[str, Sequence[Any] | None]:
    """Return the direction and the values at the edge; raise CursorUnreadable for anything this list did not give."""
    if not cursor:
        return FORWARD, None
    try:
        direction, values = signer(order).unsign_object(cursor)
    except (BadSignature, json.JSONDecodeError, UnicodeDecodeError, ValueError) as problem:
        raise CursorUnreadable(
            zh="翻页标记无效：它不是本系统为此列表生成的。请从第一页重新开始。",
            en="This cursor is not one that this list has given. Start again from the first page.",
        ) from problem
    return direction, [from_text(value) for value in values]


def to_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, date):
        return {"on": value.isoformat()}
    return str(value) if isinstance(value, UUID) else value


def from_text(value: Any) -> Any:
    if isinstance(value, dict):
        return datetime.fromisoformat(value["at"]) if "at" in value else date.fromisoformat(value["on"])
    return value
