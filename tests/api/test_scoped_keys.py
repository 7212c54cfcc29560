"""A limited key allows neither more nor elsewhere, whatever operation it is sent to."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import pytest

from api.callers import Caller
from youbei.actions import clock
from youbei.actions.access import create_user
from youbei.actions.keys import create_token
from youbei.api.access import SAFE
from youbei.api.routes import api
from youbei.engine.access import Permission, Role
from youbei.records.models import Grant, Organisation


def limited(caller: Caller, *permissions: Permission, organisation: Organisation | None = None) -> Caller:
    _, plain = create_token(
        by=None,
        now=clock.now(),
        user=caller.user,  # type: ignore[arg-type]
        label="limited",
        permissions=permissions or None,
        organisation=organisation,
    )
    return Caller(plain, caller.user)


@cache
def operations() -> list[tuple[str, str, str]]:
    return [
        (method, path, one["x-permission"])
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method, one in methods.items()
        if one["x-permission"] != "nobody"
    ]


@pytest.mark.parametrize("permission", Permission)
def test_a_key_for_everything_else_is_turned_away(admin: Caller, permission: Permission) -> None:
    program = limited(admin, *(one for one in Permission if one is not permission))
    for method, path, needed in operations():
        if needed == permission.value:
            answer = program(method.upper(), path.removeprefix("/api").replace("{", "").replace("}", ""), {})
            assert answer.status in {403, 404}, f"{method} {path} needs {needed}: {answer.status}"


def test_a_limited_key_changes_nothing_of_its_users_own(admin: Caller) -> None:
    program = limited(admin, *Permission)
    for method, path, needed in operations():
        if needed == "signed_in" and method.upper() not in SAFE:
            answer = program(method.upper(), path.removeprefix("/api").replace("{", "").replace("}", ""), {})
            assert answer.status in {403, 404}, f"{method} {path}: {answer.status}"


def test_a_key_for_a_subtree_sees_nothing_else(admin: Caller, port: Organisation) -> None:
    program = limited(admin, organisation=port)
    assert [row["code"] for row in program.get("/organisations").body["items"]] == ["haizhou-port"]
    body = {"username": "admin", "role": "observer", "organisation": "haizhou"}
    assert program.post("/grants", body).status == 404


def test_a_key_never_allows_more_than_its_user_still_may(admin: Caller) -> None:
    program = limited(admin, Permission.SEE, Permission.MANAGE_ACCESS)
    assert program.get("/grants").status == 200
    Grant.objects.filter(user=admin.user).update(role=Role.OBSERVER.value)
    assert program.get("/grants").status == 403
    assert program.get("/organisations").status == 200


def test_a_limited_key_makes_no_wider_one(admin: Caller) -> None:
    program = limited(admin, Permission.SEE)
    refused = program.post("/me/tokens", {"label": "wider"})
    assert (refused.status, refused.body["code"]) == (403, "key-too-narrow")
    assert program.post("/me/preferences", {"theme": "dark"}).status == 403
    assert program.get("/me").status == 200


def test_a_key_is_made_with_a_scope_over_the_api(admin: Caller, port: Organisation) -> None:
    made = admin.post("/me/tokens", {"label": "x", "permissions": ["see"], "organisation": "haizhou-port"})
    program = Caller(made.body["key"])
    assert program.get("/organisations").status == 200
    assert program.get("/grants").status == 403
    shown = admin.get("/me/tokens").body[-1]
    assert (shown["permissions"], shown["organisation"]) == (["see"], "haizhou-port")


def test_grants_are_lent_and_taken_back_over_the_api(admin: Caller, observer: Caller, port: Organisation) -> None:
    own = admin.get("/me/grants").body[0]["pk"]
    now = clock.now()
    body = {
        "grant": own,
        "to": "observer",
        "organisation": "haizhou-port",
        "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(days=7)).isoformat(),
        "reason": "leave",
    }
    lent = admin.post("/me/delegations", body)
    assert lent.status == 201, lent.body
    assert observer.get("/log/head").status == 200
    assert observer.get("/grants").status == 403
    assert observer.get("/me/delegations").body["borrowed"][0]["holder"] == "admin"
    assert observer.post(f"/me/delegations/{lent.body['pk']}/end").status == 200
    assert observer.get("/log/head").status == 403


def test_an_administrator_asks_what_an_account_may_and_why(admin: Caller, observer: Caller) -> None:
    assert observer.user is not None
    answers = admin.get(f"/accounts/{observer.user.pk}/rights").body
    assert [(one["permission"], one["because"][0]["role"]) for one in answers] == [("see", "observer")]
    assert {row["username"] for row in admin.get("/accounts?which=weak").body["items"]} == {"admin", "observer"}
    assert admin.post(f"/accounts/{observer.user.pk}/deactivate", {"reason": "left"}).body["is_active"] is False
    assert observer.get("/me").status == 401
    assert admin.post(f"/accounts/{observer.user.pk}/reactivate").body["is_active"] is True
    assert observer.get("/me").status == 200


def test_an_account_elsewhere_is_not_there(admin: Caller, port: Organisation) -> None:
    stranger = create_user(by=None, now=clock.now(), username="floating")
    for act in ("rights", "unlock", "deactivate", "reactivate"):
        method = "GET" if act == "rights" else "POST"
        assert (
            admin(method, f"/accounts/{stranger.pk}/{act}", {"reason": "x"} if act == "deactivate" else {}).status
            == 404
        )
