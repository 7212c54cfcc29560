"""The types of values that come in: bounded, so that whatever passes fits the engine and both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints

from youbei.actions.permit import not_found
from youbei.records.pages import Page

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
NO_NUL = r"^[^\x00]*$"


def within_reason(value: datetime) -> datetime:
    """Keep times that can be reckoned with in every zone; raise ValueError for others."""
    if not EARLIEST.timestamp() <= value.timestamp() < LATEST.timestamp():
        raise ValueError("the year must be from 1900 to 2199")
    return value.astimezone(UTC)


Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:/-]+$", max_length=120)]
Label = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=120)]
Line = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=200)]
Title = Annotated[str, StringConstraints(pattern=r"^[^\x00]*\S[^\x00]*$", max_length=200)]
Prose = Annotated[str, StringConstraints(pattern=NO_NUL, max_length=10_000)]
Reason = Annotated[str, StringConstraints(pattern=r"^[^\x00]*\S[^\x00]*$", max_length=2_000)]
When = Annotated[AwareDatetime, AfterValidator(within_reason)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Integer = Annotated[int, Field(ge=-(2**53), le=2**53)]
Number = Annotated[float, Field(ge=-1e15, le=1e15, allow_inf_nan=False)]
FactValue = bool | Integer | Number | Line
LevelIn = Annotated[int, Field(ge=1, le=4, description="1 (I, the most severe) to 4 (IV)")]
PageSize = Annotated[int, Field(ge=1, le=200)]
Cursor = Annotated[str, StringConstraints(max_length=500)]


class Body(Schema):
    """What is sent in: names that we do not know are refused, so that a misspelt one is not silently lost."""

    model_config = ConfigDict(extra="forbid")


class PointIn(Body):
    lat: Latitude
    lon: Longitude


class PageOf(Schema, Generic[Item]):
    """One page of a list; pass `next` or `previous` as `cursor` to go on. None: there is no more that way."""

    items: list[Item]
    next: str | None
    previous: str | None


def as_page(page: Page[Any]) -> dict[str, Any]:
    return {"items": list(page.rows), "next": page.next_cursor, "previous": page.previous_cursor}


def find(rows: QuerySet[Row], **which: Any) -> Row:
    """Return the one row, or refuse with 404 as for any that the caller may not see."""
    row = rows.filter(**which).first()
    if row is None:
        raise not_found()
    return row
