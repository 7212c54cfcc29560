"""One incident on its own page: how it came, what is known, what runs, what was written of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from youbei.engine.errors import NotFound
from youbei.records.models import Incident, LogEntry, Run, User
from youbei.records.reports.board import BoardFact, current_facts
from youbei.records.reports.codes import log_lines
from youbei.records.reports.incidents import IncidentRow, incident_rows
from youbei.records.reports.names import LogLine

LOG_LINES = 60


@dataclass(frozen=True, slots=True)
class IncidentDetail:
    """`facts` are the present values; `log` the entries of the incident itself, newest first.

    Of the runs only those are named that the reader may see: a plan of another unit may be running for it too.
    """

    row: IncidentRow
    organisation_code: str
    org_path: str
    description: str
    source: str
    reporter: str
    reporter_phone: str
    entered_by: str
    occurred_at: datetime | None
    facts: tuple[BoardFact, ...]
    log: tuple[LogLine, ...]


class IncidentNotFound(NotFound):
    """Refuse because there is no such incident, or none that this person may see."""


def visible_incident(pk: int, user: User) -> Incident:
    incident = Incident.objects.visible_to(user).select_related("organisation").filter(pk=pk).first()
    if incident is None:
        raise IncidentNotFound(
            zh="没有这起事件，或您无权查看。请从事件列表中选择。",
            en="There is no such incident, or none that you may see. Choose one from the list of incidents.",
        )
    return incident


def path_of_incident(pk: int) -> str:
    """Return whose incident it is; who may see a run of it does not for that see the incident."""
    return Incident.objects.values_list("org_path", flat=True).get(pk=pk)


def incident_detail(pk: int, user: User) -> IncidentDetail:
    """Return the incident; raise IncidentNotFound where the user may not see it."""
    incident = visible_incident(pk, user)
    entries = list(LogEntry.objects.filter(stream=incident.stream).order_by("-position")[:LOG_LINES])
    row = incident_rows([incident])[0]
    seen = set(Run.objects.visible_to(user).filter(incident=incident).values_list("pk", flat=True))
    row = replace(row, runs=tuple(run for run in row.runs if run.pk in seen))
    return IncidentDetail(
        row=row,
        organisation_code=incident.organisation.code,
        org_path=incident.org_path,
        description=incident.description,
        source=incident.source,
        reporter=incident.reporter,
        reporter_phone=incident.reporter_phone,
        entered_by=incident.entered_by,
        occurred_at=incident.occurred_at,
        facts=current_facts(incident.pk),
        log=log_lines(entries, {}),
    )
