"""Somebody who takes part over one socket, whatever stands between: says hello, writes, reads."""

import asyncio
import json
import secrets
from typing import Any, Final, Self

import websockets

from opgavebord.protocol import VERSION

PATIENCE: Final = 20.0


class Guest:
    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket
        self._device = secrets.token_urlsafe(16)
        self._number = 0
        self.zone = ""  # a field of the board that is on
        self.head = 0
        self.texts: list[str] = []  # of the notes on the boards, as they were at the hello

    @classmethod
    async def on(cls, socket: websockets.ClientConnection) -> Self:
        """In, and in sync."""
        guest = cls(socket)
        await guest._tell(t="hello", v=VERSION, device=guest._device)
        async with asyncio.timeout(PATIENCE):
            while (told := await guest._hear())["t"] != "snapshot":
                pass
        guest.head = told["head"]
        records = told["records"]
        board = next(one["board"] for one in records if one["kind"] == "sprint")
        zones = [one for one in records if one["kind"] == "zone" and one["board"] == board]
        guest.zone = min(one["id"] for one in zones)
        guest.texts = [one["text"] for one in records if one["kind"] == "note"]
        return guest

    async def write(self, text: str) -> None:
        """A note; returns when the server says that it is kept."""
        self._number += 1
        name = f"{self._device}.{self._number}"
        note = secrets.token_urlsafe(16)
        asked = {"do": "note.create", "note": note, "zone": self.zone, "text": text}
        await self._tell(t="do", id=name, c=asked)
        async with asyncio.timeout(PATIENCE):
            while True:
                for acked, _, refusal in (await self._hear()).get("acks", ()):
                    if acked == name:
                        assert refusal is None, refusal
                        return

    async def leave(self) -> None:
        await self._socket.close()

    async def _tell(self, **message: Any) -> None:
        await self._socket.send(json.dumps(message))

    async def _hear(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await self._socket.recv())
        return message
