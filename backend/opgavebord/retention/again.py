"""What was wiped since a backup was made is wiped again when it is put back, before anybody sees it."""

import time
from pathlib import Path

from ..archiving import replayed
from ..backups.restoring import Mend
from ..backups.wiped import wiped
from ..sprint.sprint import Sprint
from ..storage.database import Database
from ..storage.log import Log
from .wiping import OnTheWay, Retention


def wipe_again(folder: Path) -> Mend:
    """What is done to a database that comes out of this backup."""
    gone = wiped(folder.absolute().parent)

    async def mend(database: Database, log: Log) -> int:
        async def look(sprint: str) -> Sprint:
            return replayed(await log.since(sprint, 0))

        retention = Retention(
            database,
            look=look,
            forget=log.forget,
            keep_days=1,
            data_dir=folder,
            backups=(),
            wall=lambda: time.time_ns() // 1_000_000,
        )
        there = [sprint for sprint in await log.sprints() if sprint in gone]
        for sprint in there:
            try:
                await retention.wipe(sprint, "again")
            except OnTheWay:  # it was at home again when it was wiped
                await log.forget(sprint)
        return len(there)

    return mend
