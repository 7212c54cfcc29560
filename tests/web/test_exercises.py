"""The pages of exercises: planned, led and looked at."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.actions.town import Town, report_leak
from tests.web.conftest import SCRIPT, english
from youbei.actions import clock
from youbei.actions.exercises import keeping, leading
from youbei.engine.text import Text
from youbei.records.models import Exercise


@pytest.fixture
def observer(cast: Town) -> Client:
    return english(cast.users["observer"])


def text(browser: Client, address: str, status: int = 200) -> str:
    answer = browser.get(address)
    assert answer.status_code == status, address
    return str(answer.content.decode())


def test_a_file_becomes_an_exercise_of_the_plan(cast: Town, trainer: Client) -> None:
    file = SimpleUploadedFile("leak.toml", SCRIPT.encode())
    answer = trainer.post("/exercises/import/", {"file": file, "is_announced": "on"}, follow=True)
    page = answer.content.decode()
    assert "Town leak exercise" in page
    assert "Begin (StartEx)" in page
    assert Exercise.objects.get().is_announced


def test_a_broken_file_is_refused_with_the_place(cast: Town, trainer: Client) -> None:
    file = SimpleUploadedFile("leak.toml", SCRIPT.replace('kind = "call"', 'kind = "cal"').encode())
    answer = trainer.post("/exercises/import/", {"file": file})
    assert answer.status_code == 409
    assert "cal" in answer.content.decode()
    assert not Exercise.objects.exists()


def test_the_library_offers_what_a_stored_plan_allows(cast: Town, trainer: Client) -> None:
    page = text(trainer, "/exercises/library/")
    assert "binhai-primary-evacuation" in page
    assert "Import the plan that it tests first." in page


def test_the_injects_stand_in_a_grid_and_over_time(planned: Exercise, trainer: Client) -> None:
    page = text(trainer, f"/exercises/{planned.pk}/injects/")
    assert "The duty room gets a call" in page
    assert "09:10" in page
    assert "by the controller" in page
    assert "chart-svg" in page


def test_the_workbook_goes_out_and_comes_back_the_same(planned: Exercise, trainer: Client) -> None:
    book = trainer.get(f"/exercises/{planned.pk}/msel.xlsx").content
    file = SimpleUploadedFile("msel.xlsx", book)
    answer = trainer.post(f"/exercises/{planned.pk}/revise/", {"file": file})
    assert answer.status_code == 302
    digest = planned.digest
    planned.refresh_from_db()
    assert planned.digest == digest


def test_who_only_looks_does_not_see_the_injects(planned: Exercise, observer: Client) -> None:
    assert "Injects" not in text(observer, f"/exercises/{planned.pk}/")
    text(observer, f"/exercises/{planned.pk}/injects/", 404)
    text(observer, f"/exercises/{planned.pk}/msel.xlsx", 404)


def test_one_without_notice_is_hidden_until_it_begins(cast: Town, planned: Exercise, observer: Client) -> None:
    Exercise.objects.update(is_announced=False)
    assert "Town leak" not in text(observer, "/exercises/")
    text(observer, f"/exercises/{planned.pk}/", 404)
    leading.start_exercise(by=None, now=clock.now(), exercise=planned)
    assert "Town leak" in text(observer, "/exercises/")


def test_it_is_begun_watched_and_ended_from_its_page(planned: Exercise, trainer: Client) -> None:
    trainer.post(f"/exercises/{planned.pk}/start/")
    page = text(trainer, f"/exercises/{planned.pk}/")
    assert "演练 EXERCISE" in page
    assert "End (EndEx)" in page
    planned.refresh_from_db()
    board = text(trainer, f"/runs/{planned.run_id}/")
    assert "演练 EXERCISE" in board
    trainer.post(f"/exercises/{planned.pk}/end/", {"reason": "enough"})
    measures = text(trainer, f"/exercises/{planned.pk}/measures/")
    assert "missed" in measures
    assert "Time to activate" in measures


def test_a_line_that_is_none_keeps_what_was_typed(planned: Exercise, trainer: Client) -> None:
    answer = trainer.post(f"/exercises/{planned.pk}/enrol/", {"participants": "town-emb boss"})
    assert answer.status_code == 422
    assert "town-emb boss" in answer.content.decode()
    assert "Line 1" in answer.content.decode()
    trainer.post(f"/exercises/{planned.pk}/enrol/", {"participants": "town-emb player\nperson:zhou evaluator"})
    assert planned.participants.count() == 2


def test_a_drill_needs_no_script(cast: Town, trainer: Client) -> None:
    answer = trainer.post("/exercises/new/", {"organisation": "town-emb", "title": "Monthly"}, follow=True)
    assert "Monthly" in answer.content.decode()
    row = Exercise.objects.get()
    trainer.post(f"/exercises/{row.pk}/start/")
    row.refresh_from_db()
    assert row.status == "running"


def test_the_log_calls_an_exercise_by_its_title_unless_it_comes_without_notice(cast: Town, trainer: Client) -> None:
    for en, is_announced in (("Monthly evacuation", True), ("Night of surprise", False)):
        title = Text("疏散演练", en)
        keeping.plan_drill(by=None, now=clock.now(), organisation=cast.bureau, title=title, is_announced=is_announced)
    page = text(english(cast.users["director"]), "/log/")
    assert "Monthly evacuation" in page
    assert "Night of surprise" not in page


def test_what_holds_it_back_stands_on_its_page_and_only_who_may_override_is_asked_why(
    cast: Town, planned: Exercise, trainer: Client
) -> None:
    report_leak(cast, clock.now(), organisation=planned.organisation)
    page, start = f"/exercises/{planned.pk}/", f"/exercises/{planned.pk}/start/"
    assert "Something holds this exercise back" in text(trainer, page)
    assert "is not closed" in text(trainer, start)
    assert "override" not in text(trainer, start)
    refused = trainer.post(start, {"override": "I want to"})
    assert refused.status_code == 409
    assert "The exercise does not begin" in refused.content.decode()
    admin = english(cast.users["admin"])
    assert 'name="override"' in text(admin, start)
    assert admin.post(start, {"override": ""}).status_code == 409
    assert admin.post(start, {"override": "The leak is of last week"}).status_code == 302
    planned.refresh_from_db()
    assert planned.status == "running"


def test_the_safety_plan_is_written_on_its_page_and_comes_back_the_same_from_file_and_workbook(
    cast: Town, planned: Exercise, trainer: Client
) -> None:
    page, form = f"/exercises/{planned.pk}/", f"/exercises/{planned.pk}/safety/"
    written = {"text_zh": "口令：演练中止", "text_en": "The word is: Stop", "breaks_on": "report", "level": "2"}
    for wrong in ({"breaks_on": "rumour"}, {"level": "5"}):
        assert trainer.post(form, {**written, **wrong}).status_code == 422
    assert trainer.post(form, written).status_code == 302
    assert "The word is: Stop" in text(trainer, page)
    assert 'value="report" selected' in text(trainer, form)
    planned.refresh_from_db()
    digest, safety = planned.digest, (planned.data or {})["safety"]
    assert safety == {"text": {"zh": "口令：演练中止", "en": "The word is: Stop"}, "breaks_on": "report", "level": 2}
    for name in ("export.toml", "export.json", "msel.xlsx"):
        file = SimpleUploadedFile(name, trainer.get(f"{page}{name}").content)
        assert trainer.post(f"{page}revise/", {"file": file}).status_code == 302, name
        planned.refresh_from_db()
        assert planned.digest == digest, name
    trainer.post(f"{page}start/")
    assert trainer.post(form, written).status_code == 409
    player = english(cast.users["observer"])
    assert "The word is: Stop" in text(player, page)
