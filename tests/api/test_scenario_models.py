"""A program works a scenario model out, and puts its injects into an exercise."""

from __future__ import annotations

from typing import Any

import pytest
from tests.actions.town import Town

from api.callers import Caller
from api.test_leading_exercises import address, caller_of, cast, ok, states, trainer

__all__ = ["address", "cast", "trainer"]
INTO = {"fact": "cases", "to": "commander", "day_minutes": 10}
MODELS: dict[str, dict[str, Any]] = {
    "outbreak": {"population": 2000},
    "release": {
        "rate_kg_s": 0.5,
        "wind_m_s": 3,
        "molar_mass_g": 17.03,
        "threshold_ppm": 150,
        "boundary_m": 200,
        "guidebook": {"un": 1005, "spill": "rail_tank", "is_night": True},
    },
    "building": {
        "ways": [{"name": "door", "part": "door", "width_m": 1.8}],
        "groups": [{"name": "class-1", "people": 45, "way": ["door"]}],
    },
    "flood": {
        "area_km2": 40,
        "curve_number": 78,
        "concentration_h": 3,
        "rain_mm": 120,
        "rain_hours": 6,
        "width_m": 12,
        "slope": 0.002,
        "marks": [1.5],
    },
}


@pytest.mark.parametrize("name", MODELS)
def test_each_model_is_worked_out(trainer: Caller, name: str) -> None:
    found = ok(trainer.post("/scenario-models", {"into": INTO, name: MODELS[name]}))
    assert found["figures"]
    assert found["rows"]
    assert found["injects"]


def test_outside_of_where_it_holds_it_is_refused_with_the_reason(trainer: Caller) -> None:
    calm = {"into": INTO, "release": MODELS["release"] | {"wind_m_s": 0.4}}
    refused = trainer.post("/scenario-models", calm)
    assert refused.status == 422
    assert "calm" in str(refused.body)
    for none_or_two in ({}, MODELS):
        assert trainer.post("/scenario-models", {"into": INTO, **none_or_two}).status == 409


def test_the_guidebook_is_asked_by_un_number(trainer: Caller) -> None:
    found = ok(trainer.get("/scenario-models/guidebook?un=1017&time=night"))
    assert (found["distances"]["isolate_m"], found["distances"]["protect_m"]) == (60, 1500)
    assert trainer.get("/scenario-models/guidebook?un=1203").status == 404
    assert trainer.get("/scenario-models/guidebook?un=1017&spill=large").status == 422


def test_its_injects_are_put_into_the_exercise(trainer: Caller, address: str) -> None:
    body = {"into": INTO, "outbreak": MODELS["outbreak"]}
    added = ok(trainer.post(f"{address}/script/models", body), 201)["added"]
    assert added > 3
    assert len(states(trainer, address)) == 3 + added


def test_who_leads_no_exercises_works_nothing_out(cast: Town) -> None:
    assert caller_of(cast, "observer").post("/scenario-models", {"into": INTO}).status == 403
