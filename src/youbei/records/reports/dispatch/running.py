"""The running responses, and what they still need."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from youbei import content
from youbei.engine.places import Point
from youbei.engine.plans.model import Need, Plan
from youbei.engine.text import Text
from youbei.records.clocks import clock_of
from youbei.records.load import load_plans
from youbei.records.models import Run, RunNeed, RunStep, Site, User

# More responses than this at once are no dispatch but a war: the newest are looked at, and the answer says so.
MOST_RUNS = 200
WORKING = ("open", "started")


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A need of an open step. `key` is `<step>/<need>`, `due_s` counts from now in the time of the response.

    `place` is `incident` or the code of a site, `at` is where that is. Quantities are whole pieces, rounded up.
    """

    key: str
    step: Text
    name: Text
    capability: str
    item: str
    place: str
    at: Point | None
    asked: int
    assigned: int
    due_s: int | None
    saves_lives: bool

    @property
    def lacking(self) -> int:
        return max(0, self.asked - self.assigned)


@dataclass(frozen=True, slots=True)
class Running:
    """A response that goes on, with the needs of its open steps. `now_there` is what its clock shows."""

    pk: int
    incident_pk: int
    number: str
    title: Text
    plan: Text
    mode: str
    level: int | None
    org_path: str
    at: Point | None
    now_there: datetime
    needs: tuple[OpenNeed, ...]


def running(user: User, *, now: datetime, exercise: int | None = None, with_met: bool = False) -> tuple[Running, ...]:
    """Return the real responses that a user may see; of an exercise (its incident) those of that exercise alone.

    With `with_met` their needs that are met stand beside those that are not.
    """
    rows = Run.objects.visible_to(user).filter(phase=Run.Phase.ACTIVE).select_related("incident", "plan_version")
    if exercise is None:
        rows = rows.filter(mode=Run.Mode.REAL)
    else:
        rows = rows.filter(mode=Run.Mode.EXERCISE, incident_id=exercise)
    found = list(rows.defer("plan_version__data").order_by("-pk")[:MOST_RUNS])
    plans = load_plans([row.plan_version for row in found])
    keys = [row.pk for row in found]
    open_steps = set(RunStep.objects.filter(run__in=keys, status__in=WORKING).values_list("run_id", "step"))
    asked: dict[int, list[RunNeed]] = defaultdict(list)
    for need in RunNeed.objects.filter(run__in=keys, is_met__in=[False, with_met]).order_by("pk"):
        if (need.run_id, need.need.partition("/")[0]) in open_steps:
            asked[need.run_id].append(need)
    sites = sites_of(found, plans, asked)
    return tuple(running_of(row, plans[row.plan_version_id], asked[row.pk], sites, now) for row in reversed(found))


def needs_in(plan: Plan) -> dict[str, tuple[Text, Need]]:
    return {f"{step.id}/{need.id}": (step.title, need) for step in plan.steps for need in step.needs}


def sites_of(rows: Sequence[Run], plans: dict[int, Plan], asked: dict[int, list[RunNeed]]) -> dict[str, Point]:
    """Return where the sites are at which something is needed, in one query."""
    codes = set()
    for row in rows:
        known = needs_in(plans[row.plan_version_id])
        codes |= {known[need.need][1].place for need in asked[row.pk] if need.need in known}
    found = Site.objects.filter(code__in=codes - {"incident"}) if codes - {"incident"} else ()
    return {site.code: Point(site.lat, site.lon) for site in found}


def running_of(row: Run, plan: Plan, asked: Sequence[RunNeed], sites: dict[str, Point], now: datetime) -> Running:
    incident = row.incident
    here = None if incident.lat is None or incident.lon is None else Point(incident.lat, incident.lon)
    known, at = needs_in(plan), clock_of(row).scenario_at(now)
    needs = [open_need(need, *known[need.need], here, sites, at) for need in asked if need.need in known]
    return Running(
        pk=row.pk,
        incident_pk=incident.pk,
        number=incident.number,
        title=incident.named,
        plan=plan.title,
        mode=row.mode,
        level=row.level,
        org_path=row.org_path,
        at=here,
        now_there=at,
        needs=tuple(need for need in needs if need.asked),
    )


def open_need(
    row: RunNeed, step: Text, need: Need, here: Point | None, sites: dict[str, Point], at: datetime
) -> OpenNeed:
    catalogue = content.capabilities() if need.capability else content.items()
    known = catalogue.get(need.capability or need.item)
    ability = content.capabilities().get(need.capability)
    return OpenNeed(
        key=row.need,
        step=step,
        name=known.name if known else Text(need.capability or need.item, need.capability or need.item),
        capability=need.capability,
        item=need.item,
        place=need.place,
        at=here if need.place == "incident" else sites.get(need.place),
        asked=math.ceil(row.asked),
        assigned=math.floor(row.assigned),
        due_s=None if row.due_at is None else max(0, int((row.due_at - at).total_seconds())),
        saves_lives=ability is not None and ability.saves_lives,
    )
