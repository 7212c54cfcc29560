"""Every address says who may use it, and turns strangers away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.shape.strangers import concrete, stranger_of
from tests.walk.places import unknown_parameters
from youbei.api.routes import api
from youbei.engine.access import Permission
from youbei.records.models import User

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "put", "patch", "delete")


def pages(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    """Yield each page of ours with its route; the API answers for itself below."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLResolver):
            if entry.namespace != "api":
                yield from pages(entry, route)
        else:
            yield route, entry


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_every_page_names_who_may_open_it() -> None:
    allowed = {*Permission, "signed_in", "public"}
    wrong = [route for route, entry in pages() if getattr(entry.callback, "access", None) not in allowed]
    assert wrong == []


def test_only_these_pages_are_public() -> None:
    public = {route for route, entry in pages() if getattr(entry.callback, "access", None) == "public"}
    assert public == {
        "/a/<str:word>/",
        "/c/<str:word>/",
        "/c/<str:word>/<int:item>/",
        "/c/<str:word>/add/<slug:name>/",
        "/c/offline.js",
        "/h/offline.js",
        "/proof/<uuid:pk>/",
        "/proof/<uuid:pk>/opening.json",
        "/proof/<uuid:pk>/seal.json",
        "/h/<slug:word>/",
        "/h/<slug:word>/<slug:key>/",
        "/d/<slug:word>/",
        "/w/<slug:word>/",
        "/w/<slug:word>/thanks/",
        "/sign-in/",
        "/sign-in/code/",
        "/sign-in/code/passkey/",
        "/sign-in/passkey/",
        "/sign-in/passkey/options/",
        "/sign-in/with/<slug:provider>/",
        "/sign-in/with/<slug:provider>/back/",
        "/set-password/<str:number>/<str:token>/",
        "/sign-out/",
        "/language/",
        "/theme/",
    }


def test_a_visitor_without_account_is_asked_to_sign_in() -> None:
    for route, entry in pages():
        if getattr(entry.callback, "access", None) != "public":
            answer = Client().get(concrete(route))
            assert answer.status_code == 302, route
            assert answer["Location"].startswith("/sign-in/"), route


def test_an_account_without_grants_is_let_in_nowhere() -> None:
    client = stranger_of(User)
    for route, entry in pages():
        if isinstance(getattr(entry.callback, "access", None), Permission):
            assert client.get(concrete(route)).status_code in {403, 404, 405}, route
            assert client.post(concrete(route)).status_code in {403, 404, 405}, route


def test_the_walk_knows_what_stands_for_every_parameter_of_every_address() -> None:
    routes = [route for route, entry in pages() if getattr(entry.callback, "access", None) != "public"]
    routes += [path for _, path, _ in operations()]
    unknown = {route: names for route in routes if (names := unknown_parameters(route))}
    assert unknown == {}, "add these parameters to PLACES in tests/walk/places.py"


def test_every_operation_names_a_permission() -> None:
    allowed = {*(one.value for one in Permission), "signed_in", "nobody"}
    wrong = [f"{method} {path}" for method, path, one in operations() if one.get("x-permission") not in allowed]
    assert wrong == []


def test_every_operation_turns_a_stranger_away() -> None:
    client = stranger_of(User)
    for method, path, operation in operations():
        if operation["x-permission"] == "nobody":
            continue
        where = concrete(path)
        body: dict[str, Any] = {} if method == "get" else {"data": "{}", "content_type": "application/json"}
        assert getattr(Client(), method)(where, **body).status_code == 401, f"{method} {path}"
        if operation["x-permission"] != "signed_in":
            answer = getattr(client, method)(where, **body)
            assert answer.status_code in {403, 404}, f"{method} {path}: {answer.status_code}"
