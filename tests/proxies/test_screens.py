"""Screens of a board that is a part of a website, in a real browser behind a real nginx: pages at every depth,
their assets and letters, the QR, the regie's links, the public page, and opening without a network."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.browser.hall import Hall, see_kept, write
from tests.server import Server

from .fronts import front, plan

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser


class Watched(Hall):
    """A hall that remembers what its screens asked for, and what came of it."""

    async def context(self, **how: Any) -> BrowserContext:
        context = await super().context(**how)
        context.on("response", lambda answer: self.asked.add((answer.status, answer.url)))
        return context

    @cached_property
    def asked(self) -> set[tuple[int, str]]:
        return set()


@pytest.mark.parametrize("takes_off", [False, True], ids=["path left on", "path taken off"])
async def test_an_evening_below_a_path(chromium: Browser, tmp_path: Path, takes_off: bool) -> None:
    planned = plan("nginx", path="/bord", takes_off=takes_off, tls=False)
    server = Server(tmp_path, OPGAVEBORD_URL=planned.url, OPGAVEBORD_PROXIES="127.0.0.1").start()
    hall = Watched(chromium, dict(server.links))
    try:
        with front(planned, [server.port]):
            assert server.links["url"].endswith("/bord")
            context = await hall.context()
            tablet = await hall.tablet(context)
            await expect(tablet).to_have_url(f"{planned.url}/s/{hall.sprint}")
            await write(tablet, "De bus komt niet meer.")
            await see_kept(tablet, "De bus komt niet meer.")
            await tablet.get_by_role("link", name="Bord", exact=True).click()
            await expect(tablet).to_have_url(f"{planned.url}/s/{hall.sprint}/bord")
            await tablet.reload()
            await expect(tablet.get_by_text("De bus komt niet meer.").first).to_be_visible()
            cookies = await context.cookies()
            assert {cookie["path"] for cookie in cookies} == {"/bord"}

            wall = await hall.wall()
            await expect(wall.get_by_text("/bord").first).to_be_visible()
            regie = await hall.regie()
            await expect(regie).to_have_url(f"{planned.url}/regie/{hall.sprint}")

            elsewhere = await (await hall.context()).new_page()
            await elsewhere.goto(server.links["desk_url"])
            await expect(elsewhere.get_by_role("heading").first).to_be_visible()
            await elsewhere.goto(server.links["public_url"])
            await expect(elsewhere.get_by_role("heading")).to_contain_text("nog niet")

            # The worker looks after this path alone, and the page opens without a network.
            scope = await tablet.evaluate(
                "navigator.serviceWorker.ready.then(found => found.scope)"
            )
            assert scope == f"{planned.url}/"
            await tablet.wait_for_function(
                "caches.open('opgavebord-2 /bord/').then(c => c.keys()).then(all => all.length > 5)"
            )
        server.kill()
        await tablet.reload()
        await expect(tablet.get_by_text("De bus komt niet meer.").first).to_be_visible()
    finally:
        await hall.close()
        server.kill()
    assert hall.complaints == []
    assert {url for _, url in hall.asked if not f"{url}/".startswith(f"{planned.url}/")} == set()
    assert {(status, url) for status, url in hall.asked if status >= 400} == {
        (401, f"{planned.url}/api/bureau/me"),
        (404, f"{planned.url}/gehoord/{hall.sprint}"),
    }
    for kind in (r"assets/.*\.woff2", r"qr\.svg.*", r"gehoord/gehoord\.css", r"sw\.js"):
        assert any(re.fullmatch(f".*/{kind}", url) for _, url in hall.asked), kind
