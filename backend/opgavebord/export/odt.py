"""ODT: the report as an open document, for LibreOffice and for the archive of a municipality.

The same parts as in `docx.py`, as real headings, lists, and tables with a header row; everything is
Dutch. The styles are ours, with names that a person finds back in the list of styles.
"""

import datetime
import io
from typing import Any, Final

from odfdo import Document, Element, Header, List, ListItem, Paragraph, Span

from . import words
from .report import Line, Objection, Report, Sheet, Vote

LONG_AGO: Final = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 - equal reports are equal files
INK: Final = "#1b1b1b"
SOFT: Final = "#4d4a45"
PRIMARY: Final = "#0b4fa8"
LETTERS: Final = "Arial"

# Names as LibreOffice writes them in a file: `_20_` is a blank.
TITLE: Final = "Title"
SUBTITLE: Final = "Subtitle"
TEXT: Final = "Text_20_body"
QUOTE: Final = "Quotations"
SENTENCE: Final = "Zin_20_van_20_de_20_zaal"
SMALL: Final = "Klein"
STRONG: Final = "Nadruk"
SOFT_SPAN: Final = "Zacht"
CELL: Final = "Table_20_Contents"
CELL_HEAD: Final = "Table_20_Heading"
BULLETS: Final = "Opsomming"


def write(report: Report) -> bytes:
    return _Writing(report).file()


