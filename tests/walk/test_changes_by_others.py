"""The owner of a county opens everything; what may be sent and called there changes nothing when another does so."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.walk.forms import Form, forms_of
from tests.walk.planted import Planted
from tests.walk.steps import Opened, call, calls, entries, is_of_shared_register

pytestmark = pytest.mark.django_db
# What everybody does to their own account and screen.
OWN = ("/me/", "/language/", "/theme/", "/sign-out/", "/sign-in/")


def test_the_owner_opens_everything_and_finds_the_marks(opened: list[Opened]) -> None:
    for one in opened:
        kept_above = {403} if is_of_shared_register(one.address) else set()
        assert one.status in {200, 302, 405, 409, 404} | kept_above, f"{one.address}: {one.status}"
    found = [one.address for one in opened if one.marks]
    for head in ("/incidents/", "/runs/", "/plans/", "/registers/", "/accounts/", "/me/", "/log/", "/map/"):
        assert any(address.startswith(head) for address in found), f"no page under {head} shows the county to its owner"


def test_no_form_that_the_owner_may_send_changes_anything_when_another_sends_it(
    planted: Planted, opened: list[Opened]
) -> None:
    tried = set()
    others = {walker: planted.browser(walker) for walker in ("neighbour", "superior", "stranger")}
    for one in opened:
        for form in forms_of(one.page, one.address):
            key = (form.action, tuple(sorted(map(str, form.data.items()))))
            if not form.action.startswith(OWN) and key not in tried:
                tried.add(key)
                for walker, other in others.items():
                    send_in_vain(walker, other, form)
    assert len(tried) > 20


def send_in_vain(walker: str, other: Client, form: Form) -> None:
    """Send a form of the owner's as another: nothing of it may be done."""
    before = entries()
    refused = other.post(form.action, form.data)
    if not form.action.endswith("/export/personal/"):  # everybody may export what they see, and it is written down
        assert entries() == before, f"{walker} has changed something by {form.action} {form.data}"
    is_about_a_row = any(part.isdigit() for part in form.action.split("/"))
    assert refused.status_code >= 400 or not is_about_a_row, f"{walker}: {form.action}"


def test_no_operation_of_the_owner_changes_anything_when_another_calls_it(planted: Planted) -> None:
    for walker in ("neighbour", "superior"):
        browser, before = planted.browser(walker), entries()
        for method, address, needed, body in calls(planted):
            if method != "GET" and (needed != "signed_in" or "{" in address):
                answer = call(browser, method, address, body)
                where = f"{walker}: {method} {address} {body}: {answer.status_code} {answer.content[:300]!r}"
                # Whoever keeps registers at home may enter a record there; an empty one is refused for what it lacks.
                fits = answer.status_code != 422 or not any(map(str.isdigit, address))
                assert fits, f"tests/walk/bodies.py makes no body that passes: {where}"
                assert answer.status_code >= 400 or entries() == before, where
