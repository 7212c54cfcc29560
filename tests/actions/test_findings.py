"""Findings: recorded once, settled whole, accepted by others, climbing when they are late."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.actions.town import NOW, Town
from tests.built_once import built_once
from youbei.actions import access, advance
from youbei.actions.findings import judging, moving, recording, telling
from youbei.actions.findings.exporting import export_findings
from youbei.actions.findings.recording import Wrong, record_finding
from youbei.engine.access import Role
from youbei.engine.duties_apart import SamePerson
from youbei.engine.errors import NotAllowed, NotFound
from youbei.engine.findings.kinds import Element, FindingSeverity, Source, Treatment
from youbei.engine.findings.settlement import NotSettled, Settlement, Stage
from youbei.engine.text import Text
from youbei.records.models import Finding, LogEntry, Message, Organisation, PlanVersion, Run, User
from youbei.records.reports.findings import FindingFilters, finding_counts, finding_page
from youbei.records.reports.wrongs import run_wrongs

DAY = timedelta(days=1)


@built_once
def inspector(town: Town) -> User:
    return access.create_user(by=None, now=NOW, username="wei", grants=((Role.INSPECTOR, town.city),))


def pump(town: Town, now: datetime, **more: object) -> Finding:
    wrong = Wrong(Text("消防泵不能启动", "The fire pump does not start"), Source.INSPECTION, **more)  # type: ignore[arg-type]
    return record_finding(by=town.users["officer"], now=now, organisation=town.plant, wrong=wrong)


def cure(now: datetime, **more: object) -> Settlement:
    values: dict[str, object] = {
        "treatment": Treatment.NOW, "measures": "换电机", "responsible": "设备科", "funds": "2 万元",
        "due_on": now.date() + 7 * DAY, "interim_plan": "借用移动泵",
    }  # fmt: skip
    return Settlement(**{**values, **more})  # type: ignore[arg-type]


def test_whoever_reports_a_cure_does_not_accept_it(town: Town, now: datetime, inspector: User) -> None:
    row, chief = pump(town, now), town.users["director"]
    moving.settle(by=chief, now=now, finding=row, settlement=cure(now))
    moving.rectify(by=chief, now=now, finding=row, note="已换")
    with pytest.raises(SamePerson):
        judging.accept(by=chief, now=now, finding=row, note="好")
    with pytest.raises(NotAllowed):
        judging.accept(by=town.users["officer"], now=now, finding=row, note="好")
    done = judging.accept(by=inspector, now=now, finding=row, note="试泵三次均启动")
    assert (done.state, done.closed_at, done.deadline_on) == ("accepted", now, None)
    assert [one.act for one in done.moves.all()] == ["record", "settle", "rectify", "accept"]
    kinds = LogEntry.objects.filter(stream=row.stream).order_by("seq").values_list("kind", flat=True)
    assert list(kinds) == ["finding.recorded", *["finding.moved"] * 3]


def test_words_of_people_stand_in_the_history_and_not_in_the_log(town: Town, now: datetime) -> None:
    row = pump(town, now, detail="王五说的")
    moving.settle(by=town.users["officer"], now=now, finding=row, settlement=cure(now, responsible="王五"))
    assert "王五" not in "".join(LogEntry.objects.filter(stream=row.stream).values_list("data", flat=True))
    assert row.moves.get(act="settle").after["responsible"] == "王五"


def test_a_major_finding_is_not_settled_without_funds_and_interim_plan(town: Town, now: datetime) -> None:
    row = pump(town, now, severity=FindingSeverity.MAJOR)
    with pytest.raises(NotSettled, match="the funds, the interim plan"):
        moving.settle(by=town.users["officer"], now=now, finding=row, settlement=cure(now, funds="", interim_plan=" "))
    row.refresh_from_db()
    assert row.state == "open"


def test_a_cure_by_stages_is_reported_stage_by_stage(town: Town, now: datetime) -> None:
    row, by, today = pump(town, now), town.users["officer"], now.date()
    stages = (Stage("订货", today + DAY), Stage("安装", today + 5 * DAY))
    settled = moving.settle(
        by=by, now=now, finding=row, settlement=cure(now, treatment=Treatment.STAGES, stages=stages)
    )
    assert settled.deadline_on == today + DAY
    with pytest.raises(Exception, match="Stages are still open"):
        moving.rectify(by=by, now=now, finding=row, note="都好了")
    assert moving.report_stage(by=by, now=now, finding=row, number=1).deadline_on == today + 5 * DAY
    moving.report_stage(by=by, now=now, finding=row, number=2)
    assert moving.rectify(by=by, now=now, finding=row, note="装好了").state == "rectified"


def test_what_cannot_be_cured_is_tolerated_by_others_until_its_day(town: Town, now: datetime, inspector: User) -> None:
    row = pump(town, now)
    why = cure(now, treatment=Treatment.CANNOT, why_not="停产检修时才能换")
    moving.settle(by=town.users["officer"], now=now, finding=row, settlement=why)
    seen = judging.accept(by=inspector, now=now, finding=row, note="情况属实，措施有效")
    assert (seen.state, seen.deadline_on) == ("tolerated", now.date() + 7 * DAY)
    assert moving.reopen(by=inspector, now=now, finding=row, reason="已停产").doers == []


def test_a_late_finding_climbs_to_the_superiors_once(town: Town, now: datetime) -> None:
    row = pump(town, now, severity=FindingSeverity.MAJOR)
    for days in range(30):
        while telling.tell_of_findings(now + days * DAY):
            pass
    sent = Message.objects.filter(key__startswith=f"finding:{row.pk}:").order_by("pk")
    assert [(one.recipient, one.key.rsplit(":", 2)[-2:]) for one in sent] == [
        ("agency:town-plant", ["ahead", "3"]),
        ("agency:town-plant", ["ahead", "1"]),
        ("agency:town-plant", ["late", "1"]),
        ("agency:town-park", ["climb", "1"]),
        ("agency:town", ["climb", "2"]),
    ]
    row.refresh_from_db()
    assert (row.climbed, row.next_on) == (2, None)
    assert "逾期" in sent[3].subject_zh


def test_a_unit_that_is_no_more_is_passed_over_when_a_finding_climbs(town: Town, now: datetime) -> None:
    Organisation.objects.filter(pk=town.park.pk).update(retired_at=now)
    row = pump(town, now, severity=FindingSeverity.MAJOR)
    for days in range(30):
        while telling.tell_of_findings(now + days * DAY):
            pass
    sent = Message.objects.filter(key__startswith=f"finding:{row.pk}:", key__contains="climb").order_by("pk")
    assert [one.recipient for one in sent] == ["agency:town"]
    row.refresh_from_db()
    assert (row.climbed, row.next_on) == (1, None)


def test_a_finding_that_moves_on_gets_a_new_day_and_is_silent_until_then(town: Town, now: datetime) -> None:
    row = pump(town, now, severity=FindingSeverity.MAJOR)
    telling.tell_of_findings(now + 4 * DAY)
    later = now + 5 * DAY
    moving.settle(by=town.users["officer"], now=later, finding=row, settlement=cure(later))
    before = Message.objects.count()
    telling.tell_of_findings(later + 4 * DAY)
    assert Message.objects.count() == before + 1
    telling.tell_of_findings(later + 4 * DAY)
    assert Message.objects.count() == before + 1


def test_a_stranger_neither_sees_nor_touches_it(town: Town, now: datetime) -> None:
    wrong = Wrong(Text("甲", "A"), Source.REPORT)
    row = record_finding(by=town.users["officer"], now=now, organisation=town.bureau, wrong=wrong)
    with pytest.raises(NotFound):
        moving.settle(by=town.users["stranger"], now=now, finding=row, settlement=cure(now))
    with pytest.raises(NotFound):
        record_finding(by=town.users["stranger"], now=now, organisation=town.bureau, wrong=wrong)
    assert finding_page(town.users["stranger"], today=now.date()).rows == ()


def test_what_a_log_shows_is_recorded_once(town: Town, now: datetime, run: Run) -> None:
    advance.advance_run(run.pk, now + timedelta(hours=8))
    run.refresh_from_db()
    shown = run_wrongs(run)
    assert shown, "a run of which nobody takes care has late steps"
    wrong = Wrong(shown[0].shown.title, Source.INCIDENT, key=f"run:{run.pk}:{shown[0].shown.name}", run=run)
    by = town.users["officer"]
    first = record_finding(by=by, now=now, organisation=town.bureau, wrong=wrong)
    assert record_finding(by=by, now=now, organisation=town.bureau, wrong=wrong) == first
    assert run_wrongs(run)[0].finding == first.pk
    assert all(one.shown.seqs for one in shown)


def test_only_a_finding_of_planning_on_a_plan_asks_for_a_retest(town: Town, now: datetime, stored: PlanVersion) -> None:
    assert pump(town, now, plan_version=stored, element=Element.PLANNING).needs_retest
    assert not pump(town, now, plan_version=stored, element=Element.TRAINING).needs_retest
    row = pump(town, now, element=Element.PLANNING)
    assert not row.needs_retest


def test_corrections_keep_what_was_there_before(town: Town, now: datetime) -> None:
    row = pump(town, now)
    by = town.users["officer"]
    changed = recording.change_finding(by=by, now=now, finding=row, values={"severity": "major", "cause": "失修"})
    assert (changed.severity, changed.deadline_on) == ("major", now.date() + 3 * DAY)
    assert changed.moves.get(act="change").before == {"severity": "general", "cause": ""}


def test_the_list_is_narrowed_counted_and_paged(town: Town, now: datetime) -> None:
    rows = [pump(town, now, severity=FindingSeverity.MAJOR) for _ in range(5)] + [pump(town, now)]
    user, later = town.users["observer"], now.date() + 5 * DAY
    assert finding_counts(user, today=later) == {"active": 6, "late": 5, "waiting": 0, "closed": 0}
    page = finding_page(user, today=later, filters=FindingFilters(state="late"), size=3)
    assert [line.finding.pk for line in page.rows] == [row.pk for row in rows[:3]]
    rest = finding_page(user, today=later, filters=FindingFilters(state="late"), cursor=page.next_cursor, size=3)
    assert [line.finding.pk for line in rest.rows] == [row.pk for row in rows[3:5]]
    found = finding_page(user, today=later, filters=FindingFilters(text=f"#{rows[5].pk}", unit="town-park"))
    assert [line.finding.pk for line in found.rows] == [rows[5].pk]


def test_the_file_says_what_the_list_says_and_the_log_who_took_it(town: Town, now: datetime, inspector: User) -> None:
    row = pump(town, now, cause="=SUM(A1)")
    made = export_findings(by=inspector, now=now, form="csv", language="zh", filters=FindingFilters())
    text = b"".join(made.content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("问题号,单位,问题,")
    assert f"{row.pk},冷冻厂,消防泵不能启动" in text
    assert "'=SUM(A1)" in text
    assert LogEntry.objects.filter(kind="finding.exported").count() == 1
    with pytest.raises(NotAllowed):
        export_findings(by=town.users["observer"], now=now, form="csv", language="zh", filters=FindingFilters())
    book = export_findings(by=inspector, now=now, form="xlsx", language="en", filters=FindingFilters())
    assert b"".join(book.content)[:2] == b"PK"
