"""Setting pages: PDF and PNG, with letters that come along, so that every machine makes the same.

A template is Typst, one file beside the room that uses it; `house.typ` (letters, colours, the mark)
goes before it. What people wrote comes in as data: in a template it is a value, `data`, and never
markup, so a note can not make a page do anything. Nothing is read from outside this package, no font
of the system and no file of a person.

Setting takes no lock of Python, so a thread is enough to keep a server awake meanwhile.

The letters are Atkinson Hyperlegible Next, those of the screens; emoji are Twemoji. Their licences
(SIL Open Font License) lie beside them in `fonts/`.
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

FONTS: Final = Path(__file__).parent / "fonts"
HOUSE: Final = Path(__file__).parent / "house.typ"
LONG_AGO: Final = 946_684_800  # 2000: the same pages are the same bytes, whenever they were made


def pdf(template: Path, data: object) -> bytes:
    """The pages as tagged PDF that anybody can have read aloud (PDF/UA)."""
    return _one(
        _compiler().compile(_source(template), **_asked(data), format="pdf", pdf_standards=["ua-1"])
    )


def png(template: Path, data: object, ppi: float = 144) -> list[bytes]:
    """Each page as a picture."""
    made = _compiler().compile(_source(template), **_asked(data), format="png", ppi=ppi)
    return (
        list(made) if isinstance(made, Sequence) and not isinstance(made, bytes) else [_one(made)]
    )


def _asked(data: object) -> dict[str, Any]:
    return {
        "sys_inputs": {"data": msgspec.json.encode(data).decode()},
        "timestamp": LONG_AGO,
    }


def _source(template: Path) -> bytes:
    return HOUSE.read_bytes() + template.read_bytes()


def _compiler() -> typst.Compiler:
    return typst.Compiler(root=str(FONTS), font_paths=_fonts(), ignore_system_fonts=True)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


def _one(made: bytes | list[bytes] | None) -> bytes:
    assert isinstance(made, bytes), "one document is one file"
    return made
