"""Wiping an evening: for good, everywhere we can reach, and with a line that says that it was done.

In this order, so that a power cut at any moment leaves it whole or wiped, and never wiped without a line:
the line (not `done` yet) and what stays public; a mark beside the backups, so that an older one does not
bring it back; the evening itself, with its seats, links and whoever looks at it; `done`. What a cut left undone the
next round does.

Then the traces: what is deleted is overwritten in the file at once, the `-wal` is emptied, and once
nobody is in an evening the file is built anew. Copies of the database that we made go when they are as old
as the term allows.
"""

import asyncio
import contextlib
import logging
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from ..backups import shelf, wiped
from ..export.left import left, write
from ..export.report import report
from ..sprint.sprint import Sprint
from ..storage import retention
from ..storage.database import Database
from ..storage.replacing import ASIDE
from ..storage.retention import Destroyed
from ..storage.trouble import StorageTrouble
from .terms import DAY_MS, Rule, Term, due, term

FIRST: Final = 60.0  # seconds after the start
EVERY: Final = 6 * 3_600.0  # a laptop is on for one evening, so oftener than daily
SMALL_BYTES: Final = 64 * 1024 * 1024  # so much is built anew in less than a second

_log: Final = logging.getLogger("opgavebord.retention")


def seconds_since_boot() -> float:
    """With those in which the machine slept."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class OnTheWay(Exception):
    """This evening is on a journey; it can not be wiped here."""


class Retention:
    def __init__(
        self,
        database: Database,
        *,
        look: Callable[[str], Awaitable[Sprint]],
        forget: Callable[[str], Awaitable[None]],
        keep_days: int,
        data_dir: Path,
        backups: tuple[Path, ...],
        wall: Callable[[], int],
        quiet: Callable[[], bool] = lambda: True,
        time: Callable[[], float] = seconds_since_boot,
    ) -> None:
        """`look`: a sprint as it is kept. `forget`: wipe it, wherever it is open. `backups`: the folders
        in which we make them. `quiet`: whether nobody is in an evening now. `time`: seconds that nobody
        can set."""
        self._database = database
        self._look = look
        self._forget = forget
        self._keep_days = keep_days
        self._data_dir = data_dir
        self._backups = backups
        self._wall = wall
        self._quiet = quiet
        self._time = time
        self._began = (wall(), time())
        self._task: asyncio.Task[None] | None = None

    # -- what is asked ----------------------------------------------------------------

    async def terms(self) -> list[Term]:
        """Every evening, and when it is wiped."""
        found = await self._database.run(retention.evenings)
        return [term(one, self._keep_days) for one in found]

    async def wipe(self, sprint: str, rule: Rule) -> Destroyed | None:
        """Wipe this one now. None: there is no such evening. Raises `OnTheWay`."""
        there = await self._look(sprint)
        evening = there.evening
        if evening is None:
            return None
        if evening.away is not None:
            raise OnTheWay(sprint)
        counts = await self._database.run(lambda c: retention.counts(c, sprint))
        line = Destroyed(
            sprint=sprint,
            title=evening.title,
            number=evening.number,
            at=self._wall(),
            rule=rule,
            entries=counts.entries,
            notes=counts.notes,
            seats=counts.seats,
        )
        stays = write(left(report(there))) if evening.published else None
        await self._database.run(lambda c: retention.write_down(c, line, stays))
        await asyncio.to_thread(self._tell_the_backups, sprint)
        await self._forget(sprint)
        await self._database.run(retention.settle)
        _log.info("an evening was wiped", extra={"of": {"rule": rule, "entries": counts.entries}})
        with contextlib.suppress(StorageTrouble):  # then a later round does it
            await self.scrub()
        return line

    async def go_round(self) -> list[Destroyed]:
        """Wipe whatever is due, then the traces, then the copies that are too old."""
        gone: list[Destroyed] = []
        async with self._database.alone("retention"):
            await self._database.run(retention.settle)
            for one in due(await self.terms(), self._wall()):
                with contextlib.suppress(OnTheWay):
                    done = await self.wipe(one.sprint, one.rule)
                    gone += [] if done is None else [done]
            await self.scrub(patient=True)
        await asyncio.to_thread(self._tidy)
        return gone

    async def scrub(self, *, patient: bool = False) -> bool:
        """Overwrite the traces of what was wiped. False: not all of it yet; a later round does.
        `patient`: it may take long, if nobody is in an evening."""
        if not await self._database.run(retention.owed):
            return True
        rebuild = (patient and self._quiet()) or await asyncio.to_thread(self._is_small)
        if await self._database.scrub(rebuild=rebuild) and rebuild:
            await self._database.run(retention.is_scrubbed)
            return await self._database.scrub(rebuild=False)
        return False

    def _tell_the_backups(self, sprint: str) -> None:
        for parent in self._backups:
            try:
                wiped.write_down(parent, sprint)
            except (
                OSError
            ) as trouble:  # a disk that is not plugged in keeps nobody's words alive here
                _log.error(
                    "a folder of backups does not hear that an evening is wiped: %s", trouble
                )

    def _is_small(self) -> bool:
        return sum(one.stat().st_size for one in self._data_dir.glob("*.sqlite3")) < SMALL_BYTES

    def _tidy(self) -> None:
        now = self._wall() / 1_000
        for parent in self._backups:
            if parent.is_dir():
                shelf.tidy(parent, now, self._keep_days)
        old = now - min(shelf.DAYS, self._keep_days) * DAY_MS / 1_000
        shelf.sweep(self._data_dir, now)
        for aside in self._data_dir.glob(f"{ASIDE}*"):  # a database that a restore moved aside
            if aside.stat().st_mtime < old:
                shutil.rmtree(aside)
        for copy in self._data_dir.glob(
            "opgavebord.before-*.sqlite3"
        ):  # as older versions made them
            if copy.stat().st_mtime < old:
                copy.unlink()

    # -- by itself --------------------------------------------------------------------

    def start(self) -> None:
        self._task = asyncio.create_task(self._mind())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def clock_jumped(self) -> bool:
        """Whether the clock on the wall went on by a day more, or less, than time did since our start.
        Then we wipe nothing: an evening that goes too early does not come back."""
        gone = (self._wall() - self._began[0]) / DAY_MS
        return abs(gone - (self._time() - self._began[1]) / shelf.DAY) > 1

    async def _mind(self) -> None:
        await asyncio.sleep(FIRST)
        while True:
            try:
                if self.clock_jumped():
                    _log.error("the clock jumped; nothing is wiped until the next start")
                else:
                    await self.go_round()
            except Exception:
                _log.exception("retention could not do its round; it tries again")
            await asyncio.sleep(EVERY)
