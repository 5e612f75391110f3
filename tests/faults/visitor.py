"""A visitor without a browser: joins by HTTP, speaks the protocol over a real socket.

Small on purpose. It keeps what it heard, so that a test can compare it with what the server has.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import urllib.request
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Self

from websockets.asyncio.client import ClientConnection, connect

from opgavebord.protocol import VERSION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def join(url: str, code: str) -> tuple[str, str]:
    """Through the door: the sprint's id and the cookie."""
    request = urllib.request.Request(
        f"{url}/api/join",
        data=json.dumps({"code": code}).encode(),
        headers={"Content-Type": "application/json", "Origin": url},
    )
    with urllib.request.urlopen(request) as answer:
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        sprint: str = json.load(answer)["sprint"]
        return sprint, cookie


class Visitor:
    def __init__(self, url: str, sprint: str, cookie: str, device: str | None = None) -> None:
        self.url, self.sprint, self.cookie = url, sprint, cookie
        self.device = device or secrets.token_urlsafe(16)
        self.number = 0
        self.head: int | None = None
        self.acks: dict[str, tuple[int, str | None]] = {}
        self.records: dict[str, dict[str, Any]] = {}
        self.said: dict[str, dict[str, Any]] = {}  # every command by name, kept or not
        self.line: ClientConnection | None = None

    @classmethod
    async def of(cls, url: str, code: str) -> Self:
        sprint, cookie = await asyncio.to_thread(join, url, code)
        return cls(url, sprint, cookie)

    @asynccontextmanager
    async def on_the_line(self) -> AsyncIterator[Self]:
        async with connect(
            self.url.replace("http", "ws", 1) + f"/ws/{self.sprint}/deelnemer",
            origin=self.url,  # type: ignore[arg-type]
            additional_headers={"Cookie": self.cookie},
            compression=None,
            max_size=None,
        ) as line:
            self.line = line
            pending = [name for name in self.said if name not in self.acks]
            await self.tell(
                t="hello", v=VERSION, device=self.device, head=self.head, pending=pending
            )
            while (await self.hear())["t"] not in ("snapshot", "frame"):
                pass
            for name in pending:
                if name not in self.acks:
                    await self.tell(t="do", id=name, c=self.said[name])
            yield self
        self.line = None

    async def tell(self, **message: Any) -> None:
        assert self.line is not None
        await self.line.send(json.dumps(message))

    async def ask(self, **command: Any) -> str:
        """Send a command under a new name."""
        self.number += 1
        name = f"{self.device}.{self.number}"
        self.said[name] = command
        await self.tell(t="do", id=name, c=command)
        return name

    async def write(self, text: str) -> str:
        zone = min(id for id, record in self.records.items() if record["kind"] == "zone")
        return await self.ask(
            do="note.create", note=secrets.token_urlsafe(16), zone=zone, text=text
        )

    async def hear(self) -> dict[str, Any]:
        """One message, taken in."""
        assert self.line is not None
        message: dict[str, Any] = json.loads(await self.line.recv())
        for name, seq, refusal in message.get("acks", ()):
            self.acks[name] = (seq, refusal)
        if message["t"] in ("snapshot", "mine"):
            for record in message["records"]:
                self.records[record["id"]] = record
        if message["t"] == "snapshot":
            self.head = message["head"]
        if message["t"] == "frame":
            for event in message["events"]:
                for operation in event["change"]:
                    if operation["op"] == "put":
                        self.records[operation["record"]["id"]] = operation["record"]
            self.head = max(self.head or 0, message["to"])
        return message

    async def hear_until_answered(self, *names: str) -> None:
        while not all(name in self.acks for name in names):
            await self.hear()
