"""DOCX: the report in Word, for who wants to write on in it.

Real headings, real lists and tables with a header row, the language of every text, a title in the
properties: so that it can be read aloud, searched and given another look with a style. The letters
are Arial, because they are on every machine and a Word file does not bring its own.
"""

import datetime
import io
from collections.abc import Iterable
from typing import Any, Final

from docx import Document
from docx.document import Document as Made
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from . import words
from .report import Heap, Line, Objection, Report, Sentence, Sheet, Vote

LONG_AGO: Final = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 - equal reports are equal files
LANGUAGE: Final = "nl-NL"
LETTERS: Final = "Arial"
INK: Final = RGBColor(0x1B, 0x1B, 0x1B)
SOFT: Final = RGBColor(0x4D, 0x4A, 0x45)
PRIMARY: Final = RGBColor(0x0B, 0x4F, 0xA8)
QUOTE: Final = "Quote"
SMALL: Final = "Caption"


def write(report: Report) -> bytes:
    made = Document()
    _look(made, report)
    made.add_paragraph(f"{words.HEARD}", style="Subtitle")
    made.add_paragraph(report.title, style="Title")
    if report.question:
        made.add_paragraph(report.question, style="Intense Quote")
    _facts(made, report)
    _room(made, report)
    _heaps(made, report.heaps)
    _sentences(made, report.sentences)
    for vote in report.votes:
        _vote(made, vote)
    if report.promises:
        made.add_heading(words.PROMISES, 1)
        _table(
            made,
            (words.WHO, words.WHAT, words.WHEN),
            [(one.who, one.what, one.when) for one in report.promises],
            widths=(45, 85, 40),
        )
    _lines(made, words.TABLE_QUOTES, report.table_quotes)
    _lines(made, words.LOOSE, report.loose, words.LOOSE_ABOUT)
    if report.answer_from:
        made.add_heading(words.NEXT, 1)
        made.add_paragraph(words.answer_from(report.answer_from))
    if any(sheet.lines for sheet in report.sheets):
        made.add_heading(words.ALL_NOTES, 1).paragraph_format.page_break_before = True
        for sheet in report.sheets:
            _sheet(made, sheet)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


# --- parts ---------------------------------------------------------------------------------


def _facts(made: Made, report: Report) -> None:
    parts = (words.sprint(report.number), report.place, report.date)
    made.add_paragraph(" · ".join(part for part in parts if part), style="Body Text")
    counts = [words.notes(report.notes)]
    counts += [words.groups(len(report.heaps))] if report.heaps else []
    counts += [words.tables(report.tables)] if report.tables else []
    counts += [words.people(report.people)] if report.people else []
    made.add_paragraph(" · ".join(counts), style="Body Text")
    if report.hidden:
        made.add_paragraph(words.private(report.hidden), style=SMALL)
    if report.notice:
        made.add_paragraph(report.notice, style=SMALL)


def _room(made: Made, report: Report) -> None:
    if report.fixed or report.free:
        made.add_heading(words.ROOM, 1)
        for title, said in ((words.FIXED, report.fixed), (words.FREE, report.free)):
            if said:
                made.add_heading(title, 2)
                for one in said:
                    made.add_paragraph(one, style="List Bullet")
        if report.source:
            made.add_paragraph(f"Bron: {report.source}", style=SMALL)
    if report.villages:
        made.add_heading(words.WHO_WAS_THERE, 1)
        _table(
            made,
            (words.VILLAGES, words.COUNTED),
            [(one.label, str(one.n)) for one in report.villages],
            widths=(70, 25),
        )
        made.add_paragraph(words.FROM_THREE, style=SMALL)


def _heaps(made: Made, heaps: tuple[Heap, ...]) -> None:
    if not heaps:
        return
    made.add_heading(words.GROUPS, 1)
    made.add_paragraph(words.GROUPS_ABOUT)
    for heap in heaps:
        made.add_heading(heap.title, 2)
        counts = words.notes(len(heap.lines))
        if heap.dots is not None:
            counts = f"{words.dots(heap.dots)} · {counts}"
        _kept_with_next(made.add_paragraph(counts, style=SMALL))
        for line in heap.lines:
            _quote(made, line)
        _objections(made, heap.objections)


