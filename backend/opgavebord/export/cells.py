"""Notes as rows, for programs that count: the columns that `csv.py` and `xlsx.py` share.

One row for each note, with an id that never changes, so that somebody may sort, tag and come back. A
cell never begins in a way that a spreadsheet takes for a formula: `safe` puts an apostrophe before
it. Spreadsheets look past blanks, so this does too.
"""

import re
from collections.abc import Iterator
from typing import Final

from .report import Area, Line, Report, Sheet

FORMULA: Final = re.compile(
    r"[\s\u200b-\u200f\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|[\t\r\n]"
)
FIRST: Final = ("id", "bord", "vak", "groep", "stapel", "soort", "tekst", "van")
LAST: Final = (
    "nodig",
    "hoort bij",
    "merk",
    "herken ik",
    "herken ik niet",
    "steun",
    "stap",
    "domeinen",
)


def safe(cell: str) -> str:
    """The text, or the text behind an apostrophe where a spreadsheet would start to compute."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def questions(sheets: tuple[Sheet, ...]) -> tuple[str, ...]:
    """Every question beside the text that was answered on these boards, each once."""
    asked = {
        question: None for sheet in sheets for line in sheet.lines for question, _ in line.answers
    }
    return tuple(asked)


def header(asked: tuple[str, ...]) -> tuple[str, ...]:
    return (*FIRST, *asked, *LAST)


def row(sheet: Sheet, area: Area, line: Line, asked: tuple[str, ...]) -> tuple[str, ...]:
    """The cells of a note, not yet made safe."""
    answers = dict(line.answers)
    counts = {counted.label: str(counted.n) for counted in line.recognised}
    return (
        line.id,
        sheet.title,
        area.title,
        line.group,
        line.pile,
        line.kind,
        line.text,
        line.caption,
        *(answers.get(question, "") for question in asked),
        line.need,
        line.about,
        ", ".join(line.marks),
        *(counts.get(label, "") for label in ("herken ik", "herken ik niet", "steun")),
        line.step,
        ", ".join(line.domains),
    )


def rows(report: Report) -> Iterator[tuple[str, ...]]:
    """Header and rows of all boards."""
    asked = questions(report.sheets)
    yield header(asked)
    for sheet in report.sheets:
        for area in sheet.areas:
            for line in area.lines:
                yield row(sheet, area, line, asked)
