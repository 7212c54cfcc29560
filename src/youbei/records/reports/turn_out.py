"""What drills and incidents showed of the turn-out of teams."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from youbei.engine.clock import Mode
from youbei.engine.teams.turn_out import ENOUGH, Measured, Sent, measure
from youbei.records.models import Assignment, Team

# Assumption: what a team did longer ago than its last thirty calls says little about the people it has now.
LAST = 30


def sent_of(team: Team) -> list[Sent]:
    """Return the last times a team was sent and its departure or arrival was reported, newest first."""
    is_known = Q(departed_at__isnull=False) | Q(arrived_at__isnull=False)
    rows = Assignment.objects.filter(is_known, team=team).select_related("run")
    return [
        Sent(
            assigned_at=row.assigned_at,
            expected_at=row.expected_at,
            arrived_at=row.arrived_at,
            promised=timedelta(seconds=team.turn_out_s if row.turn_out_s is None else row.turn_out_s),
            mode=Mode(row.run.mode),
            departed_at=row.departed_at,
        )
        for row in rows.order_by("-assigned_at", "-pk")[:LAST]
    ]


def measured_of(observed: list[Sent]) -> Measured | None:
    """Return what counts for planning: real calls if there are enough, else these with the exercises, else nothing."""
    real = measure(observed, Mode.REAL)
    both = real if real is not None and real.number >= ENOUGH else measure(observed)
    return both if both is not None and both.number >= ENOUGH else None


def keep_measured(pk: int) -> None:
    """Work out the measured turn-out of a team anew."""
    team = Team.objects.select_for_update(no_key=True).get(pk=pk)
    found = measured_of(sent_of(team))
    team.measured_turn_out_s = None if found is None else round(found.median.total_seconds())
    team.save(update_fields=["measured_turn_out_s"])
