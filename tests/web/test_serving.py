"""The process: it starts, says so in one line, keeps its secrets, and goes down when asked."""

import asyncio
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
import websockets

from opgavebord.listening import GIVE_UP_MS, SEND_BUFFER, CanNotServe, listen
from opgavebord.protocol import VERSION
from opgavebord.settings import Settings
from opgavebord.sprint.commands import CreateNote
from opgavebord.storage.sqlite import FILE
from tests.history.driver import Client, History, join
from tests.server import ROOT, Server


def run(*arguments: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("OPGAVEBORD_")}
    return subprocess.run(
        [sys.executable, "-m", "opgavebord", *arguments],
        cwd=cwd,
        env=inherited | {"PYTHONPATH": str(ROOT / "backend")} | settings,
        capture_output=True,
        text=True,
        timeout=30,
    )


def test_what_every_connection_inherits() -> None:
    with listen(Settings(host="127.0.0.1", port=0)) as listening:
        assert listening.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert listening.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 2 * SEND_BUFFER
        assert listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == GIVE_UP_MS
        port = listening.getsockname()[1]
        with pytest.raises(CanNotServe, match=f"Port {port} .*OPGAVEBORD_PORT"):
            listen(Settings(host="127.0.0.1", port=port))


def test_an_unknown_setting_refuses_to_start(tmp_path: Path) -> None:
    ended = run("serve", cwd=tmp_path, OPGAVEBORD_POORT="8000")
    assert ended.returncode == 2
    assert ended.stderr == ("There is no setting OPGAVEBORD_POORT. Did you mean OPGAVEBORD_PORT?\n")
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_a_plain_sentence(server: Server, tmp_path: Path) -> None:
    ended = run(
        "serve", cwd=tmp_path, OPGAVEBORD_HOST="127.0.0.1", OPGAVEBORD_PORT=str(server.port)
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"Port {server.port} on 127.0.0.1 can not be used")
    assert ended.stderr.count("\n") == 1


def test_a_data_folder_in_use_is_a_plain_sentence(server: Server, tmp_path: Path) -> None:
    where = {"OPGAVEBORD_DATA_DIR": str(server.data_dir), "OPGAVEBORD_PORT": "0"}
    for what in (["serve"], ["demo"], ["links"]):
        ended = run(*what, cwd=tmp_path, **where)
        assert ended.returncode == 2, what
        assert "already serves" in ended.stderr
        assert ended.stderr.count("\n") == 1
    ended = run("check", cwd=tmp_path, **where)  # only reads
    assert ended.returncode == 0, ended.stdout


def test_a_data_folder_that_can_not_be_used_is_a_plain_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = run("serve", cwd=tmp_path, OPGAVEBORD_DATA_DIR="file", OPGAVEBORD_PORT="0")
    assert ended.returncode == 2
    assert ended.stderr == "The data folder can not be used: File exists (file).\n"
    run("demo", cwd=tmp_path, OPGAVEBORD_DATA_DIR="good")
    (tmp_path / "good" / "opgavebord.key").write_bytes(b"short")
    ended = run("serve", cwd=tmp_path, OPGAVEBORD_DATA_DIR="good", OPGAVEBORD_PORT="0")
    assert ended.returncode == 2
    assert "is not a key of 32 bytes" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_the_json_line(server: Server) -> None:
    links = server.links
    assert list(links) == [
        *("sprint", "url", "join_code", "join_url", "wall_url", "regie_url"),
        *("oogst_url", "tafel_url", "luister_url", "desk_url", "public_url"),
    ]
    assert links["url"] == server.url
    assert links["join_code"][3] == "-"
    assert links["join_url"].startswith(f"{server.url}/#t=")
    assert links["wall_url"].startswith(f"{server.url}/wand#")
    for which in ("regie", "oogst", "tafel", "luister"):
        assert links[f"{which}_url"].startswith(f"{server.url}/{which}#")
    assert links["desk_url"].startswith(f"{server.url}/bureau")
    assert links["public_url"] == f"{server.url}/gehoord/{links['sprint']}"
    assert httpx2.get(f"{server.url}/healthz").json() == {"ok": True}


