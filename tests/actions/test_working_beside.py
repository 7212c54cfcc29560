"""A proposal that takes long is worked out beside the request: pages answer at once and come back for it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable

import pytest

pytest.importorskip("highspy")

PATIENT = """
import json, re, threading, time
from django.conf import settings
from django.test import Client
from youbei.actions import clock, runs
from youbei.actions.dispatch import working
from youbei.actions.incidents import add_facts
from tests.web.scene import open_scene

settings.ALLOWED_HOSTS = ["*"]
scene = open_scene()
officer = scene.town.users["officer"]
runs.finish_step(by=officer, now=clock.now(), run=scene.run, step="alarm")
browser = scene.browser("officer")
gate, propose = threading.Event(), working.propose

def slowly(*words, tell=None, **more):
    found = propose(*words, **more)
    if tell is not None and found.picks:
        tell(found)
        told.set()
    gate.wait(60)
    return found

told = threading.Event()
working.propose = slowly
working.PATIENCE_S = 0.01
found = {}
HTMX = {"HX-Request": "true"}
page = browser.get("/dispatch/").content.decode()
found["first"] = "is being worked out" in page and "Engine 0" not in page
back = re.search(r'hx-get="([^"]*since=[^"]*)"', page).group(1).replace("&amp;", "&")
assert told.wait(60)
found["panel"] = "Engine 0" in browser.get(scene.board + "dispatch/", headers=HTMX).content.decode()
page = browser.get(back, headers=HTMX).content.decode()
found["plan at hand"] = "Engine 0" in page and "This is a first plan" in page and 'value="send"' not in page
back = re.search(r'hx-get="([^"]*since=[^"]*)"', page).group(1).replace("&amp;", "&")
found["nothing new"] = browser.get(back, headers=HTMX).status_code
add_facts(by=officer, now=clock.now(), incident=scene.leak, facts={"trapped": 2}, source="119")
gate.set()
for _ in range(600):
    answer = browser.get(back, headers=HTMX)
    if answer.status_code == 200:
        break
    time.sleep(0.05)
page = answer.content.decode()
found["final"] = "Engine 0" in page and "every 1s" not in page and 'value="send"' in page
working.PATIENCE_S = 60
page = browser.get("/dispatch/").content.decode()
found["anew"] = "Engine 0" in page and "every 1s" not in page
print(json.dumps(found))
"""


def test_a_page_answers_at_once_and_comes_back_by_itself_even_where_much_happens(
    run_python: Callable[..., subprocess.Popen[str]],
) -> None:
    out, _ = run_python(PATIENT).communicate(timeout=120)
    found = json.loads(out)
    assert found == {
        "first": True,
        "panel": True,
        "plan at hand": True,
        "nothing new": 204,
        "final": True,
        "anew": True,
    }
