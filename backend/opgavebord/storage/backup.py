"""A backup: a folder with one SQLite file that holds every table, and a manifest that can be believed.

The form is the same whatever database it came from, and goes back into either. A folder is made under
a name that begins with a dot, and gets its own name, the moment in UTC, once everything in it is on the
disk; so a folder with a name is whole. `verify` reads it back: the file by its SHA-256, the log of
every sprint by a hash over its entries.

That hash is the SHA-256 of the entries in order, one line each: the columns of `event` but the sprint, as
SQLite's `quote()` writes them, with commas between, and a line feed. Two copies with the same hash hold
the same log, byte for byte, whichever database wrote them.

SQLite is copied from a connection that only reads, in one snapshot, a few pages at a time. A reader
never checkpoints, so the rule of one connection (decision 0009) is kept, and appends go on beside it.
"""

import contextlib
import hashlib
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from .tables import EventRow, table

FILE: Final = "opgavebord.sqlite3"  # as in a data folder
MANIFEST: Final = "manifest.json"
KEY: Final = "opgavebord.key"  # the name in a backup that holds the key of the links too
FORMAT: Final = 1
BESIDE: Final = "backups"  # the folder for them, in the data folder
UNFINISHED: Final = ".making-"
PAGES: Final = 256  # 1 MiB a step, so that a commit never waits behind much more
BREATH: Final = 0.002  # seconds between two steps, in which commits get the disk
OFTEN: Final = 100_000  # steps of SQLite between two looks whether we go on, some milliseconds
ROWS: Final = 2_000

_LINE: Final = " || ',' || ".join(
    f"quote({column.name})" for column in table(EventRow).columns if column.name != "sprint"
)

Tell = Callable[[float], None]
Stopped = Callable[[], bool]
"""Whether nobody wants it any more; then an error comes out of what was under way."""


class Mark(Struct, frozen=True):
    """Where the log of a sprint ends in this backup, and what it is."""

    head: int
    acknowledged: int  # its head when the backup began; what was told by then is in here
    sha256: str


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: int
    product: str
    schema: str
    made: str  # UTC, as the name of the folder
    source: str  # sqlite or postgresql
    file: str
    bytes: int
    sha256: str
    key: bool  # whether the key of the links is in it
    sprints: dict[str, Mark]
    rows: dict[str, int]  # of each table


class NotABackup(Exception):
    """This folder can not be restored. The text is for a person."""


class Contents(Struct, frozen=True):
    """What a database file holds, read from the file itself."""

    schema: str
    logs: dict[str, tuple[int, str]]  # of each sprint: its head, and the hash of its log
    rows: dict[str, int]


# --- making ---------------------------------------------------------------------------------


def copy_file(path: Path, to: Path, tell: Tell) -> None:
    """A SQLite database as it is at one moment, while others go on writing it."""
    source = sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True, isolation_level=None)
    make_private(to)
    target = sqlite3.connect(to, isolation_level=None)
    handle = os.open(to, os.O_RDONLY)
    try:
        source.execute("BEGIN")
        source.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()  # from here on: a snapshot

        def copied(_: int, left: int, all: int) -> None:
            os.fdatasync(handle)  # ours, so that no commit has to carry it
            tell((all - left) / max(1, all))
            time.sleep(BREATH)

        source.backup(target, pages=PAGES, progress=copied)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal
    finally:
        os.close(handle)
        target.close()
        source.close()


def make_private(file: Path) -> None:
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def begin(parent: Path) -> Path:
    """A folder to make a backup in, with a name that nobody takes for one."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = parent / f"{UNFINISHED}{os.getpid()}-{time.time_ns()}"
    made.mkdir(mode=0o700)
    return made


def seal(
    making: Path,
    *,
    product: str,
    source: str,
    acknowledged: dict[str, int],
    at: float,
    label: str = "",
    stopped: Stopped = lambda: False,
) -> tuple[Path, Manifest]:
    """Write the manifest of what was copied, and give the folder its name: from then on it is one."""
    file = making / FILE
    there = contents(file, stopped)
    behind = [id for id, (head, _) in there.logs.items() if head < acknowledged.get(id, 0)]
    if behind:  # pragma: no cover - a snapshot that is older than what was told before it
        raise NotABackup(f"the copy misses entries of {len(behind)} sprints")
    made = time.strftime("%Y-%m-%dT%H-%M-%SZ", time.gmtime(at)) + (f"-{label}" if label else "")
    manifest = Manifest(
        format=FORMAT,
        product=product,
        schema=there.schema,
        made=made,
        source=source,
        file=FILE,
        bytes=file.stat().st_size,
        sha256=hash_of(file),
        key=(making / KEY).exists(),
        sprints={
            id: Mark(head, acknowledged.get(id, head), sha256)
            for id, (head, sha256) in there.logs.items()
        },
        rows=there.rows,
    )
    told = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    handle = os.open(making / MANIFEST, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as written:
        written.write(told)
    for one in making.iterdir():
        sync(one)
    sync(making)
    parent = making.parent
    folder, more = parent / made, 1
    while folder.exists():  # two in one second
        folder, more = parent / f"{made}-{more}", more + 1
    making.rename(folder)
    sync(parent)
    return folder, manifest


def before_step(path: Path, step: str) -> Path:
    """A backup of a database that is about to be changed, in the usual folder beside it."""
    making = begin(path.parent / BESIDE)
    try:
        copy_file(path, making / FILE, lambda _: None)
        folder, _ = seal(
            making,
            product="",
            source="sqlite",
            acknowledged={},
            at=time.time(),
            label=f"before-{step}",
        )
    except BaseException:
        give_up(making)
        raise
    return folder


def give_up(making: Path) -> None:
    """Leave nothing of a backup that was not finished."""
    shutil.rmtree(making, ignore_errors=True)


def sync(path: Path) -> None:
    """This file or folder is on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


