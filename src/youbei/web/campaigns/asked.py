"""What a unit was asked about, each with its record and what was answered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from youbei.engine.registers.register import Register
from youbei.records.models import CampaignItem
from youbei.records.registers.pages import Record, as_record
from youbei.records.registers.tables import records_of, register_called
from youbei.records.registers.values import with_references


@dataclass(frozen=True, slots=True)
class Asked:
    """A record as the unit sees it, with what was answered."""

    item: CampaignItem
    register: Register
    record: Record | None


def with_records(items: Iterable[CampaignItem], now: datetime) -> list[Asked]:
    """Fetch the records that were asked about, register by register."""
    asked = list(items)
    rows: dict[tuple[str, int], Record] = {}
    for name in {item.register for item in asked}:
        register = register_called(name)
        pks = [item.record_id for item in asked if item.register == name]
        for row in with_references(register, records_of(register).filter(pk__in=pks)):
            rows[name, row.pk] = as_record(register, row, now)
    return [Asked(item, register_called(item.register), rows.get((item.register, item.record_id))) for item in asked]
