"""A small town with its cast, for pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from tests.actions.town import Town, build_town, store_plan
from tests.built_once import A_MINUTE, built_once
from youbei.actions import clock
from youbei.actions.exercises import keeping
from youbei.engine.access import Role
from youbei.engine.exercises.read import read_exercise
from youbei.records.models import Exercise, Grant, Organisation, User

PASSWORD = "a-long-enough-password"
SCRIPT = (Path(__file__).parents[1] / "actions" / "exercise.toml").read_text(encoding="utf-8")


@built_once
def town() -> Organisation:
    organisation = Organisation(code="haizhou", kind="government", name_zh="海州市", name_en="Haizhou City", path="/")
    organisation.save()
    organisation.path = f"/{organisation.pk}/"
    organisation.save(update_fields=["path"])
    return organisation


def user_with(role: Role | None, organisation: Organisation, *, name: str, language: str = "en") -> User:
    user = User.objects.create_user(username=name, password=PASSWORD, language=language)
    if role is not None:
        Grant.objects.create(
            user=user,
            role=role.value,
            organisation=organisation,
            org_path=organisation.path,
            starts_at=datetime(2020, 1, 1, tzinfo=UTC),
        )
    return user


def client_of(user: User) -> Client:
    """Return a browser in which the user has just signed in (without the cost of the password)."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["language"] = user.language
    session.save()
    return client


def english(user: User) -> Client:
    """Return a browser of that user in which the screens are English."""
    user.language = "en"
    return client_of(user)


@built_once
def officer(town: Organisation) -> User:
    return user_with(Role.ADMINISTRATOR, town, name="officer")


@built_once
def stranger(town: Organisation) -> User:
    return user_with(None, town, name="stranger")


@pytest.fixture
def browser(officer: User) -> Client:
    return client_of(officer)


@built_once(fresh_for=A_MINUTE)
def cast() -> Town:
    """A town with people and a plan, an hour old."""
    town = build_town(clock.now() - timedelta(hours=1))
    store_plan(town)
    return town


@pytest.fixture
def trainer(cast: Town) -> Client:
    return english(cast.users["trainer"])


@built_once(fresh_for=A_MINUTE)
def planned(cast: Town) -> Exercise:
    """An exercise of that plan, still being prepared."""
    return keeping.plan_exercise(by=None, now=clock.now(), script=read_exercise(SCRIPT))
