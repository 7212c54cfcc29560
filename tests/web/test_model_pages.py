"""Scenario models on pages: parameters in the address, the result shown, its injects put into the exercise."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.actions.town import Town
from tests.web.conftest import english
from youbei.records.log import read_stream
from youbei.records.models import Exercise
from youbei.web.exercises.curves import nice_step
from youbei.web.forms.exercise_models import MODELS


def usual(trainer: Client, address: str, **other: str) -> str:
    """Return the address with what the empty form proposes, and some of it otherwise."""
    form = trainer.get(address).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return (
        address
        + "?"
        + urlencode(
            {**{name: value for name, value in values.items() if value is not None and value is not False}, **other}
        )
    )


@pytest.mark.parametrize("name", MODELS)
def test_each_model_shows_its_course_and_puts_it_into_the_exercise(
    planned: Exercise, trainer: Client, name: str
) -> None:
    address = usual(trainer, f"/exercises/{planned.pk}/models/{name}/", to="commander")
    answer = trainer.get(address)
    assert answer.status_code == 200, answer.context["form"].errors
    page = answer.content.decode()
    assert 'class="curve curve-1"' in page
    assert "Put these into the exercise" in page
    before = len(planned.data["injects"]) if planned.data else 0
    assert trainer.post(address).status_code == 302
    planned.refresh_from_db()
    assert planned.data is not None
    assert len(planned.data["injects"]) == before + len(answer.context["result"].injects)
    assert list(read_stream(planned.stream))[-1].data["change"] == "added"


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("release", {"wind_m_s": "0.4"}, "calm"),
        ("release", {"gas_density_kg_m3": "3.5"}, "heavier than air"),
        ("release", {"threshold_ppm": "nan"}, "number"),
        ("outbreak", {"population": "50"}, "chance decides"),
        ("building", {"parts": "door-main door 0.4"}, "clear width"),
        ("building", {"groups": "class-1 45 nowhere"}, "not defined"),
        ("building", {"groups": "class-1 many door-main"}, "Line 1"),
        ("flood", {"area_km2": "900"}, "area of the catchment"),
        ("flood", {"marks": "high"}, "depths"),
    ],
)
def test_outside_of_its_validity_a_model_refuses_and_says_why(
    planned: Exercise, trainer: Client, name: str, wrong: dict[str, str], said: str
) -> None:
    address = usual(trainer, f"/exercises/{planned.pk}/models/{name}/", to="commander", **wrong)
    answer = trainer.get(address)
    assert answer.status_code == 422
    assert said in answer.content.decode(), answer.context["form"].errors
    assert trainer.post(address).status_code == 422


def test_who_does_not_lead_finds_no_models(planned: Exercise, cast: Town) -> None:
    for name in ("observer", "stranger"):
        for rest in ("models/", "models/flood/"):
            assert english(cast.users[name]).get(f"/exercises/{planned.pk}/{rest}").status_code in (403, 404)


@pytest.mark.parametrize(("span", "step"), [(60, 20), (1, 0.2), (730, 200), (0, 1), (99, 20)])
def test_ticks_are_round_numbers(span: float, step: float) -> None:
    assert nice_step(span) == pytest.approx(step)


def test_the_guidebook_stands_beside_the_plume_and_alone_where_no_plume_holds(
    planned: Exercise, trainer: Client
) -> None:
    here = f"/exercises/{planned.pk}/models/release/"
    chlorine = {"to": "commander", "substance": "1017", "spill": "small", "is_night": "on"}
    page = trainer.get(usual(trainer, here, **chlorine)).content.decode()
    assert "Guidebook: protect downwind" in page
    assert "1500 m" in page
    assert "Distances of the guidebook" in page
    calm = trainer.get(usual(trainer, here, **chlorine, wind_m_s="0.4")).content.decode()
    assert "calm" in calm
    assert "1500 m" in calm
    refused = trainer.get(usual(trainer, here, **chlorine | {"spill": "large"}))
    assert refused.status_code == 422
    assert "rail tank car" in refused.content.decode()
