"""Every page, every operation, every export: as nobody, a stranger, a neighbour county, a superior, and the owner.

The addresses come from the URL resolver and the OpenAPI schema, the rows from the descriptions of the registers. What
is added later is walked without a change here; see `places.py` for what an address with new parameters asks for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.shape.test_doors import operations, pages
from tests.walk.bodies import body_for, query_for
from tests.walk.forms import forms_of
from tests.walk.places import addresses
from tests.walk.planted import CODE, MARKS, PHONE, WORD, Planted, plant
from youbei import content
from youbei.engine.access import Permission
from youbei.records.log import verify_log
from youbei.records.models import LogHead

pytestmark = pytest.mark.django_db
# What everybody does to their own account and screen.
OWN = ("/me/", "/language/", "/theme/", "/sign-out/", "/sign-in/")
# The road network of the installation: none is planted.
MAY_BE_MISSING = {"/api/map/ground"}
TURNED_AWAY = {403, 404, 405}


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Planted]:
    """Plant once for all walks, inside one transaction that is taken back at the end."""
    from django.db import transaction

    with django_db_blocker.unblock():
        atomic = transaction.atomic()
        atomic.__enter__()
        yield plant()
        transaction.set_rollback(True)
        atomic.__exit__(None, None, None)


def closed_pages() -> list[tuple[str, Any]]:
    marked = [(route, entry.callback.access) for route, entry in pages()]  # type: ignore[union-attr]
    return [(route, needed) for route, needed in marked if needed != "public"]


def walk(planted: Planted) -> Iterator[tuple[str, Any]]:
    """Yield each address of a page with what it needs."""
    for route, needed in closed_pages():
        for address in addresses(route, planted):
            yield address, needed


def calls(planted: Planted) -> Iterator[tuple[str, str, str, Any]]:
    """Yield each operation as method, address, what it needs, and a body."""
    for method, path, operation in operations():
        if operation["x-permission"] != "nobody":
            query = query_for(operation)
            for address in addresses(path, planted):
                asked = f"{address}?{query}" if query else address
                yield method.upper(), asked, operation["x-permission"], body_for(operation)


def call(browser: Client, method: str, address: str, body: Any) -> HttpResponse:
    data = json.dumps(body if body is not None else {}) if method != "GET" else ""
    return browser.generic(method, address, data, content_type="application/json")  # type: ignore[return-value]


def text_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode("utf-8", errors="replace").lower())


def marks_in(answer: Any) -> list[str]:
    text = text_of(answer)
    return [mark for mark in MARKS if mark in text]


def entries() -> int:
    return LogHead.objects.get().position


def test_nobody_is_asked_to_sign_in_or_gets_401(planted: Planted) -> None:
    nobody = Client()
    for address, _ in walk(planted):
        for method in ("GET", "POST"):
            answer = nobody.generic(method, address)
            assert (answer.status_code, answer.get("Location", "")[:9]) == (302, "/sign-in/"), f"{method} {address}"
    for method, address, _, body in calls(planted):
        assert call(nobody, method, address, body).status_code == 401, f"{method} {address}"


def test_an_account_without_grants_is_turned_away_or_sees_nothing_of_the_county(planted: Planted) -> None:
    stranger, before = planted.browser("stranger"), entries()
    for address, needed in walk(planted):
        answer = stranger.get(address)
        assert answer.status_code in TURNED_AWAY or not isinstance(needed, Permission), address
        assert answer.status_code < 500, address
        assert marks_in(answer) == [], address
        if isinstance(needed, Permission):
            assert stranger.post(address).status_code in TURNED_AWAY, f"POST {address}"
    for method, address, needed, body in calls(planted):
        answer = call(stranger, method, address, body)
        assert answer.status_code in TURNED_AWAY or needed == "signed_in", f"{method} {address}"
        assert marks_in(answer) == [], f"{method} {address}"
    assert entries() == before, "a stranger has written into the log"


def test_a_neighbour_sees_nothing_of_the_county_in_pages_lists_searches_and_exports(planted: Planted) -> None:
    neighbour = planted.browser("neighbour")
    for address, _ in walk(planted):
        answer = neighbour.get(address)
        assert answer.status_code < 500, address
        assert marks_in(answer) == [], address
        # What was searched for stands in the field again; so one looks for the other marks.
        for sought in (WORD, CODE, PHONE) if not any(map(str.isdigit, address)) else ():
            found = marks_in(neighbour.get(address, {name: sought for name in ("q", "text", "query", "search")}))
            assert set(found) <= {sought.lower()}, f"{address} tells a searcher for {sought} about the county"
    for method, address, _, body in calls(planted):
        if method == "GET":
            answer = call(neighbour, method, address, body)
            assert answer.status_code < 500, address
            assert marks_in(answer) == [], address


def test_every_address_with_a_row_of_the_county_is_not_there_for_a_neighbour(planted: Planted) -> None:
    neighbour, before = planted.browser("neighbour"), entries()
    for route, _ in closed_pages():
        if "<int:pk>" in route:
            for address in addresses(route, planted):
                if not is_of_shared_register(address):
                    assert neighbour.get(address).status_code in {404, 405}, address
                    assert neighbour.post(address).status_code == 404, f"POST {address}"
    for method, path, operation in operations():
        if is_about_a_row(path) and operation["x-permission"] != "nobody":
            for address in addresses(path, planted):
                if is_of_shared_register(address):
                    continue
                asked = f"{address}?{query_for(operation)}"
                answer = call(neighbour, method.upper(), asked, body_for(operation))
                assert answer.status_code == 404, f"{method} {address}: {answer.status_code} {answer.content[:200]!r}"
    assert entries() == before, "a neighbour has written into the log"


def is_about_a_row(path: str) -> bool:
    """Say whether an operation is about something of the county; a register or a scenario by its name is not."""
    return "{" in path.replace("{name}", "").replace("{scenario}", "")


def is_seen_by_all(name: str) -> bool:
    """Say whether a register is open to whoever may see; some need a reason of their own."""
    return content.registers()[name].see is Permission.SEE


def is_of_shared_register(address: str) -> bool:
    """Say whether an address is that of a register which the whole installation shares."""
    parts = address.removeprefix("/api").strip("/").split("/")
    register = content.registers().get(parts[1]) if parts[0] == "registers" else None
    return register is not None and not register.owners


@pytest.mark.parametrize("walker", ["neighbour", "superior", "stranger"])
def test_no_form_that_the_owner_may_send_changes_anything_when_another_sends_it(planted: Planted, walker: str) -> None:
    owner, other = planted.browser("owner"), planted.browser(walker)
    sent = 0
    for address, _ in walk(planted):
        answer = owner.get(address)
        before = entries()
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            continue
        for form in forms_of(answer.content.decode(), address):
            if not form.action.startswith(OWN):
                refused = other.post(form.action, form.data)
                sent += 1
                if form.action.endswith("/export/personal/"):
                    before = entries()  # everybody may export what they see, and it is written down
                assert entries() == before, f"{walker} has changed something by {form.action} {form.data}"
                is_about_a_row = any(part.isdigit() for part in form.action.split("/"))
                assert refused.status_code >= 400 or not is_about_a_row, f"{walker}: {form.action}"
    assert sent > 20


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


def test_the_superior_sees_the_county(planted: Planted) -> None:
    superior = planted.browser("superior")
    for address, needed in walk(planted):
        if needed is Permission.SEE:
            answer = superior.get(address)
            assert answer.status_code in {200, 302, 403, 404, 405}, address
    for seen in (
        f"/incidents/{planted.incident.pk}/",
        f"/runs/{planted.run.pk}/",
        f"/plans/{planted.version.plan_id}/",
        *(f"/registers/{name}/{row.pk}/" for name, row in planted.records.items() if is_seen_by_all(name)),
    ):
        answer = superior.get(seen)
        assert answer.status_code == 200, seen
        assert marks_in(answer) or is_of_shared_register(seen), seen


def test_the_owner_opens_everything_and_finds_the_marks(planted: Planted) -> None:
    owner, found = planted.browser("owner"), set()
    for address, _ in walk(planted):
        answer = owner.get(address)
        assert answer.status_code in {200, 302, 405, 409, 404}, f"{address}: {answer.status_code}"
        if answer.status_code == 200 and marks_in(answer):
            found.add(address)
    for head in ("/incidents/", "/runs/", "/plans/", "/registers/", "/accounts/", "/me/", "/log/", "/map/"):
        assert any(address.startswith(head) for address in found), f"no page under {head} shows the county to its owner"
    for method, address, _, body in calls(planted):
        if method == "GET":
            expected = {200, 404} if "?" in address or address in MAY_BE_MISSING else {200}
            assert call(owner, method, address, body).status_code in expected, address


def test_the_log_holds_after_all_of_this(planted: Planted) -> None:
    assert not list(verify_log())
