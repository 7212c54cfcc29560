"""Registers as pages: lists, records, forms and history, for every register alike."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from tests.growth import assert_queries_do_not_grow
from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.records.models import Organisation, RecordChange, Site, Team

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
REGISTERS = content.registers()
TEAM: dict[str, Any] = {
    "code": "hazmat-1",
    "name_zh": "危化救援一队",
    "name_en": "Hazmat One",
    "kind": "professional",
    "capabilities": {"rescue": 1},
    "turn_out_min": Decimal(5),
    "lat": 34.6,
    "lon": 119.2,
}


def save(name: str, **values: Any) -> Any:
    return save_record(register=REGISTERS[name], values=values, by=None, now=NOW)


@pytest.fixture
def keeper(town: Organisation) -> Client:
    return client_of(user_with(Role.REGISTRAR, town, name="keeper", language="en"))


@pytest.mark.parametrize("name", REGISTERS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_register_has_its_list_and_its_form(town: Organisation, name: str, language: str) -> None:
    browser = client_of(user_with(Role.ADMINISTRATOR, town, name="admin", language=language))
    page = browser.get(f"/registers/{name}/")
    assert page.status_code == 200
    assert REGISTERS[name].title.in_language(language) in page.content.decode()
    form = browser.get(f"/registers/{name}/new/")
    assert form.status_code == 200
    for field in REGISTERS[name].fields:
        assert f'name="{field.name}"' in form.content.decode()


def test_a_register_that_is_not_there_or_not_for_me_is_not_found(keeper: Client) -> None:
    assert keeper.get("/registers/dragons/").status_code == 404
    assert keeper.get("/registers/vetting/").status_code == 404
    assert keeper.get("/registers/team/99/").status_code == 404


def test_a_record_is_entered_in_a_form_changed_confirmed_and_put_back(keeper: Client, town: Organisation) -> None:
    filled = {**TEAM, "capabilities": "Rescue:1", "organisation": town.code, "turn_out_min": "2.5"}
    entered = keeper.post("/registers/team/new/", filled)
    team = Team.objects.get()
    assert entered["Location"] == f"/registers/team/{team.pk}/"
    assert (team.turn_out_s, team.capabilities) == (150, {"rescue": 1})
    seen = RecordChange.objects.latest("id").pk
    changed = {**filled, "strength": "３０", "seen": seen}
    assert keeper.post(f"/registers/team/{team.pk}/change/", changed).status_code == 302
    page = keeper.get(f"/registers/team/{team.pk}/").content.decode()
    assert '<del translate="no">0</del> → <ins translate="no">30</ins>' in page
    change = RecordChange.objects.get(kind="changed")
    assert keeper.post(f"/registers/team/{team.pk}/restore/{change.pk}/").status_code == 302
    assert Team.objects.get().strength == 0
    assert keeper.post(f"/registers/team/{team.pk}/retire/", {"reason": "disbanded"}).status_code == 302
    assert "Hazmat One" not in keeper.get("/registers/team/").content.decode()
    assert "Hazmat One" in keeper.get("/registers/team/?retired=1").content.decode()


def test_a_cell_that_cannot_be_read_says_so_at_its_field_and_keeps_what_was_typed(keeper: Client) -> None:
    page = keeper.post("/registers/team/new/", {**TEAM, "capabilities": "flying:9", "turn_out_min": "soon"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "takes a number, and “soon” is none" in text
    assert "must be 1 to 4" in text
    assert 'value="flying:9"' in text


def test_who_changes_later_is_told_what_changed_meanwhile(keeper: Client, town: Organisation) -> None:
    team = save("team", organisation=town.code, **TEAM)
    seen = RecordChange.objects.filter(register="team").latest("id").pk
    save_record(register=REGISTERS["team"], values={"strength": 12}, by=None, now=NOW, pk=team.pk)
    filled = {**TEAM, "capabilities": "Rescue:1", "organisation": town.code, "strength": "9", "seen": seen}
    page = keeper.post(f"/registers/team/{team.pk}/change/", filled)
    assert page.status_code == 409
    assert "somebody else has changed: Strength" in page.content.decode()


def test_filters_stand_in_the_address(keeper: Client, town: Organisation) -> None:
    save("team", organisation=town.code, **TEAM)
    save("team", organisation=town.code, **{**TEAM, "code": "vol-1", "name_en": "Volunteers", "kind": "volunteer"})
    for query, shown in (
        ("kind=volunteer", "Volunteers"),
        ("capabilities=rescue&kind=professional", "Hazmat One"),
        ("q=volun", "Volunteers"),
        (f"unit={town.code}&kind=volunteer", "Volunteers"),
    ):
        page = keeper.get(f"/registers/team/?{query}").content.decode()
        assert shown in page, query
        assert ("Hazmat One" in page) != ("Volunteers" in page), query
    assert "Nothing fits" in keeper.get("/registers/team/?unit=nowhere").content.decode()
    assert "Nothing fits" in keeper.get("/registers/team/?freshness=never").content.decode()


def test_a_number_that_belongs_to_a_person_is_masked(keeper: Client, town: Organisation) -> None:
    person = save(
        "person", code="p1", name_zh="张三", organisation=town.code, phone="13812345678", id_number="320700199001011234"
    )
    for address in ("/registers/person/", f"/registers/person/{person.pk}/"):
        page = keeper.get(address).content.decode()
        assert "13812345678" not in page
        assert "320700199001011234" not in page


def test_a_record_names_what_refers_to_it(keeper: Client, town: Organisation) -> None:
    team = save("team", organisation=town.code, **TEAM)
    save("team_role", team="hazmat-1", code="leader", name_zh="队长")
    page = keeper.get(f"/registers/team/{team.pk}/").content.decode()
    assert "/registers/team_role/?team=hazmat-1" in page
    assert "队长" in keeper.get("/registers/team_role/?team=hazmat-1").content.decode()


def test_an_observer_sees_and_changes_nothing(town: Organisation) -> None:
    team = save("team", organisation=town.code, **TEAM)
    observer = client_of(user_with(Role.OBSERVER, town, name="observer", language="en"))
    assert "Take out of use" not in observer.get(f"/registers/team/{team.pk}/").content.decode()
    for word in ("change", "confirm", "retire", "revive"):
        answer = observer.post(f"/registers/team/{team.pk}/{word}/", {"reason": "x", "organisation": town.code, **TEAM})
        assert answer.status_code in {403, 422}, word
    assert Team.objects.get().retired_at is None


def test_suggestions_are_what_may_be_seen(keeper: Client, town: Organisation) -> None:
    save("team", organisation=town.code, **TEAM)
    found = keeper.get("/registers/team/suggest/?team=危化&field=team").content.decode()
    assert 'value="hazmat-1"' in found


@pytest.mark.parametrize("name", ["team", "site", "person"])
def test_more_records_cost_no_more_queries(town: Organisation, keeper: Client, name: str) -> None:
    added = iter(range(1, 1000))

    def add() -> None:
        for number in (next(added) for _ in range(5)):
            if name == "team":
                save("team", organisation=town.code, **{**TEAM, "code": f"t{number}"})
            elif name == "site":
                Site.objects.create(
                    organisation=town, org_path=town.path, code=f"s{number}", kind="store", name_zh="库", lat=1, lon=1
                )
            else:
                save("person", code=f"p{number}", name_zh="张三", organisation=town.code)

    assert_queries_do_not_grow(lambda: keeper.get(f"/registers/{name}/"), add)


def test_personal_data_is_shown_for_a_purpose_only_and_who_looked_stands_on_the_page(
    keeper: Client, town: Organisation
) -> None:
    person = save("person", code="p1", name_zh="张三", organisation=town.code, phone="13812345678")
    where = f"/registers/person/{person.pk}/"
    assert "13812345678" not in keeper.get(f"{where}personal/").content.decode()
    assert keeper.post(f"{where}personal/", {"purpose": "curiosity"}).status_code == 422
    assert "13812345678" in keeper.post(f"{where}personal/", {"purpose": "call_out"}).content.decode()
    page = keeper.get(where).content.decode()
    assert "to reach or call out the person" in page
    observer = client_of(user_with(Role.OBSERVER, town, name="observer", language="en"))
    assert observer.post(f"{where}personal/", {"purpose": "call_out"}).status_code == 403


def test_a_record_says_who_can_see_it_and_why(town: Organisation) -> None:
    team = save("team", organisation=town.code, **TEAM)
    admin = client_of(user_with(Role.ADMINISTRATOR, town, name="admin", language="en"))
    page = admin.get(f"/registers/team/{team.pk}/").content.decode()
    assert "Who can see this, and why" in page
    assert "Administrator · Haizhou City" in page


def test_a_list_says_what_of_its_address_it_does_not_understand(keeper: Client) -> None:
    """A saved view may be older than the register, an address misspelt: the list stands, and does not keep quiet."""
    save("team", code="t", name_zh="队", organisation="haizhou", kind="professional", turn_out_min=5, lat=34, lon=119)
    address = "/registers/team/"
    for query, strange in (
        ("knid=volunteer", "knid=volunteer"),
        ("kind=dragons", "kind=dragons"),
        ("freshness=old&q=", "freshness=old"),
        ("established_on_from=soon", "established_on_from=soon"),
    ):
        page = keyed_text(keeper.get(f"{address}?{query}"))
        assert "Not understood" in page, query
        assert strange in page
    page = keyed_text(keeper.get(f"{address}?knid=<script>alert(1)</script>&kind=professional"))
    assert "<script>alert" not in page
    assert 'href="?kind=professional"' in page
    for query in ("all=1", "kind=professional&q=&unit=haizhou&only=1&retired=&order=new", "established_on=-"):
        assert "Not understood" not in keyed_text(keeper.get(f"{address}?{query}")), query


def keyed_text(answer: Any) -> str:
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text
