"""What belongs to sites: rooms for exams, beds, days with other opening hours, and what is dangerous there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from youbei.engine.access import Permission
from youbei.engine.opening import REASONS
from youbei.engine.registers.definitions import frequent
from youbei.engine.registers.field import Choice, Field, FieldKind, choices
from youbei.engine.registers.register import Register, Subject
from youbei.engine.text import Text

EDIT = Permission.EDIT_RESOURCE
NONE = Decimal(0)
PEOPLE, BEDS, SEATS = Text("人", "people"), Text("张", "beds"), Text("座", "seats")
BUILDING = Field("building", Text("楼栋", "Building"), max_length=40)
FLOOR = Field("floor", Text("楼层", "Floor"), FieldKind.INTEGER, least=Decimal(-5), most=Decimal(100))
SITE_OF = Field(
    "site",
    Text("场所", "Site"),
    FieldKind.REFERENCE,
    is_required=True,
    refers_to="site",
    is_filter=True,
    aliases=("场所编码", "场所名称", "考点", "医院"),
)
EXAM_ROOM = Register(
    name="exam_room",
    owners=("site",),
    title=Text("考场", "Examination rooms"),
    one=Text("考场", "examination room"),
    subject=Subject.PLACES,
    edit=EDIT,
    key=("site", "code"),
    label=("site", "code"),
    fields=(
        replace(SITE_OF, title=Text("考点", "Examination site")),
        replace(frequent.CODE, title=Text("考场号", "Room number"), max_length=40, help=Text(), aliases=("考场",)),
        Field(
            "use",
            Text("用途", "Use"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            default="standard",
            choices=choices(
                standard=("普通考场", "Standard"),
                spare=("备用考场", "Spare"),
                isolation=("隔离考场", "Isolation"),
                computer=("机考考场", "Computer room"),
                accessible=("便利考场", "With aids for disabled candidates"),
            ),
        ),
        BUILDING,
        FLOOR,
        Field("room", Text("房间", "Room"), max_length=20),
        Field(
            "seats",
            Text("座位", "Seats"),
            FieldKind.INTEGER,
            is_required=True,
            unit=SEATS,
            least=NONE,
            most=Decimal(2000),
            aliases=("座位数", "每场人数"),
        ),
        Field("has_camera", Text("视频监控", "Watched by camera"), FieldKind.FLAG, is_listed=False),
        Field("has_shield", Text("信号屏蔽", "Signals blocked"), FieldKind.FLAG, is_listed=False),
        frequent.REMARKS,
    ),
)
BED_CAPACITY = Register(
    name="bed_capacity",
    owners=("site",),
    title=Text("床位", "Beds"),
    one=Text("床位", "beds of a kind"),
    subject=Subject.PLACES,
    edit=EDIT,
    key=("site", "kind"),
    label=("site", "kind"),
    # Assumption: beds fill and empty within a day; a figure that is older is asked for anew.
    fresh_for=timedelta(days=1),
    fields=(
        replace(SITE_OF, title=Text("医院", "Hospital")),
        Field(
            "kind",
            Text("床位类别", "Kind of beds"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            choices=choices(
                general=("普通", "General"),
                icu=("重症监护", "Intensive care"),
                burns=("烧伤", "Burns"),
                isolation=("隔离", "Isolation"),
                negative_pressure=("负压隔离", "Negative pressure"),
                emergency=("急诊", "Emergency"),
                trauma=("创伤", "Trauma"),
                children=("儿科", "Children"),
                obstetric=("产科", "Obstetric"),
                dialysis=("血液透析", "Dialysis"),
                hyperbaric=("高压氧", "Hyperbaric oxygen"),
                psychiatric=("精神科", "Psychiatric"),
            ),
        ),
        Field(
            "beds",
            Text("床位数", "Beds"),
            FieldKind.INTEGER,
            is_required=True,
            unit=BEDS,
            least=NONE,
            most=Decimal(100_000),
        ),
        Field("free", Text("空床", "Free"), FieldKind.INTEGER, unit=BEDS, least=NONE, most=Decimal(100_000)),
        Field("free_at", Text("空床时间", "Free as of"), FieldKind.MOMENT, not_future=True),
        Field(
            "surge",
            Text("可扩充", "Can be added"),
            FieldKind.INTEGER,
            unit=BEDS,
            least=NONE,
            most=Decimal(100_000),
            is_listed=False,
        ),
        frequent.REMARKS,
    ),
)
OPENING_EXCEPTION = Register(
    name="opening_exception",
    owners=("site",),
    title=Text("特殊开放日", "Days with other hours"),
    one=Text("特殊开放日", "days with other hours"),
    subject=Subject.PLACES,
    edit=EDIT,
    key=("site", "first_on"),
    label=("site", "first_on"),
    fresh_for=None,
    fields=(
        SITE_OF,
        Field(
            "first_on",
            Text("起始日", "First day"),
            FieldKind.DATE,
            is_required=True,
            is_filter=True,
            aliases=("日期", "开始日期"),
        ),
        Field(
            "last_on",
            Text("截止日", "Last day"),
            FieldKind.DATE,
            help=Text("留空即只有一天。", "Empty: one day only."),
            aliases=("结束日期",),
        ),
        Field(
            "reason",
            Text("原因", "Reason"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            choices=tuple(Choice(code, name) for code, name in REASONS.items()),
        ),
        Field(
            "hours",
            Text("当日开放时间", "Hours on these days"),
            max_length=80,
            help=Text("如 08:00-12:00；全天；留空即关闭。", "Such as 08:00-12:00; 24 h. Empty: closed."),
        ),
        Field("is_yearly", Text("每年如此", "Every year"), FieldKind.FLAG, default=False, is_listed=False),
        frequent.REMARKS,
    ),
)
HAZARD_POINT = Register(
    name="hazard_point",
    title=Text("危险点", "Hazards"),
    one=Text("危险点", "hazard"),
    subject=Subject.PLACES,
    edit=EDIT,
    owners=("organisation",),
    fields=(
        *frequent.NAMES,
        replace(SITE_OF, is_required=False),
        Field("substance", Text("物质", "Substance"), max_length=120, is_searched=True, is_filter=True),
        Field("un_number", Text("联合国编号", "UN number"), max_length=4, is_searched=True, is_listed=False),
        Field("quantity", Text("数量", "Quantity"), FieldKind.DECIMAL, least=NONE, most=Decimal(10**9)),
        Field(
            "quantity_unit",
            Text("数量单位", "Unit"),
            FieldKind.CHOICE,
            choices=choices(
                t=("吨", "t"), kg=("千克", "kg"), m3=("立方米", "m³"), piece=("件", "pieces"), gbq=("吉贝可", "GBq")
            ),
        ),
        Field(
            "dangers",
            Text("危险种类", "Kinds of hazard"),
            FieldKind.CHOICES,
            is_filter=True,
            choices=choices(
                fire=("火灾", "Fire"),
                explosion=("爆炸", "Explosion"),
                toxic=("中毒窒息", "Toxic"),
                corrosive=("腐蚀灼伤", "Corrosive"),
                radioactive=("放射性", "Radioactive"),
                infectious=("生物感染", "Infectious"),
                pollution=("环境污染", "Pollution"),
                flood=("洪涝", "Flood"),
                slide=("滑坡泥石流", "Landslide"),
                collapse=("坍塌", "Collapse"),
                crowd=("人员拥挤", "Crowd"),
            ),
        ),
        Field(
            "grade",
            Text("重大危险源级别", "Major-hazard grade"),
            FieldKind.CHOICE,
            is_filter=True,
            is_listed=False,
            choices=choices(
                one=("一级", "Grade 1"),
                two=("二级", "Grade 2"),
                three=("三级", "Grade 3"),
                four=("四级", "Grade 4"),
                none=("非重大危险源", "Not a major hazard"),
            ),
        ),
        Field(
            "erg_guide",
            Text("ERG 指南号", "ERG guide"),
            FieldKind.INTEGER,
            # Guides of the Emergency Response Guidebook have three digits and begin at 111; later editions add some.
            least=Decimal(111),
            most=Decimal(199),
            is_listed=False,
            help=Text(
                "《应急救援指南》橙页的指南号，不知道时留空。",
                "Orange-page guide of the Emergency Response Guidebook; empty if not known.",
            ),
        ),
        Field(
            "reach_m",
            Text("影响距离", "Endangers within"),
            FieldKind.INTEGER,
            unit=Text("米", "m"),
            least=NONE,
            most=Decimal(200_000),
        ),
        Field(
            "endangered",
            Text("受威胁人数", "People endangered"),
            FieldKind.INTEGER,
            unit=PEOPLE,
            least=NONE,
            most=Decimal(10**8),
        ),
        Field("endangered_who", Text("受威胁的人", "Who is endangered"), max_length=400, is_listed=False),
        Field(
            "basis",
            Text("依据", "Basis"),
            max_length=400,
            is_listed=False,
            help=Text(
                "距离和人数的来源：安全评价报告、定量风险评价等",
                "Where distance and people come from: safety assessment, risk analysis",
            ),
        ),
        replace(frequent.LAT, help=Text("留空即取场所的位置。", "Empty: where the site is.")),
        replace(frequent.LON, help=Text()),
        Field("geometry", Text("范围", "Outline"), FieldKind.GEOMETRY, is_listed=False, help=frequent.OUTLINE_HELP),
        frequent.REMARKS,
    ),
)
SITE_PARTS = (EXAM_ROOM, BED_CAPACITY, OPENING_EXCEPTION, HAZARD_POINT)
