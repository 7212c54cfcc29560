"""What screens show: only what one may see, in a fixed number of queries, page after page without loss."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.growth import assert_queries_do_not_grow
from tests.records.conftest import Town, incident, new_run_row
from tests.records.small_plan import NOW, lived_through, small_plan
from tests.records.test_projection import state_after
from youbei.engine.errors import NotFound, Refused
from youbei.records import log
from youbei.records import models as rows
from youbei.records.models.scope import SORTED_QUICKLY, ScopedQuerySet
from youbei.records.pages import Page
from youbei.records.projection import project
from youbei.records.reports.board import board
from youbei.records.reports.home import duty_home
from youbei.records.reports.incidents import IncidentFilter, incident_page
from youbei.records.reports.log import LogFilter, log_page
from youbei.records.reports.messages import message_page
from youbei.records.reports.plans import plan_page
from youbei.records.reports.resources import ResourceFilter, site_page, stock_page, team_page

NUMBERS = itertools.count(100)


def run_of(town: Town, home: rows.Organisation | None = None, *, minutes: float = 999) -> rows.Run:
    """Make an incident with a run, its log and its rows, as it was `minutes` after activation."""
    row = new_run_row(town, incident(home or town.city, next(NUMBERS)))
    whole = lived_through(
        small_plan(),
        stream=row.stream,
        posts={"commander": "person:wu", "ops": "town/duty"},
        resources=(f"team:{town.team.pk}", f"lot:{town.lot.pk}"),
    )
    events = [event for event in whole.log if event.at <= NOW + timedelta(minutes=minutes)]
    log.append(events, org_path=row.org_path, recorded_at=NOW)
    project(row, events, state_after(whole, events))
    return row


def message(run: rows.Run) -> rows.Message:
    return rows.Message.objects.create(
        key=f"m-{next(NUMBERS)}",
        run=run,
        org_path=run.org_path,
        mode="real",
        channel="console",
        recipient="person:wu",
        subject_zh="请到场",
        subject_en="Please come",
        queued_at=NOW,
        due_at=NOW,
    )


def fresh(user: rows.User) -> rows.User:
    return rows.User.objects.get(pk=user.pk)


def walk(page: Callable[[str | None], Page[object]]) -> tuple[list[object], list[object]]:
    """Return all rows met going forward to the end, and those met going back from there."""
    forward: list[object] = []
    found = page(None)
    assert found.previous_cursor is None
    forward += found.rows
    while found.next_cursor:
        found = page(found.next_cursor)
        forward += found.rows
    back = list(found.rows)
    while found.previous_cursor:
        found = page(found.previous_cursor)
        back = [*found.rows, *back]
    return forward, back


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_paging_meets_every_incident_once_and_newest_first(town: Town, size: int) -> None:
    made = [incident(town.city, number) for number in range(7)]
    forward, back = walk(lambda cursor: incident_page(town.user, cursor=cursor, size=size))
    expected = [one.pk for one in sorted(made, key=lambda one: (one.reported_at, one.pk), reverse=True)]
    assert [row.pk for row in forward] == expected  # type: ignore[attr-defined]
    assert back == forward


@pytest.mark.parametrize("cursor", ["x", "a:b", "W10:xyz", "é"])
def test_a_cursor_that_was_not_given_is_refused(town: Town, cursor: str) -> None:
    with pytest.raises(Refused) as refused:
        incident_page(town.user, cursor=cursor)
    assert refused.value.status == 400


def test_a_cursor_of_another_list_is_refused(town: Town) -> None:
    for number in range(3):
        incident(town.city, number)
    cursor = incident_page(town.user, size=1).next_cursor
    with pytest.raises(Refused):
        team_page(town.user, cursor=cursor)


@pytest.mark.parametrize("quickly", [SORTED_QUICKLY, 0])
def test_only_what_lies_in_ones_subtree_is_listed(town: Town, quickly: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("youbei.records.models.scope.SORTED_QUICKLY", quickly)
    mine, above, beside = incident(town.brigade, 1), incident(town.city, 2), incident(town.neighbour, 3)
    assert {row.pk for row in incident_page(town.keeper).rows} == {mine.pk}
    assert {row.pk for row in incident_page(town.user).rows} == {mine.pk, above.pk}
    assert beside.pk not in {row.pk for row in incident_page(town.user).rows}
    assert incident_page(town.stranger).rows == ()


def test_incidents_are_filtered(town: Town) -> None:
    incident(town.city, 1, status="closed")
    incident(town.city, 2, category="health")
    incident(town.city, 3, mode="exercise", title="港口演练")

    def numbers(**wanted: str) -> list[str]:
        return [row.number for row in incident_page(town.user, filters=IncidentFilter(**wanted)).rows]

    assert numbers(status="closed") == ["I-town-1"]
    assert numbers(category="health") == ["I-town-2"]
    assert numbers(mode="exercise") == ["I-town-3"]
    assert numbers(text="港口") == ["I-town-3"]
    assert numbers(text="nowhere") == []


def test_the_board_shows_the_run_as_its_log_has_it(town: Town) -> None:
    row = run_of(town, minutes=25)
    message(row)
    shown = board(row.pk, town.user, NOW + timedelta(minutes=25))
    assert shown.run.level == 3
    assert shown.elapsed == timedelta(minutes=25)
    steps = {step.id: step for step in shown.steps}
    assert [step for step in steps if steps[step].status in ("open", "started")] == ["evacuate", "rescue"]
    assert steps["rescue"].remaining == timedelta(minutes=32 - 25)
    assert steps["rescue"].after == ("alarm",)
    assert steps["alarm"].planned is not None
    assert steps["rescue"].planned.starts_at == NOW + timedelta(minutes=2)  # type: ignore[union-attr]
    needs = {need.key: need for need in shown.needs}
    assert needs["rescue/team"].assignments[0].label.en == "Team 1"
    assert needs["rescue/suits"].arrived == 4
    posts = {post.id: post for post in shown.posts}
    assert posts["commander"].is_mine
    assert posts["ops"].holder_name.zh == "li"
    assert shown.next_deadline is not None
    assert shown.log[0].position > shown.log[-1].position
    assert shown.messages[0].subject.zh == "请到场"
    assert [lane.post for lane in shown.lanes] == ["commander", "ops"]


def test_a_late_step_is_late_until_it_is_done(town: Town) -> None:
    row = run_of(town, minutes=11)
    shown = board(row.pk, town.user, NOW + timedelta(minutes=11))
    assert [step.id for step in shown.late] == ["alarm"]
    assert shown.late[0].remaining == timedelta(minutes=-6)
    home = duty_home(town.user, NOW + timedelta(minutes=11))
    assert [task.step for task in home.late] == ["alarm"]
    over = run_of(town)
    assert board(over.pk, town.user, NOW + timedelta(minutes=300)).late == ()


@pytest.mark.parametrize("who", ["keeper", "stranger"])
def test_the_board_of_a_run_one_may_not_see_does_not_exist(town: Town, who: str) -> None:
    row = run_of(town, minutes=5)
    with pytest.raises(NotFound):
        board(row.pk, getattr(town, who), NOW)
    with pytest.raises(NotFound):
        board(10**6, town.user, NOW)


def test_the_duty_home_shows_what_runs_what_is_mine_and_who_is_on_duty(town: Town) -> None:
    run_of(town, minutes=30)
    run_of(town)
    home = duty_home(town.user, NOW + timedelta(minutes=30))
    assert len(home.running) == 1
    assert home.running[0].elapsed == timedelta(minutes=30)
    assert [task.step for task in home.mine] == ["evacuate"]
    assert [shift.person.zh for shift in home.on_duty] == ["li"]
    assert duty_home(town.stranger, NOW).running == ()


def test_the_log_is_listed_newest_first_and_by_stream(town: Town) -> None:
    first, second = run_of(town, minutes=5), run_of(town, town.brigade, minutes=5)
    positions = [line.position for line in log_page(town.user, size=200).rows]
    assert positions == sorted(positions, reverse=True)
    assert {line.stream for line in log_page(town.keeper, size=200).rows} == {second.stream}
    assert {line.stream for line in log_page(town.user, filters=LogFilter(stream=first.stream)).rows} == {first.stream}
    opened = [line for line in log_page(town.user, size=200).rows if line.kind == "step.opened"]
    assert opened[0].subject.en == "Raise the alarm"
    assert opened[0].kind_name.zh == "任务下达"
    forward, back = walk(lambda cursor: log_page(town.user, cursor=cursor, size=3))
    assert back == forward
    assert len(forward) == len(positions)


def test_resources_are_listed_by_organisation_and_filtered(town: Town) -> None:
    assert [row.code for row in team_page(town.user, filters=ResourceFilter(kind="hazmat")).rows] == ["team-1"]
    assert team_page(town.user, filters=ResourceFilter(kind="medical")).rows == ()
    assert team_page(town.user).rows[0].capabilities[0].code == "hazmat"
    lot = stock_page(town.keeper, filters=ResourceFilter(kind="suit")).rows[0]
    assert (lot.free, lot.unit.en) == (Decimal(10), "set")
    assert [row.code for row in site_page(town.user, filters=ResourceFilter(text="库")).rows] == ["store"]
    assert [row.version for row in plan_page(town.user).rows] == ["2026.1"]
    for page in (team_page, stock_page, site_page, plan_page):
        assert page(town.stranger).rows == ()


def more_teams(town: Town) -> None:
    for _ in range(3):
        number = next(NUMBERS)
        home = {"organisation": town.brigade, "org_path": town.brigade.path}
        team = rows.Team.objects.create(
            code=f"t{number}", name_zh="队", kind="volunteer", lat=30, lon=120, turn_out_s=1, **home
        )
        capability = rows.Capability.objects.get(code="hazmat")
        rows.TeamCapability.objects.create(team=team, capability=capability, lat=30, lon=120)
        site = rows.Site.objects.create(code=f"s{number}", name_zh="库", kind="store", lat=30, lon=120, **home)
        rows.StockLot.objects.create(item=town.lot.item, site=site, quantity=5, lat=30, lon=120, **home)


PAGES: dict[str, Callable[[rows.User], object]] = {
    "incidents": incident_page,
    "teams": team_page,
    "stock": stock_page,
    "sites": site_page,
    "plans": plan_page,
    "log": log_page,
    "messages": message_page,
    "home": lambda user: duty_home(user, NOW + timedelta(minutes=25)),
    "board": lambda user: board(rows.Run.objects.earliest("id").pk, user, NOW),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_no_more_often_when_there_is_more_to_show(town: Town, name: str) -> None:
    def add_rows() -> None:
        more_teams(town)
        message(run_of(town, minutes=25))

    assert_queries_do_not_grow(lambda: PAGES[name](fresh(town.user)), add_rows)


def test_sqlite_does_not_sort_a_large_subtree_for_one_page(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    if rows.Incident.objects.all().query.get_compiler("default").connection.vendor != "sqlite":
        return  # PostgreSQL decides by its statistics
    monkeypatch.setattr("youbei.records.models.scope.SORTED_QUICKLY", 0)
    incident(town.city, 1)
    listed: ScopedQuerySet[rows.Incident] = rows.Incident.objects.newest_visible_to(town.user)
    plan = listed.order_by("-reported_at", "-id").explain()
    assert "incident_newest" in plan
    assert "TEMP B-TREE" not in plan
