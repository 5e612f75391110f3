"""Which database keeps the sprints: the file of a hall, or the PostgreSQL of a town."""

from pathlib import Path

from .database import Database
from .log import Log
from .sqlite import SqliteDatabase
from .sqlite_log import SqliteLog


def storage(folder: Path) -> tuple[Database, Log]:
    """The database and the log in it, not opened yet."""
    database = SqliteDatabase(folder)
    return database, SqliteLog(database)
