"""A process that appends and, for each append that was kept, says up to where. Meant to be killed."""

import asyncio
import sys
from pathlib import Path

from opgavebord.sprint.change import apply
from opgavebord.storage.sqlite import SqliteDatabase
from opgavebord.storage.sqlite_log import SqliteLog
from tests.storage.evening import Writer


async def main(folder: Path) -> None:
    database = SqliteDatabase(folder)
    await database.open()
    log = SqliteLog(database)
    writer = Writer()
    await log.create("avond")
    for entry in await log.since("avond", 0):
        apply(writer.sprint, entry.change)
        writer.sprint.head = entry.seq
        writer.number = entry.number
    if writer.sprint.head == 0:
        await log.append("avond", writer.append(writer.founding()))
    while True:
        count = 1 + writer.sprint.head % 5
        append = writer.append(*(writer.create(f"n{writer.number:06}") for _ in range(count)))
        assert await log.append("avond", append)
        sys.stdout.write(f"{writer.sprint.head}\n")
        sys.stdout.flush()


asyncio.run(main(Path(sys.argv[1])))
