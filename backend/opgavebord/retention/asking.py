"""Retention as somebody types it: through the server where one runs, or without one."""

import asyncio
import time
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from ..archiving import ADDRESS_FILE, CanNot, RunningServer, replayed
from ..backups.asking import usual_folder
from ..settings import Settings
from ..sprint.sprint import Sprint
from ..storage.backup import BESIDE
from ..storage.opening import storage
from ..storage.retention import Destroyed
from ..storage.trouble import StorageBusy
from .terms import Term
from .wiping import Retention


class Round(Struct, frozen=True):
    """What is there and when it goes, and what went now."""

    evenings: tuple[Term, ...]
    wiped: tuple[Destroyed, ...]


def folders(settings: Settings) -> tuple[Path, ...]:
    """Where we make backups: those of the settings, and those in the data folder."""
    return tuple(dict.fromkeys((usual_folder(settings), settings.data_dir / BESIDE)))


def retain(settings: Settings, *, dry_run: bool) -> Round:
    """Raises `CanNot`."""
    if settings.database and (settings.data_dir / ADDRESS_FILE).exists():
        try:
            return _through_server(settings, dry_run=dry_run)
        except CanNot:
            pass  # an address that a crash left; and a PostgreSQL can be used beside a server
    try:
        return asyncio.run(_here(settings, dry_run=dry_run))
    except StorageBusy:
        return _through_server(settings, dry_run=dry_run)


def _through_server(settings: Settings, *, dry_run: bool) -> Round:
    server = RunningServer(settings.data_dir, settings.key_file)
    told: Any = server.ask("POST", "/api/retention", {"dry_run": dry_run})
    return msgspec.json.decode(told, type=Round)


async def _here(settings: Settings, *, dry_run: bool) -> Round:
    if not settings.database and not settings.data_dir.exists():
        raise CanNot(f"There is no data folder {settings.data_dir}.")
    database, log = storage(*settings.keeping)
    await database.open()
    try:

        async def look(sprint: str) -> Sprint:
            return replayed(await log.since(sprint, 0))

        by = Retention(
            database,
            look=look,
            forget=log.forget,
            keep_days=settings.keep_days,
            data_dir=settings.data_dir,
            backups=folders(settings),
            wall=lambda: time.time_ns() // 1_000_000,
        )
        return await round_of(by, dry_run=dry_run)
    finally:
        await database.close()


async def round_of(retention: Retention, *, dry_run: bool) -> Round:
    terms = tuple(await retention.terms())
    return Round(terms, () if dry_run else tuple(await retention.go_round()))
