"""What has to be right before people depend on it: looked at by `serve --check-config`, the cheapest at every start.

Each look answers with a `Look`: a word, whether it is well, and a sentence. It changes nothing, so it may run beside a
server: SQLite is tried on a file of its own beside the database, PostgreSQL is asked and not brought up
to date, and Redis hears nothing but hello.
"""

import asyncio
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import asdict

from ..settings import PREFIX, Settings

OVER_THE_NETWORK: Final = re.compile(
    r"nfs\d?|cifs|smb\d?|smbfs|ncpfs|afs|9p|ceph|glusterfs|fuse\.(sshfs|glusterfs|s3fs|rclone).*"
)
DISK_LEAST: Final = 0.05
DISK_LITTLE: Final = 0.10
EARLIEST: Final = 1_767_225_600  # 1 January 2026: before this program was there
LATEST: Final = 4_102_444_800  # 2100
AHEAD_SECONDS: Final = 24 * 3600  # an entry of the log may be this much later than now
PATIENCE: Final = 3.0

How = Literal["ok", "note", "wrong"]


class Look(Struct, frozen=True):
    what: str
    how: How
    said: str


def effective(settings: Settings) -> Iterator[str]:
    """Every setting as it is used, in the form in which it is given. No setting holds a secret: passwords
    and keys stand in files, and only the name of the file is told."""
    defaults = asdict(Settings())
    for name, value in asdict(settings).items():
        shown = ",".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
        usual = "" if value != defaults[name] else "   (default)"
        yield f"{PREFIX}{name.upper()}={shown}{usual}"


def quick(settings: Settings) -> list[Look]:
    """What costs nothing: done at every start, which ends here where one is wrong."""
    return [folder_is_here(settings), clock(), *certificate(settings)]


def all_looks(settings: Settings, workers: int = 1) -> list[Look]:
    looks = [folder_is_here(settings), folder_is_ours(settings.data_dir)]
    looks += [disk(settings.data_dir), clock(), *addresses(settings)]
    looks += certificate(settings)
    if settings.database:
        looks.append(asyncio.run(_postgres(settings)))
    else:
        looks += [sqlite_keeps(settings.data_dir), *sqlite_there(settings.data_dir)]
        if workers > 1:
            looks.append(
                Look("processes", "wrong", "SQLite is for one process; more need a PostgreSQL")
            )
    looks.append(asyncio.run(_redis(settings)))
    return looks


# -- the machine --------------------------------------------------------------------------


def folder_is_here(settings: Settings) -> Look:
    """A lock and a write-ahead log mean nothing on a disk that another machine shares."""
    sort = file_system(nearest(settings.data_dir))
    if sort and OVER_THE_NETWORK.fullmatch(sort):
        said = f"{settings.data_dir} is on {sort}, over the network: choose a disk of this machine"
        return Look("data folder", "note" if settings.database else "wrong", said)
    return Look("data folder", "ok", f"{settings.data_dir} is on {sort or 'a disk'}")


def folder_is_ours(folder: Path) -> Look:
    there = nearest(folder)
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        return Look("data folder", "wrong", f"{there} is not a folder that we may write in")
    return Look("data folder", "ok", "it may be written")


def nearest(folder: Path) -> Path:
    """The folder, or the nearest above it that is there already."""
    folder = folder.absolute()
    while not folder.exists():
        folder = folder.parent
    return folder


def file_system(folder: Path, mounts: str | None = None) -> str:
    """The sort of file system a folder is on; empty where this system does not tell."""
    if mounts is None:
        try:
            mounts = Path("/proc/self/mountinfo").read_text("utf-8", "replace")
        except OSError:
            return ""
    best, sort = "", ""
    real = str(folder.resolve())
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        parts, kinds = before.split(), after.split()
        if len(parts) < 5 or not kinds:
            continue
        at = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), parts[4])
        inside = real == at or real.startswith(at.rstrip("/") + "/")
        if inside and len(at) >= len(best):  # a later mount lies over an earlier one
            best, sort = at, kinds[0]
    return sort


def disk(folder: Path) -> Look:
    usage = shutil.disk_usage(nearest(folder))
    free = usage.free / usage.total
    said = f"{free:.0%} of the disk is free, {usage.free // 2**20} MB"
    how: How = "wrong" if free <= DISK_LEAST else "note" if free <= DISK_LITTLE else "ok"
    return Look("disk", how, said)


def clock(now: float | None = None) -> Look:
    now = time.time() if now is None else now
    said = time.strftime("it is %Y-%m-%d %H:%M:%S UTC", time.gmtime(now))
    if not EARLIEST <= now <= LATEST:
        return Look("clock", "wrong", f"{said}, and that can not be: set the clock")
    return Look("clock", "ok", said)


