"""The list of plans, grouped by the organisation they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from youbei.engine.text import Text
from youbei.records.models import Plan, User
from youbei.records.pages import PAGE_SIZE, Page, keyset_page
from youbei.records.reports.names import name_of
from youbei.records.reports.resources import named


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """Narrow the list; empty means all. Withdrawn plans are listed only where `is_withdrawn` asks for them."""

    kind: str = ""
    text: str = ""
    is_withdrawn: bool = False


ALL = PlanFilter()


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan with its current version; `version_pk` is None while it has none."""

    pk: int
    code: str
    name: Text
    organisation: Text
    org_path: str
    kind: str
    hazards: tuple[str, ...]
    is_withdrawn: bool
    version_pk: int | None
    version: str
    stage: str
    digest: str
    stored_at: datetime | None


def plan_page(
    user: User, *, filters: PlanFilter = ALL, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[PlanRow]:
    """Return a page of the plans that the user may see."""
    rows = named(Plan.objects.visible_to(user), filters.text, "name_zh", "name_en", "code")
    rows = rows.filter(is_withdrawn=filters.is_withdrawn)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    rows = rows.select_related("organisation", "current").defer("current__data")
    return keyset_page(rows, order=("org_path", "id"), cursor=cursor, read=plan_rows, size=size)


def plan_rows(plans: Sequence[Plan]) -> list[PlanRow]:
    return [
        PlanRow(
            pk=plan.pk,
            code=plan.code,
            name=name_of(plan),
            organisation=name_of(plan.organisation),
            org_path=plan.org_path,
            kind=plan.kind,
            hazards=tuple(plan.hazards),
            is_withdrawn=plan.is_withdrawn,
            version_pk=plan.current_id,
            version=plan.current.version if plan.current else "",
            stage=plan.current.stage if plan.current else "",
            digest=plan.current.digest if plan.current else "",
            stored_at=plan.current.stored_at if plan.current else None,
        )
        for plan in plans
    ]