# --- reading --------------------------------------------------------------------------------


def read_manifest(folder: Path) -> Manifest:
    """Raises `NotABackup`."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError:
        raise NotABackup(f"{folder} is no backup: it has no {MANIFEST}") from None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as trouble:
        raise NotABackup(f"the {MANIFEST} of {folder} can not be read: {trouble}") from None
    if manifest.format != FORMAT or manifest.file != FILE:
        raise NotABackup(f"{folder} was made by an Opgavebord that we do not know")
    return manifest


def verify(folder: Path) -> Manifest:
    """Everything that the manifest says is true of what lies in the folder. Raises `NotABackup`."""
    manifest = read_manifest(folder)
    file = folder / FILE
    try:
        if file.stat().st_size != manifest.bytes or hash_of(file) != manifest.sha256:
            raise NotABackup(f"{file} is not the file that the manifest is about")
        there = contents(file)
    except (OSError, sqlite3.Error) as trouble:
        raise NotABackup(f"{file} can not be read: {trouble}") from None
    differs = differences(manifest, there)
    if differs:
        raise NotABackup(f"{file} is not what the manifest says: {differs[0]}")
    if manifest.key and not (folder / KEY).exists():
        raise NotABackup(f"the key is missing in {folder}")
    return manifest


def differences(manifest: Manifest, there: Contents) -> list[str]:
    """Where a database is not what a manifest says, in sentences."""
    found = []
    for id in sorted(manifest.sprints.keys() | there.logs.keys()):
        said, has = manifest.sprints.get(id), there.logs.get(id)
        if said is None or has is None:
            found.append(f"sprint {id} is only in the {'database' if said is None else 'manifest'}")
        elif (said.head, said.sha256) != has:
            found.append(f"the log of sprint {id} is another one")
    found += [
        f"table {name} has {there.rows.get(name, 0)} rows, not {count}"
        for name, count in manifest.rows.items()
        if there.rows.get(name, 0) != count and name != "alembic_version"
    ]
    return found


def hash_of(file: Path) -> str:
    with file.open("rb") as read:
        return hashlib.file_digest(read, "sha256").hexdigest()


def contents(file: Path, stopped: Stopped = lambda: False) -> Contents:
    """Read a database file that nobody uses. Raises `NotABackup` where SQLite finds it damaged."""
    with _looking(file) as driver:
        driver.set_progress_handler(stopped, OFTEN)
        wrong = [row[0] for row in driver.execute("PRAGMA integrity_check(3)")]
        if wrong != [b"ok"]:
            raise NotABackup(f"SQLite finds {file} damaged: {wrong[0].decode(errors='replace')}")
        try:
            schema = driver.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        except (sqlite3.Error, TypeError):
            raise NotABackup(f"{file} is no database of Opgavebord") from None
        sprints = driver.execute("SELECT id, head FROM sprint ORDER BY id").fetchall()
        names = driver.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        rows = {
            name.decode(): driver.execute(f'SELECT count(*) FROM "{name.decode()}"').fetchone()[0]  # noqa: S608
            for (name,) in names.fetchall()
        }
        logs = {id.decode(): (head, log_hash(driver, id)) for id, head in sprints}
        return Contents(schema.decode(), logs, rows)


def log_hash(driver: sqlite3.Connection, sprint: bytes | str) -> str:
    """The hash over the log of one sprint; `driver` gives text as bytes."""
    told = hashlib.sha256()
    name = sprint.decode() if isinstance(sprint, bytes) else sprint
    asked = driver.execute(f"SELECT {_LINE} FROM event WHERE sprint = ? ORDER BY seq", (name,))  # noqa: S608
    while lines := asked.fetchmany(ROWS):
        told.update(b"".join(line + b"\n" for (line,) in lines))
    return told.hexdigest()


@contextlib.contextmanager
def _looking(file: Path) -> Iterator[sqlite3.Connection]:
    driver = sqlite3.connect(file.absolute().as_uri() + "?mode=ro", uri=True)
    driver.text_factory = bytes
    try:
        yield driver
    finally:
        driver.close()
