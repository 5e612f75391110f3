"""The whole journey, as a municipality makes it: prepared at the desk, packed, opened on a laptop, an
evening in the hall, packed again, brought home, and once more by mistake."""

import asyncio
import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from websockets import Origin
from websockets.asyncio.client import ClientConnection, connect

from opgavebord.cli.speaking import REFUSED
from opgavebord.protocol import VERSION
from tests.bureau.test_desk import EVENING, PASSWORD, VITALE_KERNEN
from tests.server import Server

pytestmark = pytest.mark.faults

NOTES = 52
PEOPLE = 4


class Browser:
    """Somebody's browser, as far as cookies and JSON go."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, body: object = None, raw: bytes | None = None) -> bytes:
        sent = raw if raw is not None else None if body is None else json.dumps(body).encode()
        headers = {"Origin": self.url, "Cookie": self.cookie}
        request = urllib.request.Request(f"{self.url}{path}", sent, headers, method=method)
        with urllib.request.urlopen(request) as answer:
            for said in answer.headers.get_all("Set-Cookie") or ():
                for name, morsel in SimpleCookie(said).items():
                    self.cookies[name] = morsel.value
            told: bytes = answer.read()
            return told

    def refused(self, method: str, path: str, body: object = None, raw: bytes | None = None) -> Any:
        """Status and answer of what may not be."""
        try:
            self.ask(method, path, body, raw)
        except urllib.error.HTTPError as no:
            with no:
                return no.code, json.load(no)
        raise AssertionError(f"{path} was not refused")

    def json(self, method: str, path: str, body: object = None) -> Any:
        return json.loads(self.ask(method, path, body))

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


class Talk:
    """A socket of somebody with a seat; asks, and waits for the verdict."""

    def __init__(self, socket: ClientConnection, device: str) -> None:
        self.socket = socket
        self.device = device
        self.records: dict[str, dict[str, Any]] = {}
        self.number = 0

    async def ask(self, **command: Any) -> str | None:
        """The verdict: None, or why not."""
        self.number += 1
        name = f"{self.device}.{self.number}"
        await self.socket.send(json.dumps({"t": "do", "id": name, "c": command}))
        while True:
            for ack in (await self.hear()).get("acks", ()):
                if ack[0] == name:
                    return ack[2] if len(ack) > 2 else None

    async def hear(self) -> dict[str, Any]:
        async with asyncio.timeout(30):
            message: dict[str, Any] = json.loads(await self.socket.recv())
        if message["t"] == "snapshot":
            self.records = {one["id"]: one for one in message["records"]}
        return message


@asynccontextmanager
async def talking(browser: Browser, sprint: str, role: str, device: str) -> AsyncIterator[Talk]:
    async with connect(
        f"{browser.url.replace('http', 'ws', 1)}/ws/{sprint}/{role}",
        origin=Origin(browser.url),
        additional_headers={"Cookie": browser.cookie},
        max_size=None,
    ) as socket:
        await socket.send(json.dumps({"t": "hello", "v": VERSION, "device": device}))
        talk = Talk(socket, device)
        while not talk.records:
            await talk.hear()
        yield talk


def typed(server: Server, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "opgavebord", *words],
        env=server.environment(),
        cwd=server.data_dir.parent,
        capture_output=True,
        text=True,
        timeout=60,
    )


def did(server: Server, *words: str) -> str:
    done = typed(server, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "central").start()
    yield server
    server.kill()


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "laptop")
    server.data_dir.parent.mkdir(exist_ok=True)
    yield server
    server.kill()


def prepare(central: Server) -> tuple[Browser, str]:
    """At the desk: an account, an opgave, a sprint."""
    desk = Browser(central.url)
    secret = central.links["desk_url"].partition("#")[2]
    account = {"secret": secret, "name": "Anna Peeters", "password": PASSWORD}
    desk.json("POST", "/api/bureau/accounts", account)
    opgave = desk.json("POST", "/api/bureau/opgaven", VITALE_KERNEN)
    made = desk.json("POST", f"/api/bureau/opgaven/{opgave['id']}/sprints", EVENING)
    return desk, made["sprint"]


async def an_evening(url: str, links: dict[str, str], sprint: str) -> None:
    """Somebody directs; four tablets write, change what is there, and give their dots."""
    regie, people = Browser(url), [Browser(url) for _ in range(PEOPLE)]
    regie.ask("POST", "/api/enter", {"secret": links["regie_url"].partition("#")[2]})
    for one in people:
        one.ask("POST", "/api/join", {"code": links["join_code"]})
    async with talking(regie, sprint, "begeleider", "regie-1") as fien:
        steps = [one for one in fien.records.values() if one["kind"] == "step"]
        zones = [
            one
            for one in fien.records.values()
            if one["kind"] == "zone" and one["write"] == "iedereen" and not one["tap"]
        ]
        boards = {zone["board"] for zone in zones}
        writing = next(
            step
            for step in steps
            if step["write"] == "iedereen"
            and "schrijven" in step["may"]
            and step["board"] in boards
        )
        voting = next(step for step in steps if "stemmen" in step["may"])
        zone = next(zone["id"] for zone in zones if zone["board"] == writing["board"])
        assert await fien.ask(do="step.go", step=writing["id"]) is None
        await asyncio.gather(*(write(one, sprint, at, zone) for at, one in enumerate(people)))
        for command in (
            {"do": "step.reveal", "to": "zaal"},
            {"do": "group.make", "group": "groep-1", "title": "Samen", "notes": ["note-0-0"]},
            {"do": "group.make", "group": "groep-2", "title": "De bus", "notes": ["note-1-0"]},
            {"do": "round.open", "round": "ronde-1", "title": "Wat telt?"},
            {"do": "step.go", "step": voting["id"]},
        ):
            assert await fien.ask(**command) is None
        for at, one in enumerate(people):
            async with talking(one, sprint, "deelnemer", f"tablet-{at}") as talk:
                talk.number = 100
                dots = {"do": "vote.give", "round": "ronde-1", "item": "groep-1", "dots": 2}
                assert await talk.ask(**dots) is None
        assert await fien.ask(do="round.close", round="ronde-1") is None
        assert await fien.ask(do="evening.phase", phase="closed") is None


async def write(browser: Browser, sprint: str, at: int, zone: str) -> None:
    async with talking(browser, sprint, "deelnemer", f"tablet-{at}") as talk:
        for n in range(NOTES // PEOPLE):
            new = {"do": "note.create", "note": f"note-{at}-{n}", "zone": zone}
            assert await talk.ask(**new, text=f"Zin {at} {n} 👍🏽") is None
        assert await talk.ask(**new, text="Nog eens") == "exists"


def exported(server: Server, sprint: str, to: Path) -> bytes:
    did(server, "export", sprint, "--format", "json", "--out", str(to))
    return to.read_bytes()


def test_an_evening_away_from_home(central: Server, laptop: Server, tmp_path: Path) -> None:
    there, back = tmp_path / "heen.zip", tmp_path / "terug.zip"
    desk, sprint = prepare(central)
    code = desk.json("GET", f"/api/bureau/sprints/{sprint}")["links"]["code"]
    did(central, "koffer", "pack", sprint, "--out", str(there))
    told = desk.json("GET", f"/api/bureau/sprints/{sprint}")
    assert told["away"]
    publish = {"do": "evening.publish", "on": True}
    _, why = desk.refused("POST", f"/api/bureau/sprints/{sprint}/plan", publish)
    assert why["where"] == "op_reis"

    opened = json.loads(did(laptop, "koffer", "open", str(there), "--json"))
    assert opened["opened"]
    links = laptop.start().links
    assert (links["sprint"], links["join_code"]) == (sprint, code)
    assert opened["links"]["regie_url"].partition("#")[2] == links["regie_url"].partition("#")[2]
    again = json.loads(did(laptop, "koffer", "open", str(there), "--json"))
    assert not again["opened"], "beside the server too"
    asyncio.run(an_evening(laptop.url, links, sprint))
    did(laptop, "koffer", "pack", "newest", "--out", str(back))

    came = json.loads(did(central, "koffer", "home", str(back), "--json"))["report"]
    assert (came["notes"], came["double"], came["refused"]) == (NOTES, 0, 0)
    done = typed(central, "koffer", "home", str(back))
    assert "0 briefjes samengevoegd, 52 dubbel, 0 niet geplaatst." in done.stderr
    at_desk = json.loads(desk.ask("POST", "/api/bureau/koffer", raw=back.read_bytes()))
    assert at_desk["report"]["double"] == NOTES
    assert "Er staat niets twee keer." in at_desk["sentences"][1]
    assert not desk.json("GET", f"/api/bureau/sprints/{sprint}")["away"]

    at_home = exported(central, sprint, tmp_path / "thuis.json")
    assert at_home == exported(laptop, sprint, tmp_path / "zaal.json")
    assert at_home.count(b"Zin ") >= NOTES
    for server in (central, laptop):
        assert server.stop() == 0
        assert "agree" in did(server, "check")


def test_what_is_not_a_koffer_is_refused_in_a_sentence(central: Server, tmp_path: Path) -> None:
    file = tmp_path / "foto.zip"
    file.write_bytes(b"PK\x03\x04 geen koffer")
    for how in ("open", "home"):
        done = typed(central, "koffer", how, str(file))
        assert done.returncode == REFUSED
        assert "koffer" in done.stderr
        assert "Traceback" not in done.stderr
    done = typed(central, "koffer", "pack", "s" + "0" * 30, "--out", str(file))
    assert done.returncode == REFUSED
    stranger = Browser(central.url)
    assert stranger.refused("POST", "/api/bureau/koffer", raw=b"PK")[0] == 401
    assert stranger.refused("POST", "/api/koffer", {"file": str(file)})[0] == 404
