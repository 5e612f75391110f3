"""Backups of a running server: when somebody asks, and by themselves where there is a folder for them.

By themselves: every five minutes when something changed, and at once when an evening was closed. Of all
processes that share the folder one does it, who holds its lock. Whatever goes wrong with a backup is
written down and counted and tried again; the evening never hears of it. So no backup is begun either
that would fill the disk.
"""

import asyncio
import contextlib
import errno
import fcntl
import logging
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ..storage import marks
from ..storage.backup import BESIDE, NotABackup, Tell
from ..storage.database import Database
from ..storage.log import Log
from . import shelf
from .drill import last
from .making import Made, make

EVERY: Final = 300.0
LOOK: Final = 15.0  # how soon we hear that an evening was closed
AGAIN: Final = 60.0  # after one that failed
SPARE_BYTES: Final = 256 * 1024 * 1024  # of the disk, besides twice what the last backup took
LOCK: Final = ".lock"

_log: Final = logging.getLogger("opgavebord.backups")


class Backups:
    def __init__(
        self,
        database: Database,
        log: Log,
        *,
        product: str,
        data_dir: Path,
        key: Path,
        folder: Path | None,
        keep_days: int,
        failed: Callable[[], None],
        clock: Callable[[], float] = time.time,
        look: float = LOOK,
    ) -> None:
        """`folder`: for those that are made by themselves; None: none are. `failed`: counts."""
        self._database = database
        self._log = log
        self._product = product
        self._data_dir = data_dir
        self._key = key
        self._folder = folder
        self._keep_days = keep_days
        self._failed = failed
        self._clock = clock
        self._look = look
        self._one_at_a_time = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._lock: int | None = None
        self._mark: tuple[int, ...] | None = None  # what the newest backup holds
        self._closed: int | None = None
        self._tried = float("-inf")
        self._current: float | None = None  # so long ago everything was in a backup

    # -- when somebody asks -----------------------------------------------------------

    async def make(self, out: Path | None, *, with_key: bool, tell: Tell) -> Made:
        """One backup, in this folder or in the usual one."""
        parent = out or self._folder or self._data_dir / BESIDE
        async with self._one_at_a_time:
            return await make(
                self._database,
                self._log,
                parent,
                product=self._product,
                at=self._clock(),
                tell=tell,
                key=self._key if with_key else None,
            )

    # -- for the metrics --------------------------------------------------------------

    def age(self) -> float | None:
        """How old the state is that we could go back to, in seconds; None where none are made."""
        if self._folder is None:
            return None
        newest = self._current if self._current is not None else shelf.newest(self._folder)
        return None if newest is None else max(0.0, self._clock() - newest)

    def drilled(self) -> float | None:
        """1: the last drill went well. 0: it did not. None: there never was one."""
        found = last(self._data_dir)
        return None if found is None else float(found[0])

    # -- by themselves ----------------------------------------------------------------

    def start(self) -> None:
        if self._folder is not None:
            self._task = asyncio.create_task(self._mind(self._folder))

    async def close(self) -> None:
        """One that is being made is left unfinished; the next start makes another."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def _mind(self, folder: Path) -> None:
        while True:
            try:
                if self._hold(folder):
                    await self.see_to_it(folder)
            except (OSError, NotABackup) as trouble:
                self._failed()
                _log.error("a backup was not made: %s", trouble)
            except Exception:
                self._failed()
                _log.exception("a backup was not made")
            await asyncio.sleep(self._look)

    async def see_to_it(self, folder: Path) -> Made | None:
        """Make one if it is time. None: it is not."""
        now = self._clock()
        mark = await self._database.run(marks.how_far)
        closed = await self._database.run(marks.closed)
        if mark == self._mark:
            self._current, self._closed = now, closed
            return None
        over = self._closed is not None and closed > self._closed
        if not over and now < self._tried + (EVERY if self._mark else AGAIN):
            return None
        self._tried = now
        self._mark = None  # until it has been made
        await asyncio.to_thread(_room_for_one, folder)
        made = await self.make(None, with_key=False, tell=_nobody)
        self._mark, self._closed, self._current = mark, closed, now
        gone = await asyncio.to_thread(shelf.tidy, folder, now, self._keep_days)
        size = made.manifest.bytes
        _log.info("a backup was made", extra={"of": {"bytes": size, "old_ones_gone": len(gone)}})
        return made

    def _hold(self, folder: Path) -> bool:
        """Whether this process is the one that makes them in this folder."""
        if self._lock is not None:
            return True
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._lock = handle
        return True


def _room_for_one(folder: Path) -> None:
    there = shelf.backups(folder)
    before = sum(one.stat().st_size for one in there[-1][1].iterdir()) if there else 0
    if shutil.disk_usage(folder).free < 2 * before + SPARE_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def _nobody(_: float) -> None:
    pass
