"""What else goes on while a plan is carried out: calls of every day, teams away for them, and duty that changes hands.

Calls come at random, more in some hours and months than in others. Once a call has been handled, the free teams that
can be there first are sent; where too few are free it waits its turn, behind the plan, which takes what comes back
first. A team is away for its turn-out, the way, its time there and the way back, and for the plan it is not free. The
beginning is empty, so calls come for a while before the activation; they are not counted.

`plan_everyday.py` does the same in the kernel. Times are whole microseconds from the activation.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate

from youbei.engine.demand import Demand
from youbei.engine.draws import Draws, Purpose, lognormal_factor, travel_time, whole_milliseconds
from youbei.engine.resources import Candidate, World, ranked
from youbei.engine.run import advance, next_due
from youbei.engine.run.carry import carry_out
from youbei.engine.run.runs import Run, begin, finished
from youbei.engine.simulation.luck import Luck
from youbei.engine.troubles import DAY_MS, HOUR_MS, Shift, is_within

MICROSECOND = timedelta(microseconds=1)
MILLISECOND = 1000
# Assumption: what comes to rest later than a week after its activation does not hang on who hands over to whom.
HANDOVERS = timedelta(days=7)
NEVER_MORE = 2**62


@dataclass(frozen=True, slots=True)
class Call:
    """One call of every day: the number of its stream, when it came, and what it met; times in microseconds.

    wait: from when teams were to be sent until the first was; response: from the call until the first was there. None
    where nobody went.
    """

    stream: int
    at: int
    wait: int | None = None
    response: int | None = None


@dataclass(slots=True)
class Waiting:
    """A call that lacks teams: its number among all draws, its place among the calls that count, -1 if it does not."""

    number: int
    place: int
    stream: int
    at: int
    ready: int
    lacking: int
    sent: int = 0


def whole(length: timedelta) -> int:
    return length // MICROSECOND


def peaks(demand: Demand, month: int) -> tuple[float, ...]:
    """Return the calls a day in each stream's busiest hour, summed up from the first stream on."""
    return tuple(accumulate(one.per_day * max(one.hours) * one.months[month - 1] for one in demand.streams))


def boundaries(shifts: Iterable[Shift]) -> tuple[int, ...]:
    """Return the milliseconds of the day at which duty changes hands."""
    return tuple(sorted({of_day(hour) for shift in shifts for hour in (shift.start, shift.end)}))


def of_day(hour: float) -> int:
    """Return the milliseconds since midnight at an hour of the day."""
    return round(hour * HOUR_MS) % DAY_MS


def off_duty(world: World, since_midnight: int) -> frozenset[str]:
    """Return the teams that work in shifts, and in none of this hour."""
    on: set[str] = set()
    every: set[str] = set()
    for shift in world.troubles.shifts:
        every |= shift.teams
        if is_within(of_day(shift.start), of_day(shift.end), since_midnight):
            on |= shift.teams
    return frozenset(every - on)


