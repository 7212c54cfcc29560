"""Take the history of the registers away as a file, one line for each field that changed; the log says so before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import not_allowed
from youbei.actions.sheets.exporting import FORMATS, Export, in_pieces
from youbei.engine.access import Permission
from youbei.engine.registers.write import write
from youbei.engine.text import Text
from youbei.records.models import User
from youbei.records.registers.changes import ORDER, Changed, ChangeFilters, changes_for, described
from youbei.sheets.write import guarded, line

HIDDEN = "•••"
AT_ONCE = 500
HEADINGS = (
    Text("时间", "When"),
    Text("操作人", "Who"),
    Text("变更", "What happened"),
    Text("登记册", "Register"),
    Text("记录编号", "Record number"),
    Text("记录", "Record"),
    Text("字段", "Field"),
    Text("变更前", "Before"),
    Text("变更后", "After"),
    Text("来源", "Source"),
)


def export_changes(*, filters: ChangeFilters, by: User, now: datetime, language: str) -> Export:
    """Return the changes that fit, streamed as text; what is personal is never in it."""
    if not by.paths_with(Permission.EXPORT_REGISTER):
        raise not_allowed(Permission.EXPORT_REGISTER)
    rows = changes_for(by, filters, Permission.EXPORT_REGISTER)
    count = rows.order_by().count()
    note(filters, count, by, now)
    found = rows.select_related("by").order_by(*ORDER).iterator(chunk_size=AT_ONCE)
    name = f"changes-{timezone.localtime(now):%Y%m%d-%H%M}.csv"
    return Export(name, FORMATS["csv"], in_pieces(text_of(found, by, now, language)), count)


@transaction.atomic
def note(filters: ChangeFilters, count: int, by: User, now: datetime) -> None:
    narrowed = {
        "register": filters.register,
        "record": filters.record,
        "unit": filters.unit,
        "who": filters.who,
        "kind": filters.kind,
        "source": filters.source,
        "days": [str(one) for one in (filters.first, filters.last)] if filters.first or filters.last else None,
    }
    data = {"format": "csv", "filters": {name: said for name, said in narrowed.items() if said}, "count": count}
    path = by.paths_with(Permission.EXPORT_REGISTER)[0]
    record("register:changes", [("history.exported", data)], by=actor_for(by, now), now=now, org_path=path)


def text_of(rows: Iterator[Any], by: User, now: datetime, language: str) -> Iterator[str]:
    yield "\ufeff" + line([one.in_language(language) for one in HEADINGS])
    for some in batched_rows(rows):
        for one in described(some, by, now):
            yield from lines(one, language)


def batched_rows(rows: Iterator[Any]) -> Iterator[list[Any]]:
    waiting: list[Any] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == AT_ONCE:
            yield waiting
            waiting = []
    yield waiting


def lines(one: Changed, language: str) -> Iterator[str]:
    """Yield a line for each field that a change touched, and one for a change that touched none."""
    change, register = one.change, one.register
    head = [
        timezone.localtime(change.at).isoformat(timespec="seconds"),
        change.by_label,
        change.kind,
        register.title.in_language(language),
        str(change.record_id),
        one.name.in_language(language) if one.name else "",
    ]
    names = [name for name in {**change.before, **change.after} if register.has(name)]
    for name in names:
        field = register.field(name)
        before, after = (
            HIDDEN if field.is_personal else write(field, said.get(name), language)
            for said in (change.before, change.after)
        )
        yield line([guarded(cell) for cell in (*head, field.title.in_language(language), before, after, change.source)])
    if not names:
        reason = str(change.after.get("reason", ""))
        yield line([guarded(cell) for cell in (*head, "", "", reason, change.source)])
