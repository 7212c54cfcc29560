"""Two provinces side by side in one installation: neither finds a trace of the other, by any page, number or word."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from django.test import Client

from tests.shape.test_doors import operations
from tests.walk.bodies import body_for, query_for
from tests.walk.places import addresses
from tests.walk.planted import CODE, WORD, Planted
from tests.walk.steps import call, calls, closed_pages, is_about_a_row, is_of_shared_register, marks_in, walk
from youbei import asgi, content
from youbei.actions import access, clock
from youbei.actions.registers.people import create_organisation
from youbei.actions.registers.save import save_record
from youbei.engine.access import Permission, Role
from youbei.live.tail import is_any_hidden
from youbei.live.viewer import Viewer
from youbei.records.models import LogEntry, Organisation, User

pytestmark = pytest.mark.django_db
REGISTERS = content.registers()
OWNED = [name for name, register in REGISTERS.items() if register.owners]
# Where words of the address stand again in a field of the page.
SEARCHED = ("/search/", "/search/proposals/")


@pytest.fixture(scope="module")
def foreign(planted: Planted) -> Client:
    """The administrator of another province, which has one team of its own."""
    now = clock.now()
    root = create_organisation(by=None, now=now, code="other-province", kind="government", name_zh="外省", parent=None)
    planted.users["foreign"] = access.create_user(
        by=None, now=now, username="foreign", grants=((Role.ADMINISTRATOR, root),), language="en"
    )
    values = {"code": "own", "name_zh": "外省队", "organisation": root.code, "kind": "volunteer", "turn_out_min": 5}
    save_record(register=REGISTERS["team"], values={**values, "lat": 34, "lon": 119}, by=None, now=now)
    return planted.browser("foreign")


def test_no_page_and_no_answer_of_the_api_says_a_word_of_the_other_province(planted: Planted, foreign: Client) -> None:
    for address, _ in walk(planted):
        answer = foreign.get(address)
        assert answer.status_code < 500, address
        assert marks_in(answer) == [], address
    for method, address, _, body in calls(planted):
        if method == "GET":
            assert marks_in(call(foreign, method, address, body)) == [], address


def test_no_number_that_one_could_guess_opens_a_record_of_the_other(planted: Planted, foreign: Client) -> None:
    for route, _ in closed_pages():
        if "<int:pk>" in route:
            for address in addresses(route, planted):
                if not is_of_shared_register(address):
                    assert foreign.get(address).status_code in {404, 405}, address
                    assert foreign.post(address).status_code == 404, address
    for method, path, operation in operations():
        if is_about_a_row(path) and operation["x-permission"] != "nobody":
            for address in addresses(path, planted):
                if not is_of_shared_register(address):
                    asked = f"{address}?{query_for(operation)}"
                    answer = call(foreign, method.upper(), asked, body_for(operation))
                    assert answer.status_code == 404, f"{method} {address}: {answer.status_code}"


@pytest.mark.parametrize("name", OWNED)
def test_lists_counts_and_statistics_hold_ones_own_alone(foreign: Client, name: str) -> None:
    if foreign.get(f"/registers/{name}/").status_code != 200:
        pytest.fail(f"the administrator of a province does not see the register {name}")
    own = {"team": 1, "organisation": 1}.get(name, 0)
    numbers = foreign.get(f"/api/registers/{name}/statistics").json()
    assert float(numbers["total"]["number"]) == own
    records = foreign.get(f"/api/registers/{name}/records").json()
    assert len(records["items"]) == own


@pytest.mark.parametrize("word", [WORD, WORD[:2], CODE, CODE[:3], "县", "vk7xp"])
def test_neither_search_nor_proposals_nor_a_list_finds_the_other(foreign: Client, word: str) -> None:
    for address in SEARCHED:
        said = foreign.get(address, {"q": word}).content.decode().lower()
        assert said.replace(word.lower(), "").count(WORD.lower()) == said.replace(word.lower(), "").count(CODE) == 0
    assert foreign.get("/api/search", {"q": word}).json()["items"] == []
    for name in OWNED:
        records = foreign.get(f"/api/registers/{name}/records", {"q": word}).json()
        assert records["items"] == [], name


@pytest.mark.parametrize("name", REGISTERS)
def test_a_code_of_the_other_in_the_address_tells_no_name(planted: Planted, foreign: Client, name: str) -> None:
    """A filter names the record that it holds a list to; of the other province it shows the code that was typed."""
    for field in REGISTERS[name].references:
        target = REGISTERS[field.refers_to]
        if target.owners and (code := getattr(planted.records[target.name], "code", "")):
            for page in (f"/registers/{name}/", f"/registers/{name}/statistics/"):
                assert WORD.lower() not in marks_in(foreign.get(page, {field.name: code, "unit": f"{CODE}-county"})), (
                    page
                )


def test_the_code_of_a_record_of_the_other_is_refused_without_a_word_about_it(
    planted: Planted, foreign: Client
) -> None:
    taken = planted.records["team"].code
    values = {"code": taken, "name_zh": "队", "organisation": "other-province", "kind": "volunteer", "turn_out_min": 5}
    answer = foreign.post(
        "/api/registers/team/records",
        json.dumps({"values": {**values, "lat": 34, "lon": 119}}),
        content_type="application/json",
    )
    assert answer.status_code in {201, 409, 422}, answer.content
    assert WORD.lower() not in marks_in(answer)
    moved = foreign.post(
        "/api/registers/team/records",
        json.dumps({"values": {**values, "code": "new", "organisation": f"{CODE}-county", "lat": 34, "lon": 119}}),
        content_type="application/json",
    )
    assert moved.status_code >= 400
    assert WORD.lower() not in marks_in(moved)


def test_a_live_stream_carries_ones_own_entries_alone(planted: Planted, foreign: Client) -> None:
    """The live stream is no page: whoever opens it is sent what `Viewer.sees` lets pass, and names no other stream."""
    entries = list(LogEntry.objects.all())
    county = [entry for entry in entries if entry.org_path.startswith(planted.county.path)]
    viewers = {name: viewer(planted.users[name]) for name in WATCHERS}
    seen = {name: [one for one in entries if who.sees(one.stream, one.org_path)] for name, who in viewers.items()}
    assert county
    assert set(county) <= set(seen["owner"])
    assert set(county) <= set(seen["superior"])
    for name in ("neighbour", "stranger", "foreign"):
        assert not set(county) & set(seen[name]), name
        assert is_any_hidden(viewer(planted.users[name]), frozenset({f"run:{planted.run.pk}"}))
    assert {entry.org_path for entry in seen["foreign"]} <= {Organisation.objects.get(code="other-province").path}


WATCHERS = ("owner", "superior", "neighbour", "stranger", "foreign")


def viewer(user: User) -> Viewer:
    return Viewer(user_id=user.pk, paths=tuple(User.objects.get(pk=user.pk).paths_with(Permission.SEE)))


def test_these_doors_alone_do_not_go_through_the_pages_and_operations_that_are_walked() -> None:
    tree = ast.parse(Path(asgi.__file__).read_text(encoding="utf-8"))
    doors = {one.value for one in ast.walk(tree) if isinstance(one, ast.Constant) and str(one.value).startswith("/")}
    assert doors <= {"/", "/live/", "/healthz", "/readyz"}
