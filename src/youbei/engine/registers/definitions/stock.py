"""Materials and equipment: the catalogue, what is kept where, vehicles, and tests."""

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
DAYS = Text("天", "days")
# Source: GB/T 38565-2020 应急物资分类及编码, first level.
ITEM_CLASSES = choices(
    basic=("基本生活保障物资", "Basic living supplies"),
    equipment=("应急装备及配套物资", "Emergency equipment and accessories"),
    engineering=("工程材料与机械加工设备", "Engineering materials and machinery"),
)
ITEM_CODE = Register(
    name="item_code",
    owners=(),
    title=Text("物资分类编码", "Codes of items"),
    one=Text("分类编码", "code"),
    subject=Subject.STOCK,
    edit=EDIT,
    fresh_for=None,
    help=Text(
        "从本单位持有的 GB/T 38565—2020 文本导入；程序不附带该表。",
        "Loaded from your own copy of GB/T 38565-2020: the table does not come with the program.",
    ),
    fields=(
        replace(frequent.CODE, max_length=20, aliases=("代码", "分类代码", "物资编码", "Code")),
        frequent.NAME_ZH,
        frequent.NAME_EN,
        Field(
            "parent",
            Text("上级编码", "Code above"),
            max_length=20,
            aliases=("父代码", "上级代码", "Parent"),
            help=Text("可不填，由编码推出", "May be left out: it follows from the digits"),
        ),
        frequent.REMARKS,
    ),
)
ITEM = Register(
    name="item",
    owners=(),
    title=Text("物资目录", "Catalogue of items"),
    one=Text("物资品种", "item"),
    subject=Subject.STOCK,
    edit=EDIT,
    fresh_for=None,
    fields=(
        replace(frequent.CODE, max_length=60),
        frequent.NAME_ZH,
        frequent.NAME_EN,
        Field("item_class", Text("大类", "Class"), FieldKind.CHOICE, choices=ITEM_CLASSES, is_filter=True),
        Field(
            "gb_code",
            Text("国标编码", "GB/T 38565 code"),
            max_length=20,
            is_searched=True,
            help=Text(
                "GB/T 38565-2020 应急物资分类及编码", "GB/T 38565-2020, classification and coding of emergency supplies"
            ),
        ),
        Field("unit_zh", Text("计量单位", "Unit (Chinese)"), is_required=True, max_length=20, aliases=("单位",)),
        Field("unit_en", Text("英文计量单位", "Unit (English)"), max_length=20, is_listed=False),
        Field(
            "packs",
            Text("包装换算", "Packs"),
            is_listed=False,
            aliases=("包装", "包装规格", "换算"),
            help=Text(
                "如：箱/box=24；托/pallet=480，即每件合多少计量单位；登记后数量可写“3 箱”",
                "Such as box/箱=24; pallet/托=480: how many units each holds. Quantities may be written as 3 boxes",
            ),
        ),
        Field(
            "shelf_life_days",
            Text("保质期", "Shelf life"),
            FieldKind.INTEGER,
            unit=DAYS,
            least=Decimal(1),
            most=Decimal(36_500),
        ),
        Field(
            "test_interval_days",
            Text("检测周期", "Test interval"),
            FieldKind.INTEGER,
            unit=DAYS,
            least=Decimal(1),
            most=Decimal(36_500),
        ),
        Field(
            "weight_kg",
            Text("单位重量", "Weight of one"),
            FieldKind.DECIMAL,
            unit=Text("千克", "kg"),
            least=NONE,
            most=Decimal(1_000_000),
            is_listed=False,
        ),
        Field(
            "volume_m3",
            Text("单位体积", "Volume of one"),
            FieldKind.DECIMAL,
            unit=Text("立方米", "m³"),
            least=NONE,
            most=Decimal(100_000),
            is_listed=False,
        ),
        frequent.REMARKS,
    ),
)
LOT = Register(
    name="lot",
    title=Text("库存", "Stock"),
    one=Text("批次", "lot"),
    subject=Subject.STOCK,
    edit=EDIT,
    label=("item", "code"),
    fresh_for=timedelta(days=90),  # Assumption: a store is counted once a quarter.
    fields=(
        frequent.CODE,
        frequent.ITEM,
        Field(
            "site",
            Text("存放地点", "Kept at"),
            FieldKind.REFERENCE,
            is_required=True,
            refers_to="site",
            aliases=("仓库", "仓库编码", "Store"),
        ),
        Field("shelf", Text("货位", "Shelf"), max_length=60, is_listed=False, aliases=("库位", "货架", "Bin")),
        frequent.ORGANISATION,
        Field(
            "reserve",
            Text("储备方式", "Reserve"),
            FieldKind.CHOICE,
            is_filter=True,
            default="government",
            choices=choices(
                government=("政府储备", "Government"), agreement=("协议储备", "By agreement"), own=("单位自储", "Own")
            ),
        ),
        Field("agreement", Text("储备协议", "Agreement"), FieldKind.REFERENCE, refers_to="agreement", is_listed=False),
        Field(
            "quantity",
            Text("数量", "Quantity"),
            FieldKind.DECIMAL,
            is_required=True,
            least=NONE,
            most=MOST,
            in_units_of="item",
            help=Text(
                "可写包装，如“3 箱”；已有批次的数量改动须由他人核实后才生效；收发请办出入库",
                "Packs may be written, as 3 boxes. Another quantity of a lot in stock waits until somebody else "
                "confirms it; receive and issue goods",
            ),
        ),
        Field("batch_no", Text("批号", "Batch"), max_length=60, is_searched=True, is_listed=False),
        Field("produced_on", Text("生产日期", "Made on"), FieldKind.DATE, is_listed=False, not_future=True),
        Field(
            "received_on",
            Text("入库日期", "Received on"),
            FieldKind.DATE,
            is_filter=True,
            is_listed=False,
            not_future=True,
        ),
        Field(
            "expires_on",
            Text("有效期至", "Expires on"),
            FieldKind.DATE,
            is_filter=True,
            aliases=("到期日期", "失效日期"),
        ),
        Field(
            "condition",
            Text("状况", "Condition"),
            FieldKind.CHOICE,
            is_filter=True,
            default="good",
            choices=choices(
                good=("完好", "Good"),
                worn=("可用", "Usable"),
                faulty=("待修", "To be repaired"),
                quarantined=("封存", "Set apart"),
            ),
        ),
        Field(
            "unit_value",
            Text("单价", "Value of one"),
            FieldKind.DECIMAL,
            unit=Text("元", "CNY"),
            least=NONE,
            most=MOST,
            is_listed=False,
        ),
        Field("next_test_on", Text("下次检测日期", "Next test on"), FieldKind.DATE, is_filter=True, is_listed=False),
        frequent.REMARKS,
    ),
)
VEHICLE = Register(
    name="vehicle",
    title=Text("车辆船只", "Vehicles"),
    one=Text("车辆", "vehicle"),
    subject=Subject.STOCK,
    edit=EDIT,
    fresh_for=timedelta(days=90),  # Assumption: as for teams.
    fields=(
        *frequent.NAMES,
        Field("plate", Text("号牌", "Plate"), max_length=20, is_searched=True),
        Field(
            "kind",
            Text("类别", "Kind"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            choices=choices(
                engine=("消防车", "Fire engine"),
                ambulance=("救护车", "Ambulance"),
                command=("指挥车", "Command vehicle"),
                truck=("运输车", "Truck"),
                bus=("客车", "Bus"),
                plant=("工程机械", "Plant"),
                boat=("船艇", "Boat"),
                drone=("无人机", "Drone"),
                other=("其他", "Other"),
            ),
        ),
        Field("team", Text("所属队伍", "Team"), FieldKind.REFERENCE, refers_to="team"),
        Field(
            "status",
            Text("状态", "Status"),
            FieldKind.CHOICE,
            is_filter=True,
            default="available",
            choices=choices(
                available=("可用", "Available"), in_use=("出车", "Out"), out_of_service=("停用", "Out of service")
            ),
        ),
        Field(
            "payload_kg",
            Text("载重", "Payload"),
            FieldKind.DECIMAL,
            unit=Text("千克", "kg"),
            least=NONE,
            most=Decimal(1_000_000),
        ),
        Field(
            "volume_m3",
            Text("容积", "Volume"),
            FieldKind.DECIMAL,
            unit=Text("立方米", "m³"),
            least=NONE,
            most=Decimal(100_000),
            is_listed=False,
        ),
        Field("seats", Text("座位", "Seats"), FieldKind.INTEGER, least=NONE, most=Decimal(1000), is_listed=False),
        Field("inspected_until", Text("检验有效期至", "Inspected until"), FieldKind.DATE, is_filter=True),
        frequent.NEEDED_LAT,
        frequent.NEEDED_LON,
        frequent.REMARKS,
    ),
)
EQUIPMENT_TEST = Register(
    name="equipment_test",
    owners=("lot",),
    title=Text("装备检测", "Tests of equipment"),
    one=Text("检测记录", "test"),
    subject=Subject.STOCK,
    edit=EDIT,
    key=("lot", "tested_on", "kind"),
    label=("lot", "tested_on"),
    fresh_for=None,
    fields=(
        Field(
            "lot", Text("批次", "Lot"), FieldKind.REFERENCE, is_required=True, refers_to="lot", aliases=("批次编码",)
        ),
        Field("tested_on", Text("检测日期", "Tested on"), FieldKind.DATE, is_required=True, not_future=True),
        Field(
            "kind",
            Text("种类", "Kind"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            choices=choices(
                function=("功能试验", "Function"),
                inspection=("法定检验", "Statutory inspection"),
                calibration=("校准", "Calibration"),
            ),
        ),
        Field("tested_by", Text("检测人或机构", "Tested by"), is_required=True),
        Field(
            "result",
            Text("结果", "Result"),
            FieldKind.CHOICE,
            is_required=True,
            is_filter=True,
            choices=choices(passed=("合格", "Passed"), failed=("不合格", "Failed")),
        ),
        Field("next_due_on", Text("下次检测日期", "Next due on"), FieldKind.DATE, is_filter=True),
        frequent.DOCUMENT,
        frequent.REMARKS,
    ),
)
STOCK = (LOT, VEHICLE, EQUIPMENT_TEST)