class _Writing:
    def __init__(self, report: Report) -> None:
        self.made = Document("text")
        self.body: Any = self.made.body
        self.body.clear()
        self._tables = 0
        _look(self.made, report)
        self._write(report)

    def file(self) -> bytes:
        file = io.BytesIO()
        self.made.save(file)
        return file.getvalue()

    # -- the report -------------------------------------------------------------------

    def _write(self, report: Report) -> None:
        self.text(words.HEARD, SUBTITLE)
        self.text(report.title, TITLE)
        if report.question:
            self.text(report.question, SENTENCE)
        parts = (words.sprint(report.number), report.place, report.date)
        self.text(" · ".join(part for part in parts if part))
        counts = [words.notes(report.notes)]
        counts += [words.groups(len(report.heaps))] if report.heaps else []
        counts += [words.tables(report.tables)] if report.tables else []
        counts += [words.people(report.people)] if report.people else []
        self.text(" · ".join(counts))
        if report.hidden:
            self.text(words.private(report.hidden), SMALL)
        if report.notice:
            self.text(report.notice, SMALL)
        self._room(report)
        self._heaps(report)
        self._sentences(report)
        for vote in report.votes:
            self._vote(vote)
        if report.promises:
            self.heading(1, words.PROMISES)
            self.table(
                (words.WHO, words.WHAT, words.WHEN),
                [(one.who, one.what, one.when) for one in report.promises],
            )
        self._lines(words.TABLE_QUOTES, report.table_quotes)
        self._lines(words.LOOSE, report.loose, words.LOOSE_ABOUT)
        if report.answer_from:
            self.heading(1, words.NEXT)
            self.text(words.answer_from(report.answer_from))
        if any(sheet.lines for sheet in report.sheets):
            self.heading(1, words.ALL_NOTES)
            for sheet in report.sheets:
                self._sheet(sheet)

    def _room(self, report: Report) -> None:
        if report.fixed or report.free:
            self.heading(1, words.ROOM)
            for title, said in ((words.FIXED, report.fixed), (words.FREE, report.free)):
                if said:
                    self.heading(2, title)
                    self.bullets([(one, "") for one in said])
            if report.source:
                self.text(f"Bron: {report.source}", SMALL)
        if report.villages:
            self.heading(1, words.WHO_WAS_THERE)
            self.table(
                (words.VILLAGES, words.COUNTED),
                [(one.label, str(one.n)) for one in report.villages],
            )
            self.text(words.FROM_THREE, SMALL)

    def _heaps(self, report: Report) -> None:
        if not report.heaps:
            return
        self.heading(1, words.GROUPS)
        self.text(words.GROUPS_ABOUT)
        for heap in report.heaps:
            self.heading(2, heap.title)
            counts = words.notes(len(heap.lines))
            if heap.dots is not None:
                counts = f"{words.dots(heap.dots)} · {counts}"
            self.text(counts, SMALL)
            for line in heap.lines:
                self.quote(line)
            self._objections(heap.objections)

    def _sentences(self, report: Report) -> None:
        if not report.sentences:
            return
        self.heading(1, words.PURPOSE)
        for number, one in enumerate(report.sentences, start=1):
            self.heading(2, words.PURPOSE_NOW if one.chosen else f"Versie {number}")
            self.text(f"“{one.text}”", SENTENCE if one.chosen else QUOTE)
            if one.support:
                self.text(words.support(one.support), SMALL)
            for said in one.made_from:
                self.text(f"{words.MADE_FROM}: “{said}”", SMALL)
            self._objections(one.objections)

    def _vote(self, vote: Vote) -> None:
        self.heading(1, vote.title)
        self.text(words.votes(vote.voters, vote.budget, vote.per))
        rows = []
        for item in vote.items:
            kinds = {counted.label: str(counted.n) for counted in item.kinds}
            rows.append((item.title, str(item.dots), *(kinds.get(kind, "") for kind in vote.kinds)))
        self.table((words.GROUP, words.DOTS, *vote.kinds), rows)
        if vote.kinds:
            self.text(words.KIND_FROM_FIVE, SMALL)

    def _lines(self, title: str, lines: tuple[Line, ...], about: str = "") -> None:
        if not lines:
            return
        self.heading(1, title)
        if about:
            self.text(about)
        for line in lines:
            self.quote(line)

    def _sheet(self, sheet: Sheet) -> None:
        if not sheet.lines:
            return
        self.heading(2, sheet.title)
        if sheet.purpose:
            self.text(sheet.purpose)
        for area in sheet.areas:
            self.heading(3, area.title)
            if area.question:
                self.text(area.question, SMALL)
            if not area.piles:
                self.text(words.NO_NOTES)
            for pile in area.piles:
                if pile.title:
                    self.heading(4, pile.title)
                self.bullets([(line.text, line.beside) for line in pile.lines])

    def _objections(self, objections: tuple[Objection, ...]) -> None:
        if objections:
            self.text(words.DIFFERENT, STRONG)
            self.bullets([(f"“{one.text}”", one.beside) for one in objections])

    # -- the pieces -------------------------------------------------------------------

    def heading(self, level: int, text: str) -> None:
        made = Header(level, text)
        made.set_attribute("text:style-name", f"Heading_20_{level}")
        self.body.append(made)

    def text(self, text: str, style: str = TEXT) -> None:
        self.body.append(_paragraph(text, style))

    def quote(self, line: Line) -> None:
        said = _paragraph(f"“{line.text}”", QUOTE)
        about = line.beside
        if about:
            said.append(Element.from_tag("text:line-break"))
            said.append(Span(about, style=SOFT_SPAN))
        self.body.append(said)

    def bullets(self, items: list[tuple[str, str]]) -> None:
        made = List(style=BULLETS)
        for text, about in items:
            said = _paragraph(text, TEXT)
            if about:
                said.append(Span(f" ({about})", style=SOFT_SPAN))
            made.append(ListItem(said))
        self.body.append(made)

    def table(self, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        self._tables += 1
        made = Element.from_tag("table:table")
        made.set_attribute("table:name", f"Tabel {self._tables}")
        for _ in columns:
            made.append(Element.from_tag("table:table-column"))
        head = Element.from_tag("table:table-header-rows")
        head.append(_row(columns, CELL_HEAD, "Kopcel"))
        made.append(head)
        for row in rows:
            made.append(_row(row, CELL, "Regelcel"))
        self.body.append(made)
        self.text("", SMALL)


def _row(cells: tuple[str, ...], style: str, look: str) -> Element:
    made = Element.from_tag("table:table-row")
    for cell in cells:
        there = Element.from_tag("table:table-cell")
        there.set_attribute("table:style-name", look)
        there.set_attribute("office:value-type", "string")
        there.append(_paragraph(cell, style))
        made.append(there)
    return made


def _paragraph(text: str, style: str) -> Paragraph:
    return Paragraph(text, style=style)


# --- how it looks ----------------------------------------------------------------------------


def _look(made: Document, report: Report) -> None:
    made.language = "nl-NL"
    meta: Any = made.meta
    meta.title = f"{words.HEARD}: {report.title}"
    meta.generator = "Opgavebord"
    meta.creator = meta.initial_creator = "Opgavebord"
    meta.description = report.notice
    meta.creation_date = meta.date = LONG_AGO
    shelf: Any = made.styles.get_element("//office:styles")
    for name, xml in _styles().items():
        for there in shelf.get_elements(f'//*[@style:name="{name}"]'):
            there.delete()
        shelf.append(Element.from_tag(xml))


def _styles() -> dict[str, str]:
    """Each by its name; the tree of them begins at the standard style."""

    def paragraph(name: str, text: str, space: str, more: str = "", level: str = "") -> str:
        shown = name.replace("_20_", " ")
        return (
            f'<style:style style:name="{name}" style:display-name="{shown}" '
            f'style:family="paragraph" style:class="text" {level}>'
            f"<style:paragraph-properties {space} {more}/>"
            f'<style:text-properties fo:font-family="{LETTERS}" fo:language="nl" fo:country="NL" '
            f"{text}/></style:style>"
        )

    def letters(size: int, colour: str = INK, weight: str = "normal") -> str:
        return f'fo:font-size="{size}pt" fo:color="{colour}" fo:font-weight="{weight}" fo:font-style="normal"'

    def room(above: float, below: float, line: int = 130) -> str:
        return (
            f'fo:margin-top="{above}mm" fo:margin-bottom="{below}mm" fo:line-height="{line}%" '
            'fo:text-align="start"'
        )

    together = 'fo:keep-with-next="always"'
    bar = 'fo:margin-left="4mm" fo:padding-left="3mm" fo:border-left="1.2mm solid {}" fo:keep-together="always"'
    cell = '<style:style style:name="{}" style:family="table-cell"><style:table-cell-properties {} fo:padding="1.5mm"/></style:style>'
    made = {
        TITLE: paragraph(TITLE, letters(28, INK, "bold"), room(0, 3, 110)),
        SUBTITLE: paragraph(SUBTITLE, letters(13, PRIMARY, "bold"), room(0, 2)),
        TEXT: paragraph(TEXT, letters(11), room(0, 2)),
        SMALL: paragraph(SMALL, letters(10, SOFT), room(0, 2)),
        STRONG: paragraph(STRONG, letters(11, INK, "bold"), room(2, 1), together),
        QUOTE: paragraph(QUOTE, letters(12), room(0, 3), bar.format("#f0c7a8")),
        SENTENCE: paragraph(SENTENCE, letters(14, INK, "bold"), room(1, 4), bar.format("#0b4fa8")),
        CELL: paragraph(CELL, letters(11), room(0, 0)),
        CELL_HEAD: paragraph(CELL_HEAD, letters(11, INK, "bold"), room(0, 0)),
        SOFT_SPAN: (
            f'<style:style style:name="{SOFT_SPAN}" style:family="text"><style:text-properties '
            f'fo:font-size="10pt" fo:color="{SOFT}"/></style:style>'
        ),
        BULLETS: (
            f'<text:list-style style:name="{BULLETS}"><text:list-level-style-bullet text:level="1" '
            'text:bullet-char="•"><style:list-level-properties text:list-level-position-and-space-mode='
            '"label-alignment"><style:list-level-label-alignment text:label-followed-by="listtab" '
            'fo:text-indent="-5mm" fo:margin-left="5mm"/></style:list-level-properties>'
            "</text:list-level-style-bullet></text:list-style>"
        ),
        "Kopcel": cell.format(
            "Kopcel", 'fo:background-color="#e6effa" fo:border-bottom="0.5mm solid #0b4fa8"'
        ),
        "Regelcel": cell.format("Regelcel", 'fo:border-bottom="0.2mm solid #d2cec5"'),
    }
    for level, (size, colour, above) in enumerate(
        ((18, PRIMARY, 9), (14, INK, 6), (12, INK, 4), (11, SOFT, 3)), start=1
    ):
        name = f"Heading_20_{level}"
        made[name] = paragraph(
            name,
            letters(size, colour, "bold"),
            room(above, 2, 115),
            together,
            f'style:default-outline-level="{level}"',
        )
    return made
