"""Nobody holds the same post twice at one time, and what is entered as having happened has happened."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.actions.test_sheets import NOW, REGISTERS, applied, checked, done, save, sheet_of
from tests.built_once import built_once
from youbei.actions.registers.guards import GuardRefused
from youbei.actions.registers.holdings import HeldAlready
from youbei.actions.registers.keep import retire_record, revive_record
from youbei.actions.registers.people import hold_post
from youbei.actions.registers.save import save_record
from youbei.actions.sheets import checking
from youbei.actions.sheets.upload import undo_import
from youbei.engine.registers.parse import CellRefused
from youbei.records.models import Organisation, PostHolding

pytestmark = pytest.mark.django_db
HOLDING = REGISTERS["holding"]
HEADINGS = [HOLDING.field(name).title.zh for name in ("post", "person", "starts_at", "ends_at")]


@pytest.fixture(autouse=True)
def kept_in(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path


@built_once
def unit() -> Organisation:
    made: Organisation = save("organisation", code="city", name_zh="市", kind="government")
    for code in ("p1", "p2"):
        save("person", code=code, name_zh=f"人{code}", organisation="city")
    for code in ("head", "deputy"):
        save("post", code=code, name_zh=f"岗{code}", organisation="city", kind="office")
    return made


def at(month: int, day: int = 1) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


def hold(start: datetime, end: datetime | None, post: str = "head", person: str = "p1") -> PostHolding:
    made: PostHolding = save("holding", post=post, person=person, starts_at=start, ends_at=end)
    return made


@pytest.mark.parametrize(
    ("start", "end"),
    [(at(3), at(4)), (at(1), at(3, 2)), (at(5), None), (at(1), None), (at(1), at(12)), (at(3, 1), at(6))],
)
def test_a_second_holding_at_the_same_time_is_refused_and_names_the_first(
    unit: Organisation, start: datetime, end: datetime | None
) -> None:
    hold(at(3), at(6))
    if start == at(3):
        start += timedelta(hours=1)
    with pytest.raises(HeldAlready, match=r"holds 岗head already \(from 2026-03-01 08:00 until 2026-06-01 08:00\)"):
        hold(start, end)
    assert PostHolding.objects.count() == 1


def test_another_time_another_post_and_another_person_are_fine(unit: Organisation) -> None:
    first = hold(at(3), at(6))
    hold(at(6), at(7))
    hold(at(7, 2), None)
    hold(at(1), at(3))
    hold(at(3), at(6), post="deputy")
    hold(at(3), at(6), person="p2")
    with pytest.raises(HeldAlready, match="since 2026-07-02 08:00, without an end"):
        hold(at(9), at(10))
    with pytest.raises(HeldAlready):
        save_record(register=HOLDING, values={"ends_at": at(6, 2)}, by=None, now=NOW, pk=first.pk)
    save_record(register=HOLDING, values={"ends_at": at(5)}, by=None, now=NOW, pk=first.pk)
    with pytest.raises(GuardRefused):
        save_record(register=HOLDING, values={"ends_at": at(2)}, by=None, now=NOW, pk=first.pk)


def test_one_that_is_out_of_use_does_not_count_and_does_not_come_back_beside_another(unit: Organisation) -> None:
    first = hold(at(3), at(6))
    retire_record(register=HOLDING, pk=first.pk, reason="wrong", by=None, now=NOW)
    hold(at(4), at(5))
    with pytest.raises(HeldAlready):
        revive_record(register=HOLDING, pk=first.pk, by=None, now=NOW)
    held = PostHolding.objects.get(retired_at=None)
    with pytest.raises(HeldAlready):
        hold_post(by=None, now=NOW, post=held.post, person=held.person, starts_at=at(4, 9), ends_at=at(9))


def test_rows_of_a_sheet_are_held_against_each_other_and_the_register(unit: Organisation) -> None:
    hold(at(1), None)
    rows = [
        ["head", "p1", "2026-06-01", ""],
        ["head", "p2", "2026-03-01", "2026-06-01"],
        ["head", "p2", "2026-05-01", "2026-07-01"],
        ["head", "p2", "2026-06-01", "2026-07-01"],
        ["head", "p2", "2026-09-01", "2026-08-01"],
    ]
    sheet = checked(sheet_of([HEADINGS, *rows], "holding"))
    said = {row["number"]: row["problems"][0][2] for row in sheet.samples["refused"]}
    assert (sheet.added, sheet.refused, sorted(said)) == (2, 3, [2, 4, 6])
    assert "holds 岗head already" in said[2]
    assert "from 2026-03-01 00:00 until 2026-06-01 00:00" in said[4]
    assert "must come after" in said[6]
    assert applied(sheet).added == 2
    assert PostHolding.objects.count() == 3


def test_a_sheet_that_ends_one_holding_and_begins_the_next_is_taken_in_any_order(unit: Organisation) -> None:
    hold(datetime(2026, 1, 1, 0, 0, tzinfo=UTC) - timedelta(hours=8), None)
    rows = [["head", "p1", "2026-06-02", ""], ["head", "p1", "2026-01-01", "2026-06-01"]]
    sheet = applied(checked(sheet_of([HEADINGS, *rows], "holding")))
    assert (sheet.added, sheet.changed, sheet.refused) == (1, 1, 0)
    hold_later = PostHolding.objects.get(ends_at=None)
    retire_record(register=HOLDING, pk=hold_later.pk, reason="left", by=None, now=NOW)
    hold(at(8), None)
    undone = done(undo_import(sheet=sheet, by=None, now=NOW))
    assert undone.kept_back == 2
    assert PostHolding.objects.filter(ends_at=None, retired_at=None).count() == 1


def test_the_preview_holds_rows_against_each_other_however_far_apart_they_stand(
    unit: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "BATCH", 2)
    hold(datetime(2026, 1, 1, tzinfo=UTC) - timedelta(hours=8), None)
    rows = [
        ["head", "p1", "2026-01-01", "2026-02-01"],  # ends what there is, so that the fifth row may begin
        ["head", "p2", "2026-03-01", "2026-06-01"],
        ["deputy", "p2", "2026-03-01", ""],
        ["deputy", "p1", "2026-03-01", ""],
        ["head", "p1", "2026-02-01", ""],
        ["head", "p2", "2026-05-01", "2026-07-01"],
        ["deputy", "p2", "2026-04-01", "2026-05-01"],
        ["deputy", "p2", "2026-01-01", "2026-03-01"],
    ]
    sheet = checked(sheet_of([HEADINGS, *rows], "holding"))
    said = {row["number"]: row["problems"][0][2] for row in sheet.samples["refused"]}
    assert (sheet.added, sheet.changed, sheet.refused, sorted(said)) == (5, 1, 2, [7, 8])
    assert "from 2026-03-01 00:00 until 2026-06-01 00:00" in said[7]
    assert "without an end" in said[8]
    again = checked(sheet_of([HEADINGS, *rows], "holding"))
    assert (again.added, again.changed, again.refused) == (5, 1, 2)
    assert (applied(sheet).added, PostHolding.objects.count()) == (5, 6)


def test_the_queries_of_an_import_do_not_grow_with_its_holdings(unit: Organisation) -> None:
    taken = []
    for count in (2, 40):
        for number in range(count):
            save("person", code=f"n{count}-{number}", name_zh=f"人{count}-{number}", organisation="city")
        rows = [["deputy", f"n{count}-{number}", "2026-06-02", ""] for number in range(count)]
        sheet = checked(sheet_of([HEADINGS, *rows], "holding"))
        with CaptureQueriesContext(connection) as queries:
            assert applied(sheet).added == count
        taken.append(len(queries))
    assert taken[1] <= taken[0] + 2


def test_what_has_happened_is_not_to_come_in_form_and_sheet(unit: Organisation) -> None:
    save("team", code="t", name_zh="队", organisation="city", kind="volunteer", turn_out_min=5, lat=34, lon=119)
    said = {"team": "t", "kind": "acceptance", "held_by": "市局", "result": "passed"}
    register = REGISTERS["team_review"]
    known = {name: value for name, value in said.items() if register.has(name)}
    with pytest.raises(CellRefused, match="Held on says 2027-01-01, which is still to come"):
        save("team_review", **known, held_on=date(2027, 1, 1))
    headings = [register.field(name).title.zh for name in (*known, "held_on")]
    sheet = checked(
        sheet_of([headings, [*known.values(), "2027-01-01"], [*known.values(), "2026-01-01"]], "team_review")
    )
    ((name, zh, _),) = sheet.samples["refused"][0]["problems"]
    assert (sheet.refused, sheet.added, name) == (1, 1, "held_on")
    assert zh.startswith("“评定日期”填的是 2027-01-01")


CROWD = """
import json
from datetime import timedelta
from tests.actions.crowd import at_once
from tests.actions.town import NOW, build_town
from youbei import content
from youbei.actions.registers.people import hold_post
from youbei.actions.registers.save import save_record
from youbei.records.models import Post, PostHolding

