"""Teams: people put into roles, reviews that are due, and turn-out measured from what was reported."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.actions.town import NOW, Town, build_town, report_leak, store_plan
from tests.built_once import built_once
from youbei import content
from youbei.actions.activation import activate_plan
from youbei.actions.registers.save import save_record
from youbei.actions.resources import arrive_resource, assign_resource, depart_resource, release_resource
from youbei.actions.runs import finish_step
from youbei.actions.teams import SelectionRefused, save_selection
from youbei.engine.errors import NotAllowed
from youbei.engine.teams.reviews import OwnReview
from youbei.engine.text import Text
from youbei.records.models import Person, RecordChange, Team, TeamMember, TeamRole
from youbei.records.registers.pages import as_record, register_page
from youbei.records.reports.team import team_standing

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


@built_once
def town() -> Town:
    return build_town()


def save(name: str, values: dict[str, Any], **more: Any) -> Any:
    return save_record(register=content.registers()[name], values=values, by=None, now=NOW, **more)


@built_once
def team(town: Town) -> Team:
    team = town.teams[0]
    save("team_role", {"team": team.code, "code": "chief", "name_zh": "队长", "needed": 1, "qualifications": "hazmat"})
    return team


def test_a_selection_enters_members_and_says_so_in_the_history(town: Town, team: Team) -> None:
    keeper = town.users["keeper"]
    changed = save_selection(team=team, places={town.director.pk: "chief"}, by=keeper, now=NOW, on=TODAY)
    member = TeamMember.objects.get(team=team)
    assert (changed, member.person, member.role, member.joined_on) == (1, town.director, "chief", TODAY)
    assert RecordChange.objects.get(register="team_member", record_id=member.pk).source == "selection"
    assert save_selection(team=team, places={town.director.pk: "chief"}, by=keeper, now=NOW, on=TODAY) == 0


def test_who_left_comes_back_by_being_selected(town: Town, team: Team) -> None:
    save("team_member", {"team": team.code, "person": "wu", "role": "", "left_on": TODAY})
    save_selection(team=team, places={town.director.pk: "chief"}, by=town.users["keeper"], now=NOW, on=TODAY)
    assert TeamMember.objects.get(team=team).left_on is None


def test_a_selection_of_unknown_roles_or_people_changes_nothing(town: Town, team: Team) -> None:
    for places in ({town.director.pk: "cook"}, {town.director.pk: "chief", 999_999: "chief"}):
        with pytest.raises(SelectionRefused):
            save_selection(team=team, places=places, by=town.users["keeper"], now=NOW, on=TODAY)
    assert not TeamMember.objects.exists()
    with pytest.raises(NotAllowed):
        save_selection(team=team, places={}, by=town.users["observer"], now=NOW, on=TODAY)


def test_a_team_shows_its_gap_until_somebody_fits(town: Town, team: Team) -> None:
    save("team", {"insured_until": TODAY + timedelta(days=300)}, pk=team.pk)
    team.refresh_from_db()
    by = town.users["keeper"]
    assert [gap.role.code for gap in team_standing(team, by, TODAY).present.gaps] == ["chief"]
    save_selection(team=team, places={town.officer.pk: "chief"}, by=by, now=NOW, on=TODAY)
    assert len(team_standing(team, by, TODAY).lacks) == 1  # the officer lacks the certificate
    save_selection(team=team, places={town.director.pk: "chief"}, by=by, now=NOW, on=TODAY)
    assert team_standing(team, by, TODAY).lacks == ()


def test_a_member_is_shown_with_the_name_of_the_role_in_their_own_team(town: Town, team: Team) -> None:
    other = Team.objects.exclude(pk=team.pk)[0]
    save("team_role", {"team": other.code, "code": "chief", "name_zh": "别队队长"})
    member = save("team_member", {"team": team.code, "person": "zhou", "role": "chief"})
    named = Text(*TeamRole.objects.filter(team=team, code="chief").values_list("name_zh", "name_en").get())
    register = content.registers()["team_member"]
    (shown,) = [one for one in register_page(register, town.users["admin"], now=NOW).rows if one.pk == member.pk]
    assert shown.links["role"].name == as_record(register, member, NOW).links["role"].name == named


def test_vetting_is_judged_only_for_who_may_see_it(town: Town, team: Team) -> None:
    save("team_role", {"team": team.code, "code": "guard", "name_zh": "警戒", "vetting": "exam"})
    save("team_member", {"team": team.code, "person": "zhou", "role": "guard"})
    seen = team_standing(team, town.users["admin"], TODAY).present.fits["guard", town.officer.pk]
    hidden = team_standing(team, town.users["keeper"], TODAY).present.fits["guard", town.officer.pk]
    assert (seen.lacks_vetting, hidden.lacks_vetting, hidden.is_vetting_hidden) == (True, False, True)


def test_a_conflict_that_holds_keeps_away_and_is_told_only_to_who_may_know(town: Town, team: Team) -> None:
    save("team_role", {"team": team.code, "code": "guard", "name_zh": "警戒", "vetting": "exam_team"})
    save("team_member", {"team": team.code, "person": "zhou", "role": "guard"})
    vetted = {"person": "zhou", "scope": "exam_team", "vetted_on": TODAY, "vetted_by": "市局"}
    save("vetting", {**vetted, "result": "passed"})
    until = TODAY + timedelta(days=10)
    declared = {"person": "zhou", "kind": "relative_candidate", "declared_on": TODAY, "effect": "不接触试卷"}
    save("conflict", {**declared, "valid_until": until})

    def seen_by(name: str, day: date) -> tuple[str, ...]:
        return team_standing(team, town.users[name], day).present.fits["guard", town.officer.pk].conflicts

    assert seen_by("admin", until) == ("relative_candidate",)
    assert seen_by("admin", until + timedelta(days=1)) == ()
    assert seen_by("keeper", until) == ()


def test_the_next_review_is_due_by_the_rule_unless_somebody_says_otherwise(town: Town, team: Team) -> None:
    review = {"team": team.code, "kind": "evaluation", "held_by": "市局", "result": "failed"}
    assert save("team_review", {**review, "held_on": TODAY}).next_due_on == TODAY + timedelta(days=30)
    said = TODAY + timedelta(days=7)
    other = {**review, "held_on": TODAY - timedelta(days=1), "next_due_on": said}
    assert save("team_review", other).next_due_on == said


def test_the_leader_does_not_review_their_own_team(town: Town, team: Team) -> None:
    save("team", {"leader": "wu"}, pk=team.pk)
    review = {"team": team.code, "kind": "grading", "held_on": TODAY, "held_by": "自评", "result": "passed"}
    with pytest.raises(OwnReview):
        save("team_review", {**review, "reviewer": "wu"})
    assert save("team_review", {**review, "reviewer": "zhou"}).reviewer == Person.objects.get(code="zhou")


def test_late_arrivals_are_measured_and_reckoned_with_from_the_third_on(town: Town, team: Team) -> None:
    version, incident = store_plan(town), report_leak(town)
    run = activate_plan(by=town.users["director"], now=NOW, incident=incident, plan_version=version)
    by, now, need = town.users["director"], NOW, "isolate/team"
    finish_step(by=by, now=now, run=run, step="alarm")
    for number in range(3):
        team.refresh_from_db()
        assert team.measured_turn_out_s is None
        sent = assign_resource(by=by, now=now, run=run, need=need, resource=f"team:{team.pk}")
        assert sent.turn_out_s == 60
        now = sent.expected_at + timedelta(minutes=4)
        arrive_resource(by=by, now=now, run=run, assignment=sent.code)
        release_resource(by=by, now=now + timedelta(minutes=1), run=run, assignment=sent.code)
        now += timedelta(minutes=2 + number)
    team.refresh_from_db()
    assert (team.measured_turn_out_s, team.planned_turn_out) == (300, timedelta(minutes=5))
    sent = assign_resource(by=by, now=now, run=run, need=need, resource=f"team:{team.pk}")
    assert sent.turn_out_s == 300
    standing = team_standing(team, town.users["director"], TODAY)
    assert standing.turn_out.real is not None
    assert standing.turn_out.real.number == 3
    assert standing.turn_out.exercise is None
    assert len(standing.missions) == 4


def test_a_reported_departure_is_the_turn_out_however_long_the_road_took(town: Town, team: Team) -> None:
    version, incident = store_plan(town), report_leak(town)
    by, now = town.users["director"], NOW
    run = activate_plan(by=by, now=now, incident=incident, plan_version=version)
    finish_step(by=by, now=now, run=run, step="alarm")
    for _turn in range(3):
        sent = assign_resource(by=by, now=now, run=run, need="isolate/team", resource=f"team:{team.pk}")
        left = now + timedelta(minutes=3)
        assert depart_resource(by=by, now=left, run=run, assignment=sent.code).departed_at == left
        assert (
            depart_resource(by=by, now=left + timedelta(minutes=1), run=run, assignment=sent.code).departed_at == left
        )
        now = left + timedelta(minutes=50)
        arrive_resource(by=by, now=now, run=run, assignment=sent.code)
        release_resource(by=by, now=now, run=run, assignment=sent.code)
    team.refresh_from_db()
    assert team.measured_turn_out_s == 180
    standing = team_standing(team, by, TODAY)
    assert standing.turn_out.real is not None
    assert (standing.turn_out.real.number, standing.turn_out.real.reported) == (3, 3)
    assert standing.missions[0].travel == timedelta(minutes=50)
