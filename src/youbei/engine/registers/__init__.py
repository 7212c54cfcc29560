"""Registers: the tables that users keep, each described once as data.

Lists, forms, sheets, search, history, campaigns and statistics all read these descriptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from youbei.engine.registers.definitions.calls import AGREEMENT_RATE, CONSULTATION
from youbei.engine.registers.definitions.cover import home_cover_register
from youbei.engine.registers.definitions.people import PEOPLE
from youbei.engine.registers.definitions.places import PLACES
from youbei.engine.registers.definitions.reserves import RESERVES
from youbei.engine.registers.definitions.reviews import REVIEWS
from youbei.engine.registers.definitions.stock import ITEM, ITEM_CODE, STOCK
from youbei.engine.registers.definitions.teams import AGREEMENT, TEAM_PARTS, expert_register, team_register
from youbei.engine.registers.field import Choice
from youbei.engine.registers.register import Register, by_name

OF_CERTIFICATES = frozenset({("qualification", "kind"), ("team_role", "qualifications")})


def build_registers(
    *, capabilities: Iterable[Choice], specialties: Iterable[Choice], certificates: Iterable[Choice] = ()
) -> Mapping[str, Register]:
    """Return every register by its name, each behind those it refers to, so that they can be filled in this order.

    `content.registers()` calls this with the catalogues.
    """
    certified, able = tuple(certificates), tuple(capabilities)
    return by_name(
        (
            *(naming(register, certified) for register in PEOPLE),
            *PLACES,
            ITEM_CODE,
            ITEM,
            AGREEMENT,
            AGREEMENT_RATE,
            team_register(able),
            *(naming(register, certified) for register in TEAM_PARTS),
            *REVIEWS,
            expert_register(tuple(specialties)),
            CONSULTATION,
            *STOCK,
            *RESERVES,
            home_cover_register(able),
        )
    )


def naming(register: Register, certificates: tuple[Choice, ...]) -> Register:
    """Let the fields of a register that hold codes of certificates know what these are called."""
    fields = (
        replace(one, choices=certificates) if (register.name, one.name) in OF_CERTIFICATES else one
        for one in register.fields
    )
    return replace(register, fields=tuple(fields))
