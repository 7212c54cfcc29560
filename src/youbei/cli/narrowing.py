"""Read `NAME=VALUE` arguments, and the filters of a register among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from youbei.engine.errors import Refused

if TYPE_CHECKING:
    from youbei.engine.registers.register import Register


class ArgumentRefused(Refused):
    """Refuse an argument that names nothing."""


def pairs(words: list[str] | None) -> dict[str, str]:
    """Return `NAME=VALUE` arguments as a mapping; raise ArgumentRefused for one without `=`."""
    found = {}
    for word in words or ():
        name, sign, value = word.partition("=")
        if not sign or not name:
            raise ArgumentRefused(zh=f"“{word}”应写成“名称=值”。", en=f"Write {word!r} as NAME=VALUE.")
        found[name] = value
    return found


def conditions(register: Register, words: list[str] | None) -> Mapping[str, str]:
    """Return the filters of an export; raise ArgumentRefused for one that would narrow nothing."""
    from youbei.records.registers.filters import filterable

    asked = pairs(words)
    fields = [field.name for field in filterable(register)]
    dates = [f"{name}_{end}" for name in fields for end in ("from", "until")]
    known = {"q", "unit", "only", "freshness", "retired", *fields, *dates}
    for name in asked:
        if name not in known:
            raise ArgumentRefused(
                zh=f"{register.title.zh}不能按“{name}”筛选。可用：q、unit、freshness、retired、{'、'.join(fields)}。",
                en=f"{register.title.en} cannot be narrowed by {name}. Known: q, unit, freshness, retired, "
                f"{', '.join(fields)}.",
            )
    return asked
