"""Call off what agreements of the demo city promise: pumps that went back, and a team that was just asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from youbei.actions.call_offs import Wanted, accept, ask, move_on
from youbei.demo.history import Happening
from youbei.engine.call_offs import CallOffState
from youbei.records.models import Agreement, CallOff, Item

STEPS = ((1, CallOffState.EN_ROUTE), (2, CallOffState.DELIVERED), (40, CallOffState.RETURNED))


def calling_off(now: datetime) -> Iterator[Happening]:
    """Yield what happens with its time: two pumps were used last week, and a team was asked for five minutes ago."""
    asked_at = now - timedelta(days=8)
    yield asked_at, partial(ask_for_pumps, asked_at)
    for hours, step in STEPS:
        at = asked_at + timedelta(hours=hours)
        yield at, partial(go_on, step, at)
    yield now - timedelta(minutes=5), partial(ask_for_team, now - timedelta(minutes=5))


def ask_for_pumps(now: datetime) -> None:
    pumps = Agreement.objects.get(code="haizhou-agreement-pumps")
    item = Item.objects.filter(lots__agreement=pumps).distinct().get()
    wanted = Wanted(Decimal(2), item, place="新河区 3 号涵洞 / Culvert 3, Xinhe")
    row = ask(agreement=pumps, wanted=wanted, once="demo-pumps", by=None, now=now)
    accept(call_off=row, quantity=Decimal(2), arrives_at=now + timedelta(hours=2), by=None, now=now)


def go_on(step: CallOffState, now: datetime) -> None:
    move_on(call_off=CallOff.objects.get(once="demo-pumps"), to=step, by=None, now=now)


def ask_for_team(now: datetime) -> None:
    aid = Agreement.objects.get(code="aid-rescue-centre")
    team = Wanted(Decimal(1), what="堵漏队 / Leak stopping", place="化工园区东卡口 / East gate of the park")
    ask(agreement=aid, wanted=team, once="demo-team", by=None, now=now)
