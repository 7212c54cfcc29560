"""The injects of an exercise over time: a lane for whoever gets them, a bar as long as the answer may take."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from youbei.engine.exercises.msel import time_of_day
from youbei.records.reports.msel import BEGINS, Msel, MselLine
from youbei.web import timechart
from youbei.web.forms.facts import say

# Drawn so long where nothing is expected within a time.
LEAST = timedelta(minutes=1)
STATUSES = {"fired": "finished", "skipped": "skipped", "failed": "skipped", "held": "waiting", "waiting": "waiting"}
EVERYBODY = "-"


def chart_of(msel: Msel) -> timechart.Chart | None:
    """Return the chart, with the clock of the scenario on its axis; None where no inject has a time."""
    # The axis shows local times of day, and the scenario's clock is one.
    midnight = timezone.make_aware(BEGINS.replace(tzinfo=None))
    start = midnight + time_of_day(msel.exercise.start.clock)
    lines = [line for line in msel.lines if line.offset is not None]
    if not lines:
        return None
    bars = [bar_of(line, start + line.offset) for line in lines if line.offset is not None]
    lanes = list(dict.fromkeys((line.to or EVERYBODY, say(line.to_title) or _("On the scene"), "") for line in lines))
    return timechart.draw(lanes, bars, start=start, now=start, is_over=True)


def bar_of(line: MselLine, begins: datetime) -> timechart.Bar:
    longest = max((action.within for action in line.actions), default=LEAST)
    return timechart.Bar(
        id=line.id,
        lane=line.to or EVERYBODY,
        title=say(line.title),
        status=STATUSES[line.status],
        start=begins,
        end=begins + max(longest, LEAST),
        is_expected=line.is_rehearsed,
        says=f"{line.clock} {say(line.title)}",
    )
