"""What the server writes down about an evening: lines of JSON, and nothing of anybody.

A canary sits in every place where a person, a page or a stranger can put something: notes, titles, names, codes,
secrets, cookies, paths, queries, headers, handshakes, frames that can not be read. Then things go wrong inside as
well, each with an error that says what somebody wrote. Nothing of it may be in the log, nor may the visitor's address.
"""

import asyncio
import contextlib
import json
import socket
import sys
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import websockets

from opgavebord.export.formats import FORMATS
from opgavebord.protocol import VERSION
from tests.server import Server
from tests.web.house import NO_TLS, until

pytestmark = pytest.mark.faults

CANARY: Final = "kanarie7f3a"
FORGED: Final = '{"at": "2026-01-01T00:00:00Z", "level": "critical", "what": "vals alarm"}'
NASTY: Final = f"{CANARY}\r\n{FORGED}\r\n\x1b[2J\x1b[31m\u2028\x00"
FROM: Final = "127.0.0.77"  # the visitor's address; on this machine all of 127/8 is ours
PASSWORD: Final = f"vier vogels en een {CANARY}"

BREAKING: Final = """
import asyncio
import opgavebord.watch as watch
import opgavebord.sync.room as room
from opgavebord.export import formats
from opgavebord.storage.sqlite_log import SqliteLog
from opgavebord.web import health, takehome
from opgavebord.cli import app

def breaks(what):
    raise KeyError(f"kanarie7f3a in {what!r}")

decide = room.decide
def decided(sprint, ask, past):
    if "breek" in getattr(ask.command, "text", ""):
        breaks(ask.command)
    return decide(sprint, ask, past)
room.decide = decided

append = SqliteLog.append
async def kept(self, sprint, append_):
    for entry in append_.entries:
        if "onbewaarbaar" in getattr(entry.command, "text", ""):
            breaks(entry.command.text)
    return await append(self, sprint, append_)
SqliteLog.append = kept

async def alone():
    breaks("a task that nobody waits for")
async def feel(watch):
    asyncio.create_task(alone())
watch.feel = feel

async def versie(self):
    breaks(self)
health.Health.versie = versie

taken = takehome.take
def take(*values, **how):
    if "csv" in values or "csv" in how.values():
        breaks(values)
    return taken(*values, **how)
takehome.take = take

app()
"""


@pytest.fixture
def hall(tmp_path: Path) -> Any:
    server = Server(tmp_path / "hall", OPGAVEBORD_LOG="requests")
    server.program = [sys.executable, "-c", BREAKING, "serve", "--json"]
    server.start()
    yield server
    server.kill()


def browser(server: Server) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(
        base_url=server.url,
        timeout=30,
        transport=httpx2.AsyncHTTPTransport(local_address=FROM, verify=NO_TLS),
        headers={"X-Canary": CANARY, "User-Agent": CANARY, "Referer": f"http://{CANARY}/"},
    )


async def test_nothing_of_anybody_is_in_the_log(hall: Server) -> None:
    cookies: dict[str, str] = {}
    async with browser(hall) as visitor:
        await the_door(hall, visitor)
        await the_desk(hall, visitor)
        await wrong_addresses(visitor)
        await the_board(hall, visitor)
        await taking_home(hall, visitor)
        cookies.update(visitor.cookies)
    await strangers(hall)
    assert hall.stop() == 0

    said = hall.said
    for secret in (
        *(CANARY, "vals alarm", FROM, "127.0.0.1", "\x1b"),
        *(hall.links["join_code"], *cookies.values()),
        *(link.partition("#")[2] for link in hall.links.values() if "#" in link),
    ):
        assert secret not in said, [line for line in said.splitlines() if secret in line][:3]
    lines = [json.loads(line) for line in said.splitlines()]  # each is JSON, and only JSON
    assert all({"at", "level", "from", "what"} <= set(line) for line in lines)
    whats = [line["what"] for line in lines]
    # it was not kept quiet either: all that went wrong is there, with its sort and where it came from
    assert whats.count("request") > 60
    for told in (
        "a request went wrong",
        "an export went wrong",
        "a socket from elsewhere was refused",
        "Invalid HTTP request received.",
        "Task exception was never retrieved",
    ):
        assert told in whats, told
    assert any("KeyError in breaks" in what for what in whats)
    assert any(what.endswith("an append that can not be kept") for what in whats)
    troubles = [line["trouble"] for line in lines if "trouble" in line]
    assert all("KeyError" in one for one in troubles if "breaks" in one)
    paths = {line["path"] for line in lines if line["what"] == "request"}
    assert {"/api/join", "/api/s/{sprint}/me", "/s/{sprint}/wand/{scene}", "…"} <= paths


