"""Which database keeps the sprints: the file of a hall, or the PostgreSQL of a town."""

from pathlib import Path

from .database import Database
from .log import Log


def storage(folder: Path, address: str = "", password: Path | None = None) -> tuple[Database, Log]:
    """The database and the log in it, not opened yet. `address`: of a PostgreSQL, whose password stands
    in the file `password`; empty: SQLite in the folder. What is not used is not loaded."""
    if address:
        from .postgres import PostgresDatabase
        from .postgres_log import PostgresLog

        town = PostgresDatabase(address, password)
        return town, PostgresLog(town)
    from .sqlite import SqliteDatabase
    from .sqlite_log import SqliteLog

    hall = SqliteDatabase(folder)
    return hall, SqliteLog(hall)
