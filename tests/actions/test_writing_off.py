"""A write-off is applied for by whoever keeps the goods and approved by somebody else; until then they wait."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.actions.test_sheets import NOW, keeper_of
from tests.actions.test_stated_quantities import enter, inspector, keeper, lot, quantity_of, unit
from youbei.actions.stock import verbs
from youbei.actions.stock.checking import disagreements
from youbei.actions.stock.verifying import DecidedAlready, confirm_stated, reject_stated
from youbei.actions.stock.writing_off import NoReason, apply_for_write_off
from youbei.engine.access import Role
from youbei.engine.duties_apart import SamePerson
from youbei.engine.errors import NotAllowed, Refused
from youbei.engine.stock.ledger import CannotReverse, NotEnough
from youbei.records.models import LogEntry, Organisation, StatedQuantity, StockLot, StockMovement, User
from youbei.records.nearby import nearest_stock
from youbei.records.reports.dispatch.supplies import lots

pytestmark = pytest.mark.django_db
__all__ = ["inspector", "keeper", "lot", "unit"]


def asked(lot: StockLot, by: User | None, quantity: str = "30", why: str = "torn") -> StatedQuantity:
    return apply_for_write_off(by=by, now=NOW, lot=lot.pk, quantity=Decimal(quantity), why=why)


def standing(lot: StockLot) -> tuple[Decimal, Decimal]:
    lot.refresh_from_db()
    return lot.quantity, lot.reserved


def test_what_is_to_be_written_off_stays_in_the_ledger_and_is_promised_to_nobody_until_another_approves(
    lot: StockLot, keeper: User, inspector: User
) -> None:
    one = asked(lot, keeper)
    assert standing(lot) == (100, 30)
    with pytest.raises(NotEnough):
        verbs.issue(by=keeper, now=NOW, lot=lot.pk, quantity=Decimal(71), consumer="school")
    verbs.issue(by=keeper, now=NOW, lot=lot.pk, quantity=Decimal(70), consumer="school")
    assert standing(lot) == (30, 30)
    with pytest.raises(SamePerson, match=r"moved|own request"):
        confirm_stated(by=keeper, now=NOW, statement=one.pk)
    made = confirm_stated(by=inspector, now=NOW, statement=one.pk, answer="seen")
    assert (made.verb, made.source, made.reason) == ("write_off", f"stated:{one.pk}", "torn · seen")
    assert standing(lot) == (0, 0)
    assert list(disagreements()) == []
    kinds = list(
        LogEntry.objects.filter(stream=f"register:lot:{lot.pk}").order_by("seq").values_list("kind", flat=True)
    )
    assert kinds[-3:] == ["stock.released", "stock.written_off", "stock.statement_confirmed"]
    with pytest.raises(DecidedAlready):
        confirm_stated(by=inspector, now=NOW, statement=one.pk)


def test_the_applicant_takes_it_back_another_rejects_it_and_either_way_the_goods_are_free_again(
    unit: Organisation, lot: StockLot, keeper: User, inspector: User
) -> None:
    first, second = asked(lot, keeper, "10"), asked(lot, keeper, "20")
    assert standing(lot) == (100, 30)
    assert reject_stated(by=keeper, now=NOW, statement=first.pk).state == "withdrawn"
    assert standing(lot) == (100, 20)
    with pytest.raises(NotAllowed):
        reject_stated(by=keeper_of(unit, "planner", Role.PLANNER), now=NOW, statement=second.pk)
    assert reject_stated(by=inspector, now=NOW, statement=second.pk, answer="usable").state == "rejected"
    assert standing(lot) == (100, 0)
    assert list(disagreements()) == []


def test_neither_half_of_an_application_is_reversed_by_itself_and_an_approval_not_by_the_applicant(
    lot: StockLot, keeper: User, inspector: User
) -> None:
    one = asked(lot, keeper)
    held = StockMovement.objects.get(source=f"write_off:{one.pk}")
    with pytest.raises(CannotReverse, match="application"):
        verbs.reverse(by=keeper, now=NOW, movement=held.pk, reason="x")
    made = confirm_stated(by=inspector, now=NOW, statement=one.pk)
    with pytest.raises(SamePerson):
        verbs.reverse(by=keeper, now=NOW, movement=made.pk, reason="they were good")
    verbs.reverse(by=inspector, now=NOW, movement=made.pk, reason="the wrong lot")
    assert standing(lot) == (100, 0)


def test_who_applied_has_handled_the_lot_and_who_approved_has_not(
    unit: Organisation, lot: StockLot, inspector: User
) -> None:
    verbs.count(by=inspector, now=NOW, lot=lot.pk, counted=Decimal(100))
    clerk = keeper_of(unit, "clerk", Role.REGISTRAR)
    one = asked(lot, clerk)
    confirm_stated(by=inspector, now=NOW, statement=one.pk)
    with pytest.raises(SamePerson):
        verbs.count(by=clerk, now=NOW, lot=lot.pk, counted=Decimal(70))
    verbs.count(by=inspector, now=NOW, lot=lot.pk, counted=Decimal(70))
    assert quantity_of(lot) == 70


def test_an_application_and_a_stated_quantity_of_one_person_wait_side_by_side_and_a_count_ends_the_quantity_only(
    lot: StockLot, keeper: User, inspector: User
) -> None:
    written = asked(lot, keeper, "10")
    stated = enter(lot, keeper, 95)
    again = enter(lot, keeper, 94)
    verbs.count(by=inspector, now=NOW, lot=lot.pk, counted=Decimal(90))
    states = dict(StatedQuantity.objects.values_list("pk", "state"))
    assert states == {written.pk: "waiting", stated.pk: "replaced", again.pk: "counted"}
    confirm_stated(by=inspector, now=NOW, statement=written.pk)
    assert standing(lot) == (80, 0)


@pytest.mark.parametrize("quantity", ["NaN", "0", "-1", "0.0004", "100.001", "1E+40"])
def test_nonsense_is_refused_with_a_sentence_and_leaves_nothing(lot: StockLot, keeper: User, quantity: str) -> None:
    with pytest.raises(Refused):
        asked(lot, keeper, quantity)
    with pytest.raises(NoReason):
        asked(lot, keeper, "1", why=" \u200b ".strip())
    assert not StatedQuantity.objects.exists()
    assert standing(lot) == (100, 0)


def test_dispatch_and_plans_are_promised_neither_what_is_to_be_written_off_nor_what_is_faulty(
    lot: StockLot, keeper: User
) -> None:
    def promised() -> list[float]:
        world = sum(one.quantity for one in nearest_stock(None, ["tent"], 5, NOW.date()))
        sent = sum(one.free for one in lots({"tent": [None]}, paths=["/"], today=NOW.date()).lots)
        return [world, sent]

    assert promised() == [100, 100]
    asked(lot, keeper, "99")
    assert promised() == [1, 1]
    StockLot.objects.update(condition="faulty")
    assert promised() == [0, 0]
