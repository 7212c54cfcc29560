"""Take in a sheet, settle which column is which field, and set the check, the import or the undoing going."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from youbei.actions import files
from youbei.actions.job_queue import cancel_job, queue_job
from youbei.actions.permit import not_allowed, not_found
from youbei.engine.errors import Refused
from youbei.engine.registers.register import Register
from youbei.records.models import ColumnChoice, Job, SheetImport, User
from youbei.records.registers.tables import may_enter, register_called
from youbei.sheets.match import Match, known_headings, match_columns, normal
from youbei.sheets.read import open_table

Stage = SheetImport.Stage
# Where the samples of an import name the other sheets of its file.
OTHERS = "sheets"


class ImportRefused(Refused):
    """Refuse a step of an import that cannot be taken as it stands."""


def upload_sheet(
    *,
    register: Register,
    name: str,
    chunks: Iterable[bytes],
    by: User | None,
    now: datetime,
    language: str,
    sheet: str = "",
) -> SheetImport:
    """Keep a file and find its headings; nothing is written into the register yet. `sheet` names one of several."""
    if by is not None and not may_enter(register, by):
        raise not_allowed(register.edit)
    digest = hashlib.sha256()

    def through(parts: Iterable[bytes]) -> Iterable[bytes]:
        for part in parts:
            digest.update(part)
            yield part

    kept = files.keep(through(chunks))
    try:
        row = SheetImport(
            register=register.name,
            by=by,
            name=name[:200],
            file=kept,
            digest=digest.hexdigest(),
            language=language,
            uploaded_at=now,
        )
        take_table(row, register, by, sheet)
        row.save()
        return row
    except BaseException:
        files.path_of(kept).unlink(missing_ok=True)
        raise


def take_table(row: SheetImport, register: Register, by: User | None, sheet: str) -> None:
    """Find the headings of a file, on the sheet of that name or on the best one."""
    known = known_headings(register)
    table = open_table(files.path_of(row.file), row.name, lambda heading: normal(heading) in known, sheet)
    row.sheet, row.samples = table.sheet[:100], {OTHERS: [name[:100] for name in table.others]}
    row.headings = list(table.header.headings)
    matches = match_columns(register, row.headings, remembered(register, by))
    row.matches = {match.heading: match.field for match in matches}


def other_sheets(row: SheetImport) -> list[str]:
    """Return which sheets of the same file have headings that mean something, too."""
    return list(row.samples.get(OTHERS, []))


@transaction.atomic
def choose_sheet(*, sheet: SheetImport, name: str, by: User | None) -> SheetImport:
    """Take another sheet of the file; its columns are matched anew."""
    row = at_stage(sheet, Stage.UPLOADED, Stage.CHECKED)
    if name not in other_sheets(row):
        raise ImportRefused(
            zh=f"文件里没有工作表“{name[:100]}”。请从列表中选择。",
            en=f"The file has no sheet {name[:100]!r}. Choose one of those that are listed.",
        )
    row.added = row.changed = row.unchanged = row.differing = row.refused = row.rows = 0
    take_table(row, register_called(row.register), by, name)
    row.stage = Stage.UPLOADED
    row.save()
    return row


def remembered(register: Register, by: User | None) -> dict[str, str]:
    if by is None:
        return {}
    return dict(ColumnChoice.objects.filter(user=by, register=register.name).values_list("heading", "field"))


def proposed_columns(sheet: SheetImport, by: User | None) -> list[Match]:
    """Return how the columns were matched, with how sure that is."""
    register = register_called(sheet.register)
    return match_columns(register, sheet.headings, remembered(register, by))


def own_import(pk: int, by: User) -> SheetImport:
    """Return an import of that user, or of anybody for who may edit the whole installation."""
    sheet = SheetImport.objects.select_related("job").filter(pk=pk).first()
    if sheet is None:
        raise not_found()
    if sheet.by_id != by.pk and not by.may(register_called(sheet.register).edit, "/"):
        raise not_found()
    return sheet


@transaction.atomic
def check_import(*, sheet: SheetImport, matches: Mapping[str, str], by: User | None, now: datetime) -> SheetImport:
    """Settle the columns, remember the choice, and queue the check of every row: the dry run."""
    row = at_stage(sheet, Stage.UPLOADED, Stage.CHECKED, Stage.FAILED, Stage.CANCELLED)
    demand_file(row)
    register = register_called(row.register)
    check_matches(register, row, matches)
    row.matches = {heading: matches.get(heading, "") for heading in row.headings}
    if by is not None:
        for heading, field in row.matches.items():
            ColumnChoice.objects.update_or_create(
                user=by, register=register.name, heading=heading[:120], defaults={"field": field}
            )
    row.added = row.changed = row.unchanged = row.differing = row.refused = row.rows = 0
    row.samples = {OTHERS: other_sheets(row)}
    row.stage = Stage.CHECKING
    row.job = queue_job("sheet_check", row.pk, by=by, now=now)
    row.save()
    return row


def demand_file(sheet: SheetImport) -> None:
    """Raise ImportRefused where the sheet is no longer kept."""
    if not files.path_of(sheet.file).exists():
        raise ImportRefused(
            zh=f"上传的表格只保留 {settings.KEEP_FILES_DAYS} 天，现已删除。请重新上传。",
            en=f"An uploaded sheet is kept for {settings.KEEP_FILES_DAYS} days; this one is gone. Upload it again.",
        )


def check_matches(register: Register, sheet: SheetImport, matches: Mapping[str, str]) -> None:
    chosen = [matches.get(heading, "") for heading in sheet.headings if matches.get(heading, "")]
    for name in chosen:
        if not register.has(name):
            raise ImportRefused(zh=f"没有字段“{name}”。", en=f"There is no field {name!r}.")
        if chosen.count(name) > 1:
            title = register.field(name).title
            raise ImportRefused(
                zh=f"有两列都对应“{title.zh}”。请只留一列，另一列选“不导入”。",
                en=f"Two columns are taken for {title.en}. Keep one and leave the other out.",
            )
    missing = [register.field(name) for name in register.key if register.field(name).is_required and name not in chosen]
    if missing:
        raise ImportRefused(
            zh=f"没有哪一列对应{'、'.join(f'“{field.title.zh}”' for field in missing)}，无法认出记录。请为它选一列。",
            en=f"No column is taken for {', '.join(field.title.en for field in missing)}, by which records are known. "
            "Choose one.",
        )


@transaction.atomic
def apply_import(*, sheet: SheetImport, by: User | None, now: datetime, only_good: bool = True) -> SheetImport:
    """Queue the import of what was checked. Rows that were refused are left out, if that is wanted."""
    row = at_stage(sheet, Stage.CHECKED)
    demand_file(row)
    if row.refused and not only_good:
        raise ImportRefused(
            zh=f"有 {row.refused} 行需要更正。请更正后重新上传，或只导入没有问题的行。",
            en=f"{row.refused} rows must be corrected. Correct and upload them, or import the good rows only.",
        )
    if not row.added + row.changed + row.unchanged:
        raise ImportRefused(zh="没有可以导入的行。", en="There is no row that can be imported.")
    row.added = row.changed = row.unchanged = row.differing = row.refused = 0
    row.stage = Stage.APPLYING
    row.job = queue_job("sheet_apply", row.pk, by=by, now=now)
    row.save()
    return row


@transaction.atomic
def undo_import(*, sheet: SheetImport, by: User | None, now: datetime) -> SheetImport:
    """Queue the undoing of an import: every record goes back to what it was, if nobody has changed it since."""
    row = at_stage(sheet, Stage.APPLIED, Stage.CANCELLED, Stage.FAILED)
    row.stage = Stage.UNDOING
    row.job = queue_job("sheet_undo", row.pk, by=by, now=now)
    row.save()
    return row


@transaction.atomic
def cancel_import(*, sheet: SheetImport) -> None:
    """Stop the check or the import that is going on; what it has written so far can be undone.

    The job is locked before the sheet, as a slice of it does: the other way round each might wait for the other.
    """
    key = SheetImport.objects.values_list("job_id", flat=True).get(pk=sheet.pk)
    Job.objects.select_for_update().filter(pk=key).first()
    row = at_stage(sheet, Stage.CHECKING, Stage.APPLYING, Stage.UNDOING)
    if row.job is not None:
        cancel_job(row.job)


def at_stage(sheet: SheetImport, *stages: str) -> SheetImport:
    row = SheetImport.objects.select_for_update(of=("self",)).select_related("job").get(pk=sheet.pk)
    is_busy = row.job is not None and row.job.status in (Job.Status.QUEUED, Job.Status.RUNNING)
    if row.stage not in stages or (is_busy and row.stage not in (Stage.CHECKING, Stage.APPLYING, Stage.UNDOING)):
        raise ImportRefused(
            zh="这次导入已到下一步，不能再这样做。请刷新页面看它现在的状态。",
            en="This import has gone on and cannot take that step. Reload the page to see where it stands.",
        )
    return row
