"""Claims about the optimiser asked about running responses, and about what people decide of its answer."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.actions.town import Town, report_leak
from youbei.actions import runs, stores, ways
from youbei.actions.dispatch.deciding import (
    DecisionBroken,
    DecisionEmpty,
    ProposalChanged,
    WhyOtherwise,
    compare,
    decide,
)
from youbei.actions.dispatch.proposing import Proposal, propose, proposed_now
from youbei.actions.dispatch.supposing import Suppose
from youbei.actions.registers.save import save_record
from youbei.content import registers
from youbei.engine.errors import NotAllowed, Refused
from youbei.engine.places import Point
from youbei.records.log import verify_log
from youbei.records.models import Assignment, Item, LogEntry, PlanVersion, Run, Team

pytest.importorskip("highspy")


def asked(town: Town, at: datetime, **more: object) -> Proposal:
    return proposed_now(town.users["officer"], now=at, **({"exercise": None, "suppose": Suppose()} | more))  # type: ignore[arg-type]


def all_of(proposal: Proposal) -> dict[str, str]:
    return {pick.key: pick.resource for pick in proposal.picks}


def decided(at: datetime) -> list[dict[str, object]]:
    rows = LogEntry.objects.filter(kind="dispatch.decided").order_by("position")
    return [json.loads(row.data) for row in rows]


def test_the_nearest_two_teams_and_the_suits_are_proposed_with_proof_and_reasons(
    town: Town, isolating: Run, at: datetime
) -> None:
    proposal = asked(town, at)
    assert [pick.name.en for pick in proposal.picks if pick.need.capability] == ["Engine 0", "Engine 1"]
    assert [(pick.name.en, pick.quantity) for pick in proposal.picks if pick.need.item] == [("Reserve store", 4)]
    assert proposal.answer.is_proven
    assert all(pick.reason.zh and pick.reason.en for pick in proposal.picks)
    assert all(pick.is_estimated for pick in proposal.picks)
    assert proposal.picks[0].runner_up.en == "Engine 2"


def test_two_incidents_are_answered_at_once_and_not_one_after_the_other(
    town: Town, stored: PlanVersion, isolating: Run, at: datetime
) -> None:
    north = report_leak(town, at, title="北库泄漏", point=Point(37.52, 121.40))
    second = runs.activate_plan(by=town.users["officer"], now=at, incident=north, plan_version=stored)
    runs.finish_step(by=town.users["officer"], now=at, run=second, step="alarm")
    proposal = asked(town, at)
    teams = [(pick.run.pk, pick.name.en) for pick in proposal.picks if pick.need.capability]
    assert len(teams) == 3
    assert (second.pk, "Engine 2") in teams
    short = proposal.shorts[0]
    assert (short.missing, short.cause) == (1, "all_assigned")
    assert "Ask for 1 more" in short.cure.text.en


def test_accepting_all_sends_them_and_logs_what_was_proven(town: Town, isolating: Run, at: datetime) -> None:
    done = decide(by=town.users["officer"], now=at, chosen=all_of(asked(town, at)))
    assert len(done.assignments) == Assignment.objects.filter(run=isolating).count() == 3
    assert Team.objects.filter(status="assigned").count() == 2
    said = decided(at)[-1]
    assert (said["offered"], said["sent"], said["otherwise"], said["is_proven"]) == (3, 3, 0, True)
    assert said["costs"] == {}
    assert not asked(town, at).picks
    assert not list(verify_log())


def test_accepting_a_part_leaves_the_rest_open_and_says_what_it_costs(town: Town, isolating: Run, at: datetime) -> None:
    proposal = asked(town, at)
    first = proposal.picks[0]
    decide(by=town.users["officer"], now=at, chosen={first.key: first.resource})
    said = decided(at)[-1]
    assert said["sent"] == 1
    assert said["costs"]
    assert len(asked(town, at).picks) == 2


def test_sending_another_takes_a_reason_which_is_logged_with_its_cost(town: Town, isolating: Run, at: datetime) -> None:
    proposal = asked(town, at)
    chosen = all_of(proposal)
    first = proposal.picks[0]
    chosen[first.key] = f"team:{town.teams[2].pk}"
    with pytest.raises(WhyOtherwise, match="say why"):
        decide(by=town.users["officer"], now=at, chosen=chosen)
    assert not Assignment.objects.exists()
    done = decide(by=town.users["officer"], now=at, chosen=chosen, reason="0 号车水泵待修")
    assert done.overridden == 1
    assert done.difference.levels[3] > 0
    said = decided(at)[-1]
    assert said["reason"] == "0 号车水泵待修"
    assert said["costs"]["arrival"] > 0  # type: ignore[index]
    assert Assignment.objects.get(team=town.teams[2]).reason == "0 号车水泵待修"


def test_what_cannot_be_done_is_refused_whole(town: Town, isolating: Run, at: datetime) -> None:
    proposal = asked(town, at)
    officer = town.users["officer"]
    twice = all_of(proposal) | {proposal.picks[0].key: proposal.picks[1].resource}
    with pytest.raises(DecisionBroken, match="more than one place"):
        decide(by=officer, now=at, chosen=twice, reason="x")
    with pytest.raises(DecisionBroken, match="cannot be sent"):
        decide(by=officer, now=at, chosen={proposal.picks[0].key: "team:999999"}, reason="x")
    with pytest.raises(ProposalChanged):
        decide(by=officer, now=at, chosen={"1|no/need|team:1": "team:1"})
    with pytest.raises(DecisionEmpty):
        decide(by=officer, now=at, chosen={})
    with pytest.raises(NotAllowed):
        decide(by=town.users["observer"], now=at, chosen=all_of(proposal))
    assert not Assignment.objects.exists()
    assert not decided(at)


def test_a_stranger_is_proposed_nothing(town: Town, isolating: Run, at: datetime) -> None:
    proposal = proposed_now(town.users["stranger"], now=at, exercise=None, suppose=Suppose())
    assert proposal.is_empty
    assert not proposal.picks


def test_an_exercise_is_apart_and_takes_nothing_from_the_registers(
    town: Town, stored: PlanVersion, isolating: Run, at: datetime
) -> None:
    trainer = town.users["trainer"]
    drill = report_leak(town, at, by=trainer, mode="exercise")
    run = runs.activate_plan(by=trainer, now=at, incident=drill, plan_version=stored)
    runs.finish_step(by=trainer, now=at, run=run, step="alarm")
    real = asked(town, at)
    assert {pick.run.pk for pick in real.picks} == {isolating.pk}
    mock = proposed_now(trainer, now=at, exercise=drill.pk, suppose=Suppose())
    decide(by=trainer, now=at, chosen=all_of(mock), exercise=drill.pk)
    assert Assignment.objects.filter(run=run).count() == 3
    assert not Team.objects.filter(status="assigned").exists()
    assert LogEntry.objects.get(kind="dispatch.decided").mode == "exercise"
    again = proposed_now(trainer, now=at, exercise=drill.pk, suppose=Suppose())
    assert not again.picks
    assert len(asked(town, at).picks) == 3


def test_suppositions_change_the_answer_and_nothing_else(town: Town, isolating: Run, at: datetime) -> None:
    before = asked(town, at)
    more = asked(town, at, suppose=Suppose(more=((f"{isolating.pk}:isolate/team", 2),)))
    assert sum(bool(pick.need.capability) for pick in more.picks) == 3
    assert more.shorts[0].missing == 1
    down = asked(town, at, suppose=Suppose(down=(town.teams[0].pk,)))
    assert {pick.name.en for pick in down.picks if pick.need.capability} == {"Engine 1", "Engine 2"}
    assert all_of(asked(town, at)) == all_of(before)
    assert not Assignment.objects.exists()


def test_what_is_supposed_to_be_due_later_is_due_so_much_later(town: Town, isolating: Run, at: datetime) -> None:
    def due(**more: object) -> list[int | None]:
        return [need.due_s for one in asked(town, at, **more).problem.incidents for need in one.needs]

    later = due(suppose=Suppose(slack_min=10))
    assert any(later)
    assert later == [None if one is None else one + 600 for one in due()]


def test_a_bridge_that_is_thought_away_makes_the_way_longer(town: Town, isolating: Run, at: datetime) -> None:
    west, bridge, here = (Point(lat, 121.40) for lat in (37.50, 37.495, 37.49))
    around = Point(37.495, 121.43)
    ways.store_roads(
        by=None,
        now=at,
        code="town",
        data={
            "nodes": [[one.lat, one.lon] for one in (west, bridge, here, around)],
            "edges": [[0, 1, 60], [1, 2, 60], [0, 3, 600], [3, 2, 600]],
        },
    )
    open_way, closed = asked(town, at), asked(town, at, suppose=Suppose(closed=(bridge,)))
    first, then = (one.picks[0].arrival_s for one in (open_way, closed))
    assert first < 400 < 1200 <= then
    assert not open_way.picks[0].is_estimated


def test_others_help_under_their_agreement_with_its_delay_and_price(town: Town, isolating: Run, at: datetime) -> None:
    other = town.plant
    stores.create_team(
        by=None,
        now=at,
        organisation=other,
        code="plant-team",
        kind="enterprise",
        name_zh="厂队",
        name_en="Plant team",
        point=Point(37.49, 121.40),
        turn_out=timedelta(minutes=1),
        capabilities={"hazmat_response": 1},
    )
    assert asked(town, at).picks[0].name.en == "Plant team"
    save_record(
        register=registers()["agreement"],
        by=None,
        now=at,
        values={
            "code": "aid",
            "name_zh": "互助协议",
            "name_en": "Mutual aid",
            "organisation": town.bureau.code,
            "kind": "mutual_aid",
            "partner": other.code,
            "response_min": Decimal(60),
            "price": Decimal(800),
        },
    )
    proposal = asked(town, at, suppose=Suppose(more=((f"{isolating.pk}:isolate/team", 2),)))
    last = next(pick for pick in proposal.picks if pick.name.en == "Plant team")
    assert last.arrival_s == 3600 + 60
    assert last.agreement.en == "Mutual aid"
    assert last.price == 80_000


def test_the_same_question_at_the_same_head_is_answered_from_memory(town: Town, isolating: Run, at: datetime) -> None:
    officer = town.users["officer"]
    assert propose(officer, now=at) is propose(officer, now=at)
    one = propose(officer, now=at)
    decide(by=officer, now=at, chosen=all_of(one))
    assert propose(officer, now=at) is not one


def test_a_choice_is_compared_before_it_is_made(town: Town, isolating: Run, at: datetime) -> None:
    proposal = asked(town, at)
    _, same = compare(proposal, all_of(proposal))
    assert same.text.en == "As good as the optimum."
    first = proposal.picks[0]
    _, worse = compare(proposal, all_of(proposal) | {first.key: f"team:{town.teams[2].pk}"})
    assert "Against the optimum" in worse.text.en


def test_a_team_taken_meanwhile_stops_the_whole_decision(town: Town, isolating: Run, at: datetime) -> None:
    chosen = all_of(asked(town, at))
    stores_team = Team.objects.get(pk=town.teams[0].pk)
    stores_team.status = Team.Status.OUT_OF_SERVICE
    stores_team.save(update_fields=["status"])
    with pytest.raises(Refused):
        decide(by=town.users["officer"], now=at, chosen=chosen)
    assert not Assignment.objects.exists()


def test_expired_lots_are_not_sent_and_are_named_as_the_cause(town: Town, isolating: Run, at: datetime) -> None:
    town.lots[0].expires_on = (at - timedelta(days=3)).date()
    town.lots[0].save(update_fields=["expires_on"])
    short = next(one for one in asked(town, at).shorts if one.need.item)
    assert short.cause == "expired"
    assert Item.objects.filter(code=short.need.item).exists()
