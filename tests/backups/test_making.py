"""What a backup is: made beside a database that is written, read back, and never half there."""

import asyncio
import os
import sqlite3
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from opgavebord.backups import shelf
from opgavebord.backups.making import make
from opgavebord.backups.restoring import CanNotRestore, Restored, into_folder
from opgavebord.storage import backup, replacing
from opgavebord.storage.backup import MANIFEST, NotABackup, read_manifest, verify
from opgavebord.storage.check import check
from opgavebord.storage.database import Database
from opgavebord.storage.log import Log
from opgavebord.storage.sqlite import FILE, LOCK, SqliteDatabase
from opgavebord.storage.sqlite_log import SqliteLog
from opgavebord.storage.trouble import StorageBusy, StorageLost
from tests.storage.evening import Writer, an_evening

NOVEMBER = 1_795_455_068.0  # 2026-11-23 17:31:08 UTC


class Evening:
    """A database with an evening that goes on."""

    def __init__(self, folder: Path) -> None:
        self.database = SqliteDatabase(folder)
        self.log = SqliteLog(self.database)
        self.writer = Writer()

    async def open(self) -> "Evening":
        await self.database.open()
        await self.log.create("avond")
        for append in an_evening(self.writer):
            assert await self.log.append("avond", append)
        return self

    async def write(self, note: str) -> int:
        assert await self.log.append("avond", self.writer.append(self.writer.create(note)))
        return self.writer.sprint.head

    async def back_up(self, parent: Path, **how: object) -> Path:
        asked = {"product": "0", "at": NOVEMBER, "tell": lambda _: None, **how}
        made = await make(self.database, self.log, parent, **asked)  # type: ignore[arg-type]
        return made.folder


async def as_it_is(database: Database, log: Log) -> int:
    return 0


async def restore(folder: Path, to: Path, *, replace: bool = False) -> Restored:
    return await into_folder(
        folder, to, replace=replace, key=to / backup.KEY, tell=lambda _: None, mend=as_it_is
    )


@pytest.fixture
async def evening(tmp_path: Path):  # type: ignore[no-untyped-def]
    evening = await Evening(tmp_path / "data").open()
    yield evening
    await evening.database.close()


async def test_a_backup_holds_everything_and_goes_back(evening: Evening, tmp_path: Path) -> None:
    head = await evening.write("nn50")
    folder = await evening.back_up(tmp_path / "backups")
    await evening.write("nn51")  # not in it any more
    assert folder.name == "2026-11-23T17-31-08Z"
    manifest = verify(folder)
    mark = manifest.sprints["avond"]
    assert (mark.head, mark.acknowledged, manifest.rows["event"]) == (head, head, head)
    restored = await restore(folder, tmp_path / "elders")
    assert (restored.aside, restored.key) == (None, "none")
    assert {one.name for one in (tmp_path / "elders").iterdir()} == {FILE, LOCK}
    assert check(tmp_path / "elders").wrong == ()
    again = backup.contents(tmp_path / "elders" / FILE)
    assert again.logs == {"avond": (mark.head, mark.sha256)}


async def test_only_the_owner_reads_it(evening: Evening, tmp_path: Path) -> None:
    key = tmp_path / "sleutel"
    key.write_bytes(bytes(32))
    folder = await evening.back_up(tmp_path / "backups", key=key)
    for one in (tmp_path / "backups", folder):
        assert stat.S_IMODE(one.stat().st_mode) == 0o700
    files = sorted(folder.iterdir())
    assert [one.name for one in files] == [MANIFEST, backup.KEY, FILE]
    assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
    assert verify(folder).key


async def test_the_key_goes_along_only_when_asked(evening: Evening, tmp_path: Path) -> None:
    without = await evening.back_up(tmp_path / "backups")
    assert not verify(without).key
    assert not (without / backup.KEY).exists()
    key = tmp_path / "sleutel"
    key.write_bytes(b"k" * 32)
    folder = await evening.back_up(tmp_path / "backups", key=key)
    assert (await restore(folder, tmp_path / "elders")).key == "put back"
    assert (tmp_path / "elders" / backup.KEY).read_bytes() == b"k" * 32


