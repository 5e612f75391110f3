"""Each file opens in another program, holds what was said, and holds nothing else."""

import io
import time
import zipfile

import msgspec
import pytest
from docx import Document
from openpyxl import load_workbook

from opgavebord.export import cells
from opgavebord.export.formats import TYPES, Format, file_name, take
from tests.export.evening import GROUPS, REDACTED, evening, full_house, kept, told
from tests.export.reading import csv_rows, docx_text, export_text, xlsx_cells

READABLE: tuple[Format, ...] = ("docx", "xlsx", "csv")
SECONDS = 10  # on a slow laptop; each takes less than two here


def flat(text: str) -> str:
    """Without line ends and the like: a PDF breaks lines where it likes."""
    return "".join(text.split())


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
    began = time.perf_counter()
    taken = take(sprint, format)
    assert time.perf_counter() - began < SECONDS
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
    assert all(b <= a + 1 for a, b in zip([0, *levels], levels, strict=False)), "a level is skipped"
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
