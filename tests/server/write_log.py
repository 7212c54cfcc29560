# ruff: noqa: E402
"""Write into a deployment's database from another process: `append`, `session`, `grant`, `end-grant`, `watcher`."""

from __future__ import annotations

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "youbei.settings")

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from youbei.actions import clock
from youbei.actions.access import create_user, end_grant
from youbei.actions.registers.people import create_organisation
from youbei.engine.access import Role
from youbei.engine.clock import Mode
from youbei.engine.events import Event
from youbei.records.log import append, next_seq
from youbei.records.models import Grant, Organisation, User


def append_events(stream: str, organisation: str, count: str) -> None:
    """Append events one by one, each in its own transaction."""
    path = Organisation.objects.get(code=organisation).path
    for _ in range(int(count)):
        with transaction.atomic():
            now = clock.now()
            event = Event(
                stream=stream, seq=next_seq(stream), at=now, mode=Mode.EXERCISE, kind="step.opened", data={"step": "a"}
            )
            append([event], org_path=path, recorded_at=now)


def make_unit(code: str) -> None:
    root = Organisation.objects.get(code="root")
    create_organisation(by=None, now=clock.now(), code=code, kind="bureau", name_zh=code, parent=root)


def make_watcher(username: str, organisation: str) -> None:
    unit = Organisation.objects.get(code=organisation)
    create_user(by=None, now=clock.now(), username=username, grants=((Role.OBSERVER, unit),))


def end_grants(username: str) -> None:
    for grant in Grant.objects.filter(user__username=username):
        end_grant(by=None, now=clock.now(), grant=grant)


def make_session(username: str) -> None:
    user = User.objects.get(username=username)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    print(session.session_key)


COMMANDS = {
    "append": append_events,
    "unit": make_unit,
    "watcher": make_watcher,
    "end-grants": end_grants,
    "session": make_session,
}

COMMANDS[sys.argv[1]](*sys.argv[2:])
