"""Turn what a scenario needs into requirements of an organisation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from youbei import content
from youbei.actions.registers.save import save_record
from youbei.engine.errors import Refused
from youbei.engine.stock.needs import NeedLine, Scenario
from youbei.records.models import Item, Organisation, Requirement, User


class NothingToRequire(Refused):
    """Refuse where none of the lines names an item that the catalogue of this installation has."""


@transaction.atomic
def save_requirements(
    *,
    by: User | None,
    now: datetime,
    organisation: Organisation,
    scenario: Scenario,
    lines: Sequence[NeedLine],
    within_h: Decimal = Decimal(24),
) -> list[Requirement]:
    """Keep the lines that name an item as requirements; those of the same scenario are brought up to date."""
    known = set(Item.objects.filter(code__in=[line.item for line in lines if line.item]).values_list("code", flat=True))
    wanted = [line for line in lines if line.item in known and line.quantity > 0]
    if not wanted:
        raise NothingToRequire(
            zh="测算结果中没有物资目录已有的品种。请先登记物资品种。",
            en="None of these needs is an item of the catalogue. Enter the items first.",
        )
    register = content.registers()["requirement"]
    saved = []
    for line in wanted:
        code = f"needs-{organisation.pk}-{scenario.code}-{line.item}".replace("_", "-")[:80]
        found = Requirement.objects.filter(code=code).values_list("pk", flat=True).first()
        values = {
            "code": code,
            "item": line.item,
            "organisation": organisation.code,
            "quantity": line.quantity,
            "within_h": within_h,
            "basis": "needs",
            "basis_text": f"{scenario.name.zh}：{line.arithmetic.zh}"[:400],
        }
        saved.append(save_record(register=register, values=values, by=by, now=now, pk=found, source="needs"))
    return [row for row in saved if isinstance(row, Requirement)]
