"""The tree of organisations as a page: what stands open when somebody comes, and what each opens."""

from __future__ import annotations

from django.utils import timezone

from tests.web.conftest import client_of, user_with
from youbei.engine.access import Role
from youbei.records.models import Organisation

TREE = "/registers/organisation/tree/"


def below(parent: Organisation, code: str, name: str) -> Organisation:
    unit = Organisation(code=code, kind="bureau", name_zh=name, name_en=name, parent=parent, path=f"{parent.path}x/")
    unit.save()
    unit.path = f"{parent.path}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit


def test_what_is_below_the_one_topmost_unit_stands_open(town: Organisation) -> None:
    below(town, "fire", "Fire Station")
    page = client_of(user_with(Role.OBSERVER, town, name="reader")).get(TREE).content.decode()
    assert "Fire Station" in page
    assert "<h1>Haizhou City</h1>" in page


def test_a_unit_without_any_below_is_a_line_of_its_own(town: Organisation) -> None:
    page = client_of(user_with(Role.OBSERVER, town, name="reader")).get(TREE).content.decode()
    assert "<h1>Tree of organisations</h1>" in page
    assert f"/registers/organisation/{town.pk}/" in page


def test_who_sees_two_parts_gets_both_and_not_what_is_above(town: Organisation) -> None:
    north, south = below(town, "north", "North"), below(town, "south", "South")
    below(north, "school", "School")
    reader = user_with(Role.OBSERVER, north, name="reader")
    reader.grants.create(role=Role.OBSERVER, organisation=south, org_path=south.path, starts_at=timezone.now())
    page = client_of(reader).get(TREE).content.decode()
    assert "North" in page
    assert "South" in page
    assert "School" not in page
    assert "Haizhou City" not in page