async def the_door(hall: Server, visitor: httpx2.AsyncClient) -> None:
    for said in (CANARY, NASTY, hall.links["join_code"]):
        await visitor.post("/api/join", json={"code": said})
        await visitor.post("/api/move", json={"code": hall.links["join_code"], "stoelcode": said})
        await visitor.post("/api/enter", json={"secret": said})
    await visitor.post("/api/join", json={"token": CANARY})
    await visitor.post("/api/join", content=NASTY.encode())
    for which in ("wall", "regie", "oogst", "tafel", "luister"):
        secret = hall.links[f"{which}_url"].partition("#")[2]
        assert (await visitor.post("/api/enter", json={"secret": secret})).status_code == 200
    origin = {"Origin": f"https://{CANARY}.example"}
    await visitor.post("/api/join", json={"code": CANARY}, headers=origin)


async def the_desk(hall: Server, visitor: httpx2.AsyncClient) -> None:
    secret = hall.links["desk_url"].partition("#")[2]
    account = {"secret": secret, "name": f"Mw {CANARY}", "password": PASSWORD}
    assert (await visitor.post("/api/bureau/accounts", json=account)).status_code == 200
    for name, password in ((account["name"], CANARY), (CANARY, PASSWORD), (NASTY, NASTY)):
        await visitor.post("/api/bureau/sign-in", json={"name": name, "password": password})
    await visitor.post("/api/bureau/opgaven", json={"title": CANARY})
    await visitor.put(f"/api/bureau/opgaven/{CANARY}", json={"version": 1, "opgave": NASTY})


async def wrong_addresses(visitor: httpx2.AsyncClient) -> None:
    for path in (
        *(f"/?t={CANARY}", f"/{CANARY}", f"/s/{CANARY}", f"/s/{CANARY}/wand/{CANARY}"),
        *(f"/api/s/{CANARY}/me", f"/wand/{CANARY}", f"/gehoord/{CANARY}", f"/assets/{CANARY}"),
        *(f"/bureau/{CANARY}", f"/bureau/opgave/{CANARY}", f"/api/bureau/sprints/{CANARY}"),
        *(f"/api/s/{CANARY}/exports/{CANARY}/file", "/%0d%0a%1b[2J" + CANARY, "/" + CANARY * 300),
        *(f"/api/s/{CANARY}/qr.svg?table={CANARY}", f"/ws/{CANARY}?t={CANARY}", "/versie"),
    ):
        for how in ("GET", "POST", "DELETE"):
            with contextlib.suppress(httpx2.TransportError):  # after a mishap the line is closed
                await visitor.request(how, path, headers={"X-Forwarded-For": "203.0.113.99"})
    large = {f"X-{CANARY}-{n}": CANARY for n in range(120)}
    await visitor.get("/", headers=large)
    with contextlib.suppress(httpx2.TransportError):  # it does not read that to the end
        await visitor.post("/api/join", content=CANARY * 50_000)


async def on_the_line(
    hall: Server, visitor: httpx2.AsyncClient, role: str, **how: Any
) -> websockets.ClientConnection:
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    return await websockets.connect(
        f"ws://127.0.0.1:{hall.port}/ws/{hall.links['sprint']}/{role}?t={CANARY}",
        additional_headers={"Cookie": cookie, "X-Canary": CANARY},
        compression=None,
        max_size=2**24,
        local_addr=(FROM, 0),
        **{"origin": hall.url, **how},
    )


