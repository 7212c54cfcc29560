"""Teams with what they are made of and how they were found, experts, and agreements."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from youbei.engine.access import Permission
from youbei.engine.registers.definitions import frequent
from youbei.engine.registers.field import Choice, Field, FieldKind, choices
from youbei.engine.registers.register import Register, Subject
from youbei.engine.text import Text

EDIT = Permission.EDIT_RESOURCE
NONE = Decimal(0)
MOST_PEOPLE = Decimal(100_000)
MINUTES = Text("分钟", "min")


def team_register(capabilities: tuple[Choice, ...]) -> Register:
    """Describe teams; `capabilities` is the typed catalogue, which is content."""
    return Register(
        name="team",
        title=Text("应急队伍", "Teams"),
        one=Text("队伍", "team"),
        subject=Subject.RESOURCES,
        edit=EDIT,
        fresh_for=timedelta(days=90),  # Assumption: a quarter, the rhythm of inspections that schools and bureaus keep.
        fields=(
            *frequent.NAMES,
            Field(
                "kind",
                Text("类别", "Kind"),
                FieldKind.CHOICE,
                is_required=True,
                is_filter=True,
                # Source: 突发事件应对法 (2024), Art. 39.
                choices=choices(
                    professional=("专业队伍", "Professional"),
                    enterprise=("企业队伍", "Enterprise"),
                    volunteer=("社会志愿队伍", "Volunteer"),
                    grass_roots=("基层队伍", "Grass-roots"),
                ),
            ),
            Field(
                "employment",
                Text("专兼职", "Full or part time"),
                FieldKind.CHOICE,
                is_filter=True,
                is_listed=False,
                choices=choices(
                    full_time=("专职", "Full time"), part_time=("兼职", "Part time"), mixed=("专兼结合", "Both")
                ),
            ),
            Field(
                "status",
                Text("状态", "Status"),
                FieldKind.CHOICE,
                is_filter=True,
                default="available",
                choices=choices(
                    available=("待命", "Available"),
                    assigned=("已出动", "Assigned"),
                    out_of_service=("停用", "Out of service"),
                ),
            ),
            Field(
                "capabilities",
                Text("能力", "Capabilities"),
                FieldKind.GRADES,
                choices=capabilities,
                help=Text(
                    "写成“能力:类型”，类型 1 最强，4 最弱；多项用分号隔开。",
                    "capability:type, type 1 is the most capable, 4 the least; separated by semicolons.",
                ),
                aliases=("应急能力", "救援能力", "专业能力"),
            ),
            Field(
                "grade",
                Text("等级", "Grade"),
                FieldKind.CHOICE,
                is_filter=True,
                choices=choices(
                    first=("一级", "Grade 1"),
                    second=("二级", "Grade 2"),
                    third=("三级", "Grade 3"),
                    none=("未评定", "Not graded"),
                ),
            ),
            Field(
                "grade_until",
                Text("等级有效期至", "Grade valid until"),
                FieldKind.DATE,
                is_filter=True,
                is_listed=False,
            ),
            Field(
                "strength",
                Text("现有人数", "Strength"),
                FieldKind.INTEGER,
                unit=Text("人", "people"),
                least=NONE,
                most=MOST_PEOPLE,
                default=0,
            ),
            Field(
                "required_strength",
                Text("编制人数", "Required strength"),
                FieldKind.INTEGER,
                unit=Text("人", "people"),
                least=NONE,
                most=MOST_PEOPLE,
            ),
            Field(
                "turn_out_min",
                Text("承诺出动时间", "Promised turn-out"),
                FieldKind.DECIMAL,
                is_required=True,
                unit=MINUTES,
                least=NONE,
                most=Decimal(10_080),
                aliases=("出动时间", "响应时间"),
            ),
            Field(
                "leader",
                Text("负责人", "Leader"),
                FieldKind.REFERENCE,
                refers_to="person",
                is_listed=False,
                aliases=("队长",),
            ),
            frequent.PHONE,
            Field("insurer", Text("承保单位", "Insurer"), is_listed=False),
            Field(
                "insured_until",
                Text("人身意外伤害保险至", "Insured until"),
                FieldKind.DATE,
                is_filter=True,
                is_listed=False,
                help=Text("突发事件应对法（2024）第四十条", "Emergency Response Law (2024), Art. 40"),
            ),
            Field(
                "established_on",
                Text("组建日期", "Founded on"),
                FieldKind.DATE,
                is_filter=True,
                is_listed=False,
                not_future=True,
            ),
            frequent.NEEDED_LAT,
            frequent.NEEDED_LON,
            frequent.REMARKS,
        ),
    )


TEAM_ROLE = Register(
    name="team_role",
    owners=("team",),
    title=Text("队伍岗位要求", "Roles in teams"),
    one=Text("岗位要求", "role in a team"),
    subject=Subject.RESOURCES,
    edit=EDIT,
    key=("team", "code"),
    label=("team", "name_zh"),
    fresh_for=None,
    fields=(
        frequent.TEAM,
        replace(frequent.CODE, max_length=40),
        frequent.NAME_ZH,
        frequent.NAME_EN,
        Field(
            "needed",
            Text("需要人数", "People needed"),
            FieldKind.INTEGER,
            is_required=True,
            least=Decimal(1),
            most=MOST_PEOPLE,
            default=1,
        ),
        Field(
            "qualifications",
            Text("须持证书", "Certificates required"),
            max_length=400,
            help=Text("证书名称或代码，用分号隔开", "Names or codes of certificates, separated by semicolons"),
        ),
        Field("vetting", Text("须经审查", "Vetting required"), max_length=40, is_listed=False),
        frequent.REMARKS,
    ),
)
TEAM_MEMBER = Register(
    name="team_member",
    owners=("team",),
    title=Text("队员", "Members of teams"),
    one=Text("队员", "member of a team"),
    subject=Subject.RESOURCES,
    edit=EDIT,
    key=("team", "person"),
    label=("team", "person"),
    fresh_for=timedelta(days=90),  # Assumption: as for teams.
    fields=(
        frequent.TEAM,
        frequent.PERSON,
        Field(
            "role",
            Text("岗位", "Role"),
            max_length=40,
            help=Text("岗位要求的编码", "Code of the role"),
            code_of="team_role",
        ),
        Field("joined_on", Text("入队日期", "Joined on"), FieldKind.DATE),
        Field("left_on", Text("离队日期", "Left on"), FieldKind.DATE, is_listed=False),
        frequent.REMARKS,
    ),
)
TEAM_EQUIPMENT = Register(
    name="team_equipment",
    owners=("team",),
    title=Text("队伍装备", "Equipment of teams"),
    one=Text("队伍装备", "equipment of a team"),
    subject=Subject.RESOURCES,
    edit=EDIT,
    key=("team", "item"),
    label=("team", "item"),
    fresh_for=timedelta(days=90),  # Assumption: as for teams.
    fields=(
        frequent.TEAM,
        frequent.ITEM,
        Field(
            "required",
            Text("应配数量", "Required"),
            FieldKind.DECIMAL,
            least=NONE,
            most=Decimal(10**9),
            default=Decimal(0),
        ),
        Field(
            "present",
            Text("实有数量", "Present"),
            FieldKind.DECIMAL,
            least=NONE,
            most=Decimal(10**9),
            default=Decimal(0),
        ),
        Field("serviceable", Text("完好数量", "Serviceable"), FieldKind.DECIMAL, least=NONE, most=Decimal(10**9)),
        frequent.REMARKS,
    ),
)


def expert_register(specialties: tuple[Choice, ...]) -> Register:
    """Describe experts; `specialties` is the catalogue, which is content."""
    return Register(
        name="expert",
        title=Text("应急专家", "Experts"),
        one=Text("专家", "expert"),
        subject=Subject.RESOURCES,
        edit=EDIT,
        fresh_for=timedelta(days=180),  # Assumption: as for people.
        fields=(
            *frequent.NAMES,
            Field(
                "specialties", Text("专业领域", "Specialties"), FieldKind.CHOICES, choices=specialties, is_searched=True
            ),
            Field("employer", Text("工作单位", "Employer"), is_searched=True),
            Field("title", Text("职务职称", "Position"), max_length=80),
            Field(
                "level",
                Text("专家级别", "Level"),
                FieldKind.CHOICE,
                is_filter=True,
                choices=choices(
                    national=("国家级", "National"),
                    province=("省级", "Province"),
                    city=("市级", "City"),
                    county=("县级", "County"),
                ),
            ),
            Field(
                "availability",
                Text("可用情况", "Availability"),
                FieldKind.CHOICE,
                is_filter=True,
                default="available",
                choices=choices(
                    available=("随时可请", "Available"),
                    limited=("仅电话咨询", "By telephone only"),
                    unavailable=("暂不可用", "Not available"),
                ),
            ),
            Field("unavailable_until", Text("不可用至", "Not available until"), FieldKind.DATE, is_listed=False),
            replace(frequent.PHONE, is_personal=True),
            replace(frequent.EMAIL, is_personal=True),
            Field("appointed_on", Text("聘任日期", "Appointed on"), FieldKind.DATE, is_listed=False),
            Field("term_ends_on", Text("聘期至", "Term ends on"), FieldKind.DATE, is_filter=True),
            frequent.LAT,
            frequent.LON,
            frequent.REMARKS,
        ),
    )


AGREEMENT = Register(
    name="agreement",
    title=Text("协议", "Agreements"),
    one=Text("协议", "agreement"),
    subject=Subject.RESOURCES,
    edit=EDIT,
    fields=(
        *frequent.NAMES,
        Field(
            "kind",
            Text("类别", "Kind"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            choices=choices(
                mutual_aid=("应急互助", "Mutual aid"),
                rescue_service=("救援服务", "Rescue service"),
                call_off=("协议储备", "Agreement reserve"),
                supply=("采购供应", "Supply"),
                capacity=("产能储备", "Capacity reserve"),
                transport=("运输保障", "Transport"),
            ),
        ),
        Field(
            "partner",
            Text("对方单位", "Partner"),
            FieldKind.REFERENCE,
            refers_to="organisation",
            stand_in="partner_name",
        ),
        Field(
            "partner_name",
            Text("对方名称", "Name of the partner"),
            is_listed=False,
            is_searched=True,
            help=Text("对方未登记时填写", "Where the partner is not registered"),
        ),
        Field("covers", Text("约定内容", "What it covers"), FieldKind.LONG_TEXT, max_length=2000, is_listed=False),
        Field(
            "response_min",
            Text("响应时间", "Response time"),
            FieldKind.DECIMAL,
            unit=MINUTES,
            least=NONE,
            most=Decimal(100_000),
        ),
        Field(
            "price",
            Text("价款", "Price"),
            FieldKind.DECIMAL,
            unit=Text("元", "CNY"),
            least=NONE,
            most=Decimal(10**11),
            is_listed=False,
        ),
        Field(
            "compensation",
            Text("补偿条款", "Compensation terms"),
            FieldKind.LONG_TEXT,
            max_length=2000,
            is_listed=False,
        ),
        frequent.VALID_FROM,
        frequent.VALID_UNTIL,
        frequent.PHONE,
        frequent.DOCUMENT,
        frequent.REMARKS,
    ),
)
TEAM_PARTS = (TEAM_ROLE, TEAM_MEMBER, TEAM_EQUIPMENT)
