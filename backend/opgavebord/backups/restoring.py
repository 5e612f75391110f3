"""A backup put back: verified before anything is touched, and then all of it or nothing.

Into a data folder it goes by way of a folder beside the database, where it is brought up to date and
read back; then it takes the place of the old one (`storage/replacing.py`), which is moved aside and not
thrown away. Into PostgreSQL it goes in one transaction, and only where nothing is kept yet.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from msgspec import Struct

from ..storage import backup, pouring, replacing
from ..storage.backup import Manifest, NotABackup, Tell
from ..storage.database import Connection, Database
from ..storage.log import Log
from ..storage.migrations import NEWEST
from ..storage.sqlite import SqliteDatabase, take
from ..storage.sqlite_log import SqliteLog
from .shelf import RESTORING

Mend = Callable[[Database, Log], Awaitable[int]]
"""What is done to a restored database before anybody sees it. Returns how many sprints it took away."""


class CanNotRestore(Exception):
    """Why not. The text is for a person. Nothing was changed."""


class Restored(Struct, frozen=True):
    manifest: Manifest
    aside: Path | None  # where the database went that was there
    key: str  # of the links: "put back", "left" (there was one), "none"
    wiped: int  # sprints that were wiped since this backup was made, and are not put back


def read(folder: Path) -> Manifest:
    """Verified. Raises `CanNotRestore`."""
    try:
        manifest = backup.verify(folder)
    except NotABackup as trouble:
        raise CanNotRestore(f"{_sentence(trouble)} Nothing was changed.") from None
    if manifest.schema > NEWEST:
        raise CanNotRestore(
            f"{folder} was made by a newer Opgavebord ({manifest.schema}); this one knows {NEWEST}. "
            "Nothing was changed."
        )
    return manifest


async def into_folder(
    folder: Path, data_dir: Path, *, replace: bool, key: Path, tell: Tell, mend: Mend
) -> Restored:
    """Into this data folder. `key`: where the key of the links has its place. Raises `CanNotRestore`,
    and `StorageBusy` where a server has the folder."""
    manifest = await asyncio.to_thread(read, folder)
    tell(0.4)
    lock = _hold(data_dir)
    try:
        replacing.finish(data_dir, lock)  # of somebody before us, whom the power left
        if (data_dir / backup.FILE).exists() and not replace:
            raise CanNotRestore(
                f"There is a database in {data_dir}. With --replace it is moved aside. Nothing was changed."
            )
        (data_dir / replacing.RESTORED_KEY).unlink(missing_ok=True)
        ours = key == data_dir / backup.KEY  # one elsewhere is of other machines too
        said = _key(folder, manifest, key, data_dir / replacing.RESTORED_KEY if ours else key)
        wiped = await _fresh(folder, data_dir, manifest, tell, mend)
        backup.sync(data_dir)
        aside = replacing.finish(data_dir, lock)
    finally:
        os.close(lock)
    tell(1.0)
    return Restored(manifest, None if aside == data_dir else aside, said, wiped)


async def _fresh(folder: Path, data_dir: Path, manifest: Manifest, tell: Tell, mend: Mend) -> int:
    """The new database under the name that decides it: up to date, read back, on the disk."""
    with tempfile.TemporaryDirectory(prefix=RESTORING, dir=data_dir) as name:
        scratch = Path(name)
        wiped = await _brought_up_to_date(folder, scratch, manifest, mend)
        tell(0.9)
        backup.sync(scratch / backup.FILE)
        (scratch / backup.FILE).rename(data_dir / replacing.RESTORED)
    return wiped


async def _brought_up_to_date(folder: Path, scratch: Path, manifest: Manifest, mend: Mend) -> int:
    """A copy of the database of a backup, in a folder that is ours alone."""
    await asyncio.to_thread(shutil.copyfile, folder / backup.FILE, scratch / backup.FILE)
    os.chmod(scratch / backup.FILE, 0o600)
    database = SqliteDatabase(scratch)
    await database.open()
    try:
        log = SqliteLog(database)
        heads = await log.heads(list(manifest.sprints))
        wiped = await mend(database, log)
    finally:
        await database.close()
    if heads != {id: mark.head for id, mark in manifest.sprints.items()}:
        raise CanNotRestore(
            "After bringing it up to date entries are missing. Nothing was changed."
        )
    return wiped


def _key(folder: Path, manifest: Manifest, key: Path, to: Path) -> str:
    """`key`: where it has its place; `to`: another name, if one that is there may be moved aside."""
    if not manifest.key or (key.exists() and to == key):
        return "left" if key.exists() else "none"
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(folder / backup.KEY, to)
    os.chmod(to, 0o600)
    backup.sync(to)
    return "put back"


async def into_database(
    folder: Path, database: Database, *, scratch_in: Path, key: Path, tell: Tell, mend: Mend
) -> Restored:
    """Into this open database that holds nothing yet. Raises `CanNotRestore`."""
    manifest = await asyncio.to_thread(read, folder)
    tell(0.3)
    if not await database.run(pouring.is_empty):
        raise CanNotRestore(
            "This database is not empty. Make a new one and name it in OPGAVEBORD_DATABASE. "
            "Nothing was changed."
        )
    with tempfile.TemporaryDirectory(prefix=RESTORING, dir=scratch_in) as name:
        scratch = Path(name)
        wiped = await _brought_up_to_date(folder, scratch, manifest, mend)
        file = scratch / backup.FILE

        def pour(connection: Connection) -> None:
            if not pouring.is_empty(connection):  # somebody began meanwhile, or this runs again
                raise CanNotRestore(
                    "Somebody else began to use this database. Nothing was changed."
                )
            pouring.pour_in(file, connection, lambda done: tell(0.4 + done * 0.5))

        await database.at_length(pour)
    tell(1.0)
    return Restored(manifest, None, _key(folder, manifest, key, key), wiped)


def _hold(data_dir: Path) -> int:
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return take(data_dir)


def _sentence(trouble: Exception) -> str:
    said = str(trouble)
    return said[:1].upper() + said[1:] + "."
