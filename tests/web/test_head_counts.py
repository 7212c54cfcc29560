"""Head-counts on pages: the principal's board and the teacher's telephone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.actions.test_head_counts import school
from tests.actions.town import Town
from tests.built_once import A_MINUTE, built_once
from tests.web.test_exercises import text
from youbei.actions import clock
from youbei.actions.exercises import head_counts
from youbei.engine.events import iso
from youbei.records.models import HeadCount, HeadCountReport, Organisation

__all__ = ["school"]


@built_once
def town(cast: Town) -> Town:
    return cast


@built_once(fresh_for=A_MINUTE)
def counting(cast: Town, school: Organisation) -> HeadCount:
    now = clock.now() - timedelta(minutes=5)
    row = head_counts.prepare_head_count(by=None, now=now, organisation=school, title="November")
    return head_counts.sound_alarm(by=None, now=now, head_count=row)


@built_once(fresh_for=A_MINUTE)
def word(school: Organisation) -> str:
    return head_counts.link_of(by=None, now=clock.now(), organisation=school)


def key_of(row: HeadCount) -> str:
    return row.groups.all()[0].key


def test_it_is_prepared_filled_in_and_begun(cast: Town, school: Organisation, trainer: Client) -> None:
    data = {"organisation": "town-school", "title": "November", "target": "180"}
    page = trainer.post("/head-counts/new/", data, follow=True).content.decode()
    row = HeadCount.objects.get()
    assert "/h/" in page
    group = row.groups.all()[0]
    trainer.post(f"/head-counts/{row.pk}/absent/", {f"enrolled-{group.pk}": "30", f"absent-{group.pk}": "2"})
    group.refresh_from_db()
    assert group.expected == 28
    trainer.post(f"/head-counts/{row.pk}/alarm/")
    assert "not heard of yet" in text(trainer, f"/head-counts/{row.pk}/")


def test_more_absent_than_enrolled_is_refused_and_stays_typed(counting: HeadCount, trainer: Client) -> None:
    group = counting.groups.all()[0]
    answer = trainer.post(
        f"/head-counts/{counting.pk}/absent/", {f"enrolled-{group.pk}": "30", f"absent-{group.pk}": "31"}
    )
    assert answer.status_code == 409
    assert 'value="31"' in answer.content.decode()


def test_a_teacher_without_account_or_script_reports_at_one_touch(counting: HeadCount, word: str) -> None:
    teacher = Client(headers={"accept-language": "en"})
    assert "Which class do you count?" in text(teacher, f"/h/{word}/")
    page = text(teacher, f"/h/{word}/{key_of(counting)}/")
    assert "All 30 are here" in page
    teacher.post(f"/h/{word}/{key_of(counting)}/", {"counted": "30", "missing": "0", "mark": "m"})
    assert counting.groups.all()[0].counted == 30


def test_what_the_telephone_kept_comes_with_its_time_and_once(counting: HeadCount, word: str) -> None:
    teacher = Client(enforce_csrf_checks=True, headers={"X-Youbei-Outbox": "1"})
    assert counting.alarm_at is not None
    sent = {"counted": "29", "missing": "1", "mark": "m", "at": iso(counting.alarm_at + timedelta(seconds=80))}
    for _ in range(2):
        assert teacher.post(f"/h/{word}/{key_of(counting)}/", sent).status_code == 200
    report = HeadCountReport.objects.get()
    assert report.stated_at == counting.alarm_at + timedelta(seconds=80)


def test_without_an_alarm_the_telephone_is_told_so(school: Organisation, word: str) -> None:
    teacher = Client(headers={"accept-language": "en", "X-Youbei-Outbox": "1"})
    answer = teacher.post(f"/h/{word}/staff/", {"counted": "3", "missing": "0"})
    assert answer.status_code == 409
    assert "No head-count goes on" in answer.content.decode()


@pytest.mark.parametrize("wrong", ["1-00000000000000000000000000000000", "x", "99999999999999999999-a", "-"])
def test_a_wrong_link_is_nothing(counting: HeadCount, wrong: str) -> None:
    assert Client().get(f"/h/{wrong}/").status_code == 404
    assert Client().post(f"/h/{wrong}/staff/", {"counted": "1"}).status_code == 404


@pytest.mark.parametrize("sent", [{}, {"counted": "x"}, {"counted": "-1"}, {"counted": "30", "at": "yesterday"}])
def test_nonsense_never_breaks_it(counting: HeadCount, word: str, sent: dict[str, str]) -> None:
    answer = Client().post(f"/h/{word}/{key_of(counting)}/", sent)
    assert answer.status_code in (302, 409)


def test_the_script_for_offline_use_is_a_script(db: None) -> None:
    answer = Client().get("/h/offline.js")
    assert answer["Content-Type"].startswith("text/javascript")


def test_a_count_is_called_in_to_the_principal(counting: HeadCount, trainer: Client) -> None:
    trainer.post(
        f"/head-counts/{counting.pk}/groups/{key_of(counting)}/", {"counted": "29", "missing": "1", "found": "0"}
    )
    page = text(trainer, f"/head-counts/{counting.pk}/")
    assert "panel-late" in page
    trainer.post(f"/head-counts/{counting.pk}/end/")
    assert "Schools compared" in text(trainer, "/head-counts/schools/")
    assert "Town school" in text(trainer, "/head-counts/schools/")
