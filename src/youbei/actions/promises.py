"""Help that was promised before anybody needed it here: it waits, and is assigned as soon as a need for it opens."""

from __future__ import annotations

from datetime import datetime, timedelta

from youbei.actions.actors import actor_for
from youbei.engine.aid import State
from youbei.engine.clock import Clock
from youbei.engine.errors import Refused
from youbei.engine.run import Run as EngineRun
from youbei.engine.run import act
from youbei.engine.run.commands import Arrive, Assign, Command, Depart
from youbei.records.models import AidRequest, Assignment, Run, User
from youbei.records.reports.dispatch.aid import waiting_for


def need_for(engine: EngineRun, aid: AidRequest) -> str:
    """Name the open need that lacks most of what is promised; one that is met serves where none lacks it."""
    names = [
        name
        for step in engine.plan.steps
        for need in step.needs
        for name in [f"{step.id}/{need.id}"]
        if (need.capability, need.item) == (aid.capability, aid.item)
        and name in engine.state.needs
        and not engine.state.needs[name].is_closed
    ]
    return max(names, key=lambda name: engine.state.needs[name].lacking, default="")


def fulfil(engine: EngineRun, aid: AidRequest, *, by: User | None, now: datetime) -> tuple[EngineRun, str]:
    """Assign what was promised to the need that asks for it, as far on its way as it is; return the assignment's code.

    The code is empty where nothing asks for it: then it goes on waiting.
    """
    need = need_for(engine, aid)
    if not need or engine.now is None:
        return engine, ""
    code = f"a{len(engine.state.assignments) + 1}"
    commands: list[Command] = [
        Assign(
            assignment=code,
            need=need,
            resource=f"aid:{aid.pk}",
            label=aid.partner.name_zh or aid.partner.name_en,
            quantity=float(aid.promised or aid.quantity),
            arrives_in=timedelta(0) if aid.arrives_at is None else max(timedelta(0), aid.arrives_at - now),
        )
    ]
    if aid.state == State.EN_ROUTE:
        commands.append(Depart(assignment=code))
    if aid.state == State.ARRIVED:
        commands.append(Arrive(assignment=code))
    at = max((engine.state.clock or Clock.real()).scenario_at(now), engine.now)
    for command in commands:
        engine = act(engine, command, at=at, by=actor_for(by, now))
    return engine, code


def fulfil_waiting(row: Run, engine: EngineRun, *, now: datetime) -> tuple[EngineRun, dict[str, int]]:
    """Assign what waits for a response where a need has just opened; return the codes with the requests."""
    found: dict[str, int] = {}
    if row.phase == Run.Phase.ACTIVE and any(event.kind == "need.opened" for event in engine.log):
        for aid in waiting_for(row.incident_id):
            try:
                engine, code = fulfil(engine, aid, by=None, now=now)
            except Refused:
                # What the run refuses goes on waiting; it must not hold up what has opened the need.
                continue
            if code:
                found[code] = aid.pk
    return engine, found


def bind(row: Run, found: dict[str, int]) -> None:
    """Tie assignments that have been written to the requests on which they rest."""
    for code, aid in found.items():
        Assignment.objects.filter(run=row, code=code).update(aid=aid)
