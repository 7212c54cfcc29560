"""The middle of the incident board: posts, and their steps as lanes with needs and assignments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from youbei.engine.plans.model import Phase, Plan, Step
from youbei.engine.run.forecast import Expectation, forecast
from youbei.engine.run.state import StepState, StepStatus
from youbei.engine.text import Text
from youbei.records.holders import Reader
from youbei.records.models import (
    Assignment,
    Capability,
    Item,
    Run,
    RunNeed,
    RunPost,
    RunStep,
    Site,
    Vehicle,
)
from youbei.records.reports.codes import names_of_codes
from youbei.records.reports.names import name_of, post_title
from youbei.records.reports.timeline import Span, plan_spans
from youbei.records.run_rows import RunRows

DONE = frozenset({"finished", "skipped"})
WORKING = frozenset({"open", "started"})


@dataclass(frozen=True, slots=True)
class BoardPost:
    """A post of the plan in this run. `is_mine` says that the reader holds it; `holder` is a register code."""

    id: str
    title: Text
    role: str
    holder: str
    holder_name: Text
    person_pk: int | None
    is_mine: bool
    since_at: datetime | None


@dataclass(frozen=True, slots=True)
class BoardAssignment:
    """`lat` and `lon` tell where the resource set out from; `route` is the way as [[lat, lon], ...] where known.

    `carrier` is the vehicle that fetches it.
    """

    code: str
    need: str
    resource: str
    label: Text
    quantity: float
    reason: str
    assigned_at: datetime
    expected_at: datetime
    departed_at: datetime | None
    arrived_at: datetime | None
    released_at: datetime | None
    lat: float | None
    lon: float | None
    route: tuple[tuple[float, float], ...]
    carrier: Text | None = None


@dataclass(frozen=True, slots=True)
class BoardNeed:
    """What a step asks for; `opened_at` is None while it is not asked yet.

    `name` is what the capability or item is called, `unit` what an item is counted in, `place_name` empty at the
    incident itself.
    """

    key: str
    capability: str
    item: str
    name: Text
    unit: Text
    place: str
    place_name: Text
    asked: float
    assigned: float
    arrived: float
    is_met: bool
    is_short: bool
    opened_at: datetime | None
    due_at: datetime | None
    assignments: tuple[BoardAssignment, ...]


@dataclass(frozen=True, slots=True)
class BoardStep:
    """A step on its lane. `planned` is when the plan's own durations put it, `expected` when it happened or may be
    expected from where the run stands; the rest is what happened.

    `is_late` holds while it is late and can still be done; `remaining` is the time to its deadline, negative once past,
    and None once nobody works on it: steps of the response are left as they stand when it ends.
    `applies` is False for a step of a more severe level that was never opened.
    """

    id: str
    title: Text
    phase: str
    lane: str
    lane_title: Text
    clause: str
    card: Text
    status: str
    applies: bool
    is_mine: bool
    after: tuple[str, ...]
    opened_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    due_at: datetime | None
    late_at: datetime | None
    is_late: bool
    remaining: timedelta | None
    note: str
    planned: Span | None
    expected: Expectation | None
    needs: tuple[BoardNeed, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """The steps of one post, in the order of the plan."""

    post: str
    title: Text
    holder_name: Text
    is_mine: bool
    steps: tuple[BoardStep, ...]


def board_posts(found: RunRows, plan: Plan, reader: Reader) -> tuple[BoardPost, ...]:
    rows = {row.post: row for row in found.posts}
    names = holder_names(rows.values())
    result = []
    for post in plan.posts:
        row = rows.get(post.id)
        result.append(
            BoardPost(
                id=post.id,
                title=post.title,
                role=post.role.value,
                holder=row.holder if row else "",
                holder_name=names.get(post.id, Text()),
                person_pk=row.person_id if row else None,
                is_mine=reader.holds(row),
                since_at=row.since_at if row else None,
            )
        )
    return tuple(result)


def holder_names(filled: Collection[RunPost]) -> dict[str, Text]:
    """Return the name to show for each filled post: the person, else the office or agency, else the code."""
    known = names_of_codes({row.holder for row in filled if row.person_id is None and row.holder})
    return {row.post: name_of(row.person) if row.person else known.get(row.holder, Text()) for row in filled}


def board_steps(found: RunRows, plan: Plan, mine: set[str], now: datetime) -> list[BoardStep]:
    run, rows = found.run, {row.step: row for row in found.steps}
    asked = {row.need: row for row in found.needs}
    assignments = board_assignments(found.assignments)
    needs = step_needs(plan, asked, assignments)
    spans = plan_spans(plan, run.activated_at)
    expected = expectations(run, plan, rows, now)
    return [
        board_step(
            run,
            plan,
            step,
            rows.get(step.id) or RunStep(step=step.id),
            is_mine=step.owner in mine,
            planned=spans.get(step.id) if step.phase is Phase.RESPONSE else None,
            expected=expected.get(step.id),
            needs=needs.get(step.id, ()),
            now=now,
        )
        for step in plan.steps
    ]


def expectations(run: Run, plan: Plan, rows: Mapping[str, RunStep], now: datetime) -> dict[str, Expectation]:
    """Return when each step happened or may be expected; none before activation."""
    if run.activated_at is None:
        return {}
    lived = {
        row.step: StepState(StepStatus(row.status), row.opened_at, row.started_at, row.finished_at)
        for row in rows.values()
    }
    moments = {
        "activation": run.activated_at,
        "known": run.incident.known_at,
        "occurred": run.incident.occurred_at,
        "ended": run.ended_at,
    }
    known = {name: at for name, at in moments.items() if at is not None}
    return forecast(plan, lived, moments=known, level=run.level, now=now)


def board_step(
    run: Run,
    plan: Plan,
    step: Step,
    row: RunStep,
    *,
    is_mine: bool,
    planned: Span | None,
    expected: Expectation | None,
    needs: tuple[BoardNeed, ...],
    now: datetime,
) -> BoardStep:
    goes_on = step.phase is Phase.RECOVERY or run.phase == Run.Phase.ACTIVE
    is_open = row.status in WORKING and goes_on
    return BoardStep(
        id=step.id,
        title=step.title,
        phase=step.phase.value,
        lane=step.owner,
        lane_title=post_title(step.owner, plan),
        clause=step.clause,
        card=step.card,
        status=row.status,
        applies=row.opened_at is not None or (run.level is not None and run.level <= step.from_level),
        is_mine=is_mine,
        after=(*step.start.after, *step.start.after_any),
        opened_at=row.opened_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        due_at=row.due_at,
        late_at=row.late_at,
        is_late=row.late_at is not None and row.status not in DONE and goes_on,
        remaining=row.due_at - now if is_open and row.due_at else None,
        note=row.note,
        planned=planned,
        expected=expected,
        needs=needs,
    )


def step_needs(
    plan: Plan, rows: Mapping[str, RunNeed], assignments: Mapping[str, tuple[BoardAssignment, ...]]
) -> dict[str, tuple[BoardNeed, ...]]:
    """Return what each step asks for, in three queries for the names."""
    needs = [need for step in plan.steps for need in step.needs]
    names = {row.code: name_of(row) for row in Capability.objects.filter(code__in={need.capability for need in needs})}
    items = {row.code: row for row in Item.objects.filter(code__in={need.item for need in needs})}
    places = {row.code: name_of(row) for row in Site.objects.filter(code__in={need.place for need in needs})}
    result: dict[str, tuple[BoardNeed, ...]] = {}
    for step in plan.steps:
        found = []
        for need in step.needs:
            key, item = f"{step.id}/{need.id}", items.get(need.item)
            code = need.capability or need.item
            row = rows.get(key) or RunNeed(asked=float(need.count or need.quantity))
            found.append(
                BoardNeed(
                    key=key,
                    capability=need.capability,
                    item=need.item,
                    name=name_of(item) if item else names.get(code, Text(zh=code, en=code)),
                    unit=Text(zh=item.unit_zh, en=item.unit_en) if item else Text(),
                    place=need.place,
                    place_name=places.get(need.place, Text()),
                    asked=row.asked,
                    assigned=row.assigned,
                    arrived=row.arrived,
                    is_met=row.is_met,
                    is_short=row.is_short,
                    opened_at=row.opened_at,
                    due_at=row.due_at,
                    assignments=assignments.get(key, ()),
                )
            )
        result[step.id] = tuple(found)
    return result


def board_assignments(rows: Iterable[Assignment]) -> dict[str, tuple[BoardAssignment, ...]]:
    by_need: dict[str, list[BoardAssignment]] = defaultdict(list)
    for row in rows:
        source = row.team or row.lot
        name = name_of(row.team or (row.lot.site if row.lot else None))
        by_need[row.need].append(
            BoardAssignment(
                code=row.code,
                need=row.need,
                resource=row.resource,
                label=name or Text.parted(row.label),
                quantity=row.quantity,
                reason=row.reason,
                assigned_at=row.assigned_at,
                expected_at=row.expected_at,
                departed_at=row.departed_at,
                arrived_at=row.arrived_at,
                released_at=row.released_at,
                lat=source.lat if source else None,
                lon=source.lon if source else None,
                route=tuple((lat, lon) for lat, lon in row.route or ()),
                carrier=None if row.vehicle is None else carrier_name(row.vehicle),
            )
        )
    return {need: tuple(found) for need, found in by_need.items()}


def carrier_name(vehicle: Vehicle) -> Text:
    """Name a vehicle with its plate, by which it is known on the road."""
    name = name_of(vehicle)
    return Text(f"{name.zh} {vehicle.plate}".strip(), f"{name.en or name.zh} {vehicle.plate}".strip())


def lanes_of(posts: Sequence[BoardPost], steps: Sequence[BoardStep]) -> tuple[Lane, ...]:
    by_post: dict[str, list[BoardStep]] = defaultdict(list)
    for step in steps:
        by_post[step.lane].append(step)
    return tuple(
        Lane(post.id, post.title, post.holder_name, post.is_mine, tuple(by_post[post.id]))
        for post in posts
        if post.id in by_post
    )
