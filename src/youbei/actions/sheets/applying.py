"""Write what a sheet says into its register, slice by slice; each slice is one transaction and is never done twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.registers.measures import words_of
from youbei.actions.sheets import lines
from youbei.actions.sheets.checking import as_entry, count, refers_to_itself
from youbei.actions.sheets.judge import IN_A_CIRCLE, Judge, Judged
from youbei.actions.stock.registered import bring_in_line
from youbei.actions.stock.stated import state
from youbei.engine.registers.field import FieldKind
from youbei.engine.registers.register import Register
from youbei.records.insert import insert_records, insert_rows, update_records
from youbei.records.models import Job, RecordChange, SheetImport, StockLot, User
from youbei.records.models.scope import Registered
from youbei.records.registers.carrying import carry_along
from youbei.records.registers.follow import follow
from youbei.records.registers.tables import model_of, path_column, register_called
from youbei.records.registers.values import as_json

BATCH = 1000


def apply_slice(job: Job, now: datetime) -> bool:
    """Write the next rows; return whether these were the last."""
    sheet = SheetImport.objects.select_for_update(of=("self",)).select_related("by").get(pk=job.subject_id)
    register = register_called(sheet.register)
    if "offset" not in job.state:
        job.total = sheet.rows
        job.state = {"offset": 0, "size": 0}
    batch, behind = lines.some_lines(sheet, job.state["offset"], BATCH)
    judged = until_one_waits(
        Judge(register, lines.columns(sheet), job.by, own_codes(sheet, register, batch), now=now).judge(batch)
    )
    write(register, judged, sheet, by=job.by, now=now)
    refused = [as_entry(one) for one in judged if one.problems]
    offset = behind[len(judged) - 1] if judged else job.state["offset"]
    job.state = {"offset": offset, "size": lines.keep_refused(sheet, job.state["size"], refused)}
    job.done += len(judged)
    count(sheet, judged)
    is_last = len(judged) == len(batch) < BATCH
    if is_last:
        finish(sheet, register, "register.imported", by=job.by, now=now)
        sheet.stage, sheet.applied_at = SheetImport.Stage.APPLIED, now
    sheet.save()
    return is_last


def own_codes(sheet: SheetImport, register: Register, batch: list[lines.Line]) -> frozenset[str]:
    """Return the codes that these rows enter themselves, where a register refers to itself."""
    positions = lines.columns(sheet)
    if not refers_to_itself(register) or "code" not in positions:
        return frozenset()
    return frozenset(lines.key_text(register, "code", line.cells[positions["code"]]) for line in batch)


def until_one_waits(judged: list[Judged]) -> list[Judged]:
    """Return the rows before the first that waits for another of this batch: it comes first in the next slice.

    A row that waits though it is the first hangs under itself, and is refused.
    """
    for index, one in enumerate(judged):
        if one.row is None and not one.problems:
            if index:
                return judged[:index]
            one.what = "refused"
            one.problems.append(("", IN_A_CIRCLE))
            return [one]
    return judged


def write(register: Register, judged: list[Judged], sheet: SheetImport, *, by: User | None, now: datetime) -> None:
    """Store a batch: what is new and what changed, what follows from it, and its history."""
    label = actor_for(by, now).label
    added = [one for one in judged if one.what == "added" and one.row is not None]
    changed = [one for one in judged if one.what == "changed" and one.row is not None]
    same = [one.row.pk for one in judged if one.what == "unchanged" and one.stated is None and one.row is not None]
    standing = {id(one): stands(one) for one in changed}
    for one in (*added, *changed):
        assert one.row is not None  # noqa: S101  (chosen so above)
        if one.stated is None:
            one.row.confirmed_at, one.row.confirmed_by = now, label
    model = model_of(register)
    insert_records(model, [one.row for one in added if one.row is not None])
    update_records(model, [one.row for one in changed if one.row is not None], columns_of(register, model))
    model._default_manager.filter(pk__in=same).update(confirmed_at=now, confirmed_by=label)
    stored = [one.row for one in (*added, *changed) if one.row is not None]
    follow(register, stored, now=now)
    moved = [one.row for one in changed if one.row is not None and "organisation" in one.fields_changed]
    carry_to_their_place(register, moved)
    bring_in_line(stored, by=by, now=now, source=sheet.source, reasons={row.pk: words_of(row) for row in stored})
    keep_stated(judged, sheet, by=by, now=now)
    made = [change_of(register, one, sheet, by=by, label=label, now=now) for one in (*added, *changed)]
    for change, one in zip(made, (*added, *changed), strict=True):
        change["before"] |= standing.get(id(one), {})
    insert_rows(RecordChange, made)


def keep_stated(judged: list[Judged], sheet: SheetImport, *, by: User | None, now: datetime) -> None:
    """Let the quantities wait that differ from the ledger, each with the sheet and the row it stood in."""
    said = [
        (one.row, one.stated, one.line.number) for one in judged if isinstance(one.row, StockLot) and not one.problems
    ]
    differing = [(row, stated, number) for row, stated, number in said if stated is not None]
    state(
        [(row, stated) for row, stated, _ in differing],
        by=by,
        now=now,
        source=sheet.source,
        reasons=[
            " · ".join(part for part in (words_of(row), sheet.name, str(number)) if part)
            for row, _, number in differing
        ],
    )


def stands(one: Judged) -> dict[str, Any]:
    """Return what an import changes of a record besides its fields, as the history keeps it: the undoing needs it."""
    assert one.row is not None  # noqa: S101  (what is stored next)
    said = {"confirmed_at": one.row.confirmed_at, "confirmed_by": one.row.confirmed_by}
    return as_json(said | ({"retired_at": one.retired_at} if one.retired_at is not None else {}))


def carry_to_their_place(register: Register, rows: Sequence[Registered]) -> None:
    """Let what hangs on records that came to another unit follow them."""
    by_path: dict[str, list[int]] = {}
    for row in rows:
        by_path.setdefault(row.org_path, []).append(row.pk)
    for path, pks in sorted(by_path.items()):
        carry_along(register, pks, path)


def change_of(
    register: Register, one: Judged, sheet: SheetImport, *, by: User | None, label: str, now: datetime
) -> dict[str, Any]:
    """Return the row that says what an import did to a record."""
    assert one.row is not None  # noqa: S101  (what was stored)
    is_new = one.what == "added"
    return {
        "register": register.name,
        "record_id": one.row.pk,
        "org_path": getattr(one.row, path_column(register)),
        "at": now,
        "by_id": by.pk if by is not None else None,
        "by_label": label,
        "kind": RecordChange.Kind.CREATED.value if is_new else RecordChange.Kind.CHANGED.value,
        "before": {} if is_new else as_json({name: one.before[name] for name in one.fields_changed}),
        "after": as_json({name: one.after[name] for name in one.fields_changed}),
        "source": sheet.source,
    }


def columns_of(register: Register, model: type[Registered]) -> list[str]:
    """Return the columns that a change of a record may touch."""
    stored = {field.name for field in model._meta.concrete_fields}
    asked = [field.name for field in register.fields if field.name in stored]
    if register.name == "team":
        asked.append("turn_out_s")
    if any(field.kind is FieldKind.REFERENCE and field.name == "site" for field in register.fields) and "lat" in stored:
        asked += ["lat", "lon"]
    path = [] if register.name == "organisation" else ["org_path"]
    return list(dict.fromkeys([*asked, *path, "confirmed_at", "confirmed_by", "retired_at"]))


def finish(sheet: SheetImport, register: Register, kind: str, *, by: User | None, now: datetime) -> None:
    """Say in the log what the import, or its undoing, came to."""
    data = {
        "register": register.name,
        "import": sheet.pk,
        "digest": sheet.digest,
        "added": sheet.added,
        "changed": sheet.changed,
        "unchanged": sheet.unchanged,
        "refused": sheet.refused,
        "kept_back": sheet.kept_back,
    }
    paths = by.paths_with(register.edit) if by is not None else ["/"]
    record(f"import:{sheet.pk}", [(kind, data)], by=actor_for(by, now), now=now, org_path=paths[0] if paths else "/")


def given_up(job: Job, is_cancelled: bool) -> None:
    """Say that the import stopped half way; what it has written can be undone."""
    stage = SheetImport.Stage.CANCELLED if is_cancelled else SheetImport.Stage.FAILED
    SheetImport.objects.filter(pk=job.subject_id).update(stage=stage)
