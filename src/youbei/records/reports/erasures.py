"""Erasures of personal data that somebody has asked for and that wait for a second person, the oldest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from youbei.engine.privacy import GROUNDS, ErasureGround
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.records.models import RecordChange, User
from youbei.records.registers.tables import records_of

# Whoever has more to decide on sees the rest when these are decided.
SHOWN = 50
Kind = RecordChange.Kind


@dataclass(frozen=True, slots=True)
class WaitingErasure:
    """Whose data, on what ground, asked for by whom and when."""

    register: Register
    pk: int
    name: Text
    ground: Text
    asked_by: str
    asked_at: datetime


def waiting_erasures(user: User, registers: Iterable[Register]) -> list[WaitingErasure]:
    """Return the first `SHOWN` that wait among the records of these registers whose keeper the user is."""
    found = [one for register in registers for one in waiting_in(register, user)]
    return sorted(found, key=lambda one: one.asked_at)[:SHOWN]


def waiting_in(register: Register, user: User) -> list[WaitingErasure]:
    of_record = RecordChange.objects.filter(register=register.name, record_id=OuterRef("record_id"))
    settled = of_record.filter(id__gt=OuterRef("id"), kind__in=[Kind.WITHDRAWN, Kind.ERASED])
    asked = RecordChange.objects.under_any(user.paths_with(register.edit), "under_by_walking")
    asked = asked.filter(~Exists(settled), kind=Kind.ASKED, register=register.name).order_by("at", "id")
    rows = list(asked[:SHOWN])
    names = records_of(register).in_bulk([row.record_id for row in rows])
    return [
        WaitingErasure(
            register=register,
            pk=row.record_id,
            name=Text(names[row.record_id].name_zh, names[row.record_id].name_en),
            ground=GROUNDS[ErasureGround(row.after["ground"])],
            asked_by=row.by_label,
            asked_at=row.at,
        )
        for row in rows
        if row.record_id in names
    ]
