"""Proof that the tables tell the truth: replaying the log must give exactly the rows.

Also looked at: that the log has no holes, that it ends where the sprint's row says, that every entry
can be read and applied, and that SQLite itself finds the file sound. An entry that can not is named by
its number and left out, as a room does that opens this log. It only reads, all of it as it is at one moment, so it
may run beside servers.
"""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, select

from ..sprint.change import BadChange, apply
from ..sprint.entry import Entry
from ..sprint.sprint import KINDS, Sprint
from .event_rows import read
from .migrations import NEWEST, version
from .sqlite import AGAIN, FILE, engine, was_in_use
from .tables import ROWS, SprintRow, record, table

NAMED: Final = 100  # entries of one sprint that are named; a damaged founding spoils all after it


class Found(Struct, frozen=True):
    """What the check saw: how much, and every place where log and tables disagree."""

    sprints: int
    entries: int
    rows: int
    wrong: tuple[str, ...]


def check(folder: Path, address: str = "", password: Path | None = None) -> Found:
    """Look at a data folder, or at the PostgreSQL of this address. Raises `FileNotFoundError` where there
    is no database."""
    if address:
        return _in_town(address, password)
    path = folder / FILE
    if not path.exists():
        raise FileNotFoundError(path)
    if was_in_use(folder) and not path.with_name(f"{FILE}-wal").exists():
        return Found(0, 0, 0, (f"{FILE}-wal is missing, and with it the newest work. {AGAIN}",))
    made = engine(path, look_only=True)
    try:
        with made.connect() as connection, connection.begin():
            return look(connection)
    finally:
        made.dispose()


def _in_town(address: str, password: Path | None) -> Found:
    from .postgres import PostgresDatabase

    database = PostgresDatabase(address, password)
    with ThreadPoolExecutor(1) as aside:  # whoever asks may have a loop of its own
        return aside.submit(lambda: asyncio.run(database.look_at(look))).result()


def look(connection: Connection) -> Found:
    wrong = []
    if connection.dialect.name == "sqlite":
        said = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars().all()
        wrong = [f"SQLite: {what}" for what in said if what != "ok"]
    at = version(connection)
    if at != NEWEST:
        wrong.append(f"the tables are of version {at}, this Opgavebord knows {NEWEST}")
        return Found(0, 0, 0, tuple(wrong))
    sprints = entries = rows = 0
    for id, head in connection.exec_driver_sql("SELECT id, head FROM sprint ORDER BY made").all():
        log = read(connection, id)
        sprint = Sprint()
        wrong += [f"sprint {id}: {what}" for what in _replay(sprint, log, head)]
        wrong += [f"sprint {id}: {what}" for what in _compare(connection, id, sprint)]
        sprints, entries, rows = sprints + 1, entries + len(log), rows + len(list(sprint))
    return Found(sprints, entries, rows, tuple(wrong))


def _replay(sprint: Sprint, log: list[Entry], head: int) -> Iterator[str]:
    spoiled = 0
    for place, entry in enumerate(log, start=1):
        if entry.seq != place:
            yield f"entry {entry.seq} stands at place {place} of the log"
            return
        why = None if entry.damage is None else f"can not be read ({entry.damage})"
        try:
            apply(sprint, entry.change)
        except BadChange as trouble:
            why = f"does not fit what came before it ({trouble})"
        sprint.head = entry.seq
        spoiled += why is not None
        if why is not None and spoiled <= NAMED:
            yield f"entry {entry.seq} {why}"
    if spoiled > NAMED:
        yield f"{spoiled - NAMED} more entries can not be read or do not fit"
    if len(log) != head:
        yield f"the log ends at {len(log)}, the row of the sprint says {head}"


def _compare(connection: Connection, id: str, sprint: Sprint) -> Iterator[str]:
    """Both ways: what the log says and the table does not, and the other way about."""
    for kind in KINDS:
        rows = table(ROWS[kind])
        mine = rows.c.id if ROWS[kind] is SprintRow else rows.c.sprint
        expected = dict(sprint.records[kind])
        for row in connection.execute(select(rows).where(mine == id)):
            try:
                found = record(kind, row)
            except ValueError as trouble:
                yield f"table {kind}, {row.id}: can not be read ({trouble})"
                expected.pop(row.id, None)
                continue
            if found is None:
                continue
            told = expected.pop(found.id, None)
            if told is None:
                yield f"table {kind} has {found.id}, the log has not"
            elif told != found:
                fields = [
                    f for f in found.__struct_fields__ if getattr(found, f) != getattr(told, f)
                ]
                yield f"table {kind}, {found.id}: the log says otherwise about {', '.join(fields)}"
        for missing in expected:
            yield f"the log has {kind} {missing}, the table has not"
