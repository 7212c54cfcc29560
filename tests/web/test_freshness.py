"""Freshness: every number is a list that holds exactly so many records, and a campaign asks for what plans rest on."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.actions.town import build_town, store_plan
from tests.built_once import built_once
from tests.growth import assert_queries_do_not_grow
from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions import clock, jobs
from youbei.actions.campaigns import opening
from youbei.actions.registers.people import create_organisation
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.engine.registers.register import Freshness
from youbei.records.models import Campaign, CampaignItem, Organisation, Site, Team, User
from youbei.records.registers.filters import Filters, narrowed, read_filters
from youbei.records.registers.freshness import ageing, freshnesses
from youbei.records.registers.pages import register_page
from youbei.records.registers.tables import model_of, visible
from youbei.records.reports.resting import resting

REGISTERS = content.registers()


def unit(code: str, parent: Organisation | None) -> Organisation:
    return create_organisation(
        by=None, now=clock.now(), code=code, kind="government", name_zh=code, name_en=code, parent=parent, email=""
    )


def site(code: str, home: str) -> Any:
    values = {"code": code, "name_zh": code, "kind": "store", "organisation": home, "lat": 34, "lon": 119}
    return save_record(register=REGISTERS["site"], values=values, by=None, now=clock.now())


@built_once
def county() -> User:
    city = unit("city", None)
    for code in ("north", "south"):
        unit(f"{code}-1", unit(code, city))
    return user_with(Role.REGISTRAR, city, name="keeper")


HOMES = ("city", "north", "north-1", "south", "south-1")
ages = st.sampled_from([None, 0, 89, 90, 364, 365, 366, 5000])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(HOMES), ages, st.booleans()), max_size=12), st.sampled_from(["", *HOMES]))
def test_every_number_is_a_list_that_holds_so_many_records(
    county: User, planted: list[tuple[str, int | None, bool]], code: str
) -> None:
    now = clock.now()
    Site.objects.all().delete()
    for number, (home, age, is_retired) in enumerate(planted):
        row = site(f"s{number}", home)
        confirmed = None if age is None else now - timedelta(days=age)
        Site.objects.filter(pk=row.pk).update(confirmed_at=confirmed, retired_at=now if is_retired else None)
    user = User.objects.get(pk=county.pk)
    found = freshnesses(user, now=now, unit=code)
    for row in found.registers:
        for state, number in zip(Freshness, (row.figures.fresh, row.figures.stale, row.figures.never), strict=True):
            filters = Filters(unit=code, freshness=state)
            assert narrowed(row.register, visible(row.register, user), filters, now).count() == number
            assert len(register_page(row.register, user, now=now, filters=filters, size=200).rows) == number
    one = freshnesses(user, now=now, unit=code, register="site")
    for area in one.units:
        query = {**area.unit.query, "freshness": "stale"}
        sites = visible(REGISTERS["site"], user)
        shown = narrowed(REGISTERS["site"], sites, read_filters(REGISTERS["site"], query), now)
        assert shown.count() == area.figures.stale
    assert sum(area.figures.total for area in one.units) == one.total.total
    assert sum(area.figures.total for area in found.units) == found.total.total


def test_the_page_links_every_number_to_its_list(county: User) -> None:
    old, new = site("old", "north-1"), site("new", "south")
    Site.objects.filter(pk=old.pk).update(confirmed_at=clock.now() - timedelta(days=800))
    browser = client_of(county)
    page = browser.get("/registers/freshness/?register=site").content.decode()
    links = re.findall(r'href="(/registers/site/\?freshness=stale[^"]*)">1</a>', page)
    assert len(links) == 2
    for link in links:
        shown = browser.get(link.replace("&amp;", "&")).content.decode()
        assert f"/registers/site/{old.pk}/" in shown
        assert f"/registers/site/{new.pk}/" not in shown
    assert browser.get("/registers/freshness/?unit=north").status_code == 200
    assert browser.get("/registers/freshness/?unit=nowhere&register=dragons").status_code == 200


def test_a_neighbour_counts_nothing_of_mine(county: User) -> None:
    site("mine", "north-1")
    neighbour = user_with(Role.REGISTRAR, Organisation.objects.get(code="south"), name="neighbour")
    found = freshnesses(neighbour, now=clock.now(), register="site", unit="north")
    assert found.total.total == 0


def test_the_registers_that_age_are_counted_and_no_others(county: User) -> None:
    assert {one.name for one in ageing(county)} >= {"team", "lot", "site", "person", "organisation", "post"}
    assert all(hasattr(model_of(one), "confirmed_at") for one in ageing(county))


def test_the_page_costs_the_same_queries_however_many_records_there_are(county: User) -> None:
    numbers = iter(range(1000))

    def show() -> None:
        freshnesses(User.objects.get(pk=county.pk), now=clock.now())

    assert_queries_do_not_grow(show, lambda: [site(f"s{next(numbers)}", "north") for _ in range(3)])


@pytest.fixture
def registrar(db: None) -> tuple[Client, User, Any]:
    town = build_town(clock.now())
    store_plan(town, clock.now())
    user = user_with(Role.ADMINISTRATOR, town.city, name="registrar")
    return client_of(user), user, town


def test_home_says_what_plans_rest_on_and_a_campaign_asks_for_exactly_that(registrar: Any) -> None:
    browser, user, town = registrar
    Team.objects.update(confirmed_at=clock.now())
    fresh = {name: set(keys) for name, keys in resting(user, clock.now()).records.items()}
    assert "team" not in fresh
    stale = Team.objects.filter(team_capabilities__isnull=False).exclude(organisation=town.city).first()
    assert stale is not None
    Team.objects.filter(pk=stale.pk).update(confirmed_at=clock.now() - timedelta(days=400))
    found = resting(User.objects.get(pk=user.pk), clock.now())
    assert found.records["team"] == (stale.pk,)
    home = browser.get("/").content.decode()
    assert f"{found.number} record" in home
    link = re.search(r'href="(/campaigns/new/[^"]+)"', home)
    assert link is not None
    address = link[1].replace("&amp;", "&")
    form = browser.get(address).content.decode()
    assert re.search(r'name="is_resting"[^>]*checked', form)
    data = {
        "title_zh": "核实",
        "organisation": town.city.code,
        "registers": ["team"],
        "is_resting": "on",
        "due_at": (clock.now() + timedelta(days=14)).strftime("%Y-%m-%dT%H:%M"),
    }
    assert "units would be asked" in browser.post(address, data).content.decode()
    assert browser.post(address, {**data, "open": "1"}).status_code == 302
    jobs.run_to_the_end(Campaign.objects.get().job_id)  # type: ignore[arg-type]
    assert list(CampaignItem.objects.values_list("register", "record_id")) == [("team", stale.pk)]
    assert Campaign.objects.get().units_total == 1


def test_a_campaign_about_nothing_is_refused(registrar: Any) -> None:
    _browser, _user, town = registrar
    due = clock.now() + timedelta(days=3)
    with pytest.raises(opening.CampaignRefused):
        opening.open_campaign(
            by=None, now=clock.now(), organisation=town.city, title_zh="空", registers=["team"], records={}, due_at=due
        )
