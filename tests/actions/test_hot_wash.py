"""A hot wash: asked when the exercise is over, answered once, and anonymous where it says so."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.actions.test_exercises import SCRIPT
from tests.actions.town import NOW, Town, report_leak, store_plan
from tests.built_once import built_once
from youbei.actions.exercises import enrolling, hot_wash, keeping, leading
from youbei.actions.exercises.hot_wash import Asking
from youbei.actions.exercises.hot_wash_after import open_due, set_hot_wash
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.engine.exercises.read import read_exercise
from youbei.engine.exercises.report import Layout
from youbei.records.log import read_stream
from youbei.records.models import Exercise, HotWash, HotWashAnswer, LogEntry, Message, PlanVersion
from youbei.records.reports.after_action import run_after_action
from youbei.records.reports.hot_wash import hot_wash_result, people_enrolled, who_answered

NAME = "张三 Zhang San"


@built_once
def over(town: Town) -> Exercise:
    store_plan(town)
    by = town.users["trainer"]
    row = keeping.plan_exercise(by=by, now=NOW, script=read_exercise(SCRIPT))
    people = [(f"person:{town.director.code}", "player", ""), (f"person:{town.officer.code}", "player", "")]
    enrolling.enrol(by=by, now=NOW, exercise=row, participants=people)
    leading.start_exercise(by=by, now=NOW, exercise=row)
    return leading.end_exercise(by=by, now=NOW + timedelta(hours=1), exercise=row, reason="done")


def opened(town: Town, row: Exercise, **how: Any) -> HotWash:
    asking = Asking("short", how.pop("asked", 4), **how)
    return hot_wash.open_hot_wash(by=town.users["trainer"], now=NOW, exercise=row, asking=asking)


def say(wash: HotWash, mark: str, **given: Any) -> None:
    hot_wash.answer(wash=wash, given=given or {"told": "4"}, mark=mark, name=NAME, now=NOW)


def test_nobody_is_asked_before_the_exercise_is_over(town: Town, stored: PlanVersion) -> None:
    row = keeping.plan_exercise(by=None, now=NOW, script=read_exercise(SCRIPT))
    with pytest.raises(Refused, match="not over yet"):
        opened(town, row)


def test_only_who_leads_exercises_asks(town: Town, over: Exercise) -> None:
    for who, refusal in (("observer", NotAllowed), ("stranger", NotFound)):
        with pytest.raises(refusal):
            hot_wash.open_hot_wash(by=town.users[who], now=NOW, exercise=over, asking=Asking("short", 4))


def test_those_enrolled_get_the_link_stamped_as_exercise(town: Town, over: Exercise) -> None:
    wash = opened(town, over)
    assert people_enrolled(over) == 2
    sent = Message.objects.filter(key__startswith="hotwash:")
    assert {one.status for one in sent} == {"queued"}
    assert len(sent) == 2
    for one in sent:
        assert f"/w/{hot_wash.word_of(wash)}/" in one.body_en
        assert "[EXERCISE]" in one.subject_en


def test_an_anonymous_answer_leaves_no_trace_of_who_gave_it(town: Town, over: Exercise) -> None:
    wash = opened(town, over)
    entries = LogEntry.objects.count()
    say(wash, "m1", told="2", change="radios")
    (row,) = HotWashAnswer.objects.all()
    assert (row.said_by, row.answers) == ("", {"told": 2, "change": "radios"})
    assert {field.name for field in HotWashAnswer._meta.get_fields()} == {
        "id",
        "hot_wash",
        "mark",
        "answers",
        "said_by",
    }
    assert LogEntry.objects.count() == entries
    assert who_answered(wash) == []


def test_by_name_it_says_who_has_answered(town: Town, over: Exercise) -> None:
    wash = opened(town, over, is_anonymous=False)
    say(wash, "m1")
    assert who_answered(wash) == [NAME]
    with pytest.raises(Refused, match="by name"):
        hot_wash.answer(wash=wash, given={"told": "4"}, mark="m2", name=" ", now=NOW)


def test_one_sent_twice_counts_once_and_the_later_stands(town: Town, over: Exercise) -> None:
    wash = opened(town, over)
    say(wash, "m1", told="2")
    say(wash, "m1", told="5")
    assert HotWashAnswer.objects.get().answers == {"told": 5}


def test_an_empty_answer_is_refused(town: Town, over: Exercise) -> None:
    with pytest.raises(Refused, match="Nothing is answered"):
        say(opened(town, over), "m1", other="x")


def test_a_link_that_got_about_is_stopped(town: Town, over: Exercise) -> None:
    wash = opened(town, over, asked=1)
    for number in range(22):
        say(wash, f"m{number}")
    with pytest.raises(Refused, match="got about"):
        say(wash, "one more")


def test_a_wrong_word_is_a_link_that_never_was(town: Town, over: Exercise) -> None:
    wash = opened(town, over)
    word = hot_wash.word_of(wash)
    assert hot_wash.wash_behind(word) == wash
    for wrong in ("", "x", word[:-1] + ("0" if word[-1] != "0" else "1"), f"{wash.pk.hex}-", f"{wash.pk.hex}-é"):
        with pytest.raises(NotFound):
            hot_wash.wash_behind(wrong)


def test_closed_it_takes_nothing_more_and_the_log_holds_the_digest(town: Town, over: Exercise) -> None:
    wash = opened(town, over)
    say(wash, "m1")
    wash = hot_wash.close_hot_wash(by=town.users["trainer"], now=NOW, exercise=over)
    again = hot_wash.close_hot_wash(by=town.users["trainer"], now=NOW + timedelta(hours=1), exercise=over)
    told = [event for event in read_stream(over.stream) if event.kind == "hotwash.closed"]
    assert [one.data for one in told] == [{"asked": 4, "answered": 1, "digest": wash.digest}]
    assert again.closed_at == wash.closed_at
    with pytest.raises(Refused, match="closed"):
        say(wash, "m2")


def test_it_closes_by_itself_when_its_time_is_over(town: Town, over: Exercise) -> None:
    wash = opened(town, over, days=1)
    hot_wash.close_due(NOW + timedelta(hours=23))
    wash.refresh_from_db()
    assert wash.closed_at is None
    hot_wash.close_due(NOW + timedelta(days=1))
    wash.refresh_from_db()
    assert wash.closed_at == NOW + timedelta(days=1)


def test_the_report_says_how_participants_saw_it_apart_from_the_ratings(town: Town, over: Exercise) -> None:
    wash = opened(town, over)
    for number in range(3):
        say(wash, f"m{number}", told="4", change="radios")
    assert over.run is not None
    before = hot_wash_result(wash)
    for layout in Layout:
        section = run_after_action(over.run, layout).sections[-1]
        assert section.title.zh == "参演人员的看法"
        assert "4 were asked, 3 answered (75%)" in section.paragraphs[0].en
    assert before.percent == 75


def test_the_number_of_those_asked_can_be_put_right_and_the_log_says_so(town: Town, over: Exercise) -> None:
    opened(town, over)
    wash = hot_wash.set_asked(by=town.users["trainer"], now=NOW, exercise=over, asked=400)
    assert hot_wash_result(wash).asked == 400
    told = [event.data for event in read_stream(over.stream) if event.kind == "hotwash.changed"]
    assert told == [{"asked": 400, "was": 4}]
    with pytest.raises(Refused):
        hot_wash.set_asked(by=town.users["trainer"], now=NOW, exercise=over, asked=0)


def test_what_was_asked_stays_what_was_asked(town: Town, over: Exercise) -> None:
    wash = opened(town, over)
    assert json.loads(json.dumps(wash.questions))[0]["id"] == "told"


def test_it_opens_by_itself_at_endex_where_the_exercise_says_so(town: Town) -> None:
    store_plan(town)
    by = town.users["trainer"]
    row = keeping.plan_exercise(by=by, now=NOW, script=read_exercise(SCRIPT))
    enrolling.enrol(by=by, now=NOW, exercise=row, participants=[(f"person:{town.officer.code}", "player", "")])
    with pytest.raises(Refused, match="no such questionnaire"):
        set_hot_wash(by=by, now=NOW, exercise=row, questionnaire="none")
    set_hot_wash(by=by, now=NOW, exercise=row, questionnaire="short")
    leading.start_exercise(by=by, now=NOW, exercise=row)
    assert open_due(NOW) == 0
    leading.end_exercise(by=by, now=NOW + timedelta(hours=1), exercise=row, reason="done")
    assert [open_due(NOW), open_due(NOW)] == [1, 0]
    wash = HotWash.objects.get(exercise=row)
    assert (wash.questionnaire, wash.asked) == ("short", 1)
    assert Message.objects.filter(key__startswith="hotwash:").count() == 1


def test_it_stays_shut_where_nothing_is_said_or_something_real_broke_in(town: Town, over: Exercise) -> None:
    assert open_due(NOW) == 0
    Exercise.objects.filter(pk=over.pk).update(hot_wash_with="short", broken_off_for=report_leak(town))
    assert open_due(NOW) == 0
    assert not HotWash.objects.filter(exercise=over).exists()
    with pytest.raises(Refused, match="over already"):
        set_hot_wash(by=None, now=NOW, exercise=over, questionnaire="short")
