"""Who is told of what falls due: the unit before and after, its superiors when it is late, once for each step."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.built_once import built_once
from tests.web.conftest import client_of, user_with
from youbei import content
from youbei.actions import clock, due
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.records.models import DueStep, DueUnit, LogEntry, Message, Organisation, Team, TeamReview
from youbei.records.reports.due import DueFilters, due_counts, due_page

REGISTERS = content.registers()
NOW = datetime(2026, 11, 1, 1, tzinfo=UTC)
TODAY = date(2026, 11, 1)


def save(name: str, **values: Any) -> Any:
    return save_record(register=REGISTERS[name], values=values, by=None, now=NOW - timedelta(days=100))


def insured(code: str, unit: str, until: date | None) -> Any:
    values = {"kind": "professional", "turn_out_min": 5, "lat": 34.6, "lon": 119.2}
    return save("team", code=code, name_zh=f"队{code}", organisation=unit, insured_until=until, **values)


@built_once
def bureau() -> Organisation:
    made: Organisation = save("organisation", code="bureau", name_zh="局", kind="bureau", email="bureau@city.example")
    save("organisation", code="park", name_zh="园区", kind="park", parent="bureau", email="park@city.example")
    save("organisation", code="works", name_zh="化工厂", kind="enterprise", parent="park", email="works@city.example")
    return made


def look_on(day: date) -> None:
    at = datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
    while due.tell_what_falls_due(at):
        pass


def mails() -> list[tuple[str, str]]:
    return [(row.address, row.subject_en) for row in Message.objects.order_by("id")]


def test_the_unit_is_told_before_and_after_and_then_it_climbs(bureau: Organisation) -> None:
    insured("t1", "works", TODAY + timedelta(days=40))
    for offset in range(80):
        look_on(TODAY + timedelta(days=offset))
        look_on(TODAY + timedelta(days=offset))
    due_on = TODAY + timedelta(days=40)
    assert [(row.step, row.taken_at.date() - due_on) for row in DueStep.objects.order_by("id")] == [
        ("ahead:30", timedelta(days=-30)),
        ("ahead:7", timedelta(days=-7)),
        ("ahead:1", timedelta(days=-1)),
        ("late:1", timedelta(days=1)),
        ("climb:1", timedelta(days=3)),
        ("climb:2", timedelta(days=14)),
    ]
    assert [address for address, _ in mails()] == [
        *["works@city.example"] * 4, "park@city.example", "bureau@city.example",
    ]  # fmt: skip
    assert LogEntry.objects.filter(kind="due.told").count() == 6


def test_what_is_renewed_is_quiet_until_its_new_day(bureau: Organisation) -> None:
    team = insured("t1", "works", TODAY + timedelta(days=5))
    look_on(TODAY)
    Team.objects.filter(pk=team.pk).update(insured_until=TODAY + timedelta(days=400))
    for offset in range(1, 300, 10):
        look_on(TODAY + timedelta(days=offset))
    assert len(mails()) == 1
    look_on(TODAY + timedelta(days=371))
    assert len(mails()) == 2


def test_many_things_of_a_unit_are_one_message_and_those_missed_are_told_once(bureau: Organisation) -> None:
    for number in range(5):
        insured(f"t{number}", "works", TODAY - timedelta(days=5))
    look_on(TODAY)
    assert [address for address, _ in mails()] == ["works@city.example", "park@city.example"]
    body = Message.objects.order_by("id")[0].body_zh
    assert "5 项" in body
    assert "逾期 5 项" in body
    assert "/registers/due/?unit=works" in body


def test_a_crash_between_message_and_note_leaves_neither_and_the_next_look_tells_once(
    bureau: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    insured("t1", "works", TODAY + timedelta(days=5))
    write_down = due.write_down

    def crash(*_args: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(due, "write_down", crash)
    with pytest.raises(MemoryError):
        look_on(TODAY)
    assert (mails(), DueStep.objects.count()) == ([], 0)
    monkeypatch.setattr(due, "write_down", write_down)
    look_on(TODAY)
    look_on(TODAY)
    assert len(mails()) == 1


def test_a_crash_while_the_day_is_laid_out_leaves_it_to_be_laid_out_again(
    bureau: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    insured("t1", "works", TODAY + timedelta(days=5))

    def crash(*_args: Any) -> list[str]:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(due, "within_reach", crash)
        with pytest.raises(MemoryError):
            look_on(TODAY)
    assert DueUnit.objects.count() == 0
    look_on(TODAY)
    assert len(mails()) == 1


def test_only_the_last_review_counts_and_a_re_evaluation_takes_the_place_of_the_evaluation(
    bureau: Organisation,
) -> None:
    team = insured("t1", "works", None)
    for kind, held, next_on in (
        ("evaluation", TODAY - timedelta(days=400), TODAY - timedelta(days=35)),
        ("re_evaluation", TODAY - timedelta(days=20), TODAY + timedelta(days=10)),
        ("grading", TODAY - timedelta(days=900), TODAY - timedelta(days=2)),
    ):
        TeamReview.objects.create(
            team=team, org_path=team.org_path, kind=kind, held_on=held, held_by="局", result="passed",
            next_due_on=next_on,
        )  # fmt: skip
    user = user_with(Role.OBSERVER, bureau, name="reader")
    page = due_page(user, today=TODAY, now=NOW, filters=DueFilters())
    assert [(row.due_on, row.days) for row in page.rows] == [
        (TODAY - timedelta(days=2), -2), (TODAY + timedelta(days=10), 10),
    ]  # fmt: skip
    counts = due_counts(user, today=TODAY)
    assert (counts.late.number, counts.soon.number) == (1, 1)


def test_pages_of_what_falls_due_show_everything_once_in_order(bureau: Organisation) -> None:
    for number in range(7):
        insured(f"t{number}", "works", TODAY + timedelta(days=number % 3 - 1))
        Team.objects.filter(code=f"t{number}").update(grade_until=TODAY + timedelta(days=number % 2))
    user = user_with(Role.OBSERVER, bureau, name="reader")
    seen: list[Any] = []
    cursor = None
    for _turn in range(20):
        page = due_page(user, today=TODAY, now=NOW, filters=DueFilters(), cursor=cursor, size=3)
        seen += [(row.due_on, row.kind.code, row.pk) for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == 14
    assert seen == sorted(set(seen))


def browser_of(unit: Organisation, name: str) -> Client:
    return client_of(user_with(Role.OBSERVER, unit, name=name))


def test_the_page_and_the_home_show_what_is_late_to_who_may_see_it(bureau: Organisation) -> None:
    insured("t1", "works", clock.now().date() - timedelta(days=9))
    stranger = save("organisation", code="other", name_zh="邻县", kind="bureau")
    above, neighbour = browser_of(bureau, "above"), browser_of(stranger, "neighbour")
    page = above.get("/registers/due/?state=late").content.decode()
    assert "队t1" in page
    assert "days late" in page
    assert "队t1" not in neighbour.get("/registers/due/?unit=works").content.decode()
    assert "Falls due in the registers" in above.get("/").content.decode()
    assert "Falls due in the registers" not in neighbour.get("/").content.decode()
    assert above.get("/registers/due/?kind=dragons&state=x&unit=nowhere").status_code == 200
