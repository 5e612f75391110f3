"""The print set, read back: what stands on the cards, how large the paper is, that it can be read aloud."""

import io
import re
from typing import Any, Final

import pypdf
import pytest
import segno

from opgavebord.bureau.opgaven import beginnings
from opgavebord.bureau.printset import SHEETS, sheets
from opgavebord.bureau.sprints import NewSprint, evening_of, first_commands, seat_of
from opgavebord.sprint import limits
from opgavebord.sprint.ask import ENTROPY_BYTES, Ask
from opgavebord.sprint.change import apply
from opgavebord.sprint.decide import decide
from opgavebord.sprint.past import Past
from opgavebord.sprint.sprint import Sprint
from opgavebord.storage.desk import Account, Clock, Opgave
from opgavebord.werkvormen.shelf import all_werkvormen

BASE: Final = "https://bord.example.nl"
TOKEN: Final = "0123456789abcdef0123456789abcdef"
POINTS: Final = 72 / 25.4


@pytest.fixture(scope="module")
def sprint() -> Sprint:
    first = beginnings()
    opgave = Opgave(
        title="Vitale kernen 🎉",
        question="Hoe zorgen we dat mensen elkaar makkelijk ontmoeten?",
        words=first.woorden,
        stemmen=first.stemmen,
    )
    new = NewSprint(
        number=1,
        werkvormen=("T1", "T2"),
        clock=Clock("2026-04-16", 1170, 1320, 46),
        tables=7,
        place="Kronenberg, gemeenschapshuis",
    )
    forms = [all_werkvormen()[name] for name in new.werkvormen]
    evening = evening_of(opgave, new, "s1234567", forms, "ABCDEF", TOKEN)
    begun = Sprint()
    for command in first_commands(opgave, new, forms, evening):
        asked = Ask(command, seat_of(Account("s7654321", "Anna")), 1, bytes(ENTROPY_BYTES))
        verdict = decide(begun, asked, Past())
        assert isinstance(verdict, tuple), verdict
        apply(begun, verdict)
        begun.head += 1
    return begun


def read(made: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(made))


def size(page: Any) -> tuple[int, int]:
    """In millimetres."""
    return round(float(page.mediabox.width) / POINTS), round(float(page.mediabox.height) / POINTS)


def test_each_table_has_an_a4_card_with_its_number_and_the_code(sprint: Sprint) -> None:
    made = read(sheets(sprint, "tafels", BASE, 1))
    assert len(made.pages) == 7
    for number, page in enumerate(made.pages, 1):
        text = page.extract_text()
        assert size(page) == (210, 297)
        assert re.search(rf"Tafel\s*{number}\b", text), text
        assert "ABC-DEF" in text
        assert "bord.example.nl" in text
        assert "Kronenberg, gemeenschapshuis" in text


def test_the_qr_brings_a_tablet_to_its_own_table(
    sprint: Sprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    real = segno.make_qr
    monkeypatch.setattr(
        segno, "make_qr", lambda said, **how: drawn.append(said) or real(said, **how)
    )
    sheets(sprint, "tafels", BASE, 1)
    tables = sorted(sprint.records["table"].values(), key=lambda table: table.number)
    assert drawn == [f"{BASE}/#t={TOKEN}&tafel={table.id}" for table in tables]
    assert len(set(drawn)) == 7


def test_paper_notes_are_a5_and_each_has_its_own_number(sprint: Sprint) -> None:
    made = read(sheets(sprint, "kaartjes", BASE, 12))
    assert len(made.pages) == 12
    numbers = []
    for page in made.pages:
        assert sorted(size(page)) == [148, 210]
        text = page.extract_text()
        assert "Schrijf één ding op." in text
        numbers += re.findall(r"Kaartje\s+(\d+)\s", text)
    assert [int(number) for number in numbers] == list(range(1, 13))


@pytest.mark.parametrize("delta", [-1, 0, 1])
def test_there_are_never_more_notes_than_fit_in_a_box(
    sprint: Sprint, monkeypatch: pytest.MonkeyPatch, delta: int
) -> None:
    monkeypatch.setattr(limits, "PAPER_CARDS", 5)
    made = read(sheets(sprint, "kaartjes", BASE, limits.PAPER_CARDS + delta))
    assert len(made.pages) == min(5 + delta, 5)


def test_every_step_is_written_in_24_points(sprint: Sprint) -> None:
    made = read(sheets(sprint, "opdrachten", BASE, 1))
    assert len(made.pages) == 2, "a sheet for each board"
    sizes: dict[str, set[float]] = {}

    def seen(text: str, _cm: Any, tm: Any, _font: Any, points: float) -> None:
        for word in text.split():
            sizes.setdefault(word, set()).add(round(points * abs(tm[3]), 1))

    whole = ""
    for page in made.pages:
        assert size(page) == (210, 297)
        whole += " ".join(page.extract_text(visitor_text=seen).split()) + " "
    for step in sprint.records["step"].values():
        assert step.title in whole
        assert step.instruction in whole
    for word in ("gisteren.", "kaartje.", "instructie", "dorp."):
        assert word == "instructie" or sizes[word] == {24.0}, (word, sizes.get(word))


def test_a_skipped_step_is_not_printed(sprint: Sprint) -> None:
    import msgspec

    shorter = sprint.copy()
    step = next(step for step in shorter.records["step"].values() if step.title == "Vertel")
    shorter.records["step"][step.id] = msgspec.structs.replace(step, skipped=True)
    whole = "".join(p.extract_text() for p in read(sheets(shorter, "opdrachten", BASE, 1)).pages)
    assert "Vertel" not in whole.replace("Vertel er kort", "")
    assert "Leg bij elkaar" in whole


def test_all_of_it_can_be_read_aloud_in_dutch(sprint: Sprint) -> None:
    for sheet in SHEETS:
        made = read(sheets(sprint, sheet, BASE, 2))
        root: Any = made.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert str(root["/Lang"]).startswith("nl")
        assert made.metadata is not None
        assert "Vitale kernen 🎉" in str(made.metadata.title)


def test_the_fonts_come_along(sprint: Sprint) -> None:
    made = read(sheets(sprint, "kaartjes", BASE, 1))
    fonts: Any = made.pages[0]["/Resources"]
    names = " ".join(
        str(font.get_object().get("/BaseFont") or font.get_object()["/FontDescriptor"]["/FontName"])
        for font in fonts["/Font"].values()
    )
    assert "AtkinsonHyperlegible" in names
    assert "Twemoji" in names, "the emoji of the title is drawn with its own letters"
