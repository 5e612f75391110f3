"""CSV: one row for each note. Semicolons and a byte order mark, so that Excel in Dutch opens it as
columns and with the right letters."""

import csv
import io

from .cells import rows, safe
from .report import Report


def write(report: Report) -> bytes:
    told = io.StringIO()
    writer = csv.writer(told, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in rows(report))
    return b"\xef\xbb\xbf" + told.getvalue().encode()
