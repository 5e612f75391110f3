"""PNG: a picture of a board as it hangs on A3, to put in a mail or on a screen.

As it fits: one page is a picture, and of more pages there is a zip with a picture of each. Or, where
that was asked, always one picture, with the pages below each other, or always a zip.
"""

import io
import zipfile
from typing import Final

from .. import typography
from . import Pictures
from .pdf import BOARD, on_a_board
from .report import Report

PPI: Final = 144  # 2381 by 1684 pixels
PPI_ENDLESS: Final = 110  # a picture of many pages stays one that a phone can open
LONG_AGO: Final = (2000, 1, 1, 0, 0, 0)  # equal reports are equal files


def write(report: Report, pictures: Pictures = "as_fits") -> tuple[str, bytes]:
    """The ending of the file, and the file."""
    if pictures == "one":
        ppi = PPI if len(report.sheets) < 2 else PPI_ENDLESS
        return "png", typography.png(BOARD, on_a_board(report, endless=True), ppi)[0]
    pages = typography.png(BOARD, on_a_board(report), PPI)
    if len(pages) == 1 and pictures == "as_fits":
        return "png", pages[0]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as zipped:  # a PNG is packed already
        for number, page in enumerate(pages, start=1):
            zipped.writestr(zipfile.ZipInfo(f"bord-{number:02}.png", LONG_AGO), page)
    return "zip", file.getvalue()
