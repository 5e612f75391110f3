"""What the desk asks of the tables: accounts, who is signed in, opgaven, and the clock of sprints.

Functions of a connection, to be run by `Database.run`, so that what belongs together is one
transaction. Passwords, tokens and secrets come in as hashes only.
"""

from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, func, insert, select, update

from .tables import (
    AccountRow,
    DeskInvitationRow,
    DeskSessionRow,
    DeskSprintRow,
    OpgaveRow,
    SprintRow,
    table,
)

_accounts: Final = table(AccountRow).c
_sessions: Final = table(DeskSessionRow).c
_invitations: Final = table(DeskInvitationRow).c
_opgaven: Final = table(OpgaveRow).c
_planned: Final = table(DeskSprintRow).c
_sprints: Final = table(SprintRow).c


class Account(Struct, frozen=True):
    """Somebody of the municipality."""

    id: str
    name: str


class Listed(Struct, frozen=True, forbid_unknown_fields=True):
    """A voice or a domain: a short code and a name."""

    code: str
    title: str


class Village(Struct, frozen=True, forbid_unknown_fields=True):
    """A kern, and its tile on a schematic map; 0: no tile."""

    code: str
    title: str
    column: int = 0
    row: int = 0


class Opgave(Struct, frozen=True, forbid_unknown_fields=True):
    """A task, as data: what every sprint about it begins with."""

    title: str
    question: str
    source: str = ""
    level: str = ""
    fixed: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    words: tuple[str, ...] = ()  # what happens with what people write
    kernen: tuple[Village, ...] = ()
    stemmen: tuple[Listed, ...] = ()
    domeinen: tuple[Listed, ...] = ()


class KeptOpgave(Struct, frozen=True):
    id: str
    version: int
    opgave: Opgave


class Clock(Struct, frozen=True, forbid_unknown_fields=True):
    """When a sprint is, and for how many. `starts` and `ends` are minutes since midnight."""

    day: str = ""  # 2026-04-16
    starts: int = 19 * 60 + 30
    ends: int | None = None
    people: int = 0
    tablets: int = 1  # on each table


class SprintOf(Struct, frozen=True):
    """A sprint as the list of the desk shows it."""

    id: str
    opgave: str | None
    title: str
    number: int
    place: str
    date: str
    phase: str
    away: bool  # on a journey


# --- accounts ---------------------------------------------------------------------------


def accounts(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(table(AccountRow))).scalar_one()


def account_named(connection: Connection, name_key: str) -> tuple[Account, str] | None:
    """Who has this name, and the hash of the password."""
    asked = select(_accounts.id, _accounts.name, _accounts.password_hash)
    row = connection.execute(asked.where(_accounts.name_key == name_key)).first()
    return None if row is None else (Account(row[0], row[1]), row[2])


def add_account(
    connection: Connection, account: Account, name_key: str, password_hash: str, at: int
) -> None:
    row = {
        "id": account.id,
        "name": account.name,
        "name_key": name_key,
        "password_hash": password_hash,
        "at": at,
    }
    connection.execute(insert(table(AccountRow)), row)


def all_accounts(connection: Connection) -> list[Account]:
    """Who may sit at the desk, by name."""
    asked = select(_accounts.id, _accounts.name).order_by(_accounts.name_key)
    return [Account(*row) for row in connection.execute(asked)]


def remove_account(connection: Connection, account: str) -> bool:
    """Its sessions go with it. False: there is no such account."""
    gone = delete(table(AccountRow)).where(_accounts.id == account)
    return connection.execute(gone).rowcount == 1


def keep_password(connection: Connection, account: str, password_hash: str) -> None:
    changed = update(table(AccountRow)).where(_accounts.id == account)
    connection.execute(changed.values(password_hash=password_hash))


# --- who is signed in -------------------------------------------------------------------


def add_session(connection: Connection, token_hash: str, account: str, until: int) -> None:
    row = {"token_hash": token_hash, "account": account, "until": until}
    connection.execute(insert(table(DeskSessionRow)), row)


def signed_in(connection: Connection, token_hash: str, now: int) -> Account | None:
    asked = (
        select(_accounts.id, _accounts.name)
        .join(table(DeskSessionRow), _sessions.account == _accounts.id)
        .where(_sessions.token_hash == token_hash, _sessions.until > now)
    )
    row = connection.execute(asked).first()
    return None if row is None else Account(row[0], row[1])


def end_session(connection: Connection, token_hash: str) -> None:
    connection.execute(delete(table(DeskSessionRow)).where(_sessions.token_hash == token_hash))


