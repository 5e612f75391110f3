"""A hall with the demo sprint, straight on the server or behind a bad network."""

from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from tests.faults.proxy import FaultProxy
from tests.server import Server

from .hall import Hall


async def _hall(browser: Browser, links: dict[str, str]) -> AsyncIterator[Hall]:
    hall = Hall(browser, links)
    yield hall
    await hall.close()
    assert hall.complaints == []  # no error on any page, no breach of the content policy


@pytest_asyncio.fixture
async def hall(chromium: Browser, server: Server) -> AsyncIterator[Hall]:
    async for hall in _hall(chromium, dict(server.links)):
        yield hall


@pytest_asyncio.fixture
async def hall_behind_proxy(
    chromium: Browser, server: Server, proxy: FaultProxy
) -> AsyncIterator[Hall]:
    """The same, but every screen goes through the proxy."""
    port = f":{server.port}"
    links = {
        name: link.replace(port, f":{proxy.port}").replace("localhost", "127.0.0.1")
        for name, link in server.links.items()
    }
    async for hall in _hall(chromium, links):
        yield hall
