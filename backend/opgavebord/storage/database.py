"""What everybody who keeps something asks of a database: run this, as one transaction.

`work` is a plain function of a SQLAlchemy connection. It knows nothing of threads, pools or the event
loop, so the same function runs on SQLite (`sqlite.py`: one file, one connection, one thread) and on
PostgreSQL (`postgres.py`: a pool). Statements are SQLAlchemy's, so that both understand them.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection as Connection  # for those who hand it on to a statement of ours

T = TypeVar("T")


class Database(Protocol):
    """Open, run, close."""

    @property
    def kind(self) -> str:
        """sqlite or postgresql."""

    async def open(self) -> None:
        """Connect, and bring the tables up to date.

        Raises `StorageBusy` (another process has it), `StorageTrouble` (not now) and `StorageLost`
        (this database must not be used: it is damaged, newer than we are, or would not keep what it promises).
        """

    async def close(self) -> None: ...

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Do this in one transaction of its own, off the event loop.

        When this returns, what it wrote is on the disk. When it raises, nothing was written; or, if
        it raises `StorageLost`, nobody knows. On PostgreSQL the answer to a COMMIT may be lost: then it
        raises `StorageTrouble`, and who tries again finds out by what is there. `work` may run again
        where two transactions were in each other's way, so it has no effect but on its connection.
        """

    def alone(self, what: str) -> AbstractAsyncContextManager[None]:
        """Only one at a time does this, of all processes that use this database; the others wait."""

    async def at_length(self, work: Callable[[Connection], T]) -> T:
        """`run`, for what may take minutes, such as filling an empty database."""

    async def scrub(self, *, rebuild: bool) -> bool:
        """Overwrite in our files what was deleted. `rebuild`: also what an older version left lying; that
        holds everybody up. False: not now, somebody reads."""

    async def copy_to(self, to: Path, tell: Callable[[float], None]) -> None:
        """Everything, as it is at one moment, in a new SQLite file; others go on meanwhile.
        `tell` hears how far it is, from 0 to 1, from another thread."""
