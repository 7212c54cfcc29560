"""Take a register away as a file: exactly what a list shows, for who may, and the log says so before a byte leaves."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.permit import not_allowed
from youbei.actions.sheets.hospitals import hospitals, hospitals_among
from youbei.actions.sheets.lines import columns, refused_rows
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.exchange.have import write_have
from youbei.engine.privacy import Purpose, purpose_called
from youbei.engine.registers.field import with_title
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import SheetImport, User
from youbei.records.registers.filters import ALL, Filters, narrowed
from youbei.records.registers.tables import model_of, order_of, records_of, register_called, visible
from youbei.records.registers.values import Values, values_of, with_references
from youbei.sheets.geo import write_geojson, write_kml
from youbei.sheets.stream import stream_workbook
from youbei.sheets.write import write_csv, write_refused

FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "kml": "application/vnd.google-earth.kml+xml",
    "have": "application/xml",
}
GEOGRAPHIC = frozenset({"geojson", "kml"})
# EDXL-HAVE tells of hospitals, which stand in the register of sites.
HAVE, HAVE_REGISTER = "have", "site"
# Where the end of a file's name is not the format's.
ENDINGS = {"have": "have.xml"}
# Excel's own limit, less the headings; text has none.
MOST_IN_WORKBOOK = 1_048_575
AT_ONCE = 1000
PIECE = 1 << 16


class ExportRefused(Refused):
    """Refuse an export that cannot be made as it is wanted."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file as it leaves: its name, its kind, and its content piece by piece."""

    name: str
    content_type: str
    content: Iterator[bytes]
    count: int


def export_register(
    *,
    register: Register,
    by: User | None,
    now: datetime,
    form: str,
    language: str,
    filters: Filters = ALL,
    reason: str = "",
) -> Export:
    """Return the records that fit as a file in one of `FORMATS`, streamed.

    Personal columns are in it where a `reason` (the code of a `Purpose`) is given, and then only records of units for
    which the user may see personal data; without a reason they are left out. The export stands in the log.
    """
    check_form(register, form)
    rows = exportable(register, by)
    purpose = purpose_called(reason) if reason.strip() else None
    personal = register.personal if purpose else frozenset()
    if personal and by is not None:
        if not by.paths_with(Permission.SEE_PERSONAL):
            raise not_allowed(Permission.SEE_PERSONAL)
        rows = rows & model_of(register)._default_manager.visible_to(by, Permission.SEE_PERSONAL)  # type: ignore[attr-defined]
    rows = narrowed(register, rows, filters, now)
    if form in GEOGRAPHIC:
        rows = rows.exclude(without_place(register))
    elif form == HAVE:
        rows = hospitals_among(rows)
    count = rows.order_by().count()
    if form == "xlsx" and count > MOST_IN_WORKBOOK:
        raise ExportRefused(
            zh=f"共 {count} 条，超过一个 Excel 文件的上限 {MOST_IN_WORKBOOK} 条。请缩小筛选范围，或导出 CSV。",
            en=f"These are {count} records, more than the {MOST_IN_WORKBOOK} of one workbook. Narrow the filters, or "
            "take CSV.",
        )
    note(register, by, now, form, filters, count, purpose)
    without = register.personal - personal
    name = f"{register.name}-{timezone.localtime(now):%Y%m%d-%H%M}.{ENDINGS.get(form, form)}"
    return Export(name, FORMATS[form], content(register, rows, count, form, language, without), count)


def check_form(register: Register, form: str) -> None:
    if form not in forms_of(register):
        offered = ", ".join(forms_of(register))
        raise ExportRefused(
            zh=f"{register.title.zh}不能导出为“{form[:20]}”。可用格式：{offered}。",
            en=f"{register.title.en} cannot be exported as {form[:20]!r}. Formats: {offered}.",
        )


def forms_of(register: Register) -> tuple[str, ...]:
    """Return the formats in which a register leaves."""
    return tuple(
        form
        for form in FORMATS
        if (register.has_place or form not in GEOGRAPHIC) and (form != HAVE or register.name == HAVE_REGISTER)
    )


def without_place(register: Register) -> Q:
    """Select what has neither a point nor an outline: it is in no file for maps, and is not counted as if it were."""
    has_no_point = Q(lat__isnull=True) | Q(lon__isnull=True)
    if not register.has("geometry"):
        return has_no_point
    return has_no_point & (Q(geometry__isnull=True) | Q(geometry=None) | Q(geometry={}))


