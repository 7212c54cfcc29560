"""Keys, sessions, grants and idempotency."""

from __future__ import annotations

import re
from datetime import timedelta

from django.test import Client

from api.callers import Caller
from youbei.actions import clock
from youbei.engine.log import verify
from youbei.records.log import export_lines
from youbei.records.models import ApiToken, Grant, IdempotencyKey, Organisation


def test_a_key_opens_what_its_user_may_see(admin: Caller, observer: Caller) -> None:
    assert admin.get("/me").body["grants"] == [{"role": "administrator", "organisation": "haizhou", "ends_at": None}]
    assert [row["code"] for row in admin.get("/organisations").body["items"]] == ["haizhou", "haizhou-port"]
    assert [row["code"] for row in observer.get("/organisations").body["items"]] == ["haizhou-port"]


def test_an_expired_key_opens_nothing(admin: Caller) -> None:
    ApiToken.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert admin.get("/me").status == 401


def test_a_key_is_shown_once_and_can_be_taken_away(admin: Caller) -> None:
    made = admin.post("/me/tokens", {"label": "计划导入"})
    assert made.status == 201
    program = Caller(made.body["key"])
    assert program.get("/me").status == 200
    assert "key" not in admin.get("/me/tokens").body[-1]
    assert admin("DELETE", f"/me/tokens/{made.body['pk']}").status == 204
    assert program.get("/me").status == 401


def test_nobody_takes_away_the_key_of_another(admin: Caller, observer: Caller) -> None:
    token = ApiToken.objects.get(user=admin.user)
    assert observer("DELETE", f"/me/tokens/{token.pk}").status == 404


def test_a_session_reads_but_changes_only_with_the_csrf_token(admin: Caller) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert admin.user is not None
    browser.force_login(admin.user, "django.contrib.auth.backends.ModelBackend")
    assert browser.get("/api/me").status_code == 200
    send = {"path": "/api/me/tokens", "data": {"label": "a"}, "content_type": "application/json"}
    refused = browser.post(**send)
    assert refused.status_code == 403
    assert "CSRF" in refused.json()["detail"]
    page = browser.get("/sign-in/")
    token = page.cookies["csrftoken"].value if "csrftoken" in page.cookies else "a" * 32
    browser.cookies["csrftoken"] = token
    assert browser.post(**send, headers={"X-CSRFToken": token}).status_code == 201


def test_a_wrong_key_is_not_helped_by_a_session(admin: Caller) -> None:
    browser = Client()
    assert admin.user is not None
    browser.force_login(admin.user, "django.contrib.auth.backends.ModelBackend")
    assert browser.get("/api/me", headers={"Authorization": "Bearer yb_wrong"}).status_code == 401


def test_a_user_without_the_permission_is_refused_with_a_sentence(observer: Caller) -> None:
    answer = observer.get("/log/head")
    assert answer.status == 403
    assert "verify the log" in answer.body["detail"]


def test_a_write_with_a_key_is_done_once_and_answered_twice_alike(
    admin: Caller, observer: Caller, port: Organisation
) -> None:
    body = {"username": "observer", "role": "duty_officer", "organisation": "haizhou-port"}
    first = admin.post("/grants", body, Idempotency_Key="grant-1")
    second = admin.post("/grants", body, Idempotency_Key="grant-1")
    assert first.status == second.status == 201
    assert first.body == second.body
    assert Grant.objects.filter(role="duty_officer").count() == 1


def test_a_key_used_for_something_else_is_refused(admin: Caller, observer: Caller) -> None:
    body = {"username": "observer", "role": "duty_officer", "organisation": "haizhou-port"}
    admin.post("/grants", body, Idempotency_Key="same")
    other = admin.post("/grants", {**body, "role": "commander"}, Idempotency_Key="same")
    assert other.status == 422
    assert other.body["code"] == "key-unusable"
    assert not Grant.objects.filter(role="commander").exists()


def test_keys_of_two_users_do_not_meet(admin: Caller, city: Organisation) -> None:
    from api.callers import make_caller
    from youbei.engine.access import Role

    other = make_caller("other", Role.ADMINISTRATOR, city)
    body = {"username": "other", "role": "observer", "organisation": "haizhou"}
    assert admin.post("/grants", body, Idempotency_Key="k").status == 201
    assert other.post("/grants", body, Idempotency_Key="k").status == 201
    assert Grant.objects.filter(role="observer").count() == 2


def test_a_refused_write_keeps_no_key(admin: Caller, observer: Caller) -> None:
    body = {"username": "nobody", "role": "observer", "organisation": "haizhou"}
    assert admin.post("/grants", body, Idempotency_Key="later").status == 404
    assert not IdempotencyKey.objects.exists()


def test_old_keys_are_forgotten(admin: Caller, observer: Caller) -> None:
    body = {"username": "observer", "role": "observer", "organisation": "haizhou"}
    admin.post("/grants", body, Idempotency_Key="old")
    IdempotencyKey.objects.update(created_at=clock.now() - timedelta(days=2))
    assert admin.post("/grants", body, Idempotency_Key="old").status == 201
    assert Grant.objects.filter(user=observer.user, organisation__code="haizhou").count() == 2


def test_a_key_must_be_a_key(admin: Caller, observer: Caller) -> None:
    body = {"username": "observer", "role": "observer", "organisation": "haizhou"}
    assert admin.post("/grants", body, Idempotency_Key="x" * 121).status == 422
    assert admin.post("/grants", body, Idempotency_Key="a b").status == 422


def test_nobody_gives_a_role_where_they_do_not_manage_access(observer: Caller) -> None:
    body = {"username": "observer", "role": "administrator", "organisation": "haizhou-port"}
    assert observer.post("/grants", body).status == 403


def test_a_grant_is_ended(admin: Caller, observer: Caller) -> None:
    grant = Grant.objects.get(user=observer.user)
    assert admin.post(f"/grants/{grant.pk}/end").body["ends_at"] is not None
    assert observer.get("/organisations").status == 403


def test_pages_go_on_to_the_end_and_back(admin: Caller, port: Organisation) -> None:
    first = admin.get("/organisations?size=1").body
    second = admin.get(f"/organisations?size=1&cursor={first['next']}").body
    assert [first["items"][0]["code"], second["items"][0]["code"]] == ["haizhou", "haizhou-port"]
    assert second["next"] is None
    assert admin.get(f"/organisations?size=1&cursor={second['previous']}").body["items"] == first["items"]


def test_the_log_is_verified_and_anchored(admin: Caller) -> None:
    head = admin.get("/log/head").body
    assert re.fullmatch("[0-9a-f]{64}", head["hash"])
    admin.post("/me/tokens", {"label": "one more entry"})
    answer = admin.get(f"/log/verification?anchor={head['hash']}").body
    assert answer["holds"]
    assert answer["is_anchored"]
    assert answer["count"] == head["position"] + 1
    assert not list(verify(export_lines()))
    assert not admin.get(f"/log/verification?anchor={'0' * 64}").body["holds"]
