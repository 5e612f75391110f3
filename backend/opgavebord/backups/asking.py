"""Backup, restore and drill as somebody types them: through the server where one runs, or without one.

A data folder belongs to one process. So a backup of one that is served is asked of the server; one of a
PostgreSQL is made from here, for a snapshot there is in nobody's way.
"""

import asyncio
import time
from pathlib import Path
from typing import Final

from msgspec import Struct

from ..archiving import CanNot, RunningServer
from ..people.key import KEY_FILE
from ..settings import Settings
from ..storage.backup import BESIDE, NotABackup, Tell, read_manifest
from ..storage.opening import storage
from ..storage.trouble import StorageBusy
from .drill import Outcome, drill, write_down
from .making import make
from .restoring import CanNotRestore, Mend, Restored, into_database, into_folder

ASK_EVERY: Final = 0.2


class Told(Struct, frozen=True):
    """What came of a backup."""

    folder: str
    sprints: int
    entries: int
    bytes: int
    key: bool
    seconds: float


def key_of(settings: Settings) -> Path:
    return settings.key_file or settings.data_dir / KEY_FILE


def usual_folder(settings: Settings) -> Path:
    return settings.backups or settings.data_dir / BESIDE


def back_up(settings: Settings, out: Path, product: str, *, with_key: bool, tell: Tell) -> Told:
    """Raises `CanNot`."""
    began = time.monotonic()
    if not settings.database and not settings.data_dir.exists():
        raise CanNot(f"There is no data folder {settings.data_dir}.")
    try:
        folder = asyncio.run(_here(settings, out, product, with_key=with_key, tell=tell))
    except StorageBusy:
        server = RunningServer(settings.data_dir, settings.key_file)
        folder = _through_server(server, out.resolve(), with_key=with_key, tell=tell)
    except (NotABackup, OSError) as trouble:
        raise CanNot(f"The backup was not made: {trouble}.") from None
    manifest = read_manifest(folder)
    return Told(
        folder=str(folder),
        sprints=len(manifest.sprints),
        entries=sum(mark.head for mark in manifest.sprints.values()),
        bytes=manifest.bytes,
        key=manifest.key,
        seconds=round(time.monotonic() - began, 2),
    )


async def _here(settings: Settings, out: Path, product: str, *, with_key: bool, tell: Tell) -> Path:
    database, log = storage(*settings.keeping)
    await database.open()
    try:
        key = key_of(settings) if with_key else None
        made = await make(database, log, out, product=product, at=time.time(), tell=tell, key=key)
    finally:
        await database.close()
    return made.folder


def _through_server(server: RunningServer, out: Path, *, with_key: bool, tell: Tell) -> Path:
    asked = {"out": str(out), "key": with_key}
    id = server.ask_json("POST", "/api/backups", asked)["id"]
    while True:
        state = server.ask_json("GET", f"/api/backups/{id}")
        tell(float(state["done"]))
        if state["folder"]:
            return Path(state["folder"])
        time.sleep(ASK_EVERY)


def put_back(
    settings: Settings, folder: Path, *, replace: bool, tell: Tell, mend: Mend
) -> Restored:
    """Raises `CanNot`, and `StorageBusy` where a server has the folder."""
    if settings.database and replace:
        raise CanNot("A PostgreSQL is not replaced: make a new, empty database and name that one.")
    key = key_of(settings)
    try:
        if settings.database:
            return asyncio.run(_into_database(settings, folder, key=key, tell=tell, mend=mend))
        return asyncio.run(
            into_folder(folder, settings.data_dir, replace=replace, key=key, tell=tell, mend=mend)
        )
    except CanNotRestore as trouble:
        raise CanNot(str(trouble)) from None


async def _into_database(
    settings: Settings, folder: Path, *, key: Path, tell: Tell, mend: Mend
) -> Restored:
    database, _ = storage(*settings.keeping)
    await database.open()
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return await into_database(
            folder, database, scratch_in=settings.data_dir, key=key, tell=tell, mend=mend
        )
    finally:
        await database.close()


def practise(settings: Settings, scratch: Path, product: str, tell: Tell) -> Outcome:
    """A whole drill; `scratch` is an empty folder. Raises `CanNot` where no backup could be made."""
    told = back_up(settings, scratch, product, with_key=False, tell=lambda done: tell(done * 0.4))
    outcome = asyncio.run(drill(Path(told.folder), lambda done: tell(0.4 + done * 0.6)))
    write_down(settings.data_dir, outcome)
    return outcome
