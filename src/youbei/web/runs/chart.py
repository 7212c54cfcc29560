"""Turn the board of a run into the bars of its time chart."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from youbei.engine.text import Text
from youbei.records.reports.board import Board
from youbei.records.reports.lanes import BoardStep
from youbei.web import timechart, wording


def chart_of(board: Board) -> timechart.Chart | None:
    """Return the chart, or None before activation."""
    start = board.run.activated_at
    if start is None:
        return None
    bars = [bar for step in board.steps if (bar := bar_of(step)) is not None]
    lanes = [(lane.post, say(lane.title), say(lane.holder_name)) for lane in board.lanes]
    is_over = board.run.phase == "assessed"
    return timechart.draw(lanes, bars, start=start, now=board.scenario_now, is_over=is_over)


def say(text: Text) -> str:
    return text.in_language(get_language() or "en")


def bar_of(step: BoardStep) -> timechart.Bar | None:
    span = step.expected
    if span is None or (step.status == "waiting" and not step.applies):
        return None
    return timechart.Bar(
        id=step.id,
        lane=step.lane,
        title=say(step.title),
        status=step.status,
        start=span.start,
        end=span.end,
        is_expected=span.is_expected,
        begun_at=step.started_at,
        due_at=step.due_at,
        late_at=step.late_at,
        after=step.after,
        says=details(step, span.start, span.end),
    )


def details(step: BoardStep, start: datetime, end: datetime) -> str:
    """Write the line that is shown when pointing at a bar."""
    parts = [say(step.title), str(wording.STATUSES.get(step.status, step.status))]
    if step.late_at is not None:
        parts.append(_("late since %(time)s") % {"time": hour(step.late_at)})
    if step.due_at is not None:
        parts.append(_("due %(time)s") % {"time": hour(step.due_at)})
    shown = _("%(start)s to %(end)s") if step.finished_at else _("%(start)s to about %(end)s")
    parts.append(shown % {"start": hour(start), "end": hour(end)})
    return " · ".join(parts)


def hour(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"
