"""Reviews of teams and of their members: gradings, acceptances, evaluations."""

from __future__ import annotations

from decimal import Decimal

from youbei.engine.registers.definitions import frequent
from youbei.engine.registers.definitions.teams import EDIT, NONE
from youbei.engine.registers.field import Field, FieldKind, choices
from youbei.engine.registers.register import Register, Subject
from youbei.engine.text import Text

RESULTS = choices(
    passed=("合格", "Passed"), conditional=("限期整改", "To be corrected"), failed=("不合格", "Not passed")
)
TEAM_REVIEW = Register(
    name="team_review",
    owners=("team",),
    title=Text("队伍评定与复评", "Reviews of teams"),
    one=Text("评定", "review of a team"),
    subject=Subject.RESOURCES,
    edit=EDIT,
    key=("team", "kind", "held_on"),
    label=("team", "kind", "held_on"),
    fresh_for=None,
    fields=(
        frequent.TEAM,
        Field(
            "kind",
            Text("种类", "Kind"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            choices=choices(
                grading=("等级评定", "Grading"),
                acceptance=("质量标准化验收", "Acceptance"),
                evaluation=("定期评估", "Periodic evaluation"),
                re_evaluation=("复评", "Re-evaluation"),
            ),
        ),
        Field("held_on", Text("评定日期", "Held on"), FieldKind.DATE, is_required=True, not_future=True),
        Field("held_by", Text("评定单位", "Held by"), is_required=True),
        Field(
            "reviewer",
            Text("评定人", "Reviewer"),
            FieldKind.REFERENCE,
            refers_to="person",
            is_listed=False,
            help=Text("不能是本队负责人或队员", "Not the team's own leader or members"),
        ),
        Field("score", Text("得分", "Score"), FieldKind.DECIMAL, least=NONE, most=Decimal(1000)),
        Field("result", Text("结论", "Result"), FieldKind.CHOICE, is_required=True, choices=RESULTS, is_filter=True),
        Field(
            "next_due_on",
            Text("下次评定期限", "Next due on"),
            FieldKind.DATE,
            is_filter=True,
            help=Text("不填时按复评周期推算", "Left empty, it follows from the intervals of reviews"),
        ),
        frequent.DOCUMENT,
        frequent.REMARKS,
    ),
)
MEMBER_REVIEW = Register(
    name="member_review",
    owners=("team",),
    title=Text("队员评估", "Reviews of members"),
    one=Text("队员评估", "review of a member"),
    subject=Subject.RESOURCES,
    edit=EDIT,
    key=("team", "person", "kind", "held_on"),
    label=("team", "person", "held_on"),
    fresh_for=None,
    fields=(
        frequent.TEAM,
        frequent.PERSON,
        Field(
            "kind",
            Text("种类", "Kind"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            choices=choices(evaluation=("定期评估", "Periodic evaluation"), re_evaluation=("复评", "Re-evaluation")),
        ),
        Field("held_on", Text("评估日期", "Held on"), FieldKind.DATE, is_required=True, not_future=True),
        Field("held_by", Text("评估单位", "Held by"), is_required=True),
        Field("score", Text("得分", "Score"), FieldKind.DECIMAL, least=NONE, most=Decimal(1000)),
        Field("result", Text("结论", "Result"), FieldKind.CHOICE, is_required=True, choices=RESULTS, is_filter=True),
        Field(
            "next_due_on",
            Text("下次评估期限", "Next due on"),
            FieldKind.DATE,
            is_filter=True,
            help=Text("不填时按复评周期推算", "Left empty, it follows from the intervals of reviews"),
        ),
        frequent.DOCUMENT,
        frequent.REMARKS,
    ),
)
REVIEWS = (TEAM_REVIEW, MEMBER_REVIEW)
