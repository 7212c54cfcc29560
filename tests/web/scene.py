"""A town in which a leak was reported an hour ago and is being answered, and browsers for its cast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.test import Client

from tests.actions.town import Town, build_town, report_leak, store_plan
from tests.web.conftest import client_of
from youbei.actions import activation, advance, clock
from youbei.records.models import Incident, PlanVersion, Run


@dataclass
class Scene:
    """`began` is when the leak was reported; the plan was activated at once."""

    town: Town
    began: datetime
    leak: Incident
    version: PlanVersion
    run: Run

    def browser(self, name: str, language: str = "en") -> Client:
        """Return a browser in which this member of the cast has just signed in."""
        user = self.town.users[name]
        user.language = language
        user.save(update_fields=["language"])
        return client_of(user)

    @property
    def board(self) -> str:
        return f"/runs/{self.run.pk}/"


def open_scene(*, mode: str = "real", ago: timedelta = timedelta(hours=1)) -> Scene:
    began = clock.now() - ago
    town = build_town(began)
    version = store_plan(town, began)
    by = town.users["trainer" if mode == "exercise" else "officer"]
    leak = report_leak(town, began, by=by, mode=mode, facts={"leak_continues": True, "serious_injured": 1})
    run = activation.activate_plan(by=by, now=began, incident=leak, plan_version=version)
    advance.advance_run(run.pk, clock.now())
    return Scene(town, began, leak, version, Run.objects.get(pk=run.pk))
