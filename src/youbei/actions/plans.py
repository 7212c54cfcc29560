"""Store plans: read, checked, versioned, never changed once stored."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from youbei.actions import clock
from youbei.actions.actors import actor_for
from youbei.actions.journal import Happening, record
from youbei.actions.permit import require
from youbei.engine.access import Permission
from youbei.engine.errors import Refused
from youbei.engine.plans import write
from youbei.engine.plans.check import Finding, check
from youbei.engine.plans.model import LifeEvent, Stage
from youbei.engine.plans.model import Plan as EnginePlan
from youbei.engine.plans.read import Format, read_plan
from youbei.engine.text import Text
from youbei.records.checking import known_by_registers
from youbei.records.load import load_plan
from youbei.records.models import Organisation, Plan, PlanPlace, PlanVersion, User
from youbei.records.registers.derivation import mark_due

# The day in the east begins before the day in UTC ends.
ONE_DAY = timedelta(days=1)
NOTHING = Text()
LONGEST_TITLE = 200


class PlanRefused(Refused):
    """Refuse to store a plan that does not fit what is stored already."""


@transaction.atomic
def import_plan(
    *,
    by: User | None,
    now: datetime,
    text: bytes | str,
    filename: str = "",
    permission: Permission = Permission.EDIT_PLAN,
) -> PlanVersion:
    """Store a plan file as a version of its plan, which it becomes the current one of.

    `permission` is what it takes: whoever adopts a draft need not be one who edits plans.

    The same content again is the same version. A version that was stored with other content is refused: what was
    reviewed and filed under that number must stay what it is.
    """
    plan = read_plan(text, format=format_of(filename))
    refuse_long_title(plan)
    digest = write.digest(plan)
    organisation = organisation_of(plan, by)
    require(by, permission, organisation.path)
    row = Plan.objects.select_for_update(no_key=True).filter(code=plan.id).first()
    if row is not None and row.organisation_id != organisation.pk:
        require(by, permission, row.org_path)
        raise PlanRefused(
            zh=f"预案“{plan.id}”属于另一单位。请另起标识符，或在文件中写明原单位。",
            en=f"The plan {plan.id!r} belongs to another organisation. Give this one another id, or name that one.",
        )
    stored = row.versions.filter(version=plan.version).first() if row else None
    if stored is not None:
        if stored.digest == digest:
            return stored
        raise PlanRefused(
            zh=f"预案“{plan.id}”的 {plan.version} 版已入库，内容与此文件不同。已入库的版本不能改动：请另编版本号。",
            en=f"Version {plan.version} of plan {plan.id!r} is stored already, with other content. "
            "A stored version is never changed: give this one a new version number.",
        )
    happenings: list[Happening] = []
    if row is None:
        row = Plan(code=plan.id, organisation=organisation, org_path=organisation.path)
        happenings.append(("record.created", {"code": plan.id, "kind": plan.kind.value}))
    stage = plan.life[-1].stage if plan.life else Stage.DRAFTED
    row.kind, row.hazards = plan.kind.value, list(plan.hazards)
    row.name_zh, row.name_en = plan.title.zh or plan.title.en, plan.title.en
    row.is_withdrawn = stage is Stage.WITHDRAWN
    row.save()
    actor = actor_for(by, now)
    version = PlanVersion.objects.create(
        plan=row,
        version=plan.version,
        data=write.plan_to_data(plan),
        digest=digest,
        stage=stage.value,
        stored_at=now,
        stored_by=actor.id,
    )
    note_places(version, plan)
    row.current = version
    row.save(update_fields=["current"])
    happenings.append(
        ("plan.versioned", {"plan": plan.id, "version": plan.version, "digest": digest, "stage": stage.value})
    )
    mark_due([row.organisation_id])
    record(f"register:plan:{row.pk}", happenings, by=actor, now=now, org_path=row.org_path)
    return version


def note_places(version: PlanVersion, plan: EnginePlan) -> None:
    """Keep on which places a version rests, so that a site finds the plans that name it."""
    needs = [
        PlanPlace(version=version, part=f"steps.{step.id}.needs.{need.id}"[:160], site_code=need.place)
        for step in plan.steps
        for need in step.needs
        if need.place != "incident"
    ]
    scenes = [
        PlanPlace(version=version, part=f"scenarios.{one.id}"[:160], lat=one.place.lat, lon=one.place.lon)
        for one in plan.scenarios
        if one.place is not None
    ]
    PlanPlace.objects.bulk_create([*needs, *scenes])


def refuse_long_title(plan: EnginePlan) -> None:
    longest = max(len(plan.title.zh), len(plan.title.en))
    if longest > LONGEST_TITLE:
        raise PlanRefused(
            zh=f"预案名称有 {longest} 个字，最多 {LONGEST_TITLE} 个。请缩短。",
            en=f"The plan's title has {longest} characters, at most {LONGEST_TITLE}. Shorten it.",
        )


def check_stored_plan(plan_version: PlanVersion, *, now: datetime | None = None) -> tuple[Finding, ...]:
    """Return what the checker finds in a stored version, against the registers as they are."""
    plan = load_plan(plan_version)
    return check(plan, known_by_registers(plan, now or clock.now()))


def format_of(filename: str) -> Format | None:
    """Tell the format by the file's ending; None lets the content tell."""
    ending = filename.lower().rpartition(".")[2]
    if ending == "json":
        return "json"
    return "toml" if ending == "toml" else None


