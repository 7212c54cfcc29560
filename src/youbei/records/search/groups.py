"""What a text finds, register by register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from youbei import content
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import Organisation, User
from youbei.records.search.find import FEW, Found, Hit, find, find_each, searched_registers

# So many are looked at per register at first; where more fit, the best of them are asked for.
LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class Group:
    """What was found in one register. `count` is how many, and `is_more` that there are still more."""

    register: Register
    hits: tuple[Hit, ...]
    count: int
    is_more: bool


def find_grouped(user: User, text: str, *, shown: int) -> list[Group]:
    """Return what a text finds, at most `shown` per register; the register with the best match comes first.

    Each register is asked for itself, so that none hides another. Only where hardly anything has the text in it, what
    sounds alike or is a slip away is looked for.
    """
    registers = searched_registers(user)
    by_name = find_each(user, text, registers, most=LOOKED_AT)
    if sum(len(one.hits) for one in by_name.values()) < FEW:
        found = find(user, text)
        by_name = {one.name: of_register(found, one) for one in registers}
    groups = [group_of(one, by_name[one.name], shown) for one in registers if one.name in by_name]
    return sorted((group for group in groups if group.hits), key=lambda group: group.hits[0].reason)


def of_register(found: Found, register: Register) -> Found:
    return Found(tuple(hit for hit in found.hits if hit.register == register.name))


def group_of(register: Register, found: Found, shown: int) -> Group:
    return Group(register, found.hits[:shown], len(found.hits), found.is_more)


def units_of(hits: Sequence[Hit]) -> Mapping[int, Text]:
    """Return the names of the units at which hits stand, by their keys (see `unit_key`)."""
    keys = {key for hit in hits if (key := unit_key(hit)) is not None}
    rows = Organisation.objects.filter(pk__in=keys).values_list("pk", "name_zh", "name_en")
    return {pk: Text(zh, en) for pk, zh, en in rows}


def unit_key(hit: Hit) -> int | None:
    """Return the key of the unit at which a hit stands; a unit itself stands under another."""
    keys = [int(key) for key in hit.org_path.split("/") if key]
    if hit.register == "organisation":
        keys = keys[:-1]
    return keys[-1] if keys else None


def register_of(hit: Hit) -> Register:
    return content.registers()[hit.register]
