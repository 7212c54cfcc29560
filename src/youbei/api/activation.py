"""Plans for an incident: which are proposed and why, and activating one."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from youbei.actions import clock
from youbei.actions.activation import activate_plan
from youbei.actions.proposals import Proposal, propose_plans
from youbei.api.access import caller, may
from youbei.api.repeat import idempotent
from youbei.api.runs import after
from youbei.api.values import Body, Id, LevelIn, Prose, Slug, find
from youbei.engine.access import Permission
from youbei.engine.text import Text
from youbei.records.models import Plan, PlanVersion
from youbei.records.reports.incident import visible_incident
from youbei.records.reports.incidents import RunSummary

router = Router(tags=["incidents"])


class ProposalOut(Schema):
    """A plan that could be activated, at which level and why; `fills` says who would fill each post today."""

    plan: str
    version: str
    version_pk: int
    title: Text
    level: int | None
    offered_level: int
    is_lower_bound: bool
    unknown: list[str]
    reasons: list[Text]
    fills: dict[str, str]
    is_linked: bool
    is_running: bool


class ActivationIn(Body):
    """`version_pk` is the version to pin. Without `level` the facts decide; `posts` overrides who fills them."""

    version_pk: Id
    level: LevelIn | None = None
    posts: Annotated[dict[Slug, Slug], Field(max_length=200)] = {}
    reason: Prose = ""


@router.get("/incidents/{incident_id}/proposals", response=list[ProposalOut], **may(Permission.SEE))
def list_proposals(request: HttpRequest, incident_id: Id) -> list[ProposalOut]:
    """Propose plans for an incident, the best first, each with its reasons."""
    by = caller(request)
    row = visible_incident(incident_id, by)
    return [proposal_out(one) for one in propose_plans(row, now=clock.now(), by=by)]


def proposal_out(one: Proposal) -> ProposalOut:
    return ProposalOut(
        plan=one.plan.id,
        version=one.plan.version,
        version_pk=one.plan_version.pk,
        title=one.plan.title,
        level=one.level,
        offered_level=one.offered_level,
        is_lower_bound=one.is_lower_bound,
        unknown=list(one.unknown),
        reasons=list(one.reasons),
        fills=dict(one.fills),
        is_linked=one.is_linked,
        is_running=one.is_running,
    )


@router.post("/incidents/{incident_id}/runs", response={201: RunSummary}, **may(Permission.ACTIVATE_PLAN))
@idempotent
def activate(request: HttpRequest, incident_id: Id, body: ActivationIn) -> Status[RunSummary]:
    """Activate a plan for an incident. One that runs for it already is not started twice: that run is returned."""
    by = caller(request)
    incident = visible_incident(incident_id, by)
    versions = PlanVersion.objects.filter(plan__in=Plan.objects.visible_to(by))
    run = activate_plan(
        by=by,
        now=clock.now(),
        incident=incident,
        plan_version=find(versions, pk=body.version_pk),
        level=body.level,
        posts=body.posts,
        reason=body.reason,
    )
    return Status(201, after(run))
