"""What a spreadsheet has spoilt before it was saved: errors in place of values, and numbers whose digits are gone."""

from __future__ import annotations

import re
from typing import Any

from youbei.engine.registers.field import FieldKind
from youbei.engine.text import Text

# What `sheets` puts into a cell whose formula was written by a program and never calculated.
NOT_CALCULATED = "#FORMULA?"
# What stands in a workbook for an outline that is longer than a cell can be; an import leaves the record's own.
TOO_LONG = "#too-long 太长，见 CSV 或 GeoJSON · see CSV or GeoJSON"
# Source: ECMA-376 part 1, 18.17.3 (error values), and those that Excel 365 added to them.
ERRORS = frozenset(
    {
        "#REF!",
        "#N/A",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#CONNECT!",
        "#UNKNOWN!",
        "#GETTING_DATA",
    }
)
# What Excel writes into a text file for a day or number whose column was too narrow to show it.
TOO_NARROW = re.compile(r"#{3,}")
# A long number as Excel shows it in a column that is not wide or not text: its last digits are not in the file.
SHORTENED = re.compile(r"\d(\.\d+)?E\+\d{2,3}", re.IGNORECASE)
# Excel keeps fifteen digits of a number; those behind are zeros.
MOST_WHOLE = 1e15
MARKS = frozenset({FieldKind.TEXT, FieldKind.CODE, FieldKind.PHONE, FieldKind.REFERENCE})


def spoilt(kind: FieldKind, cell: Any) -> Text | None:
    """Return what a spreadsheet did to a cell and how to mend it, None for a cell that is as it was written."""
    if cell.__class__ is float and kind in MARKS and abs(cell) >= MOST_WHOLE:
        return shortened(f"{cell:.0f}")
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    if text.startswith("#"):
        return instead_of_a_value(text)
    if kind in MARKS and SHORTENED.fullmatch(text):
        return shortened(text)
    return None


def instead_of_a_value(text: str) -> Text | None:
    if text == NOT_CALCULATED:
        return Text(
            "单元格里是还没有计算过的公式，没有结果。请用 Excel 或 WPS 打开文件，保存后再上传。",
            "The cell holds a formula that was never calculated. Open the file in Excel, save it and upload it again.",
        )
    if text.upper() in ERRORS:
        return Text(
            f"单元格里是 Excel 的错误值“{text}”。请改正公式，或直接填写内容；不填就清空单元格。",
            f"The cell holds the error “{text}” of Excel. Correct the formula, or write the value itself; leave the "
            "cell empty where there is none.",
        )
    if TOO_NARROW.fullmatch(text):
        return Text(
            "单元格里只有“#”：保存时列太窄。请把列拉宽后重新保存，或另存为 .xlsx。",
            "The cell holds nothing but #: its column was too narrow when the file was saved. Widen it and save again, "
            "or save it as .xlsx.",
        )
    return None


def shortened(text: str) -> Text:
    return Text(
        f"“{text}”是被 Excel 缩短的长数字，后面的数位已经丢失。请把这一列设为文本格式，再重新填写完整号码。",
        f"“{text}” is a long number that Excel shortened: its last digits are lost. Format the column as text and "
        "write the whole number again.",
    )
