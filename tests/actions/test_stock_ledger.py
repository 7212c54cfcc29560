"""Claims about the ledger of materials in the database: it balances, it agrees with the lots, nothing in it is
edited."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.actions.town import NOW, Town, report_leak
from tests.built_once import built_once
from youbei import content
from youbei.actions import access, resources, runs, stores
from youbei.actions.registers.guards import GuardRefused
from youbei.actions.registers.keep import retire_record
from youbei.actions.registers.save import save_record
from youbei.actions.stock import moving, verbs
from youbei.actions.stock.checking import disagreements
from youbei.actions.stock.verifying import confirm_stated, reject_stated
from youbei.actions.stock.writing_off import apply_for_write_off
from youbei.engine.access import Role
from youbei.engine.duties_apart import SamePerson
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.engine.places import Point
from youbei.engine.stock.ledger import MOST, CannotReverse, NotEnough, QuantityRefused
from youbei.records import triggers
from youbei.records.models import (
    LogEntry,
    Run,
    Site,
    StatedQuantity,
    StockLot,
    StockMovement,
    StockPosting,
    User,
    Vehicle,
)

NEED = "isolate/suits"


def total(kind: str) -> Decimal:
    return sum((row.quantity for row in StockPosting.objects.filter(kind=kind)), Decimal(0))


@built_once
def lot(town: Town) -> StockLot:
    return town.lots[0]


@built_once
def shed(town: Town) -> Site:
    return stores.create_site(
        by=None, now=NOW, organisation=town.fire, code="shed", kind="store", name_zh="车库", point=Point(37.5, 121.4)
    )


def test_every_verb_changes_the_lot_as_its_postings_say(town: Town, lot: StockLot, shed: Site, now: datetime) -> None:
    keeper = town.users["keeper"]
    verbs.receive(by=keeper, now=now, lot=lot.pk, quantity=Decimal(5), supplier="工厂")
    verbs.issue(by=keeper, now=now, lot=lot.pk, quantity=Decimal(2), consumer="小学")
    moving.move(by=keeper, now=now, lot=lot.pk, to=shed, quantity=Decimal(4))
    asked = apply_for_write_off(by=keeper, now=now, lot=lot.pk, quantity=Decimal(1), why="破损")
    confirm_stated(by=town.users["admin"], now=now, statement=asked.pk)
    verbs.rotate(by=keeper, now=now, lot=lot.pk, quantity=Decimal(3), consumer="训练")
    lot.refresh_from_db()
    moved = StockLot.objects.get(site=shed)
    assert (lot.quantity, moved.quantity) == (5, 4)
    assert moved.item_id == lot.item_id
    assert total("owed") == 3
    assert list(disagreements()) == []
    said = LogEntry.objects.filter(stream=f"register:lot:{lot.pk}").order_by("seq").values_list("kind", flat=True)
    assert list(said)[-9:-6] == ["stock.received", "stock.issued", "stock.moved"]
    assert list(said)[-6:] == [
        "stock.reserved",
        "stock.write_off_asked",
        "stock.released",
        "stock.written_off",
        "stock.statement_confirmed",
        "stock.rotated",
    ]


def test_more_than_is_free_cannot_be_taken_and_nothing_is_written(town: Town, lot: StockLot, now: datetime) -> None:
    before = StockMovement.objects.count()
    with pytest.raises(NotEnough):
        verbs.issue(by=town.users["keeper"], now=now, lot=lot.pk, quantity=Decimal(11), consumer="x")
    assert StockMovement.objects.count() == before
    assert StockLot.objects.get(pk=lot.pk).quantity == 10


def test_moving_again_joins_the_same_batch(town: Town, lot: StockLot, shed: Site, now: datetime) -> None:
    for _ in range(2):
        moving.move(by=town.users["keeper"], now=now, lot=lot.pk, to=shed, quantity=Decimal(1))
    assert StockLot.objects.get(site=shed).quantity == 2
    with pytest.raises(moving.MoveRefused):
        moving.move(by=town.users["keeper"], now=now, lot=lot.pk, to=lot.site, quantity=Decimal(1))


def test_a_vehicle_is_a_store_that_moves(town: Town, lot: StockLot, now: datetime) -> None:
    keeper = town.users["keeper"]
    truck = Vehicle.objects.create(
        organisation=town.fire,
        org_path=town.fire.path,
        code="truck",
        name_zh="运输车",
        kind="truck",
        lat=37.5,
        lon=121.4,
    )
    board = moving.board_of(by=keeper, vehicle=truck)
    moving.move(by=keeper, now=now, lot=lot.pk, to=board, quantity=Decimal(6))
    assert StockLot.objects.get(site=board).quantity == 6
    assert moving.board_of(by=keeper, vehicle=truck) == board


def test_nobody_counts_what_they_have_handled_since_the_last_count(town: Town, lot: StockLot, now: datetime) -> None:
    keeper, admin = town.users["keeper"], town.users["admin"]
    verbs.receive(by=keeper, now=now, lot=lot.pk, quantity=Decimal(1))
    with pytest.raises(SamePerson):
        verbs.count(by=keeper, now=now, lot=lot.pk, counted=Decimal(11))
    verbs.count(by=admin, now=now, lot=lot.pk, counted=Decimal(9))
    assert StockLot.objects.get(pk=lot.pk).quantity == 9
    assert total("difference") == 2
    verbs.count(by=keeper, now=now, lot=lot.pk, counted=Decimal(9))
    assert list(disagreements()) == []


def inspector_of(town: Town, now: datetime) -> User:
    made = access.create_user(by=None, now=now, username="inspector", password="long enough for anybody")
    access.give_grant(by=None, now=now, user=made, role=Role.INSPECTOR, organisation=town.city)
    return made


def test_an_inspector_counts_and_changes_nothing_else(town: Town, lot: StockLot, now: datetime) -> None:
    inspector = inspector_of(town, now)
    made = verbs.count(by=inspector, now=now, lot=lot.pk, counted=Decimal(9))
    assert StockLot.objects.get(pk=lot.pk).quantity == 9
    received = verbs.receive(by=town.users["keeper"], now=now, lot=lot.pk, quantity=Decimal(1))
    for refused in (
        lambda: verbs.issue(by=inspector, now=now, lot=lot.pk, quantity=Decimal(1), consumer="x"),
        lambda: apply_for_write_off(by=inspector, now=now, lot=lot.pk, quantity=Decimal(1), why="torn"),
        lambda: verbs.reverse(by=inspector, now=now, movement=received.pk, reason="x"),
        lambda: verbs.count(by=town.users["planner"], now=now, lot=lot.pk, counted=Decimal(9)),
    ):
        with pytest.raises(NotAllowed):
            refused()
    verbs.reverse(by=inspector, now=now, movement=made.pk, reason="miscounted")
    assert StockLot.objects.get(pk=lot.pk).quantity == 11


def test_who_handled_a_lot_does_not_undo_the_count_that_found_something_missing(
    town: Town, lot: StockLot, now: datetime
) -> None:
    keeper, inspector = town.users["keeper"], inspector_of(town, now)
    verbs.receive(by=keeper, now=now, lot=lot.pk, quantity=Decimal(1))
    found = verbs.count(by=inspector, now=now, lot=lot.pk, counted=Decimal(5))
    with pytest.raises(SamePerson):
        verbs.reverse(by=keeper, now=now, movement=found.pk, reason="they were there")
    assert StockLot.objects.get(pk=lot.pk).quantity == 5
    verbs.reverse(by=inspector, now=now, movement=found.pk, reason="the wrong shelf")
    with pytest.raises(SamePerson):
        verbs.count(by=keeper, now=now, lot=lot.pk, counted=Decimal(11))
    given = verbs.issue(by=town.users["admin"], now=now, lot=lot.pk, quantity=Decimal(1), consumer="x")
    verbs.reverse(by=town.users["admin"], now=now, movement=given.pk, reason="x")
    with pytest.raises(SamePerson):
        verbs.count(by=town.users["admin"], now=now, lot=lot.pk, counted=Decimal(11))


def test_a_movement_is_reversed_once_and_both_stay(town: Town, lot: StockLot, now: datetime) -> None:
    keeper = town.users["keeper"]
    made = verbs.issue(by=keeper, now=now, lot=lot.pk, quantity=Decimal(2), consumer="x")
    back = verbs.reverse(by=keeper, now=now, movement=made.pk, reason="开错了")
    assert StockLot.objects.get(pk=lot.pk).quantity == 10
    assert back.reverses_id == made.pk
    for again in (made.pk, back.pk):
        with pytest.raises(CannotReverse):
            verbs.reverse(by=keeper, now=now, movement=again, reason="再来")


@pytest.mark.parametrize("quantity", ["99999999999.999", "1E+40", "0.0004", "NaN", "-1", "0"])
def test_a_quantity_that_no_lot_can_hold_is_refused_and_the_lot_stays_readable(
    town: Town, lot: StockLot, now: datetime, quantity: str
) -> None:
    with pytest.raises(Refused):
        verbs.receive(by=town.users["keeper"], now=now, lot=lot.pk, quantity=Decimal(quantity))
    lot.refresh_from_db()
    assert lot.quantity == 10


def test_a_lot_is_filled_to_its_bound_and_no_further(town: Town, lot: StockLot, now: datetime) -> None:
    keeper = town.users["keeper"]
    verbs.receive(by=keeper, now=now, lot=lot.pk, quantity=MOST - 10)
    with pytest.raises(QuantityRefused, match="holds 1000000000 at most"):
        verbs.receive(by=keeper, now=now, lot=lot.pk, quantity=Decimal("0.001"))
    for _ in range(3):
        verbs.issue(by=keeper, now=now, lot=lot.pk, quantity=MOST, consumer="all")
        verbs.receive(by=keeper, now=now, lot=lot.pk, quantity=MOST)
    assert list(disagreements()) == []


def test_a_count_below_what_is_reserved_says_what_to_do_first(town: Town, lot: StockLot, now: datetime) -> None:
    verbs.reserve(by=None, now=now, lot=lot.pk, quantity=Decimal(5), holder="order:1")
    with pytest.raises(NotEnough, match="3 were counted, but 5 are reserved"):
        verbs.count(by=None, now=now, lot=lot.pk, counted=Decimal(3))
    verbs.count(by=None, now=now, lot=lot.pk, counted=Decimal(6))
    lot.refresh_from_db()
    assert (lot.quantity, lot.reserved) == (6, 5)


def test_nothing_that_holds_stock_goes_out_of_use_and_what_is_out_of_use_takes_none(
    town: Town, lot: StockLot, shed: Site, now: datetime
) -> None:
    keeper = town.users["keeper"]
    for name, pk in (("lot", lot.pk), ("site", lot.site_id)):
        with pytest.raises(GuardRefused, match=r"still (holds|lie)"):
            retire(name, pk, keeper, now)
    retire("site", shed.pk, keeper, now)
    shed.refresh_from_db()
    with pytest.raises(verbs.MoveRefused, match="out of use"):
        moving.move(by=keeper, now=now, lot=lot.pk, to=shed, quantity=Decimal(1))
    verbs.issue(by=keeper, now=now, lot=lot.pk, quantity=Decimal(10), consumer="all")
    retire("lot", lot.pk, keeper, now)
    with pytest.raises(verbs.LotOutOfUse, match="Bring it back"):
        verbs.receive(by=keeper, now=now, lot=lot.pk, quantity=Decimal(1))


def retire(register: str, pk: int, by: User, now: datetime) -> None:
    retire_record(register=content.registers()[register], pk=pk, reason="old", by=by, now=now)


def test_the_inside_of_a_vehicle_is_where_the_vehicle_is_and_belongs_to_whom_it_belongs(
    town: Town, lot: StockLot, now: datetime
) -> None:
    registers, keeper = content.registers(), town.users["keeper"]
    said = {
        "code": "truck",
        "name_zh": "车",
        "kind": "truck",
        "organisation": town.fire.code,
        "lat": 37.0,
        "lon": 121.0,
    }
    vehicle = save_record(register=registers["vehicle"], values=said, by=keeper, now=now)
    assert isinstance(vehicle, Vehicle)
    inside = moving.board_of(by=keeper, vehicle=vehicle)
    moving.move(by=keeper, now=now, lot=lot.pk, to=inside, quantity=Decimal(1))
    with pytest.raises(GuardRefused, match="inside of the vehicle truck"):
        save_record(register=registers["site"], values={"lat": 10.0}, by=keeper, now=now, pk=inside.pk)
    for name, pk in (("site", inside.pk), ("vehicle", vehicle.pk)):
        with pytest.raises(GuardRefused):
            retire(name, pk, keeper, now)
    save_record(
        register=registers["vehicle"],
        values={"organisation": "town-park", "lat": 36.5},
        by=None,
        now=now,
        pk=vehicle.pk,
    )
    inside.refresh_from_db()
    assert (inside.organisation.code, inside.org_path, inside.lat) == ("town-park", town.park.path, 36.5)
    on_board = StockLot.objects.get(site=inside)
    assert (on_board.lat, on_board.organisation_id) == (36.5, lot.organisation_id)


def test_a_stranger_is_told_that_there_is_no_such_lot(town: Town, lot: StockLot, now: datetime) -> None:
    with pytest.raises(NotFound):
        verbs.receive(by=town.users["stranger"], now=now, lot=lot.pk, quantity=Decimal(1))


@pytest.mark.parametrize("model", [StockMovement, StockPosting])
def test_the_database_refuses_to_change_or_remove_what_is_in_the_ledger(lot: StockLot, model: type) -> None:
    assert triggers.missing(connection) == []
    for attempt in (
        lambda: model.objects.update(id=model.objects.first().pk + 0),  # type: ignore[attr-defined]
        lambda: model.objects.filter(pk=model.objects.first().pk)._raw_delete("default"),  # type: ignore[attr-defined]
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_what_was_changed_behind_the_ledgers_back_is_found(lot: StockLot) -> None:
    StockLot.objects.filter(pk=lot.pk).update(quantity=8)
    (found,) = disagreements()
    assert (found.quantity, found.in_ledger) == (8, 10)


def test_a_real_response_reserves_and_uses_through_the_ledger(
    town: Town, run: Run, lot: StockLot, now: datetime
) -> None:
    officer = town.users["officer"]
    runs.finish_step(by=officer, now=now, run=run, step="alarm")
    kept = resources.assign_resource(by=officer, now=now, run=run, need=NEED, resource=f"lot:{lot.pk}", quantity=4)
    lot.refresh_from_db()
    assert (lot.quantity, lot.reserved) == (10, 4)
    assert total("reserved") == 4
    resources.arrive_resource(by=officer, now=now, run=run, assignment=kept.code)
    resources.release_resource(by=officer, now=now, run=run, assignment=kept.code)
    lot.refresh_from_db()
    assert (lot.quantity, lot.reserved) == (6, 0)
    assert list(disagreements()) == []


def test_an_exercise_takes_nothing_that_is_real(
    town: Town, stored: object, leak: object, lot: StockLot, now: datetime
) -> None:
    before = StockMovement.objects.count()
    played = exercise_of(town, stored, now)
    officer = town.users["trainer"]
    runs.finish_step(by=officer, now=now, run=played, step="alarm")
    kept = resources.assign_resource(by=officer, now=now, run=played, need=NEED, resource=f"lot:{lot.pk}", quantity=9)
    lot.refresh_from_db()
    assert (lot.quantity, lot.reserved) == (10, 0)
    with pytest.raises(resources.ResourceTaken):
        resources.assign_resource(by=officer, now=now, run=played, need=NEED, resource=f"lot:{lot.pk}", quantity=2)
    resources.arrive_resource(by=officer, now=now, run=played, assignment=kept.code)
    resources.release_resource(by=officer, now=now, run=played, assignment=kept.code)
    assert StockMovement.objects.count() == before


def exercise_of(town: Town, stored: object, now: datetime) -> Run:
    incident = report_leak(town, now, by=town.users["trainer"], mode="exercise")
    return runs.activate_plan(by=town.users["trainer"], now=now, incident=incident, plan_version=stored)  # type: ignore[arg-type]


def newest_waiting() -> int:
    found = StatedQuantity.objects.filter(state="waiting").order_by("-pk").values_list("pk", flat=True).first()
    return found or 0


ACTS: dict[str, Callable[..., object]] = {
    "receive": lambda lot, other, q, now: verbs.receive(by=None, now=now, lot=lot, quantity=q),
    "issue": lambda lot, other, q, now: verbs.issue(by=None, now=now, lot=lot, quantity=q, consumer="x"),
    "move": lambda lot, other, q, now: moving.move(by=None, now=now, lot=lot, to=other, quantity=q),
    "reserve": lambda lot, other, q, now: verbs.reserve(by=None, now=now, lot=lot, quantity=q, holder="run:0/a"),
    "release": lambda lot, other, q, now: verbs.release(by=None, now=now, lot=lot, quantity=q, holder="run:0/a"),
    "count": lambda lot, other, q, now: verbs.count(by=None, now=now, lot=lot, counted=q),
    "apply": lambda lot, other, q, now: apply_for_write_off(by=None, now=now, lot=lot, quantity=q, why="x"),
    "approve": lambda lot, other, q, now: confirm_stated(by=None, now=now, statement=newest_waiting()),
    "reject": lambda lot, other, q, now: reject_stated(by=None, now=now, statement=newest_waiting()),
    "rotate": lambda lot, other, q, now: verbs.rotate(by=None, now=now, lot=lot, quantity=q, consumer="x"),
    "reverse": lambda lot, other, q, now: verbs.reverse(
        by=None, now=now, movement=StockMovement.objects.order_by("-pk")[0].pk, reason="x"
    ),
}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.booleans(), st.decimals("0.001", 12, places=3)), max_size=12)
)
def test_whatever_is_done_lots_and_ledger_agree(
    town: Town, lot: StockLot, shed: Site, acts: list[tuple[str, bool, Decimal]]
) -> None:
    """The claim also holds over the examples together: they work on the same two places one after the other."""
    for number, (verb, is_there, quantity) in enumerate(acts):
        at = shed if is_there else lot.site
        found = StockLot.objects.filter(site=at).order_by("pk").first()
        try:
            with transaction.atomic():
                ACTS[verb]((found or lot).pk, lot.site if is_there else shed, quantity, NOW + timedelta(minutes=number))
        except Refused:
            continue
    assert list(disagreements()) == []
    assert total("moved") == 0
