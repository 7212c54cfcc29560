"""Change the injects of a script one at a time: put, copy, take out, and adapt one that was written for another plan.

All of it works on an exercise as data and reads the result whole, so that what is kept can be read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from youbei.engine.conditions import Condition, Count, Elapsed, leaves
from youbei.engine.errors import Refused
from youbei.engine.exercises.grid import slug
from youbei.engine.exercises.model import Exercise, Inject
from youbei.engine.exercises.read import exercise_from_data
from youbei.engine.exercises.write import exercise_to_data
from youbei.engine.plans.model import Plan
from youbei.engine.text import Text

# Assumption: nobody leads more in one exercise; the largest published list (T3SF, OpenAEV) has about a hundred.
MOST_INJECTS = 1_000


class EditRefused(Refused):
    """Refuse a change of one inject, with the reason."""


def put_inject(exercise: Exercise, inject: Mapping[str, Any], *, instead_of: str = "") -> Exercise:
    """Return the exercise with one more inject, or with this one in the place of another.

    Raises:
        ExerciseUnreadable: naming every problem, those of the inject under `injects[n]`.
        EditRefused: where the one to be replaced is gone, or there are too many.
    """
    data = exercise_to_data(exercise)
    injects: list[Any] = list(data.get("injects", ()))
    if instead_of:
        injects[place_of(exercise, instead_of)] = dict(inject)
    else:
        refuse_many(len(injects) + 1)
        injects.append(dict(inject))
    return exercise_from_data({**data, "injects": injects})


def refuse_many(count: int) -> None:
    if count > MOST_INJECTS:
        raise EditRefused(
            zh=f"一次演练最多 {MOST_INJECTS} 条注入。请删去不用的，或分成两次演练。",
            en=f"An exercise takes at most {MOST_INJECTS} injects. Remove some, or make two exercises of it.",
        )


def place_of(exercise: Exercise, inject_id: str) -> int:
    """Return the index of an inject; refuse where there is none of that id."""
    for index, inject in enumerate(exercise.injects):
        if inject.id == inject_id:
            return index
    raise EditRefused(
        zh=f"演练中已没有注入“{inject_id}”，可能刚被他人删去。请返回清单查看。",
        en=f"The exercise has no inject {inject_id!r} any more; somebody may just have removed it. "
        "Go back to the list.",
    )


def take_inject(exercise: Exercise, inject_id: str) -> Exercise:
    """Return the exercise without an inject; refuse where something else waits for it or for its actions."""
    inject = exercise.injects[place_of(exercise, inject_id)]
    users = list(users_of(exercise, inject))
    if users:
        named = ", ".join(dict.fromkeys(users))
        raise EditRefused(
            zh=f"注入“{inject_id}”不能删除：{named} 以它或它的预期行动为条件。请先改写这些条件。",
            en=f"The inject {inject_id} cannot be removed: {named} wait for it or for its expected actions. "
            "Change their conditions first.",
        )
    data = exercise_to_data(exercise)
    return exercise_from_data({**data, "injects": [one for one in data["injects"] if one["id"] != inject_id]})


def users_of(exercise: Exercise, inject: Inject) -> Iterator[str]:
    """Yield the places outside of an inject that name it or one of its expected actions."""
    names = {inject.id, *(action.id for action in inject.expects)}
    for place, condition in conditions_of(exercise, besides=inject.id):
        if any(names & named_in(leaf) for leaf in leaves(condition)):
            yield place
    for other in exercise.injects:
        if other.id != inject.id and (names & {*other.at.after} or names & moment_names(other.at.since)):
            yield other.id


def conditions_of(exercise: Exercise, *, besides: str = "") -> Iterator[tuple[str, Condition]]:
    """Yield every condition of a script outside of one inject, under the name of what it belongs to."""
    found: list[tuple[str, Condition | None]] = [("end.when", exercise.end.when)]
    for inject in exercise.injects:
        if inject.id != besides:
            found += [(inject.id, inject.at.when), (inject.id, inject.at.unless)]
            found += [(inject.id, action.done) for action in inject.expects]
    found += [(f"roles.{role.id}", one.when) for role in exercise.roles for one in role.reactions]
    yield from ((place, condition) for place, condition in found if condition is not None)


def named_in(leaf: Any) -> set[str]:
    """Return the injects, actions and steps that one part of a condition names."""
    if isinstance(leaf, Count):
        return set(leaf.among)
    return moment_names(leaf.since) if isinstance(leaf, Elapsed) else set()


def moment_names(moment: str) -> set[str]:
    kind, _, rest = moment.partition(":")
    return {rest.rpartition(":")[0]} if kind in ("inject", "action", "step") else set()


def free_name(wanted: str, taken: set[str]) -> str:
    """Return an identifier like the one wanted that is not taken: `call`, `call-2`, `call-3`."""
    base = slug(wanted)[:56] or "inject"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def names_taken(exercise: Exercise) -> set[str]:
    return {inject.id for inject in exercise.injects} | {action.id for _, action in exercise.actions}


def put_injects(exercise: Exercise, injects: Iterable[Mapping[str, Any]]) -> tuple[Exercise, list[str]]:
    """Return the exercise with further injects, under names that are free, and these names."""
    data, taken = exercise_to_data(exercise), names_taken(exercise)
    new = [copied_as(one, taken) for one in injects]
    listed = [*data.get("injects", ()), *new]
    refuse_many(len(listed))
    return exercise_from_data({**data, "injects": listed}), [one["id"] for one in new]


def copied(inject: Mapping[str, Any], exercise: Exercise) -> dict[str, Any]:
    """Return an inject as data under names that the exercise does not have yet; its own conditions follow them."""
    return copied_as(inject, names_taken(exercise))


def copied_as(inject: Mapping[str, Any], taken: set[str]) -> dict[str, Any]:
    """Return an inject as data under names that are not taken; they are taken from then on."""
    renamed: dict[str, str] = {}
    for name in (inject["id"], *(action["id"] for action in inject.get("expects", ()))):
        renamed[name] = free_name(name, taken)
        taken.add(renamed[name])
    found: dict[str, Any] = renamed_in(dict(inject), renamed)
    return found


def renamed_in(value: Any, renamed: Mapping[str, str], key: str = "") -> Any:
    """Return data with names replaced where names stand: ids, `among`, `after`, and inside of moments."""
    if isinstance(value, dict):
        return {name: renamed_in(part, renamed, name) for name, part in value.items()}
    if isinstance(value, list):
        return [renamed_in(part, renamed, key) for part in value]
    if not isinstance(value, str):
        return value
    if key in ("id", "among", "after"):
        return renamed.get(value, value)
    if key in ("since", "elapsed"):
        kind, _, rest = value.partition(":")
        name, _, what = rest.rpartition(":")
        return f"{kind}:{renamed[name]}:{what}" if kind in ("inject", "action") and name in renamed else value
    return value


def adapted(inject: Inject, exercise: Exercise, plan: Plan, *, to: str = "") -> tuple[dict[str, Any], list[Text]]:
    """Return an inject of another script as data for this one, and what had to be left out or sent elsewhere.

    Posts that the plan does not have are replaced by `to`; steps, objectives, and conditions on what is not there are
    left out. Who copies must look it over: an action whose step is gone is then for an evaluator to see.
    """
    data = exercise_to_data(Exercise("x", "1", exercise.type, exercise.title, "x", "", injects=(inject,)))["injects"][0]
    posts = {post.id for post in plan.posts}
    lost: list[Text] = []
    sent_to = data.get("to", "")
    if sent_to and ":" not in sent_to and sent_to != "public" and sent_to not in posts:
        data["to"] = to
        lost.append(Text(f"收件岗位“{sent_to}”改为“{to}”", f"the post {sent_to} became {to or 'nobody'}"))
    if data.get("objective") and data["objective"] not in {one.id for one in exercise.objectives}:
        lost.append(lost_word("目标", "objective", data.pop("objective")))
    for action in data.get("expects", ()):
        lost += actions_lost(action, exercise, plan)
    lost += timing_lost(data, inject, exercise, plan)
    return copied(data, exercise), lost


def lost_word(zh: str, en: str, name: str) -> Text:
    return Text(f"{zh}“{name}”未带入", f"the {en} {name} was left out")


def actions_lost(action: dict[str, Any], exercise: Exercise, plan: Plan) -> Iterator[Text]:
    """Take out of an expected action what the plan or the script does not have, saying so."""
    known = {
        "who": ({post.id for post in plan.posts}, "岗位", "post"),
        "step": ({step.id for step in plan.steps}, "步骤", "step"),
        "objective": ({one.id for one in exercise.objectives}, "目标", "objective"),
    }
    for key, (names, zh, en) in known.items():
        if action.get(key) and action[key] not in names:
            yield lost_word(zh, en, action.pop(key))
    if "done" in action:
        yield lost_word("完成条件", "condition of", action["id"])
        del action["done"]


def timing_lost(data: dict[str, Any], inject: Inject, exercise: Exercise, plan: Plan) -> Iterator[Text]:
    """Take out of a timing every condition and moment that names what is not there, saying so."""
    at = data.get("at", {})
    own = {inject.id, *(action.id for action in inject.expects)}
    known = names_taken(exercise) | {step.id for step in plan.steps} | own
    for key, condition in (("when", inject.at.when), ("unless", inject.at.unless)):
        if condition is not None and any(named_in(leaf) - known for leaf in leaves(condition)):
            del at[key]
            yield lost_word("条件", "condition", key)
    gone = [name for name in inject.at.after if name not in known]
    if gone:
        at["after"] = [name for name in inject.at.after if name in known]
        yield lost_word("前置注入", "inject that it waited for,", ", ".join(gone))
    if moment_names(inject.at.since) - known:
        del at["since"]
        yield lost_word("起算时刻", "moment", inject.at.since)
