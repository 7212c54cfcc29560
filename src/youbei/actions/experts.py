"""Call an expert, note the answer and the advice, and say afterwards whether it helped."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from youbei import content
from youbei.actions.actors import actor_for
from youbei.actions.journal import Happening, record
from youbei.actions.outbox import send_outside_runs
from youbei.actions.permit import require
from youbei.actions.registers.save import save_record
from youbei.actions.wording import clean
from youbei.engine.access import Permission
from youbei.engine.alerts.route import Outgoing
from youbei.engine.clock import Mode
from youbei.engine.errors import Refused
from youbei.engine.experts import refuse_unavailable
from youbei.engine.text import Text
from youbei.records.models import Consultation, Expert, Incident, Organisation, User


class ConsultationRefused(Refused):
    """Refuse what does not follow from where a consultation stands."""


@transaction.atomic
def call_expert(
    *,
    expert: Expert,
    question: str,
    organisation: Organisation,
    by: User | None,
    now: datetime,
    incident: Incident | None = None,
) -> Consultation:
    """Put a question to an expert on behalf of a unit; for an incident, it and its mode go with the question.

    The call goes through the mode gate like any message: in an exercise only those enrolled hear of it.
    """
    require(by, Permission.REPORT_INCIDENT, organisation.path)
    refuse_unavailable(
        name=Text(expert.name_zh, expert.name_en),
        availability=expert.availability,
        unavailable_until=expert.unavailable_until,
        term_ends_on=expert.term_ends_on,
        is_retired=expert.retired_at is not None,
        on=timezone.localtime(now).date(),
    )
    if incident is not None and incident.status == Incident.Status.CLOSED:
        raise ConsultationRefused(
            zh=f"突发事件 {incident.number} 已结案，不能再为它咨询。请不关联事件另行咨询。",
            en=f"Incident {incident.number} is closed; nothing more is asked for it. Ask without naming it.",
        )
    asked = clean(question, limit=4000)
    if not asked:
        raise ConsultationRefused(zh="请写明要咨询的问题。", en="Write what the expert is asked.")
    values = {
        "code": f"ask-{uuid4().hex[:12]}",
        "organisation": organisation.code,
        "expert": expert.code,
        "asked_at": now,
        "question": asked,
    }
    row = save_record(register=content.registers()["consultation"], values=values, by=by, now=now, source="call")
    if not isinstance(row, Consultation):
        raise TypeError("The register of consultations holds consultations")
    row.incident = incident
    row.save(update_fields=["incident"])
    tell(row, expert, organisation, now)
    note(row, ("expert.called", {"expert": expert.code, "consultation": row.code}), by=by, now=now)
    return row


def mode_of(row: Consultation) -> Mode:
    return Mode(row.incident.mode) if row.incident is not None else Mode.REAL


def tell(row: Consultation, expert: Expert, organisation: Organisation, now: datetime) -> None:
    """Put the question into the outbox, as the gate lets it go."""
    said = Outgoing(
        Text(
            f"{organisation.name_zh}请您提供专家咨询",
            f"{organisation.name_en or organisation.name_zh} asks for your advice",
        ),
        Text(row.question, row.question),
    )
    send_outside_runs(
        key=f"consultation:{row.pk}",
        said=said,
        mode=mode_of(row),
        recipient=f"expert:{expert.code}",
        address=expert.email or expert.phone,
        org_path=row.org_path,
        incident=row.incident,
        now=now,
    )


def note(row: Consultation, what: Happening, *, by: User | None, now: datetime) -> None:
    """Write into the log of the incident, where there is one, that something came of a consultation."""
    if row.incident is not None:
        actor = actor_for(by, now)
        record(row.incident.stream, [what], by=actor, now=now, org_path=row.incident.org_path, mode=mode_of(row))


def locked(row: Consultation, by: User | None) -> Consultation:
    found = Consultation.objects.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
    require(by, Permission.REPORT_INCIDENT, found.org_path)
    return found


@transaction.atomic
def answer_call(*, consultation: Consultation, accepts: bool, by: User | None, now: datetime) -> Consultation:
    """Note whether the expert comes to the call; the answer is given once."""
    row = locked(consultation, by)
    if row.state != Consultation.State.ASKED:
        raise ConsultationRefused(
            zh="这次咨询已有应答。请在记录上查看。", en="This call has been answered already. Look at its record."
        )
    state = Consultation.State.ACCEPTED if accepts else Consultation.State.DECLINED
    save(row, {"state": state.value, "answered_at": now}, by=by, now=now)
    data = {"expert": row.expert.code, "consultation": row.code, "accepts": accepts}
    note(row, ("expert.answered", data), by=by, now=now)
    return row


@transaction.atomic
def note_advice(
    *, consultation: Consultation, advice: str, by: User | None, now: datetime, minutes: int | None = None
) -> Consultation:
    """Enter the advice; the log keeps its digest, so that nobody can change afterwards what was advised."""
    row = locked(consultation, by)
    said = clean(advice, limit=8000)
    if not said:
        raise ConsultationRefused(zh="请写明专家的意见。", en="Write what the expert advised.")
    if row.state in (Consultation.State.DECLINED, Consultation.State.ADVISED):
        raise ConsultationRefused(
            zh="专家未应召，或意见已经登记。需要再问请另行咨询。",
            en="The expert declined, or the advice is entered already. Ask anew for anything more.",
        )
    values = {"state": "advised", "advised_at": now, "answered_at": row.answered_at or now, "advice": said}
    save(row, {**values, "minutes": minutes}, by=by, now=now)
    digest = sha256(said.encode()).hexdigest()
    data = {"expert": row.expert.code, "consultation": row.code, "digest": digest}
    note(row, ("expert.advised", data), by=by, now=now)
    return row


@transaction.atomic
def judge_advice(*, consultation: Consultation, usefulness: str, result: str, by: User | None, now: datetime) -> None:
    """Say whether the advice was followed and what came of it."""
    row = locked(consultation, by)
    if row.state != Consultation.State.ADVISED:
        raise ConsultationRefused(zh="还没有意见可评。请先登记意见。", en="There is no advice yet. Enter it first.")
    save(row, {"usefulness": usefulness, "result": clean(result, limit=2000) or None}, by=by, now=now)


@transaction.atomic
def attach_consultation(
    *, consultation: Consultation, incident: Incident, by: User | None, now: datetime
) -> Consultation:
    """Attach what was asked without an incident to one; it stands on its page and in its log from then on.

    What was asked in earnest does not enter an exercise, and what belongs to one incident does not move to another.
    """
    row = locked(consultation, by)
    require(by, Permission.REPORT_INCIDENT, incident.org_path)
    if row.incident_id == incident.pk:
        return row
    if row.incident is not None:
        raise ConsultationRefused(
            zh="这次咨询已关联另一起事件，不能改动。请为本事件另行咨询，或在续报中引用。",
            en="This consultation belongs to another incident. Ask anew for this one, or cite it in a report.",
        )
    if incident.mode != Mode.REAL.value:
        raise ConsultationRefused(
            zh=f"{incident.number} 是演练，真实咨询不能关联到演练。请在演练中另行咨询。",
            en=f"{incident.number} is an exercise, and this was asked in earnest. Ask anew within the exercise.",
        )
    row.incident = incident
    row.save(update_fields=["incident"])
    digest = sha256(row.advice.encode()).hexdigest() if row.advice else ""
    data = {"expert": row.expert.code, "consultation": row.code, "digest": digest}
    note(row, ("expert.attached", data), by=by, now=now)
    return row


def save(row: Consultation, values: dict[str, object], *, by: User | None, now: datetime) -> None:
    save_record(register=content.registers()["consultation"], values=values, by=by, now=now, pk=row.pk, source="call")
    row.refresh_from_db()
