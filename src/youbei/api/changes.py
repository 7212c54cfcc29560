"""The history of all registers: who changed what and when."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from youbei.actions import clock
from youbei.api.access import caller, may
from youbei.api.register_values import ChangeOut, change_out
from youbei.api.registers import register_for
from youbei.api.values import Cursor, Id, Label, PageOf, PageSize, Slug, as_page
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import RecordChange
from youbei.records.registers.changes import ChangeFilters, change_page

router = Router(tags=["registers"])
Came = Literal["form", "import", "campaign", "api", "restore", "tree", "selection"]
Day = Annotated[date, Query(ge=date(1900, 1, 1), le=date(2199, 12, 31))]


class ChangedOut(Schema):
    """A change with its record; `name` is null where the record is gone or may not be seen."""

    register_name: str
    record: int
    name: Text | None
    came: Came
    change: ChangeOut


@router.get("/registers/changes", response=PageOf[ChangedOut], **may(Permission.SEE))
def list_all_changes(
    request: HttpRequest,
    register_name: Annotated[Slug | None, Query(alias="register")] = None,
    record: Id | None = None,
    unit: Slug | None = None,
    who: Label = "",
    kind: RecordChange.Kind | None = None,
    source: Came | None = None,
    first: Day | None = None,
    last: Day | None = None,
    cursor: Cursor = "",
    size: PageSize = 50,
) -> dict[str, Any]:
    """List what happened to the records that you may see, newest first, personal values masked.

    `unit` is the code of a unit: changes there and below. `who` is the name of an account. `source` says how the change
    came. `first` and `last` are days, both included. A page may be short, or empty, and still have a `next`.
    """
    by = caller(request)
    filters = ChangeFilters(
        register=register_for(register_name, by).name if register_name else "",
        record=record,
        unit=unit or "",
        who=who,
        kind=kind.value if kind else "",
        source=source or "",
        first=first,
        last=last,
    )
    page = change_page(by, filters, now=clock.now(), cursor=cursor or None, size=size)
    items = [
        ChangedOut(
            register_name=one.register.name,
            record=one.change.record_id,
            name=one.name,
            came=one.source,  # type: ignore[arg-type]
            change=change_out(one.register, one.change),
        )
        for one in page.rows
    ]
    return {**as_page(page), "items": items}