def test_the_links_are_the_same_after_a_kill_and_a_stop(server: Server) -> None:
    before = dict(server.links)
    server.kill()
    server.start()
    assert server.links == before
    assert server.stop() == 0
    server.start()
    assert server.links == before


def test_making_a_demo_showing_links_and_renewing_them(tmp_path: Path) -> None:
    where = {"OPGAVEBORD_DATA_DIR": str(tmp_path / "d")}
    made = json.loads(run("demo", "--notes", "60", "--json", cwd=tmp_path, **where).stdout)
    shown = json.loads(run("links", "--json", cwd=tmp_path, **where).stdout)
    # the desk's link works once, so only who makes the first account is shown it
    assert {**shown, "desk_url": ""} == {**made, "desk_url": ""}
    renewed = json.loads(run("links", "--rotate", "regie", "--json", cwd=tmp_path, **where).stdout)
    assert renewed["regie_url"] != made["regie_url"]
    assert renewed["wall_url"] == made["wall_url"]
    again = json.loads(run("links", "--rotate", "oogst", "--json", cwd=tmp_path, **where).stdout)
    assert {name for name in renewed if again[name] != renewed[name]} == {"oogst_url"}
    checked = run("check", "--data-dir", str(tmp_path / "d"), cwd=tmp_path)
    assert checked.returncode == 0
    assert checked.stdout.startswith("The log and the tables agree: 1 sprints")
    wrong = run("links", "--rotate", "tuin", cwd=tmp_path, **where)
    assert (wrong.returncode, wrong.stderr) == (
        2,
        "--rotate takes one of wand, regie, oogst, tafel, luister, bureau.\n",
    )


def test_a_check_of_nothing_and_of_something_tampered_with(tmp_path: Path) -> None:
    nothing = run("check", "--data-dir", str(tmp_path / "x"), cwd=tmp_path)
    assert nothing.returncode == 2
    assert "There is no Opgavebord database" in nothing.stderr
    run("demo", cwd=tmp_path, OPGAVEBORD_DATA_DIR=str(tmp_path))
    connection = sqlite3.connect(tmp_path / "opgavebord.sqlite3")
    with connection:
        connection.execute("UPDATE note SET text='iets anders' WHERE rowid=1")
    connection.close()
    found = run("check", "--data-dir", str(tmp_path), cwd=tmp_path)
    assert found.returncode == 1
    assert "the log says otherwise about text" in found.stdout
    assert found.stdout.endswith("disagree in 1 places.\n")


def test_a_damaged_event_is_named_and_the_board_opens_with_the_rest(tmp_path: Path) -> None:
    server = Server(tmp_path / "hall").start()
    server.stop()
    driver = sqlite3.connect(server.data_dir / FILE)
    with driver:
        made = "SELECT seq, json_extract(command, '$.note') FROM event WHERE command LIKE ?"
        seq, lost = driver.execute(f"{made} ORDER BY seq DESC", ('%"note.create"%',)).fetchone()
        driver.execute("UPDATE event SET change = substr(change, 2) WHERE seq = ?", (seq,))
        before = {id for (id,) in driver.execute("SELECT id FROM note")}
    driver.close()

    server.start()
    try:
        shown = asyncio.run(_notes(server))
        counted = httpx2.get(f"{server.url}/metrics").text
        said = server.said
    finally:
        server.stop()
    assert before - {lost} <= shown  # a reveal later on may have brought back the lost one as well
    assert f"entry {seq} is in quarantine" in said
    assert re.search(r"^opgavebord_quarantined_total [1-9]", counted, re.M)

    found = run("check", "--data-dir", str(server.data_dir), cwd=tmp_path)
    assert found.returncode == 1
    assert f"entry {seq} can not be read" in found.stdout


async def _notes(server: Server) -> set[str]:
    """The ids of all notes that a visitor is shown; and writing goes on."""
    visitor = Client(await join(server.port, server.links["join_code"]), History())
    await visitor.stay()
    shown = set(visitor.eyes.board.notes)
    zone = min(visitor.eyes.board.records["zone"])
    name = visitor.say(CreateNote("en-toch", zone, "En toch gaat het door."))
    await visitor.answered(name)
    assert visitor.answers[name][0]
    await visitor.stop()
    return shown


