"""Try a plan without storing it: check it against today's registers, simulate it with today's resources."""

from __future__ import annotations

import time
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from youbei.actions import clock
from youbei.actions.ways import travel_times
from youbei.api.access import caller, may
from youbei.api.plans import PlanIn, visible_version
from youbei.api.values import Body, Slug
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.plans.check import Finding, check
from youbei.engine.plans.model import Plan, Scenario
from youbei.engine.plans.read import read_plan
from youbei.engine.simulation.simulate import SimulationReport, simulate
from youbei.engine.text import Text
from youbei.records.checking import known_by_registers, place_of
from youbei.records.load import load_plan
from youbei.records.nearby import world_at

router = Router(tags=["plans"])
MOST_RUNS = 500
# A request holds one of the server's few threads: longer simulations belong to the command line.
LONGEST_S = 10.0


class NoSuchScenario(Refused):
    """Refuse a scenario that the plan does not have."""

    status = 422


class Checked(Schema):
    """What the checker found; errors first."""

    plan: str
    version: str
    findings: list[Finding]


class TrialIn(Body):
    """Without `scenario` the plan's first is taken. `seed` makes the result repeatable."""

    runs: Annotated[int, Field(ge=1, le=MOST_RUNS)] = 100
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 1
    scenario: Slug | None = None


@router.post("/plans/check", response=Checked, **may(Permission.SEE))
def check_plan(request: HttpRequest, body: PlanIn) -> Checked:
    """Check a plan file against the law, the standards and today's registers. Nothing is stored."""
    return checked(read_plan(body.text, format=body.format))


@router.get("/plans/{code}/versions/{version}/check", response=Checked, **may(Permission.SEE))
def check_version(request: HttpRequest, code: Slug, version: Slug) -> Checked:
    """Check a stored version against today's registers."""
    return checked(load_plan(visible_version(request, code, version)))


def checked(plan: Plan) -> Checked:
    findings = check(plan, known_by_registers(plan, clock.now()))
    return Checked(plan=plan.id, version=plan.version, findings=list(findings))


@router.post("/plans/{code}/versions/{version}/simulation", response=dict[str, Any], **may(Permission.SEE))
def simulate_version(request: HttpRequest, code: Slug, version: Slug, body: TrialIn) -> dict[str, Any]:
    """Simulate a stored version with today's resources; times are seconds from the activation.

    `is_cancelled` says that the time of a request was over before all runs were made.
    """
    caller(request)
    return tried(load_plan(visible_version(request, code, version)), body).as_data()


def tried(plan: Plan, trial: TrialIn) -> SimulationReport:
    scenario = choose(plan, trial.scenario)
    near = scenario.place or place_of(plan)
    world = world_at(plan, near, today=clock.now().date(), travel=travel_times())
    end = time.monotonic() + LONGEST_S
    return simulate(plan, world, scenario, runs=trial.runs, seed=trial.seed, go_on=lambda done: time.monotonic() < end)


def choose(plan: Plan, wanted: str | None) -> Scenario:
    if wanted is None:
        return plan.scenarios[0] if plan.scenarios else Scenario(id="", title=Text())
    found = next((scenario for scenario in plan.scenarios if scenario.id == wanted), None)
    if found is None:
        raise NoSuchScenario(
            zh=f"预案中没有情景“{wanted}”。请从预案的情景中选择。",
            en=f"The plan has no scenario {wanted!r}. Choose one of the plan's.",
        )
    return found
