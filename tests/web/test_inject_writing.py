"""Injects are written on pages while an exercise is being prepared, and only then."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.actions.town import Town
from tests.web.conftest import english
from youbei.actions import clock
from youbei.actions.exercises import leading
from youbei.engine.exercises.read import exercise_from_data
from youbei.engine.exercises.write import digest
from youbei.records.log import read_stream
from youbei.records.models import Exercise, LogEntry, Message, Run

CALL = {
    "title_zh": "记者来电",
    "title_en": "A reporter calls",
    "type": "expected",
    "comes": "startex",
    "delay": "12",
    "sender_zh": "记者",
    "sender_en": "A reporter",
    "to": "liaison",
    "text_zh": "有人伤亡吗？",
    "text_en": "Is anybody hurt?",
    "facts_rows": "3",
    "actions_rows": "1",
    "a0_title_en": "Answer",
    "a0_who": "liaison",
    "a0_within": "15",
}


def injects(row: Exercise) -> dict[str, Any]:
    row.refresh_from_db()
    assert row.data is not None
    assert row.digest == digest(exercise_from_data(row.data))
    return {one["id"]: one for one in row.data["injects"]}


def changes(row: Exercise) -> list[tuple[str, str]]:
    events = [event for event in read_stream(row.stream) if event.kind == "exercise.inject_written"]
    return [(event.data["inject"], event.data["change"]) for event in events]


def at(row: Exercise, rest: str) -> str:
    return f"/exercises/{row.pk}/injects/{rest}"


def test_an_inject_is_added_on_a_page_and_logged(planned: Exercise, trainer: Client) -> None:
    assert "telephones" in trainer.get(at(planned, "add/")).content.decode()
    answer = trainer.post(at(planned, "add/call/"), CALL)
    assert answer.status_code == 302
    call = injects(planned)["call"]
    assert call["at"] == {"delay": "PT12M"}
    assert call["expects"] == [
        {"id": "call-action", "title": {"en": "Answer"}, "within": "PT15M", "who": "liaison"}
    ] or call["expects"][0]["title"] in ({"en": "Answer"}, "Answer")
    assert changes(planned) == [("call", "added")]
    page = trainer.get(f"/exercises/{planned.pk}/injects/").content.decode()
    assert "A reporter calls" in page
    assert "09:12" in page


@pytest.mark.parametrize("inject", ["smell", "hurt", "rumour"])
def test_a_form_that_is_sent_back_unchanged_changes_nothing(planned: Exercise, trainer: Client, inject: str) -> None:
    before = injects(planned)
    form = trainer.get(at(planned, f"{inject}/change/")).context["form"]
    data = {name: form[name].value() for name in form.fields}
    posted = {name: value for name, value in data.items() if value not in (None, [])}
    posted |= {"facts_rows": str(form.fact_rows), "actions_rows": str(form.actions.count)}
    answer = trainer.post(at(planned, f"{inject}/change/"), posted)
    assert answer.status_code == 302, answer.context["form"].errors
    assert injects(planned) == before


def test_conditions_come_from_the_plain_lines_and_from_the_text(planned: Exercise, trainer: Client) -> None:
    text = '{not = {any = [{fact = "deaths", gte = 1}, {count = "steps_finished", gte = 2}]}}'
    lines = {"when_action": "alarm-raised", "when_action_is": "late", "when_text": text, "when_join": "any"}
    branch = {"comes": "moment", "since": "inject:hurt:fired", "after": ["smell"], "unless_moment": "activation"}
    assert trainer.post(at(planned, "add/call/"), CALL | lines | branch).status_code == 302
    timing = injects(planned)["call"]["at"]
    assert timing["since"] == "inject:hurt:fired"
    assert timing["after"] == ["smell"]
    assert timing["unless"] == {"elapsed": "activation", "atleast": "PT0S"}
    assert [*timing["when"]] == ["any"]
    assert timing["when"]["any"][0] == {"count": "actions_late", "gte": 1, "among": ["alarm-raised"]}
    again = trainer.get(at(planned, "call/change/")).content.decode()
    assert "steps_finished" in again


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title_zh": "", "title_en": ""}, "title"),
        ({"text_zh": "", "text_en": ""}, "This is needed."),
        ({"comes": "clock"}, "time it comes"),
        ({"comes": "moment"}, "after what"),
        ({"delay": "soon"}, "no length of time"),
        ({"a0_within": ""}, "within what time"),
        ({"when_text": "deaths > 3"}, "no condition"),
        ({"when_text": '{fact = "deaths"}'}, "no operator"),
        ({"when_text": '{fact = "no-such-fact", eq = 1}'}, "no-such-fact"),
        ({"to": "", "to_other": "nobody-there"}, "nobody-there"),
        ({"title_en": "x\x00y"}, "Null characters"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    planned: Exercise, trainer: Client, wrong: dict[str, str], said: str
) -> None:
    answer = trainer.post(at(planned, "add/call/"), CALL | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert "A reporter" in page
    assert "call" not in injects(planned)


def test_more_rows_keep_what_was_typed(planned: Exercise, trainer: Client) -> None:
    page = trainer.post(at(planned, "add/call/"), CALL | {"more": "actions"}).content.decode()
    assert 'name="a2_title_en"' in page
    assert "Is anybody hurt?" in page
    assert "call" not in injects(planned)


def test_a_copy_and_its_removal(planned: Exercise, trainer: Client) -> None:
    answer = trainer.post(at(planned, "smell/copy/"))
    assert answer["Location"].endswith("/injects/smell-2/change/")
    assert injects(planned)["smell-2"]["expects"][0]["id"] == "alarm-raised-2"
    trainer.post(at(planned, "smell-2/remove/"))
    assert "smell-2" not in injects(planned)
    assert changes(planned) == [("smell-2", "copied"), ("smell-2", "removed")]


def test_an_inject_that_others_wait_for_stays(planned: Exercise, trainer: Client) -> None:
    trainer.post(at(planned, "add/call/"), CALL | {"after": ["smell"]})
    answer = trainer.post(at(planned, "smell/remove/"))
    assert answer.status_code == 409
    assert "cannot be removed" in answer.content.decode()
    assert "smell" in injects(planned)


def test_two_who_change_the_same_inject_are_told(planned: Exercise, trainer: Client) -> None:
    form = trainer.get(at(planned, "hurt/change/"))
    posted = {"title_en": "Four are hurt", "type": "expected", "comes": "startex", "delay": "10", "total": "4"}
    posted |= {"severity": "serious_injured", "facts_rows": "0", "actions_rows": "1", "was": form.context["was"]}
    assert trainer.post(at(planned, "hurt/change/"), posted).status_code == 302
    second = trainer.post(at(planned, "hurt/change/"), posted | {"total": "5"})
    assert second.status_code == 422
    assert "just changed" in second.content.decode()
    assert injects(planned)["hurt"]["total"] == 4


def test_injects_are_copied_from_the_library(planned: Exercise, trainer: Client) -> None:
    page = trainer.get(at(planned, "library/?from=binhai-kitchen-fire")).content.decode()
    assert "A parent calls" in page
    answer = trainer.post(
        at(planned, "library/?from=binhai-kitchen-fire"),
        {"injects": ["parent", "smoke"], "to": "commander"},
        follow=True,
    )
    assert "parent, smoke" in answer.content.decode()
    assert injects(planned)["smoke"]["to"] == "commander"
    assert trainer.post(at(planned, "library/?from=binhai-kitchen-fire"), {"to": "commander"}).status_code == 422


def test_a_script_is_written_from_nothing(cast: Town, trainer: Client) -> None:
    form = trainer.get("/exercises/write/").context["form"]
    version = form.fields["plan_version"].choices[0][0]
    posted = {"plan_version": version, "title_en": "From nothing", "type": "tabletop", "at_most": "2h"}
    answer = trainer.post("/exercises/write/", posted, follow=True)
    assert "There are no injects yet." in answer.content.decode()
    row = Exercise.objects.get()
    assert trainer.post(at(row, "add/call/"), CALL).status_code == 302
    assert list(injects(row)) == ["call"]


def test_once_it_has_begun_nothing_is_written(planned: Exercise, trainer: Client) -> None:
    leading.start_exercise(by=None, now=clock.now(), exercise=planned)
    assert trainer.get(at(planned, "add/call/")).status_code == 404
    answer = trainer.post(at(planned, "add/call/"), CALL)
    assert answer.status_code == 422
    assert "begun" in answer.content.decode()
    assert "A reporter" in answer.content.decode()


def test_who_does_not_lead_it_finds_no_such_page(planned: Exercise, cast: Town) -> None:
    for name in ("observer", "stranger"):
        browser = english(cast.users[name])
        for rest in ("add/", "add/call/", "smell/change/", "smell/copy/", "smell/remove/", "library/"):
            assert browser.get(at(planned, rest)).status_code in (403, 404)
            assert browser.post(at(planned, rest), CALL).status_code in (403, 404)


def test_a_rehearsal_shows_what_would_be_sent_and_leaves_nothing_behind(planned: Exercise, trainer: Client) -> None:
    kept = (Message.objects.count(), Run.objects.count(), LogEntry.objects.count())
    page = trainer.get(f"/exercises/{planned.pk}/rehearsal/").content.decode()
    assert "There is a sharp smell" in page
    assert "not enrolled" in page
    assert "a controller fires it by hand" in page
    alone = trainer.get(f"/exercises/{planned.pk}/rehearsal/?inject=hurt&seed=3").content.decode()
    assert "Three are poisoned." in alone
    assert (Message.objects.count(), Run.objects.count(), LogEntry.objects.count()) == kept
    assert trainer.get(f"/exercises/{planned.pk}/rehearsal/?inject=none").status_code == 404


def test_who_must_not_know_the_script_sees_no_rehearsal(planned: Exercise, cast: Town) -> None:
    assert english(cast.users["observer"]).get(f"/exercises/{planned.pk}/rehearsal/").status_code == 404