town = build_town()
post, person = Post.objects.order_by("pk")[0], town.officer
PostHolding.objects.filter(post=post, person=person).delete()
register = content.registers()["holding"]
def enter(days):
    values = {"post": post.code, "person": person.code, "starts_at": NOW + timedelta(days=days)}
    return save_record(register=register, values=values, by=None, now=NOW)
found = {"entered": at_once(*[lambda days=days: enter(days) for days in range(6)])}
found["held"] = PostHolding.objects.filter(post=post, person=person).count()
row = PostHolding.objects.get(post=post, person=person)
row.ends_at = row.starts_at + timedelta(days=1)
row.save()
start = row.ends_at
found["both"] = at_once(
    lambda: save_record(register=register, values={"ends_at": None}, by=None, now=NOW, pk=row.pk),
    lambda: save_record(register=register, by=None, now=NOW,
                        values={"post": post.code, "person": person.code, "starts_at": start}),
)
print(json.dumps(found))
"""


def test_of_those_who_enter_it_at_once_one_does(run_python: Callable[..., subprocess.Popen[str]]) -> None:
    out, said = run_python(CROWD).communicate(timeout=120)
    assert out, said
    found = json.loads(out)
    assert (found["entered"], found["held"]) == (["done", *["refused"] * 5], 1)
    assert found["both"] == ["done", "refused"]
