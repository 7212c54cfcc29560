"""The pages of an exercise that several units hold together, as each of them sees it."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.actions.town import Town
from tests.built_once import A_MINUTE, built_once
from tests.web.conftest import english
from tests.web.test_exercises import text
from youbei.actions import access, clock
from youbei.actions.registers.people import create_organisation, create_person
from youbei.engine.access import Role
from youbei.records.models import Exercise, Organisation


@built_once(fresh_for=A_MINUTE)
def harbour(cast: Town) -> Organisation:
    now = clock.now()
    unit = create_organisation(
        by=None, now=now, code="harbour", kind="port", name_zh="海港", name_en="Harbour", parent=None
    )
    create_person(by=None, now=now, organisation=unit, code="pilot", name_zh="引航员", name_en="Pilot", email="p@h.org")
    return unit


@pytest.fixture
def leader(harbour: Organisation) -> Client:
    grants = ((Role.EXERCISE_DIRECTOR, harbour),)
    return english(access.create_user(by=None, now=clock.now(), username="harbour", person=None, grants=grants))


def test_it_is_asked_accepts_and_lists_its_people(
    planned: Exercise, harbour: Organisation, trainer: Client, leader: Client
) -> None:
    here = f"/exercises/{planned.pk}/"
    text(leader, here, 404)
    refused = trainer.post(f"{here}ask-unit/", {"organisation": "nowhere"})
    assert "no unit of that code" in refused.content.decode()
    trainer.post(f"{here}ask-unit/", {"organisation": "harbour", "task": "Pilots and tugs"})
    unit = planned.units.get()
    assert "asked to hold with others" in text(leader, "/exercises/")
    page = text(leader, here)
    assert "Pilots and tugs" in page
    assert f"{here}units/{unit.pk}/accept/" in page
    assert f"{here}start/" not in page
    leader.post(f"{here}units/{unit.pk}/accept/")
    leader.post(f"{here}units/{unit.pk}/classes/", {"classes": ["everybody"]})
    assert "Pilot" in text(leader, here)
    assert "person:pilot player" in text(leader, f"{here}units/{unit.pk}/people/")
    assert "1 on the list" in text(trainer, here)


def test_each_door_of_another_unit_is_closed(
    cast: Town, planned: Exercise, harbour: Organisation, trainer: Client, leader: Client
) -> None:
    here = f"/exercises/{planned.pk}/"
    trainer.post(f"{here}ask-unit/", {"organisation": "harbour"})
    unit = planned.units.get()
    assert english(cast.users["stranger"]).post(f"{here}units/{unit.pk}/accept/").status_code == 404
    assert trainer.post(f"{here}units/{unit.pk}/accept/").status_code == 404
    assert leader.post(f"{here}units/{unit.pk}/nonsense/").status_code == 404
    for of_its_people in ("people", "classes"):
        assert leader.get(f"{here}units/{unit.pk}/{of_its_people}/").status_code == 200
        assert trainer.get(f"{here}units/{unit.pk}/{of_its_people}/").status_code == 404
    for closed in ("injects/", "rehearsal/", "start/", "enrol/", "export.toml"):
        assert leader.get(here + closed).status_code == 404 or leader.post(here + closed).status_code in (403, 404), (
            closed
        )
    unit.refresh_from_db()
    assert unit.state == "asked"


def test_people_are_enrolled_by_class_and_the_cover_is_shown(planned: Exercise, trainer: Client) -> None:
    here = f"/exercises/{planned.pk}/"
    assert "managers (who hold an office) (0/" in text(trainer, f"{here}classes/")
    trainer.post(f"{here}classes/", {"classes": ["managers", "staff"]})
    page = text(trainer, here)
    assert "Covered, by class of people" in page
    assert "person:" not in page
    trainer.post(f"{here}hot-wash-after/", {"questionnaire": "short"})
    assert "opens by itself at EndEx" in text(trainer, here)
