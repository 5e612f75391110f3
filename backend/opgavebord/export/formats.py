"""Every format that can be taken home, in one table: what it is called, and who writes it.

`take` makes the file of a sprint. It works on a sprint of its own (a copy), so it may run in a thread;
`tell` is called with how far it is, from 0 to 1. Names of files are made here and hold nothing that a
person typed but the letters of the title.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final, TypeAlias, get_args

from msgspec import Struct, structs

from ..sprint.sprint import Sprint
from . import Format, Pictures
from .report import Report, report

FORMATS: Final[tuple[Format, ...]] = get_args(Format)
ALL_BOARDS: Final = "alle"
Tell: TypeAlias = Callable[[float], None]

TYPES: Final[dict[str, str]] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "odt": "application/vnd.oasis.opendocument.text",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "png": "image/png",
    "zip": "application/zip",
}
NAME: Final = 60  # characters of a file name, without its ending


class NoBoard(Exception):
    """There is no such board in this sprint. The text is for a person."""


class Taken(Struct, frozen=True):
    """A file to take home."""

    name: str
    type: str
    data: bytes


def take(
    sprint: Sprint,
    format: Format,
    board: str | None = None,
    tell: Tell = lambda _: None,
    pictures: Pictures = "as_fits",
) -> Taken:
    """The file. `board`: only this one (its id, the code of its werkvorm, or `ALL_BOARDS`), as it hangs
    on A3; for PDF and PNG. `pictures`: see `png.py`. Raises `NoBoard`."""
    tell(0.05)
    if format == "json":
        from . import archive

        return _taken(sprint_title(sprint), format, archive.write(sprint), tell)
    told = report(sprint)
    tell(0.3)
    if format == "png":
        from . import png

        made = png.write(chosen(told, board or ALL_BOARDS), pictures)
    else:
        made = _WRITERS[format](told, board)
    return _taken(told.title, *made, tell)


def sprint_title(sprint: Sprint) -> str:
    evening = sprint.evening
    return evening.title if evening is not None else ""


def file_name(title: str, ending: str) -> str:
    """`vitale-kernen.docx`: small letters and digits only, whatever the title is."""
    flat = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", flat).strip("-")[:NAME].strip("-")
    return f"{name or 'sprint'}.{ending}"


def _taken(title: str, ending: str, data: bytes, tell: Tell) -> Taken:
    tell(1.0)
    return Taken(file_name(title, ending), TYPES[ending], data)


# Each writer is loaded when it is asked for: together they weigh more than the rest of the server.


def _docx(told: Report, board: str | None) -> tuple[str, bytes]:
    from . import docx

    return "docx", docx.write(told)


def _odt(told: Report, board: str | None) -> tuple[str, bytes]:
    from . import odt

    return "odt", odt.write(told)


def _xlsx(told: Report, board: str | None) -> tuple[str, bytes]:
    from . import xlsx

    return "xlsx", xlsx.write(told)


def _csv(told: Report, board: str | None) -> tuple[str, bytes]:
    from . import csv

    return "csv", csv.write(told)


def _pdf(told: Report, board: str | None) -> tuple[str, bytes]:
    from . import pdf

    return "pdf", pdf.write(told) if board is None else pdf.boards(chosen(told, board))


def chosen(told: Report, board: str) -> Report:
    """The report with these boards only."""
    if board == ALL_BOARDS:
        return told
    for sheet in told.sheets:
        if board in (sheet.id, sheet.code):
            return structs.replace(told, sheets=(sheet,))
    there = ", ".join(sheet.code for sheet in told.sheets)
    raise NoBoard(f"There is no board {board!r} in this sprint; there is {there or 'none'}.")


_WRITERS: Final[dict[Format, Callable[[Report, str | None], tuple[str, bytes]]]] = {
    "docx": _docx,
    "pdf": _pdf,
    "odt": _odt,
    "xlsx": _xlsx,
    "csv": _csv,
}
