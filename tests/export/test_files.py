"""Each file opens in another program, holds what was said, and holds nothing else."""

import io
import struct
import time
import zipfile
from collections import Counter
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from docx import Document
from odfdo import Document as OpenDocument
from openpyxl import load_workbook
from pypdf import PdfReader

from opgavebord.export import Format, cells
from opgavebord.export.formats import FORMATS, TYPES, NoBoard, file_name, take
from opgavebord.sprint.sprint import Board, Evening, Note, Sprint, Zone
from tests.export.evening import GROUPS, REDACTED, evening, full_house, kept, told
from tests.export.reading import csv_rows, docx_text, export_text, pdf_text, xlsx_cells

READABLE: tuple[Format, ...] = ("docx", "pdf", "odt", "xlsx", "csv")
SECONDS = 10  # on a slow laptop; each takes less than two here


def flat(text: str) -> str:
    """Without line ends and the like: a PDF breaks lines, and words that do not end, where it likes."""
    return "".join(text.replace("\u00ad", "").replace("\u200b", "").replace("-\n", "").split())


@pytest.mark.parametrize("format", READABLE)
def test_what_was_said_is_in_it_and_what_is_kept_is_not(format: Format) -> None:
    text = flat(export_text(evening(), format))
    rows = ("csv",)  # one row for each note, so nothing about the evening
    expected = [REDACTED, *(title for title, _ in GROUPS.values())] if format in rows else told
    assert [one for one in expected if flat(one) not in text] == []
    assert [one for one in kept if flat(one) in text] == []


@pytest.mark.parametrize("format", READABLE)
def test_five_hundred_notes_in_seconds_and_all_of_them(format: Format) -> None:
    sprint = full_house(500)
    began = time.process_time()  # a busy machine is not what this is about
    taken = take(sprint, format)
    assert time.process_time() - began < SECONDS
    assert taken.type == TYPES[format]
    text = flat(export_text(sprint, format))
    for n in (0, 1, 2, 3, 250, 499):
        assert flat(sprint.notes[f"many-{n:04}"].text) in text


def test_it_tells_how_far_it_is() -> None:
    heard: list[float] = []
    take(evening(), "csv", tell=heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1


def test_the_name_of_the_file_is_made_of_letters_and_digits() -> None:
    assert take(evening(), "docx").name == "vitale-kernen.docx"
    assert file_name("../../etc/passwd\r\nX: y", "csv") == "etc-passwd-x-y.csv"
    assert file_name("Ĳsselstein: één façade 🎉", "pdf") == "ijsselstein-een-facade.pdf"
    assert file_name("🎉", "pdf") == "sprint.pdf"
    assert len(file_name("x" * 500, "pdf")) < 70


# --- Word ----------------------------------------------------------------------------------


def test_word_has_headings_a_language_a_title_and_header_rows() -> None:
    data = take(evening(), "docx").data
    made = Document(io.BytesIO(data))
    headings = [(p.style.name, p.text) for p in made.paragraphs if p.style.name[:7] == "Heading"]
    assert ("Heading 1", "Wat we hoorden") in headings
    assert ("Heading 2", "Ergens gewoon kunnen binnenlopen") in headings
    levels = [int(style[-1]) for style, _ in headings]
    assert all(b <= a + 1 for a, b in pairwise([0, *levels])), "a level is skipped"
    assert made.core_properties.language == "nl-NL"
    assert "Vitale kernen" in made.core_properties.title
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert 'w:lang w:val="nl-NL"' in file.read("word/styles.xml").decode()
    for table in made.tables:
        assert "w:tblHeader" in table.rows[0]._tr.xml
    assert {table.rows[0].cells[0].text for table in made.tables} == {"Dorp", "Groep", "Wie"}


def test_word_quotes_an_objection_with_its_group_and_keeps_the_order() -> None:
    text = docx_text(take(evening(), "docx").data)
    first, second = (text.index(GROUPS[id][0]) for id in ("group-1", "group-2"))
    assert first < text.index("Niet elk dorp hoeft alles te hebben.") < second


# --- open document ---------------------------------------------------------------------------


def test_open_document_has_headings_a_language_and_header_rows() -> None:
    made = OpenDocument(io.BytesIO(take(evening(), "odt").data))
    levels = [int(h.get_attribute("text:outline-level")) for h in made.body.headers]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels)), "a level is skipped"
    assert made.language == "nl-NL"
    assert "Vitale kernen" in made.meta.title
    tables = made.body.get_elements("//table:table")
    assert len(tables) == 3
    assert all(table.get_elements("table:table-header-rows") for table in tables)
    styles = {h.get_attribute("text:style-name") for h in made.body.headers}
    assert all(made.get_style("paragraph", name) is not None for name in styles)


