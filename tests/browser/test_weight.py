"""What an old tablet has to fetch before somebody can write, and what it may not need."""

from __future__ import annotations

import gzip
import re
import socket
from pathlib import Path

import pytest
from playwright.async_api import Browser, Response, expect

from tests.server import Server

from .hall import Hall, field_of, see_kept, write

pytestmark = pytest.mark.browser

SCRIPT_BYTES = 60 * 1024  # gzipped, until the writing field is there


async def test_the_first_screen_is_light_and_asks_nobody_else(hall: Hall) -> None:
    context = await hall.context()
    scripts: list[Response] = []
    asked: set[str] = set()
    context.on(
        "request", lambda request: asked.add(re.sub(r"^(\w+://[^/]+).*", r"\1", request.url))
    )
    context.on(
        "response",
        lambda answer: scripts.append(answer) if answer.request.resource_type == "script" else None,
    )
    page = await hall.tablet(context)
    await expect(field_of(page)).to_be_visible()
    weight = 0
    for name in {answer.url: answer for answer in scripts if answer.ok}.values():
        weight += len(gzip.compress(await name.body(), 9))
    assert 0 < weight <= SCRIPT_BYTES
    assert asked == {hall.url.rstrip("/")}


async def test_it_works_on_plain_http_on_an_address_of_the_hall(
    chromium: Browser, tmp_path: Path
) -> None:
    """No secure context: no service worker, no randomUUID, no locks. Writing and keeping work."""
    address = address_in_the_hall()
    server = Server(tmp_path, OPGAVEBORD_HOST="0.0.0.0").start()
    links = {
        name: link.replace("localhost", address).replace("127.0.0.1", address)
        for name, link in server.links.items()
    }
    hall = Hall(chromium, links)
    try:
        page = await hall.tablet()
        assert not await page.evaluate("isSecureContext")
        await write(page, "Zonder slotje.")
        await see_kept(page, "Zonder slotje.")
        await page.reload()
        await see_kept(page, "Zonder slotje.")
    finally:
        await hall.close()
        server.kill()
    assert hall.complaints == []


def address_in_the_hall() -> str:
    """An address of this machine that is not loopback, as a tablet would use it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only chooses an address of ours
        except OSError:
            pytest.skip("this machine has no address but its own loopback")
        address: str = probe.getsockname()[0]
        return address
