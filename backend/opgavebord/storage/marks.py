"""How far everything is, in one quick question: whether a backup would hold anything new."""

from typing import Any, Final

from sqlalchemy import Connection, func, select

from .tables import (
    AccountRow,
    DeskSprintRow,
    InvitationRow,
    OpgaveRow,
    SeatRow,
    SprintRow,
    table,
)

_sprints: Final = table(SprintRow).c
_clocks: Final = table(DeskSprintRow).c


def how_far(connection: Connection) -> tuple[int, ...]:
    """Numbers of which at least one is another after something was kept."""
    counted: tuple[Any, ...] = (
        select(func.count(), func.coalesce(func.sum(_sprints.head), 0)),
        select(func.count()).select_from(table(SeatRow)),
        select(func.coalesce(func.sum(table(InvitationRow).c.epoch), 0)),
        select(func.count()).select_from(table(AccountRow)),
        select(func.coalesce(func.sum(table(OpgaveRow).c.version), 0)),
        select(
            func.count(),
            func.coalesce(func.sum(_clocks.starts + func.coalesce(_clocks.ends, 0)), 0),
            func.coalesce(func.sum(_clocks.people * 10 + _clocks.tablets), 0),
        ),
    )
    return tuple(int(n) for asked in counted for n in connection.execute(asked).one())


def closed(connection: Connection) -> int:
    """How many evenings are over."""
    asked = select(func.count()).where(_sprints.phase == "closed", _sprints.rehearsal.is_(False))
    return connection.execute(asked).scalar_one()
