"""Sites, and the classes of schools."""

from __future__ import annotations

from decimal import Decimal

from youbei.engine.access import Permission
from youbei.engine.registers.definitions import frequent
from youbei.engine.registers.definitions.site_parts import SITE_PARTS
from youbei.engine.registers.field import Field, FieldKind, choices
from youbei.engine.registers.register import Register, Subject
from youbei.engine.text import Text

EDIT = Permission.EDIT_RESOURCE
NONE, MOST_PEOPLE = Decimal(0), Decimal(10_000_000)
PEOPLE, BEDS = Text("人", "people"), Text("张", "beds")
SITE_KINDS = choices(
    shelter=("避难场所", "Shelter"),
    assembly=("集合点", "Assembly area"),
    hospital=("医院", "Hospital"),
    store=("仓库", "Store"),
    exam_site=("考点", "Examination site"),
    school=("学校", "School"),
    hazard=("危险源", "Hazard point"),
    station=("驻地", "Station"),
    berth=("泊位", "Berth"),
    checkpoint=("卡口", "Checkpoint"),
    command=("指挥场所", "Command post"),
    vehicle=("车载", "On a vehicle"),
)
SITE = Register(
    name="site",
    title=Text("场所", "Sites"),
    one=Text("场所", "site"),
    subject=Subject.PLACES,
    edit=EDIT,
    fields=(
        *frequent.NAMES,
        Field("kind", Text("用途", "Use"), FieldKind.CHOICE, is_required=True, choices=SITE_KINDS, is_filter=True),
        Field("address", Text("地址", "Address"), is_searched=True),
        Field(
            "division",
            Text("行政区划代码", "Division code"),
            FieldKind.CODE,
            max_length=16,
            help=frequent.DIVISION_HELP,
            is_filter=True,
            is_listed=False,
        ),
        Field(
            "capacity",
            Text("容量", "Capacity"),
            FieldKind.INTEGER,
            unit=PEOPLE,
            least=NONE,
            most=MOST_PEOPLE,
            aliases=("可容纳人数",),
        ),
        Field(
            "beds",
            Text("床位", "Beds"),
            FieldKind.INTEGER,
            unit=BEDS,
            least=NONE,
            most=Decimal(100_000),
            is_listed=False,
        ),
        Field(
            "beds_icu",
            Text("重症床位", "Intensive-care beds"),
            FieldKind.INTEGER,
            unit=BEDS,
            least=NONE,
            most=Decimal(100_000),
            is_listed=False,
        ),
        Field(
            "beds_isolation",
            Text("隔离床位", "Isolation beds"),
            FieldKind.INTEGER,
            unit=BEDS,
            least=NONE,
            most=Decimal(100_000),
            is_listed=False,
        ),
        Field(
            "area_m2",
            Text("面积", "Area"),
            FieldKind.DECIMAL,
            unit=Text("平方米", "m²"),
            least=NONE,
            most=Decimal(10**9),
            is_listed=False,
        ),
        Field(
            "operating",
            Text("启用情况", "In operation"),
            FieldKind.CHOICE,
            is_filter=True,
            is_listed=False,
            choices=choices(
                standby=("备用", "Stand-by"), open=("已启用", "Open"), full=("已满", "Full"), closed=("停用", "Closed")
            ),
        ),
        Field(
            "occupied",
            Text("已占用", "Taken"),
            FieldKind.INTEGER,
            least=NONE,
            most=MOST_PEOPLE,
            is_listed=False,
            help=Text("医院填占用床位，其他填在场人数", "Beds taken in a hospital, people present elsewhere"),
        ),
        Field("occupied_at", Text("占用情况时间", "Taken as of"), FieldKind.MOMENT, is_listed=False, not_future=True),
        Field(
            "opening",
            Text("开放时间", "Opening hours"),
            is_listed=False,
            max_length=200,
            help=Text(
                "如：全天；周一至周五 08:00-18:00；周六 09:00-12:00；10-01 关闭",
                "Such as: 24 h; Mon-Fri 08:00-18:00; Sat 09:00-12:00; 10-01 closed",
            ),
        ),
        Field(
            "features",
            Text("设施", "Facilities"),
            FieldKind.CHOICES,
            is_listed=False,
            choices=choices(
                power=("备用电源", "Backup power"),
                water=("饮用水", "Drinking water"),
                toilets=("厕所", "Toilets"),
                kitchen=("厨房", "Kitchen"),
                medical=("医疗点", "Medical post"),
                accessible=("无障碍", "Step-free"),
                helipad=("直升机起降点", "Helipad"),
                heating=("采暖", "Heating"),
                network=("通信网络", "Network"),
            ),
        ),
        frequent.PHONE,
        frequent.NEEDED_LAT,
        frequent.NEEDED_LON,
        Field(
            "geometry",
            Text("范围", "Outline"),
            FieldKind.GEOMETRY,
            is_listed=False,
            help=frequent.OUTLINE_HELP,
        ),
        frequent.REMARKS,
    ),
)
SCHOOL_CLASS = Register(
    name="school_class",
    title=Text("班级", "School classes"),
    one=Text("班级", "class"),
    subject=Subject.PLACES,
    edit=EDIT,
    fields=(
        *frequent.NAMES,
        Field("site", Text("校区", "School site"), FieldKind.REFERENCE, refers_to="site"),
        Field("grade", Text("年级", "Grade"), max_length=20, is_filter=True),
        Field("building", Text("教学楼", "Building"), max_length=40),
        Field("floor", Text("楼层", "Floor"), FieldKind.INTEGER, least=Decimal(-5), most=Decimal(100)),
        Field("room", Text("教室", "Room"), max_length=20),
        Field(
            "pupils",
            Text("学生人数", "Pupils"),
            FieldKind.INTEGER,
            is_required=True,
            unit=PEOPLE,
            least=NONE,
            most=Decimal(500),
        ),
        Field("teacher", Text("班主任", "Class teacher"), FieldKind.REFERENCE, refers_to="person"),
        Field(
            "teacher_post",
            Text("班主任岗位", "Teacher's post"),
            FieldKind.REFERENCE,
            refers_to="post",
            is_listed=False,
            help=Text(
                "岗位不随人员变动，点名和通知按岗位找人。",
                "The post outlives the person: calls and counts find who holds it.",
            ),
        ),
        Field("assembly", Text("集合点", "Assembly area"), FieldKind.REFERENCE, refers_to="site"),
        frequent.REMARKS,
    ),
)
PLACES = (SITE, SCHOOL_CLASS, *SITE_PARTS)
