"""Setting pages: PDF and PNG, with letters that come along, so that every machine makes the same.

A template is Typst, one file beside the room that uses it; `house.typ` (letters, colours, the mark)
goes before it. What people wrote comes in as data: in a template it is a value, `data`, and never
markup, so a note can not make a page do anything. No file of a person is read.

Our own letters have what is written here; Typst brings Greek, Cyrillic, Hebrew and more. For what none
of these has, such as Chinese, the fonts of this machine are asked; and a sign that is in no font
at all is a box. Then the PDF is tagged like any other, and does not claim to be PDF/UA.

Setting takes no lock of Python, so a thread is enough to keep a server awake meanwhile.

The letters are Atkinson Hyperlegible Next, those of the screens; emoji are Twemoji. Their licences
(SIL Open Font License) lie beside them in `fonts/`.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

import msgspec
import typst

FONTS: Final = Path(__file__).parent / "fonts"
HOUSE: Final = Path(__file__).parent / "house.typ"
Standard: TypeAlias = Literal["ua-1"] | None

UA: Final[Standard] = "ua-1"
NO_SUCH_SIGN: Final = "could not be displayed"  # in the words of Typst
LONG_AGO: Final = 946_684_800  # 2000: the same pages are the same bytes, whenever they were made


def pdf(template: Path, data: object) -> bytes:
    """The pages as tagged PDF that anybody can have read aloud (PDF/UA)."""
    for of_the_machine in (False, True):
        try:
            return _pdf(template, data, of_the_machine, UA)
        except typst.TypstError as trouble:
            if NO_SUCH_SIGN not in str(trouble):
                raise
    return _pdf(template, data, of_the_machine=True, standard=None)


def png(template: Path, data: object, ppi: float = 144) -> list[bytes]:
    """Each page as a picture."""
    compiler = _compiler(of_the_machine=True)
    made = compiler.compile(_source(template), **_asked(data), format="png", ppi=ppi)
    return made if isinstance(made, list) else [_one(made)]


def _pdf(template: Path, data: object, of_the_machine: bool, standard: Standard) -> bytes:
    compiler = _compiler(of_the_machine)
    asked = _asked(data)
    return _one(compiler.compile(_source(template), **asked, format="pdf", pdf_standards=standard))


def _asked(data: object) -> dict[str, Any]:
    return {
        "sys_inputs": {"data": msgspec.json.encode(data).decode()},
        "timestamp": LONG_AGO,
    }


def _source(template: Path) -> bytes:
    return HOUSE.read_bytes() + template.read_bytes()


def _compiler(of_the_machine: bool) -> typst.Compiler:
    return typst.Compiler(
        root=str(FONTS), font_paths=_fonts(of_the_machine), ignore_system_fonts=True
    )


@cache
def _fonts(of_the_machine: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=of_the_machine, font_paths=[str(FONTS)])


def _one(made: bytes | list[bytes] | None) -> bytes:
    assert isinstance(made, bytes), "one document is one file"
    return made
