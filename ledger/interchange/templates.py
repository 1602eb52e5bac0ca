"""Empty spreadsheets for offices to fill in: drop-downs, checks while typing, notes, and cells that cannot be spoilt.

Below the Chinese header stands a hidden row with the keys of the entries, so that a table is known whatever becomes of
its header. Dates are cells of text, because offices know many of them to the month only (spec 2.2); the notes say how.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

import xlsxwriter  # type: ignore[import-untyped]

from ledger.interchange import words
from ledger.interchange.layouts import Column, Layout
from ledger.locale import N_, _

ROWS = 5_000
"""Rows that are prepared; further ones can be typed, they only lack the help."""
HEADER = 2
KEYS = HEADER + 1
FIRST = KEYS + 1
LISTS = "选项"

NOTES = {
    "date": N_("A date: 2022-07-01. Where the day is not known: 2022-07, or 2022."),
    "last_day": N_("The last day, to the day: 2022-12-31. Without end: 无."),
    "number": N_("A whole number."),
    "unit": N_("The code of a unit, or its name as the ledger knows it."),
    "code": N_("At most 64 characters, no spaces at either end."),
    "name": N_("At most 120 characters; no spaces inside a Chinese name."),
    "list": N_("Several are separated by ；"),
    "json": N_("JSON as an export writes it; usually left empty."),
    "id": N_("Compared with birth date and gender, never recorded."),
    "by_type": N_("Which words are possible depends on the type."),
}
"""What is asked of a column -> its note."""
_LENGTHS = {"code": (1, 64), "name": (1, 120), "unit": (1, 120), "id": (15, 18), "note": (0, 4000), "text": (0, 400)}


def template_options() -> dict[str, Any]:
    """How the writer treats texts: never as formulas, links or numbers."""
    return {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


@dataclass(frozen=True, slots=True)
class _Styles:
    title: Any
    line: Any
    head: Any
    needed: Any
    keys: Any
    input: Any
    date: Any
    number: Any


def _styles(book: Any) -> _Styles:
    base = {"font_name": "宋体", "font_size": 11}
    frame = {**base, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True, "bg_color": "#D9E1F2"}
    cell = {**base, "locked": False}
    return _Styles(
        book.add_format({"font_name": "黑体", "font_size": 18, "align": "center", "valign": "vcenter"}),
        book.add_format({**base, "locked": False}),
        book.add_format({**frame, "bold": True}),
        book.add_format({**frame, "bold": True, "font_color": "#C00000"}),
        book.add_format({**base, "font_color": "#808080"}),
        book.add_format({**cell, "num_format": "@"}),
        book.add_format({**cell, "num_format": "yyyy-mm-dd"}),
        book.add_format({**cell, "num_format": "0"}),
    )


def write_template(layout: Layout, file: IO[bytes]) -> None:
    """Write the empty table. Raises OSError."""
    book = xlsxwriter.Workbook(file, template_options())
    book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001  the same template, the same bytes
    try:
        styles = _styles(book)
        page = book.add_worksheet(layout.title)
        lists = book.add_worksheet(LISTS)
        _head(page, layout, styles)
        for number, column in enumerate(layout.columns):
            _column(page, lists, number, column, styles)
        _help(book.add_worksheet(_("How to fill in")), layout, book.add_format({"text_wrap": True, "valign": "top"}))
        lists.hide()
        page.activate()
        _print(page, len(layout.columns))
    except BaseException:
        book.fileclosed = True  # nothing is written of a template that failed
        raise
    book.close()


def _head(page: Any, layout: Layout, styles: _Styles) -> None:
    page.set_row(0, 30)
    page.merge_range(0, 0, 0, min(9, len(layout.columns) - 1), layout.title, styles.title)
    page.write_string(1, 0, "填报单位：", styles.line)
    if layout.name == "roster":
        page.write_string(1, 5, "截止日期：", styles.line)
        page.write_blank(1, 6, None, styles.date)
        first = date(1949, 10, 1)  # no entry takes effect before it (spec 1.1)
        page.data_validation(1, 6, 1, 6, {"validate": "date", "criteria": ">=", "value": first})
    page.set_row(HEADER, 34)
    page.set_row(KEYS, None, styles.keys, {"hidden": True})
    for number, column in enumerate(layout.columns):
        starred = column.needed or column.starred
        page.write_string(HEADER, number, column.heading, styles.needed if starred else styles.head)
        page.write_string(KEYS, number, column.key, styles.keys)
    page.write_string(KEYS, len(layout.columns), layout.mark, styles.keys)
    page.freeze_panes(FIRST, 2)


def _column(page: Any, lists: Any, number: int, column: Column, styles: _Styles) -> None:
    style = {"last_day": styles.date, "number": styles.number}.get(column.holds, styles.input)
    page.set_column(number, number, column.width, style)
    note = NOTES.get(column.holds)
    if column.holds in words.LISTS:
        offered = [ways[0] for ways in words.LISTS[column.holds].values()]
        lists.write_column(0, number, offered)
        letter = _letters(number)
        check: dict[str, Any] = {"validate": "list", "source": f"={LISTS}!${letter}$1:${letter}${len(offered)}"}
        note = _("Choose from the list: {words}").format(words="、".join(offered))
    elif column.holds == "date":
        check = {"validate": "length", "criteria": "between", "minimum": 4, "maximum": 18}
    elif column.holds == "last_day":
        cell = f"{_letters(number)}{FIRST + 1}"
        check = {"validate": "custom", "value": f'=OR(ISNUMBER({cell}),{cell}="无",AND(LEN({cell})>7,LEN({cell})<12))'}
    elif column.holds == "number":
        low = -1_000_000 if column.key == "change" else 0
        check = {"validate": "integer", "criteria": "between", "minimum": low, "maximum": 1_000_000}
    else:
        low, high = _LENGTHS.get(column.holds, (0, 4000))
        check = {"validate": "length", "criteria": "between", "minimum": low, "maximum": high}
    told = _(note) if note and note in NOTES.values() else note
    check |= {"ignore_blank": True, "input_title": column.title[:32], "input_message": (told or "")[:255] or None}
    check |= {"error_title": column.title[:32], "error_message": (told or _("This does not fit here."))[:255]}
    page.data_validation(
        FIRST, number, FIRST + ROWS - 1, number, {key: one for key, one in check.items() if one not in (None, "")}
    )
    if told:
        page.write_comment(HEADER, number, told, {"x_scale": 1.6})


def _letters(number: int) -> str:
    return str(xlsxwriter.utility.xl_col_to_name(number))


def _help(page: Any, layout: Layout, wrapped: Any) -> None:
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 100, wrapped)
    lines = [
        (layout.title, _(layout.help)),
        ("*", _("Columns with a star are to be filled in; a row without a unit or a name is refused.")),
        ("-", _("A dash says that nothing applies; an empty cell says that it is not known.")),
        ("sledger import", _("Checks the table and says beside every row what is wrong; --commit records it.")),
    ]
    for row, (left, right) in enumerate(lines):
        page.write_string(row, 0, left)
        page.write_string(row, 1, right)
    page.protect()


def _print(page: Any, columns: int) -> None:
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(HEADER)
    page.set_footer("&C&P / &N")
    page.set_column(columns, columns, 14)
    allowed = ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows", "sort", "autofilter")
    page.protect("", dict.fromkeys(allowed, True))
