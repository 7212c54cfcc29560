"""Tell the units of a campaign: invite, remind, and climb to the superior when one is late."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from youbei.actions.campaigns.links import link_word
from youbei.actions.campaigns.opening import schedule_of
from youbei.actions.outbox import post_message
from youbei.engine.alerts.route import Outgoing
from youbei.engine.campaigns import Notice, NoticeKind, next_notice_at, notices_due
from youbei.engine.text import Text
from youbei.records.models import Campaign, CampaignUnit, ContactWay, Organisation

UNITS_PER_TICK = 50


def tell_units(now: datetime) -> bool:
    """Send the notices that are due to the units that have waited longest; say whether there may be more."""
    due = CampaignUnit.objects.filter(next_notice_at__lte=now).order_by("next_notice_at", "id")
    waiting = list(due.values_list("pk", flat=True)[:UNITS_PER_TICK])
    for pk in waiting:
        tell_unit(pk, now)
    return len(waiting) == UNITS_PER_TICK


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
    above = superiors(unit)
    for notice in notices_due(schedule_of(campaign), len(above), sent=unit.notices, now=now):
        to = unit.organisation if notice.level == 0 else above[notice.level - 1]
        send(unit, notice, to, now)
        unit.notices = [*unit.notices, notice.key]
        unit.climbed = max(unit.climbed, notice.level)
    unit.next_notice_at = next_notice_at(schedule_of(campaign), len(above), sent=unit.notices)
    unit.save(update_fields=["notices", "climbed", "next_notice_at"])


def superiors(unit: CampaignUnit) -> list[Organisation]:
    """Return the units above this one up to the authority that asks, the nearest first."""
    top = unit.campaign.org_path
    keys = [int(part) for part in unit.org_path.split("/") if part][:-1]
    found = Organisation.objects.filter(pk__in=keys, path__startswith=top).order_by("-path")
    return sorted(found, key=lambda one: -len(one.path))


def address_of(organisation: Organisation) -> str:
    """Return where a unit is written to: its own e-mail, else the first e-mail way of one of its posts."""
    if organisation.email:
        return organisation.email
    ways = ContactWay.objects.filter(post__organisation=organisation, way="email", retired_at__isnull=True)
    return ways.order_by("rank", "id").values_list("address", flat=True).first() or ""


def link_of(unit: CampaignUnit) -> str:
    return f"{settings.PUBLIC_ADDRESS}/c/{link_word(unit)}/"


def send(unit: CampaignUnit, notice: Notice, to: Organisation, now: datetime) -> None:
    post_message(
        key=f"campaign:{unit.campaign_id}:{unit.pk}:{notice.key}",
        org_path=unit.org_path,
        recipient=f"agency:{to.code}",
        address=address_of(to),
        said=wording(unit, notice),
        now=now,
    )


def wording(unit: CampaignUnit, notice: Notice) -> Outgoing:
    campaign, name = unit.campaign, unit.organisation
    day = timezone.localtime(campaign.due_at)
    zh, en = campaign.title_zh, campaign.title_en or campaign.title_zh
    left = unit.items_total - unit.items_done
    if notice.kind is NoticeKind.CLIMB:
        return Outgoing(
            Text(f"逾期未报：{name.name_zh}（{zh}）", f"Overdue: {name.name_en or name.name_zh} ({en})"),
            Text(
                f"{name.name_zh}应在 {day:%Y-%m-%d %H:%M} 前核实登记资料，至今还有 {left} 条未答复。请督促。",
                f"{name.name_en or name.name_zh} was to confirm its records by {day:%Y-%m-%d %H:%M}; {left} are still "
                "unanswered. Please see to it.",
            ),
        )
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


@transaction.atomic
def remind_now(*, unit: CampaignUnit, now: datetime) -> None:
    """Send one more reminder, whenever it is asked for, at most once a minute."""
    notice = Notice(now, f"asked:{now:%Y%m%d%H%M}", NoticeKind.REMIND)
    if notice.key in unit.notices:
        return
    send(unit, notice, unit.organisation, now)
    unit.notices = [*unit.notices, notice.key]
    unit.save(update_fields=["notices"])
