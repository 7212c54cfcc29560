"""Claims about home cover: what must stay, what is uncovered after a dispatch, who should move up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tests.actions.town import Town
from youbei.actions import stores
from youbei.actions.dispatch.deciding import DecisionEmpty, ProposalChanged, decide
from youbei.actions.dispatch.moving_up import order_moves_up
from youbei.actions.dispatch.proposing import District, Proposal, proposed_now
from youbei.actions.dispatch.supposing import NOTHING, Suppose
from youbei.actions.moves_up import MoveUpRefused, arrive_moved_up, send_home
from youbei.actions.registers.save import save_record
from youbei.actions.resources import assign_resource
from youbei.content import registers
from youbei.engine.errors import NotAllowed, NotFound
from youbei.engine.places import Point
from youbei.records.log import verify_log
from youbei.records.models import HomeCover, LogEntry, Message, MoveUp, Run, Team, TeamCapability

pytest.importorskip("highspy")


def must_stay(town: Town, at: datetime, **more: object) -> HomeCover:
    values: dict[str, object] = {
        "code": "old-town",
        "name_zh": "老城区",
        "name_en": "Old town",
        "organisation": town.fire.code,
        "capability": "hazmat_response",
        "number": 2,
        "within_min": Decimal(10),
        "lat": 37.50,
        "lon": 121.40,
    }
    row = save_record(register=registers()["home_cover"], by=town.users["keeper"], now=at, values=values | more)
    assert isinstance(row, HomeCover)
    return row


def asked(town: Town, at: datetime) -> Proposal:
    return proposed_now(town.users["officer"], now=at, exercise=None, suppose=NOTHING)


def district(town: Town, at: datetime) -> District:
    (found,) = asked(town, at).districts
    return found


def sent(proposal: Proposal) -> int:
    return len([pick for pick in proposal.picks if pick.need.capability])


def test_what_a_dispatch_uncovers_is_said(town: Town, isolating: Run, at: datetime) -> None:
    must_stay(town, at)
    proposal = asked(town, at)
    assert sent(proposal) == 2
    (found,) = proposal.districts
    assert (found.covered.before, found.covered.after, found.covered.lacking) == (3, 1, 1)
    assert found.covered.text.en == "Only 1 remain; 2 wanted. 1 more lacking; nobody can be spared."
    decide(by=town.users["officer"], now=at, chosen={pick.key: pick.resource for pick in proposal.picks})
    assert district(town, at).covered.after == 1


def test_what_must_never_be_broken_stays_and_the_shortfall_says_why(town: Town, isolating: Run, at: datetime) -> None:
    must_stay(town, at, is_strict=True)
    proposal = asked(town, at)
    assert sent(proposal) == 1
    assert proposal.districts[0].covered.lacking == 0
    assert [short.cause for short in proposal.shorts] == ["kept_for_cover"]


def test_what_if_a_district_is_protected_nothing_breaks_its_cover_and_what_is_left_can_be_sent(
    town: Town, isolating: Run, at: datetime
) -> None:
    row, officer = must_stay(town, at), town.users["officer"]
    suppose = Suppose(protected=(row.pk,))
    proposal = proposed_now(officer, now=at, exercise=None, suppose=suppose)
    assert sent(proposal) == 1
    assert [short.cause for short in proposal.shorts] == ["kept_for_cover"]
    done = decide(by=officer, now=at, chosen={pick.key: pick.choice for pick in proposal.picks}, suppose=suppose)
    assert len(done.assignments) == len(proposal.picks)
    assert proposed_now(officer, now=at, exercise=None, suppose=suppose).districts[0].covered.after == 2


def test_cover_counts_only_while_it_is_in_force_and_in_use(town: Town, isolating: Run, at: datetime) -> None:
    row = must_stay(town, at, valid_until=at.date() - timedelta(days=2))
    assert not asked(town, at).districts
    save_record(
        register=registers()["home_cover"], by=None, now=at, pk=row.pk, values={"valid_until": date(2099, 1, 1)}
    )
    assert asked(town, at).districts
    HomeCover.objects.update(retired_at=at)
    assert not asked(town, at).districts


def test_an_area_is_covered_by_those_who_are_in_time_everywhere_in_it(town: Town, isolating: Run, at: datetime) -> None:
    row = must_stay(town, at, within_min=Decimal(6))
    assert district(town, at).covered.before == 3
    HomeCover.objects.filter(pk=row.pk).update(radius_m=5000)
    assert district(town, at).covered.before == 0


def test_only_the_capability_that_is_asked_counts(town: Town, isolating: Run, at: datetime) -> None:
    must_stay(town, at, capability="leak_stopping")
    assert district(town, at).covered.before == 0


def far_team(town: Town, at: datetime) -> Team:
    return stores.create_team(
        by=None,
        now=at,
        organisation=town.fire,
        code="far",
        kind="professional",
        name_zh="远郊队",
        name_en="Far team",
        point=Point(37.62, 121.40),
        turn_out=timedelta(minutes=1),
        capabilities={"hazmat_response": 1},
        strength=6,
    )


def test_who_is_far_and_spare_is_advised_to_move_up(town: Town, isolating: Run, at: datetime) -> None:
    far = far_team(town, at)
    must_stay(town, at)
    ((move, team),) = district(town, at).moves_up
    assert team.pk == far.pk
    assert 10 * 60 < move.seconds < 60 * 60


def ordered(town: Town, at: datetime) -> tuple[HomeCover, Team, MoveUp]:
    far, cover = far_team(town, at), must_stay(town, at)
    (row,) = order_moves_up(by=town.users["officer"], now=at, chosen=[(far.pk, cover.pk)], reason="补位")
    return cover, far, row


def test_an_order_to_move_up_is_logged_told_and_not_advised_again(town: Town, isolating: Run, at: datetime) -> None:
    _, far, row = ordered(town, at)
    found = district(town, at)
    assert (found.covered.coming, found.moves_up) == ((f"team:{far.pk}",), ())
    assert "Far team is moving up" in found.covered.text.en
    assert LogEntry.objects.filter(kind="move_up.ordered", stream=f"move_up:{row.pk}").exists()
    told = Message.objects.get(key=f"move_up:{row.pk}")
    assert told.address == town.fire.email
    assert "Old town" in told.body_en
    assert TeamCapability.objects.get(team=far).lat == pytest.approx(37.50)
    assert not list(verify_log())


def test_who_has_arrived_covers_the_district_until_it_goes_home(town: Town, isolating: Run, at: datetime) -> None:
    cover, far, row = ordered(town, at)
    officer = town.users["officer"]
    later = row.expected_at
    arrive_moved_up(by=officer, now=later, move_up=row)
    assert district(town, later).covered.lacking == 0
    send_home(by=officer, now=later, move_up=row)
    send_home(by=officer, now=later, move_up=row)
    assert TeamCapability.objects.get(team=far).lat == pytest.approx(37.62)
    assert district(town, later).covered.lacking == 1
    with pytest.raises(MoveUpRefused, match="has gone home"):
        arrive_moved_up(by=officer, now=later, move_up=row)
    assert [one.kind for one in LogEntry.objects.filter(stream=f"move_up:{row.pk}").order_by("seq")] == [
        "move_up.ordered",
        "move_up.arrived",
        "move_up.ended",
    ]
    assert cover.moves_up.count() == 1


def test_a_team_on_its_way_counts_from_where_it_is_and_is_sent_from_there(
    town: Town, isolating: Run, at: datetime
) -> None:
    _, far, row = ordered(town, at)
    half = row.leaves_at + (row.expected_at - row.leaves_at) / 2
    (force,) = [one for one in asked(town, half).facts.forces.teams if one.pk == far.pk]
    assert force.at.lat == pytest.approx(37.56, abs=0.001)
    assert force.turn_out_s == 0
    made = assign_resource(
        by=town.users["officer"], now=half, run=isolating, need="isolate/team", resource=f"team:{far.pk}"
    )
    assert made.turn_out_s == 0
    assert made.expected_at - half < row.expected_at - row.leaves_at
    row.refresh_from_db()
    assert row.ended_by == "sent"


def test_what_is_not_advised_is_not_ordered(town: Town, isolating: Run, at: datetime) -> None:
    far, cover = far_team(town, at), must_stay(town, at)
    officer = town.users["officer"]
    with pytest.raises(ProposalChanged):
        order_moves_up(by=officer, now=at, chosen=[(far.pk, cover.pk), (town.teams[0].pk, cover.pk)])
    with pytest.raises(DecisionEmpty):
        order_moves_up(by=officer, now=at, chosen=[])
    with pytest.raises(NotAllowed):
        order_moves_up(by=town.users["observer"], now=at, chosen=[(far.pk, cover.pk)])
    assert not MoveUp.objects.exists()
    order_moves_up(by=officer, now=at, chosen=[(far.pk, cover.pk)])
    with pytest.raises(ProposalChanged):
        order_moves_up(by=officer, now=at, chosen=[(far.pk, cover.pk)])
    with pytest.raises(NotFound):
        send_home(by=town.users["stranger"], now=at, move_up=MoveUp.objects.get())


def test_an_edited_team_is_still_found_where_it_moved_to(town: Town, isolating: Run, at: datetime) -> None:
    _, far, _ = ordered(town, at)
    save_record(register=registers()["team"], by=None, now=at, pk=far.pk, values={"strength": 9})
    assert TeamCapability.objects.get(team=far).lat == pytest.approx(37.50)


def test_what_a_partner_lends_covers_nothing_of_ours(town: Town, isolating: Run, at: datetime) -> None:
    must_stay(town, at)
    before = asked(town, at)
    assert {force.org_pk for force in before.facts.forces.teams} == {town.fire.pk}
