"""Several people do the same thing at the same moment, on a database that lets them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

CROWD = """
import json
from datetime import timedelta
from tests.actions.crowd import at_once
from tests.actions.town import NOW, build_town, report_leak, store_plan
from youbei.actions import incidents, resources, runs
from youbei.actions.advance import advance_run
from youbei.engine.errors import Refused
from youbei.records.log import verify_log
from youbei.records.models import Run

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


STORE = """
import json, threading
from decimal import Decimal
from django.db import connections
from tests.actions.town import NOW, build_town
from youbei.actions import stores
from youbei.actions.stock import moving, verbs
from youbei.actions.stock.checking import disagreements
from youbei.engine.errors import Refused
from youbei.engine.places import Point
from youbei.records.models import StockLot

town = build_town()
lot = town.lots[0]
shed = stores.create_site(
    by=None, now=NOW, organisation=town.fire, code="shed", kind="store", name_zh="车库", point=Point(37.5, 121.4)
)
at_shed = {"site": shed, "organisation": lot.organisation}
other = stores.create_lot(by=None, now=NOW, item=lot.item, quantity=Decimal(10), **at_shed)
came = []

def go(number):
    for turn in range(6):
        here, there, to = (lot, other, shed) if (number + turn) % 2 else (other, lot, lot.site)
        try:
            if (number + turn) % 3 == 0:
                verbs.issue(by=None, now=NOW, lot=here.pk, quantity=Decimal("0.5"), consumer=str(number))
            else:
                moving.move(by=None, now=NOW, lot=here.pk, to=to, quantity=Decimal(2))
        except Refused:
            came.append("refused")
        except Exception as error:
            came.append(repr(error))
    connections.close_all()

crowd = [threading.Thread(target=go, args=(number,)) for number in range(4)]
[thread.start() for thread in crowd]
[thread.join() for thread in crowd]
left = sum(row.quantity for row in StockLot.objects.all())
odd, wrong = [one for one in came if one != "refused"], len(list(disagreements()))
print(json.dumps({"odd": odd, "left": str(left), "wrong": wrong}))
"""


def test_several_keepers_at_once_lose_nothing(run_python: Callable[..., subprocess.Popen[str]]) -> None:
    process = run_python(STORE)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    found = json.loads(out.splitlines()[-1])
    assert found["odd"] == []
    assert found["wrong"] == 0
    assert found["left"] == "16.000"
