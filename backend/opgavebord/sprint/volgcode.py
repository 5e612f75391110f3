"""A *volgcode*: three Dutch words with which a table can later find what became of its words.

No name and no address is asked for it. Of so many words three in a row make more than a hundred
million codes, so one can not be guessed by trying a few. Codes of one evening are all different.
"""

import hashlib
from typing import Final

from .volgwoorden import WORDS

WORDS_IN_CODE: Final = 3
_BYTES: Final = 8  # of chance for each word: what is left over by the division is then nothing


def codes_of(entropy: bytes, n: int) -> tuple[str, ...]:
    """So many codes, all different, made of chance alone. The same chance gives the same codes."""
    found: dict[str, None] = {}
    attempt = 0
    while len(found) < n:
        size = WORDS_IN_CODE * _BYTES
        drawn = hashlib.blake2b(
            attempt.to_bytes(8, "big"), key=entropy[:64], digest_size=size, person=b"volgcode"
        ).digest()
        parts = (drawn[at : at + _BYTES] for at in range(0, size, _BYTES))
        found["-".join(WORDS[int.from_bytes(part, "big") % len(WORDS)] for part in parts)] = None
        attempt += 1
    return tuple(found)
