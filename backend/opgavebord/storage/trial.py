"""Would SQLite keep its promises in this folder, and what stands there already? Asked before a server starts.

Nothing is changed: the promises are tried on a file of its own that is thrown away, and a database that is there
is only read, so this may run beside a server.
"""

import sqlite3
import tempfile
from pathlib import Path
from typing import Final

from msgspec import Struct
from sqlalchemy.exc import DBAPIError

from .migrations import version
from .sqlite import FILE, engine
from .trouble import StorageLost, StorageTrouble

LEAST: Final = (3, 40, 0)  # what Debian 12 has; nothing older was ever tried


class Standing(Struct, frozen=True):
    """How far a database is."""

    step: str | None  # of its tables
    newest: int | None  # of its log: milliseconds since 1970


def try_sqlite(folder: Path) -> str:
    """The version of SQLite, which gives all pragmas that we ask for on this disk. Raises `StorageLost`
    where it does not."""
    found = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < LEAST:
        raise StorageLost(f"version {found} is older than {'.'.join(map(str, LEAST))}")
    with tempfile.TemporaryDirectory(prefix=".opgavebord-", dir=folder) as aside:
        made = engine(Path(aside) / FILE)
        try:
            with made.connect() as connection, connection.begin():
                connection.exec_driver_sql("CREATE TABLE try (it INTEGER)")
        except DBAPIError as trouble:
            raise StorageLost(str(trouble.orig)) from trouble
        finally:
            made.dispose()
    return found


def standing(folder: Path) -> Standing | None:
    """How far the database in this folder is; None where there is none. Raises `StorageTrouble`."""
    path = folder / FILE
    if not path.exists():
        return None
    made = engine(path, look_only=True)
    try:
        with made.connect() as connection, connection.begin():
            step = version(connection)
            newest = None
            if step is not None:
                newest = connection.exec_driver_sql("SELECT max(at) FROM event").scalar()
            return Standing(step, newest)
    except DBAPIError as trouble:
        raise StorageTrouble(str(trouble.orig)) from trouble
    finally:
        made.dispose()
