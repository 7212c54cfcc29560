"""Undo an import, slice by slice, from its last record to its first. What others have built on is left as it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import CASCADE, ProtectedError

from youbei.actions.actors import actor_for
from youbei.actions.registers.history import keep_change, read_values
from youbei.actions.registers.save import stored
from youbei.actions.sheets.applying import finish
from youbei.actions.stock.registered import bring_in_line, withdraw
from youbei.engine.registers.register import Register
from youbei.records.models import Job, RecordChange, SheetImport, TeamCapability
from youbei.records.models.scope import Registered
from youbei.records.registers.follow import complete, follow
from youbei.records.registers.references import References
from youbei.records.registers.tables import records_of, register_called
from youbei.records.registers.values import as_json, values_of, with_references

BATCH = 200
# Rows that are copies of what the record says, and go with it.
COPIES = frozenset({TeamCapability})


def undo_slice(job: Job, now: datetime) -> bool:
    """Undo the next records; return whether these were the last."""
    sheet = SheetImport.objects.select_for_update(of=("self",)).select_related("by").get(pk=job.subject_id)
    register = register_called(sheet.register)
    changes = RecordChange.objects.filter(source=sheet.source)
    if "before" not in job.state:
        job.total = changes.count()
        job.state = {"before": None, "kept": []}
        sheet.kept_back = 0
    if job.state["before"] is not None:
        changes = changes.filter(id__lt=job.state["before"])
    batch = list(changes.order_by("-id")[:BATCH])
    for change in batch:
        if not undo(register, change, job, now):
            sheet.kept_back += 1
            if len(job.state["kept"]) < BATCH:
                job.state["kept"].append(change.record_id)
        job.state["before"] = change.pk
    job.done += len(batch)
    if len(batch) < BATCH:
        finish(sheet, register, "register.undone", by=job.by, now=now)
        sheet.stage, sheet.undone_at = SheetImport.Stage.UNDONE, now
    sheet.save()
    return len(batch) < BATCH


def undo(register: Register, change: RecordChange, job: Job, now: datetime) -> bool:
    """Take one change back; return False, and leave the record alone, where somebody has built on it."""
    row = with_references(register, records_of(register)).filter(pk=change.record_id).first()
    if row is None or changed_later(change):
        return row is None
    if change.kind == RecordChange.Kind.CREATED:
        return remove(register, row, change, job, now)
    said = as_json(values_of(register, row))
    if any(said.get(name) != value for name, value in change.after.items()):
        return False
    before = values_of(register, row)
    for name, value in read_values(register, change.before).items():
        setattr(row, name, stored(register.field(name), value, References(None)))
    complete(register, [row])
    row.save()
    follow(register, [row], now=now)
    bring_in_line([row], by=job.by, now=now, source=f"undo:{job.subject_id}")
    after = values_of(register, row)
    back = [name for name in after if before[name] != after[name]]
    was, now_it_says = {name: before[name] for name in back}, {name: after[name] for name in back}
    kind = RecordChange.Kind.CHANGED
    keep_change(register, row, kind, was, now_it_says, by=job.by, now=now, source=f"undo:{job.subject_id}")
    return True


def changed_later(change: RecordChange) -> bool:
    later = RecordChange.objects.filter(register=change.register, record_id=change.record_id, id__gt=change.pk)
    own = (change.source, change.source.replace("import:", "undo:"))
    return later.exclude(source__in=own).exclude(kind=RecordChange.Kind.CONFIRMED).exists()


def remove(register: Register, row: Registered, change: RecordChange, job: Job, now: datetime) -> bool:
    """Delete a record that the import entered, unless something else has come to refer to it."""
    for relation in row._meta.related_objects:
        if relation.related_model in COPIES:
            continue
        if relation.on_delete is CASCADE and refers(relation, row):
            return False
    pk, path = row.pk, change.org_path
    try:
        with transaction.atomic():
            withdraw(row, by=job.by, now=now, source=f"undo:{job.subject_id}")
            row.delete()
    except ProtectedError:
        return False
    RecordChange.objects.create(
        register=register.name,
        record_id=pk,
        org_path=path,
        at=now,
        by=job.by,
        by_label=actor_for(job.by, now).label,
        kind=RecordChange.Kind.REMOVED,
        source=f"undo:{job.subject_id}",
    )
    return True


def refers(relation: Any, row: Registered) -> bool:
    found: bool = relation.related_model._default_manager.filter(**{relation.field.name: row}).exists()
    return found


def given_up(job: Job, is_cancelled: bool) -> None:
    """Let the rest be undone by another try."""
    SheetImport.objects.filter(pk=job.subject_id).update(stage=SheetImport.Stage.APPLIED)
