"""Several people do the same thing at the same moment, on a database that lets them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

CROWD = """
import json, threading
from datetime import timedelta
from django.db import connections
from tests.actions.town import NOW, build_town, report_leak, store_plan
from youbei.actions import incidents, resources, runs
from youbei.actions.advance import advance_run
from youbei.engine.errors import Refused
from youbei.records.log import verify_log
from youbei.records.models import Run

def at_once(*acts):
    gate, came = threading.Barrier(len(acts)), [""] * len(acts)
    def go(index, act):
        gate.wait()
        try:
            act()
            came[index] = "done"
        except Refused:
            came[index] = "refused"
        except Exception as error:
            came[index] = repr(error)
        finally:
            connections.close_all()
    crowd = [threading.Thread(target=go, args=pair) for pair in enumerate(acts)]
    [thread.start() for thread in crowd]
    [thread.join() for thread in crowd]
    return sorted(came)

town = build_town()
version, leak = store_plan(town), report_leak(town)
officer, director = town.users["officer"], town.users["director"]
team = f"team:{town.teams[0].pk}"
found = {}

def activate():
    runs.activate_plan(by=officer, now=NOW, incident=leak, plan_version=version)

found["activated"] = at_once(*[activate] * 4)
found["runs"] = Run.objects.count()
run = Run.objects.first()
runs.finish_step(by=officer, now=NOW, run=run, step="alarm")

def assign():
    resources.assign_resource(by=director, now=NOW, run=run, need="isolate/team", resource=team)

found["assigned"] = at_once(*[assign] * 4)
found["mixed"] = []
for minute in range(1, 17):
    holder = ("town-emb/duty", "person:wu")[minute % 2]
    at = NOW + timedelta(minutes=minute)
    found["mixed"] += at_once(
        lambda: incidents.add_facts(by=officer, now=at, incident=leak, facts={"trapped": minute}, source="119"),
        lambda: runs.hand_over_post(by=director, now=at, run=run, post="desk", holder=holder),
        lambda: runs.record_deviation(by=director, now=at, run=run, subject="isolate", text="otherwise"),
        lambda: advance_run(run.pk, at),
    )
found["faults"] = len(list(verify_log()))
print(json.dumps(found))
"""


def test_what_several_do_at_once_is_done_once_and_nobody_waits_for_ever(
    run_python: Callable[..., subprocess.Popen[str]],
) -> None:
    out, _ = run_python(CROWD).communicate(timeout=120)
    found = json.loads(out)
    assert (found["activated"], found["runs"]) == (["done"] * 4, 1)
    assert found["assigned"] == ["done", "refused", "refused", "refused"]
    assert set(found["mixed"]) == {"done"}
    assert found["faults"] == 0
