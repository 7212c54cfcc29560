"""What is not in a store yet can be had: market and production; and what should be there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from youbei.engine.access import Permission
from youbei.engine.registers.definitions import frequent
from youbei.engine.registers.field import Field, FieldKind, choices
from youbei.engine.registers.register import Register, Subject
from youbei.engine.text import Text

EDIT = Permission.EDIT_RESOURCE
NONE = Decimal(0)
MOST = Decimal(10**9)
HOURS = Text("小时", "h")
SUPPLIER = (
    Field("supplier", Text("供应单位", "Supplier"), FieldKind.REFERENCE, refers_to="organisation"),
    Field(
        "supplier_name",
        Text("供应单位名称", "Name of the supplier"),
        is_searched=True,
        help=Text("供应单位未登记时填写", "Where the supplier is not registered"),
    ),
)
MARKET_OFFER = Register(
    name="market_offer",
    title=Text("市场储备", "Market reserve"),
    one=Text("供应渠道", "market offer"),
    subject=Subject.STOCK,
    edit=EDIT,
    label=("item", "supplier_name", "code"),
    fresh_for=timedelta(days=90),  # Assumption: prices and deliveries are asked for once a quarter.
    fields=(
        frequent.CODE,
        frequent.ITEM,
        frequent.ORGANISATION,
        *SUPPLIER,
        Field(
            "quantity",
            Text("可供数量", "Available quantity"),
            FieldKind.DECIMAL,
            is_required=True,
            least=NONE,
            most=MOST,
            in_units_of="item",
        ),
        Field(
            "unit_price", Text("单价", "Price of one"), FieldKind.DECIMAL, unit=Text("元", "CNY"), least=NONE, most=MOST
        ),
        Field(
            "delay_h",
            Text("交货时间", "Delivery time"),
            FieldKind.DECIMAL,
            is_required=True,
            unit=HOURS,
            least=NONE,
            most=Decimal(10_000),
        ),
        Field("agreement", Text("供应协议", "Agreement"), FieldKind.REFERENCE, refers_to="agreement", is_listed=False),
        frequent.VALID_UNTIL,
        frequent.PHONE,
        frequent.LAT,
        frequent.LON,
        frequent.REMARKS,
    ),
)
RATE = Text("每天", "per day")
CAPACITY_LINE = Register(
    name="capacity_line",
    title=Text("产能储备", "Capacity reserve"),
    one=Text("生产线", "production line"),
    subject=Subject.STOCK,
    edit=EDIT,
    fresh_for=timedelta(days=180),  # Assumption: production lines change more slowly than stock.
    fields=(
        *frequent.NAMES,
        frequent.ITEM,
        replace(SUPPLIER[0], name="producer", title=Text("生产单位", "Producer")),
        Field(
            "switch_over_h",
            Text("转产时间", "Switch-over"),
            FieldKind.DECIMAL,
            is_required=True,
            unit=HOURS,
            least=NONE,
            most=Decimal(10_000),
        ),
        Field(
            "first_rate",
            Text("初始日产量", "First rate"),
            FieldKind.DECIMAL,
            is_required=True,
            unit=RATE,
            least=NONE,
            most=MOST,
        ),
        Field(
            "ramp_up_h",
            Text("爬坡时间", "Ramp-up"),
            FieldKind.DECIMAL,
            is_required=True,
            unit=HOURS,
            least=NONE,
            most=Decimal(10_000),
        ),
        Field(
            "full_rate",
            Text("满负荷日产量", "Full rate"),
            FieldKind.DECIMAL,
            is_required=True,
            unit=RATE,
            least=NONE,
            most=MOST,
        ),
        Field(
            "raw_material",
            Text("原料可产数量", "Raw material for"),
            FieldKind.DECIMAL,
            least=NONE,
            most=MOST,
            help=Text(
                "现有原料够生产的数量；空表示不受限",
                "What the raw material at hand is enough for; empty means no limit",
            ),
        ),
        Field(
            "resupply_rate",
            Text("原料补给日产量", "Rate on resupply"),
            FieldKind.DECIMAL,
            unit=RATE,
            least=NONE,
            most=MOST,
            is_listed=False,
        ),
        Field(
            "share",
            Text("承诺份额", "Share promised"),
            FieldKind.DECIMAL,
            unit=Text("%", "%"),
            least=NONE,
            most=Decimal(100),
            default=Decimal(100),
        ),
        Field(
            "unit_price",
            Text("单价", "Price of one"),
            FieldKind.DECIMAL,
            unit=Text("元", "CNY"),
            least=NONE,
            most=MOST,
            is_listed=False,
        ),
        Field("agreement", Text("产能协议", "Agreement"), FieldKind.REFERENCE, refers_to="agreement", is_listed=False),
        frequent.VALID_UNTIL,
        frequent.PHONE,
        frequent.LAT,
        frequent.LON,
        frequent.REMARKS,
    ),
)
REQUIREMENT = Register(
    name="requirement",
    title=Text("储备需求", "Requirements"),
    one=Text("储备需求", "requirement"),
    subject=Subject.STOCK,
    edit=EDIT,
    label=("item", "organisation"),
    fields=(
        frequent.CODE,
        frequent.ITEM,
        frequent.ORGANISATION,
        Field(
            "quantity",
            Text("应有数量", "Required quantity"),
            FieldKind.DECIMAL,
            is_required=True,
            least=NONE,
            most=MOST,
            in_units_of="item",
        ),
        Field(
            "within_h",
            Text("须到位时间", "Needed within"),
            FieldKind.DECIMAL,
            unit=HOURS,
            least=NONE,
            most=Decimal(10_000),
            default=Decimal(0),
        ),
        Field(
            "basis",
            Text("依据", "Basis"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            choices=choices(
                plan=("预案", "Plan"),
                standard=("标准", "Standard"),
                needs=("需求测算", "Needs model"),
                order=("上级规定", "Order"),
            ),
        ),
        Field(
            "basis_text",
            Text("依据说明", "Which one"),
            max_length=400,
            help=Text(
                "预案编码、标准条款或测算口径", "Code of the plan, clause of the standard, or how it was calculated"
            ),
        ),
        frequent.VALID_UNTIL,
        frequent.REMARKS,
    ),
)
RESERVES = (MARKET_OFFER, CAPACITY_LINE, REQUIREMENT)
