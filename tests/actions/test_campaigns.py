"""An authority asks, units answer by link without an account, who is late is reminded, and it climbs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from tests.built_once import built_once
from youbei import content
from youbei.actions import jobs
from youbei.actions.access import create_user, give_grant
from youbei.actions.campaigns import answers, opening, telling
from youbei.actions.campaigns.links import LinkRefused, link_word, mandate_of, unit_behind
from youbei.actions.registers.save import save_record
from youbei.engine.access import Role
from youbei.engine.errors import NotAllowed, NotFound, Refused
from youbei.records import campaign_tallies as tallies
from youbei.records.models import (
    Campaign,
    CampaignItem,
    CampaignUnit,
    LogEntry,
    Message,
    Organisation,
    RecordChange,
    Team,
    User,
)
from youbei.records.reports.campaigns import answers_of, asked_from_above, by_area, by_kind, view_of, visible_unit

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
DUE = NOW + timedelta(days=14)
REGISTERS = content.registers()
TEAM = {"kind": "professional", "turn_out_min": 5, "lat": 34.6, "lon": 119.2}


def save(name: str, **values: Any) -> Any:
    return save_record(register=REGISTERS[name], values=values, by=None, now=NOW - timedelta(days=200))


@built_once
def bureau() -> Organisation:
    made: Organisation = save("organisation", code="bureau", name_zh="局", kind="bureau", email="bureau@city.example")
    save("organisation", code="park", name_zh="园区", kind="park", parent="bureau", email="park@city.example")
    save("organisation", code="works", name_zh="化工厂", kind="enterprise", parent="park", email="works@city.example")
    save("organisation", code="school", name_zh="小学", kind="school", parent="bureau")
    for number in (1, 2):
        save("team", code=f"w{number}", name_zh=f"厂{number}队", organisation="works", **TEAM)
    save("team", code="s1", name_zh="校队", organisation="school", **TEAM)
    return made


def opened(bureau: Organisation, by: User | None = None, **more: Any) -> Campaign:
    campaign = opening.open_campaign(
        by=by,
        now=NOW,
        organisation=bureau,
        title_zh="季度核实",
        title_en="Quarterly",
        registers=["team"],
        due_at=DUE,
        **more,
    )
    assert campaign.job_id is not None
    assert jobs.run_to_the_end(campaign.job_id).status == "done"
    return Campaign.objects.get(pk=campaign.pk)


def unit(code: str) -> CampaignUnit:
    return CampaignUnit.objects.select_related("campaign", "organisation").get(organisation__code=code)


def test_every_unit_is_written_down_with_what_it_is_asked(bureau: Organisation) -> None:
    campaign = opened(bureau)
    assert (campaign.units_total, campaign.items_total, campaign.status) == (3, 3, "open")
    assert (unit("works").items_total, unit("school").items_total, unit("park").items_total) == (2, 1, 0)


def test_a_campaign_closed_while_it_is_written_down_stays_closed(
    bureau: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BATCH", 1)
    asked = {"title_zh": "核实", "title_en": "Check", "registers": ["team"], "due_at": DUE}
    campaign = opening.open_campaign(by=None, now=NOW, organisation=bureau, **asked)
    assert campaign.job_id is not None
    assert not jobs.one_slice(campaign.job_id)
    opening.close_campaign(campaign=campaign, by=None, now=NOW)
    jobs.run_to_the_end(campaign.job_id)
    campaign.refresh_from_db()
    assert (campaign.status, campaign.units_total) == ("closed", 1)


def test_only_some_kinds_and_only_what_is_stale(bureau: Organisation) -> None:
    save_record(register=REGISTERS["team"], values={"strength": 3}, by=None, now=NOW, pk=Team.objects.get(code="w1").pk)
    campaign = opened(bureau, unit_kinds=["enterprise", "park"], is_stale_only=True)
    assert list(campaign.units.values_list("organisation__code", "items_total")) == [("works", 1)]


def test_a_link_opens_its_own_unit_alone_and_ends(bureau: Organisation) -> None:
    campaign = opened(bureau)
    word = link_word(unit("works"))
    assert unit_behind(word, NOW) == unit("works")
    for wrong in (
        "",
        "x",
        word[:-1] + ("0" if word[-1] != "0" else "1"),
        f"{unit('school').pk}-{word.split('-')[1]}",
        "9" * 30,
    ):
        with pytest.raises(LinkRefused):
            unit_behind(wrong, NOW)
    with pytest.raises(LinkRefused):
        answers.item_of(unit("works"), CampaignItem.objects.get(unit=unit("school")).pk)
    opening.renew_link(unit=unit("works"), by=None, now=NOW)
    with pytest.raises(LinkRefused):
        unit_behind(word, NOW)
    with pytest.raises(LinkRefused, match="no longer in use"):
        unit_behind(link_word(unit("works")), DUE + timedelta(days=31))
    opening.close_campaign(campaign=campaign, by=None, now=NOW)
    with pytest.raises(LinkRefused, match="no longer in use"):
        unit_behind(link_word(unit("works")), NOW)


def test_one_tap_confirms_and_the_last_one_finishes_the_unit(bureau: Organisation) -> None:
    opened(bureau)
    first, second = CampaignItem.objects.filter(unit=unit("works"))
    for _ in range(2):
        answers.still_true(unit=unit("works"), items=[first], now=NOW)
    assert (unit("works").items_done, unit("works").done_at) == (1, None)
    assert Team.objects.get(pk=first.record_id).confirmed_at == NOW
    assert "链接" in Team.objects.get(pk=first.record_id).confirmed_by
    answers.change(unit=unit("works"), item=second, values={"strength": 20}, seen=None, now=NOW)
    done = unit("works")
    assert (done.items_done, done.done_at, done.next_notice_at) == (2, NOW, None)
    campaign = Campaign.objects.get()
    assert (campaign.units_done, campaign.items_done) == (1, 2)
    change = RecordChange.objects.get(kind="changed")
    assert (change.source, change.by, change.after) == (f"campaign:{campaign.pk}", None, {"strength": 20})
    entry = LogEntry.objects.get(kind="campaign.answered")
    assert entry.by_id == f"link:{done.pk}"


def test_a_link_changes_nothing_beyond_its_unit_and_its_registers(bureau: Organisation) -> None:
    opened(bureau)
    mandate = mandate_of(unit("works"))
    school_team = Team.objects.get(code="s1")
    with pytest.raises(NotFound):
        save_record(register=REGISTERS["team"], values={"strength": 1}, by=mandate, now=NOW, pk=school_team.pk)
    with pytest.raises(Refused):
        answers.add(
            unit=unit("works"),
            register=REGISTERS["team"],
            values={**TEAM, "code": "x", "name_zh": "x", "organisation": "school"},
            now=NOW,
        )
    with pytest.raises(NotAllowed):
        save_record(
            register=REGISTERS["site"],
            values={"code": "x", "name_zh": "x", "organisation": "works", "kind": "store", "lat": 1, "lon": 1},
            by=mandate,
            now=NOW,
        )


def test_what_is_gone_is_reported_and_not_retired_by_the_link(bureau: Organisation) -> None:
    opened(bureau)
    item = CampaignItem.objects.get(unit=unit("school"))
    with pytest.raises(Refused, match="Say why"):
        answers.gone(unit=unit("school"), item=item, reason=" ", now=NOW)
    answers.gone(unit=unit("school"), item=item, reason="已解散", now=NOW)
    assert Team.objects.get(code="s1").retired_at is None
    assert (CampaignItem.objects.get(pk=item.pk).note, unit("school").done_at) == ("已解散", NOW)


def test_a_unit_without_records_finishes_and_may_add(bureau: Organisation) -> None:
    opened(bureau)
    answers.add(
        unit=unit("park"),
        register=REGISTERS["team"],
        values={**TEAM, "code": "p1", "name_zh": "园区队", "organisation": "park"},
        now=NOW,
    )
    answers.finish(unit=unit("park"), now=NOW)
    assert unit("park").done_at == NOW
    with pytest.raises(Refused, match="2 records are not answered yet"):
        answers.finish(unit=unit("works"), now=NOW)


def test_units_are_invited_reminded_and_it_climbs_to_the_superior_until_they_answer(bureau: Organisation) -> None:
    opened(bureau)
    answers.still_true(unit=unit("school"), items=list(CampaignItem.objects.filter(unit=unit("school"))), now=NOW)
    for day in range(0, 22):
        telling.tell_units(NOW + timedelta(days=day))
        telling.tell_units(NOW + timedelta(days=day))
    works = unit("works")
    own = Message.objects.filter(key__startswith=f"campaign:{works.campaign_id}:{works.pk}:").order_by("id")
    assert [(message.recipient, message.key.split(":", 3)[3]) for message in own] == [
        ("agency:works", "invite"),
        ("agency:works", f"remind:{-7 * 86400}"),
        ("agency:works", f"remind:{-1 * 86400}"),
        ("agency:works", f"remind:{1 * 86400}"),
    ]
    above = Message.objects.filter(key__startswith=f"campaign:{works.campaign_id}:above:").order_by("id")
    assert [(message.recipient, message.subject_zh) for message in above] == [
        ("agency:bureau", "逾期未报：园区（季度核实）"),
        ("agency:park", "逾期未报：化工厂（季度核实）"),
        ("agency:bureau", "逾期未报：化工厂（季度核实）"),
    ]
    assert all(message.org_path == Organisation.objects.get(code=message.recipient[7:]).path for message in above)
    assert works.climbed == 2
    assert works.next_notice_at is None
    invitation = Message.objects.get(key=f"campaign:{works.campaign_id}:{works.pk}:invite")
    assert f"/c/{link_word(works)}/" in invitation.body_zh
    assert not Message.objects.filter(recipient="agency:school").exists()


def test_a_superior_of_many_late_units_is_told_of_all_of_them_at_once(
    bureau: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "NAMED", 3)
    for number in range(5):
        save("organisation", code=f"lab{number}", name_zh=f"实验室{number}", kind="enterprise", parent="park")
    save("organisation", code="shed", name_zh="仓房", kind="enterprise", parent="works")
    opened(bureau)
    answers.finish(unit=unit("lab4"), now=NOW)
    late = DUE + timedelta(days=2)
    while telling.tell_units(late):
        pass
    above = Message.objects.filter(key__contains=":above:")
    told = above.get(recipient="agency:park")
    assert (told.subject_zh, told.subject_en) == ("逾期未报：5 个单位（季度核实）", "Overdue: 5 units (Quarterly)")
    named = re.findall(r"^(\S+)：还有 (\d) 条$", told.body_zh, re.MULTILINE)
    left = {"化工厂": "2", **{f"实验室{number}": "0" for number in range(4)}}
    assert len({name for name, _ in named}) == 3
    assert set(named) <= set(left.items())
    assert "……另有 2 个单位" in told.body_zh
    assert "... and 2 more" in told.body_en
    assert f"/campaigns/{Campaign.objects.get().pk}/?state=late" in told.body_en
    while telling.tell_units(late + timedelta(days=2)):
        pass
    again = above.filter(recipient="agency:park").order_by("-id")[0]
    assert (above.filter(recipient="agency:park").count(), again.subject_zh) == (2, "逾期未报：仓房（季度核实）")
    higher = above.filter(recipient="agency:bureau").order_by("id")
    assert [one.subject_zh for one in higher] == ["逾期未报：2 个单位（季度核实）", "逾期未报：5 个单位（季度核实）"]
    assert above.get(recipient="agency:works").subject_zh == "逾期未报：仓房（季度核实）"


def test_tallies_are_what_a_count_finds(bureau: Organisation) -> None:
    campaign = opened(bureau)
    works, school = unit("works"), unit("school")
    first, second = CampaignItem.objects.filter(unit=works).order_by("pk")
    answers.still_true(unit=works, items=[first, second], now=NOW)
    answers.change(unit=works, item=second, values={"strength": 20}, seen=None, now=NOW, mark="once")
    answers.change(unit=works, item=second, values={"strength": 20}, seen=None, now=NOW, mark="once")
    answers.gone(unit=school, item=CampaignItem.objects.get(unit=school), reason="已解散", now=NOW)
    more = {**TEAM, "code": "p1", "name_zh": "园区队", "organisation": "park"}
    answers.add(unit=unit("park"), register=REGISTERS["team"], values=more, now=NOW)
    kept = shown(campaign)
    assert answers_of(list(campaign.tallies.all())) == {"still_true": 1, "changed": 1, "gone": 1, "added": 1}
    assert [(area.code, one.units, one.done) for area, one in by_area(list(campaign.tallies.all()), campaign)] == [
        ("park", 2, 1),
        ("school", 1, 1),
    ]
    # What an earlier version has left is counted the same when it is upgraded.
    CampaignUnit.objects.update(tally=None)
    campaign.tallies.all().delete()
    import_module("youbei.records.migrations.0077_campaign_tallies_filled").fill(apps, connection.schema_editor())
    assert shown(campaign) == kept
    answers.finish(unit=unit("park"), now=NOW)
    assert [one.done for _, one in by_area(list(campaign.tallies.all()), campaign)] == [2, 1]


def shown(campaign: Campaign) -> list[tuple[Any, ...]]:
    names = ("area", "kind", "units", "units_done", "items", "items_done", "still_true", "changed", "gone", "added")
    return list(campaign.tallies.order_by("area", "kind").values_list(*names))


def test_units_of_an_authority_with_very_many_are_not_told_apart_by_area(
    bureau: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "MOST_AREAS", 1)
    campaign = opened(bureau)
    assert by_area(list(campaign.tallies.all()), campaign) == []
    assert {code: found.units for code, _, found in by_kind(list(campaign.tallies.all()))} == {
        "enterprise": 1,
        "park": 1,
        "school": 1,
    }


def test_a_superior_sees_how_far_its_own_units_are_and_reminds_them(bureau: Organisation) -> None:
    campaign = opened(bureau)
    park = Organisation.objects.get(code="park")
    keeper = create_user(by=None, now=NOW, username="park-keeper", password="long enough for anybody")
    give_grant(by=None, now=NOW, user=keeper, role=Role.REGISTRAR, organisation=park)
    keeper = User.objects.get(pk=keeper.pk)
    view = view_of(campaign.pk, keeper)
    assert view.paths == (park.path,)
    assert sorted(view.units().values_list("organisation__code", flat=True)) == ["park", "works"]
    assert (view.progress().units, view.progress().items) == (2, 2)
    assert [(row.pk, found.units) for row, found in asked_from_above(keeper)] == [(campaign.pk, 2)]
    CampaignUnit.objects.update(tally=None)
    campaign.tallies.all().delete()
    assert (view.progress().units, view.progress().items) == (2, 2)
    assert telling.remind_now(unit=unit("works"), by=keeper, now=NOW + timedelta(days=1))
    with pytest.raises(NotFound):
        visible_unit(unit("school").pk, keeper)
    with pytest.raises(NotFound):
        telling.remind_now(unit=unit("school"), by=keeper, now=NOW + timedelta(days=1))
    with pytest.raises(NotFound):
        opening.close_campaign(campaign=campaign, by=keeper, now=NOW)
    school = create_user(by=None, now=NOW, username="observer-there", password="long enough for anybody")
    give_grant(by=None, now=NOW, user=school, role=Role.OBSERVER, organisation=park)
    with pytest.raises(NotFound):
        view_of(campaign.pk, User.objects.get(pk=school.pk))


def test_a_unit_without_an_address_is_on_the_list_of_messages_that_did_not_go_out(bureau: Organisation) -> None:
    opened(bureau)
    telling.tell_units(NOW)
    assert Message.objects.get(recipient="agency:school").status == "failed"


def test_a_campaign_needs_its_permission_and_makes_sense(bureau: Organisation) -> None:
    user = create_user(by=None, now=NOW, username="observer", password="long enough for anybody")
    give_grant(by=None, now=NOW, user=user, role=Role.OBSERVER, organisation=bureau)
    with pytest.raises(NotAllowed):
        opened(bureau, by=user)
    with pytest.raises(Refused, match="due after it opens"):
        opened(bureau, opens_at=DUE)
    with pytest.raises(Refused, match="at least one register"):
        opening.open_campaign(by=None, now=NOW, organisation=bureau, title_zh="x", registers=["vetting"], due_at=DUE)