class Everyday:
    """What goes on besides a plan in one replication.

    out: teams away and when each is back. off: teams off duty. calls: those that came while they count. busy: how long
    each team was away in that time.
    """

    def __init__(self, world: World, luck: Luck, draws: Draws) -> None:
        self.world, self.luck, self.draws = world, luck, draws
        self.numbers = {team.id: number for number, team in enumerate(world.teams)}
        self.names = [team.id for team in world.teams]
        self.peaks = peaks(world.demand, luck.month)
        self.boundaries = boundaries(world.troubles.shifts)
        self.begin, self.last = -whole(world.demand.warm_up), whole(world.demand.lasts)
        self.out: dict[str, int] = {}
        self.back: list[tuple[int, int]] = []
        self.off = off_duty(world, self.since_midnight(self.begin)) if self.boundaries else frozenset[str]()
        self.waiting: list[Waiting] = []
        self.calls: list[Call] = []
        self.busy: Counter[str] = Counter()
        self.next_handover = self.handover_after(self.begin)
        self.number, self.came = 0, self.begin
        self.next_call: Waiting | None = None
        self.draw_call()

    @property
    def is_quiet(self) -> bool:
        return not (self.next_call or self.boundaries or self.out or self.waiting)

    @property
    def held(self) -> frozenset[str]:
        return self.off | self.out.keys()

    def since_midnight(self, at: int) -> int:
        return (self.luck.since_midnight + at // MILLISECOND) % DAY_MS

    def handover_after(self, at: int) -> int:
        """Return when duty next changes hands."""
        if not self.boundaries or at >= whole(HANDOVERS):
            return NEVER_MORE
        of_day = self.since_midnight(at)
        return at + MILLISECOND * min(((one - of_day - 1) % DAY_MS) + 1 for one in self.boundaries)

    def draw_call(self) -> None:
        """Draw the next call; none comes after the last hour."""
        demand, total = self.world.demand, self.peaks[-1] if self.peaks else 0.0
        self.next_call = None
        while total > 0.0:
            u = self.draws.uniform(Purpose.EVERYDAY_GAP, self.number)
            self.came += MILLISECOND * math.floor(-math.log(u) * (86_400 / total) * 1000 + 0.5)
            if self.came > self.last:
                return
            number = self.number
            self.number += 1
            place = self.draws.uniform(Purpose.EVERYDAY_STREAM, number) * total
            stream = min(bisect_right(self.peaks, place), len(self.peaks) - 1)
            hours = demand.streams[stream].hours
            if (
                self.draws.uniform(Purpose.EVERYDAY_HOUR, number) * max(hours)
                < hours[self.since_midnight(self.came) // HOUR_MS]
            ):
                ready = self.came + whole(demand.handling)
                self.next_call = Waiting(number, -1, stream, self.came, ready, demand.streams[stream].count)
                return

    def next_at(self) -> int:
        """Return when something happens next."""
        back = self.back[0][0] if self.back else NEVER_MORE
        ready = NEVER_MORE if self.next_call is None else self.next_call.ready
        return min(back, self.next_handover, ready)

    def happen(self, at: int) -> bool:
        """Let teams be back, duty change hands and calls be handled that are due now; return whether any team is free.

        What a team comes back to, or what a call asks for, is seen to by who carries on.
        """
        before = self.held
        while self.back and self.back[0][0] <= at:
            del self.out[self.names[heapq.heappop(self.back)[1]]]
        if self.next_handover <= at:
            self.off = off_duty(self.world, self.since_midnight(at))
            self.next_handover = self.handover_after(at)
        while self.next_call is not None and self.next_call.ready <= at:
            call = self.next_call
            if call.at >= 0:
                call.place = len(self.calls)
                self.calls.append(Call(call.stream, call.at))
            self.waiting.append(call)
            self.draw_call()
        return not before <= self.held

    def serve(self, at: int, in_use: Iterable[str]) -> bool:
        """Send whom the calls that wait can get, the first first; return whether anybody was sent."""
        if not self.waiting:
            return False
        taken = {*in_use, *self.held}
        sent = False
        for call in self.waiting:
            stream = self.world.demand.streams[call.stream]
            for candidate in ranked(self.world, "capability", stream.capability, stream.point).candidates:
                if call.lacking == 0:
                    break
                if candidate.resource not in taken:
                    taken.add(candidate.resource)
                    self.send(call, candidate, at)
                    sent = True
        self.waiting = [call for call in self.waiting if call.lacking]
        return sent

    def send(self, call: Waiting, candidate: Candidate, at: int) -> None:
        stream = self.world.demand.streams[call.stream]
        scene = self.draws.uniform(Purpose.EVERYDAY_SCENE, call.number)
        stays = whole_milliseconds(stream.on_scene.total_seconds() * lognormal_factor(stream.spread, scene))
        way = travel_time(candidate.travel, self.draws.uniform(Purpose.EVERYDAY_TRAVEL, call.number, call.sent))
        there = at + whole(candidate.turn_out + way)
        back = there + whole(stays + way)
        if call.place >= 0:
            known = self.calls[call.place]
            response = there - call.at if known.response is None else min(known.response, there - call.at)
            wait = at - call.ready if known.wait is None else known.wait
            self.calls[call.place] = replace(known, wait=wait, response=response)
        call.sent += 1
        call.lacking -= 1
        self.out[candidate.resource] = back
        heapq.heappush(self.back, (back, self.numbers[candidate.resource]))
        self.busy[candidate.resource] += max(0, min(back, self.last) - max(at, 0))

    def before(self) -> None:
        """Let everything happen that comes before the activation."""
        while (at := self.next_at()) < 0:
            self.happen(at)
            self.serve(at, ())


def carry_on(run: Run, everyday: Everyday, until: datetime, beginning: datetime) -> Run:
    """Carry out what a plan and every day bring at or before `until`."""
    if everyday.is_quiet:
        return advance(run, until)
    end = whole(until - beginning)
    run = serve(run, everyday, beginning)
    while True:
        at = everyday.next_at()
        if everyday.waiting and (due := next_due(run)) is not None:
            at = min(at, whole(due - beginning))
        if at > end:
            break
        run = advance(run, beginning + at * MICROSECOND)
        is_any_free = everyday.happen(at)
        run = hold(run, everyday)
        if is_any_free:
            run = look_for(run)
        run = serve(run, everyday, beginning)
    return advance(run, until)


def serve(run: Run, everyday: Everyday, beginning: datetime) -> Run:
    now = whole((run.now or beginning) - beginning)
    return hold(run, everyday) if everyday.serve(now, run.state.in_use) else run


def hold(run: Run, everyday: Everyday) -> Run:
    """Return the run in which the teams that are away or off duty cannot be sent."""
    if run.state.script.failed == everyday.held:
        return run
    state = run.state.copy()
    state.script.failed = set(everyday.held)
    return replace(run, state=state)


def look_for(run: Run) -> Run:
    """Let the needs that lack something look for it again."""
    if run.now is None or not run.state.wanting:
        return run
    work = begin(run, run.now)
    for step in {run.state.needs[name].step for name in run.state.wanting}:
        work.look_again(work.index.watching.get(f"fill:{step}", ()))
    carry_out(work, work.now)
    return finished(run, work)
