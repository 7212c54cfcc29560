"""Shapes of data: each reads one kind of value from a file, writes it back, and describes itself as JSON Schema.

One table of shapes (`language.py`) gives the reader, the writer and the schema, so that they cannot disagree. A shape
that cannot read a value gathers a problem and returns `BAD`; reading goes on, so that a file learns all its problems.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, Final, Protocol

from youbei.engine.plans.problems import At, meant
from youbei.engine.text import Text

Schema = dict[str, Any]
Defs = dict[str, Schema]


class _Bad:
    def __repr__(self) -> str:
        return "BAD"


BAD: Final = _Bad()


class Shape(Protocol):
    """Read, write and describe one kind of value."""

    def read(self, value: Any, at: At) -> Any: ...

    def write(self, value: Any) -> Any: ...

    def schema(self, defs: Defs) -> Schema: ...


def read_string(value: Any, at: At) -> Any:
    """Return a string that every door can store, or BAD: no control characters and no halves of characters."""
    if not isinstance(value, str):
        at.expected(value, zh="文字", en="text", cure_zh="请用引号括起。", cure_en="Put it in quotes.")
        return BAD
    for letter in value:
        if (letter < " " and letter not in "\n\t\r") or letter == "\x7f" or "\ud800" <= letter <= "\udfff":
            at.wrong(
                f"文字中有不可用的字符 U+{ord(letter):04X}。",
                f"the text holds the character U+{ord(letter):04X}, which cannot be stored.",
                cure_zh="请删去该字符。",
                cure_en="Remove it.",
            )
            return BAD
    return value


def refuse_unknown_keys(value: Mapping[str, Any], known: Sequence[str], at: At) -> None:
    """Gather a problem for each key that nobody reads, with the nearest that is read."""
    for key in value:
        if key not in known:
            cure = meant(str(key), [word for word in known if word not in value] or known)
            at.down(str(key)).wrong(
                "没有这一项，不会被读取。", "there is no such key here.", cure_zh=cure.zh, cure_en=cure.en
            )


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of values of one shape, read as a tuple."""

    of: Shape

    def read(self, value: Any, at: At) -> Any:
        if not isinstance(value, list):
            at.expected(value, zh="列表", en="a list", cure_zh="请用 [ ] 括起。", cure_en="Put it in [ ].")
            return BAD
        items = tuple(self.of.read(item, at.down(index)) for index, item in enumerate(value))
        return BAD if any(item is BAD for item in items) else items

    def write(self, value: Sequence[Any]) -> list[Any]:
        return [self.of.write(item) for item in value]

    def schema(self, defs: Defs) -> Schema:
        return {"type": "array", "items": self.of.schema(defs)}


@dataclass(frozen=True, slots=True)
class Field:
    """One key of a table: its shape, whether it must be there, and what it means to the one who writes it.

    `is_always_written`: also where it is the default, because the reader of a file should not have to know it.
    """

    key: str
    shape: Shape
    about: Text
    is_required: bool = False
    attribute: str = ""
    is_always_written: bool = False

    @property
    def name(self) -> str:
        """Return the name of the model's attribute that the key fills."""
        return self.attribute or self.key


def key(
    name: str, shape: Shape, zh: str, en: str, *, required: bool = False, fills: str = "", written: bool = False
) -> Field:
    """Make a field; `fills` is the model's attribute where it has another name."""
    return Field(name, shape, Text(zh, en), is_required=required, attribute=fills, is_always_written=written)


@cache
def defaults_of(model: type[Any]) -> Mapping[str, Any]:
    """Return what each attribute of a dataclass is where nothing is given; attributes without default are absent."""
    found = {}
    for one in fields(model):
        if one.default is not MISSING:
            found[one.name] = one.default
        elif one.default_factory is not MISSING:
            found[one.name] = one.default_factory()
    return found


@dataclass(frozen=True, slots=True)
class Record:
    """A table whose keys fill the attributes of one dataclass of the model; what equals the default is not written.

    `split` turns an object into attribute values before writing, `join` builds it from them after reading.
    """

    model: type[Any]
    keys: tuple[Field, ...]
    join: Callable[[dict[str, Any]], Any] | None = None
    split: Callable[[Any], dict[str, Any]] | None = None

    def read(self, value: Any, at: At) -> Any:
        if not isinstance(value, dict):
            example = ", ".join(key.key + " = …" for key in self.keys[:3])
            at.expected(
                value, zh="表", en="a table", cure_zh=f"请写作 {{{example}}}。", cure_en=f"Write {{{example}}}."
            )
            return BAD
        refuse_unknown_keys(value, [key.key for key in self.keys], at)
        read = {key.name: key.shape.read(value[key.key], at.down(key.key)) for key in self.keys if key.key in value}
        missing = [key for key in self.keys if key.is_required and key.key not in value]
        for key in missing:
            at.wrong(
                f"缺少“{key.key}”。",
                f'"{key.key}" is missing.',
                cure_zh=f"请填写：{key.about.zh}",
                cure_en=f"Add it: {key.about.en}",
            )
        if missing or any(part is BAD for part in read.values()):
            return BAD
        return self.join(read) if self.join else self.model(**read)

    def write(self, value: Any) -> dict[str, Any]:
        parts = self.split(value) if self.split else {key.name: getattr(value, key.name) for key in self.keys}
        defaults = defaults_of(self.model)  # type: ignore[arg-type]
        return {
            key.key: key.shape.write(parts[key.name])
            for key in self.keys
            if key.is_required
            or key.is_always_written
            or key.name not in defaults
            or parts[key.name] != defaults[key.name]
        }

    def schema(self, defs: Defs) -> Schema:
        properties = {
            key.key: {**key.shape.schema(defs), "description": f"{key.about.zh} {key.about.en}"} for key in self.keys
        }
        required = [key.key for key in self.keys if key.is_required]
        table: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return {**table, "required": required} if required else table
