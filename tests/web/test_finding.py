"""The search box, lists narrowed by their address, kept views, and what can be here in time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.built_once import built_once
from tests.growth import assert_queries_do_not_grow
from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions import clock
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.records.models import Organisation, SavedView, Site, Team

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def save(name: str, **values: Any) -> Any:
    return save_record(register=content.registers()[name], values=values, by=None, now=NOW)


def team(code: str, name: str, unit: str = "haizhou", **more: Any) -> Any:
    said = {"kind": "professional", "capabilities": {"rescue": 2}, "turn_out_min": Decimal(5)}
    return save("team", code=code, name_zh=name, organisation=unit, **(said | {"lat": 34.6, "lon": 119.2} | more))


@pytest.fixture
def keeper(town: Organisation) -> Client:
    return client_of(user_with(Role.REGISTRAR, town, name="keeper", language="en"))


@built_once
def elsewhere(town: Organisation) -> Organisation:
    return Organisation.objects.create(code="far", kind="government", name_zh="远县", path="/9/")


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_box_stands_on_every_page_and_its_page_works_without_javascript(keeper: Client) -> None:
    team("hazmat-1", "危化救援一队")
    assert 'action="/search/"' in text_of(keeper.get("/registers/"))
    page = text_of(keeper.get("/search/?q=weihua"))
    assert "危化救援一队" in page
    assert "by pinyin" in page
    assert "What can be typed" in text_of(keeper.get("/search/"))


def test_what_was_found_is_grouped_by_register_and_one_can_be_looked_at_alone(keeper: Client) -> None:
    for number in range(9):
        team(f"rescue-{number}", f"救援{number}队")
    save("expert", code="e-1", name_zh="救援专家", organisation="haizhou")
    page = text_of(keeper.get("/search/?q=救援"))
    assert "Teams 9" in page
    assert "Experts 1" in page
    assert page.count("/registers/team/") < 9
    alone = text_of(keeper.get("/search/?q=救援&in=team"))
    assert alone.count('href="/registers/team/') >= 9
    assert "救援专家" not in alone


def test_nothing_found_says_what_to_try(keeper: Client) -> None:
    assert "Nothing that you may see fits" in text_of(keeper.get("/search/?q=没有这个"))


def test_proposals_are_a_few_links(keeper: Client) -> None:
    for number in range(20):
        team(f"rescue-{number}", f"救援{number}队")
    part = text_of(keeper.get("/search/proposals/?q=救援"))
    assert part.count("/registers/team/") == 8
    assert "<html" not in part
    assert "Nothing fits" in text_of(keeper.get("/search/proposals/?q=没有这个"))
    assert text_of(keeper.get("/search/proposals/?q=")).strip() == ""


def test_a_stranger_finds_nothing(town: Organisation, elsewhere: Organisation) -> None:
    team("hazmat-1", "危化救援一队")
    other = client_of(user_with(Role.REGISTRAR, elsewhere, name="other"))
    assert "危化救援一队" not in text_of(other.get("/search/?q=危化"))
    assert "危化救援一队" not in text_of(other.get("/search/proposals/?q=危化"))


def test_searching_costs_the_same_however_many_there_are(keeper: Client) -> None:
    def grow() -> None:
        for number in range(5):
            team(f"t-{Team.objects.count()}", f"救援{number}队")

    assert_queries_do_not_grow(lambda: keeper.get("/search/?q=救援"), grow)


def test_each_filter_of_a_list_is_a_chip_that_takes_it_away(keeper: Client) -> None:
    team("hazmat-1", "危化救援一队", grade_until=date(2027, 1, 1))
    page = text_of(keeper.get("/registers/team/?kind=professional&grade_until_from=2026-01-01&q=危化&order=new"))
    assert "危化救援一队" in page
    assert 'href="?grade_until_from=2026-01-01&amp;q=%E5%8D%B1%E5%8C%96&amp;order=new"' in page
    assert "Kind: Professional" in page
    assert "2026-01-01 – …" in page
    assert '<option value="new" selected>' in page


def test_a_filter_by_a_record_is_said_by_its_name(keeper: Client) -> None:
    save("item", code="mask", name_zh="防毒面具", name_en="Gas mask", unit_zh="个")
    assert "Item: Gas mask" in text_of(keeper.get("/registers/lot/?item=mask"))


def test_a_text_offers_the_records_a_list_can_be_narrowed_to(keeper: Client) -> None:
    save("item", code="mask", name_zh="防毒面具", name_en="Gas mask", unit_zh="个")
    page = text_of(keeper.get("/registers/lot/?q=fangdu"))
    assert 'href="?item=mask"' in page


def test_an_empty_list_says_what_to_do(keeper: Client) -> None:
    assert "Enter the first record" in text_of(keeper.get("/registers/expert/"))
    page = text_of(keeper.get("/registers/expert/?level=national&q=x"))
    assert "Nothing fits. Widen the filters." in page
    assert "Search all registers" in page


def test_a_view_is_kept_used_by_default_and_removed(keeper: Client) -> None:
    team("hazmat-1", "危化救援一队")
    address = "/registers/team/views/keep/?kind=volunteer&order=new&cursor=x"
    sheet = text_of(keeper.get(address))
    assert "kind=volunteer&amp;order=new" in sheet
    done = keeper.post(address, {"name": "志愿队", "query": "kind=volunteer&order=new", "is_default": "on"})
    assert done.status_code == 302
    view = SavedView.objects.get()
    assert (view.name, view.query, view.organisation, view.is_default) == (
        "志愿队", "kind=volunteer&order=new", None, True,
    )  # fmt: skip
    assert keeper.get("/registers/team/").headers["Location"] == "/registers/team/?kind=volunteer&order=new"
    assert "志愿队" in text_of(keeper.get("/registers/team/?all=1"))
    keeper.post(f"/registers/team/views/{view.pk}/remove/", {})
    assert not SavedView.objects.exists()


def test_a_shared_view_is_seen_where_it_is_shared_and_only_its_owner_removes_it(
    keeper: Client, town: Organisation, elsewhere: Organisation
) -> None:
    keeper.post("/registers/team/views/keep/", {"name": "共享的", "query": "kind=volunteer", "is_shared": "on"})
    view = SavedView.objects.get()
    assert view.organisation == town
    colleague = client_of(user_with(Role.OBSERVER, town, name="colleague"))
    other = client_of(user_with(Role.OBSERVER, elsewhere, name="other"))
    assert "共享的" in text_of(colleague.get("/registers/team/"))
    assert "共享的" not in text_of(other.get("/registers/team/"))
    assert colleague.post(f"/registers/team/views/{view.pk}/remove/", {}).status_code == 404
    assert SavedView.objects.exists()


ASKED = {"point": "34.6, 119.2", "minutes": "30", "capability": "rescue", "type": "2"}


def test_teams_that_can_be_here_in_time_are_listed_the_first_first(keeper: Client) -> None:
    team("near", "近处队", lat=34.61, turn_out_min=Decimal(3))
    team("slow", "慢队", lat=34.61, turn_out_min=Decimal(25))
    team("weak", "弱队", lat=34.61, capabilities={"rescue": 3})
    team("far", "远处队", lat=35.6)
    team("away", "外出队", lat=34.61, status="out_of_service")
    page = text_of(keeper.get("/reach/", ASKED))
    assert page.index("近处队") < page.index("慢队")
    for name in ("弱队", "远处队", "外出队"):
        assert name not in page
    assert "≈" in page
    assert "times 1.4" in page


def test_stock_is_summed_in_the_order_of_arrival(keeper: Client, town: Organisation) -> None:
    save("item", code="mask", name_zh="防毒面具", unit_zh="个")
    for code, lat in (("store-a", 34.65), ("store-b", 34.61)):
        save("site", code=code, name_zh=code, kind="store", organisation="haizhou", lat=lat, lon=119.2)
        said = {"item": "mask", "site": code, "organisation": "haizhou", "quantity": Decimal(10)}
        save("lot", code=f"lot-{code}", **said)
        save("lot", code=f"old-{code}", expires_on=date(2020, 1, 1), **said)
    page = text_of(keeper.get("/reach/", {"point": "34.6 119.2", "minutes": "60", "item": "mask"}))
    assert page.index("store-b") < page.index("store-a")
    assert "Σ 10" in page
    assert "Σ 20" in page
    assert "old-store" not in page


def test_who_comes_at_three_in_the_morning_is_told_which_stores_are_open(keeper: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 24, 19, tzinfo=UTC))  # three o'clock here
    save("item", code="mask", name_zh="防毒面具", unit_zh="个")
    for code, opening in (("day", "每天 08:00-18:00"), ("always", "24小时"), ("unknown", "")):
        place = {"organisation": "haizhou", "lat": 34.61, "lon": 119.2, "opening": opening}
        save("site", code=code, name_zh=code, kind="store", **place)
        save("lot", code=f"lot-{code}", item="mask", site=code, organisation="haizhou", quantity=Decimal(10))
    for wanted in ({"item": "mask"}, {"site_kind": "store"}):
        page = text_of(keeper.get("/reach/", {"point": "34.6 119.2", "minutes": "60"} | wanted))
        assert (page.count("open now"), page.count("shut now"), page.count("opens")) == (1, 1, 1)
    found = keeper.get("/api/reach/stock?lat=34.6&lon=119.2&minutes=60&item=mask").json()["items"]
    assert {one["name"]["zh"]: one["is_open"] for one in found} == {"day": False, "always": True, "unknown": None}


def test_a_place_can_be_named_by_a_site_and_a_wrong_one_is_answered_by_a_sentence(keeper: Client) -> None:
    save("site", code="shelter-1", name_zh="避难所", kind="shelter", organisation="haizhou", lat=34.6, lon=119.2)
    page = text_of(keeper.get("/reach/", {"point": "shelter-1", "minutes": "10", "site_kind": "shelter"}))
    assert "避难所" in page
    assert "There is no such place" in text_of(keeper.get("/reach/", ASKED | {"point": "nowhere"}))
    assert "Choose one" in text_of(keeper.get("/reach/", {"point": "34,119", "minutes": "10"}))
    found = keeper.get("/reach/map.json", {"point": "shelter-1", "minutes": "10", "site_kind": "shelter"}).json()
    assert [one["properties"]["address"] for one in found["features"]] == [f"/registers/site/{Site.objects.get().pk}/"]


def test_a_neighbour_does_not_see_who_could_come(town: Organisation, elsewhere: Organisation) -> None:
    team("near", "近处队")
    save("site", code="shelter-1", name_zh="避难所", kind="shelter", organisation="haizhou", lat=34.6, lon=119.2)
    other = client_of(user_with(Role.REGISTRAR, elsewhere, name="other"))
    assert "近处队" not in text_of(other.get("/reach/", ASKED))
    assert "There is no such place" in text_of(other.get("/reach/", ASKED | {"point": "shelter-1"}))
    assert other.get("/reach/map.json", ASKED).json()["features"] == []


def test_measured_turn_out_counts_before_the_promise(keeper: Client) -> None:
    team("near", "近处队")
    Team.objects.update(measured_turn_out_s=timedelta(minutes=40).total_seconds())
    assert "近处队" not in text_of(keeper.get("/reach/", ASKED))
