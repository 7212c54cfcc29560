"""A repeated campaign opens its next round by the worker when it is due: once, for the same choice, until stopped."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.actions.test_campaigns import NOW, bureau, opened, save, unit  # noqa: F401  (a fixture)
from youbei.actions.access import create_user
from youbei.actions.campaigns import answers, opening, repeating, telling
from youbei.actions.campaigns.links import LinkRefused, link_word, unit_behind
from youbei.actions.jobs import run_to_the_end
from youbei.engine.access import Role
from youbei.engine.campaigns import RoundsOverlap
from youbei.engine.errors import NotAllowed, Refused
from youbei.records.models import Campaign, CampaignUnit, Job, LogEntry, Message, Organisation

pytestmark = pytest.mark.django_db
NEXT = datetime(2026, 12, 1, 8, tzinfo=UTC)


def latest() -> Campaign:
    return Campaign.objects.order_by("-id")[0]


def test_the_next_round_opens_when_it_is_due_and_asks_as_things_stand_then(bureau: Organisation) -> None:  # noqa: F811
    first = opened(bureau, repeats="month", unit_kinds=["enterprise"])
    assert first.next_opens_at == NEXT
    save("organisation", code="mill", name_zh="新厂", kind="enterprise", parent="bureau")
    assert repeating.open_rounds(NEXT - timedelta(seconds=1)) is False
    assert Campaign.objects.count() == 1
    repeating.open_rounds(NEXT)
    second = latest()
    run_to_the_end(second.job_id or 0)
    second.refresh_from_db()
    assert (second.number, second.first, second.repeats, second.due_at) == (
        1,
        first,
        "month",
        datetime(2026, 12, 15, 8, tzinfo=UTC),
    )
    assert second.units_total == 2
    assert second.next_opens_at == datetime(2027, 1, 1, 8, tzinfo=UTC)
    first.refresh_from_db()
    assert (first.status, first.next_opens_at) == ("closed", None)


def test_a_round_is_opened_once_however_often_the_worker_looks(bureau: Organisation) -> None:  # noqa: F811
    first = opened(bureau, repeats="month")
    for _ in range(3):
        repeating.open_rounds(NEXT + timedelta(minutes=1))
    assert repeating.open_next(first.pk, NEXT + timedelta(minutes=2)) is None
    assert [row.number for row in Campaign.objects.order_by("pk")] == [0, 1]


def test_the_links_of_the_round_before_end_and_the_units_get_new_ones(bureau: Organisation) -> None:  # noqa: F811
    opened(bureau, repeats="month")
    old = link_word(unit("works"))
    unit_behind(old, NEXT - timedelta(days=1))
    repeating.open_rounds(NEXT)
    run_to_the_end(latest().job_id or 0)
    with pytest.raises(LinkRefused):
        unit_behind(old, NEXT)
    telling.tell_units(NEXT)
    new = CampaignUnit.objects.get(campaign=latest(), organisation__code="works")
    assert Message.objects.filter(key=f"campaign:{latest().pk}:{new.pk}:invite").count() == 1


def test_after_a_long_sleep_only_the_round_that_can_still_be_answered_opens(bureau: Organisation) -> None:  # noqa: F811
    opened(bureau, repeats="month")
    asleep = datetime(2027, 4, 20, 8, tzinfo=UTC)
    repeating.open_rounds(asleep)
    assert Campaign.objects.count() == 1
    assert Campaign.objects.get().next_opens_at == datetime(2027, 5, 1, 8, tzinfo=UTC)
    repeating.open_rounds(datetime(2027, 5, 2, 8, tzinfo=UTC))
    assert (latest().number, latest().due_at) == (6, datetime(2027, 5, 15, 8, tzinfo=UTC))


def test_what_is_stopped_opens_no_more_and_what_is_open_goes_on(bureau: Organisation) -> None:  # noqa: F811
    first = opened(bureau, repeats="quarter")
    watcher = create_user(by=None, now=NOW, username="watcher", grants=((Role.OBSERVER, bureau),))
    with pytest.raises(NotAllowed):
        repeating.stop_repeating(campaign=first, by=watcher, now=NOW)
    for _ in range(2):
        repeating.stop_repeating(campaign=first, by=None, now=NOW)
    assert LogEntry.objects.filter(kind="campaign.stopped").count() == 1
    repeating.open_rounds(NOW + timedelta(days=400))
    assert Campaign.objects.get().status == "open"


def test_closing_one_round_does_not_end_the_series(bureau: Organisation) -> None:  # noqa: F811
    opening.close_campaign(campaign=opened(bureau, repeats="month"), by=None, now=NOW)
    repeating.open_rounds(NEXT)
    assert latest().number == 1
    data = json.loads(LogEntry.objects.filter(kind="campaign.opened").order_by("-position")[0].data)
    assert (data["repeats"], data["round"]) == ("month", 1)


def test_an_authority_that_is_retired_asks_no_more(bureau: Organisation) -> None:  # noqa: F811
    opened(bureau, repeats="month")
    Organisation.objects.filter(pk=bureau.pk).update(retired_at=NOW)
    repeating.open_rounds(NEXT)
    assert Campaign.objects.get().next_opens_at is None


def test_a_round_that_would_run_into_the_next_is_refused_and_nothing_is_kept(bureau: Organisation) -> None:  # noqa: F811
    with pytest.raises(RoundsOverlap):
        opening.open_campaign(
            by=None,
            now=NOW,
            organisation=bureau,
            title_zh="长",
            registers=["team"],
            due_at=NOW + timedelta(days=40),
            repeats="month",
        )
    assert not Campaign.objects.exists()


def test_a_campaign_that_is_closed_while_its_units_are_written_down_stays_closed(bureau: Organisation) -> None:  # noqa: F811
    campaign = opening.open_campaign(
        by=None, now=NOW, organisation=bureau, title_zh="核实", registers=["team"], due_at=NOW + timedelta(days=9)
    )
    opening.close_campaign(campaign=campaign, by=None, now=NOW)
    run_to_the_end(campaign.job_id or 0)
    assert Campaign.objects.get().status == "closed"
    assert not CampaignUnit.objects.exists()


def test_all_who_have_not_answered_are_reminded_once_and_the_others_left_alone(bureau: Organisation) -> None:  # noqa: F811
    campaign = opened(bureau)
    school = unit("school")
    answers.still_true(unit=school, items=list(school.items.all()), now=NOW)
    assert telling.remind_all(campaign=campaign, by=None, now=NOW) == 2
    telling.remind_all(campaign=campaign, by=None, now=NOW)
    for job in Job.objects.filter(kind="campaign_remind"):
        assert run_to_the_end(job.pk).status == "done"
    asked = Message.objects.filter(key__contains=":asked:")
    assert sorted(asked.values_list("recipient", flat=True)) == ["agency:park", "agency:works"]


def test_nobody_is_reminded_of_what_is_closed_nor_by_those_who_may_not(bureau: Organisation) -> None:  # noqa: F811
    campaign = opened(bureau)
    watcher = create_user(by=None, now=NOW, username="watcher", grants=((Role.OBSERVER, bureau),))
    with pytest.raises(NotAllowed):
        telling.remind_all(campaign=campaign, by=watcher, now=NOW)
    with pytest.raises(NotAllowed):
        telling.remind_now(unit=unit("works"), by=watcher, now=NOW)
    opening.close_campaign(campaign=campaign, by=None, now=NOW)
    with pytest.raises(Refused, match="closed"):
        telling.remind_now(unit=unit("works"), by=None, now=NOW)


def test_a_kind_of_unit_that_nobody_knows_is_refused(bureau: Organisation) -> None:  # noqa: F811
    with pytest.raises(Refused, match="castle"):
        opened(bureau, unit_kinds=["castle"])


def test_a_campaign_about_chosen_records_is_not_repeated(bureau: Organisation) -> None:  # noqa: F811
    with pytest.raises(Refused, match="cannot repeat"):
        opened(bureau, repeats="month", records={"team": [1]})
