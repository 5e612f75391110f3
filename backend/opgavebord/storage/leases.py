"""Which rehearsals are being played, and until when whoever plays them is sure to.

Functions of a connection, to be run by `Database.run`. Times are milliseconds since 1970.
"""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from .tables import RehearsalRow, SprintRow, table
from .turns import take_turn

_leases: Final = table(RehearsalRow).c
_sprints: Final = table(SprintRow).c


def begin(connection: Connection, sprint: str, of: str, now: int, until: int) -> str | None:
    """Lay a claim on the rehearsal of this evening. Returns the one that somebody plays already."""
    take_turn(connection, f"rehearsal of {of}")
    runs = played(connection, of, now)
    if runs is None:
        row = {"sprint": sprint, "of": of, "until": until}
        connection.execute(insert(table(RehearsalRow)), row)
    return runs


def played(connection: Connection, of: str, now: int) -> str | None:
    """The rehearsal of this evening that is being played, by whichever process."""
    asked = select(_leases.sprint).where(_leases.of == of, _leases.until > now)
    found: str | None = connection.execute(asked.limit(1)).scalar()
    return found


def renew(connection: Connection, sprint: str, until: int) -> bool:
    """False: somebody ended it."""
    renewed = update(table(RehearsalRow)).where(_leases.sprint == sprint)
    return connection.execute(renewed.values(until=until)).rowcount == 1


def end(connection: Connection, sprint: str) -> bool:
    """False: there is no such rehearsal, or not any more."""
    ended = delete(table(RehearsalRow)).where(_leases.sprint == sprint)
    return connection.execute(ended).rowcount == 1


def left(connection: Connection, now: int, playing: Collection[str] | None) -> list[str]:
    """Rehearsals that nobody plays any more. `playing`: all that are, where one process knows that."""
    over = _leases.until <= now if playing is None else _leases.sprint.not_in(playing)
    connection.execute(delete(table(RehearsalRow)).where(over))
    held = select(_leases.sprint)
    asked = select(_sprints.id).where(_sprints.rehearsal.is_(True), _sprints.id.not_in(held))
    return list(connection.execute(asked).scalars())
