"""The tables through time: one file in `versions/` per step, run when the server starts.

`NEWEST` names the last step, so that a start that has nothing to do need not load Alembic. Before an
existing SQLite database is changed, a backup of it is made beside it, like every other (`../backup.py`).
"""

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect

from .. import backup
from ..trouble import StorageLost

NEWEST: Final = "0006"
_HERE: Final = Path(__file__).parent
_TURN: Final = 0x6F70_6761_7665  # the number of the lock of who migrates a PostgreSQL


def version(connection: Connection) -> str | None:
    """The step this database is at; None for an empty one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql(
        "SELECT version_num FROM alembic_version"
    ).scalar()
    return found


def upgrade(connection: Connection, path: Path, *, fresh: bool) -> None:
    """Bring the tables up to date, all steps in one transaction or none."""
    with connection.begin():
        at = version(connection)
    if at == NEWEST:
        return
    if at is not None and at > NEWEST:
        raise StorageLost(f"{path} was made by a newer Opgavebord ({at}); this one knows {NEWEST}")
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    if not fresh and at is not None:
        try:
            backup.before_step(path, NEWEST)
        except backup.NotABackup as trouble:
            raise StorageLost(f"{trouble}; the tables were not changed") from trouble
    driver.execute("PRAGMA foreign_keys=OFF")  # a table that is rebuilt is dropped for a moment
    try:
        with connection.begin():
            _run(connection)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise StorageLost(
                    "after the migration a row points to nothing; nothing was changed"
                )
    finally:
        driver.execute("PRAGMA foreign_keys=ON")
    if not fresh:  # an older version may have let go of what it wiped, without overwriting it
        with suppress(sqlite3.Error):
            driver.execute("VACUUM")


def upgrade_server(connection: Connection, turn: str, ddl: str) -> None:
    """`upgrade`, for PostgreSQL, in the transaction that is under way. Processes that start together do it
    one after the other: the next finds nothing to do. `turn`: so long it waits for that; `ddl`: so
    long each statement waits for a table that is in use, before all is rolled back."""
    if version(connection) == NEWEST:
        return
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{turn}'")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{ddl}'")
    at = version(connection)
    if at is not None and at > NEWEST:
        raise StorageLost(
            f"the database was made by a newer Opgavebord ({at}); this one knows {NEWEST}"
        )
    if at != NEWEST:
        _run(connection)


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
