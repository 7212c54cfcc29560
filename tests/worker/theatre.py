"""A response played by two processes: one acts (the server), one ticks (the worker), and both are killed at random.

Run as a program on a database of its own: `theatre.py KILLS SEED`. It writes what came of it as JSON. The wall is a
file that the processes read, so that the script's times are the same however often they die; what the kernel does to
them is real: SIGKILL, at any instruction. The server repeats a request until it knows that it was carried out, as a
client with an idempotency key does.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import OperationalError, connections, transaction  # noqa: E402

from tests.actions.town import NOW, Town, build_town, report_leak  # noqa: E402
from youbei.actions import clock, exercises, incidents, plans, resources, runs  # noqa: E402
from youbei.records.log import read_stream, verify_log  # noqa: E402
from youbei.records.models import IdempotencyKey, Incident, Message, PlanVersion, Run, Team, User  # noqa: E402
from youbei.worker import run_worker  # noqa: E402

STEPS = 12
SPEED = 60.0
WALL = Path(settings.DATA) / "wall"
LONGEST_KILL_S = 0.05
PATIENCE_S = 60.0

HEAD = """
id = "crash"
version = "1"
kind = "special"
organisation = "town-emb"
superior = "town"
hazards = ["ammonia_leak"]
title = { zh = "反复崩溃的预案", en = "A plan for crashes" }
[[levels]]
number = "III"
when = { fact = "serious_injured", gte = 2 }
automatic = true
[[levels]]
number = "IV"
when = { always = true }
[[posts]]
id = "commander"
title = { zh = "总指挥", en = "Commander" }
role = "commander"
holder = { kind = "office", ref = "town-emb/director" }
[[posts]]
id = "ops"
title = { zh = "抢险组", en = "Operations" }
role = "group"
holder = { kind = "agency", ref = "town-fire" }
[[posts]]
id = "desk"
title = { zh = "值班室", en = "Duty room" }
role = "officer"
holder = { kind = "duty_post", ref = "town-emb/duty" }
"""
STEP = """
[[steps]]
id = "s{index}"
title = {{ zh = "任务 {index}", en = "Step {index}" }}
owner = "{owner}"
from_level = "{level}"
start = {{ after = [{after}], delay = "PT{delay}M" }}
within = {{ limit = "PT{limit}M", since = "opened" }}
needs = [{needs}]
tells = [{{ to = "{tells}", message = {{ zh = "执行任务 {index}", en = "Do step {index}" }} }}]
late = [
  {{ after = "PT0S", to = "owner" }}, {{ after = "PT2M", to = "commander" }}, {{ after = "PT4M", to = "superior" }}
]
"""


def plan_text() -> str:
    """Write a plan in which something falls due at nearly every minute."""
    steps = [
        STEP.format(
            index=index,
            owner="ops" if index % 2 else "desk",
            level="III" if index % 4 == 3 else "IV",
            after=f'"s{index - 3}"' if index >= 3 else "",
            delay=index % 5,
            limit=2 + index % 4,
            needs='{ id = "t", capability = "hazmat_response", count = 1 }' if index == 1 else "",
            tells="desk" if index % 2 else "ops",
        )
        for index in range(STEPS)
    ]
    return HEAD + "".join(steps)


def user(name: str) -> User:
    return User.objects.get(username=name)


def the_run() -> Run:
    return Run.objects.get()


def report(now: datetime) -> None:
    town = cast(Town, type("Cast", (), {"users": {"officer": user("trainer")}, "bureau": stored().plan.organisation}))
    enrolled = ["agency:town", "agency:town-fire", "agency:town-emb"]
    report_leak(town, now, mode="exercise", enrolled=enrolled, facts={"serious_injured": 1})


def stored() -> PlanVersion:
    return PlanVersion.objects.select_related("plan__organisation").get()


def activate(now: datetime) -> None:
    runs.activate_plan(by=user("trainer"), now=now, incident=Incident.objects.get(), plan_version=stored())


def speed_up(now: datetime) -> None:
    exercises.set_speed(by=user("trainer"), now=now, run=the_run(), speed=SPEED)


def finish(step: int) -> Callable[[datetime], object]:
    return lambda now: runs.finish_step(by=user("trainer"), now=now, run=the_run(), step=f"s{step}", note=f"{step}")


def hurt(now: datetime) -> None:
    incident = Incident.objects.get()
    incidents.add_facts(by=user("trainer"), now=now, incident=incident, facts={"serious_injured": 3}, source="120")


def assign(now: datetime) -> None:
    team = Team.objects.order_by("pk")[0]
    resources.assign_resource(by=user("trainer"), now=now, run=the_run(), need="s1/t", resource=f"team:{team.pk}")


def arrive(now: datetime) -> None:
    resources.arrive_resource(by=user("trainer"), now=now, run=the_run(), assignment="a1")


def end(now: datetime) -> None:
    runs.end_response(by=user("trainer"), now=now, run=the_run(), reason="完")


# What the server is asked to do, and at how many seconds of the wall (a second is a minute of the exercise).
SCRIPT: tuple[tuple[float, Callable[[datetime], object]], ...] = (
    (0.0, report),
    (0.5, activate),
    (1.0, speed_up),
    (2.5, finish(0)),
    (3.0, assign),
    (4.0, finish(2)),
    (6.5, arrive),
    (7.0, finish(1)),
    (9.0, hurt),
    (9.5, finish(3)),
    (12.0, finish(4)),
    (13.0, lambda now: exercises.pause_clock(by=user("trainer"), now=now, run=the_run())),
    (15.0, lambda now: exercises.resume_clock(by=user("trainer"), now=now, run=the_run())),
    (17.0, finish(5)),
    (19.0, lambda now: runs.record_deviation(by=user("trainer"), now=now, run=the_run(), subject="s6", text="绕行")),
    (20.0, finish(6)),
    (22.0, lambda now: runs.skip_step(by=user("trainer"), now=now, run=the_run(), step="s7", reason="不需要")),
    (24.0, lambda now: exercises.jump_clock(by=user("trainer"), now=now, run=the_run(), ahead=timedelta(minutes=9))),
    (26.0, finish(8)),
    (28.0, lambda now: runs.reopen_step(by=user("trainer"), now=now, run=the_run(), step="s8", reason="复查")),
    (34.0, end),
)


def set_wall(at: datetime) -> None:
    """Move the wall in one step: a reader sees the old time or the new one."""
    fresh = WALL.with_suffix(".new")
    fresh.write_text(at.isoformat())
    fresh.replace(WALL)


def read_wall() -> datetime:
    return datetime.fromisoformat(WALL.read_text())


def serve() -> None:
    """Carry out each request when its time has come, together with the note that it was."""
    while True:
        now = read_wall()
        for number, (second, request) in enumerate(SCRIPT):
            at = NOW + timedelta(seconds=second)
            key = f"request-{number}"
            if at > now:
                break
            with transaction.atomic():
                if IdempotencyKey.objects.filter(key=key).exists():
                    continue
                request(at)
                IdempotencyKey.objects.create(user=user("trainer"), key=key, fingerprint="", created_at=at)
        time.sleep(0.003)


def work() -> None:
    run_worker(threading.Event())


def fork(play: Callable[[], None]) -> int:
    """Start a process that does one part until it is killed."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        while True:
            try:
                play()
            except OperationalError:
                connections.close_all()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(70)


