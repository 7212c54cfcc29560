"""A table of numbers is kept under a name: shared, on the duty desk, as a file; always the numbers of now."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from tests.web.conftest import client_of, user_with
from tests.web.test_statistics import REGISTERS, TODAY, listed, save
from youbei.actions.reports import MOST_PINNED, ReportRefused, pin_report, save_report
from youbei.engine.access import Role
from youbei.engine.errors import NotFound
from youbei.records.log import read_stream
from youbei.records.models import Organisation, SavedReport, User
from youbei.records.registers.saved_reports import reports_of

pytestmark = pytest.mark.django_db
TABLE = "/registers/team/statistics/"


@pytest.fixture
def city(town: Organisation) -> User:
    save("organisation", code="north", name_zh="城北区", name_en="North", kind="government", parent=town.code)
    for number, (unit, kind) in enumerate(
        (("north", "volunteer"), (town.code, "volunteer"), (town.code, "enterprise"))
    ):
        save("team", code=f"t{number}", name_zh="队", organisation=unit, kind=kind, turn_out_min=5, lat=34, lon=119)
    return user_with(Role.REGISTRAR, town, name="bureau", language="en")


@pytest.fixture
def bureau(city: User) -> Client:
    return client_of(city)


def keep(browser: Client, **values: Any) -> Any:
    return browser.post(f"{TABLE}keep/", {"name": "Teams by kind", "query": "rows=kind&columns=area", **values})


def test_a_kept_table_shows_the_numbers_of_now_and_each_opens_its_list(bureau: Client, city: User) -> None:
    assert "Keep as a report" in bureau.get(f"{TABLE}?rows=kind&columns=area").content.decode()
    assert keep(bureau)["Location"] == "/reports/"
    page = bureau.get("/reports/").content.decode()
    found = dict(re.findall(r'href="(/registers/team/\?[^"]*)">(?:<b>)?(\d+)<', page))
    assert sorted(found.values()) == ["1", "2", "3"]
    for where, number in found.items():
        assert listed(city, "team", where.replace("&amp;", "&")) == int(number)
    save("team", code="t9", name_zh="队", organisation="north", kind="volunteer", turn_out_min=5, lat=34, lon=119)
    again = bureau.get("/reports/").content.decode()
    assert sorted(number for _, number in re.findall(r'href="(/registers/team/\?[^"]*)">(\d+)<', again)) == [
        "1",
        "3",
        "4",
    ]


def test_a_shared_report_counts_what_the_other_may_see_and_only_its_owner_removes_it(
    bureau: Client, city: User, town: Organisation
) -> None:
    keep(bureau, is_shared="on")
    north = user_with(Role.OBSERVER, Organisation.objects.get(code="north"), name="north", language="en")
    other, row = client_of(north), SavedReport.objects.get()
    page = other.get("/reports/").content.decode()
    assert "shared by bureau" in page
    assert re.findall(r"<b><a href=[^>]*>(\d+)</a></b>", page) == ["1"]
    assert "Excel" not in page, "an observer may not export"
    assert other.get(f"{TABLE}file/?format=xlsx").status_code == 403
    assert (
        other.get(f"/reports/{row.pk}/remove/").status_code
        == other.post(f"/reports/{row.pk}/remove/").status_code
        == 404
    )
    assert bureau.post(f"/reports/{row.pk}/remove/").status_code == 302
    assert not SavedReport.objects.exists()


def test_a_neighbour_sees_nothing_of_a_report(bureau: Client, town: Organisation) -> None:
    elsewhere = save("organisation", code="elsewhere", name_zh="邻县", kind="government", parent=None)
    keep(bureau, is_shared="on")
    neighbour = user_with(Role.REGISTRAR, elsewhere, name="neighbour", language="en")
    browser, row = client_of(neighbour), SavedReport.objects.get()
    assert "Teams by kind" not in browser.get("/reports/").content.decode()
    assert browser.post(f"/me/reports/{row.pk}/pin/", {"pinned": "1"}).status_code == 404
    assert not neighbour.pinned_reports.exists()


def test_it_stands_on_the_duty_desk_until_it_is_taken_away(bureau: Client, city: User) -> None:
    assert "/reports/?desk=1" not in bureau.get("/").content.decode()
    keep(bureau, is_pinned="on")
    assert 'hx-get="/reports/?desk=1"' in bureau.get("/").content.decode()
    assert "Teams by kind" in bureau.get("/reports/?desk=1").content.decode()
    bureau.post(f"/me/reports/{SavedReport.objects.get().pk}/pin/", {"pinned": "0"})
    assert "/reports/?desk=1" not in bureau.get("/").content.decode()


def test_a_desk_holds_a_few_and_a_name_is_kept_once(city: User) -> None:
    team = REGISTERS["team"]
    for number in range(MOST_PINNED):
        save_report(register=team, name=f"r{number}", query="", by=city, share_with=None, is_pinned=True)
    with pytest.raises(ReportRefused, match="Take one away first"):
        save_report(register=team, name="more", query="", by=city, share_with=None, is_pinned=True)
    assert not SavedReport.objects.filter(name="more").exists()
    save_report(register=REGISTERS["lot"], name=" r0 ", query="rows=item", by=city, share_with=None, is_pinned=True)
    assert [(one.register.name, one.query) for one in reports_of(city) if one.name == "r0"] == [("lot", "rows=item")]
    with pytest.raises(NotFound):
        pin_report(pk=999, by=city, is_pinned=True)


@pytest.mark.parametrize(
    "query",
    [
        "rows=shoes&columns=hats&measure=pk",
        "rows=kind&kind=abolished",
        "rows=area&unit=gone&insured_until_from=2026-99-99",
        "columns=%00&rows=%F0%9F%98%80&q=%25_%27%22%3Cb%3E",
        "measure=count&rows=area&columns=area&only=1&retired=1&freshness=mouldy",
    ],
)
def test_a_report_whose_choices_are_gone_still_opens_on_page_and_desk_and_its_file_is_refused_in_words(
    bureau: Client, query: str
) -> None:
    assert keep(bureau, query=query, is_pinned="on").status_code in {302, 422}
    assert bureau.get("/reports/").status_code == bureau.get("/reports/?desk=1&from=x").status_code == 200
    for form in ("xlsx", "pdf", "csv"):
        refused = bureau.get(f"{TABLE}file/?format={form}&{query}")
        assert refused.status_code == 422
        assert "<h1" in refused.content.decode()
    assert bureau.get(f"{TABLE}?{query}").status_code == 200


def test_a_measure_that_is_not_known_counts_records_and_no_keys(bureau: Client) -> None:
    page = bureau.get(f"{TABLE}?rows=kind&measure=pk").content.decode()
    assert re.findall(r"<b><a href=[^>]*>(\d+)</a></b>", page)[-1] == "3"


def test_another_table_and_one_level_down_keep_every_filter(bureau: Client, town: Organisation) -> None:
    page = bureau.get(f"{TABLE}?rows=area&kind=volunteer&retired=1&unit={town.code}&only=1").content.decode()
    assert {'name="retired" value="1"', 'name="only" value="1"', 'name="kind" value="volunteer"'} <= set(
        re.findall(r'name="\w+" value="\w+"', page)
    )
    down = re.search(
        r'href="(\?[^"]*unit=north[^"]*)"', bureau.get(f"{TABLE}?rows=area&kind=volunteer").content.decode()
    )
    assert down is not None
    assert "kind=volunteer" in down[1]


def test_a_workbook_leads_from_every_number_to_its_list_and_the_log_says_who_took_it(
    bureau: Client, city: User
) -> None:
    answer = bureau.get(f"{TABLE}file/?format=xlsx&title==SUM(1)&rows=kind&columns=area&language=zh&kind=volunteer")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    assert sheet["A1"].value == "=SUM(1)"
    assert sheet["A1"].data_type == "s"
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=4)]
    assert rows == [["类别", "本级", "城北区", "合计"], ["社会志愿队伍", 1, 1, 2], ["合计", 1, 1, 2]]
    for row in sheet.iter_rows(min_row=3, max_row=4, min_col=2):
        for cell in row:
            where = cell.hyperlink.target
            assert where.startswith("http://testserver/registers/team/?")
            assert listed(city, "team", where) == cell.value
    notes = " ".join(str(row[0].value) for row in sheet.iter_rows(min_row=5))
    assert "bureau" in notes
    assert f"{TODAY.year}" in notes
    assert read_stream("register:team")[-1].data["format"] == "statistics.xlsx"


def test_a_paper_holds_many_columns(bureau: Client, town: Organisation) -> None:
    for number in range(9):
        save("organisation", code=f"d{number}", name_zh=f"第{number}区", kind="government", parent=town.code)
        save(
            "team",
            code=f"x{number}",
            name_zh="队",
            organisation=f"d{number}",
            kind="volunteer",
            turn_out_min=5,
            lat=34,
            lon=119,
        )
    for language in ("zh", "en"):
        answer = bureau.get(f"{TABLE}file/?format=pdf&rows=kind&columns=area&language={language}")
        assert answer.content.startswith(b"%PDF")
    assert bureau.get(f"{TABLE}file/?format=docx").status_code in {409, 422}
