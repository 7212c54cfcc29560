"""What is said when something is called off under an agreement, and the link by which the other side answers."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from youbei.actions.link_words import is_same, number_in, word_for
from youbei.actions.outbox import send_outside_runs
from youbei.actions.permit import Mandate
from youbei.engine.alerts.route import Outgoing
from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.engine.text import Text, unit_of
from youbei.records.models import CallOff, Organisation
from youbei.records.reports.written_to import address_of

# Assumption: what was called off is back and settled within a month.
OPEN_FOR = timedelta(days=30)


class CallOffLinkRefused(Refused):
    """Refuse a link that is not, or no longer, good."""

    status = 404


def link_word(row: CallOff) -> str:
    """Return the part of the address that only the asked unit knows."""
    return word_for("call_off", row.pk, row.nonce)


def link_of(row: CallOff) -> str:
    return f"{settings.PUBLIC_ADDRESS}/a/{link_word(row)}/"


def call_off_behind(word: str, now: datetime) -> CallOff:
    """Return the request that a link belongs to; a wrong link is answered like one that never was."""
    wanted = CallOff.objects.select_related("agreement", "organisation", "asked_of", "item", "incident")
    row = wanted.filter(pk=number_in(word)).first()
    if row is None or not is_same(word, link_word(row)):
        raise CallOffLinkRefused(
            zh="这个链接无效。请核对是否复制完整，或向发来链接的单位索取新的。",
            en="This link is not valid. Check that it was copied whole, or ask whoever sent it for a new one.",
        )
    if now >= row.asked_at + OPEN_FOR:
        raise CallOffLinkRefused(
            zh="这个链接已经停用。如有需要，请联系请求单位。",
            en="This link is no longer in use. Talk to the unit that asked.",
        )
    return row


def mandate_of(row: CallOff) -> Mandate:
    """Return what whoever holds the link may do: answer this one request; no register is open to them."""
    unit = row.asked_of
    zh, en = (unit.name_zh, unit.name_en or unit.name_zh) if unit else (row.agreement.partner_name,) * 2
    label = f"{zh}（链接） / {en} (link)"[:120]
    path = unit.path if unit is not None else row.org_path
    return Mandate(f"link:call_off:{row.pk}", label, path, frozenset(), f"call_off:{row.pk}")


def said_of(row: CallOff) -> Text:
    """Say what is asked for: 200 sets of something, or two teams."""
    amount = f"{row.quantity.normalize():f}"
    if row.item is not None:
        zh, en = row.item.name_zh, row.item.name_en or row.item.name_zh
        unit = unit_of(row.quantity, Text(row.item.unit_zh, row.item.unit_en or row.item.unit_zh))
        return Text(f"{zh} {amount} {unit.zh}", f"{amount} {unit.en} {en}")
    what = Text.parted(row.what)
    more_zh, more_en = (f"（{what.zh}）", f" ({what.en})") if row.what else ("", "")
    return Text(f"队伍 {amount} 支{more_zh}", f"{amount} {'team' if row.quantity == 1 else 'teams'}{more_en}")


def named(unit: Organisation | None) -> Text:
    return Text(unit.name_zh, unit.name_en or unit.name_zh) if unit is not None else Text()


def tell_asked(row: CallOff, now: datetime) -> None:
    asker, what, due = named(row.organisation), said_of(row), timezone.localtime(row.due_at)
    at = f"{due:%Y-%m-%d %H:%M}"
    body = Text(
        f"{asker.zh}按协议“{row.agreement.name_zh}”请求：{what.zh}。地点：{row.place or '另告'}。"
        f"请在 {at} 前打开链接答复（无需账号）：\n{link_of(row)}",
        f"{asker.en} asks under the agreement “{row.agreement.name_en or row.agreement.name_zh}” for {what.en}. Place: "
        f"{row.place or 'to be told'}. Answer by {at} with this link (no account needed):\n{link_of(row)}",
    )
    subject = Text(f"请求支援：{what.zh}", f"Request under an agreement: {what.en}")
    to = row.asked_of
    address = (address_of(to) if to is not None else "") or row.agreement.phone
    recipient = f"agency:{to.code}" if to is not None else f"agreement:{row.agreement.code}"
    send(row, "asked", recipient, address, Outgoing(subject, body), now)


def tell_answer(row: CallOff, now: datetime) -> None:
    what = said_of(row)
    if row.state == CallOff.State.REFUSED:
        body = Text(f"未能提供：{row.reason}", f"It cannot be given: {row.reason}")
        subject = Text(f"请求被拒绝：{what.zh}", f"Request refused: {what.en}")
    else:
        at = f"{timezone.localtime(row.arrives_at):%m-%d %H:%M}" if row.arrives_at else "–"
        amount = f"{row.accepted.normalize():f}" if row.accepted is not None else ""
        body = Text(f"同意提供 {amount}，预计 {at} 到达。", f"{amount} promised, expected at {at}.")
        subject = Text(f"请求已同意：{what.zh}", f"Request accepted: {what.en}")
    unit = row.organisation
    send(row, "answer", f"agency:{unit.code}", address_of(unit), Outgoing(subject, body), now)


def tell_late(row: CallOff, superior: Organisation | None, now: datetime) -> None:
    """Tell the superior of the asked unit and, the first time, the unit that asked."""
    what, unit = said_of(row), named(row.asked_of)
    zh, en = unit.zh or row.agreement.partner_name, unit.en or row.agreement.partner_name
    subject = Text(f"协议请求逾期未答复：{zh}", f"Request under an agreement not answered: {en}")
    asker, at = named(row.organisation), f"{timezone.localtime(row.due_at):%H:%M}"
    body = Text(
        f"{asker.zh}向{zh}请求{what.zh}，应在 {at} 前答复，至今未答复。请督促。",
        f"{asker.en} asked {en} for {what.en}. The answer was due at {at} and has not come. Please see to it.",
    )
    told = [one for one in (superior, row.organisation if row.climbed == 0 else None) if one is not None]
    for number, one in enumerate(told):
        send(row, f"late:{row.climbed}:{number}", f"agency:{one.code}", address_of(one), Outgoing(subject, body), now)


def send(row: CallOff, key: str, recipient: str, address: str, said: Outgoing, now: datetime) -> None:
    send_outside_runs(
        key=f"call_off:{row.pk}:{key}",
        said=said,
        mode=Mode(row.mode),
        recipient=recipient[:100],
        address=address,
        org_path=row.org_path,
        incident=row.incident,
        now=now,
    )