def organisation_of(plan: EnginePlan, by: User | None) -> Organisation:
    """Return the organisation whose plan it is; one that the user may not see is as good as unknown."""
    organisation = Organisation.objects.filter(code=plan.organisation).first()
    if organisation is None or (by is not None and not by.may(Permission.SEE, organisation.path)):
        raise PlanRefused(
            zh=f"没有代码为“{plan.organisation}”的单位。请先登记该单位，或改正文件中的 organisation。",
            en=f"There is no organisation with the code {plan.organisation!r}. Register it first, or correct "
            "`organisation` in the file.",
        )
    return organisation


@transaction.atomic
def record_stage(
    *,
    by: User | None,
    now: datetime,
    plan_version: PlanVersion,
    stage: Stage | str,
    on: date,
    number: str = "",
    authority: Text = NOTHING,
    note: Text = NOTHING,
) -> PlanVersion:
    """Record that a version passed a stage of its legal life: reviewed, signed, published, filed, withdrawn ...

    The version's content stays as it is; a withdrawn plan is proposed no more.
    """
    row = Plan.objects.select_for_update(no_key=True).get(pk=plan_version.plan_id)
    require(by, Permission.EDIT_PLAN, row.org_path)
    event = LifeEvent(stage=Stage(stage), on=on, number=number.strip(), authority=authority, note=note)
    if event.on > now.date() + ONE_DAY:
        raise PlanRefused(
            zh=f"{event.on} 尚未到来。请填写该节点实际完成的日期。",
            en=f"{event.on} has not come yet. Enter the day on which it was done.",
        )
    if event.stage is Stage.FILED and not event.number:
        raise PlanRefused(
            zh="备案须有备案号。请填写备案登记表上的编号。",
            en="A filing has a number. Enter the one on the registration form.",
        )
    version = PlanVersion.objects.get(pk=plan_version.pk)
    version.stage = event.stage.value
    version.save(update_fields=["stage"])
    if row.current_id == version.pk:
        row.is_withdrawn = event.stage is Stage.WITHDRAWN
        row.save(update_fields=["is_withdrawn"])
    mark_due([row.organisation_id])
    data = {
        "plan": row.code,
        "version": version.version,
        "stage": event.stage.value,
        "on": event.on.isoformat(),
        "number": event.number,
        "authority": event.authority.as_data(),
        "note": event.note.as_data(),
    }
    stream = f"register:plan:{row.pk}"
    record(stream, [("plan.life", data)], by=actor_for(by, now), now=now, org_path=row.org_path)
    return version
