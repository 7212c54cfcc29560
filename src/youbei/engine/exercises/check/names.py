"""Names that lead nowhere: posts, steps, objectives, injects, actions, measures, levels and facts."""

from __future__ import annotations

from collections.abc import Iterator

from youbei.engine.conditions import Compare, Condition, Count, Elapsed, Quantity, leaves
from youbei.engine.exercises.check.study import Said, Study
from youbei.engine.exercises.measures import MEASURES
from youbei.engine.exercises.model import Inject, RoleReaction
from youbei.engine.incidents import BadFact, check_fact
from youbei.engine.run.commands import Activate, FinishStep, RaiseLevel, SkipStep, StartStep
from youbei.engine.run.script import Learn, Say
from youbei.engine.text import Text


def check_names(study: Study) -> Iterator[Said]:
    exercise = study.exercise
    if exercise.plan != study.plan.id:
        yield Said("EX01", "plan", both(f"{exercise.plan} ≠ {study.plan.id}"))
    for inject in exercise.injects:
        yield from inject_names(study, inject)
    for objective in exercise.objectives:
        place = f"objectives.{objective.id}"
        for task in objective.tasks:
            yield from step_name(study, task.step, f"{place}.tasks.{task.id}.step")
        for number, target in enumerate(objective.targets):
            yield from measure_name(study, target.measure, f"{place}.targets[{number}].measure")
    yield from condition_names(study, exercise.end.when, "end.when")
    for interlock in exercise.interlocks:
        yield from condition_names(study, interlock.when, f"interlocks.{interlock.id}.when")
    yield from role_names(study)
    yield from fact_names(study)


def both(word: str) -> Text:
    return Text(word, word)


def unknown(code: str, place: str, name: str) -> Iterator[Said]:
    yield Said(code, place, Text(f"没有“{name}”。", f"There is no {name!r}."))


def post_name(study: Study, name: str, place: str) -> Iterator[Said]:
    """Check a post; what has a colon is a code of the register, and `public` everybody."""
    if name and ":" not in name and name != "public" and name not in study.posts:
        yield from unknown("EX02", place, name)


def step_name(study: Study, name: str, place: str) -> Iterator[Said]:
    if name and name not in study.steps:
        yield from unknown("EX03", place, name)


def inject_names(study: Study, inject: Inject) -> Iterator[Said]:
    place = f"injects.{inject.id}"
    yield from post_name(study, getattr(inject.content, "to", ""), f"{place}.to")
    for number, name in enumerate(inject.at.after):
        if name not in study.injects:
            yield from unknown("EX05", f"{place}.at.after[{number}]", name)
    yield from moment_name(study, inject.at.since, f"{place}.at.since")
    yield from condition_names(study, inject.at.when, f"{place}.at.when")
    yield from condition_names(study, inject.at.unless, f"{place}.at.unless")
    yield from objective_name(study, inject.objective, f"{place}.objective")
    for action in inject.expects:
        below = f"{place}.expects.{action.id}"
        if action.who and action.who not in study.posts:
            yield from unknown("EX02", f"{below}.who", action.who)
        yield from step_name(study, action.step, f"{below}.step")
        yield from condition_names(study, action.done, f"{below}.done")
        yield from objective_name(study, action.objective, f"{below}.objective")


def objective_name(study: Study, name: str, place: str) -> Iterator[Said]:
    if name and name not in study.objectives:
        yield from unknown("EX04", place, name)


def measure_name(study: Study, name: str, place: str) -> Iterator[Said]:
    if name.startswith("step:"):
        yield from step_name(study, name.removeprefix("step:"), place)
    elif name not in MEASURES and not name.startswith("fact:"):
        yield from unknown("EX06", place, name)


def moment_name(study: Study, moment: str, place: str) -> Iterator[Said]:
    kind, _, rest = moment.partition(":")
    name = rest.rpartition(":")[0]
    known = {"inject": study.injects, "action": study.actions, "step": study.steps}.get(kind)
    if known is not None and name not in known:
        yield from unknown("EX05", place, name)


def condition_names(study: Study, condition: Condition | None, place: str) -> Iterator[Said]:
    for leaf in () if condition is None else leaves(condition):
        if isinstance(leaf, Compare):
            if study.facts is not None and leaf.fact not in study.facts:
                yield from unknown("EX10", place, leaf.fact)
        elif isinstance(leaf, Elapsed):
            yield from moment_name(study, leaf.since, place)
        elif isinstance(leaf, Count):
            known = counted(study, leaf.of)
            for name in leaf.among:
                if name not in known:
                    yield from unknown("EX05", place, name)


def counted(study: Study, of: Quantity) -> frozenset[str]:
    if of.value.startswith("injects"):
        return study.injects
    return study.actions if of.value.startswith("actions") else study.steps


def role_names(study: Study) -> Iterator[Said]:
    first: dict[str, str] = {}
    for role in study.exercise.roles:
        place = f"roles.{role.id}"
        for number, post in enumerate(role.plays):
            if post not in study.posts:
                yield from unknown("EX02", f"{place}.plays[{number}]", post)
            elif post in first:
                sentence = Text(f"“{post}”已由 {first[post]} 代演。", f"{post!r} is played by {first[post]} already.")
                yield Said("EX07", f"{place}.plays[{number}]", sentence)
            first.setdefault(post, role.id)
        for reaction in role.reactions:
            yield from condition_names(study, reaction.when, f"{place}.reactions.{reaction.id}.when")
            yield from deed_names(study, reaction, f"{place}.reactions.{reaction.id}")


def deed_names(study: Study, reaction: RoleReaction, place: str) -> Iterator[Said]:
    levels = {level.number for level in study.plan.levels}
    for number, deed in enumerate(reaction.does):
        below = f"{place}.does[{number}]"
        if isinstance(deed, Activate | RaiseLevel) and levels and deed.level not in levels:
            yield from unknown("EX09", below, deed.level.name)
        elif isinstance(deed, StartStep | FinishStep | SkipStep):
            yield from step_name(study, deed.step, below)
        elif isinstance(deed, Say):
            yield from post_name(study, deed.to, below)


def fact_names(study: Study) -> Iterator[Said]:
    """Check every fact that is brought, and its value, where the catalogue is known."""
    if study.facts is None:
        return
    brought = [("start.facts", Learn(fact.key, fact.value, "")) for fact in study.exercise.start.facts]
    for inject in study.exercise.injects:
        effects = inject.content.fire(inject.title)
        brought += [(f"injects.{inject.id}", effect) for effect in effects if isinstance(effect, Learn)]
    for role in study.exercise.roles:
        for reaction in role.reactions:
            place = f"roles.{role.id}.reactions.{reaction.id}"
            brought += [(place, deed) for deed in reaction.does if isinstance(deed, Learn)]
    for place, learnt in brought:
        kind = study.facts.get(learnt.key)
        if kind is None:
            yield from unknown("EX10", place, learnt.key)
        elif learnt.value is not None:
            try:
                check_fact(kind, learnt.value)
            except BadFact as refused:
                yield Said("EX10", place, refused.text)
