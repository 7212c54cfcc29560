"""Undo an import, slice by slice, from its last record to its first. What others have built on is left, and named."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Count, Min

from youbei.actions.actors import actor_for
from youbei.actions.sheets.applying import finish
from youbei.actions.sheets.lines import append, kept_path
from youbei.actions.sheets.putting_back import Undoing, put_back, remove
from youbei.actions.sheets.standing import History, Why, history_of, moved_since
from youbei.actions.stock.stated import take_back_all
from youbei.engine.registers.register import Register
from youbei.records.models import Job, RecordChange, SheetImport
from youbei.records.models.scope import Registered
from youbei.records.registers.leaving import referred_to
from youbei.records.registers.tables import path_column, records_of, register_called
from youbei.records.registers.values import as_json, values_of, with_references

BATCH = 1000
Kept = dict[int, Why]


def undo_slice(job: Job, now: datetime) -> bool:
    """Undo the next records; return whether these were the last."""
    sheet = SheetImport.objects.select_for_update(of=("self",)).select_related("by").get(pk=job.subject_id)
    register = register_called(sheet.register)
    changes = RecordChange.objects.filter(source=sheet.source)
    if "before" not in job.state:
        said = changes.aggregate(total=Count("id"), first=Min("id"))
        job.total = said["total"]
        job.state = {"before": None, "first": said["first"], "size": 0}
        sheet.kept_back = 0
        take_back_all(sheet.source, by=job.by, now=now)
    if job.state["before"] is not None:
        changes = changes.filter(id__lt=job.state["before"])
    if job.state.get("first") is not None:
        # Else the last slice would look for more through all that was written before the import.
        changes = changes.filter(id__gte=job.state["first"])
    found = list(changes.order_by("-id")[:BATCH])
    batch = once_each(found)
    kept = undo_batch(Undoing(register, sheet, job.by, now, actor_for(job.by, now).label), batch)
    entries = [{"record": pk, "why": why.value} for pk, why in kept.items()]
    job.state |= {
        "before": batch[-1].pk if batch else job.state["before"],
        "size": append(kept_path(sheet), job.state["size"], entries),
    }
    job.done += len(batch)
    sheet.kept_back += len(kept)
    is_last = len(batch) == len(found) < BATCH
    if is_last:
        finish(sheet, register, "register.undone", by=job.by, now=now)
        sheet.stage, sheet.undone_at = SheetImport.Stage.UNDONE, now
        if register.is_about_persons:
            sheet.samples = {}
    sheet.save()
    return is_last


def once_each(changes: Sequence[RecordChange]) -> list[RecordChange]:
    """Return the changes before the first that is of the same record as another: its turn comes in the next slice."""
    seen: set[int] = set()
    for index, change in enumerate(changes):
        if change.record_id in seen:
            return list(changes[:index])
        seen.add(change.record_id)
    return list(changes)


def undo_batch(undoing: Undoing, changes: Sequence[RecordChange]) -> Kept:
    """Take changes back; return the records that are left alone, with why. Those that are gone need nothing."""
    if not changes:
        return {}
    register = undoing.register
    rows = locked(register, [change.record_id for change in changes])
    history = history_of(changes)
    moved = moved_since(undoing.sheet, register, list(rows))
    kept: Kept = {}
    going: dict[int, Registered] = {}
    back: list[tuple[Registered, RecordChange]] = []
    for change in changes:
        row = rows.get(change.record_id)
        if row is None or history.is_undone(change):
            continue
        if (why := reason_to_keep(undoing, row, change, history, moved)) is not None:
            kept[row.pk] = why
        elif change.kind == RecordChange.Kind.CREATED:
            going[row.pk] = row
        else:
            back.append((row, change))
    for pk in referred_to(register, list(going)):
        del going[pk]
        kept[pk] = Why.REFERRED
    kept |= remove(undoing, list(going.values()))
    kept |= put_back(undoing, back)
    return kept


def locked(register: Register, pks: Sequence[int]) -> dict[int, Registered]:
    """Lock records in the order of their keys: nobody comes to refer to one before it is gone."""
    rows = with_references(register, records_of(register)).select_for_update(of=("self",))
    return {row.pk: row for row in rows.filter(pk__in=sorted(pks)).order_by("pk")}


def reason_to_keep(
    undoing: Undoing, row: Registered, change: RecordChange, history: History, moved: frozenset[int]
) -> Why | None:
    """Return why a record is left as it is, None where nothing of its own says so."""
    if not undoing.may(getattr(row, path_column(undoing.register))):
        return Why.FORBIDDEN
    if history.is_changed_since(change):
        return Why.CHANGED
    is_new = change.kind == RecordChange.Kind.CREATED
    if row.pk in moved and (is_new or "quantity" in change.after):
        return Why.MOVED
    if not is_new:
        said = as_json(values_of(undoing.register, row))
        if any(said.get(name) != value for name, value in change.after.items() if undoing.register.has(name)):
            return Why.CHANGED
    return None


def given_up(job: Job, is_cancelled: bool) -> None:
    """Let the rest be undone by another try."""
    SheetImport.objects.filter(pk=job.subject_id).update(stage=SheetImport.Stage.APPLIED)
