"""What may stand in a text that people write: a note, a title.

Refused, never repaired: the literal words are sacred, so the server does not normalise, trim or
replace anything. Composing to NFC is for the client, while somebody types. The length is looked
at before anything else, and everything after it is linear: normalising a long row of marks, for
one, takes time that grows with its square.

Refused are: more than the limit in code points or UTF-8 bytes; control characters but line feed
and tab (C0, DEL, C1); halves of surrogate pairs and non-characters, which databases and file
formats refuse; more than `limits.COMBINING_MARKS` marks in a row on one letter, which paint over
the neighbours; and in titles also line breaks and characters that turn the direction
of text around, because a title stands in the middle of other text.
"""

import re
import unicodedata
from typing import Final

from . import limits
from .refusals import Refused

_FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000)
    )
    + "]"
)
_FORBIDDEN_IN_TITLES: Final = re.compile("[\t\n\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_VISIBLE: Final = re.compile(r"[^\s\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufe00-\ufe0f\ufeff]")
# Every mark stands at or above U+0300, so a row of them is first of all a row of such characters.
_MAYBE_MARKS: Final = re.compile(f"[\u0300-\U0010ffff]{{{limits.COMBINING_MARKS + 1},}}")


def check_note(text: str) -> None:
    """Raises `Refused` for a text that can not be a note's."""
    _check(text, limits.NOTE_CODE_POINTS)


def check_title(text: str) -> None:
    """Raises `Refused` for a text that can not be a title."""
    _check(text, limits.TITLE_CODE_POINTS)
    if _FORBIDDEN_IN_TITLES.search(text):
        raise Refused("bad_text")


def is_empty(text: str) -> bool:
    """Whether there is nothing to see: no character but blanks and marks of format."""
    return _VISIBLE.search(text) is None


def _check(text: str, code_points: int) -> None:
    if len(text) > code_points:
        raise Refused("too_long")
    if _FORBIDDEN.search(text):
        raise Refused("bad_text")
    if len(text) * 4 > limits.NOTE_BYTES and len(text.encode()) > limits.NOTE_BYTES:
        raise Refused("too_long")
    for stretch in _MAYBE_MARKS.finditer(text):
        if _marks_in_a_row(stretch.group()) > limits.COMBINING_MARKS:
            raise Refused("bad_text")


def _marks_in_a_row(text: str) -> int:
    most = now = 0
    for character in text:
        now = now + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        most = max(most, now)
    return most
