"""The records that an undoing left as the import had made them: which they are, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from youbei.actions.sheets.lines import entries_of, kept_path
from youbei.actions.sheets.standing import Why
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import SheetImport, User
from youbei.records.registers.pages import called
from youbei.records.registers.tables import records_of, register_called, visible
from youbei.records.registers.values import with_references
from youbei.sheets.write import guarded, line

AT_ONCE = 500
REASONS: Mapping[Why, Text] = {
    Why.CHANGED: Text("之后有人改过，请在其变更记录中核对", "Changed since: see its history"),
    Why.MOVED: Text("之后有出入库、预留或盘点", "Stock was moved, promised or counted since"),
    Why.REFERRED: Text("有其他记录引用它，请先处理那些记录", "Other records refer to it: see to those first"),
    Why.FORBIDDEN: Text("您已无权更改该单位的记录", "You may no longer change the records of that unit"),
    Why.GONE: Text("它原来引用的记录已停用", "What it referred to before is out of use"),
}
HEADINGS = (
    Text("记录编号", "Record number"),
    Text("编码", "Code"),
    Text("记录", "Record"),
    Text("原因", "Why it was left"),
)


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """A record that was left; without code and name where the reader may not see it, or where it is gone since."""

    pk: int
    why: Text
    code: str = ""
    name: Text = Text()


def kept_records(sheet: SheetImport, by: User | None) -> Iterator[KeptRecord]:
    """Yield the records that were left, in the order in which they were come upon."""
    register, entries = register_called(sheet.register), entries_of(kept_path(sheet))
    while some := list(islice(entries, AT_ONCE)):
        yield from described(register, [(one["record"], Why(one["why"])) for one in some], by)


def described(register: Register, kept: Sequence[tuple[int, Why]], by: User | None) -> Iterator[KeptRecord]:
    rows = visible(register, by) if by is not None else records_of(register)
    found = {row.pk: row for row in with_references(register, rows).filter(pk__in=[pk for pk, _ in kept])}
    for pk, why in kept:
        row = found.get(pk)
        if row is None:
            yield KeptRecord(pk, REASONS[why])
        else:
            yield KeptRecord(pk, REASONS[why], getattr(row, "code", ""), called(register, row))


def kept_text(sheet: SheetImport, by: User | None, language: str) -> Iterator[str]:
    """Yield the records that were left as text with commas, streamed."""
    yield "\ufeff" + line([one.in_language(language) for one in HEADINGS])
    for one in kept_records(sheet, by):
        name = one.name.in_language(language) if one.name else ""
        yield line([guarded(cell) for cell in (str(one.pk), one.code, name, one.why.in_language(language))])
