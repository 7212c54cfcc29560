"""What a text finds, register by register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from youbei import content
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.engine.words.match import Reason
from youbei.records.models import Organisation, User
from youbei.records.search.find import Found, Hit, find, searched_registers

# So many are looked at per register where a text fits very many records.
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

    Where it fits more than are looked at, each register is asked for itself, so that none hides another.
    """
    found = find(user, text)
    registers = searched_registers(user)
    if found.is_more:
        is_exact = all(hit.reason < Reason.SOUND for hit in found.hits)
        groups = [
            group_of(one, find(user, text, registers=[one.name], most=LOOKED_AT, is_exact=is_exact), shown)
            for one in registers
        ]
    else:
        groups = [group_of(one, of_register(found, one), shown) for one in registers]
    kept = [group for group in groups if group.hits]
    return sorted(kept, key=lambda group: group.hits[0].reason)


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