def kill(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    for pid in pids:
        os.waitpid(pid, 0)


def is_settled(at: datetime) -> bool:
    """Say whether all that should have happened by a time has been written."""
    asked = sum(NOW + timedelta(seconds=second) <= at for second, _ in SCRIPT)
    try:
        is_done = IdempotencyKey.objects.count() == asked
        return is_done and not Run.objects.filter(next_due_at__lte=at).exists()
    finally:
        connections.close_all()


def is_delivered() -> bool:
    try:
        return not Message.objects.filter(status="queued").exists()
    finally:
        connections.close_all()


def wait_for(condition: Callable[[], bool], what: str) -> None:
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > PATIENCE_S:
            raise TimeoutError(what)
        time.sleep(0.004)


def play(kills: int, seed: int) -> None:
    """Play the script from beginning to end, and kill both processes so many times on the way."""
    chance = random.Random(seed)
    moments = [NOW + timedelta(seconds=half / 2) for half in range(80)]
    struck = sorted(chance.randrange(len(moments)) for _ in range(kills))
    set_wall(NOW - timedelta(seconds=1))
    cast_of_two = [fork(work), fork(serve)]
    for number, moment in enumerate(moments):
        set_wall(moment)
        for _ in range(struck.count(number)):
            time.sleep(chance.uniform(0, LONGEST_KILL_S))
            kill(cast_of_two)
            cast_of_two = [fork(work), fork(serve)]
        wait_for(lambda moment=moment: is_settled(moment), f"what is due by {moment}")  # type: ignore[misc]
    at = moments[-1]
    while not is_delivered():
        at += timedelta(seconds=100)
        set_wall(at)
        time.sleep(0.1)
    kill(cast_of_two)


def outcome() -> dict[str, Any]:
    run = the_run()
    events = [
        [number, at.isoformat(), mode.value, kind, version, data, by]
        for _, number, at, mode, kind, version, data, by in (event.comparable() for event in read_stream(run.stream))
    ]
    return {
        "events": json.loads(json.dumps(events).replace(run.stream, "run:X")),
        "faults": [fault.en for fault in verify_log()],
        "messages": sorted(
            [key.replace(run.stream, "run:X"), status] for key, status in Message.objects.values_list("key", "status")
        ),
        "deliveries": sorted(
            event.data["key"].replace(run.stream, "run:X") for event in read_stream(f"outbox:{run.stream}")
        ),
    }


def main() -> None:
    kills, seed = int(sys.argv[1]), int(sys.argv[2])
    town = build_town()
    plans.import_plan(by=town.users["planner"], now=NOW, text=plan_text(), filename="plan.toml")
    clock.now = read_wall
    play(kills, seed)
    print(json.dumps(outcome()))


if __name__ == "__main__":
    main()
