"""The facilitator without a browser: enters by the link of the regie, and asks by the protocol.

For tests that look at the hall: what stands on Regie is tried elsewhere.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import urllib.request
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from websockets.asyncio.client import ClientConnection, connect

from opgavebord.protocol import VERSION

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .hall import Hall


class Facilitator:
    """`records`: everything as the desk sees it, by id."""

    def __init__(self, line: ClientConnection) -> None:
        self._line = line
        self._device = secrets.token_urlsafe(16)
        self._number = 0
        self._promised = self._head = 0  # the welcome says how far; a snapshot may be older
        self._answers: dict[str, str | None] = {}
        self.records: dict[str, dict[str, Any]] = {}

    async def ask(self, do: str, **fields: Any) -> None:
        """Ask, and wait until it happened."""
        self._number += 1
        name = f"{self._device}.{self._number}"
        await self._tell(t="do", id=name, c={"do": do, **fields})
        while name not in self._answers:
            await self.hear()
        assert self._answers[name] is None, (do, self._answers[name])

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Wait for a record of this kind with these fields."""
        while True:
            for record in self.of(kind):
                if all(record.get(name) == value for name, value in fields.items()):
                    return record
            await self.hear()

    async def newcomer(self) -> dict[str, Any]:
        """The place of the one seat that came in after the ones of the demo, and said something."""
        while True:
            for place in self.of("place"):
                if not place["id"].startswith("demo"):
                    return place
            await self.hear()

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [record for record in self.records.values() if record["kind"] == kind]

    @property
    def evening(self) -> dict[str, Any]:
        return self.of("sprint")[0]

    def step(self, title: str) -> dict[str, Any]:
        return next(step for step in self.of("step") if step["title"] == title)

    async def go(self, title: str) -> None:
        await self.ask("step.go", step=self.step(title)["id"])

    async def tables(self, count: int) -> list[dict[str, Any]]:
        """So many tables at least, in the order of their numbers."""
        for number in range(1, count + 1):
            if not any(table["number"] == number for table in self.of("table")):
                await self.ask("table.set", table=f"tafel-{number}", number=number, people=6)
        return sorted(self.of("table"), key=lambda table: int(table["number"]))

    async def hear(self) -> None:
        """Take in what is said next."""
        message: dict[str, Any] = json.loads(await self._line.recv())
        if message["t"] == "welcome":
            self._promised = message["head"]
        self._head = max(self._head, message.get("to", 0) or 0)
        if message["t"] == "snapshot":
            self._head = message["head"]
        for name, _, *refusal in message.get("acks", ()):
            self._answers[name] = refusal[0] if refusal else None
        for record in message.get("records", ()):
            self.records[record["id"]] = record
        for event in message.get("events", ()):
            for operation in event["change"]:
                self._apply(operation)

    # -- the socket -----------------------------------------------------------------------

    async def begin(self) -> None:
        await self._tell(t="hello", v=VERSION, device=self._device, head=None, pending=[])
        while self._head < self._promised or not self.records:
            await self.hear()

    async def _tell(self, **message: Any) -> None:
        await self._line.send(json.dumps(message))

    def _apply(self, operation: dict[str, Any]) -> None:
        if operation["op"] == "put":
            self.records[operation["record"]["id"]] = operation["record"]
        elif operation["op"] == "patch":
            self.records[operation["id"]] |= operation["set"]
        elif operation["op"] == "drop":
            self.records.pop(operation["id"], None)


@asynccontextmanager
async def facilitator(hall: Hall) -> AsyncIterator[Facilitator]:
    url = hall.url.rstrip("/")
    cookie, sprint = await asyncio.to_thread(_enter, url, hall.links["regie_url"].split("#")[1])
    async with connect(
        url.replace("http", "ws", 1) + f"/ws/{sprint}/begeleider",
        origin=url,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie},
        compression=None,
        max_size=None,
    ) as line:
        directing = Facilitator(line)
        await directing.begin()
        yield directing


def _enter(url: str, secret: str) -> tuple[str, str]:
    request = urllib.request.Request(
        f"{url}/api/enter",
        data=json.dumps({"secret": secret}).encode(),
        headers={"Content-Type": "application/json", "Origin": url},
    )
    with urllib.request.urlopen(request) as answer:
        cookie = answer.headers["Set-Cookie"].split(";")[0]
        sprint: str = json.load(answer)["sprint"]
        return cookie, sprint
