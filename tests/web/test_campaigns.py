"""Campaigns as pages: the authority's, and the one a unit gets by link on a telephone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions import clock, jobs
from youbei.actions.campaigns.links import link_word
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.records.models import Campaign, CampaignItem, CampaignUnit, Organisation, Person, RecordChange, Team

REGISTERS = content.registers()


def save(name: str, **values: Any) -> Any:
    return save_record(register=REGISTERS[name], values=values, by=None, now=clock.now() - timedelta(days=300))


@pytest.fixture
def keeper(town: Organisation) -> Client:
    save("organisation", code="works", name_zh="化工厂", name_en="Works", kind="enterprise", parent=town.code)
    save("team", code="w1", name_zh="厂队", organisation="works", kind="enterprise", turn_out_min=5, lat=34, lon=119)
    save("person", code="p1", name_zh="张三", organisation="works", phone="13812345678")
    return client_of(user_with(Role.REGISTRAR, town, name="keeper", language="en"))


def opened(keeper: Client, town: Organisation, units: int = 1) -> CampaignUnit:
    due = (clock.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    asked = {
        "title_zh": "核实",
        "title_en": "Check",
        "organisation": town.code,
        "registers": ["team", "person"],
        "due_at": due,
    }
    assert f"{units} units would be asked" in keeper.post("/campaigns/new/", asked).content.decode()
    answer = keeper.post("/campaigns/new/", {**asked, "open": "1"})
    assert answer["Location"] == f"/campaigns/{Campaign.objects.get().pk}/"
    jobs.work_on_jobs(clock.now())
    return CampaignUnit.objects.order_by("pk")[0]


def test_a_unit_answers_on_its_link_without_an_account(keeper: Client, town: Organisation) -> None:
    unit = opened(keeper, town)
    visitor, where = Client(headers={"accept-language": "en"}), f"/c/{link_word(unit)}/"
    page = visitor.get(where)
    text = page.content.decode()
    assert "Works" in text
    assert "13812345678" not in text
    assert len(page.content) < 30_000
    team = CampaignItem.objects.get(register="team")
    assert visitor.post(where, {"item": team.pk}).status_code == 302
    assert f'id="asked-{team.pk}"' in text
    person = CampaignItem.objects.get(register="person")
    form = visitor.get(f"{where}{person.pk}/").content.decode()
    assert "13812345678" not in form
    assert "Leave empty to keep it" in form
    assert visitor.post(f"{where}{person.pk}/", {"name_zh": "张三", "title": "队长", "seen": "999"}).status_code == 302
    assert (Person.objects.get().phone, Person.objects.get().title) == ("13812345678", "队长")
    assert "Everything is answered" in visitor.get(where).content.decode()
    board = keeper.get(f"/campaigns/{unit.campaign_id}/").content.decode()
    assert "answered" in board


def test_a_superior_of_units_that_another_asks_sees_these_alone(keeper: Client, town: Organisation) -> None:
    save("organisation", code="elsewhere", name_zh="别处", name_en="Elsewhere", kind="enterprise", parent=town.code)
    unit = CampaignUnit.objects.get(pk=opened(keeper, town, units=2).pk)
    works = Organisation.objects.get(code="works")
    save("organisation", code="shed", name_zh="仓房", name_en="Shed", kind="enterprise", parent="works")
    superior = client_of(user_with(Role.REGISTRAR, works, name="superior", language="en"))
    board = superior.get("/campaigns/").content.decode()
    assert "Higher authorities ask your units" in board
    page = superior.get(f"/campaigns/{unit.campaign_id}/").content.decode()
    assert "asks; shown are the units of yours" in page
    assert "Works" in page
    assert "Elsewhere" not in page
    assert "Remind all" not in page
    assert superior.post(f"/campaigns/{unit.campaign_id}/remind/").status_code == 404
    assert superior.post(f"/campaigns/{unit.campaign_id}/close/").status_code == 404
    assert superior.get(f"/campaigns/{unit.campaign_id}/letters/").status_code == 404
    asked = CampaignUnit.objects.get(organisation=works)
    assert superior.get(f"/campaigns/units/{asked.pk}/").status_code == 200
    assert superior.post(f"/campaigns/units/{asked.pk}/remind/").status_code == 302
    other = CampaignUnit.objects.get(organisation__code="elsewhere")
    assert superior.get(f"/campaigns/units/{other.pk}/").status_code == 404
    whole = keeper.get(f"/campaigns/{unit.campaign_id}/").content.decode()
    assert "Elsewhere" in whole
    assert "Remind all" in whole
    assert "Higher authorities" not in keeper.get("/campaigns/").content.decode()


def test_an_answer_leads_to_the_next_record_on_the_same_page(keeper: Client, town: Organisation) -> None:
    for number in range(2, 40):
        save(
            "team",
            code=f"w{number}",
            name_zh="厂队",
            organisation="works",
            kind="enterprise",
            turn_out_min=5,
            lat=34,
            lon=119,
        )
    unit = opened(keeper, town)
    visitor, where = Client(), f"/c/{link_word(unit)}/"
    items = list(CampaignItem.objects.order_by("id").values_list("pk", flat=True))
    assert visitor.post(where, {"item": items[0]})["Location"] == f"{where}#asked-{items[1]}"
    second = f"{where}?cursor={items[29]}"
    assert visitor.post(second, {"item": items[33]})["Location"] == f"{second}#asked-{items[34]}"
    assert visitor.post(second, {"item": items[-1]})["Location"] == second


def test_a_record_is_added_without_a_code_and_one_that_went_meanwhile_is_not_there(
    keeper: Client, town: Organisation
) -> None:
    unit = opened(keeper, town)
    visitor, where = Client(headers={"accept-language": "en"}), f"/c/{link_word(unit)}/"
    said = {
        "name_zh": "新队",
        "organisation": "works",
        "kind": "enterprise",
        "turn_out_min": "5",
        "lat": "34",
        "lon": "119",
    }
    for code in ("", "w-own"):
        assert visitor.post(f"{where}add/team/", said | {"code": code}).status_code == 302
    codes = sorted(Team.objects.filter(name_zh="新队").values_list("code", flat=True))
    assert codes[0] == "w-own"
    assert codes[1].startswith("works-")
    item = CampaignItem.objects.get(register="team", state="pending")
    Team.objects.filter(pk=item.record_id).delete()
    assert visitor.get(where).status_code == 200
    assert visitor.get(f"{where}{item.pk}/").status_code == 404
    assert visitor.post(where, {"all": "1"}).status_code == 302


def test_a_cell_that_cannot_be_read_keeps_what_was_typed(keeper: Client, town: Organisation) -> None:
    unit = opened(keeper, town)
    item = CampaignItem.objects.get(register="team")
    visitor = Client(headers={"accept-language": "en"})
    page = visitor.post(
        f"/c/{link_word(unit)}/{item.pk}/", {"name_zh": "厂队", "turn_out_min": "soon", "kind": "enterprise"}
    )
    assert page.status_code == 422
    assert 'value="soon"' in page.content.decode()
    page = visitor.post(f"/c/{link_word(unit)}/add/team/", {"code": "w1", "name_zh": "x"})
    assert page.status_code == 422
    assert Team.objects.count() == 1


def test_what_a_telephone_kept_is_taken_once_and_answered_in_plain_words(keeper: Client, town: Organisation) -> None:
    unit = opened(keeper, town)
    where, team = f"/c/{link_word(unit)}/", CampaignItem.objects.get(register="team")
    # Without cookie or token: the page was kept for weeks.
    telephone = Client(headers={"accept-language": "en", "x-youbei-outbox": "1"}, enforce_csrf_checks=True)
    kept = {"name_zh": "厂队", "turn_out_min": "9", "kind": "enterprise", "lat": "34", "lon": "119", "mark": "m1"}
    seen = RecordChange.objects.filter(register="team").latest("id").pk
    for _ in range(2):  # the first answer was lost on the way
        answer = telephone.post(f"{where}{team.pk}/", {**kept, "seen": seen})
        assert (answer.status_code, answer.content) == (200, b"Thank you, noted.")
    assert Team.objects.get().turn_out_min == 9
    assert RecordChange.objects.filter(register="team", source=f"campaign:{unit.campaign_id}").count() == 1
    stale = telephone.post(f"{where}{team.pk}/", {**kept, "mark": "m2", "turn_out_min": "3", "seen": seen})
    assert stale.status_code == 422
    assert "changed" in stale.content.decode()
    wrong = telephone.post(f"{where}{team.pk}/", {**kept, "mark": "m3", "turn_out_min": "soon"})
    assert wrong.status_code == 422
    assert wrong.content.decode().startswith("Promised turn-out (min): ")
    new = {**kept, "code": "w2", "name_zh": "二队", "organisation": "works", "mark": "n1"}
    for _ in range(2):
        assert telephone.post(f"{where}add/team/", new).status_code == 200
    assert sorted(Team.objects.values_list("code", flat=True)) == ["w1", "w2"]
    person = CampaignItem.objects.get(register="person")
    for _ in range(2):
        assert telephone.post(where, {"item": person.pk, "mark": "t"}).status_code == 200
    assert telephone.post(f"{where}{person.pk}/", {"gone": "1", "reason": ""}).status_code == 422
    assert telephone.post(where, {"item": "999"}).status_code == 404
    unit.refresh_from_db()
    assert unit.items_done == unit.items_total == 2


def test_the_pages_of_a_link_are_kept_by_the_telephone(keeper: Client, town: Organisation) -> None:
    where, visitor = f"/c/{link_word(opened(keeper, town))}/", Client(headers={"accept-language": "en"})
    script = visitor.get("/c/offline.js")
    assert script["Content-Type"].startswith("text/javascript")
    page = visitor.get(where).content.decode()
    assert page.count("data-answer=") == 3
    assert page.count("data-ahead") == 4
    assert "answers" in page


def test_a_wrong_link_is_answered_like_one_that_never_was(keeper: Client, town: Organisation) -> None:
    unit = opened(keeper, town)
    visitor = Client()
    for wrong in (f"{unit.pk}-{'0' * 32}", "x", "1-1"):
        assert visitor.get(f"/c/{wrong}/").status_code == 404
        assert visitor.post(f"/c/{wrong}/", {"all": "1"}).status_code == 404
    assert visitor.get(f"/c/{link_word(unit)}/add/vetting/").status_code == 404


def test_the_authority_reminds_renews_prints_and_closes(keeper: Client, town: Organisation) -> None:
    unit = opened(keeper, town)
    where = f"/campaigns/units/{unit.pk}/"
    assert link_word(unit) in keeper.get(where).content.decode()
    assert keeper.post(f"{where}remind/").status_code == 302
    assert keeper.post(f"{where}renew/").status_code == 302
    assert Client().get(f"/c/{link_word(unit)}/").status_code == 404
    assert "<svg" in keeper.get(f"/campaigns/{unit.campaign_id}/letters/").content.decode()
    assert keeper.post(f"/campaigns/{unit.campaign_id}/close/").status_code == 302
    observer = client_of(user_with(Role.OBSERVER, town, name="observer"))
    assert observer.get(where).status_code == 404
