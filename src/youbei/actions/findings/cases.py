"""Keep what a closed incident taught, and let somebody who did not write it validate it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from youbei.actions.actors import actor_for
from youbei.actions.facts import current_statements
from youbei.actions.findings.moving import persons_of
from youbei.actions.journal import record
from youbei.actions.permit import not_found, require
from youbei.actions.wording import TextRefused, clean
from youbei.engine.access import Permission
from youbei.engine.duties_apart import Duty, refuse_same
from youbei.engine.errors import Refused
from youbei.engine.exercises.rescue import worded
from youbei.engine.exercises.run_report import course
from youbei.records.load import load_plan
from youbei.records.log import read_stream
from youbei.records.models import Case, Incident, Run, User
from youbei.records.reports.rescue import rescue_of, rescue_sheet

TEXTS = ("title", "summary", "course", "decisions", "evaluation", "lessons")
LONGEST_TITLE, LONGEST_TAG, MOST_TAGS = 200, 30, 20
LONGEST_COURSE = 200


class CaseRefused(Refused):
    """Refuse a case of what is not over, or to validate one that teaches nothing."""


@transaction.atomic
def make_case(*, by: User | None, now: datetime, incident: Incident) -> Case:
    """Make the case of a closed incident or exercise from what is known of it; there is one for each."""
    require(by, Permission.RECORD_FINDING, incident.org_path)
    row = Incident.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.pk)
    known = Case.objects.filter(incident=row).first()
    if known is not None:
        return known
    if row.status != Incident.Status.CLOSED:
        raise CaseRefused(
            zh=f"突发事件 {row.number} 尚未结案。请结案后再形成案例。",
            en=f"Incident {row.number} is still open. Close it first, then make its case.",
        )
    who, _ = persons_of(by)
    actor = actor_for(by, now)
    runs = list(Run.objects.filter(incident=row).order_by("pk"))
    case = Case.objects.create(
        incident=row,
        org_path=row.org_path,
        kind=row.kind,
        category=row.category,
        title=row.title,
        summary=row.description,
        course="\n".join(line for run in runs for line in course_of(run)),
        evaluation="\n".join(line for run in runs for line in assessments(run)),
        traits={key: one.value for key, one in current_statements(row.pk).items()},
        writers=[who],
        made_at=now,
        made_by=actor.label,
        changed_at=now,
    )
    data = {"case": case.pk, "incident": row.number}
    record(f"register:case:{case.pk}", [("case.made", data)], by=actor, now=now, org_path=case.org_path)
    return case


def course_of(run: Run) -> list[str]:
    """Return what happened in a run, a line each: how long after its start, and what."""
    rows = course(load_plan(run.plan_version), read_stream(run.stream)).rows[:LONGEST_COURSE]
    return [f"+{after.zh} {what.zh}{'：' + more.zh if more.zh != '—' else ''}" for _, after, what, more in rows]


def assessments(run: Run) -> list[str]:
    events = (event for event in read_stream(run.stream) if event.kind == "run.assessed")
    said = [f"{event.data['rating']}：{event.data['text']}" for event in events]
    rescue = rescue_of(run)
    if rescue is not None:
        said += [
            f"应急处置评估：{worded(rescue_sheet(run, rescue)).zh}",
            *([rescue.conclusion] if rescue.conclusion else []),
        ]
    return said


@transaction.atomic
def change_case(*, by: User | None, now: datetime, case: Case, values: Mapping[str, str]) -> Case:
    """Change the words of a case; a validated one has to be validated again."""
    row = locked_case(case, by, Permission.RECORD_FINDING)
    said = {name: clean(values.get(name, getattr(row, name))) for name in TEXTS}
    if not said["title"] or len(said["title"]) > LONGEST_TITLE:
        raise TextRefused(
            zh=f"请写标题，不超过 {LONGEST_TITLE} 字。", en=f"Give a title of at most {LONGEST_TITLE} characters."
        )
    tags = tags_from(values["tags"]) if "tags" in values else list(row.tags)
    changed = sorted(name for name in TEXTS if getattr(row, name) != said[name])
    changed += ["tags"] if tags != row.tags else []
    if not changed:
        return row
    who, acting_for = persons_of(by)
    for name in TEXTS:
        setattr(row, name, said[name])
    row.tags, row.changed_at = tags, now
    row.writers = sorted({*row.writers, who, *acting_for})
    row.validated_at, row.validated_by = None, ""
    row.save()
    data = {"case": row.pk, "fields": changed}
    record(f"register:case:{row.pk}", [("case.changed", data)], by=actor_for(by, now), now=now, org_path=row.org_path)
    return row


def tags_from(text: str) -> list[str]:
    """Read tags parted by commas of either script, each once, in their order."""
    parts = (clean(part)[:LONGEST_TAG] for part in text.replace("，", ",").replace("、", ",").split(","))
    return list(dict.fromkeys(part for part in parts if part))[:MOST_TAGS]


@transaction.atomic
def validate_case(*, by: User | None, now: datetime, case: Case) -> Case:
    """Validate a case: by an expert who did not write it. Only validated cases are proposed."""
    row = locked_case(case, by, Permission.ACCEPT_FINDING)
    who, acting_for = persons_of(by)
    refuse_same(Duty.EXAMINE, [(Duty.DRAFT, one) for one in row.writers], who, acting_for=acting_for)
    if not row.lessons:
        raise CaseRefused(
            zh="案例还没有写教训和启示，不能审定。请先补充。",
            en="The case does not say yet what was learnt. Write that first, then have it validated.",
        )
    actor = actor_for(by, now)
    row.validated_at, row.validated_by = now, actor.label
    row.save(update_fields=["validated_at", "validated_by"])
    data = {"case": row.pk}
    record(f"register:case:{row.pk}", [("case.validated", data)], by=actor, now=now, org_path=row.org_path)
    return row


def locked_case(case: Case, by: User | None, permission: Permission) -> Case:
    row = Case.objects.select_for_update(of=("self",), no_key=True).filter(pk=case.pk).first()
    if row is None:
        raise not_found()
    require(by, permission, row.org_path)
    return row
