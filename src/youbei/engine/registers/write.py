"""From a value of a field to what stands in a cell, so that `parse` gives the value back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from youbei.engine.registers.field import Field, FieldKind

YES_NO = {"zh": ("是", "否"), "en": ("yes", "no")}


def write(field: Field, value: Any, language: str = "en", zone: tzinfo = UTC) -> str:
    """Return a value as people read and write it; empty for None. Times are written in `zone`."""
    if value is None or value == "":
        return ""
    tongue = "zh" if language.lower().startswith("zh") else "en"
    if field.kind is FieldKind.FLAG:
        return YES_NO[tongue][0 if value else 1]
    if field.kind is FieldKind.CHOICE or (field.kind is FieldKind.CODE and field.choices):
        return field.choice_title(str(value)).in_language(tongue)
    if field.kind is FieldKind.TEXT and field.choices:
        return "; ".join(field.choice_title(one.strip()).in_language(tongue) for one in str(value).split(";"))
    if field.kind is FieldKind.CHOICES:
        return ("；" if tongue == "zh" else "; ").join(field.choice_title(code).in_language(tongue) for code in value)
    if field.kind is FieldKind.GRADES:
        pairs = (f"{field.choice_title(code).in_language(tongue)}:{grade}" for code, grade in sorted(value.items()))
        return ("；" if tongue == "zh" else "; ").join(pairs)
    if field.kind is FieldKind.GEOMETRY:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return write_plain(value, zone)


def write_plain(value: Any, zone: tzinfo) -> str:
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return local.isoformat(
            sep=" ", timespec="auto" if local.microsecond else "seconds" if local.second else "minutes"
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize() if value != value.to_integral_value() else value.quantize(Decimal(1)), "f")
    if isinstance(value, float):
        return repr(value)
    return str(value)
