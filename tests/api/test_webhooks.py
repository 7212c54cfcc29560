"""Webhooks over the API: everything the pages do, for programs, and no wider than the key."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from api.callers import Caller, make_caller
from youbei.actions import clock
from youbei.actions.keys import create_token
from youbei.actions.registers.people import create_organisation
from youbei.engine.access import Permission, Role
from youbei.engine.events import KINDS
from youbei.records.models import IdempotencyKey, Organisation, Webhook

pytestmark = pytest.mark.django_db
GUIDE = Path(__file__).parents[2] / "docs" / "howto" / "webhooks.md"
ADDRESS = "https://receiver.example/in?token=abc"


@pytest.fixture
def county() -> Organisation:
    now = clock.now()
    city = create_organisation(by=None, now=now, code="city", kind="government", name_zh="市", parent=None)
    return create_organisation(by=None, now=now, code="county", kind="government", name_zh="县", parent=city)


@pytest.fixture
def admin(county: Organisation) -> Caller:
    return make_caller("admin", Role.ADMINISTRATOR, county)


def asked(**more: Any) -> dict[str, Any]:
    return {"organisation": "county", "title": "Display", "address": ADDRESS, "kinds": ["incident.*"], **more}


def test_the_whole_life_of_a_webhook(admin: Caller) -> None:
    made = admin.post("/webhooks", asked())
    assert (made.status, made.body["secret"][:6]) == (201, "whsec_")
    row = made.body["webhook"]
    one = f"/webhooks/{row['pk']}"
    assert (row["state"], row["kinds"], row["modes"], row["answers_for_it"]) == (
        "well",
        ["incident.*"],
        "real",
        "admin",
    )
    assert admin.get("/webhooks").body["items"] == [row]
    changed = admin("PATCH", one, {"kinds": ["run.assessed"], "modes": "both"}, Idempotency_Key="k1")
    assert (changed.body["kinds"], changed.body["modes"], changed.body["title"]) == (
        ["run.assessed"],
        "both",
        "Display",
    )
    for _ in range(2):
        assert admin.post(f"{one}/pause", Idempotency_Key="k2").body["state"] == "paused"
    assert admin.post(f"{one}/pause").status == 409
    assert admin.post(f"{one}/resume").body["state"] == "well"
    assert admin.post(f"{one}/test").status == 202
    assert admin.post(f"{one}/position", {"position": 1}).body["position"] == 0
    assert admin.post(f"{one}/position", {"position": 10**9}).body["code"] == "webhook-refused"
    renewed = admin.post(f"{one}/secret")
    assert renewed.body["secret"] != made.body["secret"]
    assert admin.get(f"{one}/sendings").body["items"] == []
    assert admin("DELETE", one).status == 204
    assert admin.get(one).status == 404


def test_what_the_guide_sends_is_taken(admin: Caller) -> None:
    [sent] = re.findall(r"-d '(\{.+?\})'", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    made = admin.post("/webhooks", {**json.loads(sent), "organisation": "county"})
    assert (made.status, made.body["webhook"]["kinds"]) == (201, ["incident.*", "plan.activated"])


def test_the_kinds_that_can_be_asked_for_are_listed(admin: Caller) -> None:
    listed = admin.get("/catalogue/event-kinds").body
    assert [one["kind"] for one in listed] == list(KINDS)
    assert admin.post("/webhooks", asked(kinds=[one["kind"] for one in listed[:100]])).status == 201


def test_no_secret_is_kept_for_a_repetition(admin: Caller) -> None:
    made = admin.post("/webhooks", asked(), Idempotency_Key="once")
    again = admin.post("/webhooks", asked(), Idempotency_Key="once")
    assert (made.status, again.status, again.body["code"]) == (201, 409, "webhook-refused")
    admin.post(f"/webhooks/{made.body['webhook']['pk']}/secret", Idempotency_Key="once")
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"kinds": []}, 422, "invalid-values"),
        ({"kinds": ["incident.eaten"]}, 422, "kinds-refused"),
        ({"kinds": ["drop table"]}, 422, "invalid-values"),
        ({"kinds": "incident.*"}, 422, "invalid-values"),
        ({"modes": "simulated"}, 422, "invalid-values"),
        ({"address": "http://receiver.example/"}, 422, "address-refused"),
        ({"address": "https://169.254.169.254/latest/meta-data"}, 422, "address-refused"),
        ({"address": "https://a\u0000b/"}, 400, "body-unreadable"),
        ({"address": ""}, 422, "address-refused"),
        ({"title": "  "}, 409, "webhook-refused"),
        ({"organisation": "nowhere"}, 404, "not-found"),
        ({"organisation": "city"}, 404, "not-found"),
        ({"secret": "mine"}, 422, "invalid-values"),
    ],
)
def test_what_is_wrong_is_refused_in_words(admin: Caller, wrong: dict[str, Any], status: int, code: str) -> None:
    answer = admin.post("/webhooks", asked(**wrong))
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.body["text"]["zh"]
    assert not Webhook.objects.exists()


def test_a_limited_key_makes_no_webhook_that_hears_more_than_it_may(county: Organisation, admin: Caller) -> None:
    assert admin.user is not None
    below = create_organisation(by=None, now=clock.now(), code="town", kind="government", name_zh="镇", parent=county)

    def key(*permissions: Permission, unit: Organisation | None = None) -> Caller:
        made = create_token(
            by=None, now=clock.now(), user=admin.user, label="x", permissions=permissions, organisation=unit
        )
        return Caller(made[1], admin.user)

    assert key(Permission.MANAGE_ACCESS, Permission.SEE).post("/webhooks", asked()).status == 403
    assert key(Permission.EXPORT_LOG, Permission.SEE).post("/webhooks", asked()).status == 403
    whole = key(Permission.MANAGE_ACCESS, Permission.EXPORT_LOG, Permission.SEE, unit=below)
    assert whole.post("/webhooks", asked()).status == 404
    assert whole.post("/webhooks", asked(organisation="town")).status == 201


def test_others_find_nothing(county: Organisation, admin: Caller) -> None:
    pk = admin.post("/webhooks", asked()).body["webhook"]["pk"]
    other = create_organisation(by=None, now=clock.now(), code="other", kind="government", name_zh="邻", parent=None)
    for caller, status in (
        (make_caller("neighbour", Role.ADMINISTRATOR, other), 404),
        (make_caller("observer", Role.OBSERVER, county), 403),
        (Caller(), 401),
    ):
        assert caller.get(f"/webhooks/{pk}").status in {status, 404}
        for verb in ("test", "pause", "resume", "secret"):
            assert caller.post(f"/webhooks/{pk}/{verb}").status in {status, 404}
        listed = caller.get("/webhooks")
        assert listed.status in {401, 403} or listed.body["items"] == []