def end_old(connection: Connection, now: int) -> None:
    """Sessions and invitations whose time is over leave the tables."""
    connection.execute(delete(table(DeskSessionRow)).where(_sessions.until <= now))
    connection.execute(delete(table(DeskInvitationRow)).where(_invitations.until <= now))


# --- invitations ------------------------------------------------------------------------


def add_invitation(connection: Connection, secret_hash: str, until: int) -> None:
    connection.execute(
        insert(table(DeskInvitationRow)), {"secret_hash": secret_hash, "until": until}
    )


def is_invited(connection: Connection, secret_hash: str, now: int) -> bool:
    asked = select(_invitations.until).where(_invitations.secret_hash == secret_hash)
    until = connection.execute(asked).scalar()
    return until is not None and until > now


def use_invitation(connection: Connection, secret_hash: str) -> None:
    connection.execute(
        delete(table(DeskInvitationRow)).where(_invitations.secret_hash == secret_hash)
    )


# --- opgaven ----------------------------------------------------------------------------

_FIELDS: Final = Opgave.__struct_fields__
_LISTS: Final = {
    field.name: msgspec.json.Decoder(field.type)
    for field in msgspec.structs.fields(Opgave)
    if field.type is not str
}


def opgaven(connection: Connection) -> list[KeptOpgave]:
    """All of them, the newest first."""
    asked = select(table(OpgaveRow)).order_by(_opgaven.at.desc(), _opgaven.id)
    return [_kept(dict(row._mapping)) for row in connection.execute(asked)]


def opgave(connection: Connection, id: str) -> KeptOpgave | None:
    row = connection.execute(select(table(OpgaveRow)).where(_opgaven.id == id)).first()
    return None if row is None else _kept(dict(row._mapping))


def how_many_opgaven(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(table(OpgaveRow))).scalar_one()


def add_opgave(connection: Connection, id: str, opgave: Opgave, at: int) -> None:
    connection.execute(
        insert(table(OpgaveRow)), {"id": id, "version": 1, "at": at, **_columns(opgave)}
    )


def change_opgave(connection: Connection, id: str, version: int, opgave: Opgave) -> bool:
    """False: it is not there, or somebody else changed it since that version."""
    changed = (
        update(table(OpgaveRow))
        .where(_opgaven.id == id, _opgaven.version == version)
        .values(version=version + 1, **_columns(opgave))
    )
    return connection.execute(changed).rowcount == 1


def _columns(opgave: Opgave) -> dict[str, str]:
    return {
        name: msgspec.json.encode(value).decode() if name in _LISTS else value
        for name, value in zip(_FIELDS, msgspec.structs.astuple(opgave), strict=True)
    }


def _kept(row: dict[str, Any]) -> KeptOpgave:
    fields = {
        name: _LISTS[name].decode(row[name]) if name in _LISTS else row[name] for name in _FIELDS
    }
    return KeptOpgave(row["id"], row["version"], Opgave(**fields))


# --- sprints ----------------------------------------------------------------------------


def keep_clock(connection: Connection, sprint: str, opgave: str | None, clock: Clock) -> None:
    """The clock of a sprint, new or instead of what was there; its opgave stays."""
    row = msgspec.structs.asdict(clock)
    changed = update(table(DeskSprintRow)).where(_planned.sprint == sprint).values(**row)
    if connection.execute(changed).rowcount == 0:
        new = {"sprint": sprint, "opgave": opgave, **row}
        connection.execute(insert(table(DeskSprintRow)), new)


def clock(connection: Connection, sprint: str) -> tuple[str | None, Clock]:
    """The opgave of a sprint and its clock; of one that did not begin at the desk, a usual clock."""
    row = connection.execute(select(table(DeskSprintRow)).where(_planned.sprint == sprint)).first()
    if row is None:
        return None, Clock()
    fields = dict(row._mapping)
    del fields["sprint"]
    return fields.pop("opgave"), Clock(**fields)


def sprints(connection: Connection) -> list[SprintOf]:
    """Every evening but rehearsals, the newest first."""
    asked = (
        select(
            _sprints.id,
            _planned.opgave,
            _sprints.title,
            _sprints.number,
            _sprints.place,
            _sprints.date,
            _sprints.phase,
            _sprints.away.is_not(None),
        )
        .select_from(table(SprintRow))
        .outerjoin(table(DeskSprintRow), _planned.sprint == _sprints.id)
        .where(_sprints.evening.is_not(None), _sprints.rehearsal.is_(False))
        .order_by(_sprints.made.desc())
    )
    return [SprintOf(*row) for row in connection.execute(asked)]
