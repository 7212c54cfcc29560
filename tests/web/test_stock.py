"""Reserves as pages: the ledger of a lot, what is handed in and out, gaps, what is due, the needs calculator."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from tests.built_once import A_MINUTE, built_once
from tests.web.conftest import client_of, user_with
from youbei.actions import clock, stores
from youbei.engine.access import Role
from youbei.engine.places import Point
from youbei.records.models import (
    CapacityLine,
    EquipmentTest,
    Item,
    ItemCode,
    MarketOffer,
    Organisation,
    Requirement,
    Site,
    StatedQuantity,
    StockLot,
    StockMovement,
    StockOrder,
    Vehicle,
)


@built_once(fresh_for=A_MINUTE)
def store(town: Organisation) -> Site:
    return stores.create_site(
        by=None,
        now=clock.now(),
        organisation=town,
        code="store",
        kind="store",
        name_zh="应急库",
        point=Point(34.6, 119.2),
    )


@built_once(fresh_for=A_MINUTE)
def lot(store: Site) -> StockLot:
    item = Item.objects.create(
        code="tent", name_zh="帐篷", name_en="Tent", unit_zh="顶", unit_en="tents", shelf_life_days=400
    )
    today = clock.now().date()
    return stores.create_lot(
        by=None,
        now=clock.now(),
        item=item,
        site=store,
        quantity=Decimal(10),
        expires_on=today + timedelta(days=50),
        code="tents-1",
    )


@pytest.fixture
def keeper(town: Organisation) -> Client:
    return client_of(user_with(Role.RESOURCE_KEEPER, town, name="keeper", language="en"))


def test_a_lot_shows_its_ledger_with_the_running_balance(keeper: Client, lot: StockLot) -> None:
    keeper.post(f"/stock/lots/{lot.pk}/issue/", {"quantity": "4", "consumer": "School", "reason": "flood"})
    page = keeper.get(f"/registers/lot/{lot.pk}/").content.decode()
    assert "Received" in page
    assert "-4" in page
    assert "flood" in page
    lot.refresh_from_db()
    assert lot.quantity == 6


@pytest.mark.parametrize(
    ("verb", "data", "left"),
    [
        ("receive", {"quantity": "5", "supplier": "Mill"}, 15),
        ("issue", {"quantity": "2.5", "consumer": "School"}, Decimal("7.5")),
        ("rotate", {"quantity": "3", "consumer": "Scouts"}, 7),
        ("count", {"counted": "8"}, 8),
    ],
)
def test_each_verb_is_a_sheet_that_changes_the_lot(
    keeper: Client, lot: StockLot, verb: str, data: dict[str, str], left: Decimal
) -> None:
    assert keeper.get(f"/stock/lots/{lot.pk}/{verb}/").status_code == 200
    assert keeper.post(f"/stock/lots/{lot.pk}/{verb}/", data).status_code == 302
    lot.refresh_from_db()
    assert lot.quantity == left


def test_a_write_off_is_applied_for_and_approved_by_another(keeper: Client, lot: StockLot, town: Organisation) -> None:
    inspector = client_of(user_with(Role.INSPECTOR, town, name="inspector", language="en"))
    address = f"/stock/lots/{lot.pk}/write_off/"
    assert "Apply to write off" in keeper.get(address).content.decode()
    said = keeper.post(address, {"quantity": "3", "why": "torn", "document": "B-7"}, follow=True).content.decode()
    assert "held back until somebody else" in said
    lot.refresh_from_db()
    assert (lot.quantity, lot.reserved) == (10, 3)
    one = StatedQuantity.objects.get()
    own, others = (browser.get("/stock/stated/").content.decode() for browser in (keeper, inspector))
    assert "To write off: torn" in own
    assert f"/stock/stated/{one.pk}/confirm/" not in own
    assert "Approve" in others
    assert "10 → <b>7</b>" in others
    assert keeper.post(address, {"quantity": "8", "why": "torn"}).status_code == 409
    inspector.post(f"/stock/stated/{one.pk}/confirm/")
    lot.refresh_from_db()
    assert (lot.quantity, lot.reserved) == (7, 0)
    assert "B-7" in keeper.get(f"/registers/lot/{lot.pk}/").content.decode()


def test_a_quantity_is_taken_in_packs_and_an_unknown_unit_is_refused_with_those_that_are_known(
    keeper: Client, lot: StockLot
) -> None:
    Item.objects.filter(pk=lot.item_id).update(packs="捆/bundle=2")
    address = f"/stock/lots/{lot.pk}/issue/"
    refused = keeper.post(address, {"quantity": "3 crates", "consumer": "School"})
    assert refused.status_code == 422
    assert "捆/bundle (= 2)" in refused.content.decode()
    for nonsense in ("-1", "0", "x", "1e30", "0.0001", "-1 bundle", ""):
        assert keeper.post(address, {"quantity": nonsense, "consumer": "School"}).status_code != 302, nonsense
    assert keeper.post(address, {"quantity": "2 bundles", "consumer": "School", "reason": "drill"}).status_code == 302
    lot.refresh_from_db()
    assert lot.quantity == 6
    assert "2 bundles = 4 " in keeper.get(f"/registers/lot/{lot.pk}/").content.decode()


def test_too_much_is_refused_and_what_was_typed_stays(keeper: Client, lot: StockLot) -> None:
    answer = keeper.post(f"/stock/lots/{lot.pk}/issue/", {"quantity": "400", "consumer": "Scout camp"})
    assert answer.status_code == 409
    assert "Scout camp" in answer.content.decode()
    assert "holds 10" in answer.content.decode()


def test_a_vehicle_takes_stock_on_board_and_shows_it(keeper: Client, lot: StockLot, town: Organisation) -> None:
    truck = Vehicle.objects.create(
        organisation=town,
        org_path=town.path,
        code="truck",
        name_zh="车",
        name_en="Truck",
        kind="truck",
        lat=34,
        lon=119,
    )
    assert keeper.post(f"/stock/lots/{lot.pk}/move/", {"quantity": "3", "to": "truck"}).status_code == 302
    assert "Tent" in keeper.get(f"/registers/vehicle/{truck.pk}/").content.decode()
    answer = keeper.post(f"/stock/lots/{lot.pk}/move/", {"quantity": "3", "to": "nowhere"})
    assert "no site or vehicle" in answer.content.decode()


def test_a_movement_is_reversed_with_a_reason(keeper: Client, lot: StockLot) -> None:
    keeper.post(f"/stock/lots/{lot.pk}/issue/", {"quantity": "4", "consumer": "School"})
    movement = StockMovement.objects.order_by("-pk")[0]
    assert keeper.post(f"/stock/movements/{movement.pk}/reverse/", {"reason": "wrong lot"}).status_code == 302
    lot.refresh_from_db()
    assert lot.quantity == 10


def test_a_label_carries_the_code_to_scan(keeper: Client, lot: StockLot) -> None:
    page = keeper.get(f"/stock/lots/{lot.pk}/label/").content.decode()
    assert "tents-1" in page
    assert "<svg" in page


def test_an_inspector_is_offered_the_count_and_nothing_else(lot: StockLot, town: Organisation) -> None:
    inspector = client_of(user_with(Role.INSPECTOR, town, name="inspector", language="en"))
    address = f"/stock/lots/{lot.pk}"
    page = inspector.get(f"/registers/lot/{lot.pk}/").content.decode()
    assert f"{address}/count/" in page
    assert "Not yet counted by a second person" in page
    assert f"{address}/issue/" not in page
    assert inspector.post(f"{address}/count/", {"counted": "8"}).status_code == 302
    assert inspector.post(f"{address}/write_off/", {"quantity": "1", "why": "x"}).status_code == 403
    lot.refresh_from_db()
    assert lot.quantity == 8
    page = inspector.get(f"/registers/lot/{lot.pk}/").content.decode()
    assert "/reverse/" in page
    assert "Not yet counted by a second person" not in page


def form_of(browser: Client, lot: StockLot) -> dict[str, str]:
    """Return what the form of a lot posts when nothing is touched."""
    page = browser.get(f"/registers/lot/{lot.pk}/change/").context["form"]
    return {name: "" if page[name].value() is None else str(page[name].value()) for name in page.fields}


def test_another_quantity_in_the_form_waits_and_is_confirmed_in_one_tap(
    keeper: Client, lot: StockLot, town: Organisation
) -> None:
    inspector = client_of(user_with(Role.INSPECTOR, town, name="inspector", language="en"))
    said = {**form_of(keeper, lot), "quantity": "8", "shelf": "B2", "why": "two were torn"}
    answer = keeper.post(f"/registers/lot/{lot.pk}/change/", said, follow=True)
    page = answer.content.decode()
    assert "The quantity stays as the ledger has it" in page
    lot.refresh_from_db()
    assert (lot.quantity, lot.shelf) == (10, "B2")
    one = StatedQuantity.objects.get()
    for address in (f"/registers/lot/{lot.pk}/", "/stock/due/", "/stock/stated/"):
        own, others = keeper.get(address).content.decode(), inspector.get(address).content.decode()
        assert f"/stock/stated/{one.pk}/confirm/" not in own
        assert f"/stock/stated/{one.pk}/reject/" in own
        assert f"/stock/stated/{one.pk}/confirm/" in others
        assert "two were torn" in others
    assert "10 → 8" in inspector.get("/stock/").content.decode()
    keeper.post(f"/stock/stated/{one.pk}/confirm/")
    one.refresh_from_db()
    assert one.state == "waiting"
    answer = inspector.post(f"/stock/stated/{one.pk}/confirm/", {"back": "due"}, follow=True)
    assert answer.redirect_chain[0][0] == "/stock/due/"
    assert "Confirmed" in answer.content.decode()
    lot.refresh_from_db()
    assert lot.quantity == 8
    again = inspector.post(f"/stock/stated/{one.pk}/reject/", follow=True).content.decode()
    assert "has been decided already" in again
    assert inspector.post(f"/stock/stated/{one.pk}/nonsense/").status_code == 404
    assert inspector.get("/stock/stated/?import=99999999999999").status_code == 200


def test_many_are_ticked_or_all_of_a_store_are_decided_and_what_is_not_is_said_with_its_reason(
    keeper: Client, lot: StockLot, town: Organisation
) -> None:
    inspector = client_of(user_with(Role.INSPECTOR, town, name="inspector", language="en"))
    keeper.post(f"/registers/lot/{lot.pk}/change/", {**form_of(keeper, lot), "quantity": "8"})
    one, site = StatedQuantity.objects.get(), lot.site.code
    page = inspector.get(f"/stock/stated/?site={site}").content.decode()
    assert f'name="pick" value="{one.pk}"' in page
    assert "Confirm the one that waits here" in page
    assert "Nothing waits" in inspector.get("/stock/stated/?site=nowhere").content.decode()
    address = "/stock/stated/several/"
    assert inspector.get(address).status_code == 302
    assert inspector.post(address, {"verb": "nonsense", "pick": str(one.pk)}).status_code == 404
    nothing = inspector.post(address, {"verb": "confirm", "pick": "x"}, follow=True).content.decode()
    assert "Nothing was ticked" in nothing
    refused = keeper.post(address, {"verb": "confirm", "site": site, "all": "1"}).content.decode()
    assert "nobody verifies" in refused or "核实" in refused
    one.refresh_from_db()
    assert one.state == "waiting"
    done = inspector.post(address, {"verb": "confirm", "pick": [str(one.pk), str(one.pk + 99)], "answer": "seen"})
    page = done.content.decode()
    assert "<b>1</b> decided" in page
    assert "<b>1</b> goes on waiting" in page
    assert "There is nothing here that you may see" in page
    one.refresh_from_db()
    lot.refresh_from_db()
    assert (one.state, one.answer, lot.quantity) == ("confirmed", "seen", 8)
    too_many = {"verb": "confirm", "pick": [str(number) for number in range(1, 150)]}
    assert inspector.post(address, too_many).status_code == 422


def test_a_form_that_was_open_while_the_stock_moved_states_nothing(keeper: Client, lot: StockLot) -> None:
    said = {**form_of(keeper, lot), "shelf": "C3"}
    keeper.post(f"/stock/lots/{lot.pk}/issue/", {"quantity": "4", "consumer": "School"})
    assert keeper.post(f"/registers/lot/{lot.pk}/change/", said).status_code == 302
    lot.refresh_from_db()
    assert (lot.quantity, lot.shelf) == (6, "C3")
    assert not StatedQuantity.objects.exists()


def test_strangers_and_those_who_may_only_look_change_nothing(lot: StockLot, town: Organisation) -> None:
    neighbour = Organisation.objects.create(code="far", name_zh="远县", kind="government")
    Organisation.objects.filter(pk=neighbour.pk).update(path=f"/{neighbour.pk}/")
    neighbour.refresh_from_db()
    stranger = client_of(user_with(Role.RESOURCE_KEEPER, neighbour, name="stranger"))
    observer = client_of(user_with(Role.OBSERVER, town, name="observer"))
    for verb in ("issue", "label"):
        assert stranger.get(f"/stock/lots/{lot.pk}/{verb}/").status_code == 404
    assert observer.post(f"/stock/lots/{lot.pk}/issue/", {"quantity": "1", "consumer": "x"}).status_code == 403
    lot.refresh_from_db()
    assert lot.quantity == 10


def test_the_overview_shows_pools_gap_and_what_is_due(keeper: Client, lot: StockLot, town: Organisation) -> None:
    common = {"organisation": town, "org_path": town.path, "item": lot.item}
    Requirement.objects.create(code="r", quantity=100, within_h=0, basis="plan", **common)
    MarketOffer.objects.create(code="o", quantity=30, delay_h=20, **common)
    line = CapacityLine.objects.create(
        code="l", name_zh="线", name_en="Line", switch_over_h=24, first_rate=24, ramp_up_h=0, full_rate=24, **common
    )
    page = keeper.get("/stock/").content.decode()
    assert "90 lacking" in page
    assert "60 lacking" in page
    assert "12 lacking" in page
    assert "rotation late" in page
    drawn = keeper.get(f"/registers/capacity_line/{line.pk}/").content.decode()
    assert "<polyline" in drawn
    assert "144" in drawn
    assert "Rotate" in keeper.get("/stock/due/").content.decode()


def test_needs_are_calculated_with_their_sources_compared_and_saved(
    keeper: Client, lot: StockLot, town: Organisation
) -> None:
    asked = {"people": "3000", "days": "3", "near": "store", "km": "5"}
    page = keeper.get("/stock/needs/displaced_people/", asked).content.decode()
    assert "3.5 m² per person × 1/12 tents per m² × 3000 people = 875 tents" in page
    assert "865 lacking" in page
    assert "Sphere" in page
    keeper.post("/stock/needs/displaced_people/keep/?people=3000&days=3", {"organisation": town.code})
    kept = Requirement.objects.get()
    assert (kept.item, kept.quantity, kept.basis) == (lot.item, 875, "needs")


def test_a_parameter_out_of_bounds_is_said_at_its_field(keeper: Client) -> None:
    page = keeper.get("/stock/needs/displaced_people/", {"people": "-4", "days": "3"}).content.decode()
    assert "field-error" in page
    assert keeper.get("/stock/needs/dragons/").status_code == 404


def test_one_tap_takes_exactly_what_is_proposed(keeper: Client, lot: StockLot, store: Site) -> None:
    assert "Propose" in keeper.get("/stock/take/?purpose=store").content.decode()
    page = keeper.get("/stock/take/", {"item": "tent", "quantity": "4", "purpose": "store"}).content.decode()
    assert f'name="take-lot:{lot.pk}"' in page
    assert 'value="4"' in page
    asked = "/stock/take/?item=tent&quantity=4&purpose=store"
    answer = keeper.post(asked, {f"take-lot:{lot.pk}": "4", "do": "reserve"})
    order = StockOrder.objects.get()
    assert answer.headers["Location"] == f"/stock/orders/{order.pk}/"
    picking = keeper.get(f"/stock/orders/{order.pk}/").content.decode()
    assert "tents-1" in picking
    assert f"#{order.pk}" in keeper.get("/stock/orders/?state=reserved").content.decode()
    assert keeper.post(f"/stock/orders/{order.pk}/issue/").status_code == 302
    lot.refresh_from_db()
    assert (lot.quantity, lot.reserved) == (6, 0)


def test_when_another_was_quicker_the_page_says_so_and_proposes_anew(keeper: Client, lot: StockLot) -> None:
    keeper.post(f"/stock/lots/{lot.pk}/issue/", {"quantity": "8", "consumer": "School"})
    asked = "/stock/take/?item=tent&quantity=4&purpose=flood"
    answer = keeper.post(asked, {f"take-lot:{lot.pk}": "4", "do": "reserve"})
    assert answer.status_code == 409
    assert "somebody was quicker" in answer.content.decode()
    assert "2 lacking" in answer.content.decode()
    assert not StockOrder.objects.exists()


def test_an_item_that_is_not_there_is_said_at_its_field(keeper: Client, lot: StockLot) -> None:
    page = keeper.get("/stock/take/", {"item": "dragon", "quantity": "4", "purpose": "x"}).content.decode()
    assert "There is no such item" in page


def test_what_is_due_is_done_in_one_tap(keeper: Client, lot: StockLot, town: Organisation) -> None:
    Organisation.objects.create(
        code="brigade", name_zh="消防站", name_en="Brigade", kind="rescue", employees=100, path=f"{town.path}9/"
    )
    Item.objects.filter(pk=lot.item_id).update(code="dry_powder", test_interval_days=90)
    page = keeper.get("/stock/due/").content.decode()
    assert "Brigade" in page
    assert "Rotate as proposed" in page
    keeper.post(f"/stock/lots/{lot.pk}/rotate-out/", {"share-brigade": "10"})
    lot.refresh_from_db()
    assert lot.quantity == 0
    keeper.post(f"/stock/lots/{lot.pk}/tested/")
    assert EquipmentTest.objects.get().result == "passed"


def test_codes_are_given_to_items_from_the_list(town: Organisation, lot: StockLot) -> None:
    keeper = client_of(user_with(Role.ADMINISTRATOR, town, name="root", language="en"))
    assert "No list of codes is loaded" in keeper.get("/stock/codes/").content.decode()
    ItemCode.objects.create(code="1010200", name_zh="帐篷")
    assert "1010200" in keeper.get("/stock/codes/").content.decode()


def test_a_vehicle_says_where_it_is(keeper: Client, town: Organisation) -> None:
    truck = Vehicle.objects.create(
        organisation=town, org_path=town.path, code="truck", name_zh="车", kind="truck", lat=34, lon=119
    )
    assert keeper.post(f"/stock/vehicles/{truck.pk}/place/", {"point": "nowhere"}).status_code == 422
    assert keeper.post(f"/stock/vehicles/{truck.pk}/place/", {"point": "35.1, 118.5"}).status_code == 302
    truck.refresh_from_db()
    assert (truck.lat, truck.lon) == (35.1, 118.5)
