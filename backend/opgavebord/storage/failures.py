"""Who guessed wrong lately: rows that every process sees, and that leave by themselves.

Functions of a connection, to be run by `Database.run`. Times are milliseconds since 1970; who guessed comes in as a hash.
"""

import secrets
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from .tables import FailureRow, table

_failures: Final = table(FailureRow).c


FORGIVEN: Final = ""
AHEAD_MS: Final = (
    60_000  # as much as clocks of machines differ; later than that is of a wrong clock
)


def last_but(
    connection: Connection, what: str, who: str | None, most: int, after: int, now: int
) -> int | None:
    """When the failure was after which there were `most - 1` more; None where there were not so many
    after that moment. `who`: None for everybody together."""
    asked = select(_failures.at).where(
        _failures.what == what, _failures.at > after, _failures.at <= now + AHEAD_MS
    )
    if who is not None:
        asked = asked.where(_failures.who == who)
    found: int | None = connection.execute(
        asked.order_by(_failures.at.desc()).offset(most - 1).limit(1)
    ).scalar()
    return found


def add(connection: Connection, what: str, who: str, at: int, forget: int) -> str:
    """One more. What is of before `forget` leaves. Returns its id."""
    connection.execute(
        delete(table(FailureRow)).where(_failures.what == what, _failures.at <= forget)
    )
    id = secrets.token_hex(12)
    connection.execute(insert(table(FailureRow)), {"id": id, "what": what, "who": who, "at": at})
    return id


def forgive(connection: Connection, what: str, who: str, id: str) -> None:
    """That one was right after all: what else failed under this name counts for all, and no more for it."""
    connection.execute(delete(table(FailureRow)).where(_failures.id == id))
    mine = update(table(FailureRow)).where(_failures.what == what, _failures.who == who)
    connection.execute(mine.values(who=FORGIVEN))
