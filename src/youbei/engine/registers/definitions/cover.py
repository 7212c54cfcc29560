"""Home cover: what must remain within reach of a place or an area, whatever is sent elsewhere."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from youbei.engine.access import Permission
from youbei.engine.registers.definitions import frequent
from youbei.engine.registers.field import Choice, Field, FieldKind
from youbei.engine.registers.register import Register, Subject
from youbei.engine.text import Text


def home_cover_register(capabilities: tuple[Choice, ...]) -> Register:
    """Describe home cover; `capabilities` is the typed catalogue, which is content."""
    return Register(
        name="home_cover",
        title=Text("驻防要求", "Home cover"),
        one=Text("驻防要求", "home cover"),
        subject=Subject.RESOURCES,
        edit=Permission.EDIT_RESOURCE,
        help=Text(
            "统筹调度时须为这里保留的力量；派出后缺口和前移建议列在“统筹调度”页面上。",
            "What a dispatch must leave within reach of here; gaps and who should move up stand on the dispatch page.",
        ),
        fields=(
            *frequent.NAMES,
            Field(
                "capability",
                Text("能力", "Capability"),
                FieldKind.CHOICE,
                is_required=True,
                is_filter=True,
                choices=capabilities,
            ),
            Field(
                "type",
                Text("至少为类型", "At least of type"),
                FieldKind.INTEGER,
                least=Decimal(1),
                most=Decimal(4),
                default=4,
                help=Text("1 最强，4 最弱", "1 is the most capable, 4 the least"),
            ),
            Field(
                "number",
                Text("须保留队数", "Teams that must remain"),
                FieldKind.INTEGER,
                is_required=True,
                unit=Text("支", "teams"),
                least=Decimal(1),
                most=Decimal(1000),
            ),
            Field(
                "within_min",
                Text("须在多久内赶到", "There within"),
                FieldKind.DECIMAL,
                is_required=True,
                unit=Text("分钟", "min"),
                least=Decimal(1),
                most=Decimal(1440),
                help=Text("出动时间与行驶时间合计", "Turn-out and journey together"),
            ),
            replace(frequent.NEEDED_LAT, help=Text("地点，或片区的中心", "The place, or the middle of the area")),
            frequent.NEEDED_LON,
            Field(
                "radius_m",
                Text("片区半径", "Radius of the area"),
                FieldKind.INTEGER,
                unit=Text("米", "m"),
                least=Decimal(1),
                most=Decimal(200_000),
                help=Text(
                    "空为只看此地点；填写后，须到得了中心和片区边上的四处才算",
                    "Empty: this place only. Else who counts can reach the middle and four places on the edge in time.",
                ),
            ),
            Field(
                "is_strict",
                Text("不得突破", "Never broken"),
                FieldKind.FLAG,
                default=False,
                help=Text(
                    "是：求解时绝不派出会造成缺口的队伍；否：缺口计入评分并列出",
                    "Yes: no team is proposed that would leave a gap. No: a gap counts in the score and is listed.",
                ),
            ),
            frequent.VALID_FROM,
            frequent.VALID_UNTIL,
            frequent.REMARKS,
        ),
    )
