"""What a run is carried out in, besides its state: it stays the same from first to last event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from youbei.engine.clock import Mode
from youbei.engine.draws import Draws, Purpose, duration, travel_time
from youbei.engine.plans.model import Duration
from youbei.engine.resources import World
from youbei.engine.run.index import Index
from youbei.engine.run.script import NO_SCRIPT, Script


@dataclass(frozen=True, slots=True)
class Setting:
    """Hold plan, world, chance, and what the engine plays itself: steps and posts, by id.

    The rest is stated by `plan.activated`: the plan's digest, the incident, and when it occurred and became known.
    """

    index: Index
    stream: str
    mode: Mode
    world: World
    played: frozenset[str]
    played_posts: frozenset[str] = frozenset()
    draws: Draws | None = None
    digest: str = ""
    incident: str = ""
    known_at: datetime | None = None
    occurred_at: datetime | None = None
    script: Script = NO_SCRIPT

    def work_time(self, step_id: str, times_opened: int) -> timedelta:
        """Draw how long a step takes when it is done for the n-th time; the median where there is no chance."""
        u = 0.5
        position = self.index.order[step_id]
        if self.draws is not None:
            u = self.draws.uniform(Purpose.STEP_DURATION, position, times_opened)
        return duration(self.index.steps[position].takes, u)

    def reaction_time(self, step_id: str, times_opened: int) -> timedelta:
        """Draw how long the post that owns a step takes to begin it where the engine plays it; none by default."""
        position = self.index.order[step_id]
        takes = self.script.reacts_in.get(self.index.steps[position].owner)
        return timedelta(0) if takes is None else self.drawn(takes, Purpose.REACTION, position, times_opened)

    def role_delay(self, number: int) -> timedelta:
        """Draw how long a played role takes for its reaction of a number in the script."""
        return self.drawn(self.script.reactions[number].delay, Purpose.ROLE, number)

    def drawn(self, takes: Duration, purpose: Purpose, *indices: int) -> timedelta:
        return duration(takes, 0.5 if self.draws is None else self.draws.uniform(purpose, *indices))

    def travel_time(self, usual: timedelta, need: str, nth: int) -> timedelta:
        """Draw the time on the road of the n-th resource that is sent to a need."""
        u = 0.5
        if self.draws is not None:
            place = self.index.needs[need]
            u = self.draws.uniform(Purpose.TRAVEL, place.step, place.position, nth)
        return travel_time(usual, u)
