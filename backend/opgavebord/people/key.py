"""The key of the links: a file that only its owner reads.

It lies beside the database, not in it: who gets a copy of the database does not get the links. The machines
of one town have the same key, or each would take away the links of the other.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from ..storage import doorway
from ..storage.backup import sync
from ..storage.database import Database

KEY_FILE: Final = "opgavebord.key"
KEY_BYTES: Final = 32


class BadKey(Exception):
    """The key can not be the right one. The text is for a person."""


async def key_of(database: Database, folder: Path, file: Path | None = None) -> bytes:
    """`read_key`, for who uses this database. Where other machines may use it too, a key that is missing here
    is missing here only: one more would take away the links of the others. Raises `BadKey`."""
    path = file or folder / KEY_FILE
    if database.kind == "postgresql" and not path.exists():
        if await database.run(doorway.has_links):
            raise BadKey(
                f"There is no key {path}, and the links of this database were made with one. Put it "
                "there, or name it in OPGAVEBORD_KEY_FILE. Only if it is lost make another, of "
                f"{KEY_BYTES} random bytes: then all links are new."
            )
    return read_key(folder, file)


def read_key(folder: Path, file: Path | None = None) -> bytes:
    """The key in this data folder, or in this file; made at the first start, once, whoever starts beside
    us. Readable by its owner only."""
    path = file or folder / KEY_FILE
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise BadKey(
            f"{path} is not a key of {KEY_BYTES} bytes. Put the right one back, or take it away: then "
            "all links are new."
        )
    with suppress(OSError):  # a secret that was handed to us may not be ours to change
        path.chmod(0o600)
    return key


def _make(path: Path) -> None:
    """Written aside and then linked in place: nobody ever reads half a key, and the first stays."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(aside, path)
            sync(
                path.parent
            )  # or a power cut takes its name, and the links that were printed with it
    finally:
        aside.unlink()
