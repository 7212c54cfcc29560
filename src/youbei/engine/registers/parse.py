"""From what stands in a cell of a sheet or a form to a value of a field, or a sentence that says what is wrong."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from youbei.engine.errors import Refused
from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.registers.packs import Measured, read_measured
from youbei.engine.registers.spellings import FOLDED, FOR_GOOD, LASTING, NO, NOTHING, WIDE_MARKS, YES
from youbei.engine.registers.spoilt import spoilt
from youbei.engine.shape_text import read_shape
from youbei.engine.shapes import ShapeRefused

SPLIT = re.compile(r"[;；,，、\n|]+")
CODE = re.compile(r"[a-z0-9][a-z0-9_./-]*")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE = re.compile(r"[0-9+()（）\- —~转extEXT.,、/／;；]{3,40}")
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*[日号]?)?")
CLOCK = re.compile(r"(\d{1,2})[:：时](\d{1,2})(?:[:：分](\d{1,2}))?")
DEGREES = re.compile(
    r"([NSEW东西南北]?)\s*(\d+(?:\.\d+)?)[°度]\s*(?:(\d+(?:\.\d+)?)['′分])?\s*(?:(\d+(?:\.\d+)?)[\"″秒])?\s*([NSEW]?)"
)
# Source: ECMA-376 part 1, 18.17.4: serial 60 is the day 1900-02-29 that never was, so later days count from 1899-12-30.
EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  (a day of a sheet has no zone)
# From 1927 to 2173: a smaller or larger number is no day of ours but a year (2026) or a month (202603).
EXCEL_DAYS = (10_000.0, 100_000.0)


class CellRefused(Refused):
    """Refuse what stands in a cell, with why and what to write instead."""

    status = 422


def parse(field: Field, cell: Any, zone: tzinfo = UTC) -> Any:
    """Return the value a cell stands for, None where it says nothing; raise CellRefused for what the field cannot take.

    `cell` is text, or a number, bool, date or datetime as a sheet holds it; `zone` is what times without one are in.
    """
    if isinstance(cell, Measured) and field.in_units_of:
        return cell
    if (why := spoilt(field.kind, cell)) is not None:
        raise CellRefused(zh=f"“{field.title.zh}”：{why.zh}", en=f"{field.title.en}: {why.en}")
    # One of the choices may be called “none”.
    if is_nothing(cell) and not (isinstance(cell, str) and known_code(field, cell)):
        if field.is_required:
            raise CellRefused(zh=f"“{field.title.zh}”必须填写。", en=f"{field.title.en} is required: enter a value.")
        return None
    if field.name in LASTING and isinstance(cell, str) and plain(cell).casefold() in FOR_GOOD:
        return None
    if field.kind in (FieldKind.DATE, FieldKind.MOMENT):
        return PARSERS[field.kind](field, cell) if field.kind is FieldKind.DATE else as_moment(field, cell, zone)
    return PARSERS[field.kind](field, cell)


def is_nothing(cell: Any) -> bool:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return True
    if isinstance(cell, str):
        return plain(cell).casefold() in NOTHING
    return isinstance(cell, (list, tuple, dict, set)) and not cell


def plain(text: str) -> str:
    """Return text without control characters and outer space; full-width letters and digits become plain ones."""
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = text.translate(FOLDED)
    if not kept.isprintable():
        kept = "".join(c for c in kept if c in "\n\t" or unicodedata.category(c)[0] != "C")
    return unicodedata.normalize("NFC", kept).strip()


def shown(cell: Any) -> str:
    """Return a cell as it is quoted in a refusal."""
    text = plain(str(cell))
    return text if len(text) <= 40 else f"{text[:39]}…"


def as_text(field: Field, cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = plain(str(cell))
    if field.kind is not FieldKind.LONG_TEXT:
        text = re.sub(r"\s+", " ", text)
    if field.choices and field.kind is FieldKind.TEXT:
        text = "; ".join(known_code(field, part) or plain(part) for part in several(text))
    if len(text) > field.max_length:
        raise CellRefused(
            zh=f"“{field.title.zh}”最多 {field.max_length} 个字符，现有 {len(text)} 个。请缩短。",
            en=f"{field.title.en} takes {field.max_length} characters at most and has {len(text)}. Shorten it.",
        )
    return text


def as_code(field: Field, cell: Any) -> str:
    text = known_code(field, str(cell)) or as_text(field, cell).translate(WIDE_MARKS).lower()
    if not CODE.fullmatch(text):
        raise CellRefused(
            zh=f"“{shown(cell)}”不能作代码：只用字母、数字和 - _ . /，并以字母或数字开头。",
            en=f"“{shown(cell)}” cannot be a code: take letters, digits and - _ . /, beginning with a letter or digit.",
        )
    return text


def as_number(field: Field, cell: Any) -> Decimal:
    """Read a number: as one, or as text with thousands separators, full-width digits, or the field's unit behind it."""
    if isinstance(cell, bool):
        raise not_a_number(field, cell)
    text = plain(str(cell)).replace("．", ".").replace("－", "-").replace("−", "-")
    for unit in (field.unit.zh, field.unit.en):
        if unit and text.endswith(unit):
            text = text[: -len(unit)].strip()
    if re.fullmatch(r"[+-]?\d{1,3}([,，]\d{3})+(\.\d+)?", text):
        text = text.replace(",", "").replace("，", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise not_a_number(field, cell) from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise not_a_number(field, cell)
    check_bounds(field, number)
    return number if number else abs(number)


def not_a_number(field: Field, cell: Any) -> CellRefused:
    return CellRefused(
        zh=f"“{field.title.zh}”要填数字，“{shown(cell)}”不是。请只写数字。",
        en=f"{field.title.en} takes a number, and “{shown(cell)}” is none. Write digits only.",
    )


def check_bounds(field: Field, number: Decimal) -> None:
    if field.least is not None and number < field.least:
        raise CellRefused(
            zh=f"“{field.title.zh}”不能小于 {field.least}，填的是 {number}。",
            en=f"{field.title.en} cannot be less than {field.least}; it says {number}.",
        )
    if field.most is not None and number > field.most:
        raise CellRefused(
            zh=f"“{field.title.zh}”不能大于 {field.most}，填的是 {number}。",
            en=f"{field.title.en} cannot be more than {field.most}; it says {number}.",
        )


def as_integer(field: Field, cell: Any) -> int:
    number = as_number(field, cell)
    if number != number.to_integral_value():
        raise CellRefused(
            zh=f"“{field.title.zh}”要填整数，填的是 {shown(cell)}。",
            en=f"{field.title.en} takes a whole number; it says {shown(cell)}.",
        )
    return int(number)


def as_decimal(field: Field, cell: Any) -> Decimal | Measured:
    """Read a decimal of three places, or a quantity in packs as it was written: what that comes to, the item says."""
    if field.in_units_of and isinstance(cell, str) and (said := read_measured(plain(cell))) is not None:
        return said
    return exact(field, cell)


def exact(field: Field, cell: Any) -> Decimal:
    if isinstance(cell, float):
        cell = repr(round(cell, 9))
    number = as_number(field, cell)
    kept = number.quantize(Decimal("0.001"))
    if kept != number:
        raise CellRefused(
            zh=f"“{field.title.zh}”最多三位小数，填的是 {shown(cell)}。",
            en=f"{field.title.en} takes three decimal places at most; it says {shown(cell)}.",
        )
    return kept.normalize() if kept != kept.to_integral_value() else kept.quantize(Decimal(1))


def not_a_day(field: Field, cell: Any) -> CellRefused:
    return CellRefused(
        zh=f"“{field.title.zh}”要填日期，“{shown(cell)}”不是。请写成 2026-11-25。",
        en=f"{field.title.en} takes a date, and “{shown(cell)}” is none. Write it like 2026-11-25.",
    )


def serial_moment(cell: Any) -> datetime | None:
    """Return the day and time of an Excel serial number, None where the cell is none."""
    number = cell
    if isinstance(cell, str) and re.fullmatch(r"\d{5}(\.\d+)?", plain(cell)):
        number = float(plain(cell))
    if isinstance(number, bool) or not isinstance(number, (int, float, Decimal)):
        return None
    if not EXCEL_DAYS[0] <= float(number) < EXCEL_DAYS[1]:
        return None
    return EXCEL_EPOCH + timedelta(seconds=round(float(number) * 86_400))


def local_moment(field: Field, cell: Any) -> datetime:
    """Read a day, with a time where there is one, as a datetime that may have no zone."""
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    said = plain(str(cell)).rstrip(".。")
    compact = re.fullmatch(r"(19|20)\d{6}(\.0)?", said)
    if compact is None and (serial := serial_moment(cell)) is not None:
        return serial
    text = f"{said[:4]}-{said[4:6]}-{said[6:8]}" if compact else said
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    found = DAY.match(text)
    if found is None or found[3] is None:
        raise not_a_day(field, cell)
    rest = text[found.end() :].strip(" T")
    clock = CLOCK.fullmatch(rest.removesuffix("秒").removesuffix("分")) if rest else None
    if rest and clock is None:
        raise not_a_day(field, cell)
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        hour = time(int(clock[1]), int(clock[2]), int(clock[3] or 0)) if clock else time()
    except ValueError:
        raise not_a_day(field, cell) from None
    return datetime.combine(day, hour)


def as_date(field: Field, cell: Any) -> date:
    return local_moment(field, cell).date()


def as_moment(field: Field, cell: Any, zone: tzinfo) -> datetime:
    moment = local_moment(field, cell)
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (OverflowError, ValueError):
        raise not_a_day(field, cell) from None


def as_flag(field: Field, cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    word = plain(str(cell)).casefold()
    if word in YES or word in NO:
        return word in YES
    raise CellRefused(
        zh=f"“{field.title.zh}”填“是”或“否”，不能填“{shown(cell)}”。",
        en=f"{field.title.en} takes yes or no, not “{shown(cell)}”.",
    )


def known_code(field: Field, word: str) -> str | None:
    wanted = plain(word).casefold()
    for choice in field.choices:
        if wanted in (choice.code.casefold(), choice.title.zh.casefold(), choice.title.en.casefold()):
            return choice.code
    return None


def choice_code(field: Field, word: str) -> str:
    """Return the code of a choice, from its code, its title in either language, or the beginning of one Chinese title
    alone: 专业 for 专业队伍."""
    if (code := known_code(field, word)) is not None:
        return code
    begins = plain(word)
    if len(begins) > 1 and not begins.isascii():
        meant = [choice.code for choice in field.choices if choice.title.zh.startswith(begins)]
        if len(meant) == 1:
            return meant[0]
    zh = "、".join(choice.title.zh for choice in field.choices[:12])
    en = ", ".join(choice.title.en for choice in field.choices[:12])
    more = len(field.choices) > 12
    raise CellRefused(
        zh=f"“{field.title.zh}”没有“{shown(word)}”这一项。可填：{zh}{'等' if more else ''}。",
        en=f"{field.title.en} has no “{shown(word)}”. Choose from: {en}{' ...' if more else ''}.",
    )


def as_choice(field: Field, cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return choice_code(field, str(cell))


def several(cell: Any) -> list[str]:
    if isinstance(cell, (list, tuple)):
        return [str(part) for part in cell]
    return [part for part in SPLIT.split(str(cell)) if plain(part)]


def as_choices(field: Field, cell: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(choice_code(field, part) for part in several(cell)))


def as_grades(field: Field, cell: Any) -> dict[str, int]:
    """Read `hazmat:1; 医疗救护:2`: what, and of which type; without a type the middle one that promises least, 4."""
    pairs = [f"{code}:{grade}" for code, grade in cell.items()] if isinstance(cell, Mapping) else several(cell)
    found: dict[str, int] = {}
    for pair in pairs:
        word, _, grade = plain(pair).replace("：", ":").replace("=", ":").rpartition(":")
        if not word:
            word, grade = grade, "4"
        if grade.strip() not in {"1", "2", "3", "4"}:
            raise CellRefused(
                zh=f"“{shown(pair)}”的类型应为 1 至 4（1 能力最强）。请写成“能力:类型”。",
                en=f"The type in “{shown(pair)}” must be 1 to 4 (1 is the most capable). Write capability:type.",
            )
        found[choice_code(field, word)] = int(grade)
    return found


def as_degrees(field: Field, cell: Any) -> float:
    """Read degrees, as a decimal number or as degrees, minutes and seconds."""
    text = plain(str(cell)).upper()
    found = DEGREES.fullmatch(text)
    if found:
        degrees = float(found[2]) + float(found[3] or 0) / 60 + float(found[4] or 0) / 3600
        value = -degrees if (found[1] or found[5]) in ("S", "W", "南", "西") else degrees
    else:
        try:
            value = float(text)
        except ValueError:
            raise not_degrees(field, cell) from None
    limit = 90 if field.kind is FieldKind.LATITUDE else 180
    if not -limit <= value <= limit:
        raise not_degrees(field, cell)
    return round(value, 7)


def not_degrees(field: Field, cell: Any) -> CellRefused:
    limit = 90 if field.kind is FieldKind.LATITUDE else 180
    return CellRefused(
        zh=f"“{field.title.zh}”要填 -{limit} 至 {limit} 的度数，如 34.6012；“{shown(cell)}”不是。",
        en=f"{field.title.en} takes degrees from -{limit} to {limit}, such as 34.6012; “{shown(cell)}” is not.",
    )


def as_phone(field: Field, cell: Any) -> str:
    text = as_text(field, cell)
    if not PHONE.fullmatch(text) or sum(letter.isdigit() for letter in text) < 3:
        raise CellRefused(
            zh=f"“{shown(cell)}”不像电话号码。请写成 0518-12345678 或 13800000000。",
            en=f"“{shown(cell)}” is no telephone number. Write it like 0518-12345678 or +86 138 0000 0000.",
        )
    return text


def as_email(field: Field, cell: Any) -> str:
    text = as_text(field, cell)
    if not EMAIL.fullmatch(text):
        raise CellRefused(
            zh=f"“{shown(cell)}”不是电子邮箱地址。请写成 name@example.org。",
            en=f"“{shown(cell)}” is no e-mail address. Write it like name@example.org.",
        )
    return text


def as_geometry(field: Field, cell: Any) -> dict[str, Any]:
    """Read a shape: points line by line, GeoJSON, KML or WKT; it must hold (see `engine.shapes`)."""
    try:
        return read_shape(cell)
    except ShapeRefused as refusal:
        said = refusal.text
        raise CellRefused(zh=f"“{field.title.zh}”：{said.zh}", en=f"{field.title.en}: {said.en}") from None


def as_reference(field: Field, cell: Any) -> str:
    """Return what names the record that is meant: its key, or its name. Which record that is, the registers say."""
    return as_text(field, cell)


PARSERS: Mapping[FieldKind, Callable[[Field, Any], Any]] = {
    FieldKind.TEXT: as_text,
    FieldKind.LONG_TEXT: as_text,
    FieldKind.CODE: as_code,
    FieldKind.INTEGER: as_integer,
    FieldKind.DECIMAL: as_decimal,
    FieldKind.DATE: as_date,
    FieldKind.FLAG: as_flag,
    FieldKind.CHOICE: as_choice,
    FieldKind.CHOICES: as_choices,
    FieldKind.GRADES: as_grades,
    FieldKind.REFERENCE: as_reference,
    FieldKind.LATITUDE: as_degrees,
    FieldKind.LONGITUDE: as_degrees,
    FieldKind.PHONE: as_phone,
    FieldKind.EMAIL: as_email,
    FieldKind.GEOMETRY: as_geometry,
}
