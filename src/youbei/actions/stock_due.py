"""Do in one tap what is due in a store: hand out before it expires, as proposed; say that equipment passed its test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction

from youbei import content
from youbei.actions.actors import actor_for
from youbei.actions.permit import not_found
from youbei.actions.registers.save import save_record
from youbei.actions.stock.posting import Note, lock_lots, post
from youbei.actions.stock.verbs import allow
from youbei.engine.errors import Refused
from youbei.engine.stock import ledger
from youbei.engine.stock.requirement import plain
from youbei.records.models import EquipmentTest, Organisation, StockLot, StockMovement, User

# Assumption: what is tested less often than every thirteen months is inspected by an outside body that gives a paper.
KEEPERS_OWN = timedelta(days=400)


class RotationRefused(Refused):
    """Refuse to hand out for use what has expired, more than is free, or to nobody."""


class TestRefused(Refused):
    """Refuse a test in one tap where a paper belongs to it, or where nothing is to be tested."""

    __test__ = False


@transaction.atomic
def rotate_out(
    *, by: User | None, now: datetime, today: date, lot: int, shares: Mapping[str, Decimal]
) -> list[StockMovement]:
    """Hand a lot out to several organisations for use (code -> quantity): all of it, or nothing."""
    lots = lock_lots([lot])
    allow(by, lots)
    row = lots[lot]
    if row.expires_on is not None and row.expires_on < today:
        raise RotationRefused(
            zh=f"该批次已于 {row.expires_on} 过期，不能再发放使用。请报废。",
            en=f"The lot expired on {row.expires_on}: nobody may use it any more. Write it off.",
        )
    wanted = {code: quantity for code, quantity in shares.items() if quantity > 0}
    total, free = sum(wanted.values(), Decimal(0)), row.quantity - row.reserved
    if not wanted:
        raise RotationRefused(
            zh="没有选择去向。请填写给谁、多少。", en="It goes to nobody. Enter to whom, and how much."
        )
    if total > free:
        raise RotationRefused(
            zh=f"现在只有 {plain(free)} 可轮换，已有人先取。请按最新建议办理。",
            en=f"Only {plain(free)} is free now: somebody was quicker. Look at the proposal as it stands.",
        )
    known = set(Organisation.objects.filter(code__in=list(wanted), retired_at=None).values_list("code", flat=True))
    if missing := sorted(set(wanted) - known):
        raise RotationRefused(
            zh=f"没有单位“{missing[0]}”，或已停用。请另选。", en=f"There is no unit {missing[0]!r}. Choose another."
        )
    return [hand_out(lots, lot, code, wanted[code], by=by, now=now) for code in sorted(wanted)]


def hand_out(
    lots: dict[int, StockLot], lot: int, code: str, quantity: Decimal, *, by: User | None, now: datetime
) -> StockMovement:
    def make(balances: ledger.Balances) -> ledger.Movement:
        return ledger.rotate("", lot=str(lot), quantity=quantity, consumer=code)

    return post(lots, make, by=by, now=now, note=Note(reason=code, source="rotation"))


@transaction.atomic
def passed_today(*, by: User, now: datetime, today: date, lot: int) -> EquipmentTest:
    """Say that the keeper tried the equipment of a lot today and that it works."""
    row = StockLot.objects.select_related("item").filter(pk=lot).first()
    if row is None:
        raise not_found()
    days = row.item.test_interval_days
    if days is None or timedelta(days=days) > KEEPERS_OWN:
        raise TestRefused(
            zh="该装备须由专门机构检验，请凭检验报告在“装备检测”中登记。",
            en="A body of its own inspects this equipment. Enter the test in the register, with the number of its "
            "paper.",
        )
    values = {
        "lot": row.code,
        "tested_on": today,
        "kind": "function",
        "tested_by": actor_for(by, now).label[:120],
        "result": "passed",
    }
    found = EquipmentTest.objects.filter(lot=row, tested_on=today, kind="function").values_list("pk", flat=True).first()
    made = save_record(register=content.registers()["equipment_test"], values=values, by=by, now=now, pk=found)
    if not isinstance(made, EquipmentTest):
        raise TypeError("The register of tests holds tests of equipment")
    return made
