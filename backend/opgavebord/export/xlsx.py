"""XLSX: a sheet for each board, one for the groups, one for the votes and so on.

Every cell is written as text or as a number of ours; nothing a person wrote becomes a formula or a
link. What begins like a formula is besides marked as text (Excel's own quote prefix), so that it stays
text when somebody edits the cell.
"""

import datetime
import io
import re
from typing import Any, Final

import xlsxwriter

from . import words
from .cells import FORMULA, header, questions, row
from .report import Report, Vote

LONG_AGO: Final = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 - equal reports are equal files
SHEET_NAME: Final = 31  # characters; more is refused by Excel
CELL: Final = 32_000  # characters; Excel holds 32,767
WIDTHS: Final = {
    "tekst": 70, "groep": 34, "stapel": 28, "vak": 26, "bord": 26, "id": 14, "van": 20,
    "hoort bij": 40, "nodig": 40, "merk": 18,
}  # fmt: skip
USUAL_WIDTH: Final = 16

Cells = tuple[str | int, ...]


class _Book:
    def __init__(self) -> None:
        self.file = io.BytesIO()
        self.book: Any = xlsxwriter.Workbook(
            self.file,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        look = {"font_name": "Arial", "font_size": 11, "valign": "top"}
        self.head = self.book.add_format(
            {**look, "bold": True, "bg_color": "#E6EFFA", "bottom": 2, "bottom_color": "#0B4FA8"}
        )
        self.text = self.book.add_format({**look, "text_wrap": True})
        self.quoted = self.book.add_format({**look, "text_wrap": True, "quote_prefix": True})
        self.number = self.book.add_format({**look, "num_format": "0"})
        self._names: set[str] = set()

    def sheet(self, name: str, columns: tuple[str, ...], lines: list[Cells]) -> None:
        made = self.book.add_worksheet(self._name(name))
        made.freeze_panes(1, 0)
        made.set_landscape()
        made.set_paper(9)  # A4
        made.fit_to_pages(1, 0)
        made.repeat_rows(0)
        for column, title in enumerate(columns):
            made.set_column(column, column, WIDTHS.get(title.lower(), USUAL_WIDTH))
            made.write_string(0, column, title, self.head)
        for at, cells in enumerate(lines, start=1):
            for column, cell in enumerate(cells):
                if isinstance(cell, int):
                    made.write_number(at, column, cell, self.number)
                elif cell:
                    style = self.quoted if FORMULA.match(cell) else self.text
                    made.write_string(at, column, cell[:CELL], style)
        if lines:
            made.autofilter(0, 0, len(lines), len(columns) - 1)

    def _name(self, wanted: str) -> str:
        """A name that Excel takes and that no other sheet has."""
        clean = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", wanted).strip(" '") or "Bord"
        name, number = clean[:SHEET_NAME].strip(" '"), 1
        while name.lower() in self._names or name.lower() == "history":
            number += 1
            name = f"{clean[: SHEET_NAME - 5]} ({number})"
        self._names.add(name.lower())
        return name


def write(report: Report) -> bytes:
    book = _Book()
    book.book.set_properties(
        {"title": f"{words.HEARD}: {report.title}", "created": LONG_AGO, "comments": report.notice}
    )
    book.sheet("Over de avond", ("Wat", "Hoe"), _about(report))
    for sheet in report.sheets:
        asked = questions((sheet,))
        cells: list[Cells] = [
            row(sheet, area, line, asked) for area in sheet.areas for line in area.lines
        ]
        book.sheet(sheet.title, header(asked), cells)
    book.sheet(
        "Groepen",
        ("id", "groep", "stippen", "briefjes", "bezwaren en voorwaarden"),
        [
            (
                heap.id,
                heap.title,
                "" if heap.dots is None else heap.dots,
                len(heap.lines),
                "\n".join(one.text for one in heap.objections),
            )
            for heap in report.heaps
        ],
    )
    for vote in report.votes or (None,):
        _vote(book, vote)
    book.sheet(
        "Waar doen we het voor",
        ("id", "tekst", "van de zaal", "steun", "bezwaren en voorwaarden"),
        [
            (
                one.id,
                one.text,
                "ja" if one.chosen else "",
                one.support,
                "\n".join(objection.text for objection in one.objections),
            )
            for one in report.sentences
        ],
    )
    book.sheet(
        words.PROMISES,
        ("id", words.WHO, words.WHAT, words.WHEN),
        [(one.id, one.who, one.what, one.when) for one in report.promises],
    )
    book.book.close()
    return book.file.getvalue()


def _vote(book: _Book, vote: Vote | None) -> None:
    if vote is None:
        book.sheet("Stemmen", (words.GROUP.lower(), "stippen"), [])
        return
    lines: list[Cells] = []
    for item in vote.items:
        kinds = {counted.label: counted.n for counted in item.kinds}
        lines.append(
            (item.title, item.dots, item.paper, *(kinds.get(kind, "") for kind in vote.kinds))
        )
    columns = (words.GROUP.lower(), "stippen", "waarvan op papier", *vote.kinds)
    book.sheet(f"Stemmen {vote.title}", columns, lines)


def _about(report: Report) -> list[Cells]:
    lines: list[Cells] = [
        ("opgave", report.title),
        ("vraag", report.question),
        ("sprint", report.number),
        ("plaats", report.place),
        ("datum", report.date),
        ("doel", report.goal),
        ("niveau", report.level),
        ("bron", report.source),
        ("briefjes", report.notes),
        ("mensen", report.people),
        ("tafels", report.tables),
        *((words.FIXED, one) for one in report.fixed),
        *((words.FREE, one) for one in report.free),
        *((f"dorp: {village.label}", village.n) for village in report.villages),
        ("let op", report.notice),
    ]
    return [line for line in lines if line[1] not in ("", 0)]
