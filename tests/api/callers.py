"""Callers of the API: a client that speaks JSON, with a key, as a program does.

They stand in a module of their own and not in `conftest`: what a fixture returns is copied for each test, and a class
is found again by the name of its module, which all files called `conftest` share.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from youbei.actions import clock
from youbei.actions.access import create_user
from youbei.actions.keys import create_token
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
