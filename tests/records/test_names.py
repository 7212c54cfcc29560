"""Records, and what they refer to, are called by names where there are names, and never by what only machines read."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.actions.town import NOW, Town, build_town
from youbei import content
from youbei.actions.registers.save import save_record
from youbei.engine.registers.field import Field
from youbei.engine.registers.parse import parse
from youbei.engine.registers.write import write
from youbei.records.models import Person, Qualification, Requirement, StockLot
from youbei.records.registers.pages import record_of
from youbei.records.registers.tables import model_of

REGISTERS = content.registers()
CERTIFICATE = "hazmat_rescue_certificate"


def kind() -> Field:
    return REGISTERS["qualification"].field("kind")


def roles() -> Field:
    return REGISTERS["team_role"].field("qualifications")


def save(name: str, values: dict[str, Any]) -> Any:
    return save_record(register=REGISTERS[name], values=values, by=None, now=NOW)


@pytest.mark.parametrize("said", [CERTIFICATE, "危化品应急救援证", "hazmat RESCUE ", "Hazmat_Rescue_Certificate"])
def test_a_certificate_is_known_by_its_name_in_either_language(said: str) -> None:
    assert parse(kind(), said) == CERTIFICATE


def test_a_certificate_that_the_catalogue_does_not_know_is_kept_as_it_stands() -> None:
    assert parse(kind(), "Rope-3") == "rope-3"
    assert write(kind(), "rope-3", "zh") == "rope-3"


@given(st.sampled_from([choice.code for choice in kind().choices]), st.sampled_from(["zh", "en"]))
def test_what_is_written_out_comes_back(code: str, language: str) -> None:
    assert write(kind(), code, language) != code
    assert parse(kind(), write(kind(), code, language)) == code


def test_several_certificates_of_a_role_are_written_by_name_and_come_back() -> None:
    stored = parse(roles(), "危化品应急救援证；rope-3, First aid")
    assert stored == f"{CERTIFICATE}; rope-3; first_aid_certificate"
    assert write(roles(), stored, "zh") == "危化品应急救援证; rope-3; 急救员证"
    assert parse(roles(), write(roles(), stored, "zh")) == stored


@pytest.mark.django_db
class TestNames:
    @pytest.fixture
    def town(self) -> Town:
        return build_town()

    def named(self, register: str, row: Any, town: Town) -> Any:
        return record_of(REGISTERS[register], row.pk, town.users["keeper"], NOW).name

    def test_a_qualification_is_called_by_its_certificate_and_its_holder(self, town: Town) -> None:
        person = Person.objects.get(code="zhou")
        row = save("qualification", {"person": person.code, "kind": CERTIFICATE, "number": "7"})
        assert self.named("qualification", row, town).zh == f"危化品应急救援证 · {person.name_zh}"
        assert Qualification.objects.get(pk=row.pk).kind == CERTIFICATE

    def test_a_test_of_equipment_is_called_by_what_was_tested(self, town: Town) -> None:
        lot = StockLot.objects.select_related("item").get(pk=town.lots[0].pk)
        values = {"lot": lot.code, "tested_on": date(2026, 10, 1), "kind": "functional", "result": "passed"}
        fields = REGISTERS["equipment_test"]
        for name in ("kind", "result"):
            values[name] = fields.field(name).choices[0].code
        row = save("equipment_test", {**values, "tested_by": "所"})
        assert self.named("equipment_test", row, town).zh == f"{lot.item.name_zh} {lot.code} · 2026-10-01"

    def test_a_requirement_is_called_by_item_and_unit_not_by_the_code_it_was_derived_under(self, town: Town) -> None:
        item = StockLot.objects.get(pk=town.lots[0].pk).item
        row = Requirement.objects.create(
            code="derived-6-000d6c1fc3d2",
            item=item,
            organisation=town.bureau,
            org_path=town.bureau.path,
            quantity=Decimal(6),
            basis="plan",
        )
        assert self.named("requirement", row, town).zh == f"{item.name_zh} · {town.bureau.name_zh}"
        client = Client()
        client.force_login(town.users["keeper"])
        page = client.get("/registers/requirement/?all=1").content.decode()
        assert town.bureau.name_zh in page
        assert "derived-6" not in page

    def test_a_consultation_is_called_by_the_minute_of_the_wall_clock(self, town: Town) -> None:
        expert = model_of(REGISTERS["expert"]).objects.order_by("pk").first()  # type: ignore[attr-defined]
        if expert is None:
            said = {"code": "adviser", "name_zh": "林小曼", "organisation": town.bureau.code}
            expert = save("expert", {**said, "specialties": ("hazchem",)})
        values = {"code": "c1", "expert": expert.code, "organisation": town.bureau.code, "question": "?"}
        row = save("consultation", {**values, "asked_at": NOW + timedelta(microseconds=469646)})
        assert (
            self.named("consultation", row, town).zh.rpartition(" · ")[2] == f"{timezone.localtime(NOW):%Y-%m-%d %H:%M}"
        )

    def test_the_history_says_names_for_keys_and_corners_for_outlines(self, town: Town) -> None:
        team = save(
            "team",
            {
                "code": "t",
                "name_zh": "队",
                "kind": "professional",
                "organisation": town.bureau.code,
                "turn_out_min": 5,
                "lat": 34.6,
                "lon": 119.2,
            },
        )
        person = Person.objects.get(code="wu")
        save_record(register=REGISTERS["team"], values={"leader": person.code}, by=None, now=NOW, pk=team.pk)
        place = {"name_zh": "场", "kind": "shelter", "lat": 34.6, "lon": 119.2}
        site = save("site", {"code": "s", "organisation": town.bureau.code, **place})
        ring = [[119.0, 34.0], [119.1, 34.0], [119.1, 34.1], [119.0, 34.0]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        save_record(register=REGISTERS["site"], values={"geometry": shape}, by=None, now=NOW, pk=site.pk)
        client = Client()
        client.force_login(town.users["keeper"])
        history = client.get("/registers/changes/").content.decode()
        assert "3 corners" in history or "3 个角点" in history
        assert "Polygon" not in history
        assert "Polygon" not in client.get(f"/registers/site/{site.pk}/").content.decode()
