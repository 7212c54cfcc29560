"""The working copy of a run during one public call: it makes events, applies them, and knows who must look again."""

from __future__ import annotations

import heapq
from datetime import datetime
from typing import Any

from youbei.engine.conditions import Condition, evaluate
from youbei.engine.events import ENGINE, Actor, Event
from youbei.engine.plans.model import LevelNumber, Phase, Step
from youbei.engine.run.apply import apply
from youbei.engine.run.index import Index
from youbei.engine.run.setting import Setting
from youbei.engine.run.state import RunPhase, State
from youbei.engine.run.view import RunView


class Work:
    """Change a state by events. `dirty` is a heap of watchers whose answer may have changed, each once.

    `opening` collects the steps that open with an activation, whose message names them; it is None at other times.
    """

    __slots__ = ("_queued", "dirty", "events", "index", "opening", "seq", "setting", "state", "view")

    def __init__(self, setting: Setting, state: State, *, seq: int, now: datetime) -> None:
        self.setting = setting
        self.index: Index = setting.index
        self.state = state
        self.seq = seq
        self.view = RunView(state, now)
        self.events: list[Event] = []
        self.dirty: list[int] = []
        self.opening: list[Step] | None = None
        self._queued: set[int] = set()

    @property
    def now(self) -> datetime:
        return self.view.now

    def emit(self, kind: str, data: dict[str, Any], by: Actor = ENGINE) -> None:
        """Make an event now, apply it, and mark the watchers that depend on what it touched."""
        setting = self.setting
        self.seq += 1
        event = Event(setting.stream, self.seq, self.view.now, setting.mode, kind, data, 1, by)
        self.events.append(event)
        watching = self.index.watching
        for key in apply(self.state, setting, event):
            self.look_again(watching.get(key, ()))

    def look_again(self, watchers: tuple[int, ...]) -> None:
        queued = self._queued
        for number in watchers:
            if number not in queued:
                queued.add(number)
                heapq.heappush(self.dirty, number)

    def next_dirty(self) -> int:
        number = heapq.heappop(self.dirty)
        self._queued.discard(number)
        return number

    def holds(self, condition: Condition | None) -> bool:
        """Return whether a condition is known to be true; no condition always holds."""
        return condition is None or evaluate(condition, self.view) is True

    def phase_fits(self, step: Step) -> bool:
        """Return whether the run is in the part that a step belongs to; recovery goes on after the assessment."""
        if step.phase is Phase.RESPONSE:
            return self.state.phase is RunPhase.ACTIVE
        return self.state.phase in (RunPhase.ENDED, RunPhase.ASSESSED)

    def is_called_for(self, step: Step) -> bool:
        """Return whether phase, level and the step's own condition ask for it now, be it open already or not."""
        return (
            self.phase_fits(step)
            and self.state.level is not None
            and self.state.level <= step.from_level
            and self.holds(step.start.when)
        )

    @property
    def level(self) -> LevelNumber:
        """Return the level of a run that was activated."""
        if self.state.level is None:
            raise ValueError("the run was not activated")
        return self.state.level
