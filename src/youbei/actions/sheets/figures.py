"""Take a table of numbers away as a workbook, a paper or text, for who may export; the log says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from django.utils import timezone

from youbei.actions.permit import not_allowed
from youbei.actions.sheets.exporting import FORMATS, Export, ExportRefused, in_pieces, note
from youbei.engine.access import Permission
from youbei.engine.registers.figures import Figure, Figures
from youbei.engine.registers.register import Register
from youbei.engine.text import Text
from youbei.papers.figures import figures_paper
from youbei.papers.pdf import PDF, write_pdf
from youbei.records.models import User
from youbei.records.registers.asking import Asked, ask, narrowing
from youbei.records.registers.drilling import list_query
from youbei.records.registers.statistics import Bucket
from youbei.sheets.figures import figures_as_text, write_figures

TABLE_FORMS: Mapping[str, str] = {"xlsx": FORMATS["xlsx"], "pdf": PDF, "csv": FORMATS["csv"]}


def export_table(
    *,
    register: Register,
    query: Mapping[str, str],
    by: User,
    now: datetime,
    form: str,
    language: str,
    site: str,
    name: str = "",
) -> Export:
    """Return the table that an address asks for as a file in one of `TABLE_FORMS`; it is counted now.

    `site` is the address of this installation, from which the numbers lead to their lists; `name` that of a report.
    """
    if form not in TABLE_FORMS:
        offered = ", ".join(TABLE_FORMS)
        raise ExportRefused(
            zh=f"统计表不能导出为“{form[:20]}”。可用格式：{offered}。",
            en=f"A table of numbers cannot be exported as {form[:20]!r}. Formats: {offered}.",
        )
    if not by.paths_with(Permission.EXPORT_REGISTER):
        raise not_allowed(Permission.EXPORT_REGISTER)
    asked = ask(register, by, query, now, may_wait=False)
    figures = figures_of(asked, user=by, now=now, site=site, name=name)
    note(register, by, now, f"statistics.{form}", asked.filters, len(figures.rows), None)
    if form == "xlsx":
        content: Iterable[bytes] = [write_figures(figures, language)]
    elif form == "pdf":
        content = [write_pdf(figures_paper(figures), language)]
    else:
        content = in_pieces(figures_as_text(figures, language))
    file = f"{register.name}-statistics-{timezone.localtime(now):%Y%m%d-%H%M}.{form}"
    return Export(file, TABLE_FORMS[form], iter(content), len(figures.rows))


def figures_of(asked: Asked, *, user: User, now: datetime, site: str, name: str = "") -> Figures:
    """Return a counted table ready to be printed, with what was counted, when, and within what."""
    pivot = asked.pivot

    def leading(*buckets: Bucket) -> str:
        query = list_query(asked.query, *buckets)
        return "" if query is None else f"{site.rstrip('/')}/registers/{asked.register.name}/?{urlencode(query)}"

    columns = pivot.columns if asked.columns_by else ()
    rows = tuple(
        (
            row.title,
            (
                *(Figure(pivot.cells.get((row.key, one.key), pivot.total * 0), leading(row, one)) for one in columns),
                Figure(pivot.row_totals.get(row.key, pivot.total * 0), leading(row)),
            ),
        )
        for row in pivot.rows
    )
    totals = (*(Figure(pivot.column_totals[one.key], leading(one)) for one in columns), Figure(pivot.total, leading()))
    what = asked.register.title
    title = Text(name, name) if name else Text(f"{what.zh}：{asked.title.zh}", f"{what.en}: {asked.title.en}")
    notes = tuple(notes_of(asked, user, now))
    return Figures(title, asked.rows_by.title, tuple(one.title for one in columns), rows, totals, notes)


def notes_of(asked: Asked, user: User, now: datetime) -> Iterable[Text]:
    """Say below a table what its numbers are, so that it can be read without the page it came from."""
    what, measured, at = asked.register.title, asked.measured, f"{timezone.localtime(now):%Y-%m-%d %H:%M}"
    yield Text(f"{what.zh}，{measured.zh}", f"{what.en}, {measured.en[:1].lower()}{measured.en[1:]}")
    for title, value in narrowing(asked.register, asked.filters, user):
        yield Text(f"{title.zh}：{value.in_language('zh')}", f"{title.en}: {value.in_language('en')}")
    yield Text(
        f"统计时间 {at}；范围为导出人 {user.username} 有权查看的记录",
        f"Counted at {at}; the records that {user.username} may see",
    )
    pivot = asked.pivot
    if left := pivot.left_out + pivot.columns_left_out:
        yield Text(
            f"另有 {left} 个较小的行或列未列出，已计入合计", f"{left} smaller rows or columns are only in the totals"
        )
    if asked.rows_by.is_multiple or (asked.columns_by is not None and asked.columns_by.is_multiple):
        yield Text("一条记录可计入多行或多列，合计只计一次", "A record may count in several rows; totals count it once")
