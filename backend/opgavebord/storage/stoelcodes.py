"""The stoelcodes that are out there, for whoever asks in whichever process.

Functions of a connection, to be run by `Database.run`. Codes come in as hashes; times are milliseconds
since 1970. Whoever gives or takes a code of a sprint has its turn: no two guesses are counted as one.
"""

from typing import Final

from sqlalchemy import Connection, delete, insert, or_, select, update

from ..sprint.sprint import Seat
from .tables import StoelcodeRow, table
from .turns import take_turn

_codes: Final = table(StoelcodeRow).c


def working(connection: Connection, sprint: str, now: int, tries: int) -> dict[str, Seat]:
    """By hash the seats whose codes work now; the others leave the table."""
    take_turn(connection, f"stoelcodes {sprint}")
    over = or_(_codes.until <= now, _codes.wrong >= tries)
    connection.execute(delete(table(StoelcodeRow)).where(_codes.sprint == sprint, over))
    asked = select(_codes.code_hash, _codes.seat, _codes.role).where(_codes.sprint == sprint)
    return {row[0]: Seat(row[1], row[2]) for row in connection.execute(asked)}


def give(connection: Connection, sprint: str, code_hash: str, seat: Seat, until: int) -> None:
    """The code of this seat; the one it had stops working."""
    connection.execute(
        delete(table(StoelcodeRow)).where(_codes.sprint == sprint, _codes.seat == seat.id)
    )
    row = {
        "sprint": sprint,
        "code_hash": code_hash,
        "seat": seat.id,
        "role": seat.role,
        "until": until,
        "wrong": 0,
    }
    connection.execute(insert(table(StoelcodeRow)), row)


def use(connection: Connection, sprint: str, code_hash: str) -> None:
    connection.execute(
        delete(table(StoelcodeRow)).where(_codes.sprint == sprint, _codes.code_hash == code_hash)
    )


def wear_out(connection: Connection, sprint: str) -> None:
    """Somebody typed what is nobody's code."""
    connection.execute(
        update(table(StoelcodeRow)).where(_codes.sprint == sprint).values(wrong=_codes.wrong + 1)
    )
