"""Secrets that stand for a person, and what is kept of them: their SHA-256.

A token of 256 random bits needs no salt and no slow hash. It is looked up by its hash, so the time
of a look-up says nothing about the token.
"""

import hashlib
import re
import secrets
from typing import Final

BYTES: Final = 32
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{22,64}")


def new_token() -> str:
    return secrets.token_urlsafe(BYTES)


def new_id() -> str:
    """128 random bits, for a seat or a sprint; begins with a letter so that it reads well."""
    return "s" + secrets.token_hex(15)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def looks_like_one(token: object) -> bool:
    """Whether it is worth looking up: cheap, and says nothing about which tokens there are."""
    return isinstance(token, str) and _SHAPE.fullmatch(token) is not None
