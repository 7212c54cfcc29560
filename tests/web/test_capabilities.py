"""Which capability was tested when, over several years, and for how long not."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from tests.actions.town import Town, report_leak
from tests.web.conftest import SCRIPT, english
from youbei.actions import clock
from youbei.actions.exercises import keeping
from youbei.engine.exercises.read import read_exercise
from youbei.records.models import Exercise
from youbei.records.reports.capabilities import capabilities_of

OTHER = SCRIPT.replace('zh = "信息报告", en = "Reporting"', 'zh = "现场救护", en = "First aid"')


def held(text: str, days_ago: int) -> Exercise:
    row = keeping.plan_exercise(by=None, now=clock.now(), script=read_exercise(text))
    Exercise.objects.filter(pk=row.pk).update(status="ended", started_at=clock.now() - timedelta(days=days_ago))
    return row


def test_what_was_never_tested_comes_first_then_the_longest_untested(cast: Town) -> None:
    held(SCRIPT, 400)
    held(SCRIPT, 30)
    planned = keeping.plan_exercise(
        by=None, now=clock.now(), script=read_exercise(OTHER), planned_at=clock.now() + timedelta(days=5)
    )
    found = capabilities_of(cast.bureau, cast.users["trainer"], clock.now())
    assert [(one.title.en, one.untested_days) for one in found.lines] == [("First aid", None), ("Reporting", 30)]
    assert found.lines[0].next is not None
    assert found.lines[0].next.exercise == planned.pk
    assert sum(done for done, _planned in found.lines[1].years) == 2


def test_one_that_was_broken_off_tested_nothing(cast: Town) -> None:
    row = held(SCRIPT, 10)
    incident = report_leak(cast)
    Exercise.objects.filter(pk=row.pk).update(broken_off_for=incident)
    (line,) = capabilities_of(cast.bureau, cast.users["trainer"], clock.now()).lines
    assert line.untested_days is None


def test_the_page_of_the_unit_says_it_and_hides_what_is_without_notice(cast: Town) -> None:
    held(SCRIPT, 30)
    hidden = keeping.plan_exercise(
        by=None, now=clock.now(), script=read_exercise(OTHER), planned_at=clock.now() + timedelta(days=5)
    )
    Exercise.objects.filter(pk=hidden.pk).update(is_announced=False)
    place = f"/exercises/programme/{cast.bureau.pk}/"

    def text(browser: Client) -> str:
        return browser.get(place).content.decode()

    assert "First aid" in text(english(cast.users["trainer"]))
    seen = text(english(cast.users["observer"]))
    assert "Reporting" in seen
    assert "First aid" not in seen
