"""Claims about vehicles that fetch what lies in stores: weighed, proposed, ordered, logged, and free again."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from tests.actions.town import NOW, Town, report_leak
from tests.built_once import built_once
from youbei.actions import runs
from youbei.actions.dispatch.deciding import decide
from youbei.actions.dispatch.proposing import Proposal, Proposed, proposed_now
from youbei.actions.dispatch.supposing import NOTHING
from youbei.actions.loads import NoSuchVehicle, VehicleForNothing, VehicleOverloaded, VehicleTaken
from youbei.actions.registers.save import save_record
from youbei.actions.resources import arrive_resource, assign_resource, release_resource
from youbei.actions.stock.moving import board_of, move
from youbei.content import registers
from youbei.records.log import verify_log
from youbei.records.models import Assignment, Item, LogEntry, PlanVersion, Run, StockLot, Team, Vehicle

pytest.importorskip("highspy")


@built_once
def isolating(town: Town, run: Run) -> Run:
    """A run that needs two teams and four suits of ten kilograms each."""
    Item.objects.update(weight_kg=Decimal(10))
    return runs.finish_step(by=town.users["officer"], now=NOW + timedelta(minutes=2), run=run, step="alarm")


def vehicle(town: Town, at: datetime, code: str = "truck", **more: object) -> Vehicle:
    values: dict[str, object] = {
        "code": code,
        "kind": "truck",
        "name_zh": "一号卡车",
        "name_en": "Truck one",
        "organisation": town.bureau.code,
        "plate": "海A-10001",
        "payload_kg": Decimal(1000),
        "lat": Decimal("37.51"),
        "lon": Decimal("121.42"),
    }
    row = save_record(register=registers()["vehicle"], by=None, now=at, values=values | more)
    assert isinstance(row, Vehicle)
    return row


def asked(town: Town, at: datetime, exercise: int | None = None) -> Proposal:
    return proposed_now(town.users["officer"], now=at, exercise=exercise, suppose=NOTHING)


def goods(proposal: Proposal) -> list[Proposed]:
    return [pick for pick in proposal.picks if pick.need.item]


def send(town: Town, at: datetime, picks: list[Proposed]) -> list[Assignment]:
    done = decide(by=town.users["officer"], now=at, chosen={pick.key: pick.choice for pick in picks})
    return list(done.assignments)


def test_what_weighs_something_is_fetched_by_a_vehicle_that_is_named_with_its_load(
    town: Town, isolating: Run, at: datetime
) -> None:
    truck = vehicle(town, at)
    (pick,) = goods(asked(town, at))
    assert (pick.vehicle, pick.carrier.en, pick.load_kg) == (f"vehicle:{truck.pk}", "Truck one 海A-10001", 40)
    assert pick.carriage.en == "Fetched by Truck one 海A-10001: 40 kg."
    assert "重 40 千克" in pick.carriage.zh
    by_itself = 60 * 10
    assert pick.arrival_s > by_itself


def test_without_vehicles_in_the_registers_goods_are_proposed_and_their_carriage_is_not_planned(
    town: Town, isolating: Run, at: datetime
) -> None:
    proposal = asked(town, at)
    assert not proposal.facts.carriers.is_kept
    assert [(pick.vehicle, pick.quantity) for pick in goods(proposal)] == [("", 4)]


def test_where_the_weight_is_not_known_no_vehicle_is_guessed(town: Town, isolating: Run, at: datetime) -> None:
    vehicle(town, at)
    Item.objects.update(weight_kg=None)
    (pick,) = goods(asked(town, at))
    assert pick.is_unweighed
    assert pick.vehicle == ""


@pytest.mark.parametrize(
    ("changes", "cure"),
    [
        ({"payload_kg": Decimal(5)}, "Find a vehicle"),
        ({"status": "out_of_service"}, "Return Truck one"),
        ({"status": "in_use"}, "Release Truck one"),
        ({"inspected_until": date(2020, 1, 1)}, "Return Truck one"),
    ],
)
def test_where_nothing_can_carry_it_the_cause_and_the_cheapest_cure_are_named(
    town: Town, isolating: Run, at: datetime, changes: dict[str, object], cure: str
) -> None:
    vehicle(town, at, **changes)
    proposal = asked(town, at)
    assert not goods(proposal)
    (short,) = [one for one in proposal.shorts if one.need.item]
    assert short.cause == "no_vehicle"
    assert cure in short.text.en


def test_a_boat_and_an_ambulance_fetch_nothing_by_road(town: Town, isolating: Run, at: datetime) -> None:
    vehicle(town, at, "boat", kind="boat")
    vehicle(town, at, "ambulance", kind="ambulance")
    assert not asked(town, at).facts.carriers.is_kept


def test_the_order_is_carried_out_logged_and_survives_in_the_projection(
    town: Town, isolating: Run, at: datetime
) -> None:
    truck = vehicle(town, at)
    (pick,) = goods(asked(town, at))
    (sent,) = send(town, at, [pick])
    assert sent.vehicle == truck
    assert abs(sent.expected_at - at - timedelta(seconds=pick.arrival_s)) <= timedelta(seconds=2)
    entry = json.loads(LogEntry.objects.filter(kind="resource.assigned").order_by("-position")[0].data)
    assert "Fetched by Truck one" in entry["reason"]
    assert (entry["vehicle"], entry["carrier"]) == (f"vehicle:{truck.pk}", "一号卡车 海A-10001")
    assert not list(verify_log())


def test_a_vehicle_on_its_way_fetches_nothing_else_and_is_free_when_it_has_arrived(
    town: Town, isolating: Run, stored: PlanVersion, at: datetime
) -> None:
    truck, officer = vehicle(town, at), town.users["officer"]
    (sent,) = send(town, at, goods(asked(town, at)))
    leak = report_leak(town, at, title="北库泄漏")
    second = runs.activate_plan(by=officer, now=at, incident=leak, plan_version=stored)
    runs.finish_step(by=officer, now=at, run=second, step="alarm")
    proposal = asked(town, at)
    assert [short.cause for short in proposal.shorts if short.need.item] == ["no_vehicle"]
    with pytest.raises(VehicleTaken, match="fetching something else"):
        assign_resource(
            by=officer,
            now=at,
            run=second,
            need=sent.need,
            resource=sent.resource,
            quantity=1,
            vehicle=f"vehicle:{truck.pk}",
        )
    arrive_resource(by=officer, now=at, run=isolating, assignment=sent.code)
    assert [pick.vehicle for pick in goods(asked(town, at))] == [f"vehicle:{truck.pk}"]


def test_a_load_that_is_called_back_frees_its_vehicle(town: Town, isolating: Run, at: datetime) -> None:
    vehicle(town, at)
    (sent,) = send(town, at, goods(asked(town, at)))
    release_resource(by=town.users["officer"], now=at, run=isolating, assignment=sent.code)
    assert len(goods(asked(town, at))) == 1


def test_what_is_too_heavy_for_one_is_parted_between_two(town: Town, isolating: Run, at: datetime) -> None:
    vehicle(town, at, payload_kg=Decimal(25))
    vehicle(town, at, "van", name_en="Van", payload_kg=Decimal(20))
    proposal = asked(town, at)
    assert sorted((pick.carrier.en.partition(" 海")[0], pick.quantity) for pick in goods(proposal)) == [
        ("Truck one", 2),
        ("Van", 2),
    ]
    assert len(send(town, at, goods(proposal))) == 2
    assert not [short for short in asked(town, at).shorts if short.need.item]


def test_a_team_and_the_vehicle_it_drives_are_sent_only_once(town: Town, isolating: Run, at: datetime) -> None:
    """All three engines are asked for as teams before anything is fetched: then nobody drives, and that is said."""
    Team.objects.exclude(pk__in=[team.pk for team in town.teams[:2]]).delete()
    vehicle(town, at, team=town.teams[0].code)
    proposal = asked(town, at)
    teams = [pick for pick in proposal.picks if pick.need.capability]
    assert len(teams) + len(goods(proposal)) == 2
    assert proposal.answer.is_proven


def test_a_team_is_not_sent_while_its_vehicle_is_under_way_and_back_when_it_has_arrived(
    town: Town, isolating: Run, at: datetime
) -> None:
    officer = town.users["officer"]
    vehicle(town, at, team=town.teams[2].code)
    (load,) = send(town, at, goods(asked(town, at)))
    need = next(pick.need.key for pick in asked(town, at).picks if pick.need.capability)
    third = f"team:{town.teams[2].pk}"
    assert third not in [pick.resource for pick in asked(town, at).picks]
    with pytest.raises(VehicleTaken, match="is driving"):
        assign_resource(by=officer, now=at, run=isolating, need=need, resource=third)
    arrive_resource(by=officer, now=at, run=isolating, assignment=load.code)
    assign_resource(by=officer, now=at, run=isolating, need=need, resource=third)


def test_what_lies_on_board_comes_with_its_own_vehicle(town: Town, isolating: Run, at: datetime) -> None:
    truck = vehicle(town, at)
    vehicle(town, at, "other", name_en="Other", lat=Decimal("37.49"), lon=Decimal("121.40"))
    board = board_of(by=None, vehicle=truck)
    move(by=None, now=at, lot=town.lots[0].pk, to=board, quantity=Decimal(10))
    (pick,) = goods(asked(town, at))
    assert pick.vehicle == f"vehicle:{truck.pk}"
    assert StockLot.objects.get(pk=int(pick.resource.removeprefix("lot:"))).site == board


def test_an_exercise_takes_no_vehicle_of_the_registers(
    town: Town, stored: PlanVersion, isolating: Run, at: datetime
) -> None:
    vehicle(town, at)
    trainer = town.users["trainer"]
    drill = report_leak(town, at, by=trainer, mode="exercise")
    run = runs.activate_plan(by=trainer, now=at, incident=drill, plan_version=stored)
    runs.finish_step(by=trainer, now=at, run=run, step="alarm")
    pick = goods(proposed_now(trainer, now=at, exercise=drill.pk, suppose=NOTHING))[0]
    assign_resource(
        by=trainer,
        now=at,
        run=run,
        need=pick.need.key,
        resource=pick.resource,
        quantity=pick.quantity,
        vehicle=pick.vehicle,
    )
    assert len(goods(asked(town, at))) == 1


@pytest.mark.parametrize(
    ("named", "refusal"),
    [
        ("vehicle:999999", NoSuchVehicle),
        ("team:1", NoSuchVehicle),
        ("vehicle:²", NoSuchVehicle),
        ("nonsense", NoSuchVehicle),
    ],
)
def test_a_vehicle_that_is_none_is_refused(
    town: Town, isolating: Run, at: datetime, named: str, refusal: type[Exception]
) -> None:
    (pick,) = goods(asked(town, at))
    with pytest.raises(refusal):
        assign_resource(
            by=None, now=at, run=isolating, need=pick.need.key, resource=pick.resource, quantity=4, vehicle=named
        )
    assert not Assignment.objects.exists()


def test_a_vehicle_is_not_overloaded_by_hand_nor_sent_with_a_team(town: Town, isolating: Run, at: datetime) -> None:
    truck = vehicle(town, at, payload_kg=Decimal(25))
    pick, team = goods(asked(town, at))[0], town.teams[0]
    named = f"vehicle:{truck.pk}"
    with pytest.raises(VehicleOverloaded, match="carries 25"):
        assign_resource(
            by=None, now=at, run=isolating, need=pick.need.key, resource=pick.resource, quantity=4, vehicle=named
        )
    need = next(one.need.key for one in asked(town, at).picks if one.need.capability)
    with pytest.raises(VehicleForNothing):
        assign_resource(by=None, now=at, run=isolating, need=need, resource=f"team:{team.pk}", vehicle=named)
    assert not Assignment.objects.exists()


def test_another_vehicle_can_be_chosen_with_a_reason(town: Town, isolating: Run, at: datetime) -> None:
    vehicle(town, at)
    van = vehicle(town, at, "van", name_en="Van", plate="")
    (pick,) = goods(asked(town, at))
    other = next(other for other, name in pick.others if name.en.endswith("by Van"))
    done = decide(by=town.users["officer"], now=at, chosen={pick.key: other.choice}, reason="卡车备用")
    assert done.overridden == 1
    assert [sent.vehicle for sent in done.assignments] == [van]


def test_what_has_no_room_stays_and_more_than_fits_is_refused(town: Town, isolating: Run, at: datetime) -> None:
    Item.objects.update(volume_m3=Decimal("0.5"))
    truck = vehicle(town, at, volume_m3=Decimal("1.2"))
    proposal = asked(town, at)
    (pick,) = goods(proposal)
    assert pick.quantity == 2
    assert pick.carriage.en == "Fetched by Truck one 海A-10001: 20 kg, 1 m³; there is no room for more."
    (short,) = [one for one in proposal.shorts if one.need.item]
    assert (short.missing, short.cause) == (2, "no_vehicle")
    words = {"by": town.users["officer"], "now": at, "run": isolating, "need": "isolate/suits"}
    lot, fetched = f"lot:{town.lots[0].pk}", f"vehicle:{truck.pk}"
    with pytest.raises(VehicleOverloaded) as refusal:
        assign_resource(**words, resource=lot, quantity=3, vehicle=fetched)
    assert "holds 1.2 m³, not 1.50 m³" in refusal.value.text.en
    assert assign_resource(**words, resource=lot, quantity=2, vehicle=fetched).vehicle == truck


def test_the_form_that_assigns_offers_the_vehicles_that_are_free(town: Town, isolating: Run, at: datetime) -> None:
    near = vehicle(town, at, volume_m3=Decimal("6.5"))
    far = vehicle(town, at, code="far", name_en="Truck two", plate="", lat=Decimal("37.9"))
    vehicle(town, at, code="broken", status="out_of_service")
    client = Client()
    client.force_login(town.users["officer"], backend="django.contrib.auth.backends.ModelBackend")
    address = f"/runs/{isolating.pk}/needs/isolate/suits/assign/"
    page = client.get(address).content.decode()
    offered = re.findall(r'<option value="(vehicle:\d+)"', page)
    assert offered == [f"vehicle:{near.pk}", f"vehicle:{far.pk}"]
    assert "6.5" in page
    sent = {"resource": f"lot:{town.lots[0].pk}", "quantity": "4", "vehicle": f"vehicle:{near.pk}"}
    assert client.post(address, sent).status_code == 302
    assert Assignment.objects.get(run=isolating).vehicle == near
    team = client.get(f"/runs/{isolating.pk}/needs/isolate/team/assign/").content.decode()
    assert 'name="vehicle"' not in team
