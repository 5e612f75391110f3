"""What is printed for an evening, as PDF: cards for the tables, numbered paper notes, instructions.

A table card carries the link that brings a tablet to that table (`/#t=…&tafel=…`); so it is as secret
as the code on the wall, and as short-lived: a new code makes old cards open nothing.
"""

import io
from pathlib import Path
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

import segno

from .. import typography
from ..people.doors import join_url, shown
from ..sprint import limits
from ..sprint.planning import in_order
from ..sprint.sprint import Evening, Sprint

PAPER: Final = Path(__file__).parent / "paper"
Sheet: TypeAlias = Literal["tafels", "kaartjes", "opdrachten"]
SHEETS: Final[tuple[Sheet, ...]] = ("tafels", "kaartjes", "opdrachten")
CARDS_FOR_EACH: Final = 3  # "two or three moments"


def sheets(sprint: Sprint, sheet: Sheet, base: str, cards: int) -> bytes:
    """One kind of paper. `base` is the address of the server for the hall; `cards` how many notes."""
    evening = sprint.evening
    assert evening is not None, "founded"
    said = {"title": evening.title, "place-and-date": _where_and_when(evening)}
    match sheet:
        case "tafels":
            return typography.pdf(PAPER / "tables.typ", said | _tables(sprint, evening, base))
        case "kaartjes":
            numbers = list(range(1, min(cards, limits.PAPER_CARDS) + 1))
            return typography.pdf(PAPER / "cards.typ", said | {"numbers": numbers})
        case "opdrachten":
            return typography.pdf(PAPER / "steps.typ", said | {"boards": _boards(sprint)})


def _tables(sprint: Sprint, evening: Evening, base: str) -> dict[str, object]:
    tables = sorted(sprint.records["table"].values(), key=lambda table: (table.number, table.id))
    return {
        "code": shown(evening.code),
        "address": urlsplit(base).netloc or base,
        "tables": [
            {"number": table.number, "qr": _qr(join_url(base, evening.token, table.id))}
            for table in tables
        ],
    }


def _boards(sprint: Sprint) -> list[dict[str, object]]:
    steps = [step for step in in_order(sprint) if not step.skipped]
    boards = sorted(sprint.records["board"].values(), key=lambda board: (board.rank, board.id))
    return [
        {
            "title": board.title,
            "purpose": board.purpose,
            "steps": [
                {
                    "number": number,
                    "title": step.title,
                    "instruction": step.instruction,
                    "minutes": step.minutes,
                }
                for number, step in enumerate(
                    (step for step in steps if step.board == board.id), start=1
                )
            ],
        }
        for board in boards
        if any(step.board == board.id for step in steps)
    ]


def _where_and_when(evening: Evening) -> str:
    return " · ".join(said for said in (evening.place, evening.date) if said)


def _qr(said: str) -> str:
    drawn = io.BytesIO()
    segno.make_qr(said, error="m").save(drawn, kind="svg", border=2, scale=4, xmldecl=False)
    return drawn.getvalue().decode()
