"""A process that owns a database with so many teams and nine responses, and tells what a proposal costs there.

    python -m benchmarks.dispatch_reader TEAMS

It prints one line of JSON: seconds of the processor by what was done, and what was looked at.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

django.setup()

import numpy as np  # noqa: E402

from benchmarks.many_incidents import PLAN, hurry  # noqa: E402
from youbei import content  # noqa: E402
from youbei.actions import access, activation, clock, incidents, plans, runs, stores  # noqa: E402
from youbei.actions.dispatch.facts import gather, problem_of  # noqa: E402
from youbei.actions.dispatch.proposing import ANSWERS, Proposal, proposed_now  # noqa: E402
from youbei.actions.dispatch.supposing import NOTHING  # noqa: E402
from youbei.actions.dispatch.working import BEGUN  # noqa: E402
from youbei.actions.registers.people import create_organisation  # noqa: E402
from youbei.engine.access import Role  # noqa: E402
from youbei.engine.places import Point  # noqa: E402
from youbei.engine.plans.read import read_plan  # noqa: E402
from youbei.records import models as rows  # noqa: E402

RESPONSES = 9
AT_ONCE = 5000
MIDDLE = Point(33.5, 122.8)
TURNS = 3


def build(teams: int, now: datetime) -> rows.User:
    """Fill an empty database: a city, its teams round about it, and responses in which several needs are open."""
    text = dict(content.texts("plans"))[PLAN]
    own = read_plan(text, format="toml").organisation
    city = create_organisation(by=None, now=now, code=own, kind="government", name_zh=own, name_en=own, email="a@b.cn")
    user = access.create_user(by=None, now=now, username="officer", grants=((Role.ADMINISTRATOR, city),), language="en")
    commander = access.create_user(by=None, now=now, username="chief", grants=((Role.COMMANDER, city),), language="en")
    for one in content.capabilities().values():
        stores.create_capability(by=None, now=now, code=one.code, name_zh=one.name.zh, name_en=one.name.en)
    version = plans.import_plan(by=None, now=now, text=text, filename="plan.toml")
    hurry()
    with transaction.atomic():
        plant_teams(city, teams)
    for number in range(RESPONSES):
        incident = incidents.report_incident(
            by=commander,
            now=now,
            organisation=city,
            category="accident",
            kind="ammonia_leak",
            title=f"Ammonia leak {number}",
            point=Point(MIDDLE.lat - 0.12 + 0.03 * number, MIDDLE.lon - 0.1 + 0.03 * (number * 3 % 7)),
            facts={"leak_continues": True, "serious_injured": 3},
        )
        run = activation.activate_plan(
            by=commander, now=now, incident=incident, plan_version=version, level=1 + number % 3
        )
        step = run.steps.order_by("pk")[0].step
        runs.finish_step(by=commander, now=now, run=run, step=step)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return user


def plant_teams(city: rows.Organisation, count: int) -> None:
    rng = np.random.default_rng(1)
    capabilities = list(rows.Capability.objects.order_by("pk"))
    for begin in range(0, count, AT_ONCE):
        number = min(AT_ONCE, count - begin)
        lat, lon = rng.normal(MIDDLE.lat, 0.35, number), rng.normal(MIDDLE.lon, 0.4, number)
        turn_out, strength = rng.integers(60, 600, number), rng.integers(4, 12, number)
        made = rows.Team.objects.bulk_create(
            rows.Team(
                organisation=city,
                org_path=city.path,
                code=f"many-{begin + at}",
                kind="professional",
                name_zh=f"第 {begin + at} 队",
                name_en=f"Team {begin + at}",
                lat=float(lat[at]),
                lon=float(lon[at]),
                turn_out_s=int(turn_out[at]),
                strength=int(strength[at]),
            )
            for at in range(number)
        )
        skills = [
            rows.TeamCapability(
                team=team, capability=capabilities[one], type=int(rng.integers(1, 4)), lat=team.lat, lon=team.lon
            )
            for team in made
            for one in rng.choice(len(capabilities), int(rng.integers(1, 4)), replace=False)
        ]
        rows.TeamCapability.objects.bulk_create(skills)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    found = work()
    return time.process_time() - began, found


def measured(user: rows.User) -> dict[str, Any]:
    """Return the least of several turns, each from nothing known."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def proposal(tell: Callable[[Proposal], None] | None = None) -> Proposal:
        return proposed_now(user, now=clock.now(), exercise=None, suppose=NOTHING, tell=tell)

    def first() -> float:
        began, told = time.process_time(), list[float]()

        def tell(_first: Proposal) -> None:
            told.append(time.process_time() - began)

        proposal(tell)
        return [*told, time.process_time() - began][0]

    def page() -> None:
        while True:
            answer = client.get("/dispatch/")
            assert answer.status_code == 200
            if b"since=" not in answer.content:
                return
            time.sleep(0.2)

    proposal()
    page()
    found: dict[str, Any] = {"read": [], "problem": [], "first": [], "final": [], "page": [], "again": []}
    for _ in range(TURNS):
        seconds, facts = timed(lambda: gather(user, now=clock.now()))
        found["read"].append(seconds)
        began = time.process_time()
        problem_of(facts)
        found["problem"].append(time.process_time() - began)
        found["first"].append(first())
        seconds, answer = timed(proposal)
        found["final"].append(seconds)
        ANSWERS.clear()
        BEGUN.clear()
        found["page"].append(timed(page)[0])
        found["again"].append(timed(page)[0])
    least = {name: min(turns) for name, turns in found.items()}
    solution = answer.answer.solution
    return least | {
        "needs": sum(len(run.needs) for run in answer.facts.runs),
        "sent": len(answer.picks),
        "looked_at": answer.facts.looked_at,
        "is_whole": answer.is_whole,
        "is_proven": solution.is_proven,
        "gap": solution.gap,
    }


if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    print(json.dumps(measured(build(int(sys.argv[1]), clock.now() - timedelta(minutes=5)))), flush=True)
