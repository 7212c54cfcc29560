"""Whoever may save nothing of a register is led to no form for it, and told which right is missing if they go there."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.walk.planted import Planted
from youbei import content
from youbei.actions import clock
from youbei.actions.access import create_user
from youbei.actions.permit import PERMISSION_NAMES
from youbei.engine.access import ROLES, Permission, Role

pytestmark = pytest.mark.django_db
FORM = re.compile(r'href="(/registers/[a-z_]+/(?:new|import)/)')


def browser_of(planted: Planted, role: Role) -> Client:
    """Return the browser of an account that has one role in the county."""
    grants = ((role, planted.county),)
    made = create_user(by=None, now=clock.now(), username=f"walk.{role}", grants=grants, language="en")
    planted.users["walker"] = made
    return planted.browser("walker")


@pytest.mark.parametrize("role", Role)
def test_a_form_opens_for_those_who_may_save_and_nobody_else(role: Role, planted: Planted) -> None:
    browser, wrong, opened = browser_of(planted, role), {}, set()
    for register in content.registers().values():
        may_see = register.see in ROLES[role]
        may_save = register.edit in ROLES[role] and bool(register.owners)
        right = PERMISSION_NAMES[register.edit].en if register.owners else "youbei register import"
        for form in ("new", "import"):
            address = f"/registers/{register.name}/{form}/"
            answer = browser.get(address)
            if answer.status_code != (404 if not may_see else 200 if may_save else 403):
                wrong[address] = answer.status_code
            if answer.status_code == 403 and right not in answer.content.decode():
                wrong[address] = 0
            opened |= {register.edit} if answer.status_code == 200 else set()
        listed = browser.get(f"/registers/{register.name}/?all=1").content.decode()
        if (f"/registers/{register.name}/new/" in listed) != (may_see and may_save):
            wrong[f"link to {register.name}"] = 1
    assert not wrong
    # Who vets keeps what only those see who vet; every other right opens something.
    assert opened == {one.edit for one in content.registers().values() if one.see in ROLES[role]} & ROLES[role]


@pytest.mark.parametrize("role", Role)
def test_no_page_of_a_record_leads_to_a_form_that_is_refused(role: Role, planted: Planted) -> None:
    browser, found = browser_of(planted, role), set()
    team = planted.records["team"].pk
    places = [f"/registers/{name}/{row.pk}/" for name, row in planted.records.items()]
    for address in (*places, "/stock/", "/stock/due/", f"/registers/team/{team}/selection/", "/registers/"):
        answer = browser.get(address)
        if answer.status_code == 200:
            found |= set(FORM.findall(answer.content.decode()))
    refused = {address for address in found if browser.get(address).status_code != 200}
    assert not refused
    assert found or Permission.EDIT_RESOURCE not in ROLES[role]
