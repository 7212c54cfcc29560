"""A program looks back: a run at any moment, a link to it that expires, the manual of cases and plans."""

from __future__ import annotations

import pytest
from tests.actions.town import Town

from api.callers import Caller
from api.test_leading_exercises import address, caller_of, cast, ok, trainer
from youbei.actions import clock
from youbei.actions.exercises import leading
from youbei.records.models import Exercise

__all__ = ["address", "cast", "trainer"]


@pytest.fixture
def run(cast: Town, address: str) -> Exercise:
    return leading.start_exercise(by=None, now=clock.now(), exercise=Exercise.objects.get())


def test_a_run_is_seen_as_it_was(trainer: Caller, run: Exercise) -> None:
    first = ok(trainer.get(f"/runs/{run.run_id}/replay"))
    assert first["board"]["run"]["pk"] == run.run_id
    assert first["number"] == 1
    last = ok(trainer.get(f"/runs/{run.run_id}/replay?entry=999"))
    assert last["entries"] >= last["number"] >= 1
    assert last["following"] is None


def test_a_link_is_made_once_it_is_over_and_ended_at_once(cast: Town, trainer: Caller, run: Exercise) -> None:
    links = f"/runs/{run.run_id}/debrief-links"
    assert trainer.post(links, {"purpose": "Debriefing"}).status == 409
    leading.end_exercise(by=None, now=clock.now(), exercise=run, reason="done")
    made = ok(trainer.post(links, {"purpose": "Debriefing", "hours": 2}), 201)
    assert made["path"].startswith("/d/")
    assert caller_of(cast, "observer").get(links).status == 403
    assert [one["id"] for one in ok(trainer.get(links))] == [made["id"]]
    ended = ok(trainer.post(f"{links}/{made['id']}/end"))
    assert (ended["path"], ended["ended_at"] is None) == ("", False)


def test_the_manual_is_listed_and_sent(trainer: Caller) -> None:
    found = ok(trainer.get("/manual?kind=ammonia_leak"))
    plans = ",".join(str(one["id"]) for one in found["plans"])
    assert plans
    assert ok(trainer.get(f"/manual?kind=ammonia_leak&plans={plans}&cases=0"))["plans"] == found["plans"]
    file = trainer.get(f"/manual/file?kind=ammonia_leak&form=pdf&language=en&plans={plans}")
    assert (file.status, file.body[:4]) == (200, b"%PDF")
    assert trainer.get("/manual?cases=one").status == 422
