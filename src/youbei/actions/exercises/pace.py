"""The exercise clock: pause, resume, speed, jump. Each is an event, so that a replay keeps the same time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from youbei.actions.running import locked, perform, refuse_stranger, scenario_now
from youbei.engine.access import Permission
from youbei.engine.clock import Clock, ClockRefused
from youbei.engine.run import Run as EngineRun
from youbei.engine.run.commands import SetClock
from youbei.records.models import Run, User

LONGEST_JUMP = timedelta(days=60)


@transaction.atomic
def set_clock(run: Run, change: Callable[[Clock], Clock], *, by: User | None, now: datetime) -> Run:
    row = locked(run)
    refuse_stranger(by, row, now)

    def command(engine: EngineRun) -> SetClock:
        clock = change(engine.state.clock or started(engine, now))
        return SetClock(wall=clock.wall, scenario=clock.scenario, speed=clock.speed, is_paused=clock.is_paused)

    if row.mode != Run.Mode.EXERCISE:
        raise ClockRefused(
            zh="这是真实事件，时间就是现实时间，不能暂停、加速或跳转。演练才有自己的时钟。",
            en="This is a real incident: its time is the wall's and cannot be paused, sped up or moved. "
            "Only an exercise has a clock of its own.",
        )
    perform(row, command, by=by, now=now, permission=Permission.RUN_EXERCISE)
    return row


def started(engine: EngineRun, now: datetime) -> Clock:
    """Return the clock of an exercise that nobody has set yet: it has run with the wall so far."""
    return Clock(wall=now, scenario=scenario_now(engine, now))


def pause_clock(*, by: User | None, now: datetime, run: Run) -> Run:
    """Stop the exercise clock where it stands."""
    return set_clock(run, lambda clock: clock.paused(wall=now), by=by, now=now)


def resume_clock(*, by: User | None, now: datetime, run: Run) -> Run:
    """Let the exercise clock go on, at the speed it had."""
    return set_clock(run, lambda clock: clock.resumed(wall=now), by=by, now=now)


def set_speed(*, by: User | None, now: datetime, run: Run, speed: float) -> Run:
    """Let the exercise clock go on from here at another speed, in scenario seconds per second."""
    return set_clock(run, lambda clock: clock.at_speed(speed, wall=now), by=by, now=now)


def jump_clock(*, by: User | None, now: datetime, run: Run, ahead: timedelta) -> Run:
    """Move the exercise clock forward; everything due on the way happens at its own scenario time."""

    def jumped(clock: Clock) -> Clock:
        if ahead > LONGEST_JUMP:
            raise ClockRefused(
                zh=f"演练时钟一次最多向前跳 {LONGEST_JUMP.days} 天。请减少，或分几次跳。",
                en=f"An exercise clock jumps at most {LONGEST_JUMP.days} days at once. "
                "Jump less far, or several times.",
            )
        return clock.jumped(ahead, wall=now)

    return set_clock(run, jumped, by=by, now=now)
