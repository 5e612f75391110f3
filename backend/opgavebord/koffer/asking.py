"""The koffer as somebody types it: through the server where one runs, or without one.

As with exports, only one process may hold a data folder: where a server has it, the server is asked. A
PostgreSQL is used from here, beside the servers that have it; they hear of it like of one another.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final, TypeVar

import msgspec
from msgspec import Struct

from ..archiving import BY_HAND, NEWEST, CanNot, RunningServer
from ..people.tokens import looks_like_one
from ..relay.local import LocalRelay
from ..settings import Settings
from ..sprint import limits
from ..sprint.ask import ENTROPY_BYTES
from ..storage import doorway
from ..storage.opening import storage
from ..storage.trouble import StorageBusy
from ..sync.rooms import Rooms
from .case import OwnForm
from .merge import Report
from .travelling import CameHome, CanNotTravel, Koffer, Packed

T = TypeVar("T")
FORM_BYTES: Final = 64 * 1024  # of one werkvorm; ours have two


class Brought(Struct, frozen=True, kw_only=True):
    """What came of a file. `links`: where to go, as a running server says it."""

    opened: bool
    report: Report
    sentences: tuple[str, ...] = ()
    forms: tuple[OwnForm, ...] = ()
    links: dict[str, str] | None = None


class AskedFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A case on this machine."""

    file: str
    home: bool = False


def pack(settings: Settings, sprint: str) -> Packed:
    """The case of a sprint (an id, or `newest`), which rests here from then on. Raises `CanNot`."""
    if not settings.database and not settings.data_dir.exists():
        raise CanNot(f"There is no data folder {settings.data_dir}.")
    if sprint != NEWEST and not looks_like_one(sprint):
        raise CanNot(f"There is no sprint {sprint} in this data folder.")

    async def work(koffer: Koffer, newest: str | None) -> Packed:
        id = newest if sprint == NEWEST else sprint
        return await koffer.pack(id or "", BY_HAND)

    try:
        return asyncio.run(_here(settings, work))
    except StorageBusy:
        data = RunningServer(settings.data_dir, settings.key_file).ask(
            "POST", f"/api/s/{sprint}/koffer"
        )
        return Packed("", data, "")
    except CanNotTravel as trouble:
        raise CanNot(str(trouble)) from None


def bring(settings: Settings, file: Path, *, home: bool) -> Brought:
    """Open a case here, or bring it home. Raises `CanNot`, and then nothing was kept."""
    data = read_file(file)

    async def work(koffer: Koffer, newest: str | None) -> CameHome:
        return await koffer.bring(data, BY_HAND, home=home)

    try:
        come = asyncio.run(_here(settings, work))
    except StorageBusy:
        asked = {"file": str(file.resolve()), "home": home}
        told = RunningServer(settings.data_dir, settings.key_file).ask("POST", "/api/koffer", asked)
        return msgspec.json.decode(told, type=Brought)
    except CanNotTravel as trouble:
        raise CanNot(str(trouble)) from None
    return Brought(opened=come.opened, report=come.report, forms=come.forms)


def read_file(file: Path) -> bytes:
    try:
        if file.stat().st_size > limits.CASE_BYTES:
            raise CanNot(f"{file} is too large to be a koffer.")
        return file.read_bytes()
    except OSError as trouble:
        raise CanNot(f"{file} can not be read: {trouble.strerror}.") from None


def own_forms(folder: Path | None) -> dict[str, str]:
    """The files of the municipality's own werkvormen, by id."""
    if folder is None or not folder.is_dir():
        return {}
    files = sorted(folder.glob("*.y*ml"))
    return {
        file.stem: file.read_text("utf-8") for file in files if file.stat().st_size <= FORM_BYTES
    }


async def _here(settings: Settings, work: Callable[[Koffer, str | None], Awaitable[T]]) -> T:
    database, log = storage(settings.data_dir, settings.database, settings.database_password_file)
    await database.open()
    lost: list[BaseException] = []
    rooms = Rooms(
        log,
        LocalRelay(),
        clock=time.monotonic,
        wall=_wall,
        entropy=_chance,
        build="",
        fatal=lost.append,
        shared=bool(settings.database),
    )
    try:
        koffer = Koffer(
            database,
            log,
            rooms,
            wall=_wall,
            entropy=_chance,
            forms=lambda: own_forms(settings.werkvormen),
        )
        return await work(koffer, await database.run(doorway.newest))
    finally:
        await rooms.drain()
        await database.close()


def _wall() -> int:
    return time.time_ns() // 1_000_000


def _chance() -> bytes:
    return secrets.token_bytes(ENTROPY_BYTES)
