"""What stands in a file that was taken home, read by another library than the one that wrote it."""

import csv
import html
import io
import re
import zipfile

from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from opgavebord.export import Format
from opgavebord.export.formats import take
from opgavebord.sprint.sprint import Sprint


def export_text(sprint: Sprint, format: Format) -> str:
    """All that a reader of the file can see; of CSV and JSON the very bytes, of PNG the picture's."""
    data = take(sprint, format).data
    return READERS[format](data)


def docx_text(data: bytes) -> str:
    made = Document(io.BytesIO(data))
    parts = [paragraph.text for paragraph in made.paragraphs]
    for table in made.tables:
        parts += [cell.text for row in table.rows for cell in row.cells]
    for section in made.sections:
        parts += [paragraph.text for paragraph in section.footer.paragraphs]
    about = made.core_properties
    return "\n".join([*parts, about.title, about.author, about.comments])


def pdf_text(data: bytes) -> str:
    made = PdfReader(io.BytesIO(data))
    text = "\n".join(page.extract_text() for page in made.pages)
    return f"{text}\n{dict(made.metadata or {})}"


def odt_text(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        parts = [made.read(name).decode() for name in ("content.xml", "meta.xml", "styles.xml")]
    return html.unescape(re.sub(r"<[^>]+>", "\n", "\n".join(parts)))


def xlsx_cells(data: bytes) -> dict[str, list[tuple[object, ...]]]:
    made = load_workbook(io.BytesIO(data))
    return {
        sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in made
    }


def xlsx_text(data: bytes) -> str:
    sheets = xlsx_cells(data).items()
    return "\n".join(str(cell) for name, rows in sheets for row in rows for cell in (name, *row))


def csv_rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


READERS = {
    "docx": docx_text,
    "pdf": pdf_text,
    "odt": odt_text,
    "xlsx": xlsx_text,
    "csv": lambda data: data.decode(),
    "json": lambda data: data.decode(),
    "png": lambda data: data.hex(),
}
