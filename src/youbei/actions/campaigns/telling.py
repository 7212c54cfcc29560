"""Tell the units of a campaign: invite, remind, and climb to the superior when one is late."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from youbei.actions.campaigns.links import link_word
from youbei.actions.campaigns.opening import CampaignRefused, require_above, schedule_of
from youbei.actions.climbing import superiors, take_turns
from youbei.actions.job_queue import queue_job
from youbei.actions.outbox import post_message
from youbei.actions.permit import require
from youbei.engine.access import Permission
from youbei.engine.alerts.route import Outgoing
from youbei.engine.campaigns import Notice, NoticeKind, next_notice_at, notices_due
from youbei.engine.text import Text
from youbei.records.models import Campaign, CampaignUnit, Job, Message, Organisation, User
from youbei.records.reports.written_to import address_of

UNITS_PER_TICK = 50
# So many late units are named to their superior.
NAMED = 20


def tell_units(now: datetime) -> bool:
    """Send the notices that are due to the units that have waited longest; say whether there may be more."""
    due = CampaignUnit.objects.filter(next_notice_at__lte=now).order_by("next_notice_at", "id")
    return take_turns(due, tell_unit, now=now, most=UNITS_PER_TICK)


@transaction.atomic
def tell_unit(pk: int, now: datetime) -> None:
    """Send what is due to one unit, and write down that it was sent, in one transaction."""
    unit = CampaignUnit.objects.select_for_update(of=("self",)).select_related("campaign", "organisation").get(pk=pk)
    campaign = unit.campaign
    if campaign.status == Campaign.Status.OPENING:
        return
    if unit.done_at is not None or unit.revoked_at is not None or campaign.status == Campaign.Status.CLOSED:
        unit.next_notice_at = None
        unit.save(update_fields=["next_notice_at"])
        return
    above = superiors(unit.org_path, up_to=campaign.org_path)
    for notice in notices_due(schedule_of(campaign), len(above), sent=unit.notices, now=now):
        if notice.kind is NoticeKind.CLIMB:
            climb(campaign, notice, above[notice.level - 1], now)
        else:
            send(unit, notice, now)
        unit.notices = [*unit.notices, notice.key]
        unit.climbed = max(unit.climbed, notice.level)
    unit.next_notice_at = next_notice_at(schedule_of(campaign), len(above), sent=unit.notices)
    unit.save(update_fields=["notices", "climbed", "next_notice_at"])


def link_of(unit: CampaignUnit) -> str:
    return f"{settings.PUBLIC_ADDRESS}/c/{link_word(unit)}/"


def send(unit: CampaignUnit, notice: Notice, now: datetime) -> None:
    post_message(
        key=f"campaign:{unit.campaign_id}:{unit.pk}:{notice.key}",
        org_path=unit.org_path,
        recipient=f"agency:{unit.organisation.code}",
        address=address_of(unit.organisation),
        said=wording(unit, notice),
        now=now,
    )


def climb(campaign: Campaign, notice: Notice, to: Organisation, now: datetime) -> None:
    """Tell a superior, once, of all units that are late and climb to it with this notice."""
    key = f"campaign:{campaign.pk}:above:{to.pk}:{notice.key}"
    if not Message.objects.filter(key=key).exists():
        late = late_below(campaign, notice.level, to)
        said = wording_of_climb(campaign, late)
        post_message(
            key=key, org_path=to.path, recipient=f"agency:{to.code}", address=address_of(to), said=said, now=now
        )


def late_below(campaign: Campaign, level: int, to: Organisation) -> list[int]:
    """Return the keys of the late units that have a superior as the so-and-so-many-th above them, in their order."""
    rows = waiting_units(campaign).filter(org_path__under=to.path).order_by("org_path", "id")
    gone = set(Organisation.objects.under(to.path).filter(retired_at__isnull=False).values_list("pk", flat=True))
    found = []
    for pk, path in rows.values_list("pk", "org_path"):
        between = [int(key) for key in path[len(to.path) :].split("/") if key][:-1]
        if path != to.path and sum(key not in gone for key in between) == level - 1:
            found.append(pk)
    return found


def wording(unit: CampaignUnit, notice: Notice) -> Outgoing:
    campaign = unit.campaign
    day = timezone.localtime(campaign.due_at)
    zh, en = campaign.title_zh, campaign.title_en or campaign.title_zh
    left = unit.items_total - unit.items_done
    first = "请核实" if notice.kind is NoticeKind.INVITE else "提醒：请核实"
    first_en = "Please confirm" if notice.kind is NoticeKind.INVITE else "Reminder: please confirm"
    return Outgoing(
        Text(f"{first}登记资料：{zh}", f"{first_en} your records: {en}"),
        Text(
            f"{campaign.text_zh}\n请在 {day:%Y-%m-%d %H:%M} 前打开下面的链接，核实 {left} 条记录（无需账号）：\n"
            f"{link_of(unit)}".strip(),
            f"{campaign.text_en or campaign.text_zh}\nPlease open this link by {day:%Y-%m-%d %H:%M} and confirm {left} "
            f"records (no account needed):\n{link_of(unit)}".strip(),
        ),
    )


def wording_of_climb(campaign: Campaign, late: Sequence[int]) -> Outgoing:
    """Word what a superior is told: how many units are late, which are the first, and where all of them stand."""
    rows = CampaignUnit.objects.filter(pk__in=late[:NAMED]).select_related("organisation").order_by("org_path", "id")
    first = list(rows)
    day = f"{timezone.localtime(campaign.due_at):%Y-%m-%d %H:%M}"
    zh, en = campaign.title_zh, campaign.title_en or campaign.title_zh
    lines_zh = [f"{one.organisation.name_zh}：还有 {one.items_total - one.items_done} 条" for one in first]
    lines_en = [
        f"{one.organisation.name_en or one.organisation.name_zh}: {one.items_total - one.items_done} left"
        for one in first
    ]
    if len(late) > len(first):
        lines_zh.append(f"……另有 {len(late) - len(first)} 个单位")
        lines_en.append(f"... and {len(late) - len(first)} more")
    names_zh, names_en = "\n".join(lines_zh), "\n".join(lines_en)
    who_zh, who_en = f"{len(late)} 个单位", f"{len(late)} units"
    if len(late) == 1:
        who_zh, who_en = (
            first[0].organisation.name_zh,
            first[0].organisation.name_en or first[0].organisation.name_zh,
        )
    address = f"{settings.PUBLIC_ADDRESS}/campaigns/{campaign.pk}/?state=late"
    return Outgoing(
        Text(f"逾期未报：{who_zh}（{zh}）", f"Overdue: {who_en} ({en})"),
        Text(
            f"下列单位应在 {day} 前核实登记资料，至今没有答复完。请督促。\n{names_zh}\n全部情况（须登录）：{address}",
            f"These were to confirm their records by {day} and have not answered everything. Please see to it.\n"
            f"{names_en}\nAll of them (sign in): {address}",
        ),
    )


@transaction.atomic
def remind_now(*, unit: CampaignUnit, by: User | None, now: datetime) -> bool:
    """Send one more reminder, whenever it is asked for, at most once a minute; say whether one was sent."""
    require_above(by, unit)
    refuse_closed(unit.campaign)
    row = CampaignUnit.objects.select_for_update(of=("self",)).select_related("campaign", "organisation")
    return remind(row.get(pk=unit.pk), now)


def remind(unit: CampaignUnit, now: datetime) -> bool:
    notice = Notice(now, f"asked:{now:%Y%m%d%H%M}", NoticeKind.REMIND)
    if notice.key in unit.notices or unit.done_at is not None or unit.revoked_at is not None:
        return False
    send(unit, notice, now)
    unit.notices = [*unit.notices, notice.key]
    unit.save(update_fields=["notices"])
    return True


@transaction.atomic
def remind_all(*, campaign: Campaign, by: User | None, now: datetime) -> int:
    """Have every unit that has not answered reminded once more, by a job; return how many these are."""
    require(by, Permission.RUN_CAMPAIGN, campaign.org_path)
    refuse_closed(campaign)
    queue_job("campaign_remind", campaign.pk, by=by, now=now, state={"asked_at": now.isoformat(), "after": 0})
    return waiting_units(campaign).count()


def waiting_units(campaign: Campaign) -> QuerySet[CampaignUnit]:
    return CampaignUnit.objects.filter(campaign=campaign, done_at__isnull=True, revoked_at__isnull=True)


def remind_slice(job: Job, now: datetime) -> bool:
    """Remind the next units; return whether these were the last. All carry the minute in which it was asked for."""
    campaign = Campaign.objects.get(pk=job.subject_id)
    if campaign.status != Campaign.Status.OPEN:
        return True
    asked_at = datetime.fromisoformat(job.state["asked_at"])
    rows = waiting_units(campaign).filter(pk__gt=job.state["after"]).select_related("campaign", "organisation")
    batch = list(rows.select_for_update(of=("self",)).order_by("pk")[:UNITS_PER_TICK])
    for unit in batch:
        remind(unit, asked_at)
    job.done += len(batch)
    job.state = {**job.state, "after": batch[-1].pk if batch else job.state["after"]}
    return len(batch) < UNITS_PER_TICK


def not_all_reminded(job: Job, is_cancelled: bool) -> None:
    """Leave it at those who were reminded: each reminder stands for itself."""


def refuse_closed(campaign: Campaign) -> None:
    if campaign.status != Campaign.Status.OPEN:
        raise CampaignRefused(
            zh="这次核实已经结束，或尚未发出，不能催报。请刷新页面查看状态。",
            en="This campaign is closed, or not yet open: nobody is reminded. Look at its state.",
        )
