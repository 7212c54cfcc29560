"""Freshness: does the plan promise what nobody has confirmed for long?"""

from __future__ import annotations

from collections.abc import Iterator

from youbei.engine.plans.check.finding import Finding, explain
from youbei.engine.plans.check.study import Study, found
from youbei.engine.plans.model import Need

STALE_TEAMS = explain(
    "W951",
    ("队伍信息已过时", "Teams not confirmed lately"),
    (
        "具备该能力的队伍虽够，但近期确认过的不够：承诺建立在可能已不属实的登记上。",
        "There are enough teams, but too few were confirmed lately: the promise rests on entries that may be untrue.",
    ),
    ("请核实队伍登记，或发起信息核实。", "Confirm the teams in the register, or open a collection campaign."),
)
STALE_STOCK = explain(
    "W952",
    ("库存信息已过时", "Stock not confirmed lately"),
    (
        "登记的库存虽够，但近期盘点确认过的不够。",
        "The stock on record is enough, but too little of it was counted or confirmed lately.",
    ),
    ("请盘点仓库，或发起信息核实。", "Count the store, or open a collection campaign."),
)
STALE_SITE = explain(
    "W953",
    ("场所信息已过时", "Site not confirmed lately"),
    ("需求的地点已登记，但长期没有确认。", "The place of a need is registered, but has not been confirmed for long."),
    ("请核实该场所。", "Confirm the site."),
)
STALE_HOLDER = explain(
    "W954",
    ("岗位人员信息已过时", "Holder of a post not confirmed lately"),
    (
        "岗位有人，但其联系方式长期没有确认，启动时可能联系不上。",
        "The post is held, but how to reach its holder has not been confirmed for long.",
    ),
    ("请核实该人员的联系方式。", "Confirm how the person is reached."),
)

CODES = (STALE_TEAMS, STALE_STOCK, STALE_SITE, STALE_HOLDER)


def check_freshness(study: Study) -> Iterator[Finding]:
    """Look only at promises that hold on paper: what is missing altogether, other families say."""
    for step in study.plan.steps:
        for need in step.needs:
            yield from _need(study, need, f"steps.{step.id}.needs.{need.id}")
    yield from _holders(study)


def _need(study: Study, need: Need, place: str) -> Iterator[Finding]:
    known, name = study.known, study.known.called(need.capability or need.item)
    if need.capability and known.fresh_teams is not None and known.capabilities is not None:
        there, fresh = known.capabilities.get(need.capability), known.fresh_teams.get(need.capability)
        if there is not None and fresh is not None and fresh < need.count <= there:
            yield found(
                STALE_TEAMS,
                place,
                f"需要 {need.count} 支具备“{name.zh}”的队伍，登记 {there} 支，近期确认过的只有 {fresh} 支。",
                f'Needs {need.count} with "{name.en}"; of {there} on record only {fresh} confirmed lately.',
            )
    if need.item and known.fresh_items is not None and known.items is not None:
        stored, counted = known.items.get(need.item), known.fresh_items.get(need.item)
        if stored is not None and counted is not None and counted < need.quantity <= stored:
            yield found(
                STALE_STOCK,
                place,
                f"需要“{name.zh}” {need.quantity:g}，登记 {stored:g}，近期确认过的只有 {counted:g}。",
                f'Needs {need.quantity:g} of "{name.en}"; of {stored:g} on record {counted:g} confirmed lately.',
            )
    if need.place in (known.stale_sites or ()):
        yield found(
            STALE_SITE,
            place,
            f"场所“{known.called(need.place).zh}”长期没有确认。",
            f'The site "{known.called(need.place).en}" has not been confirmed for long.',
        )


def _holders(study: Study) -> Iterator[Finding]:
    """Name the posts whose first holder is there but stale."""
    posts = study.known.posts
    for post in study.plan.posts if posts is not None else ():
        holder = post.holder
        held = posts.get(holder.ref) if holder is not None and posts is not None else None
        if held is not None and held.is_filled and not held.is_fresh and holder is not None:
            yield found(
                STALE_HOLDER,
                f"posts.{post.id}.holder",
                f"岗位“{study.known.called(holder.ref).zh}”的人员信息长期没有确认。",
                f'Whoever holds "{study.known.called(holder.ref).en}" has not been confirmed for long.',
            )
