"""Service systems written for SimPy by hand: M/M/c in two styles, and nearest-idle dispatch in two ways of choosing.

All draws are made beforehand and given in, so that only the simulation is timed and trajectories can be compared.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
import simpy


def mmc_processes(gaps: Sequence[float], services: Sequence[float], servers: int) -> float:
    """Serve calls in the usual style, a process for each and a Resource; return the sum of the waits."""
    env, waits = simpy.Environment(), 0.0
    desk = simpy.Resource(env, servers)

    def call(service: float) -> Generator[Any, Any, None]:
        nonlocal waits
        came = env.now
        with desk.request() as turn:
            yield turn
            waits += env.now - came
            yield env.timeout(service)

    def calls() -> Generator[Any, Any, None]:
        for gap, service in zip(gaps, services, strict=True):
            yield env.timeout(gap)
            env.process(call(service))

    env.process(calls())
    env.run()
    return waits


def mmc_callbacks(gaps: Sequence[float], services: Sequence[float], servers: int) -> float:
    """Serve calls with bare events and callbacks, the leanest that SimPy allows; return the sum of the waits."""
    env, waits = simpy.Environment(), 0.0
    idle, line = servers, deque[tuple[float, float]]()
    coming = iter(zip(gaps, services, strict=True))

    def serve(service: float) -> None:
        env.timeout(service).callbacks.append(leave)

    def leave(_: Any) -> None:
        nonlocal idle, waits
        if line:
            came, service = line.popleft()
            waits += env.now - came
            serve(service)
        else:
            idle += 1

    def come(event: Any) -> None:
        nonlocal idle
        if idle:
            idle -= 1
            serve(event.value)
        else:
            line.append((env.now, event.value))
        next_call()

    def next_call() -> None:
        following = next(coming, None)
        if following is not None:
            env.timeout(following[0], value=following[1]).callbacks.append(come)

    next_call()
    env.run()
    return waits


class Fleet:
    """Nearest-idle dispatch with bare events; `with_numpy` says how the nearest is found."""

    def __init__(self, x: np.ndarray, y: np.ndarray, speed: float, *, with_numpy: bool) -> None:
        self.env = simpy.Environment()
        self.x, self.y, self.speed = x, y, speed
        self.with_numpy = with_numpy
        self.idle = set(range(len(x)))
        self.places = list(zip(x.tolist(), y.tolist(), strict=True))
        self.out = np.zeros(len(x))
        self.line: deque[tuple[float, float, float, float]] = deque()
        self.response = 0.0

    def nearest(self, east: float, north: float) -> int:
        if self.with_numpy:
            return int(np.argmin((self.x - east) ** 2 + (self.y - north) ** 2 + self.out))
        places = self.places
        return min(self.idle, key=lambda team: (places[team][0] - east) ** 2 + (places[team][1] - north) ** 2)

    def send(self, team: int, came: float, east: float, north: float, scene: float) -> None:
        x, y = self.places[team]
        way = math.sqrt((x - east) ** 2 + (y - north) ** 2) / self.speed
        self.response += self.env.now - came + way
        self.env.timeout(2 * way + scene, value=team).callbacks.append(self.back)

    def back(self, event: Any) -> None:
        if self.line:
            self.send(event.value, *self.line.popleft())
            return
        self.idle.add(event.value)
        self.out[event.value] = 0.0

    def come(self, event: Any) -> None:
        east, north, scene = event.value
        if self.idle:
            team = self.nearest(east, north)
            self.idle.discard(team)
            self.out[team] = math.inf
            self.send(team, self.env.now, east, north, scene)
        else:
            self.line.append((self.env.now, east, north, scene))
        self.next_call()

    def next_call(self) -> None:
        following = next(self.coming, None)
        if following is not None:
            self.env.timeout(following[0], value=following[1:]).callbacks.append(self.come)

    def run(self, calls: Sequence[tuple[float, float, float, float]]) -> float:
        """Serve calls (gap, east, north, time on scene); return the sum of the times from call to arrival."""
        self.coming = iter(calls)
        self.next_call()
        self.env.run()
        return self.response
