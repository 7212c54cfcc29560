"""Fields that many registers share."""

from __future__ import annotations

from dataclasses import replace

from youbei.engine.registers.field import Field, FieldKind
from youbei.engine.text import Text

CODE = Field(
    "code",
    Text("编码", "Code"),
    FieldKind.CODE,
    is_required=True,
    max_length=80,
    is_searched=True,
    help=Text(
        "本单位内不重复，登记后不再更改；再次导入时按它找到原记录。",
        "Unique, never changed; a later import finds the record by it.",
    ),
    aliases=("代码", "编号", "ID"),
)
NAME_ZH = Field(
    "name_zh",
    Text("名称", "Name (Chinese)"),
    is_required=True,
    is_searched=True,
    aliases=("中文名称", "名称（中文）", "name_zh", "Name"),
)
NAME_EN = Field(
    "name_en",
    Text("英文名称", "Name (English)"),
    is_searched=True,
    is_listed=False,
    aliases=("名称（英文）", "English name"),
)
ORGANISATION = Field(
    "organisation",
    Text("所属单位", "Organisation"),
    FieldKind.REFERENCE,
    is_required=True,
    refers_to="organisation",
    aliases=("单位", "单位编码", "主管单位", "Unit"),
    is_filter=True,
)
LAT = Field(
    "lat",
    Text("纬度", "Latitude"),
    FieldKind.LATITUDE,
    is_listed=False,
    help=Text("WGS 84，如 34.6012", "WGS 84, such as 34.6012"),
    aliases=("北纬", "lat"),
)
LON = Field(
    "lon",
    Text("经度", "Longitude"),
    FieldKind.LONGITUDE,
    is_listed=False,
    help=Text("WGS 84，如 119.2200", "WGS 84, such as 119.2200"),
    aliases=("东经", "lon", "lng"),
)
NEEDED_LAT, NEEDED_LON = replace(LAT, is_required=True), replace(LON, is_required=True)
REMARKS = Field(
    "remarks", Text("备注", "Remarks"), FieldKind.LONG_TEXT, max_length=2000, is_listed=False, aliases=("说明",)
)
PHONE = Field("phone", Text("电话", "Telephone"), FieldKind.PHONE, max_length=40, aliases=("联系电话", "Phone"))
EMAIL = Field(
    "email", Text("电子邮箱", "E-mail"), FieldKind.EMAIL, max_length=254, is_listed=False, aliases=("邮箱", "email")
)
PERSON = Field(
    "person",
    Text("人员", "Person"),
    FieldKind.REFERENCE,
    is_required=True,
    refers_to="person",
    aliases=("人员编码", "姓名"),
)
ITEM = Field(
    "item",
    Text("物资", "Item"),
    FieldKind.REFERENCE,
    is_required=True,
    refers_to="item",
    is_filter=True,
    aliases=("物资编码", "物资名称", "品名"),
)
TEAM = Field(
    "team",
    Text("队伍", "Team"),
    FieldKind.REFERENCE,
    is_required=True,
    refers_to="team",
    aliases=("队伍编码", "队伍名称"),
)
VALID_FROM = Field("valid_from", Text("生效日期", "Valid from"), FieldKind.DATE, is_listed=False, aliases=("起始日期",))
VALID_UNTIL = Field(
    "valid_until", Text("有效期至", "Valid until"), FieldKind.DATE, is_filter=True, aliases=("截止日期", "到期日期")
)
DOCUMENT = Field(
    "document",
    Text("凭证", "Evidence"),
    max_length=400,
    is_listed=False,
    help=Text("文号或存放处", "Number of the document, or where it is kept"),
    aliases=("证明材料", "文件", "文号"),
)
DIVISION_HELP = Text(
    "国家标准 GB/T 2260 的 2、4、6 位，或到乡镇、村的 9、12 位；旧代码自动换成现行的。",
    "Two, four or six digits of GB/T 2260, nine or twelve for townships and villages; an old code is replaced.",
)
OUTLINE_HELP = Text(
    "每行一个点“纬度, 经度”，或 GeoJSON、WKT、KML；也可在地图上画。",
    "One point a line, “lat, lon”; or GeoJSON, WKT or KML. It can also be drawn on the map.",
)
NAMES = (CODE, NAME_ZH, NAME_EN, ORGANISATION)
