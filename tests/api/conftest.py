"""A small tree of units, users with keys, and a client that speaks JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client
from tests.built_once import A_MINUTE, built_once

from youbei.actions import clock
from youbei.actions.access import create_user
from youbei.actions.keys import create_token
from youbei.actions.registers.people import create_organisation
from youbei.engine.access import Role
from youbei.records.models import Organisation, User


@dataclass
class Answer:
    status: int
    headers: Any
    body: Any


@dataclass
class Caller:
    """Call operations with a key, as a program does."""

    key: str = ""
    user: User | None = None
    language: str = "en"

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        sent = {"Accept-Language": self.language} | {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key:
            sent["Authorization"] = f"Bearer {self.key}"
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        kind = sent.pop("Content-Type", "application/json")
        response = Client().generic(method, f"/api{path}", data, content_type=kind, headers=sent)
        content = response.content
        is_json = "json" in response.headers.get("Content-Type", "")
        return Answer(response.status_code, response.headers, json.loads(content) if is_json and content else content)

    def get(self, path: str, **headers: str) -> Answer:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self("POST", path, {} if body is None else body, **headers)


def make_caller(username: str, role: Role | None, organisation: Organisation) -> Caller:
    now = clock.now()
    grants = ((role, organisation),) if role else ()
    user = create_user(by=None, now=now, username=username, grants=grants)
    return Caller(create_token(by=None, now=now, user=user, label="test")[1], user)


@built_once(fresh_for=A_MINUTE)
def city() -> Organisation:
    return create_organisation(
        by=None, now=clock.now(), code="haizhou", kind="government", name_zh="海州市", name_en="Haizhou"
    )


@built_once(fresh_for=A_MINUTE)
def port(city: Organisation) -> Organisation:
    return create_organisation(by=None, now=clock.now(), code="haizhou-port", kind="port", name_zh="港口", parent=city)


@built_once
def admin(city: Organisation) -> Caller:
    return make_caller("admin", Role.ADMINISTRATOR, city)


@built_once
def observer(port: Organisation) -> Caller:
    return make_caller("observer", Role.OBSERVER, port)


@built_once
def stranger(city: Organisation) -> Caller:
    return make_caller("stranger", None, city)
