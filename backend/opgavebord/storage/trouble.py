"""The two ways in which keeping can fail, and the difference that matters.

`StorageTrouble`: it did not work now, nothing was written, and trying again makes sense (the disk
is full, another program holds the file). `StorageLost`: we no longer know what reached the disk.
After an I/O error the operating system may have forgotten pages it never wrote, so the only
honest way on is to stop and to read the file anew.
"""

import sqlite3
from typing import Final

LOST: Final = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
TROUBLE: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
    }
)
PRIMARY: Final = 0xFF  # the low byte of an extended SQLite code says what kind it is


class StorageTrouble(Exception):
    """Nothing was kept, and trying again makes sense."""


class StorageLost(Exception):
    """We do not know what was kept: stop, and read the file anew."""


class StorageBusy(Exception):
    """Another Opgavebord serves this data folder."""


def judge(trouble: sqlite3.Error) -> Exception:
    """Which of the two this is; other errors are mistakes of ours and stay as they are."""
    code = getattr(trouble, "sqlite_errorcode", None)
    if code is None:
        return trouble
    name = getattr(trouble, "sqlite_errorname", "")
    if code & PRIMARY in LOST:
        return StorageLost(f"{name}: {trouble}")
    if code & PRIMARY in TROUBLE:
        return StorageTrouble(f"{name}: {trouble}")
    return trouble