def exportable(register: Register, by: User | None) -> Any:
    """Return what a user may take away."""
    if by is None:
        return records_of(register)
    if not by.paths_with(Permission.EXPORT_REGISTER):
        raise not_allowed(Permission.EXPORT_REGISTER)
    if not register.owners:
        return visible(register, by)
    return visible(register, by) & model_of(register)._default_manager.visible_to(by, Permission.EXPORT_REGISTER)  # type: ignore[attr-defined]


@transaction.atomic
def note(
    register: Register, by: User | None, now: datetime, form: str, filters: Filters, count: int, purpose: Purpose | None
) -> None:
    said: dict[str, Any] = {
        **filters.words,
        **{name: [str(day) for day in span] for name, span in filters.days.items()},
    }
    if filters.text:
        # The words themselves may name a person.
        said["q"] = True
    if filters.unit:
        said["unit"] = filters.unit
    data: dict[str, Any] = {"register": register.name, "format": form, "filters": said, "count": count}
    if purpose:
        data |= {"personal": True, "purpose": purpose.value}
    paths = by.paths_with(Permission.EXPORT_REGISTER) if by is not None else ["/"]
    actor = actor_for(by, now)
    record(f"register:{register.name}", [("register.exported", data)], by=actor, now=now, org_path=paths[0])


def records(register: Register, rows: Any) -> Iterator[Values]:
    """Yield the values of records, a thousand in memory at a time, all as they were when the first was read.

    On PostgreSQL this takes a transaction: without one the server would first write all of them aside. On SQLite a
    transaction would keep everybody else from writing, and one statement reads from one state anyway.
    """
    walked = with_references(register, rows).order_by(*order_of(register))
    with transaction.atomic() if connection.vendor == "postgresql" else contextlib.nullcontext():
        for row in walked.iterator(chunk_size=AT_ONCE):
            yield values_of(register, row)


def content(
    register: Register, rows: Any, count: int, form: str, language: str, without: frozenset[str]
) -> Iterator[bytes]:
    zone = timezone.get_current_timezone()
    if form == HAVE:
        yield from in_pieces(write_have(hospitals(rows.order_by(*order_of(register)), language)))
        return
    said = records(register, rows)
    if form == "xlsx":
        yield from stream_workbook(register, said, count=count, language=language, zone=zone, without=without)
        return
    if form == "csv":
        text = write_csv(register, said, language=language, zone=zone, without=without)
    elif form == "geojson":
        text = write_geojson(register, said, language=language, without=without)
    else:
        text = write_kml(register, said, language=language, without=without)
    yield from in_pieces(text)


def in_pieces(text: Iterator[str]) -> Iterator[bytes]:
    """Gather short pieces, so that a row does not cost a write of its own."""
    waiting: list[str] = []
    size = 0
    for part in text:
        waiting.append(part)
        size += len(part)
        if size >= PIECE:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()


def template(register: Register, language: str) -> bytes:
    """Return an empty sheet of a register, with the explanation of its columns."""
    return b"".join(stream_workbook(register, (), count=0, language=language))


def refused_sheet(sheet: SheetImport, language: str) -> bytes:
    """Return the rows that an import refused as they came, with what is wrong: corrected, they can be uploaded."""
    register = register_called(sheet.register)
    positions = columns(sheet)
    tongue = 1 if language.lower().startswith("zh") else 2

    def rows() -> Iterator[tuple[list[Any], dict[int, str], str]]:
        for entry in refused_rows(sheet):
            wrong = {positions[name]: str(why[tongue - 1]) for name, *why in entry["problems"] if name in positions}
            said = " ".join(f"[{entry['number']}]{titled(register, problem, tongue)}" for problem in entry["problems"])
            yield entry["cells"], wrong, said

    with tempfile.TemporaryDirectory(prefix="youbei-refused-") as place:
        path = Path(place) / "refused.xlsx"
        write_refused(path, sheet.headings, rows(), language=language)
        return path.read_bytes()


def titled(register: Register, problem: list[str], tongue: int) -> str:
    name, zh, en = problem
    said = with_title(register.field(name).title, Text(zh, en)) if name else Text(zh, en)
    return f" {said.in_language('zh' if tongue == 1 else 'en')}"
