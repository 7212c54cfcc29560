"""Reporting an incident, its list and its page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.town import PLAN, Town, build_town, report_leak, store_plan
from tests.built_once import A_MINUTE, built_once
from tests.web.conftest import client_of, english
from tests.web.scene import open_scene
from youbei.actions import activation, clock, plans
from youbei.records.models import Fact, Incident, Run

pytestmark = pytest.mark.django_db
FORM = {
    "kind": "ammonia_leak",
    "place": "Cold store 2",
    "organisation": "Town chemical park",
    "source": "phone",
    "reporter": "Li",
    "reporter_phone": "13500000000",
    "mode": "real",
    "fact_serious_injured": "2",
    "fact_leak_continues": "true",
}


@built_once(fresh_for=A_MINUTE)
def town() -> Town:
    return build_town(clock.now() - timedelta(hours=1))


def test_an_incident_is_reported_with_kind_place_and_facts_alone(town: Town) -> None:
    answer = english(town.users["officer"]).post("/incidents/new/", FORM, follow=True)
    incident = Incident.objects.get()
    assert incident.title == "Ammonia leak, Cold store 2"
    assert incident.organisation == town.park
    assert dict(incident.facts.values_list("key", "value")) == {"serious_injured": 2, "leak_continues": True}
    assert incident.number in answer.content.decode()


def test_a_report_that_is_sent_twice_is_one_incident(town: Town) -> None:
    browser = english(town.users["officer"])
    mark = re.search(r'name="once" value="(\w+)"', browser.get("/incidents/new/").content.decode())
    assert mark
    answers = [browser.post("/incidents/new/", {**FORM, "once": mark[1]}) for _ in range(2)]
    assert Incident.objects.count() == 1
    assert answers[0]["Location"] == answers[1]["Location"]
    another = re.search(r'name="once" value="(\w+)"', browser.get("/incidents/new/").content.decode())
    assert another
    assert another[1] != mark[1]
    browser.post("/incidents/new/", {**FORM, "once": another[1]})
    assert Incident.objects.count() == 2


def test_a_title_in_both_languages_is_read_in_the_reader_s_own(town: Town) -> None:
    leak = report_leak(town, title="2号冷库漏氨", title_en="Cold store 2 leaks")
    officer = town.users["officer"]
    for page in ("/", "/incidents/", f"/incidents/{leak.pk}/"):
        in_english = english(officer).get(page).content.decode()
        officer.language = "zh-hans"
        in_chinese = client_of(officer).get(page).content.decode()
        assert "Cold store 2 leaks" in in_english, page
        assert "2号冷库漏氨" not in in_english, page
        assert "2号冷库漏氨" in in_chinese, page
        assert "Cold store 2 leaks" not in in_chinese, page
    assert leak.number in english(officer).get("/incidents/?q=store+2").content.decode()


def test_the_form_asks_for_the_facts_of_the_kind(town: Town) -> None:
    browser = english(town.users["officer"])
    assert "fact_gas_alarm" in browser.get("/incidents/new/?kind=ammonia_leak").content.decode()
    part = browser.get("/incidents/new/facts/", {"kind": "traffic", "fact_deaths": "1"}).content.decode()
    assert "fact_vehicles" in part
    assert 'value="1"' in part
    assert "<html" not in part
    without_script = browser.post("/incidents/new/", {**FORM, "kind": "traffic", "show_facts": "1"})
    assert "fact_vehicles" in without_script.content.decode()
    assert not Incident.objects.exists()


def test_a_refused_report_keeps_everything_that_was_entered(town: Town) -> None:
    future = f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    entered = {**FORM, "known_at": future, "description": "smell of ammonia"}
    answer = english(town.users["officer"]).post("/incidents/new/", entered)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'class="refusal"' in page
    for words in ("Cold store 2", "smell of ammonia", future, 'value="ammonia_leak" checked'):
        assert words in page
    assert not Incident.objects.exists()


@pytest.mark.parametrize(
    ("field", "entered", "sentence"),
    [
        ("point", "somewhere", "Coordinates are two numbers"),
        ("organisation", "Atlantis", "You may report for no unit of that name"),
        ("organisation", "Town", "Several units are called so"),
        ("fact_serious_injured", "many", "is a number"),
        ("kind", "", "This field is required"),
    ],
)
def test_a_field_that_cannot_be_read_says_how_to_cure_it(town: Town, field: str, entered: str, sentence: str) -> None:
    if entered == "Town":
        town.city.name_en = "The Town"
        town.city.save()
    answer = english(town.users["officer"]).post("/incidents/new/", {**FORM, field: entered})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_units_are_found_by_a_part_of_their_name_in_either_language(town: Town) -> None:
    browser = english(town.users["officer"])
    assert "town-fire" in browser.get("/incidents/units/", {"organisation": "消防"}).content.decode()
    assert "town-park" in browser.get("/incidents/units/", {"organisation": "chemical"}).content.decode()
    stranger = english(town.users["stranger"])
    assert "town-fire" not in stranger.get("/incidents/units/", {"organisation": "消防"}).content.decode()


def test_only_those_who_may_report_get_the_form(town: Town) -> None:
    assert english(town.users["observer"]).get("/incidents/new/").status_code == 403
    assert "/incidents/new/" not in english(town.users["observer"]).get("/incidents/").content.decode()


def test_a_proposal_names_level_unknown_facts_and_empty_posts_and_is_activated(town: Town) -> None:
    store_plan(town, clock.now())
    leak = report_leak(town, clock.now(), facts={"leak_continues": True})
    browser = english(town.users["officer"])
    page = browser.get(f"/incidents/{leak.pk}/").content.decode()
    assert "Town special plan for ammonia leaks" in page
    assert "at least" in page
    assert "1 without holder" in page
    address = page.split('href="')[1:]
    activate = next(one.split('"')[0] for one in address if "/activate/" in one)
    answer = browser.post(activate, {"level": "4", "reason": ""})
    run = Run.objects.get()
    assert answer["Location"] == f"/runs/{run.pk}/"
    partial = browser.post(activate, {"level": "4", "reason": ""}, headers={"HX-Request": "true"})
    assert partial["HX-Redirect"] == f"/runs/{run.pk}/"
    assert Run.objects.count() == 1


def test_a_page_from_before_the_plan_was_revised_leads_to_the_version_in_force(town: Town) -> None:
    old = store_plan(town, clock.now())
    leak = report_leak(town, clock.now(), facts={"leak_continues": True})
    browser = english(town.users["director"])
    revised = PLAN.replace('version = "2026.1"', 'version = "2026.2"')
    new = plans.import_plan(by=town.users["planner"], now=clock.now(), text=revised, filename="plan.toml")
    assert new.pk != old.pk
    address = f"/incidents/{leak.pk}/activate/"
    answer = browser.get(f"{address}{old.pk}/", follow=True)
    assert answer.redirect_chain == [(f"{address}{new.pk}/", 302)]
    assert "revised since that page was made" in answer.content.decode()
    partial = browser.post(f"{address}{old.pk}/", {"level": "4", "reason": ""}, headers={"HX-Request": "true"})
    assert partial["HX-Redirect"] == f"{address}{new.pk}/"
    assert not Run.objects.exists()
    assert browser.get(f"{address}{new.pk + 1000}/").status_code == 404


def test_an_incident_names_and_follows_only_the_runs_that_its_reader_may_see(town: Town) -> None:
    """Such as the plant whose leak is answered by a plan of the city."""
    now, version = clock.now(), store_plan(town)
    leak = report_leak(town, now, by=town.users["director"], organisation=town.plant)
    run = activation.activate_plan(by=town.users["director"], now=now, incident=leak, plan_version=version)
    page = client_of(town.users["stranger"]).get(f"/incidents/{leak.pk}/").content.decode()
    assert f'data-live-streams="incident:{leak.pk}"' in page
    assert f"/runs/{run.pk}/" not in page


def test_a_plan_whose_response_has_ended_is_offered_again_when_it_flares_up() -> None:
    scene = open_scene()
    address, activation = f"/incidents/{scene.leak.pk}/", f"/activate/{scene.version.pk}/"
    browser = scene.browser("director")
    assert activation not in browser.get(address).content.decode()
    browser.post(f"{scene.board}end/", {"reason": "over"})
    assert activation in browser.get(address).content.decode()


def test_facts_are_added_corrected_and_withdrawn_in_one_form() -> None:
    scene = open_scene()
    browser = scene.browser("officer")
    address = f"/incidents/{scene.leak.pk}/facts/"
    sheet = browser.get(address).content.decode()
    assert 'name="fact_serious_injured" value="1"' in sheet
    form = {"fact_serious_injured": "3", "fact_leak_continues": "", "other": "minor_injured", "other_value": "5"}
    answer = browser.post(address, {**form, "source": "scene"})
    assert answer.status_code == 302
    changes = set(Fact.objects.filter(source="scene").values_list("key", "change"))
    assert changes == {("serious_injured", "corrected"), ("leak_continues", "withdrawn"), ("minor_injured", "added")}


def test_a_form_of_facts_that_says_nothing_new_is_not_taken() -> None:
    scene = open_scene()
    form = {"fact_serious_injured": "1", "fact_leak_continues": "true", "source": "phone"}
    answer = scene.browser("officer").post(f"/incidents/{scene.leak.pk}/facts/", form)
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()


def test_an_incident_that_is_being_answered_cannot_be_closed() -> None:
    scene = open_scene()
    answer = scene.browser("director").post(f"/incidents/{scene.leak.pk}/close/", {"reason": "over"})
    assert answer.status_code == 409
    assert "over" in answer.content.decode()


def test_a_stranger_finds_neither_the_incident_nor_a_row_of_it() -> None:
    scene = open_scene()
    stranger = scene.browser("stranger")
    assert stranger.get(f"/incidents/{scene.leak.pk}/").status_code == 404
    assert scene.leak.number not in stranger.get("/incidents/").content.decode()


def test_the_list_is_filtered_and_turned_by_keyset(town: Town) -> None:
    for index in range(55):
        report_leak(town, clock.now(), title=f"leak {index}")
    browser = english(town.users["officer"])
    first = browser.get("/incidents/?status=open").content.decode()
    assert "leak 54" in first
    assert "leak 3<" not in first
    following = next(one.split('"')[0] for one in first.split('href="')[1:] if "cursor=" in one)
    assert "status=open" in following
    second = browser.get("/incidents/" + following.replace("&amp;", "&")).content.decode()
    assert "leak 3<" in second
    assert "leak 33" in browser.get("/incidents/?q=leak+33").content.decode()
    assert browser.get("/incidents/?cursor=forged").status_code in (400, 409)


def test_the_list_asks_the_database_equally_often_for_one_row_and_for_fifty(town: Town) -> None:
    browser = english(town.users["officer"])
    report_leak(town, clock.now())
    browser.get("/incidents/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/incidents/")
    for _index in range(20):
        report_leak(town, clock.now())
    with CaptureQueriesContext(connection) as many:
        browser.get("/incidents/")
    assert len(many) == len(few)