# --- PDF and pictures --------------------------------------------------------------------------


def pdf(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data))


def tags(data: bytes) -> Counter[str]:
    """How often each sort of structure is in a tagged PDF."""
    found: Counter[str] = Counter()

    def walk(node: Any) -> None:
        node = node.get_object()
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            if "/S" in node:
                found[str(node["/S"])] += 1
            if "/K" in node:
                walk(node["/K"])

    walk(pdf(data).trailer["/Root"]["/StructTreeRoot"])
    return found


def test_pdf_can_be_read_aloud() -> None:
    data = take(evening(), "pdf").data
    made = pdf(data)
    root = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] is not None
    assert str(root["/Lang"]).startswith("nl")
    assert "Vitale kernen" in made.metadata.title
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    found = tags(data)
    assert found["/H1"] >= 5
    assert found["/H2"] >= 5
    assert found["/TH"] == 2 + 4 + 3, "of villages, votes and promises"
    assert found["/L"] >= 3
    assert [str(one.title) for one in made.outline if not isinstance(one, list)][:2]


def test_each_board_is_a_page_of_a3() -> None:
    made = pdf(take(evening(), "pdf", "alle").data)
    assert len(made.pages) == 2
    size = made.pages[0].mediabox
    assert (round(size.width / 72 * 25.4), round(size.height / 72 * 25.4)) == (420, 297)
    assert len(pdf(take(evening(), "pdf", "T3").data).pages) == 1
    assert "niemand alleen is" in pdf_text(take(evening(), "pdf", "board-2").data)
    with pytest.raises(NoBoard, match="T2, T3"):
        take(evening(), "pdf", "T9")


@pytest.mark.parametrize(("notes", "pages"), [(2, 1), (40, 1), (400, 3)])
def test_three_circles_are_drawn_from_the_middle_and_give_way_to_columns(
    notes: int, pages: int
) -> None:
    sprint = evening()
    for n, title in ((6, "Dit helpt"), (7, "Dit zit in de weg")):
        sprint.put(Zone(id=f"zone-{n}", board="board-2", title=title, rank=n, colour="groen"))
    for n in range(notes):
        text = f"Briefje {n} over de dag van gisteren en van morgen."
        sprint.put(
            Note(id=f"ring-{n}", zone=f"zone-{4 + n % 4}", rank=500 + n, at=500 + n, text=text)
        )
    data = take(sprint, "pdf", "T3").data
    assert len(pdf(data).pages) == pages
    text = flat(pdf_text(data))
    assert all(flat(f"Briefje {n} over") in text for n in range(notes))
    places = [text.index(flat(title)) for title in ("Wat heb je nodig?", "Dit helpt")]
    assert places == sorted(places), "read from the middle outwards"


def test_five_hundred_notes_fit_on_boards_of_several_pages() -> None:
    sprint = full_house(500)
    text = flat(pdf_text(take(sprint, "pdf", "alle").data))
    for n in range(0, 500, 7):
        assert flat(sprint.notes[f"many-{n:04}"].text) in text, n


