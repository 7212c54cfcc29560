"""Organisations, persons, posts, and what is known about persons."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from youbei.engine.access import Permission
from youbei.engine.registers.definitions import frequent
from youbei.engine.registers.field import Field, FieldKind, choices
from youbei.engine.registers.register import Register, Subject
from youbei.engine.text import Text

ORGANISATION_KINDS = choices(
    government=("人民政府", "Government"),
    bureau=("部门", "Bureau"),
    agency=("机构", "Agency"),
    school=("学校", "School"),
    exam_authority=("考试机构", "Examination authority"),
    port=("口岸单位", "Port agency"),
    park=("园区", "Park"),
    enterprise=("企业", "Enterprise"),
    hospital=("医院", "Hospital"),
    rescue=("救援机构", "Rescue centre"),
    supplier=("供应商", "Supplier"),
    community=("村（社区）", "Village or community"),
)
LEVELS = choices(
    national=("国家级", "National"),
    province=("省级", "Province"),
    city=("市级", "City"),
    county=("县级", "County"),
    township=("乡级", "Township"),
    unit=("基层单位", "Unit"),
)
SECTORS = choices(
    hazchem=("危险化学品", "Hazardous chemicals"),
    mine=("矿山", "Mining"),
    metal=("金属冶炼", "Metal smelting"),
    construction=("建筑施工", "Construction"),
    fireworks=("烟花爆竹", "Fireworks"),
    transport=("交通运输", "Transport"),
    crowded_place=("人员密集场所", "Crowded places"),
    food=("食品与冷链", "Food and cold chain"),
    utility=("水电气热", "Utilities"),
    other=("其他", "Other"),
)
# Source: GB 18218-2018, clause 4.3: major hazards of hazardous chemicals are graded from 1 (gravest) to 4.
HAZARD_CLASSES = choices(
    major_1=("一级重大危险源", "Major hazard, grade 1"),
    major_2=("二级重大危险源", "Major hazard, grade 2"),
    major_3=("三级重大危险源", "Major hazard, grade 3"),
    major_4=("四级重大危险源", "Major hazard, grade 4"),
    general=("一般风险", "Ordinary risk"),
    none=("无", "None"),
)
ORGANISATION = Register(
    name="organisation",
    owners=("parent",),
    title=Text("单位", "Organisations"),
    one=Text("单位", "organisation"),
    subject=Subject.PEOPLE,
    edit=Permission.EDIT_PEOPLE,
    fields=(
        frequent.CODE,
        frequent.NAME_ZH,
        frequent.NAME_EN,
        Field(
            "kind", Text("类别", "Kind"), FieldKind.CHOICE, is_required=True, choices=ORGANISATION_KINDS, is_filter=True
        ),
        Field("level", Text("层级", "Level"), FieldKind.CHOICE, choices=LEVELS, is_filter=True),
        Field(
            "parent",
            Text("上级单位", "Superior"),
            FieldKind.REFERENCE,
            refers_to="organisation",
            aliases=("上级", "上级编码", "Parent"),
        ),
        Field(
            "division",
            Text("行政区划代码", "Division code"),
            FieldKind.CODE,
            max_length=16,
            help=frequent.DIVISION_HELP,
            is_filter=True,
            is_listed=False,
            aliases=("区划代码", "行政区划"),
        ),
        Field("sector", Text("行业", "Sector"), FieldKind.CHOICE, choices=SECTORS, is_filter=True, is_listed=False),
        Field(
            "hazard_class", Text("风险等级", "Hazard class"), FieldKind.CHOICE, choices=HAZARD_CLASSES, is_filter=True
        ),
        Field(
            "employees",
            Text("从业人数", "Employees"),
            FieldKind.INTEGER,
            least=Decimal(0),
            most=Decimal(10_000_000),
            is_listed=False,
        ),
        Field(
            "credit_code",
            Text("统一社会信用代码", "Credit code"),
            FieldKind.TEXT,
            max_length=18,
            is_searched=True,
            is_listed=False,
        ),
        Field("address", Text("地址", "Address"), is_listed=False, is_searched=True),
        frequent.PHONE,
        frequent.EMAIL,
        frequent.LAT,
        frequent.LON,
        Field(
            "geometry",
            Text("管辖范围", "Area"),
            FieldKind.GEOMETRY,
            is_listed=False,
            help=frequent.OUTLINE_HELP,
        ),
        frequent.REMARKS,
    ),
)
PERSON = Register(
    name="person",
    title=Text("人员", "People"),
    one=Text("人员", "person"),
    subject=Subject.PEOPLE,
    edit=Permission.EDIT_PEOPLE,
    fresh_for=timedelta(days=180),  # Assumption: people change posts and numbers about twice as often as units do.
    fields=(
        replace(frequent.CODE, aliases=(*frequent.CODE.aliases, "工号", "Staff number")),
        replace(frequent.NAME_ZH, title=Text("姓名", "Name (Chinese)"), max_length=80, aliases=("名字", "Name")),
        replace(frequent.NAME_EN, title=Text("英文姓名", "Name (English)"), max_length=80),
        frequent.ORGANISATION,
        Field("title", Text("职务职称", "Position"), max_length=80, aliases=("职务", "职称", "Job title")),
        replace(frequent.PHONE, is_personal=True, aliases=("手机", "手机号", "手机号码", "联系电话", "Mobile")),
        replace(frequent.EMAIL, is_personal=True),
        Field(
            "id_number",
            Text("身份证件号", "ID number"),
            FieldKind.TEXT,
            max_length=40,
            is_personal=True,
            is_listed=False,
        ),
        frequent.REMARKS,
    ),
)
POST = Register(
    name="post",
    title=Text("岗位", "Posts"),
    one=Text("岗位", "post"),
    subject=Subject.PEOPLE,
    edit=Permission.EDIT_PEOPLE,
    fields=(
        replace(frequent.CODE, max_length=120, help=Text("写成“单位编码/岗位”。", "Written as organisation/post.")),
        frequent.NAME_ZH,
        frequent.NAME_EN,
        frequent.ORGANISATION,
        Field(
            "kind",
            Text("类别", "Kind"),
            FieldKind.CHOICE,
            choices=choices(office=("职务岗位", "Office"), duty=("值班岗位", "Duty post")),
            default="office",
            is_filter=True,
        ),
        Field(
            "rank",
            Text("排序", "Rank"),
            FieldKind.INTEGER,
            least=Decimal(0),
            most=Decimal(30_000),
            default=100,
            is_listed=False,
        ),
        frequent.PHONE,
        frequent.REMARKS,
    ),
)
HOLDING = Register(
    name="holding",
    owners=("post",),
    title=Text("任职", "Holders of posts"),
    one=Text("任职记录", "holding of a post"),
    subject=Subject.PEOPLE,
    edit=Permission.EDIT_PEOPLE,
    key=("post", "person", "starts_at"),
    label=("post", "person"),
    fields=(
        Field(
            "post", Text("岗位", "Post"), FieldKind.REFERENCE, is_required=True, refers_to="post", aliases=("岗位编码",)
        ),
        frequent.PERSON,
        Field("starts_at", Text("任职时间", "Holds it from"), FieldKind.MOMENT, is_required=True),
        Field("ends_at", Text("离任时间", "Holds it until"), FieldKind.MOMENT),
    ),
)
QUALIFICATION = Register(
    name="qualification",
    owners=("person",),
    title=Text("资格证书", "Qualifications"),
    one=Text("资格证书", "qualification"),
    subject=Subject.PEOPLE,
    edit=Permission.EDIT_PEOPLE,
    key=("person", "kind", "number"),
    label=("kind", "person"),
    fields=(
        frequent.PERSON,
        Field(
            "kind",
            Text("证书种类", "Kind"),
            FieldKind.CODE,
            is_required=True,
            max_length=60,
            is_filter=True,
            is_searched=True,
        ),
        Field("number", Text("证书编号", "Number"), max_length=80, is_searched=True, default=""),
        Field("issuer", Text("发证机关", "Issued by"), is_listed=False),
        Field("issued_on", Text("发证日期", "Issued on"), FieldKind.DATE),
        Field("expires_on", Text("有效期至", "Expires on"), FieldKind.DATE, is_filter=True),
        frequent.DOCUMENT,
        frequent.REMARKS,
    ),
)
CONTACT_WAY = Register(
    name="contact_way",
    owners=("person", "post"),
    title=Text("联系方式", "Contact ways"),
    one=Text("联系方式", "contact way"),
    subject=Subject.PEOPLE,
    edit=Permission.EDIT_PEOPLE,
    fresh_for=timedelta(days=180),  # Assumption: as for people.
    key=("person", "post", "way", "address"),
    label=("way", "person", "post"),
    fields=(
        replace(frequent.PERSON, is_required=False),
        Field("post", Text("岗位", "Post"), FieldKind.REFERENCE, refers_to="post"),
        Field(
            "way",
            Text("方式", "Way"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            choices=choices(
                mobile=("手机", "Mobile"),
                phone=("座机", "Desk telephone"),
                email=("电子邮箱", "E-mail"),
                wecom=("企业微信", "WeCom"),
                dingtalk=("钉钉", "DingTalk"),
                radio=("电台", "Radio"),
                satellite=("卫星电话", "Satellite telephone"),
                fax=("传真", "Fax"),
            ),
        ),
        Field("address", Text("号码或地址", "Number or address"), is_required=True, is_personal=True, max_length=200),
        Field("rank", Text("优先次序", "Order"), FieldKind.INTEGER, least=Decimal(1), most=Decimal(99), default=1),
        frequent.REMARKS,
    ),
)
VETTING = Register(
    name="vetting",
    owners=("person",),
    title=Text("政审背审", "Vetting"),
    one=Text("审查记录", "vetting record"),
    subject=Subject.PEOPLE,
    edit=Permission.VET_PEOPLE,
    see=Permission.VET_PEOPLE,
    key=("person", "scope", "vetted_on"),
    label=("scope", "person"),
    fresh_for=None,
    fields=(
        frequent.PERSON,
        Field(
            "scope",
            Text("用途", "For what"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            choices=choices(
                exam_papers=("试卷与保密", "Examination papers"),
                exam_team=("考试应急队伍", "Examination emergency team"),
                port=("口岸限定区域", "Restricted area of a port"),
                hazchem=("危险化学品要害岗位", "Key post for hazardous chemicals"),
                other=("其他", "Other"),
            ),
        ),
        Field("vetted_on", Text("审查日期", "Vetted on"), FieldKind.DATE, is_required=True, not_future=True),
        Field("vetted_by", Text("审查单位", "Vetted by"), is_required=True),
        Field(
            "result",
            Text("结论", "Result"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            choices=choices(
                passed=("合格", "Passed"),
                conditional=("有条件合格", "Passed with conditions"),
                failed=("不合格", "Not passed"),
            ),
        ),
        frequent.VALID_UNTIL,
        frequent.DOCUMENT,
        frequent.REMARKS,
    ),
)
CONFLICT = Register(
    name="conflict",
    owners=("person",),
    title=Text("利益冲突与回避", "Conflicts of interest"),
    one=Text("回避事项", "conflict of interest"),
    subject=Subject.PEOPLE,
    edit=Permission.VET_PEOPLE,
    see=Permission.VET_PEOPLE,
    key=("person", "kind", "declared_on"),
    label=("kind", "person"),
    fresh_for=None,
    fields=(
        frequent.PERSON,
        Field(
            "kind",
            Text("情形", "Kind"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            choices=choices(
                relative_candidate=("近亲属报考", "A close relative sits the examination"),
                relative_supplier=("近亲属任职于供应商", "A close relative works for a supplier"),
                own_business=("本人持股或兼职", "Own business or second employment"),
                reviewer=("曾参与编制", "Took part in making what is reviewed"),
                other=("其他", "Other"),
            ),
        ),
        Field("declared_on", Text("申报日期", "Declared on"), FieldKind.DATE, is_required=True, not_future=True),
        Field("effect", Text("回避要求", "What follows"), is_required=True, max_length=400),
        frequent.VALID_FROM,
        frequent.VALID_UNTIL,
        frequent.REMARKS,
    ),
)
PEOPLE = (ORGANISATION, PERSON, POST, HOLDING, QUALIFICATION, CONTACT_WAY, VETTING, CONFLICT)
