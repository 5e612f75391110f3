"""Evenings kept by the production code while the disk is watched, for power cuts: see `power.py`.

What is tried is what `SqliteDatabase` and its PRAGMAS say at that moment; a program that changes
them first (`synchronous`, say) tries that.
"""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from opgavebord.sprint.entry import Entry
from opgavebord.storage.sqlite import SqliteDatabase
from opgavebord.storage.sqlite_log import SqliteLog
from tests.storage import power
from tests.storage.evening import Writer

SPRINTS = ("avond", "middag")


class Evening:
    """Sprints that are kept at once, and what was promised of them."""

    def __init__(self) -> None:
        self.writers = {sprint: Writer(sprint) for sprint in SPRINTS}
        self.promises: list[power.Promise] = []

    async def live(self, folder: Path, rounds: int, checkpoint: int | None) -> None:
        """From opening the folder, migrations included, to closing it."""
        database = SqliteDatabase(folder)
        await database.open()
        log = SqliteLog(database)
        if checkpoint is not None:
            often = f"PRAGMA wal_autocheckpoint={checkpoint}"
            await database.run(lambda connection: connection.exec_driver_sql(often).close())
        for sprint, writer in self.writers.items():
            if not writer.entries:
                await log.create(sprint)
                await self._say(log, sprint, writer.founding())
        for round in range(rounds):
            await asyncio.gather(
                *(
                    self._say(log, sprint, *self._notes(sprint, 1 + (round + place) % 4))
                    for place, sprint in enumerate(SPRINTS)
                )
            )
        await database.close()

    def _notes(self, sprint: str, count: int) -> Iterator[Entry]:
        writer = self.writers[sprint]
        for _ in range(count):
            yield writer.create(f"{sprint[:2]}{writer.number:06}", "De bus komt niet meer. " * 9)

    async def _say(self, log: SqliteLog, sprint: str, *entries: Entry) -> None:
        assert await log.append(sprint, self.writers[sprint].append(*entries))
        self.promises.append(power.Promise(time.monotonic_ns(), sprint, entries[-1].seq))

    def log(self, sprint: str) -> list[str]:
        return [msgspec.json.encode(one.change).decode() for one in self.writers[sprint].entries]


async def pull_the_plug(
    place: Path, count: int, *, rounds: int, checkpoint: int | None = None, seed: int = 1
) -> power.Cuts:
    """An evening, closed well and gone on with, and so many cuts in it. `place`: a folder, best in
    memory. `checkpoint`: after so many pages the log goes into the file; as SQLite does it, if None."""
    evening = Evening()
    with power.recording(place / "evening") as done:
        await evening.live(place / "evening", rounds, checkpoint)
        await evening.live(place / "evening", rounds // 4, checkpoint)
    return power.cut(done, evening.promises, evening.log, count=count, place=place, seed=seed)
