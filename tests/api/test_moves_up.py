"""Claims about moving up over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.callers import Caller
from api.test_dispatch import run
from youbei.actions import clock
from youbei.actions.registers.save import save_record
from youbei.actions.stores import create_team
from youbei.content import registers
from youbei.engine.places import Point
from youbei.records.models import MoveUp, Organisation, Team

pytest.importorskip("highspy")
__all__ = ["run"]


@pytest.fixture
def cover(city: Organisation, run: int) -> str:
    """A place far from every team, and a second team that is spare."""
    team = Team.objects.order_by("pk")[0]
    create_team(
        by=None,
        now=clock.now(),
        organisation=city,
        code="spare",
        kind="volunteer",
        name_zh="备勤队",
        point=Point(team.lat - 0.1, team.lon),
        turn_out=timedelta(minutes=1),
        capabilities=dict(team.capabilities),
        strength=5,
    )
    values: dict[str, Any] = {
        "code": "edge",
        "name_zh": "城郊",
        "organisation": city.code,
        "capability": next(iter(team.capabilities)),
        "number": 1,
        "within_min": 5,
        "lat": team.lat + 0.1,
        "lon": team.lon,
    }
    save_record(register=registers()["home_cover"], by=None, now=clock.now(), values=values)
    return "edge"


def test_a_program_orders_what_is_advised_and_ends_it(admin: Caller, cover: str) -> None:
    found = admin.get("/dispatch").body["cover"]
    assert [(one["cover"], one["lacking"]) for one in found] == [(cover, 1)]
    advised = found[0]["moves_up"]
    assert [one["team"] for one in advised] == ["spare"]
    body = {"moves": [{"team": advised[0]["team"], "cover": cover}], "reason": "spare"}
    answer = admin.post("/dispatch/moves-up", body, Idempotency_Key="once")
    assert answer.status == 201, answer.body
    assert admin.post("/dispatch/moves-up", body, Idempotency_Key="once").body == answer.body
    pk = answer.body[0]["pk"]
    assert [one["pk"] for one in admin.get("/dispatch/moves-up").body] == [pk]
    assert admin.post(f"/dispatch/moves-up/{pk}/arrive").body["arrived_at"]
    assert admin.post(f"/dispatch/moves-up/{pk}/home").status == 200
    assert admin.get("/dispatch/moves-up").body == []
    again = admin.post(f"/dispatch/moves-up/{pk}/arrive")
    assert (again.status, again.body["code"]) == (409, "move-up-refused")


def test_what_is_not_advised_or_not_there_is_refused(admin: Caller, observer: Caller, cover: str) -> None:
    body = {"moves": [{"team": "nobody", "cover": cover}]}
    assert admin.post("/dispatch/moves-up", body).body["code"] == "proposal-changed"
    assert admin.post("/dispatch/moves-up", {"moves": []}).status == 422
    assert admin.post("/dispatch/moves-up/999/home").status == 404
    assert observer.post("/dispatch/moves-up", body).status in (403, 404)
    assert not MoveUp.objects.exists()
