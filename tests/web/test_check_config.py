"""`serve --check-config`: every setting as it would be used, and what was found when it was tried."""

import sqlite3
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from opgavebord.cli import selftest
from opgavebord.cli.selftest import (
    addresses,
    clock,
    disk,
    file_system,
    folder_is_here,
    of_step,
    sqlite_keeps,
)
from opgavebord.settings import Settings
from opgavebord.storage.migrations import NEWEST
from opgavebord.storage.sqlite import FILE
from tests.web.test_serving import run

MOUNTS: Final = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 22 0:35 / /mnt/kantoor rw,relatime shared:1 - nfs4 server:/kantoor rw
41 22 0:36 / /mnt/deel\\040twee rw - cifs //server/deel rw
42 41 254:1 / /mnt/deel\\040twee/schijf rw - xfs /dev/vdb rw
43 22 0:40 / /data rw - overlay overlay rw
44 22 254:2 / /data rw - btrfs /dev/vdc rw
"""


def test_it_tells_all_settings_and_what_it_tried(tmp_path: Path) -> None:
    secret = tmp_path / "wachtwoord"
    secret.write_text("geheim-als-een-kanarie")
    ended = run(
        *("serve", "--check-config"),
        cwd=tmp_path,
        OPGAVEBORD_DATA_DIR="gegevens",
        OPGAVEBORD_URL="https://bord.example.nl",
        OPGAVEBORD_DATABASE_PASSWORD_FILE=str(secret),
        OPGAVEBORD_PROXIES="10.0.0.1,10.0.0.2",
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    lines = ended.stdout.splitlines()
    assert "OPGAVEBORD_DATA_DIR=gegevens" in lines
    assert "OPGAVEBORD_PORT=8000   (default)" in lines
    assert "OPGAVEBORD_PROXIES=10.0.0.1,10.0.0.2" in lines
    shown = [line.partition("=")[0] for line in lines if line.startswith("OPGAVEBORD_")]
    assert shown == [f"OPGAVEBORD_{name.upper()}" for name in Settings.__struct_fields__]
    assert "geheim" not in ended.stdout + ended.stderr
    for what in ("data folder", "disk", "clock", "cookies", "SQLite", "tables", "Redis"):
        assert any(line[6:].startswith(f"{what}: ") for line in lines), what
    assert [one.name for one in tmp_path.iterdir()] == ["wachtwoord"]  # and it left nothing


def test_what_is_wrong_is_told_and_is_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"this is no database")
    ended = run(
        *("serve", "--check-config", "--workers", "2"),
        cwd=tmp_path,
        OPGAVEBORD_DATA_DIR=str(tmp_path),
        OPGAVEBORD_URL="https://bord.example.nl",
        OPGAVEBORD_ORIGINS="https://ander.example.nl",
        OPGAVEBORD_REDIS="redis://127.0.0.1:1/0",
    )
    assert ended.returncode == 1
    wrong = [line for line in ended.stdout.splitlines() if line.startswith("wrong ")]
    assert [line[6:].partition(":")[0] for line in wrong] == [
        *("origins", "tables", "processes", "Redis")
    ]


def test_a_database_that_is_there_is_looked_at_and_left_alone(tmp_path: Path) -> None:
    assert run("demo", cwd=tmp_path, OPGAVEBORD_DATA_DIR="d").returncode == 0
    before = (tmp_path / "d" / FILE).read_bytes()
    ended = run("serve", "--check-config", cwd=tmp_path, OPGAVEBORD_DATA_DIR="d")
    assert f"ok    tables: at {NEWEST}, the newest" in ended.stdout
    assert (tmp_path / "d" / FILE).read_bytes() == before
    driver = sqlite3.connect(tmp_path / "d" / FILE)
    with driver:
        driver.execute("UPDATE event SET at = at + 90000000")  # a day and an hour
    driver.close()
    ended = run("serve", "--check-config", cwd=tmp_path, OPGAVEBORD_DATA_DIR="d")
    assert "wrong clock: the newest entry of the log is from the future" in ended.stdout


async def test_a_postgresql_is_asked_and_not_changed(postgres: str, tmp_path: Path) -> None:
    base = postgres.rpartition("/")[0]
    admin = await asyncpg.connect(postgres)
    await admin.execute("CREATE DATABASE nog_leeg")
    try:
        where = {"OPGAVEBORD_DATABASE": f"{base}/nog_leeg"}
        ended = run("serve", "--check-config", cwd=tmp_path, **where)
        assert ended.returncode == 0, ended.stdout
        assert "ok    PostgreSQL: answers and keeps its promises; tables: there are none yet" in (
            ended.stdout
        )
        there = await asyncpg.connect(f"{base}/nog_leeg")
        assert await there.fetch("SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []
        await there.close()
        where = {"OPGAVEBORD_DATABASE": f"{base}/niet_daar"}
        ended = run("serve", "--check-config", cwd=tmp_path, **where)
        assert ended.returncode == 1
        assert "wrong PostgreSQL: " in ended.stdout
    finally:
        await admin.execute("DROP DATABASE nog_leeg WITH (FORCE)")
        await admin.close()


def test_it_knows_a_disk_over_the_network() -> None:
    for folder, sort in (
        ("/", "ext4"),
        ("/mnt/kantoor/bord", "nfs4"),
        ("/mnt/kantoortje", "ext4"),
        ("/mnt/deel twee/bord", "cifs"),
        ("/mnt/deel twee/schijf/bord", "xfs"),
        ("/data", "btrfs"),
    ):
        assert file_system(Path(folder), MOUNTS) == sort, folder
    for sort in ("nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs"):
        assert selftest.OVER_THE_NETWORK.fullmatch(sort)
    for sort in ("ext4", "xfs", "btrfs", "overlay", "tmpfs", "zfs", "fuse.gocryptfs"):
        assert not selftest.OVER_THE_NETWORK.fullmatch(sort)


def test_a_server_does_not_start_on_a_disk_over_the_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selftest, "file_system", lambda folder: "nfs4")
    hall, town = Settings(data_dir=tmp_path), Settings(data_dir=tmp_path, database="postgresql://x")
    assert folder_is_here(hall).how == "wrong"
    assert folder_is_here(town).how == "note"  # only the key and an address are there
    from opgavebord.cli.serving import sound
    from opgavebord.listening import CanNotServe

    with pytest.raises(CanNotServe, match="is on nfs4, over the network"):
        sound(hall)


def test_a_clock_that_can_not_be_right() -> None:
    assert clock().how == "ok"
    for now in (0.0, 1_700_000_000.0, 5e9):
        assert clock(now).how == "wrong", now


def test_a_disk_that_fills_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, how in ((0.05, "wrong"), (0.06, "note"), (0.11, "ok")):
        usage = type("Usage", (), {"total": 1_000_000, "free": int(free * 1_000_000)})
        monkeypatch.setattr("shutil.disk_usage", lambda folder, usage=usage: usage)
        assert disk(tmp_path).how == how


def test_addresses_and_cookies_belong_together() -> None:
    def told(**how: object) -> dict[str, str]:
        return {look.what: look.how for look in addresses(Settings(**how))}  # type: ignore[arg-type]

    assert told() == {"cookies": "ok"}
    assert told(url="http://bord.example.nl")["cookies"] == "note"
    https = {"url": "https://gemeente.nl/bord", "proxies": ("10.0.0.1",)}
    assert told(**https) == {"cookies": "ok"}
    assert told(**https, origins=("https://gemeente.nl",)) == {"cookies": "ok"}
    assert told(**https, origins=("https://www.gemeente.nl",))["origins"] == "wrong"
    assert told(url="https://gemeente.nl")["proxies"] == "note"


def test_steps_of_the_tables() -> None:
    hows = [of_step(at).how for at in (None, NEWEST, "0001", "9999")]
    assert hows == ["ok", "ok", "note", "wrong"]


def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sqlite_keeps(tmp_path).how == "ok"
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 39, 5))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.39.5")
    assert sqlite_keeps(tmp_path).said == "version 3.39.5 is older than 3.40.0"
