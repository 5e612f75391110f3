"""Every row of one database into another: how PostgreSQL gets into a backup, and a backup into PostgreSQL."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, insert, select

from .backup import make_private
from .migrations import upgrade
from .sqlite import engine
from .tables import METADATA

ROWS: Final = 2_000

Tell = Callable[[float], None]


def pour_out(connection: Connection, to: Path, tell: Tell) -> None:
    """Every table, as this transaction sees it, into a new SQLite file."""
    make_private(to)
    made = engine(to)
    try:
        with made.connect() as target:
            upgrade(target, to, fresh=True)
            with target.begin():
                _every_row(connection, target, tell)
    finally:
        made.dispose()
    driver = sqlite3.connect(to)
    driver.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal
    driver.close()


def pour_in(file: Path, connection: Connection, tell: Tell) -> None:
    """Every row of a file that is up to date, into empty tables."""
    made = engine(file, look_only=True)
    try:
        with made.connect() as source, source.begin():
            _every_row(source, connection, tell)
    finally:
        made.dispose()


def is_empty(connection: Connection) -> bool:
    """Whether no table holds anything."""
    return all(
        connection.execute(select(rows).limit(1)).first() is None for rows in METADATA.sorted_tables
    )


def _every_row(source: Connection, target: Connection, tell: Tell) -> None:
    tables = METADATA.sorted_tables
    for place, rows in enumerate(tables):
        asked = select(rows).execution_options(yield_per=ROWS)
        for part in source.execute(asked).mappings().partitions(ROWS):
            target.execute(insert(rows), [dict(row) for row in part])
        tell((place + 1) / len(tables))
