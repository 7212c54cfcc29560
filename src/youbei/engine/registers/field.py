"""A column of a register, described once for lists, forms, sheets, search and statistics."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from youbei.engine.text import Text


class FieldKind(StrEnum):
    """What a value is. In brackets: its Python type, as `parse` returns it; None stands for "not given"."""

    TEXT = "text"  # str
    LONG_TEXT = "long_text"  # str, several lines
    CODE = "code"  # str: lower-case letters, digits, - _ /
    INTEGER = "integer"  # int
    DECIMAL = "decimal"  # Decimal
    DATE = "date"  # date
    MOMENT = "moment"  # aware datetime in UTC
    FLAG = "flag"  # bool
    CHOICE = "choice"  # str: the code of a choice
    CHOICES = "choices"  # tuple[str, ...]: codes of choices
    GRADES = "grades"  # dict[str, int]: code of a choice -> type from 1 (most capable) to 4
    REFERENCE = "reference"  # str: the key of a record of `refers_to`
    LATITUDE = "latitude"  # float, degrees north, WGS 84
    LONGITUDE = "longitude"  # float, degrees east, WGS 84
    PHONE = "phone"  # str
    EMAIL = "email"  # str
    GEOMETRY = "geometry"  # dict: a GeoJSON geometry


NUMBERS = frozenset({FieldKind.INTEGER, FieldKind.DECIMAL})
TEXTS = frozenset({FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.CODE, FieldKind.PHONE, FieldKind.EMAIL})


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values a field can take; `title` is what people read and may write."""

    code: str
    title: Text


@dataclass(frozen=True, slots=True)
class Field:
    """Describe one column.

    `name` is the model's column and the key in the values of a record; a REFERENCE is a foreign key of that name, and
    its value is the key of the record it points to. `least` and `most` bound numbers; `max_length` bounds text. A CODE
    with `choices` is one of them or another code, a TEXT with `choices` lists several, separated by semicolons.
    `stand_in` names the field whose text is shown where this one is empty: a partner that is only named.
    `not_future`: it tells when something happened, so a day or a moment that is still to come is refused.
    `in_units_of` names the reference to the item whose packs a quantity may be written in (“3 箱”).
    `code_of` names a register: the text is the code of one of its records under the same owner, as a role of a team.
    """

    name: str
    title: Text
    kind: FieldKind = FieldKind.TEXT
    is_required: bool = False
    choices: tuple[Choice, ...] = ()
    refers_to: str = ""
    unit: Text = Text()
    help: Text = Text()
    aliases: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    max_length: int = 200
    default: Any = None
    is_personal: bool = False
    is_filter: bool = False
    is_searched: bool = False
    is_listed: bool = True
    stand_in: str = ""
    code_of: str = ""
    not_future: bool = False
    in_units_of: str = ""

    def choice(self, code: str) -> Choice | None:
        return next((choice for choice in self.choices if choice.code == code), None)

    def choice_title(self, code: str) -> Text:
        """Return what a code is called; a code that is no longer offered stands for itself."""
        found = self.choice(code)
        return found.title if found else Text(code, code)


def with_title(title: Text, why: Text) -> Text:
    """Put the title of a field before a sentence about it, unless the sentence begins with it."""
    zh = why.zh if why.zh.startswith(f"“{title.zh}”") else f"“{title.zh}”：{why.zh}"
    return Text(zh, why.en if why.en.startswith(title.en) else f"{title.en}: {why.en}")


def choices(**titles: tuple[str, str]) -> tuple[Choice, ...]:
    """Make choices from `code=(Chinese, English)`."""
    return tuple(Choice(code, Text(zh, en)) for code, (zh, en) in titles.items())