def _sentences(made: Made, sentences: tuple[Sentence, ...]) -> None:
    if not sentences:
        return
    made.add_heading(words.PURPOSE, 1)
    for one in (s for s in sentences if s.chosen):
        made.add_heading(words.PURPOSE_NOW, 2)
        made.add_paragraph(one.text, style="Intense Quote")
        if one.support:
            made.add_paragraph(words.support(one.support), style=SMALL)
        _objections(made, one.objections)
    made.add_heading(words.PURPOSE_VERSIONS, 2)
    for number, one in enumerate(sentences, start=1):
        made.add_heading(f"Versie {number}", 3)
        made.add_paragraph(f"“{one.text}”", style=QUOTE)
        if one.support:
            made.add_paragraph(words.support(one.support), style=SMALL)
        for said in one.made_from:
            made.add_paragraph(f"{words.MADE_FROM}: “{said}”", style=SMALL)
        if not one.chosen:
            _objections(made, one.objections)


def _vote(made: Made, vote: Vote) -> None:
    made.add_heading(vote.title, 1)
    made.add_paragraph(words.votes(vote.voters, vote.budget, vote.per))
    rows = []
    for item in vote.items:
        kinds = {counted.label: str(counted.n) for counted in item.kinds}
        rows.append((item.title, str(item.dots), *(kinds.get(kind, "") for kind in vote.kinds)))
    widths = (170 - 20 * (1 + len(vote.kinds)), *(20,) * (1 + len(vote.kinds)))
    _table(made, (words.GROUP, words.DOTS, *vote.kinds), rows, widths=widths)
    if vote.kinds:
        made.add_paragraph(words.KIND_FROM_FIVE, style=SMALL)


def _lines(made: Made, title: str, lines: tuple[Line, ...], about: str = "") -> None:
    if not lines:
        return
    made.add_heading(title, 1)
    if about:
        made.add_paragraph(about)
    for line in lines:
        _quote(made, line)


def _sheet(made: Made, sheet: Sheet) -> None:
    if not sheet.lines:
        return
    made.add_heading(sheet.title, 2)
    if sheet.purpose:
        made.add_paragraph(sheet.purpose)
    for area in sheet.areas:
        made.add_heading(area.title, 3)
        if area.question:
            _kept_with_next(made.add_paragraph(area.question, style=SMALL))
        if not area.piles:
            made.add_paragraph(words.NO_NOTES)
        for pile in area.piles:
            if pile.title:
                made.add_heading(pile.title, 4)
            for line in pile.lines:
                _note(made, line)


def _quote(made: Made, line: Line) -> None:
    """Somebody's words, and below them who may be told to have said them."""
    said = made.add_paragraph(f"“{line.text}”", style=QUOTE)
    about = line.beside
    if about:
        said.add_run().add_break()
        run = said.add_run(about)
        run.font.size = Pt(10)
        run.font.color.rgb = SOFT


def _note(made: Made, line: Line) -> None:
    said = made.add_paragraph(line.text, style="List Bullet")
    about = line.beside
    if about:
        run = said.add_run(f" ({about})")
        run.font.color.rgb = SOFT


def _objections(made: Made, objections: tuple[Objection, ...]) -> None:
    if not objections:
        return
    _kept_with_next(made.add_paragraph(words.DIFFERENT, style="Strong line"))
    for one in objections:
        said = made.add_paragraph(f"“{one.text}”", style="List Bullet")
        about = one.beside
        if about:
            run = said.add_run(f" ({about})")
            run.font.color.rgb = SOFT