@pytest.mark.faults
async def test_it_goes_down_while_screens_watch_and_one_does_not_read(server: Server) -> None:
    code = {"code": server.links["join_code"]}
    sockets = []
    for place in range(5):
        async with httpx2.AsyncClient() as browser:
            await browser.post(f"{server.url}/api/join", json=code)
            cookie = "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
        socket_ = await websockets.connect(
            f"ws://127.0.0.1:{server.port}/ws/{server.links['sprint']}/deelnemer",
            origin=server.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": cookie},
        )
        await socket_.send(json.dumps({"t": "hello", "v": VERSION, "device": f"tablet0{place}"}))
        sockets.append(socket_)
    for reading in sockets[1:]:
        await reading.recv()
    sockets[0].transport.pause_reading()
    began = time.monotonic()
    assert await asyncio.to_thread(server.stop) == 0
    assert time.monotonic() - began < 10
    for reading in sockets[1:]:
        heard = [json.loads(one) async for one in _rest(reading)]
        assert heard[-1]["t"] == "bye"
        assert heard[-1]["code"] == reading.close_code == 4002
        assert 0 <= heard[-1]["retry_ms"] <= 5_000
    sockets[0].transport.abort()


async def _rest(reading: websockets.ClientConnection):  # type: ignore[no-untyped-def]
    try:
        async for one in reading:
            yield one
    except websockets.ConnectionClosed:
        return


@pytest.mark.faults
async def test_no_secret_ever_reaches_the_log(server: Server) -> None:
    """Every secret, cookie and word goes in by some door; none comes out in what is written down."""
    links = server.links
    secrets = [links[name].partition("#")[2].removeprefix("t=") for name in
               ("join_url", "wall_url", "regie_url", "oogst_url", "tafel_url", "luister_url")]  # fmt: skip
    canary = "kanarie-in-de-mijn"
    async with httpx2.AsyncClient(base_url=server.url) as browser:
        await browser.post("/api/join", json={"code": links["join_code"]})
        for secret in secrets[1:]:
            await browser.post("/api/enter", json={"secret": secret})
        for path in (f"/?t={canary}", f"/{canary}", f"/s/{canary}", f"/api/s/{canary}/me",
                     f"/wand/{canary}", f"/oogst/{canary}", f"/gehoord/{canary}", f"/ws/{canary}?t={canary}", f"/assets/{canary}"):  # fmt: skip
            await browser.get(path, headers={"X-Canary": canary, "User-Agent": canary})
        await browser.post("/api/join", json={"code": canary})
        await browser.post("/api/enter", json={"secret": canary})
        cookies = dict(browser.cookies)
        socket_ = await websockets.connect(
            f"ws://127.0.0.1:{server.port}/ws/{links['sprint']}/begeleider?t={canary}",
            origin=server.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())},
        )
        await socket_.send(json.dumps({"t": "hello", "v": VERSION, "device": "apparaat"}))
        await socket_.recv()
        await socket_.send(canary)
        command = {"do": "note.create", "note": "brief001", "zone": "zone", "text": canary}
        await socket_.send(json.dumps({"t": "do", "id": "apparaat.1", "c": command}))
        await socket_.close()
    server.stop()
    assert '"what": "request"' in server.said
    assert canary not in server.said
    assert "127.0.0.1" not in server.said
    for secret in (*secrets, *cookies.values(), links["join_code"], links["sprint"]):
        assert secret not in server.said
    assert len(cookies) == len(secrets) == 6


LOSING = """
import asyncio, sys
from pathlib import Path
from opgavebord.listening import listen
from opgavebord.serving import serve
from opgavebord.settings import Settings
from opgavebord.storage.sqlite import FILE
from opgavebord.storage.trouble import StorageLost

def announce(links, board):
    board.database._lost = StorageLost("SQLITE_IOERR_FSYNC")
    asyncio.get_running_loop().create_task(board.rooms.look(links.sprint))

settings = Settings(host="127.0.0.1", port=0, data_dir=Path(sys.argv[1]))
sys.exit(serve(settings, listen(settings), announce))
"""


@pytest.mark.faults
def test_a_disk_that_can_not_be_trusted_ends_the_process(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LOSING, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "backend")},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ended.returncode == 74
    assert "the disk can not be trusted any more: SQLITE_IOERR_FSYNC" in ended.stderr
