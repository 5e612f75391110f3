"""The log of every sprint, whatever database keeps it. The contract is `tests/storage/test_log.py`.

A log gives numbers: entries of a sprint are 1, 2, 3 … without a hole. `append` writes entries only
if the log still ends where the writer thinks it does; that one comparison is what keeps two writers
apart, in one process or in ten. The rows that follow from the entries go in the same transaction. When
`append` returns True everything is on the disk; when it returns False nothing was written and the writer
must read on.
"""

from collections.abc import Collection
from typing import Final, Protocol

from ..sprint.entry import Entry
from ..sync.effects import Append

PAGE: Final = (
    2_000  # entries at a time, so that one long log does not keep others from the database
)


class Log(Protocol):
    """What every log can do. Raises `StorageTrouble` (nothing was kept, try again) and `StorageLost`.

    After `StorageTrouble` from `append` it may still turn out that all was kept (the answer was lost): who
    tries again with the same `expected` is told False then, and finds its own entries when it reads on.
    """

    async def create(self, sprint: str) -> None:
        """An empty log for a new sprint; nothing if it has one already."""

    async def append(self, sprint: str, append: Append) -> bool:
        """Keep all of this, on the disk, or none of it. False: the log does not end at `expected`,
        or there is no such sprint any more."""

    async def since(self, sprint: str, seq: int, most: int | None = None) -> list[Entry]:
        """The entries after this number, in order; all of them, or so many at the most."""

    async def head(self, sprint: str) -> int | None:
        """The number of the last entry; None where there is no such sprint."""

    async def heads(self, sprints: Collection[str]) -> dict[str, int]:
        """How far each of these sprints is, in one question; without those that are not there."""

    async def sprints(self) -> list[str]:
        """Every sprint, the first made first."""

    async def forget(self, sprint: str) -> None:
        """Wipe a sprint: its log, its records, and who was let in. Nothing if there is none."""
