"""People: is every post filled, from today's register and with what it takes?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from youbei.engine.plans.check.finding import Finding, explain
from youbei.engine.plans.check.known import Held
from youbei.engine.plans.check.study import Study, called, found, quoted, unknown_name
from youbei.engine.plans.model import ClimbTo, Holder, HolderKind, Post, PostRole
from youbei.engine.text import Text

NO_HOLDER = explain(
    "E401",
    ("岗位无人担任", "Post without holder"),
    ("岗位没有写由谁担任，启动时任务无人接收。", "Nobody is named for the post, so its tasks reach nobody."),
    ('请写 holder = {kind = "office", ref = "…"}。', 'Write holder = {kind = "office", ref = "…"}.'),
)
NOT_IN_REGISTER = explain(
    "E402",
    ("担任者不在登记册中", "Holder not in the register"),
    (
        "岗位所写的人、职务、值班岗或单位在登记册中查不到。",
        "The person, office, duty post or agency named for the post is not in the register.",
    ),
    ("请改正代码，或先登记。", "Correct the code, or register it first."),
)
VACANT = explain(
    "W403",
    ("担任者今天空缺", "Holder vacant today"),
    ("登记册中该职务或值班岗今天没有人。", "The register has nobody in that office or duty post today."),
    ("请补人，或改由他人担任。", "Fill it, or name another holder."),
)
UNQUALIFIED = explain(
    "E404",
    ("担任者不具备资格", "Holder without qualification"),
    (
        "岗位要求的资格，登记册中的担任者没有或已过期。",
        "The register does not show the qualification that the post asks for.",
    ),
    ("请换人、培训，或核对登记册。", "Name another, train the holder, or check the register."),
)
UNUSED = explain(
    "W405",
    ("岗位没有用处", "Post used by nothing"),
    (
        "没有步骤由它负责，没有通知发给它，级别和终止也与它无关。",
        "It owns no step, is told nothing, and decides nothing.",
    ),
    ("请给它任务，或删去。", "Give it a task, or remove it."),
)
NO_DEPUTY = explain(
    "W406",
    ("总指挥没有替补", "Commander without deputy"),
    ("总指挥不在时无人接替指挥。", "Nobody takes over when the commander cannot be reached."),
    ("请写 deputies。", "Name deputies."),
)
TOO_LATE = explain(
    "E407",
    ("岗位启用得比步骤晚", "Post filled later than its step begins"),
    (
        "步骤从较低级别起执行，而负责它的岗位要到更高级别才设置。",
        "The step is done at a level at which its owner's post is not yet filled.",
    ),
    ("请调低岗位的 from_level。", "Lower the post's from_level."),
)
SAME_DEPUTY = explain(
    "W408",
    ("替补与担任者是同一个", "Deputy is the holder"),
    ("替补与担任者相同，等于没有替补。", "A deputy who is the holder is no deputy."),
    ("请另写一个替补。", "Name somebody else."),
)
UNKNOWN_ORGANISATION = explain(
    "E409",
    ("单位不在登记册中", "Unknown organisation"),
    ("预案所属单位或上级单位在登记册中查不到。", "The plan's organisation or superior is not in the register."),
    ("请改正代码，或先登记该单位。", "Correct the code, or register the organisation."),
)
UNKNOWN_QUALIFICATION = explain(
    "E410",
    ("未知的资格", "Unknown qualification"),
    ("岗位要求的资格不在资格目录中。", "The qualification is not in the catalogue."),
    ("请改正名称。", "Correct the name."),
)
UNKNOWN_RECEIVER = explain(
    "E411",
    ("通知或报告的对象不存在", "Unknown receiver"),
    (
        "通知或报告发给一个查不到的岗位或单位，谁也收不到。",
        "A message or report goes to a post or agency that is not there; nobody gets it.",
    ),
    (
        "对象须为岗位、public，或登记册代码如 agency:haizhou-fire。",
        "A receiver is a post, public, or a register code such as agency:haizhou-fire.",
    ),
)
NO_SUPERIOR = explain(
    "E412",
    ("催告上级，却没有写上级", "Climbs to a superior that is not named"),
    ("步骤超时要报上级，而预案没有写 superior。", "A late step climbs to the superior, but the plan names none."),
    ("请写 superior，或改催告对象。", "Name the superior, or let it climb to somebody else."),
)
CLIMB_NOWHERE = explain(
    "W413",
    ("催告替补，却没有替补", "Climbs to a deputy that is not named"),
    ("步骤超时要找负责岗位的替补，而该岗位没有替补。", "A late step climbs to its owner's deputy, but there is none."),
    ("请给岗位写 deputies，或改催告对象。", "Name deputies, or let it climb to somebody else."),
)

CODES = (
    NO_HOLDER, NOT_IN_REGISTER, VACANT, UNQUALIFIED, UNUSED, NO_DEPUTY, TOO_LATE, SAME_DEPUTY, UNKNOWN_ORGANISATION,
    UNKNOWN_QUALIFICATION, UNKNOWN_RECEIVER, NO_SUPERIOR, CLIMB_NOWHERE,
)  # fmt: skip

KIND_WORDS = {
    HolderKind.PERSON: Text(zh="人员", en="person"),
    HolderKind.OFFICE: Text(zh="职务", en="office"),
    HolderKind.DUTY_POST: Text(zh="值班岗", en="duty post"),
    HolderKind.AGENCY: Text(zh="单位", en="agency"),
}


def check_people(study: Study) -> Iterator[Finding]:
    yield from _organisations(study)
    used = _used(study)
    for post in study.plan.posts:
        yield from _post(study, post)
        if post.id not in used and post.role is not PostRole.COMMANDER:
            yield found(
                UNUSED,
                f"posts.{post.id}",
                f"岗位“{called(post).zh}”没有用处。",
                f'Post "{called(post).en}" is used by nothing.',
            )
    yield from _owners(study)
    yield from _receivers(study)


def _organisations(study: Study) -> Iterator[Finding]:
    known = study.known.organisations
    if known is None:
        return
    for place, code in (("organisation", study.plan.organisation), ("superior", study.plan.superior)):
        if code and code not in known:
            yield unknown_name(UNKNOWN_ORGANISATION, place, Text(zh="单位", en="organisation"), code, known)


def _used(study: Study) -> set[str]:
    plan = study.plan
    used = {step.owner for step in plan.steps} | {tell.to for step in plan.steps for tell in step.tells}
    used |= {report.to for step in plan.steps for report in step.reports}
    used |= {name for level in plan.levels for name in (*level.may_lower, *level.may_end)}
    return used | set(plan.end.by)


def _post(study: Study, post: Post) -> Iterator[Finding]:
    place = f"posts.{post.id}"
    if post.holder is None:
        yield found(
            NO_HOLDER,
            f"{place}.holder",
            f"岗位“{called(post).zh}”无人担任。",
            f'Nobody fills post "{called(post).en}".',
        )
    elif post.holder in post.deputies:
        yield found(
            SAME_DEPUTY,
            f"{place}.deputies",
            f"“{called(post).zh}”的替补就是担任者。",
            f'A deputy of "{called(post).en}" is its holder.',
        )
    if post.role is PostRole.COMMANDER and not post.deputies:
        yield found(NO_DEPUTY, f"{place}.deputies", "总指挥没有替补。", "The commander has no deputy.")
    known = study.known.qualifications
    for index, name in enumerate(post.qualifications):
        if known is not None and name not in known:
            what = Text(zh="资格", en="qualification")
            yield unknown_name(UNKNOWN_QUALIFICATION, f"{place}.qualifications[{index}]", what, name, known)
    holders = [(f"{place}.holder", post.holder)] if post.holder is not None else []
    holders += [(f"{place}.deputies[{index}]", deputy) for index, deputy in enumerate(post.deputies)]
    for where, holder in holders:
        yield from _holder(study, post, where, holder)


def code_of(holder: Holder) -> str:
    """Return a holder's code without kind: files may write `agency:haizhou-fire` or `haizhou-fire`."""
    return holder.ref.partition(":")[2] or holder.ref


