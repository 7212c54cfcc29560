"""Erasing personal data on pages: one asks and says why, another confirms or it is withdrawn."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions import clock
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.records.models import Organisation, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(town: Organisation) -> Person:
    values = {"code": "p1", "name_zh": "张三", "organisation": town.code, "phone": "13812345678"}
    made = save_record(register=content.registers()["person"], values=values, by=None, now=clock.now())
    assert isinstance(made, Person)
    return made


def browser(town: Organisation, name: str, role: Role = Role.REGISTRAR) -> Client:
    return client_of(user_with(role, town, name=name, language="en"))


def test_one_asks_and_another_erases(town: Organisation, person: Person) -> None:
    first, second = browser(town, "first"), browser(town, "second")
    address, record = f"/registers/person/{person.pk}/erase/", f"/registers/person/{person.pk}/"
    assert 'value="consent_withdrawn"' in first.get(address).content.decode()
    assert first.post(address, {}).status_code == 422
    assert first.post(address, {"ground": "because"}).status_code == 422
    assert first.post(address, {"ground": "consent_withdrawn"}).status_code == 302
    person.refresh_from_db()
    assert person.phone == "13812345678"
    own, others = first.get(address).content.decode(), second.get(address).content.decode()
    assert 'value="confirm"' not in own
    assert 'value="withdraw"' in own
    assert 'value="confirm"' in others
    assert "the person has withdrawn the consent" in others
    assert "It was asked to erase this" in second.get(record).content.decode()
    assert first.post(address, {"answer": "confirm"}).status_code == 422
    assert second.post(address, {"ground": "unlawful"}).status_code == 422
    assert second.post(address, {"answer": "confirm"}).status_code == 302
    person.refresh_from_db()
    assert (person.phone, person.name_en) == ("", "(erased)")


def test_what_was_asked_is_withdrawn_and_who_only_looks_does_neither(town: Organisation, person: Person) -> None:
    first, looks = browser(town, "first"), browser(town, "looks", Role.OBSERVER)
    address = f"/registers/person/{person.pk}/erase/"
    first.post(address, {"ground": "unlawful"})
    assert looks.get(address).status_code == 403
    assert looks.post(address, {"answer": "confirm"}).status_code == 403
    assert first.post(address, {"answer": "withdraw"}).status_code == 302
    assert 'name="ground"' in first.get(address).content.decode()
    person.refresh_from_db()
    assert person.phone == "13812345678"


def test_what_waits_stands_where_its_keepers_look_for_what_is_due(town: Organisation, person: Person) -> None:
    first, second = browser(town, "first"), browser(town, "second")
    looks = browser(town, "looks", Role.OBSERVER)
    expert = save_record(
        register=content.registers()["expert"],
        values={"code": "e1", "name_zh": "李四", "organisation": town.code, "specialties": ["Firefighting"]},
        by=None,
        now=clock.now(),
    )
    asked = (f"/registers/expert/{expert.pk}/", f"/registers/person/{person.pk}/")
    assert waits(second) == []
    for address in asked:
        first.post(f"{address}erase/", {"ground": "consent_withdrawn"})
    assert waits(first) == waits(second) == list(asked)
    assert "the person has withdrawn the consent" in second.get("/registers/due/").content.decode()
    assert waits(looks) == []
    first.post(f"{asked[0]}erase/", {"answer": "withdraw"})
    assert waits(second) == [asked[1]]
    second.post(f"{asked[1]}erase/", {"answer": "confirm"})
    assert waits(second) == []
    first.post(f"{asked[0]}erase/", {"ground": "unlawful"})
    assert waits(second) == [asked[0]]


def waits(browser: Client) -> list[str]:
    """Return the addresses of the records whose erasure waits, as the page of what falls due shows them."""
    panel = re.search(r'id="erasures".*?</section>', browser.get("/registers/due/").content.decode(), re.DOTALL)
    return re.findall(r'href="(/registers/(?:person|expert)/\d+/)"', panel[0]) if panel else []