def lowest(data: bytes) -> float:
    """How high the lowest line of text stands above the foot of its page."""
    found: list[float] = []

    def visit(text: str, cm: list[float], tm: list[float], *_: object) -> None:
        if text.strip() and text.strip() != "a":
            found.append(tm[4] * cm[1] + tm[5] * cm[3] + cm[5])

    for one in pdf(data).pages:
        one.extract_text(visitor_text=visit)
    return min(found)


def size_of(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG\r\n")
    wide, high = struct.unpack(">II", picture[16:24])
    return wide, high


def test_a_board_is_a_picture_and_several_are_a_zip_or_one_picture() -> None:
    one = take(evening(), "png", "T2")
    assert (one.name, one.type) == ("vitale-kernen.png", "image/png")
    assert size_of(one.data) == (2381, 1684)
    several = take(evening(), "png")
    assert (several.name, several.type) == ("vitale-kernen.zip", "application/zip")
    with zipfile.ZipFile(io.BytesIO(several.data)) as zipped:
        assert zipped.namelist() == ["bord-01.png", "bord-02.png"]
        assert {size_of(zipped.read(name)) for name in zipped.namelist()} == {(2381, 1684)}
    below = take(evening(), "png", pictures="one")
    wide, high = size_of(below.data)
    assert high > wide
    packed = take(evening(), "png", "T2", pictures="zip")
    with zipfile.ZipFile(io.BytesIO(packed.data)) as zipped:
        assert zipped.namelist() == ["bord-01.png"]


def test_nothing_that_was_written_is_markup() -> None:
    sprint = evening()
    note = sprint.notes["note-03"]
    text = '#read("house.typ") $x$ *vet* <b>html</b> \\u{41} // weg /* weg */ @noot = Kop'
    sprint.put(msgspec.structs.replace(note, text=text))
    for kind in ("pdf", "docx", "odt", "xlsx"):
        assert flat(text) in flat(export_text(sprint, kind)), kind
    assert text in {row["tekst"] for row in csv_rows(take(sprint, "csv").data)}


@pytest.mark.parametrize(
    "text",
    [
        "漢字 日本語", "ภาษาไทย", "አማርኛ", "हिन्दी", "مرحبا", "Добрий день", "Tiếng Việt",
        "𓀀", "\ue000", "\U0001fadf", "e\u20dd", "\u202eabc", "\u200b", "🏽", "a" + "\u0301" * 8,
    ],
)  # fmt: skip
def test_no_sign_keeps_an_evening_from_being_printed(text: str) -> None:
    sprint = evening()
    sprint.put(msgspec.structs.replace(sprint.notes["note-03"], text=f"Iemand schreef {text}"))
    for board in (None, "alle"):
        data = take(sprint, "pdf", board).data
        assert "Iemand schreef" in " ".join(pdf_text(data).split())
        assert tags(data)["/H1"], "tagged in any case"
    assert take(sprint, "png", "T2").data.startswith(b"\x89PNG")


@pytest.mark.parametrize("text", ["Na zes uur. " * 160, "x" * 2000, "a\n" * 999, "👩🏽‍🌾" * 499])
def test_the_longest_note_there_can_be_is_all_in_the_report_and_on_the_board(text: str) -> None:
    sprint = evening()
    sprint.put(msgspec.structs.replace(sprint.notes["note-03"], text=f"{text}EINDE"))
    report_text = flat(pdf_text(take(sprint, "pdf").data))
    assert report_text.count("EINDE") == 2, "in its group and on its board"
    data = take(sprint, "pdf", "T2").data
    assert len(pdf(data).pages) == 1
    if text[0] != "a":  # a thousand lines do not fit on any wall
        assert lowest(data) > 30, "over the edge of the page"
        assert "EINDE" in flat(pdf_text(data))


@pytest.mark.parametrize("format", FORMATS)
def test_an_evening_without_anything_can_be_taken_home_too(format: Format) -> None:
    sprint = Sprint()
    sprint.put(Evening(id="sprint-1", title="", question=""))
    sprint.put(Board(id="board-1", werkvorm="T2", title=""))
    assert take(sprint, format).data


@pytest.mark.parametrize("format", FORMATS)
def test_equal_sprints_are_equal_files(format: Format) -> None:
    assert export_text(evening(), format) == export_text(evening(), format)


# --- spreadsheets --------------------------------------------------------------------------

FORMULAS = (
    "=1+1", "+31 6 12345678", "-2 graden", "@SUM(A1)", "\t=1", "  =HYPERLINK(\"x\")", "\u00a0=1",
    "\u200b=1", "＝1", "|cmd", "%0a=1", "\n=1",
)  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str) -> None:
    sprint = evening()
    sprint.put(msgspec.structs.replace(sprint.notes["note-03"], text=text))
    sprint.put(msgspec.structs.replace(sprint.records["group"]["group-1"], title=text.strip()))
    row = next(r for r in csv_rows(take(sprint, "csv").data) if r["id"] == "note-03")
    assert row["tekst"] == f"'{text}"
    made = load_workbook(io.BytesIO(take(sprint, "xlsx").data))
    cells = [cell for sheet in made for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}, "a formula"
    assert not any(cell.hyperlink for cell in cells)
    mine = [cell for cell in cells if cell.value == text]
    assert mine
    assert all(cell.quotePrefix for cell in mine)


