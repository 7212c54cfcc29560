"""Call off what agreements of the demo city promise: pumps that went back, and a team that was just asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from youbei.actions.call_offs import Wanted, accept, ask, move_on
from youbei.engine.call_offs import CallOffState
from youbei.records.models import Agreement, Item


def enter_call_offs(now: datetime) -> None:
    """Let two pumps have been used last week, and a team have been asked for five minutes ago."""
    pumps, asked_at = Agreement.objects.get(code="haizhou-agreement-pumps"), now - timedelta(days=8)
    item = Item.objects.filter(lots__agreement=pumps).distinct().get()
    wanted = Wanted(Decimal(2), item, place="新河区 3 号涵洞 / Culvert 3, Xinhe")
    row = ask(agreement=pumps, wanted=wanted, once="demo-pumps", by=None, now=asked_at)
    accept(call_off=row, quantity=Decimal(2), arrives_at=asked_at + timedelta(hours=2), by=None, now=asked_at)
    for hours, step in ((1, CallOffState.EN_ROUTE), (2, CallOffState.DELIVERED), (40, CallOffState.RETURNED)):
        move_on(call_off=row, to=step, by=None, now=asked_at + timedelta(hours=hours))
    aid = Agreement.objects.get(code="aid-rescue-centre")
    team = Wanted(Decimal(1), what="堵漏队 / Leak stopping", place="化工园区东卡口 / East gate of the park")
    ask(agreement=aid, wanted=team, once="demo-team", by=None, now=now - timedelta(minutes=5))
