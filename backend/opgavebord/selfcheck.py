"""Once a minute: is a sprint in memory what its log says? A bug that makes the two drift apart should ring a
bell, before an evening is written home from the wrong one.

A random sprint that is open is copied as it is kept, and its log is replayed up to there, a slice at a time
with rests in between, so that screens do not feel it. What differs is not repaired: the log is the truth,
and a person has to look. From then on the gauge stays 0 until the process starts again.
"""

import asyncio
import logging
import random
from typing import Final

from .sprint.change import BadChange, apply
from .sprint.entry import Entry
from .sprint.sprint import Sprint
from .storage.log import Log
from .storage.trouble import StorageLost, StorageTrouble
from .sync.rooms import Rooms
from .watch import Watch

EVERY_SECONDS: Final = 60.0
SLICE: Final = 200  # entries: the database and the loop are each held for a few milliseconds
REST_SECONDS: Final = 0.01

_log: Final = logging.getLogger("opgavebord.selfcheck")


async def compare(rooms: Rooms, log: Log, watch: Watch, every: float = EVERY_SECONDS) -> None:
    """For as long as this runs."""
    watch.set("checker_selfcheck_ok", 1)
    while True:
        await asyncio.sleep(every)
        open_now = sorted(rooms.open_rooms)
        if not open_now:
            continue
        sprint = random.choice(open_now)  # noqa: S311 - which one is no secret
        try:
            same = await is_its_log(rooms, log, sprint)
        except (StorageTrouble, StorageLost, LookupError) as trouble:
            _log.info("a sprint could not be compared with its log: %s", trouble)
            continue
        watch.count("selfchecks")
        if not same:
            _log.error("sprint %s in memory is not what its log says", sprint)
            watch.set("checker_selfcheck_ok", 0)


async def is_its_log(rooms: Rooms, log: Log, sprint: str) -> bool:
    """Whether replaying the log gives what is in memory."""
    memory = await rooms.look(sprint)
    replayed = Sprint()
    while replayed.head < memory.head:
        entries = await log.since(sprint, replayed.head, min(SLICE, memory.head - replayed.head))
        if not entries:
            return False  # the memory is further than the log
        for entry in entries:
            take_in(replayed, entry)
        await asyncio.sleep(REST_SECONDS)
    return replayed == memory


def take_in(sprint: Sprint, entry: Entry) -> None:
    """As a room does that opens this log: an entry that can not be read or does not fit is set apart."""
    if entry.damage is None:
        try:
            apply(sprint, entry.change)
        except BadChange:
            pass
    sprint.head = entry.seq
