"""Copies of a request of another system, and answers to it, at the same moment, on a database that lets them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

CROWD = """
import json
from datetime import timedelta
from tests.asking import CANCEL, envelope, in_hours, later, line, request
from tests.actions.crowd import at_once
from youbei.actions import clock
from youbei.actions.access import create_user
from youbei.actions.exchange.answering import Offer, decline_request, take_request
from youbei.actions.exchange.receive import receive
from youbei.actions.registers.people import create_organisation
from youbei.engine.access import Role
from youbei.records.log import verify_log
from youbei.records.models import AidRequest, Incident, LogEntry, OutsideLine, OutsideRequest

now = clock.now()
unit = create_organisation(by=None, now=now, code="port", kind="port", name_zh="港口")
sender = create_user(by=None, now=now, username="province", grants=((Role.RESPONDER, unit),))
found, came = {}, []

def send(document):
    came.append(receive(content=document, by=sender, now=clock.now()).messages[0])

document = envelope(request(sent=in_hours(-1)))
found["sent"] = at_once(*[lambda: send(document)] * 8)
found["came"] = sorted(one.outcome for one in came)
found["numbers"] = len({one.request for one in came})
found["kept"] = [OutsideRequest.objects.count(), OutsideLine.objects.count()]
found["noted"] = LogEntry.objects.filter(kind="request.received").count()
row = OutsideRequest.objects.get()
offers = [Offer(1, 1, now + timedelta(hours=3), capability="rescue")]

def take():
    take_request(by=None, now=now, request=row, offers=offers, report={"kind": "flood", "title": "x"})

came.clear()
found["answered"] = at_once(take, take, lambda: decline_request(by=None, now=now, request=row, reason="x"))
found["answers"] = LogEntry.objects.filter(kind__in=("request.taken", "request.declined")).count()
found["consistent"] = (Incident.objects.count(), AidRequest.objects.count()) == (
    (1, 1) if OutsideRequest.objects.get().state == "taken" else (0, 0)
)
send(envelope(request(message_id="other:1", sent=in_hours(-1))))
other = OutsideRequest.objects.get(message_id="other:1")
cancel = envelope(later("RequestResource", "other:2", CANCEL, origin="other:1"))
came.clear()
found["recalled"] = at_once(*[lambda: send(cancel)] * 4)
found["recalls"] = sorted(one.outcome for one in came)
found["faults"] = len(list(verify_log()))
print(json.dumps(found))
"""


def test_copies_are_kept_once_and_one_answer_counts(run_python: Callable[..., subprocess.Popen[str]]) -> None:
    out, _ = run_python(CROWD).communicate(timeout=120)
    found = json.loads(out)
    assert found["sent"] == ["done"] * 8
    assert found["came"] == ["repeated"] * 7 + ["taken"]
    assert (found["numbers"], found["kept"], found["noted"]) == (1, [1, 1], 1)
    assert found["answered"] == ["done", "refused", "refused"]
    assert (found["answers"], found["consistent"]) == (1, True)
    assert found["recalled"] == ["done"] * 4
    assert found["recalls"] == ["repeated"] * 3 + ["taken"]
    assert found["faults"] == 0
