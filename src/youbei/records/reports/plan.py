"""One plan: the version shown, the other versions, and the names of who and what it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from youbei.engine.errors import NotFound
from youbei.engine.plans.model import Plan as EnginePlan
from youbei.engine.text import Text
from youbei.records.load import load_plan
from youbei.records.models import Capability, Item, Plan, PlanVersion, Site, User
from youbei.records.reports.codes import names_of_codes
from youbei.records.reports.names import name_of


@dataclass(frozen=True, slots=True)
class VersionRow:
    pk: int
    version: str
    stage: str
    digest: str
    stored_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class PlanDetail:
    """A plan in one of its versions. `names` word register codes, capabilities, items and sites that it uses."""

    pk: int
    code: str
    name: Text
    organisation: Text
    org_path: str
    is_withdrawn: bool
    version: VersionRow
    versions: tuple[VersionRow, ...]
    plan: EnginePlan
    names: Mapping[str, Text]


class PlanHasNoVersion(NotFound):
    """Refuse to show a plan of which nothing, or not the version asked for, is stored."""


def visible_plan(pk: int, user: User) -> Plan:
    """Return a plan that the user may see; raise NotFound like for one that does not exist."""
    row = Plan.objects.visible_to(user).select_related("organisation").filter(pk=pk).first()
    if row is None:
        raise NotFound(zh="没有这份预案，或您无权查看。", en="There is no such plan, or you may not see it.")
    return row


def plan_detail(pk: int, user: User, *, version: int | None = None) -> PlanDetail:
    """Return a plan in the version asked for, else its current one, in at most eight queries."""
    row = visible_plan(pk, user)
    versions = tuple(
        VersionRow(one.pk, one.version, one.stage, one.digest, one.stored_at, one.pk == row.current_id)
        for one in row.versions.defer("data")
    )
    wanted = version or row.current_id
    stored = next((one for one in versions if one.pk == wanted), None)
    if stored is None:
        raise PlanHasNoVersion(
            zh="该预案没有这个版本。请从版本列表中选择。",
            en="The plan has no such version. Choose one from the list of versions.",
        )
    plan = load_plan(PlanVersion.objects.get(pk=stored.pk))
    return PlanDetail(
        pk=row.pk,
        code=row.code,
        name=name_of(row),
        organisation=name_of(row.organisation),
        org_path=row.org_path,
        is_withdrawn=row.is_withdrawn,
        version=stored,
        versions=versions,
        plan=plan,
        names={**names_of_codes(set(codes_in(plan))), **names_of_resources(plan)},
    )


def codes_in(plan: EnginePlan) -> Iterator[str]:
    """Yield the register codes of everybody that the plan names."""
    yield f"agency:{plan.organisation}"
    if plan.superior:
        yield f"agency:{plan.superior}"
    for post in plan.posts:
        for holder in (post.holder, *post.deputies):
            if holder is not None:
                yield holder.ref
    own = {post.id for post in plan.posts}
    for step in plan.steps:
        yield from (tell.to for tell in step.tells if tell.to not in own)
        yield from (report.to for report in step.reports)


def names_of_resources(plan: EnginePlan) -> dict[str, Text]:
    needs = [need for step in plan.steps for need in step.needs]
    places = {need.place for need in needs}
    found: dict[str, Text] = {}
    for rows in (
        Capability.objects.filter(code__in={need.capability for need in needs}),
        Item.objects.filter(code__in={need.item for need in needs}),
        Site.objects.filter(code__in=places),
    ):
        found.update({row.code: name_of(row) for row in rows})
    return found
