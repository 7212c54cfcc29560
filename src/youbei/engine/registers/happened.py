"""What is entered as having happened has happened: dates of fields that are `not_future`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from youbei.engine.registers.field import Field
from youbei.engine.registers.register import Register
from youbei.engine.text import Text

# Assumption: the clocks of those who report differ by less than this from ours.
CLOCKS_DIFFER = timedelta(minutes=5)


def still_to_come(
    register: Register, before: Mapping[str, Any], after: Mapping[str, Any], *, now: datetime, zone: tzinfo
) -> list[tuple[Field, Text]]:
    """Return the fields that say something happened which is still to come, each with the sentence that says so.

    What stood there already is not asked again: the rest of such a record can still be changed. `zone` says which day
    it is.
    """
    found = []
    for field in register.fields:
        value = after.get(field.name)
        if field.not_future and value is not None and value != before.get(field.name) and is_to_come(value, now, zone):
            found.append((field, refusal(field, value, zone)))
    return found


def is_to_come(value: date, now: datetime, zone: tzinfo) -> bool:
    if isinstance(value, datetime):
        return value > now + CLOCKS_DIFFER
    return value > now.astimezone(zone).date()


def refusal(field: Field, value: date, zone: tzinfo) -> Text:
    said = f"{value.astimezone(zone):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value.isoformat()
    return Text(
        f"“{field.title.zh}”填的是 {said}，还没有到；这里登记已经发生的事。请核对日期。",
        f"{field.title.en} says {said}, which is still to come; what is entered here has happened. Check the date.",
    )
