"""The whole product in this process, on a real port, with real sockets."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import httpx2
import websockets

from opgavebord import protocol
from opgavebord.app import Links, Opgavebord
from opgavebord.listening import listen
from opgavebord.serving import Server, configure
from opgavebord.settings import Settings

PATIENCE: Final = 10.0
NO_TLS: Final = ssl.create_default_context()  # made once; a client of its own takes 50 ms for it


class House:
    """A running server and how to visit it."""

    def __init__(self, board: Opgavebord, links: Links, folder: Path) -> None:
        self.board = board
        self.links = links
        self.folder = folder

    @property
    def url(self) -> str:
        return self.links.url

    @property
    def sprint(self) -> str:
        return self.links.sprint

    def secret(self, which: str) -> str:
        """Behind the `#` of a link: wand, regie, oogst, tafel or luister."""
        link: str = getattr(self.links, f"{'wall' if which == 'wand' else which}_url")
        return link.partition("#")[2]

    def browser(self, **how: Any) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(base_url=self.url, verify=NO_TLS, **how)

    async def tablet(self) -> httpx2.AsyncClient:
        """A browser with a seat."""
        browser = self.browser()
        joined = await browser.post("/api/join", json={"code": self.links.join_code})
        assert joined.status_code == 200, joined.text
        return browser

    async def entered(self, which: str) -> httpx2.AsyncClient:
        browser = self.browser()
        entered = await browser.post("/api/enter", json={"secret": self.secret(which)})
        assert entered.status_code == 200, entered.text
        return browser

    async def socket(
        self, browser: httpx2.AsyncClient | None, role: str = "deelnemer", **how: Any
    ) -> websockets.ClientConnection:
        headers = {**how.pop("headers", {})}
        if browser is not None:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in browser.cookies.items())
        return await websockets.connect(
            how.pop("url", f"{self.url.replace('http', 'ws', 1)}/ws/{self.sprint}/{role}"),
            origin=how.pop("origin", self.url),
            additional_headers=headers,
            compression=None,
            max_size=2**24,
            **how,
        )


async def hello(socket: websockets.ClientConnection, device: str = "apparaat") -> dict[str, Any]:
    await socket.send(json.dumps({"t": "hello", "v": protocol.VERSION, "device": device}))
    return await until(socket, "welcome")


async def until(socket: websockets.ClientConnection, kind: str) -> dict[str, Any]:
    """The next message of this kind."""
    async with asyncio.timeout(PATIENCE):
        while True:
            message: dict[str, Any] = json.loads(await socket.recv())
            if message["t"] == kind:
                return message


async def closing(socket: websockets.ClientConnection) -> int | None:
    """Read until it is closed; the code."""
    async with asyncio.timeout(PATIENCE):
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await socket.recv()
    return socket.close_code


@asynccontextmanager
async def a_house(folder: Path, **settings: Any) -> AsyncIterator[House]:
    how = Settings(**{"host": "127.0.0.1", "port": 0, "data_dir": folder, **settings})
    listening = listen(how)
    board = Opgavebord(how, listening.getsockname()[1], lambda trouble: None)
    links = await board.start()
    up = asyncio.Event()
    server = Server(configure(how, board), up.set)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await up.wait()
    try:
        yield House(board, links, folder)
    finally:
        await board.stop()
        server.should_exit = True
        await serving
        await board.close()
        listening.close()