async def test_appends_go_on_and_what_was_told_before_is_in_it(
    evening: Evening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the copy stands still half way, people write; the copy is of the moment it began."""
    monkeypatch.setattr(backup, "PAGES", 4)
    waiting, wrote = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def half_way(done: float) -> None:
        if 0.2 < done < 0.7 and not waiting.is_set():
            loop.call_soon_threadsafe(waiting.set)
            asyncio.run_coroutine_threadsafe(wrote.wait(), loop).result(10)

    before = evening.writer.sprint.head
    copying = asyncio.create_task(evening.back_up(tmp_path / "backups", tell=half_way))
    await asyncio.wait_for(waiting.wait(), 10)
    for number in range(200):  # more than a copy that begins anew would ever catch up with
        after = await evening.write(f"later{number}")
    wrote.set()
    mark = verify(await copying).sprints["avond"]
    assert mark.head == mark.acknowledged == before < after


async def test_a_backup_that_fails_leaves_nothing(evening: Evening, tmp_path: Path) -> None:
    def full(_: float) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        await evening.back_up(tmp_path / "backups", tell=full)
    assert list((tmp_path / "backups").iterdir()) == []
    assert await evening.write("nn60"), "and the evening goes on"


@pytest.mark.parametrize("at", [0.3, 0.85], ids=["copying", "reading back"])
async def test_a_server_that_goes_down_does_not_wait_for_a_backup(
    evening: Evening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: float
) -> None:
    monkeypatch.setattr(backup, "PAGES", 1)
    monkeypatch.setattr(backup, "BREATH", 0.05)
    loop, there = asyncio.get_running_loop(), asyncio.Event()
    loop.set_default_executor(threads := ThreadPoolExecutor())
    if at > 0.8:
        really = backup.contents

        def reading(file: Path, stopped: backup.Stopped) -> backup.Contents:
            loop.call_soon_threadsafe(there.set)
            for _ in range(500):
                if stopped():
                    raise OSError("interrupted")
                time.sleep(0.01)
            return really(file)

        monkeypatch.setattr(backup, "contents", reading)
        monkeypatch.setattr(backup, "BREATH", 0)

    def tell(done: float) -> None:
        if done > at:
            loop.call_soon_threadsafe(there.set)

    making = asyncio.create_task(evening.back_up(tmp_path / "backups", tell=tell))
    await asyncio.wait_for(there.wait(), 10)
    began = time.monotonic()
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await making
    threads.shutdown()  # as a server that ends does
    loop.set_default_executor(ThreadPoolExecutor())
    assert time.monotonic() - began < 2
    assert shelf.backups(tmp_path / "backups") == []


SPOILED = {
    "a byte of the database": lambda folder: _flip(folder / FILE, 5_000),
    "the database": lambda folder: (folder / FILE).unlink(),
    "the manifest": lambda folder: (folder / MANIFEST).unlink(),
    "half a manifest": lambda folder: os.truncate(folder / MANIFEST, 40),
    "a manifest of another": lambda folder: _edit(folder, '"head": ', '"head": 1'),
    "of a later time": lambda folder: _edit(folder, '"schema": "0', '"schema": "9'),
}


def _flip(file: Path, at: int) -> None:
    with file.open("r+b") as spoiled:
        spoiled.seek(at)
        byte = spoiled.read(1)
        spoiled.seek(at)
        spoiled.write(bytes([byte[0] ^ 0xFF]))


def _edit(folder: Path, old: str, new: str) -> None:
    text = (folder / MANIFEST).read_text()
    assert old in text
    (folder / MANIFEST).write_text(text.replace(old, new))


@pytest.mark.parametrize("what", SPOILED)
async def test_what_was_spoiled_is_refused_before_anything_is_touched(
    evening: Evening, tmp_path: Path, what: str
) -> None:
    folder = await evening.back_up(tmp_path / "backups")
    SPOILED[what](folder)
    with pytest.raises(CanNotRestore, match="Nothing was changed"):
        await restore(folder, tmp_path / "elders", replace=True)
    assert not (tmp_path / "elders").exists()


async def test_a_database_that_is_there_stays_unless_it_is_replaced(
    evening: Evening, tmp_path: Path
) -> None:
    folder = await evening.back_up(tmp_path / "backups")
    other = await Evening(tmp_path / "elders").open()
    with pytest.raises(StorageBusy):  # somebody serves it
        await restore(folder, tmp_path / "elders", replace=True)
    last = await other.write("nn99")
    await other.database.close()
    with pytest.raises(CanNotRestore, match="--replace"):
        await restore(folder, tmp_path / "elders")
    restored = await restore(folder, tmp_path / "elders", replace=True)
    assert restored.aside is not None
    assert backup.contents(restored.aside / FILE).logs["avond"][0] == last
    assert backup.contents(tmp_path / "elders" / FILE).logs["avond"][0] < last
    assert check(tmp_path / "elders").wrong == ()


@pytest.mark.parametrize("stops_at", range(1, 6))
async def test_the_power_may_go_at_every_moment_of_a_replacement(
    evening: Evening, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stops_at: int
) -> None:
    """Whoever opens the folder next has the old database or the new one, and the old one is somewhere."""
    folder = await evening.back_up(tmp_path / "backups")
    new = read_manifest(folder).sprints["avond"].head
    to = tmp_path / "elders"
    other = await Evening(to).open()
    old = await other.write("nn99")
    await other.database.close()
    (to / f"{FILE}-wal").write_bytes(b"what a crash left")

    class PowerCut(BaseException):
        pass

    steps = 0
    really = Path.rename

    def cut(self: Path, target: Path) -> Path:
        nonlocal steps
        steps += 1
        if steps == stops_at:
            raise PowerCut
        return really(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", cut)
        try:
            await restore(folder, to, replace=True)
        except PowerCut:
            pass
    database = SqliteDatabase(to)
    await database.open()
    head = await SqliteLog(database).head("avond")
    await database.close()
    assert head == (old if stops_at == 1 else new)
    if stops_at > 1:
        kept = list(to.glob(f"{replacing.ASIDE}*"))
        assert len(kept) == 1
        assert sqlite3.connect(kept[0] / FILE).execute("SELECT head FROM sprint").fetchone() == (
            old,
        )


async def test_a_wal_that_was_taken_away_is_missed(tmp_path: Path) -> None:
    """F29. SQLite alone would go on without it, and without the newest work."""
    evening = await Evening(tmp_path / "data").open()
    live, wal = tmp_path / "data" / FILE, tmp_path / "data" / f"{FILE}-wal"
    backed_up = await evening.back_up(tmp_path / "backups")
    assert wal.stat().st_size > 0
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for one in (live, tmp_path / "data" / LOCK):  # as after a crash, and somebody tidied up
        (crashed / one.name).write_bytes(one.read_bytes())
    with pytest.raises(StorageLost, match=r"-wal is missing.*opgavebord restore"):
        await SqliteDatabase(crashed).open()
    assert any("-wal is missing" in wrong for wrong in check(crashed).wrong)
    await restore(backed_up, crashed, replace=True)
    assert check(crashed).wrong == ()
    again = SqliteDatabase(crashed)
    await again.open()
    await again.close()
    await evening.database.close()


async def test_a_damaged_page_is_not_served(tmp_path: Path) -> None:
    """F29."""
    evening = await Evening(tmp_path / "data").open()
    folder = await evening.back_up(tmp_path / "backups")
    await evening.database.close()
    file = tmp_path / "data" / FILE
    with file.open("r+b") as spoiled:  # the root of every table but the first
        spoiled.seek(4096)
        spoiled.write(os.urandom(4096 * 3))
    with pytest.raises(StorageLost, match=r"is damaged.*opgavebord restore"):
        await SqliteDatabase(tmp_path / "data").open()
    restored = await restore(folder, tmp_path / "data", replace=True)
    assert restored.aside is not None
    assert check(tmp_path / "data").wrong == ()


async def test_a_copy_of_the_live_file_is_no_backup(evening: Evening, tmp_path: Path) -> None:
    """F30. What was told last stands in the -wal; the file alone is an older evening, or none."""
    head = await evening.write("nn70")
    naive = tmp_path / "copy.sqlite3"
    naive.write_bytes((tmp_path / "data" / FILE).read_bytes())
    driver = sqlite3.connect(naive)
    try:
        there = driver.execute("SELECT head FROM sprint WHERE id = 'avond'").fetchone()
    except sqlite3.DatabaseError:
        there = None
    driver.close()
    assert there is None or there[0] < head
    with pytest.raises(NotABackup, match="manifest"):
        read_manifest(tmp_path)
    assert verify(await evening.back_up(tmp_path / "backups")).sprints["avond"].head == head
