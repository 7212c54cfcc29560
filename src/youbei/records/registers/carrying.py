"""Take along what hangs on a record that comes to another unit: members with their team, certificates with people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from youbei import content
from youbei.engine.registers.register import Register
from youbei.records.models import DutyShift, Post, StatedQuantity, StockLot
from youbei.records.registers.tables import model_of


def carry_along(register: Register, pks: Sequence[int], path: str) -> None:
    """Put what hangs on these records, and on that in turn, onto their path."""
    for other, name, earlier in hanging_on(register):
        rows: Any = model_of(other)._default_manager.filter(**{f"{name}__in": list(pks)})
        rows = rows.filter(**{f"{one}__isnull": True for one in earlier}).exclude(org_path=path)
        below = list(rows.values_list("pk", flat=True))
        if below:
            model_of(other)._default_manager.filter(pk__in=below).update(org_path=path)
            carry_along(other, below, path)
    if model_of(register) is Post:
        DutyShift.objects.filter(post__in=list(pks)).update(org_path=path)
    if model_of(register) is StockLot:
        StatedQuantity.objects.filter(lot__in=list(pks)).update(org_path=path)


def hanging_on(register: Register) -> Iterable[tuple[Register, str, tuple[str, ...]]]:
    """Yield the registers whose records stand where one of this register does: by which reference, and before it which
    others, for a record stands with the first of its owners that it has."""
    for other in content.registers().values():
        for number, name in enumerate(other.owners):
            if name not in ("organisation", "parent") and other.field(name).refers_to == register.name:
                yield other, name, other.owners[:number]
