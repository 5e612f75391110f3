"""What the people at the door ask of the tables: seats, invitations, and the sprint behind a code.

Functions of a connection, to be run by `Database.run`, so that what belongs together is one
transaction. Tokens and secrets come in as SHA-256 only.
"""

from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import Connection, delete, func, select, update

from ..sprint.sprint import Role, Seat
from .tables import InvitationRow, SeatRow, SprintRow, table

_seats = table(SeatRow).c
_invitations = table(InvitationRow).c
_sprints = table(SprintRow).c


class Doorway(Struct, frozen=True):
    """A sprint as it looks from outside."""

    sprint: str
    title: str
    open: bool
    code: str
    token: str


# --- sprints ------------------------------------------------------------------------------


def behind_code(connection: Connection, code: str) -> Doorway | None:
    """The sprint with this join code; of two that drew the same, the one that is open, then the newest."""
    return _doorway(connection, _sprints.code == code)


def behind_token(connection: Connection, token: str) -> Doorway | None:
    return _doorway(connection, _sprints.token == token)


def doorway(connection: Connection, sprint: str) -> Doorway | None:
    return _doorway(connection, _sprints.id == sprint)


def _doorway(connection: Connection, which: "object") -> Doorway | None:
    asked = (
        select(_sprints.id, _sprints.title, _sprints.doors_open, _sprints.code, _sprints.token)
        .where(_sprints.evening.is_not(None), which)  # type: ignore[arg-type]
        .order_by(_sprints.doors_open.desc(), _sprints.made.desc())
        .limit(1)
    )
    row = connection.execute(asked).first()
    return None if row is None else Doorway(*row)


def newest(connection: Connection) -> str | None:
    """The sprint that was founded last, rehearsals apart."""
    asked = select(_sprints.id).where(_sprints.evening.is_not(None), _sprints.rehearsal.is_(False))
    found: str | None = connection.execute(asked.order_by(_sprints.made.desc()).limit(1)).scalar()
    return found


# --- seats --------------------------------------------------------------------------------


def seat(connection: Connection, sprint: str, role: Role, token_hash: str) -> Seat | None:
    asked = select(_seats.id).where(
        _seats.token_hash == token_hash, _seats.sprint == sprint, _seats.role == role
    )
    id = connection.execute(asked).scalar()
    return None if id is None else Seat(id, role)


def token_hashes(
    connection: Connection, sprints: Collection[str], seats: Collection[str]
) -> dict[tuple[str, str], str]:
    """Of these seats at these sprints what proves them now; of a sprint that is there also `(sprint, "")`."""
    asked = select(_seats.sprint, _seats.id, _seats.token_hash)
    rows = connection.execute(asked.where(_seats.sprint.in_(sprints), _seats.id.in_(seats)))
    found = {(row[0], row[1]): row[2] for row in rows}
    there = connection.execute(select(_sprints.id).where(_sprints.id.in_(sprints)))
    return found | {(row[0], ""): "" for row in there}


def seats_taken(connection: Connection, sprint: str, role: Role) -> int:
    asked = select(func.count()).where(_seats.sprint == sprint, _seats.role == role)
    return connection.execute(asked).scalar_one()


def add_seat(connection: Connection, sprint: str, seat: Seat, token_hash: str, at: int) -> None:
    row = {"sprint": sprint, "id": seat.id, "role": seat.role, "token_hash": token_hash, "at": at}
    connection.execute(table(SeatRow).insert(), row)


def change_token(connection: Connection, sprint: str, seat: str, token_hash: str) -> bool:
    """False: there is no such seat any more."""
    changed = update(table(SeatRow)).where(_seats.sprint == sprint, _seats.id == seat)
    return connection.execute(changed.values(token_hash=token_hash)).rowcount == 1


def take_seats_away(connection: Connection, sprint: str, role: Role, but: str | None) -> list[str]:
    """Everybody of this role loses the seat, except `but`. Returns whose seats these were."""
    these = (_seats.sprint == sprint, _seats.role == role, _seats.id != (but or ""))
    gone = list(connection.execute(select(_seats.id).where(*these)).scalars())
    connection.execute(delete(table(SeatRow)).where(*these))
    return gone


# --- invitations --------------------------------------------------------------------------


def invitation(connection: Connection, secret_hash: str) -> tuple[str, Role] | None:
    """Which sprint and role this link is for."""
    asked = select(_invitations.sprint, _invitations.role)
    row = connection.execute(asked.where(_invitations.secret_hash == secret_hash)).first()
    return None if row is None else (row[0], row[1])


def has_links(connection: Connection) -> bool:
    """Whether any link was ever made here."""
    return connection.execute(select(_invitations.epoch).limit(1)).first() is not None


def epoch(connection: Connection, sprint: str, role: Role) -> int:
    """How often the link was made anew; 0 before the first."""
    asked = select(_invitations.epoch)
    found = connection.execute(
        asked.where(_invitations.sprint == sprint, _invitations.role == role)
    ).scalar()
    return found or 0


def keep_invitation(
    connection: Connection, sprint: str, role: Role, epoch: int, secret_hash: str
) -> None:
    connection.execute(
        delete(table(InvitationRow)).where(_invitations.sprint == sprint, _invitations.role == role)
    )
    row = {"sprint": sprint, "role": role, "epoch": epoch, "secret_hash": secret_hash}
    connection.execute(table(InvitationRow).insert(), row)