def _register(study: Study, kind: HolderKind) -> Collection[str] | None:
    if kind is HolderKind.AGENCY:
        return study.known.organisations
    return study.known.persons if kind is HolderKind.PERSON else study.known.posts


def _holder(study: Study, post: Post, place: str, holder: Holder) -> Iterator[Finding]:
    register, code = _register(study, holder.kind), code_of(holder)
    if register is None:
        return
    if code not in register:
        yield unknown_name(NOT_IN_REGISTER, place, KIND_WORDS[holder.kind], code, register)
        return
    name = study.known.called(code)
    held = register[code] if isinstance(register, Mapping) else Held()
    if not held.is_filled:
        yield found(VACANT, place, f"“{name.zh}”今天空缺。", f'"{name.en}" is vacant today.')
        return
    lacking = sorted(set(post.qualifications) - held.qualifications)
    if study.known.qualifications is not None:
        lacking = [name for name in lacking if name in study.known.qualifications]
    if lacking and holder.kind is not HolderKind.AGENCY:
        names = quoted(lacking)
        yield found(UNQUALIFIED, place, f"“{name.zh}”不具备资格{names.zh}。", f'"{name.en}" does not hold {names.en}.')


def _owners(study: Study) -> Iterator[Finding]:
    for step in study.plan.steps:
        owner = study.posts.get(step.owner)
        climbs = {climb.to: index for index, climb in reversed(list(enumerate(step.late)))}
        if ClimbTo.SUPERIOR in climbs and not study.plan.superior:
            yield found(
                NO_SUPERIOR,
                f"steps.{step.id}.late[{climbs[ClimbTo.SUPERIOR]}]",
                f"“{called(step).zh}”超时要报上级，而预案没有写上级。",
                f'"{called(step).en}" climbs to the superior, but the plan names none.',
            )
        if owner is None:
            continue
        if ClimbTo.DEPUTY in climbs and not owner.deputies:
            yield found(
                CLIMB_NOWHERE,
                f"steps.{step.id}.late[{climbs[ClimbTo.DEPUTY]}]",
                f"“{called(step).zh}”超时要找“{called(owner).zh}”的替补，而它没有替补。",
                f'"{called(step).en}" climbs to the deputy of "{called(owner).en}", which has none.',
            )
        if owner.from_level < step.from_level:
            mine, theirs = called(step), called(owner)
            yield found(
                TOO_LATE,
                f"steps.{step.id}.owner",
                f"“{mine.zh}”从{step.from_level.name}级起执行，岗位“{theirs.zh}”要到{owner.from_level.name}级才设置。",
                f'"{mine.en}" is done from level {step.from_level.name} on, but post "{theirs.en}" is filled '
                f"only from level {owner.from_level.name} on.",
            )


def _receivers(study: Study) -> Iterator[Finding]:
    for step in study.plan.steps:
        named = [(f"tells[{index}]", tell.to) for index, tell in enumerate(step.tells)]
        named += [(f"reports[{index}]", report.to) for index, report in enumerate(step.reports)]
        for where, to in named:
            known = _known_receivers(study, to)
            if known is not None and to not in known:
                what = Text(zh="接收对象", en="receiver")
                yield unknown_name(UNKNOWN_RECEIVER, f"steps.{step.id}.{where}.to", what, to, known)


def _known_receivers(study: Study, to: str) -> set[str] | None:
    """Return the receivers of the kind that `to` names, or None where they are not known."""
    if to.startswith("agency:"):
        agencies = study.known.organisations
        return None if agencies is None else {f"agency:{code}" for code in agencies}
    if to.startswith("person:"):
        persons = study.known.persons
        return None if persons is None else {f"person:{code}" for code in persons}
    if "/" in to:
        return None if study.known.posts is None else set(study.known.posts)
    return {*study.posts, "public"}
