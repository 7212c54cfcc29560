"""Consultations of experts, and the rates of agreements."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from youbei.engine.access import Permission
from youbei.engine.agreements import BASIS_NAMES
from youbei.engine.registers.definitions import frequent
from youbei.engine.registers.definitions.teams import EDIT
from youbei.engine.registers.field import Choice, Field, FieldKind, choices
from youbei.engine.registers.register import Register, Subject
from youbei.engine.text import Text

NONE = Decimal(0)
CONSULTATION = Register(
    name="consultation",
    title=Text("专家咨询", "Consultations"),
    one=Text("咨询", "consultation"),
    subject=Subject.RESOURCES,
    edit=Permission.REPORT_INCIDENT,
    label=("expert", "asked_at"),
    fresh_for=None,
    help=Text("向专家咨询请在专家页面办理，应答和意见在咨询记录上登记。", "Experts are called from their own page."),
    fields=(
        frequent.CODE,
        replace(frequent.ORGANISATION, title=Text("咨询单位", "Asked by")),
        Field("expert", Text("专家", "Expert"), FieldKind.REFERENCE, is_required=True, refers_to="expert"),
        Field("asked_at", Text("咨询时间", "Asked at"), FieldKind.MOMENT, is_required=True, not_future=True),
        Field(
            "question",
            Text("问题", "Question"),
            FieldKind.LONG_TEXT,
            is_required=True,
            max_length=4000,
            is_listed=False,
        ),
        Field(
            "state",
            Text("状态", "State"),
            FieldKind.CHOICE,
            is_filter=True,
            default="asked",
            choices=choices(
                asked=("等待应答", "Waiting for an answer"),
                accepted=("已应召", "Accepted"),
                declined=("未能应召", "Declined"),
                advised=("已提出意见", "Advice given"),
            ),
        ),
        Field("answered_at", Text("应答时间", "Answered at"), FieldKind.MOMENT, is_listed=False, not_future=True),
        Field("advised_at", Text("意见时间", "Advised at"), FieldKind.MOMENT, not_future=True),
        Field("advice", Text("意见", "Advice"), FieldKind.LONG_TEXT, max_length=8000, is_listed=False),
        Field(
            "minutes",
            Text("用时", "Time spent"),
            FieldKind.INTEGER,
            unit=Text("分钟", "min"),
            least=NONE,
            most=Decimal(100_000),
            is_listed=False,
        ),
        Field(
            "usefulness",
            Text("效果", "Usefulness"),
            FieldKind.CHOICE,
            is_filter=True,
            choices=choices(
                followed=("已采纳", "Followed"),
                partly=("部分采纳", "Partly followed"),
                not_followed=("未采纳", "Not followed"),
            ),
        ),
        Field("result", Text("结果", "Result"), FieldKind.LONG_TEXT, max_length=2000, is_listed=False),
        frequent.REMARKS,
    ),
)
AGREEMENT_RATE = Register(
    name="agreement_rate",
    owners=("agreement",),
    title=Text("协议价目", "Rates of agreements"),
    one=Text("价目", "rate"),
    subject=Subject.RESOURCES,
    edit=EDIT,
    key=("agreement", "code"),
    label=("name_zh", "name_en"),
    fresh_for=None,
    fields=(
        Field("agreement", Text("协议", "Agreement"), FieldKind.REFERENCE, is_required=True, refers_to="agreement"),
        replace(frequent.CODE, max_length=40),
        frequent.NAME_ZH,
        frequent.NAME_EN,
        Field(
            "basis",
            Text("计价单位", "Charged by"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            choices=tuple(Choice(basis.value, name) for basis, name in BASIS_NAMES.items()),
        ),
        Field(
            "amount",
            Text("单价", "Rate"),
            FieldKind.DECIMAL,
            is_required=True,
            unit=Text("元", "CNY"),
            least=NONE,
            most=Decimal(10**9),
        ),
        replace(frequent.ITEM, is_required=False, is_filter=False),
        frequent.REMARKS,
    ),
)
