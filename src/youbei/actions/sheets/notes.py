"""Rows of a sheet that are no records: remarks below the table, sums, and what a template says of its own columns.

Only a row that could not be taken anyway is passed over, and every one of them is named in the check.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from youbei.actions.sheets.lines import Line
from youbei.engine.registers.parse import is_nothing, plain
from youbei.engine.registers.register import Register

# Where the samples of an import keep the first of these rows, and how many there are.
NOTES, NOTE_COUNT = "notes", "note_count"
SHOWN = 20
SUMS = frozenset({"合计", "总计", "小计", "共计", "累计", "合 计", "总 计", "小 计", "total", "sum", "subtotal"})
REMARK = re.compile(
    r"(备注|说明|注意|附注|注|填表人|填报人|填报单位|填报日期|制表人?|审核人?|审批人?|负责人签字|单位负责人|联系人|以上|note|notes|remark|remarks"
    r"|prepared by|checked by)\s*[:：\d(（、，]",
    re.IGNORECASE,
)
EXAMPLE = re.compile(r"(例|例如|示例|如|填写示例|example|e\.g\.)\s*[:：]", re.IGNORECASE)
# What a template writes below its headings.
DEMANDS = frozenset({"必填", "选填", "可填", "可选", "非必填", "required", "optional", "*"})


def is_note(register: Register, line: Line, positions: Mapping[str, int]) -> bool:
    """Say whether a row is a remark, a sum, an example or a demand of a template, and lacks what a record must have."""
    said = [plain(str(cell)) for cell in line.cells if not is_nothing(cell)]
    if not said:
        return False
    if all(word.casefold() in DEMANDS for word in said) or EXAMPLE.match(said[0]):
        return True
    return lacks(register, line.cells, positions) and bool(said[0].casefold() in SUMS or REMARK.match(said[0]))


def lacks(register: Register, cells: Sequence[Any], positions: Mapping[str, int]) -> bool:
    needed = [positions[field.name] for field in register.fields if field.is_required and field.name in positions]
    return any(is_nothing(cells[at]) for at in needed)


def keep_notes(samples: dict[str, Any], found: Sequence[Line]) -> None:
    """Remember which rows were passed over: the number of each of the first, and how it begins."""
    kept = samples.setdefault(NOTES, [])
    for line in found[: SHOWN - len(kept)]:
        first = next(plain(str(cell)) for cell in line.cells if not is_nothing(cell))
        kept.append([line.number, first[:60]])
    samples[NOTE_COUNT] = samples.get(NOTE_COUNT, 0) + len(found)
