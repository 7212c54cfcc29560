"""A run as a value, and the functions that make the next one from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from youbei.engine.clock import Mode
from youbei.engine.draws import Draws
from youbei.engine.events import Actor, Event
from youbei.engine.plans.model import Plan
from youbei.engine.resources import World
from youbei.engine.run.acts import carry_out_command
from youbei.engine.run.apply import apply
from youbei.engine.run.carry import carry_out
from youbei.engine.run.commands import Command
from youbei.engine.run.index import ALL, Autoplay, Index, index_of
from youbei.engine.run.script import NO_SCRIPT, Script
from youbei.engine.run.setting import Setting
from youbei.engine.run.state import State
from youbei.engine.run.work import Work

NOBODY: frozenset[str] = frozenset()
NO_WORLD = World()


@dataclass(frozen=True, slots=True)
class Run:
    """A plan being carried out. Nobody changes one; `advance` and `act` return the next.

    stream: where its events belong, such as `run:17`; seq: the number of the last one.
    script: what an exercise brings to it.
    world, draws: what the engine draws on for the posts that it plays (`autoplay`: post ids, or ALL).
    now: the scenario time that the run has reached; None before its first event.
    log: the events made since the run was created or folded.
    digest, incident, known_at, occurred_at: stated in `plan.activated`.
    """

    plan: Plan
    stream: str
    mode: Mode
    world: World
    draws: Draws | None
    autoplay: Autoplay
    state: State
    seq: int = 0
    now: datetime | None = None
    log: tuple[Event, ...] = ()
    digest: str = ""
    incident: str = ""
    known_at: datetime | None = None
    occurred_at: datetime | None = None
    script: Script = NO_SCRIPT
    index: Index = field(kw_only=True, repr=False, compare=False)

    @property
    def setting(self) -> Setting:
        return Setting(
            index=self.index,
            stream=self.stream,
            mode=self.mode,
            world=self.world,
            played=self.index.played(self.autoplay),
            played_posts=frozenset(self.index.posts) if isinstance(self.autoplay, str) else self.autoplay,
            draws=self.draws,
            digest=self.digest,
            incident=self.incident,
            known_at=self.known_at,
            occurred_at=self.occurred_at,
            script=self.script,
        )


def new_run(
    plan: Plan,
    *,
    stream: str,
    mode: Mode,
    world: World = NO_WORLD,
    autoplay: Autoplay | None = None,
    draws: Draws | None = None,
    digest: str = "",
    incident: str = "",
    known_at: datetime | None = None,
    occurred_at: datetime | None = None,
    script: Script = NO_SCRIPT,
) -> Run:
    """Return a run that has not begun. A simulation plays every post unless told otherwise; a real run plays none."""
    if autoplay is None:
        autoplay = ALL if mode is Mode.SIMULATED else NOBODY
    if mode is Mode.REAL and autoplay:
        raise ValueError("a real run plays no post itself")
    if mode is Mode.REAL and script.id:
        raise ValueError("a real run follows no script")
    return Run(
        plan=plan,
        stream=stream,
        mode=mode,
        world=world,
        draws=draws,
        autoplay=autoplay,
        state=State(),
        digest=digest,
        incident=incident,
        known_at=known_at,
        occurred_at=occurred_at,
        script=script,
        index=index_of(plan, script),
    )


def advance(run: Run, until: datetime) -> Run:
    """Carry out whatever is due at or before `until`; a time that the run has passed changes nothing."""
    if run.now is None or until < run.now:
        return run
    work = begin(run, run.now)
    carry_out(work, until)
    return finished(run, work)


def act(run: Run, command: Command, *, at: datetime, by: Actor) -> Run:
    """Let someone do something at `at`, after all that is due by then; raise Refused where it cannot be done.

    An act that comes in late, at a time that the run has already passed, takes place when the run is now.
    """
    work = begin(run, at if run.now is None else run.now)
    carry_out(work, at)
    carry_out_command(work, command, by)
    carry_out(work, work.now)
    return finished(run, work)


def fold(
    plan: Plan,
    events: Iterable[Event],
    *,
    stream: str,
    mode: Mode,
    world: World = NO_WORLD,
    autoplay: Autoplay | None = None,
    draws: Draws | None = None,
    digest: str = "",
    incident: str = "",
    known_at: datetime | None = None,
    occurred_at: datetime | None = None,
    script: Script = NO_SCRIPT,
) -> Run:
    """Rebuild a run from its log, as it was after the last event; all that it draws on must be as of old."""
    run = new_run(
        plan,
        stream=stream,
        mode=mode,
        world=world,
        autoplay=autoplay,
        draws=draws,
        digest=digest,
        incident=incident,
        known_at=known_at,
        occurred_at=occurred_at,
        script=script,
    )
    state, setting = run.state, run.setting
    last: Event | None = None
    for event in events:
        apply(state, setting, event)
        last = event
    if last is None:
        return run
    # Dues that came and found nothing to do left no event: what lies before the last event is over.
    for key in [key for key, at in state.pending.items() if at < last.at]:
        del state.pending[key]
    return replace(run, seq=last.seq, now=last.at)


def next_due(run: Run) -> datetime | None:
    """Return the scenario time of the next thing that time will bring, or None if it brings nothing more."""
    return min(run.state.pending.values(), default=None)


def begin(run: Run, now: datetime) -> Work:
    return Work(run.setting, run.state.copy(), seq=run.seq, now=now)


def finished(run: Run, work: Work) -> Run:
    return replace(run, state=work.state, seq=work.seq, now=work.now, log=(*run.log, *work.events))
