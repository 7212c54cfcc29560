"""`youbei stock stated`, `confirm` and `reject`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from server.process import youbei

SITE = "编码,名称,用途,所属单位,纬度,经度\nstock-depot,中心库,store,root,34.6,119.2\n"
ITEM = "编码,名称,计量单位\nstock-tent,帐篷,顶\n"
LOT = "编码,物资,存放地点,所属单位,数量\nstock-lot,stock-tent,stock-depot,root,{}\n"


def imported(data: Path, folder: Path, register: str, text: str) -> Any:
    sheet = folder / f"{register}.csv"
    sheet.write_text(text, encoding="utf-8")
    done = youbei(data, "register", "import", register, str(sheet), "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_what_a_sheet_states_waits_and_is_decided_by_another_account(own_sqlite: Path, tmp_path: Path) -> None:
    for register, text in (("site", SITE), ("item", ITEM), ("lot", LOT.format(10))):
        imported(own_sqlite, tmp_path, register, text)
    said = imported(own_sqlite, tmp_path, "lot", LOT.format(8))
    assert (said["unchanged"], said["changed"], said["differing"]) == (1, 0, 1)
    listed = youbei(own_sqlite, "stock", "stated", "--import", str(said["import"]), "--json")
    (waits,) = json.loads(listed.stdout)
    assert (float(waits["quantity"]), float(waits["to"]), waits["reason"]) == (10, 8, "lot.csv · 2")
    number = str(waits["id"])
    assert youbei(own_sqlite, "stock", "confirm", number).returncode == 2
    assert youbei(own_sqlite, "stock", "confirm", number, "--user", "nobody-here").returncode == 2
    confirmed = youbei(own_sqlite, "stock", "confirm", number, "--user", "admin")
    assert confirmed.returncode == 0, confirmed.stderr
    again = youbei(own_sqlite, "stock", "reject", number, "--user", "admin", "--lang", "en")
    assert again.returncode == 2
    assert "decided already" in again.stderr
    assert "没有待核实" in youbei(own_sqlite, "stock", "stated", "--lang", "zh").stdout
    assert youbei(own_sqlite, "stock", "check").returncode == 0


def test_all_of_an_import_is_decided_in_steps_and_what_is_refused_is_listed(own_sqlite: Path, tmp_path: Path) -> None:
    rows = "".join(f"many-{number},stock-tent,stock-depot,root,{{quantity}}\n" for number in range(103))
    heading = LOT.splitlines()[0] + "\n"
    for register, text in (("site", SITE), ("item", ITEM), ("lot", heading + rows.format(quantity=10))):
        imported(own_sqlite, tmp_path, register, text)
    said = imported(own_sqlite, tmp_path, "lot", heading + rows.format(quantity=8))
    assert said["differing"] == 103
    which = ("--import", str(said["import"]))
    assert youbei(own_sqlite, "stock", "confirm", "--user", "admin").returncode == 2
    assert youbei(own_sqlite, "stock", "confirm", "1", *which, "--user", "admin").returncode == 2
    done = youbei(own_sqlite, "stock", "confirm", *which, "--user", "admin", "--json")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["done"]) == 103
    numbers = [str(one) for one in json.loads(done.stdout)["done"][:2]]
    again = youbei(own_sqlite, "stock", "reject", *numbers, "--user", "admin", "--lang", "en")
    assert again.returncode == 1
    assert "2 could not be" in again.stdout
    assert "decided already" in again.stdout
    assert youbei(own_sqlite, "stock", "check").returncode == 0
