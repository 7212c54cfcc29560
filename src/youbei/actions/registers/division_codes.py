"""Codes of administrative divisions as they are entered: what can be none is refused, what is unknown is confirmed."""

from __future__ import annotations

from youbei import content
from youbei.engine.divisions import Standing
from youbei.engine.errors import Refused
from youbei.records.models import Organisation, Site
from youbei.records.models.scope import Registered
from youbei.records.registers.values import Values

# Written behind a code that the table lacks by whoever is sure of it: new codes come before our table has them.
SURE = "/new"
COUNTY = 6


class NoDivision(Refused):
    """Refuse a code that no division has or can have, as far as is known."""


def check_division(row: Registered, before: Values, after: Values) -> None:
    """Raise NoDivision for a code that is none, or that is neither in the table nor in use here nor said to be new."""
    said = str(after["division"] or "")
    if not said or said == before.get("division") or not isinstance(row, (Organisation, Site)):
        return
    code = said.removesuffix(SURE)
    divisions = content.divisions()
    standing = divisions.recognise(code).standing
    if standing is Standing.MALFORMED:
        raise NoDivision(
            zh=f"“{said}”不是行政区划代码：应为 2、4、6 位数字，乡镇 9 位、村 12 位。请核对。",
            en=f"“{said}” is no code of a division: that has two, four or six digits, nine for a township, twelve for "
            "a village. Check it.",
        )
    if standing is Standing.UNKNOWN and not divisions.has_province(code):
        raise NoDivision(
            zh=f"“{code}”不可能是行政区划代码：没有以“{code[:2]}”开头的省份。请核对。",
            en=f"{code} cannot be the code of a division: no province begins with {code[:2]}. Check it.",
        )
    if standing is Standing.UNKNOWN and code == said and not is_in_use(code):
        raise NoDivision(
            zh=f"区划代码表中没有“{code}”。请核对；如确为新设，写成“{code}{SURE}”确认一次即可。",
            en=f"The table of divisions has no {code}. Check it; if it is a new division, write {code}{SURE} to "
            "confirm it once, and it is known from then on.",
        )
    row.division = code


def sure_again(code: str) -> str:
    """Return a code that stood in a record before as it is entered by whoever is sure; raise NoDivision for none.

    It was taken once: from a table of then, or with our word for it. It is not asked for again when it is put back.
    """
    divisions = content.divisions()
    standing = divisions.recognise(code).standing
    if standing is Standing.MALFORMED or (standing is Standing.UNKNOWN and not divisions.has_province(code)):
        raise NoDivision(
            zh=f"不能恢复：这里原来写的“{code}”不是行政区划代码。请打开该记录编辑，填入正确的区划代码和要恢复的其他内容。",
            en=f"This cannot be put back: {code}, which stood there, is no code of a division. Edit the record "
            "instead: enter the right code, and by hand what else you want back.",
        )
    return f"{code}{SURE}" if standing is Standing.UNKNOWN else code


def is_in_use(code: str) -> bool:
    """Say whether a unit or a site stands in this county, or city, already: it was confirmed when that was entered."""
    below = code[:COUNTY]
    heads = {"division__gte": below, "division__lt": f"{below[:-1]}{chr(ord(below[-1]) + 1)}"}
    return any(model._default_manager.filter(**heads).exists() for model in (Organisation, Site))