@pytest.mark.parametrize("text", ["'s Ochtends", "Een = teken", "2 - 1", "«ja»", ""])
def test_other_words_are_left_as_they_are(text: str) -> None:
    assert cells.safe(text) == text


def test_csv_opens_in_excel_with_a_row_for_each_note() -> None:
    data = take(evening(), "csv").data
    assert data.startswith(b"\xef\xbb\xbf")
    rows = csv_rows(data)
    assert len({row["id"] for row in rows}) == len(rows) == 13
    row = next(r for r in rows if r["id"] == "note-01")
    assert (row["bord"], row["vak"]) == ("Een dag uit het leven", "'s Ochtends")
    assert (row["van"], row["Hoe voelde dat?"]) == ("inwoner 65+", "gewoon")
    assert next(r for r in rows if r["id"] == "note-52")["hoort bij"] == GROUPS["group-1"][0]
    assert next(r for r in rows if r["id"] == "note-12")["merk"] == "van papier"


def test_the_same_note_has_the_same_id_the_next_day() -> None:
    before = {row["tekst"]: row["id"] for row in csv_rows(take(evening(), "csv").data)}
    sprint = evening()
    for id in ("note-01", "note-12"):
        sprint.put(msgspec.structs.replace(sprint.notes[id], group=None, rank=500))
    after = {row["tekst"]: row["id"] for row in csv_rows(take(sprint, "csv").data)}
    assert before == after


def test_xlsx_has_a_sheet_for_each_board_and_for_the_votes() -> None:
    sheets = xlsx_cells(take(evening(), "xlsx").data)
    assert "Een dag uit het leven" in sheets
    assert "Waar doen we het voor" in sheets
    votes = next(rows for name, rows in sheets.items() if name.startswith("Stemmen"))
    assert votes[0] == ("groep", "stippen", "waarvan op papier", "inwoners", "anderen")
    assert votes[1] == ("Ergens gewoon kunnen binnenlopen", 31, 0, 24, 7)
    assert [row[1] for row in votes[1:]] == [31, 29, 22]


def test_boards_with_equal_long_or_odd_names_get_sheets_of_their_own() -> None:
    sprint = evening()
    for n, title in enumerate(("Bord [1]: a/b?", "x" * 40, "x" * 41, "History", "''")):
        board = msgspec.structs.replace(
            sprint.records["board"]["board-1"], id=f"other-{n}", title=title, rank=9
        )
        sprint.put(board)
    names = list(xlsx_cells(take(sprint, "xlsx").data))
    assert len({name.lower() for name in names}) == len(names)
    assert all(len(name) <= 31 for name in names)
