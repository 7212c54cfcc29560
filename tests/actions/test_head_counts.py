"""A school counts heads: also late, twice, without network, and by somebody without an account."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from tests.actions.town import NOW, Town
from tests.built_once import built_once
from youbei.actions.exercises import head_counts
from youbei.actions.exercises.head_counts import Count
from youbei.actions.registers.people import create_organisation
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.records.log import read_stream
from youbei.records.models import HeadCount, HeadCountReport, Organisation, SchoolClass
from youbei.records.reports.head_counts import head_count_detail, league


def seconds(number: float) -> datetime:
    return NOW + timedelta(seconds=number)


def count(here: int, missing: int = 0, *, at: float, found: int = 0, mark: str = "") -> Count:
    return Count(here, missing, seconds(at), mark or uuid4().hex, found)


@built_once
def school(town: Town) -> Organisation:
    unit = create_organisation(
        by=None, now=NOW, code="town-school", kind="school", name_zh="小城小学", name_en="Town school", parent=town.city
    )
    for number in (1, 2):
        SchoolClass.objects.create(
            organisation=unit, org_path=unit.path, code=f"class-{number}", name_zh=f"一年级{number}班", pupils=30
        )
    return unit


@built_once
def counting(town: Town, school: Organisation) -> HeadCount:
    row = head_counts.prepare_head_count(
        by=town.users["trainer"], now=NOW, organisation=school, title="November", target=timedelta(minutes=3)
    )
    return head_counts.sound_alarm(by=town.users["trainer"], now=NOW, head_count=row)


def keys(row: HeadCount) -> list[str]:
    return [group.key for group in row.groups.all()]


def report(row: HeadCount, key: str, given: Count, *, now: float | None = None) -> None:
    received = given.at if now is None else seconds(now)
    head_counts.report_group(by=None, now=received, head_count=row, key=key, count=given, via="link")


def test_there_is_a_group_for_each_class_the_staff_and_visitors(counting: HeadCount) -> None:
    assert keys(counting)[-2:] == ["staff", "visitors"]
    assert len(keys(counting)) == 4


def test_absentees_of_today_are_not_expected(town: Town, counting: HeadCount) -> None:
    first = counting.groups.all()[0]
    head_counts.set_numbers(by=town.users["trainer"], now=NOW, head_count=counting, numbers={first.pk: (30, 2)})
    report(counting, first.key, count(28, at=100))
    assert head_count_detail(counting).groups[-1].count.surplus == 0


def test_the_time_of_a_class_is_from_the_alarm_to_its_count(counting: HeadCount) -> None:
    one, two = keys(counting)[:2]
    report(counting, one, count(30, at=95))
    assert head_count_detail(counting).result.took is None
    report(counting, two, count(29, 1, at=170))
    counting.refresh_from_db()
    assert counting.took_s == 170
    assert head_count_detail(counting).result.missing == 1


def test_what_was_counted_without_network_keeps_its_time(counting: HeadCount) -> None:
    one = keys(counting)[0]
    report(counting, one, count(30, at=95), now=1800)
    assert next(g for g in head_count_detail(counting).groups if g.key == one).took == timedelta(seconds=95)


def test_the_same_report_sent_twice_is_one(counting: HeadCount) -> None:
    given = count(30, at=95, mark="m1")
    report(counting, keys(counting)[0], given)
    report(counting, keys(counting)[0], given, now=300)
    assert HeadCountReport.objects.count() == 1
    assert [event.kind for event in read_stream(counting.stream)].count("headcount.reported") == 1


def test_an_older_count_that_comes_in_late_does_not_undo_a_newer_one(counting: HeadCount) -> None:
    one = keys(counting)[0]
    report(counting, one, count(29, 1, at=200, found=1))
    report(counting, one, count(28, 2, at=100), now=400)
    shown = next(g for g in head_count_detail(counting).groups if g.key == one)
    assert (shown.count.counted, shown.count.still_missing) == (29, 0)
    assert HeadCountReport.objects.count() == 2


def test_nothing_is_reported_before_the_alarm(town: Town, school: Organisation) -> None:
    row = head_counts.prepare_head_count(by=None, now=NOW, organisation=school, title="x")
    with pytest.raises(Refused, match="alarm"):
        report(row, keys(row)[0], count(30, at=10))


def test_impossible_numbers_are_refused_and_nothing_is_kept(counting: HeadCount) -> None:
    with pytest.raises(Refused, match="cannot be"):
        report(counting, keys(counting)[0], count(30, 1, at=10, found=2))
    assert not HeadCountReport.objects.exists()


def test_names_of_the_missing_never_reach_the_log(counting: HeadCount) -> None:
    given = Count(29, 1, seconds(90), "m", note="王小明 没到")
    report(counting, keys(counting)[0], given)
    assert "王小明" in counting.groups.all()[0].note
    assert all("王小明" not in str(event.data) for event in read_stream(counting.stream))


def test_the_link_of_the_unit_opens_it_and_a_new_one_closes_the_old(town: Town, school: Organisation) -> None:
    word = head_counts.link_of(by=town.users["trainer"], now=NOW, organisation=school)
    assert head_counts.unit_behind(word) == school
    assert head_counts.link_of(by=town.users["trainer"], now=NOW, organisation=school) == word
    head_counts.link_of(by=town.users["trainer"], now=NOW, organisation=school, renew=True)
    for wrong in (word, f"{school.pk}-{'0' * 32}", "x", f"{school.pk}"):
        with pytest.raises(NotFound):
            head_counts.unit_behind(wrong)


def test_a_report_finds_the_head_count_of_its_time(town: Town, school: Organisation, counting: HeadCount) -> None:
    assert head_counts.present_count(school, seconds(50), seconds(50)) == counting
    head_counts.end_head_count(by=None, now=seconds(600), head_count=counting)
    assert head_counts.present_count(school, seconds(500), seconds(3600)) == counting
    assert head_counts.present_count(school, seconds(5000), seconds(5000)) is None
    assert head_counts.present_count(school, seconds(-600), NOW) is None


def test_only_who_leads_exercises_sounds_the_alarm(town: Town, school: Organisation) -> None:
    row = head_counts.prepare_head_count(by=None, now=NOW, organisation=school, title="x")
    with pytest.raises(NotAllowed):
        head_counts.sound_alarm(by=town.users["observer"], now=NOW, head_count=row)
    with pytest.raises(NotFound):
        head_counts.sound_alarm(by=town.users["stranger"], now=NOW, head_count=row)


def test_the_league_counts_schools_that_held_none_and_times_only_those_that_finished(
    town: Town, school: Organisation, counting: HeadCount
) -> None:
    create_organisation(
        by=None, now=NOW, code="idle", kind="school", name_zh="无练小学", name_en="Idle school", parent=town.city
    )
    one, two = keys(counting)[:2]
    report(counting, one, count(30, at=95))
    user = town.users["observer"]
    period = {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=1)}
    before = league(user, **period)
    assert (before.schools, before.held, before.complete) == (2, 1, 0)
    report(counting, two, count(30, at=170))
    after = league(user, **period)
    assert after.complete == 1
    assert after.rows[0].standing.median == timedelta(seconds=170)
    assert after.rows[1].standing.held == 0