def certificate(settings: Settings) -> Iterator[Look]:
    """Our own, where we speak https ourselves. Shaking hands with ourselves takes milliseconds."""
    if settings.tls_certificate is None:
        return
    from ..certificate import advice, look
    from ..listening import CanNotServe

    try:
        found = look(settings)
    except CanNotServe as trouble:
        yield Look("certificate", "wrong", str(trouble).rstrip("."))
        return
    assert found is not None
    now = time.time()
    until = time.strftime("until %Y-%m-%d", time.gmtime(found.ends))
    said = advice(found, now)
    for_whom = ", ".join(found.names) or "nobody by name"
    yield Look("certificate", "note" if said else "ok", said or f"for {for_whom}, {until}")


# -- addresses and cookies ----------------------------------------------------------------


def addresses(settings: Settings) -> Iterator[Look]:
    parts = urlsplit(settings.url)
    if settings.secure:
        yield Look("cookies", "ok", "secure, for https only")
    elif settings.url and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        yield Look(
            "cookies",
            "note",
            "OPGAVEBORD_URL is plain http: cookies and text cross the network bare",
        )
    else:
        yield Look("cookies", "ok", "not bound to https; fine for a hall of its own")
    origin = f"{parts.scheme}://{parts.netloc}" if settings.url else ""
    if origin and settings.origins and origin not in settings.origins:
        said = f"OPGAVEBORD_ORIGINS does not hold {origin} of OPGAVEBORD_URL: no page could connect"
        yield Look("origins", "wrong", said)
    if parts.scheme == "https" and not settings.tls_certificate and not settings.proxies:
        yield Look(
            "proxies",
            "note",
            "OPGAVEBORD_PROXIES is empty: behind a proxy all visitors have one address",
        )


# -- what keeps ---------------------------------------------------------------------------


def sqlite_keeps(folder: Path) -> Look:
    from ..storage.trial import try_sqlite
    from ..storage.trouble import StorageLost

    try:
        version = try_sqlite(nearest(folder))
    except (StorageLost, OSError) as trouble:
        return Look("SQLite", "wrong", str(trouble))
    said = f"version {version}; WAL, synchronous=FULL and foreign keys are given here"
    return Look("SQLite", "ok", said)


def sqlite_there(folder: Path) -> Iterator[Look]:
    """The database that is there already: its step, and its newest entry."""
    from ..storage.trial import standing
    from ..storage.trouble import StorageTrouble

    try:
        there = standing(folder)
    except StorageTrouble as trouble:
        yield Look("tables", "wrong", f"can not be read: {trouble}")
        return
    yield of_step(None if there is None else there.step)
    if there is not None and (there.newest or 0) / 1000 > time.time() + AHEAD_SECONDS:
        yield Look("clock", "wrong", "the newest entry of the log is from the future")


def of_step(at: str | None) -> Look:
    from ..storage.migrations import NEWEST

    if at is None:
        return Look("tables", "ok", "there are none yet; the first start makes them")
    if at > NEWEST:
        return Look(
            "tables", "wrong", f"made by a newer Opgavebord ({at}); this one knows {NEWEST}"
        )
    if at < NEWEST:
        return Look("tables", "note", f"at {at}; the next start brings them to {NEWEST}")
    return Look("tables", "ok", f"at {at}, the newest")


async def _postgres(settings: Settings) -> Look:
    from ..storage.migrations import version
    from ..storage.postgres import PostgresDatabase

    database = PostgresDatabase(settings.database, settings.database_password_file)
    try:
        async with asyncio.timeout(2 * PATIENCE):
            at = await database.at_length(version)
    except TimeoutError:
        return Look("PostgreSQL", "wrong", "does not answer")
    except Exception as trouble:
        return Look("PostgreSQL", "wrong", str(trouble))
    step = of_step(at)
    return Look("PostgreSQL", step.how, f"answers and keeps its promises; tables: {step.said}")


async def _redis(settings: Settings) -> Look:
    if not settings.redis:
        said = "none: processes look in the database every two seconds"
        return Look(
            "Redis", "ok", said if settings.database else "none, and one process needs none"
        )
    from ..relay.redis import RedisRelay

    relay = RedisRelay(settings.redis, settings.redis_password_file)
    await relay.open()
    try:
        async with asyncio.timeout(PATIENCE):
            while not relay.up:  # noqa: ASYNC110 - it says no more than this
                await asyncio.sleep(0.02)
    except TimeoutError:
        return Look("Redis", "wrong", "does not answer; the server would do without, and slower")
    finally:
        await relay.close()
    return Look("Redis", "ok", "answers")
