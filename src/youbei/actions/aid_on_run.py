"""Help from other organisations in the response itself: an assignment from the promise on, and the call-off it is."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from youbei.actions import call_offs
from youbei.actions.actors import actor_for
from youbei.actions.journal import record
from youbei.actions.promises import bind, fulfil, need_for
from youbei.actions.running import keep, locked, scenario_now
from youbei.engine.aid import STEPS, State
from youbei.engine.call_offs import CallOffState
from youbei.engine.clock import Mode
from youbei.engine.run import Run as EngineRun
from youbei.engine.run import act, advance
from youbei.engine.run.commands import Arrive, Command, Depart, Release
from youbei.records.load import load_run
from youbei.records.models import AidRequest, Assignment, CallOff, Run, User

STATE = CallOff.State
# What a step of the help means for a request under the agreement.
STEPS_OF_CALL_OFF = {
    "depart": (STATE.ACCEPTED, CallOffState.EN_ROUTE),
    "arrive": (STATE.EN_ROUTE, CallOffState.DELIVERED),
    "return": (STATE.DELIVERED, CallOffState.RETURNED),
}


def follow_step(aid: AidRequest, step: str, *, by: User | None, now: datetime) -> None:
    """Let the response and the request under the agreement follow a step that was taken."""
    if step == "commit":
        assign(aid, by=by, now=now)
        tie(aid, now=now)
        return
    held = Assignment.objects.filter(aid=aid, released_at=None).order_by("pk").first()
    if held is not None:
        carry_on(held, step, by=by, now=now)
    move_call_off(aid, step, now=now)


def assign(aid: AidRequest, *, by: User | None, now: datetime) -> None:
    """Assign what was promised to the need of a running response that asks for it; where none does, it waits.

    The responses are locked first: whoever opens a need meanwhile finds the promise waiting, or is waited for.
    """
    going_on = Run.objects.filter(incident=aid.incident_id, phase=Run.Phase.ACTIVE).order_by("pk")
    rows = [locked(row) for row in going_on]
    found = [(row, engine, need) for row in rows for engine in [load_run(row)] if (need := need_for(engine, aid))]
    if not found:
        return
    row, engine, _ = max(found, key=lambda one: one[1].state.needs[one[2]].lacking)
    engine = advance(engine, scenario_now(engine, now))
    engine, code = fulfil(engine, aid, by=by, now=now)
    keep(row, advance(engine, scenario_now(engine, now)), now=now)
    bind(row, {code: aid.pk})


def carry_on(held: Assignment, step: str, *, by: User | None, now: datetime) -> None:
    command: Command | None = None
    if step == "depart" and held.departed_at is None and held.arrived_at is None:
        command = Depart(assignment=held.code)
    elif step == "arrive" and held.arrived_at is None:
        command = Arrive(assignment=held.code)
    elif step == "release":
        command = Release(assignment=held.code, reason="")
    row = locked(held.run)
    if command is not None and row.phase == Run.Phase.ACTIVE:
        act_on(row, load_run(row), command, by=by, now=now)


def act_on(row: Run, engine: EngineRun, command: Command, *, by: User | None, now: datetime) -> None:
    """Let the response go on; whoever took the step on the request has been asked about their right to it already."""
    engine = advance(engine, scenario_now(engine, now))
    done = act(engine, command, at=scenario_now(engine, now), by=actor_for(by, now))
    keep(row, advance(done, scenario_now(done, now)), now=now)


def tie(aid: AidRequest, *, now: datetime) -> None:
    """Tie the help to what was called off for the incident under its agreement, and answer that with it."""
    if aid.agreement_id is None:
        return
    rows = CallOff.objects.filter(agreement=aid.agreement_id, incident=aid.incident_id, asked_of=aid.partner_id)
    rows = rows.filter(item__code=aid.item) if aid.item else rows.filter(item=None)
    called = rows.filter(state__in=(STATE.ASKED, STATE.ACCEPTED), aid_requests=None).order_by("pk").first()
    if called is None:
        return
    aid.call_off = called
    aid.save(update_fields=["call_off"])
    if called.state == STATE.ASKED:
        promised = min(Decimal(aid.promised or aid.quantity), called.quantity)
        call_offs.accept(call_off=called, quantity=promised, arrives_at=aid.arrives_at or now, by=None, now=now)


def move_call_off(aid: AidRequest, step: str, *, now: datetime) -> None:
    if aid.call_off_id is None or step not in STEPS_OF_CALL_OFF:
        return
    called = CallOff.objects.get(pk=aid.call_off_id)
    since, to = STEPS_OF_CALL_OFF[step]
    if step == "arrive" and called.state == STATE.ACCEPTED:
        since = STATE.ACCEPTED
    if called.state == since:
        call_offs.move_on(call_off=called, to=to, by=None, now=now)


def follow_assignment(held: Assignment, step: str, *, by: User | None, now: datetime) -> None:
    """Let the request follow what was said of its assignment in the response: set out, arrived, let go."""
    if held.aid_id is None:
        return
    aid = AidRequest.objects.select_for_update(of=("self",), no_key=True).select_related("incident").get(pk=held.aid_id)
    known = STEPS[step]
    if State(aid.state) not in known.since or known.to is None:
        return
    aid.state, aid.moved_at = known.to.value, now
    aid.save(update_fields=["state", "moved_at"])
    kind = {"depart": "aid.departed", "arrive": "aid.arrived", "release": "aid.released"}[step]
    record(
        aid.incident.stream,
        [(kind, {"request": aid.pk})],
        by=actor_for(by, now),
        now=now,
        org_path=aid.incident.org_path,
        mode=Mode(aid.incident.mode),
    )
    move_call_off(aid, step, now=now)
