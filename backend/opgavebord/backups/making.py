"""A backup of a database that is in use: everything that was told before it began is in it."""

import asyncio
import os
import shutil
import threading
from pathlib import Path

from msgspec import Struct

from ..storage import backup
from ..storage.backup import Manifest, Tell
from ..storage.database import Database
from ..storage.log import Log

COPYING = 0.8  # the share of the work that is copying; the rest is reading it back


class NobodyWaits(Exception):
    """The server goes down, or who asked has gone."""


class Made(Struct, frozen=True):
    folder: Path
    manifest: Manifest


async def make(
    database: Database,
    log: Log,
    parent: Path,
    *,
    product: str,
    at: float,
    tell: Tell,
    key: Path | None = None,
    label: str = "",
) -> Made:
    """Make one in this folder. `key`: the file of the key of the links, if that goes along. `at`:
    seconds since 1970. Raises `OSError`, `sqlite3.Error`, `NotABackup` and what a database raises; then nothing is left."""
    stopped = threading.Event()

    def copied(done: float) -> None:
        if stopped.is_set():
            raise NobodyWaits
        tell(done * COPYING)

    acknowledged = await log.heads(await log.sprints())
    making = await asyncio.to_thread(backup.begin, parent)
    try:
        await database.copy_to(making / backup.FILE, copied)
        if key is not None:
            await asyncio.to_thread(_copy_key, key, making / backup.KEY)
        folder, manifest = await asyncio.to_thread(
            lambda: backup.seal(
                making,
                product=product,
                source=database.kind,
                acknowledged=acknowledged,
                at=at,
                label=label,
                stopped=stopped.is_set,
            )
        )
    except BaseException:
        stopped.set()  # a thread can not be cancelled, and a server that goes down waits for it
        await asyncio.shield(asyncio.to_thread(backup.give_up, making))
        raise
    tell(1.0)
    return Made(folder, manifest)


def _copy_key(key: Path, to: Path) -> None:
    shutil.copyfile(key, to)
    os.chmod(to, 0o600)
