"""The key of the links: a file that only its owner reads.

It lies beside the database, not in it: who gets a copy of the database does not get the links.
"""

import os
import secrets
from pathlib import Path
from typing import Final

KEY_FILE: Final = "opgavebord.key"
KEY_BYTES: Final = 32


class BadKey(Exception):
    """The key file is damaged. Taking it away makes new links; the old ones stop working."""


def read_key(folder: Path) -> bytes:
    """The key of this data folder, made at the first start. Readable by its owner only."""
    path = folder / KEY_FILE
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise BadKey(f"{path} is not a key of {KEY_BYTES} bytes") from None
        path.chmod(0o600)
        return key
    key = secrets.token_bytes(KEY_BYTES)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key