def _table(
    made: Made,
    columns: tuple[str, ...],
    rows: Iterable[tuple[str, ...]],
    widths: tuple[float, ...],
) -> None:
    table = made.add_table(rows=1, cols=len(columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    head = table.rows[0]
    properties = head._tr.get_or_add_trPr()
    for name in ("w:tblHeader", "w:cantSplit"):
        properties.append(OxmlElement(name))
    for cell, title in zip(head.cells, columns, strict=True):
        cell.paragraphs[0].add_run(title).bold = True
        _shade(cell, "E6EFFA")
    for row in rows:
        made_row = table.add_row()
        made_row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, text in zip(made_row.cells, row, strict=True):
            cell.paragraphs[0].add_run(text)
            if text.isdigit():
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.space_after = Pt(3)
                paragraph.paragraph_format.space_before = Pt(3)
    made.add_paragraph().paragraph_format.space_after = Pt(2)


# --- how it looks ----------------------------------------------------------------------------


def _look(made: Made, report: Report) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(20), Mm(22)
    _letters(made)
    _language(made)
    properties = made.core_properties
    properties.title = f"{words.HEARD}: {report.title}"
    properties.language = LANGUAGE
    properties.author = "Opgavebord"
    properties.comments = report.notice
    properties.created = properties.modified = LONG_AGO
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = foot.add_run(f"{report.title} · bladzijde ")
    run.font.size, run.font.color.rgb = Pt(9), SOFT
    _page_number(foot)


def _letters(made: Made) -> None:
    styles: Any = made.styles
    for style, size, colour, bold in (
        ("Normal", 11, INK, None),
        ("Title", 28, INK, True),
        ("Subtitle", 13, PRIMARY, True),
        ("Heading 1", 18, PRIMARY, True),
        ("Heading 2", 14, INK, True),
        ("Heading 3", 12, INK, True),
        ("Heading 4", 11, SOFT, True),
        (QUOTE, 12, INK, False),
        ("Intense Quote", 14, INK, True),
        (SMALL, 10, SOFT, False),
        ("List Bullet", 11, INK, None),
    ):
        font = styles[style].font
        font.name, font.size, font.color.rgb = LETTERS, Pt(size), colour
        font.bold, font.italic = bold, False
        properties = styles[style].element.get_or_add_rPr()
        fonts = properties.find(qn("w:rFonts"))
        for attribute in list(fonts.attrib):  # else the theme has the last word
            if "theme" in attribute.lower():
                del fonts.attrib[attribute]
        for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(name), LETTERS)
        for spacing in properties.findall(qn("w:spacing")):
            properties.remove(spacing)
    normal = styles["Normal"].paragraph_format
    normal.line_spacing, normal.space_after = 1.3, Pt(6)
    styles["Heading 1"].paragraph_format.space_before = Pt(24)
    styles["Heading 1"].paragraph_format.space_after = Pt(6)
    styles["Heading 2"].paragraph_format.space_before = Pt(16)
    for name, bar, width in ((QUOTE, "F0C7A8", "18"), ("Intense Quote", "0B4FA8", "24")):
        style = styles[name]
        style.paragraph_format.left_indent = Mm(5)
        style.paragraph_format.right_indent = Mm(5)
        style.paragraph_format.space_after = Pt(8)
        style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.LEFT
        style.paragraph_format.keep_together = True
        _bar(style.element.get_or_add_pPr(), bar, width)
    _bar(styles["Title"].element.get_or_add_pPr(), None, "0")
    strong = styles.add_style("Strong line", 1)
    strong.base_style = styles["Normal"]
    strong.font.bold = True


def _language(made: Made) -> None:
    """Every text is Dutch, also for who reads it aloud."""
    properties = made.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault"))
    run = properties.find(qn("w:rPr"))
    language = run.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        run.append(language)
    for name in ("w:val", "w:eastAsia"):
        language.set(qn(name), LANGUAGE)


def _bar(properties: Any, colour: str | None, width: str) -> None:
    """A bar at the left of a paragraph, instead of whatever border it had."""
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)
    if colour is None:
        return
    borders = OxmlElement("w:pBdr")
    left = OxmlElement("w:left")
    for name, value in (("val", "single"), ("sz", width), ("space", "8"), ("color", colour)):
        left.set(qn(f"w:{name}"), value)
    borders.append(left)
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind",
        "w:contextualSpacing", "w:jc", "w:outlineLvl", "w:rPr",
    )  # fmt: skip


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _kept_with_next(paragraph: Paragraph) -> None:
    paragraph.paragraph_format.keep_with_next = True


def _page_number(paragraph: Paragraph) -> None:
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size, run.font.color.rgb = Pt(9), SOFT
        if kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = text
        run._r.append(part)
