"""The list of incidents, newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from youbei.engine.text import Text
from youbei.records.models import Incident, Run, User
from youbei.records.pages import PAGE_SIZE, Page, keyset_page
from youbei.records.reports.names import name_of

ORDER = ("-reported_at", "-id")


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Narrow the list; empty means all. `text` is looked for in number, title and place."""

    status: str = ""
    mode: str = ""
    category: str = ""
    text: str = ""


ALL = IncidentFilter()


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run of an incident: `level` is the response level 1 (I) to 4 (IV)."""

    pk: int
    plan: Text
    phase: str
    level: int | None
    proposed_level: int | None
    is_end_proposed: bool
    activated_at: datetime | None
    ended_at: datetime | None
    steps_total: int
    steps_done: int
    steps_late: int


@dataclass(frozen=True, slots=True)
class IncidentRow:
    pk: int
    number: str
    mode: str
    status: str
    title: str
    title_en: str
    category: str
    kind: str
    place: str
    lat: float | None
    lon: float | None
    organisation: Text
    grade: str
    is_grade_lower_bound: bool
    occurred_at: datetime | None
    known_at: datetime
    reported_at: datetime
    closed_at: datetime | None
    runs: tuple[RunSummary, ...]

    @property
    def named(self) -> Text:
        return Text(self.title, self.title_en or self.title)

    @property
    def level(self) -> int | None:
        """Return the most severe level at which something is running."""
        return min((run.level for run in self.runs if run.phase == "active" and run.level), default=None)

    @property
    def steps_late(self) -> int:
        return sum(run.steps_late for run in self.runs if run.phase == "active")


def incident_page(
    user: User, *, filters: IncidentFilter = ALL, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[IncidentRow]:
    """Return a page of the incidents that the user may see."""
    rows = Incident.objects.newest_visible_to(user).select_related("organisation")
    if filters.status:
        rows = rows.filter(status=filters.status)
    if filters.mode:
        rows = rows.filter(mode=filters.mode)
    if filters.category:
        rows = rows.filter(category=filters.category)
    if filters.text:
        text = filters.text.strip()
        found = Q(number__icontains=text) | Q(title__icontains=text) | Q(title_en__icontains=text)
        rows = rows.filter(found | Q(place__icontains=text))
    return keyset_page(rows, order=ORDER, cursor=cursor, read=incident_rows, size=size)


def incident_rows(incidents: Sequence[Incident]) -> list[IncidentRow]:
    """Turn incidents into rows with the runs that belong to them: one query for all."""
    runs: dict[int, list[RunSummary]] = defaultdict(list)
    found = Run.objects.filter(incident__in=[incident.pk for incident in incidents]).order_by("id")
    for run in found.select_related("plan_version__plan").defer("plan_version__data"):
        runs[run.incident_id].append(run_summary(run))
    return [incident_row(incident, tuple(runs[incident.pk])) for incident in incidents]


def run_summary(run: Run) -> RunSummary:
    return RunSummary(
        pk=run.pk,
        plan=name_of(run.plan_version.plan),
        phase=run.phase,
        level=run.level,
        proposed_level=run.proposed_level,
        is_end_proposed=run.is_end_proposed,
        activated_at=run.activated_at,
        ended_at=run.ended_at,
        steps_total=run.steps_total,
        steps_done=run.steps_done,
        steps_late=run.steps_late,
    )


def incident_row(incident: Incident, runs: tuple[RunSummary, ...]) -> IncidentRow:
    return IncidentRow(
        pk=incident.pk,
        number=incident.number,
        mode=incident.mode,
        status=incident.status,
        title=incident.title,
        title_en=incident.title_en,
        category=incident.category,
        kind=incident.kind,
        place=incident.place,
        lat=incident.lat,
        lon=incident.lon,
        organisation=name_of(incident.organisation),
        grade=incident.grade,
        is_grade_lower_bound=incident.is_grade_lower_bound,
        occurred_at=incident.occurred_at,
        known_at=incident.known_at,
        reported_at=incident.reported_at,
        closed_at=incident.closed_at,
        runs=runs,
    )
