"""PDF: the report on A4, and boards on A3. Tagged, in Dutch, with the letters of the house (PDF/UA)."""

from pathlib import Path
from typing import Any, Final

import msgspec

from .. import typography
from . import words
from .report import Report

REPORT: Final = Path(__file__).parent / "report.typ"
BOARD: Final = Path(__file__).parent / "board.typ"


def write(report: Report) -> bytes:
    return typography.pdf(REPORT, {"report": _told(report), "words": _words(report)})


def boards(report: Report) -> bytes:
    """Each board on A3, on as many pages as it needs."""
    return typography.pdf(BOARD, on_a_board(report))


def on_a_board(report: Report, *, endless: bool = False) -> dict[str, Any]:
    """What `board.typ` needs. `endless`: one picture as high as it must be."""
    return {
        "report": _told(report),
        "words": {"heard": words.HEARD, "no_notes": words.NO_NOTES, "place": _place(report)},
        "endless": endless,
    }


def _told(report: Report) -> dict[str, Any]:
    """The report as plain values, with the sentences that go with its numbers."""
    told: dict[str, Any] = msgspec.to_builtins(report)
    told["bedoeling"] = None if report.bedoeling is None else msgspec.to_builtins(report.bedoeling)
    for heap in told["heaps"]:
        counts = [words.notes(len(heap["lines"]))]
        if heap["dots"] is not None:
            counts.insert(0, words.dots(heap["dots"]))
        heap["counts"] = " · ".join(counts)
    for sentence in told["sentences"]:
        sentence["supported"] = words.support(sentence["support"]) if sentence["support"] else ""
    for vote in told["votes"]:
        vote["about"] = words.votes(vote["voters"], vote["budget"], vote["per"])
    return told


def _place(report: Report) -> str:
    parts = (words.sprint(report.number), report.place, report.date)
    return " · ".join(part for part in parts if part)


def _words(report: Report) -> dict[str, Any]:
    figures = [(str(report.notes), words.notes(report.notes).split()[-1])]
    for n, said in (
        (len(report.heaps), words.groups),
        (report.tables, words.tables),
        (report.people, words.people),
    ):
        if n:
            figures.append((str(n), said(n).split()[-1]))
    return {
        "heard": words.HEARD,
        "sprint": words.sprint(report.number),
        "figures": figures,
        "private": words.private(report.hidden) if report.hidden else "",
        "version": "Versie",
        "answer_from": words.answer_from(report.answer_from),
        **{
            name.lower(): getattr(words, name)
            for name in (
                *("DIFFERENT", "NEED", "ROOM", "FIXED", "FREE", "GROUPS", "GROUPS_ABOUT"),
                *("PURPOSE", "PURPOSE_NOW", "MADE_FROM", "GROUP", "DOTS", "KIND_FROM_FIVE"),
                *("PROMISES", "WHO", "WHAT", "WHEN", "TABLE_QUOTES", "LOOSE", "LOOSE_ABOUT"),
                *("WHO_WAS_THERE", "VILLAGES", "COUNTED", "FROM_THREE", "NEXT", "ALL_NOTES"),
                "NO_NOTES",
            )
        },
    }
