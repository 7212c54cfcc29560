"""A run of a stress test at a moment, as the replay of a real run shows it; nothing of it stands in the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from youbei.engine.clock import Mode
from youbei.engine.events import Event, parse_iso
from youbei.engine.plans.model import Plan, Scenario
from youbei.engine.simulation.course import events_at
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.models import Assignment, Incident, LogEntry, Run, StressCourse
from youbei.records.reports.board import LOG_LINES, BoardFact, Edge, board_of
from youbei.records.reports.codes import names_in
from youbei.records.reports.names import LogLine, log_line
from youbei.records.reports.replay import NOBODY, Frame, Moment, map_of, until
from youbei.records.run_rows import RunRows, rows_then

# No row has this key: what is shown is read from nowhere but the course.
NO_KEY = 0


def run_of(course: StressCourse) -> Run:
    """Return the run of a course as a row that is not kept."""
    test = course.test
    plan = load_plan(test.plan_version)
    scenario = next((one for one in plan.scenarios if one.id == test.scenario), Scenario(id="", title=Text()))
    place = scenario.place
    organisation = test.plan_version.plan.organisation
    incident = Incident(
        pk=NO_KEY,
        number=f"{course.number}",
        mode=Mode.SIMULATED.value,
        organisation=organisation,
        org_path=test.org_path,
        title=(scenario.title or plan.title).in_language("zh"),
        lat=None if place is None else place.lat,
        lon=None if place is None else place.lon,
        occurred_at=test.asked_at,
        known_at=test.asked_at,
        reported_at=test.asked_at,
    )
    return Run(
        pk=NO_KEY,
        incident=incident,
        plan_version=test.plan_version,
        organisation=organisation,
        org_path=test.org_path,
        mode=Mode.SIMULATED.value,
    )


def stress_frame(course: StressCourse, moment: Moment) -> Frame:
    """Return a course at a moment. It begins when the test was asked for."""
    run, plan = run_of(course), load_plan(course.test.plan_version)
    events = events_at(course.log, since=course.test.asked_at, stream=run.stream)
    ends_at = events[-1].at
    past, at = until(events, moment, ends_at)
    rows = rows_then(run, past)
    rows = replace(rows, assignments=tuple(assignments_then(course, rows, past)))
    board = board_of(rows, NOBODY, at, before=Edge(0, course.test.asked_at))
    lines = lines_of(past, plan)
    last = past[-1].seq
    return Frame(
        board=replace(board, facts=facts_then(past), log=tuple(reversed(lines[-LOG_LINES:]))),
        at=at,
        starts_at=events[0].at,
        ends_at=ends_at,
        entry=lines[-1],
        number=last,
        entries=len(events),
        previous=last - 1 if last > 1 else None,
        following=last + 1 if last < len(events) else None,
        map=map_of(run, board, at),
    )


def assignments_then(course: StressCourse, rows: RunRows, past: Sequence[Event]) -> list[Assignment]:
    """Return what had been sent by then, straight from its base to the incident or as far as that is known."""
    assert rows.engine is not None  # noqa: S101  (made from a log)
    found = []
    for event in past:
        if event.kind != "resource.assigned":
            continue
        data, known = event.data, rows.engine.state.assignments[event.data["assignment"]]
        base = course.bases.get(data["resource"])
        here = rows.run.incident
        route = None if base is None or here.lat is None else [base, [here.lat, here.lon]]
        found.append(
            Assignment(
                run=rows.run,
                code=data["assignment"],
                need=data["need"],
                resource=data["resource"],
                label=" / ".join(dict.fromkeys((data["label"], data.get("label_en") or data["label"]))),
                quantity=float(data["quantity"]),
                reason=str(data.get("reason", "")),
                assigned_at=event.at,
                expected_at=known.expected_at,
                departed_at=known.departed_at,
                arrived_at=known.arrived_at,
                released_at=known.released_at,
                route=route,
            )
        )
    return found


def facts_then(past: Sequence[Event]) -> tuple[BoardFact, ...]:
    newest: dict[str, BoardFact] = {}
    for event in past:
        if event.kind == "fact.added":
            data: Any = event.data
            known_at = parse_iso(data["known_at"]) if data.get("known_at") else event.at
            newest[data["key"]] = BoardFact(data["key"], data["value"], str(data.get("source", "")), known_at)
    return tuple(newest.values())


def lines_of(events: Sequence[Event], plan: Plan) -> list[LogLine]:
    """Put the log into words."""
    names = names_in([event.data for event in events]) | names_then(events)
    return [log_line(entry_of(event), event.data, plan, names) for event in events]


def names_then(events: Sequence[Event]) -> dict[str, Text]:
    """Return what was sent by the names it had when the test was made."""
    sent = [event.data for event in events if event.kind == "resource.assigned"]
    return {str(data["resource"]): Text(data["label"], data["label_en"]) for data in sent if data.get("label_en")}


def entry_of(event: Event) -> LogEntry:
    return LogEntry(
        position=event.seq,
        stream=event.stream,
        seq=event.seq,
        at=event.at,
        recorded_at=event.at,
        mode=event.mode.value,
        kind=event.kind,
        by_id=event.by.id,
        by_label=event.by.label,
    )
