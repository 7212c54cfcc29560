"""The same plan in SimPy, written the way one writes SimPy: a process per step, one per deadline, one dispatcher.

It meets the same luck (the draws of `engine.draws`), follows the same rules and keeps the same log entries,
so its times can be compared with the reference engine's to the millisecond. It covers what the generated plans use.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import simpy
from simpy.events import Event, Timeout

from youbei.engine.draws import Draws, Purpose, duration, travel_time
from youbei.engine.plans.model import Need, Plan, Step
from youbei.engine.resources import Team, World

MILLISECOND = timedelta(milliseconds=1)
AFTER_ALL_ELSE = 2  # the lowest priority at one instant; SimPy's own are 0 (urgent) and 1 (normal)


@dataclass(slots=True)
class Vehicle:
    id: str
    turn_out: timedelta
    travel: timedelta
    is_free: bool = True
    way: int = 0


@dataclass(slots=True)
class Request:
    """A need that is open: how many teams it still lacks, how many are under way, and the event of being met."""

    step: int
    position: int
    need: Need
    met: Event
    lacking: int
    asked: int
    sent: int = 0
    arrived: int = 0
    short: int = 0
    held: list[Vehicle] = field(default_factory=list)


Ways = list[tuple[Team, timedelta, timedelta]]


def ways_to_incident(world: World) -> Ways:
    """Return every team with its turn-out and its way to the incident, first to arrive first; once per world."""
    place = world.sites["incident"]
    ways = [(team, team.turn_out, world.travel(team.base, place)) for team in world.teams]
    return sorted(ways, key=lambda way: (way[1] + way[2], way[0].id))


class Response:
    """One run of a plan: `log` holds (time in ms, kind, subject), `finished` the time of each step."""

    def __init__(self, plan: Plan, ways: Ways, draws: Draws) -> None:
        self.env = simpy.Environment(initial_time=0)
        self.plan = plan
        self.draws = draws
        self.log: list[tuple[int, str, str]] = []
        self.finished: dict[str, int] = {}
        self.done = {step.id: self.env.event() for step in plan.steps}
        self.requests: dict[tuple[int, int], Request] = {}
        self.is_dispatch_due = False
        vehicles = {team.id: Vehicle(team.id, turn_out, travel) for team, turn_out, travel in ways}
        self.fleet: dict[str, list[Vehicle]] = {}
        for team, _, _ in ways:
            for capability in team.capabilities:
                self.fleet.setdefault(capability, []).append(vehicles[team.id])

    def run(self) -> None:
        self.note("plan.activated", self.plan.id)
        for post in self.plan.posts:
            self.note("post.filled", post.id)
        for position, step in enumerate(self.plan.steps):
            self.env.process(self.carry_out(position, step))
        self.env.process(self.watch_end())
        self.env.run()

    def note(self, kind: str, subject: str) -> None:
        self.log.append((self.env.now, kind, subject))

    def carry_out(self, position: int, step: Step) -> Generator[Event, Any, None]:
        env = self.env
        if step.start.after:
            yield env.all_of([self.done[other] for other in step.start.after])
        self.note("step.opened", step.id)
        for tell in step.tells:
            self.note("message.queued", tell.to)
        if step.within is not None:
            env.process(self.watch_deadline(step, step.within.limit // MILLISECOND))
        requests = [self.request(position, number, need) for number, need in enumerate(step.needs)]
        self.note("step.started", step.id)
        if requests:
            yield env.all_of([request.met for request in requests])
        takes = duration(step.takes, self.draws.uniform(Purpose.STEP_DURATION, position, 1))
        yield env.timeout(takes // MILLISECOND)
        self.note("step.finished", step.id)
        for report in step.reports:
            self.note("message.queued", report.to)
        for request in requests:
            for vehicle in request.held:
                self.note("resource.released", vehicle.id)
                env.process(self.go_home(vehicle))
            del self.requests[request.step, request.position]
        self.finished[step.id] = env.now
        self.done[step.id].succeed()
        if requests:
            self.call_dispatcher()

    def go_home(self, vehicle: Vehicle) -> Generator[Event, Any, None]:
        if vehicle.way:
            yield self.env.timeout(vehicle.way)
            self.note("resource.returned", vehicle.id)
        vehicle.is_free = True
        self.call_dispatcher()

    def watch_deadline(self, step: Step, limit: int) -> Generator[Event, Any, None]:
        env, done = self.env, self.done[step.id]
        yield env.any_of([done, env.timeout(limit)])
        if done.triggered:
            return
        self.note("step.late", step.id)
        gone = timedelta(0)
        for climb in step.late:
            yield env.timeout((climb.after - gone) // MILLISECOND)
            gone = climb.after
            if done.triggered:
                return
            self.note("step.climbed", step.id)
            self.note("message.queued", climb.to.value)

    def watch_end(self) -> Generator[Event, Any, None]:
        yield self.env.all_of(list(self.done.values()))
        self.note("end.proposed", self.plan.id)
        self.note("message.queued", "commander")

    def request(self, step: int, position: int, need: Need) -> Request:
        request = Request(step, position, need, self.env.event(), lacking=need.count, asked=need.count)
        self.note("need.opened", need.id)
        self.requests[step, position] = request
        self.call_dispatcher()
        return request

    def call_dispatcher(self) -> None:
        """Let the dispatcher look at all open requests once everything else at this instant has happened."""
        if not self.is_dispatch_due:
            self.is_dispatch_due = True
            event = self.env.event()
            event.callbacks.append(self.dispatch)
            event._ok, event._value = True, None
            self.env.schedule(event, priority=AFTER_ALL_ELSE)

    def dispatch(self, _: Event) -> None:
        """Serve the open requests in the order of the plan, each with the free teams that can be there first."""
        self.is_dispatch_due = False
        for key in sorted(self.requests):
            request = self.requests[key]
            if not request.lacking:
                continue
            for vehicle in self.fleet.get(request.need.capability, ()):
                if vehicle.is_free:
                    self.send(request, vehicle)
                    if not request.lacking:
                        break
            if request.lacking and request.short != request.lacking:
                request.short = request.lacking
                self.note("need.short", request.need.id)

    def send(self, request: Request, vehicle: Vehicle) -> None:
        vehicle.is_free = False
        request.lacking -= 1
        request.sent += 1
        request.held.append(vehicle)
        u = self.draws.uniform(Purpose.TRAVEL, request.step, request.position, request.sent)
        way = travel_time(vehicle.travel, u)
        vehicle.way = way // MILLISECOND
        takes = (vehicle.turn_out + way) // MILLISECOND
        self.note("resource.assigned", vehicle.id)
        arrival: Timeout = self.env.timeout(takes, value=vehicle)
        arrival.callbacks.append(lambda _: self.arrive(request, vehicle))

    def arrive(self, request: Request, vehicle: Vehicle) -> None:
        self.note("resource.arrived", vehicle.id)
        request.arrived += 1
        if request.arrived == request.asked:
            self.note("need.met", request.need.id)
            request.met.succeed()