async def the_board(hall: Server, visitor: httpx2.AsyncClient) -> None:
    line = await on_the_line(hall, visitor, "deelnemer")
    await line.send(json.dumps({"t": "hello", "v": VERSION, "device": CANARY}))
    records = (await until(line, "snapshot"))["records"]
    board = next(one["board"] for one in records if one["kind"] == "sprint")
    zone = next(r["id"] for r in records if r["kind"] == "zone" and r["board"] == board)
    texts = [f"De bus, zegt {CANARY}.", f"breek {CANARY}", f"onbewaarbaar {CANARY}", NASTY]
    commands: list[dict[str, Any]] = [
        {"do": "note.create", "note": f"{CANARY}-{n}", "zone": zone, "text": text}
        for n, text in enumerate(texts)
    ]
    commands += [
        {"do": "note.create", "note": CANARY, "zone": CANARY, "text": CANARY},
        {"do": CANARY, "text": NASTY},
        {"do": "note.bin", "note": CANARY},
        {"do": "group.name", "group": CANARY, "title": CANARY},
    ]
    for number, command in enumerate(commands, start=1):
        await line.send(json.dumps({"t": "do", "id": f"{CANARY}.{number}", "c": command}))
    answered: dict[str, str | None] = {}
    async with asyncio.timeout(20):
        while len(answered) < len(commands):
            message = json.loads(await line.recv())
            answered |= {name: refusal for name, _, refusal in message.get("acks", ())}
    assert answered[f"{CANARY}.1"] is None
    assert [answered[f"{CANARY}.{n}"] for n in (2, 3, 4)] == ["bad_command"] * 2 + ["bad_text"]
    await line.send(json.dumps({"t": "since", "head": 0}))
    await line.close(4321, CANARY)
    for bad in (CANARY, NASTY, CANARY.encode(), "[" * 5000, f'{{"t":"{CANARY}"}}', CANARY * 9000):
        line = await on_the_line(hall, visitor, "begeleider")
        with contextlib.suppress(websockets.ConnectionClosed):
            await line.send(json.dumps({"t": "hello", "v": VERSION, "device": f"{CANARY}2"}))
            for _ in range(3):
                await line.send(bad)
            async with asyncio.timeout(5):
                while json.loads(await line.recv())["t"] != "bye":
                    pass
        await line.close()
    newer = await on_the_line(hall, visitor, "wand")
    await newer.send(json.dumps({"t": "hello", "v": 999, "device": CANARY}))
    assert (await until(newer, "bye"))["code"] == 4006
    await newer.close()


async def taking_home(hall: Server, visitor: httpx2.AsyncClient) -> None:
    path = f"/api/s/{hall.links['sprint']}/exports"
    for one in FORMATS:
        asked = await visitor.post(path, json={"format": one})
        if not asked.is_success:  # two at a time
            continue
        at = f"{path}/{asked.json()['id']}"
        async with asyncio.timeout(60):
            while (state := await visitor.get(at)).is_success and not state.json()["ready"]:
                await asyncio.sleep(0.05)
        await visitor.get(f"{at}/file")
    await visitor.post("/api/imports", json={"file": f"/tmp/{CANARY}"})


async def strangers(hall: Server) -> None:
    """Who does not speak as agreed."""
    nobody = browser(hall)
    nobody.cookies.set(f"ob_deelnemer_{hall.links['sprint']}", CANARY)
    line = await on_the_line(hall, nobody, "deelnemer")
    assert json.loads(await line.recv())["code"] == 4003
    await line.close()
    with contextlib.suppress(websockets.InvalidStatus):
        await on_the_line(hall, nobody, "deelnemer", origin=f"https://{CANARY}.example")
    await nobody.aclose()
    shake = f"GET /ws/{hall.links['sprint']}/deelnemer?{CANARY} HTTP/1.1\r\nHost: {CANARY}\r\n"
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
    for raw in (
        f"{CANARY} / HTTP/1.1\r\nHost: {CANARY}\r\n\r\n",
        f"GET /{CANARY} HTTP/9.9\r\nHost: x\r\n\r\n",
        f"GET / HTTP/1.1\r\nX-Canary: \x1b[2J{CANARY}\r\n\x01{FORGED}: x\r\n\r\n",
        f"{shake}{upgrade}Sec-WebSocket-Version: {CANARY}\r\nSec-WebSocket-Key: {CANARY}\r\n\r\n",
        f"{shake}{upgrade}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {CANARY}\r\n\r\n",
        f"{shake}{upgrade}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Extensions: {CANARY};;=\r\n\r\n",
    ):
        await asyncio.to_thread(knock, hall.port, raw)


def knock(port: int, raw: str) -> None:
    with socket.create_connection(("127.0.0.1", port), 5, source_address=(FROM, 0)) as line:
        line.sendall(raw.encode("latin-1"))
        with contextlib.suppress(OSError):
            line.recv(4096)


BEFORE_IT_SERVES: Final = """
import opgavebord.app as app
from opgavebord import cli

def broken(*values):
    raise ValueError("kanarie7f3a")

app.Opgavebord.links = broken
cli.app()
"""


def test_what_nobody_caught_is_a_line_as_well(tmp_path: Path) -> None:
    server = Server(tmp_path / "hall")
    server.program = [sys.executable, "-c", BEFORE_IT_SERVES, "serve", "--json"]
    with pytest.raises(RuntimeError, match="stopped at once"):
        server.start()
    (line,) = [json.loads(one) for one in server.said.splitlines()]
    assert (line["level"], line["what"]) == ("critical", "not caught")
    assert line["trouble"].startswith("ValueError: ")
    assert "in broken" in line["trouble"]
    assert CANARY not in server.said
