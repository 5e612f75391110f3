"""Backup, restore and drill as somebody types them, beside a server that people write to."""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from opgavebord.backups.drill import last
from opgavebord.cli.speaking import REFUSED, WRONG
from opgavebord.storage import backup
from opgavebord.storage.check import check
from opgavebord.storage.sqlite import FILE
from tests.faults.crowd import Crowd
from tests.faults.test_command_line import typed
from tests.server import Server

pytestmark = pytest.mark.faults


async def test_an_evening_is_lost_with_its_disk_and_goes_on_from_the_backup(
    server: Server, tmp_path: Path
) -> None:
    """Backed up while somebody writes; then the folder is gone; one command, and the same links work."""
    hall = Crowd(server)
    (visitor,) = await hall.come()
    usb = str(tmp_path / "usb")
    name = visitor.write("De bus komt niet meer.")
    await visitor.answered(name)
    kept, _ = visitor.answers[name]
    backing_up = asyncio.create_task(
        asyncio.to_thread(typed, server, "backup", "--with-key", "--json", "--out", usb)
    )
    while not backing_up.done():
        await visitor.answered(visitor.write("En nog een."))
    told = await backing_up
    await hall.go_home()
    assert told.returncode == 0, told.stderr
    assert "100 %" in told.stderr
    made = json.loads(told.stdout)
    folder = Path(made["folder"])
    manifest = backup.verify(folder)
    assert made["key"]
    assert manifest.sprints[visitor.seat.sprint].acknowledged >= kept
    assert made["entries"] == sum(mark.head for mark in manifest.sprints.values())

    busy = typed(server, "restore", str(folder), "--replace")
    assert busy.returncode == REFUSED
    assert "already serves" in busy.stderr
    server.kill()
    links = dict(server.links)
    server.data_dir.rename(tmp_path / "burnt")
    done = typed(server, "restore", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["key"] == "put back"
    server.start()
    assert {name: link for name, link in server.links.items() if name != "desk_url"} == {
        name: link for name, link in links.items() if name != "desk_url"
    }
    assert check(server.data_dir).wrong == ()
    assert httpx2.get(f"{server.url}/readyz").status_code == 200


def test_a_drill_proves_it_and_says_when_it_can_not(server: Server) -> None:
    done = typed(server, "drill", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["ok"]
    assert "nothing that was acknowledged is missing" in done.stderr
    assert last(server.data_dir) is not None
    shown = httpx2.get(f"{server.url}/metrics").text
    assert re.search(r"^opgavebord_restore_drill_ok 1", shown, re.M)
    leftovers = [one.name for one in (server.data_dir / "backups").iterdir()]
    assert leftovers == [], "nothing of the drill is left"

    server.kill()
    spoiled = subprocess.run(  # a backup that leaves out the newest of what it says
        [sys.executable, "-c", LEAVES_OUT, "drill"],
        env=server.environment(),
        cwd=server.data_dir.parent,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert spoiled.returncode == WRONG, spoiled.stderr
    assert "can not be relied on" in spoiled.stderr
    assert "the log has note" in spoiled.stderr, "what is missing is named"
    assert last(server.data_dir) is not None
    assert last(server.data_dir)[0] is False  # type: ignore[index]


LEAVES_OUT = """
import sqlite3
from opgavebord.storage import backup
really = backup.copy_file
def forgetful(path, to, tell):
    really(path, to, tell)
    driver = sqlite3.connect(to)
    with driver:
        driver.execute("DELETE FROM note WHERE rowid = (SELECT max(rowid) FROM note)")
    driver.close()
backup.copy_file = forgetful
from opgavebord.cli import app
app()
"""


def test_without_a_server_it_is_made_from_here(server: Server, tmp_path: Path) -> None:
    assert server.stop() == 0
    made = json.loads(typed(server, "backup", "--json").stdout)
    assert Path(made["folder"]).parent == server.data_dir / "backups"
    assert not made["key"]
    again = typed(server, "restore", made["folder"])
    assert again.returncode == REFUSED
    assert "--replace" in again.stderr
    over = typed(server, "restore", made["folder"], "--replace")
    assert over.returncode == 0, over.stderr
    assert "The key of the links that was there is left." in over.stderr
    aside = re.search(r"What was there lies in (.*)\.", over.stderr)
    assert aside is not None
    assert (Path(aside[1]) / FILE).exists()
    nothing = typed(server, "restore", str(tmp_path))
    assert nothing.returncode == REFUSED
    assert "is no backup" in nothing.stderr
