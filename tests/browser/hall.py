"""A village hall in Chromium: tablets with real touch, a wall, a regie, and a network that can break.

The pages are found by what stands on the screen, the way a visitor finds them. Every wait is for
something that shows, never for a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, Locator, Page, expect

TABLET = {"width": 1024, "height": 768}
PHONE = {"width": 320, "height": 640}
WALL = {"width": 1920, "height": 1080}

expect.set_options(timeout=15_000)


@dataclass
class Hall:
    """One running sprint and the screens that look at it."""

    browser: Browser
    links: dict[str, str]
    calm: bool = False  # no movement: for pictures
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.links["url"]

    @property
    def sprint(self) -> str:
        return self.links["sprint"]

    async def context(self, *, size: dict[str, int] = TABLET, touch: bool = True) -> BrowserContext:
        context = await self.browser.new_context(
            viewport=size,  # type: ignore[arg-type]
            has_touch=touch,
            is_mobile=touch,
            locale="nl-NL",
            reduced_motion="reduce" if self.calm else "no-preference",
        )
        self.contexts.append(context)
        context.on("page", self._listen)
        return context

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                self.complaints.append(f"{page.url}: {said.text}")
                if said.type == "error" and "Content Security Policy" in said.text
                else None
            ),
        )

    async def tablet(self, context: BrowserContext | None = None, **how: Any) -> Page:
        """A participant who typed the code."""
        context = context or await self.context(**how)
        page = await context.new_page()
        await page.goto(self.url)
        await page.get_by_role("textbox", name="Code").fill(self.links["join_code"])
        await page.get_by_role("button", name="Meedoen").click()
        await expect(field_of(page)).to_be_visible()
        return page

    async def wall(self, *, size: dict[str, int] = WALL) -> Page:
        page = await (await self.context(size=size, touch=False)).new_page()
        await page.goto(self.links["wall_url"])
        await expect(page).to_have_url(f"{self.url.rstrip('/')}/wand/{self.sprint}")
        return page

    async def regie(self, *, size: dict[str, int] = TABLET) -> Page:
        page = await (await self.context(size=size, touch=False)).new_page()
        await page.goto(self.links["regie_url"])
        await expect(page).to_have_url(f"{self.url.rstrip('/')}/regie/{self.sprint}")
        await expect(page.get_by_role("button", name="Volgende stap")).to_be_visible()
        return page

    async def behind(
        self, which: str, *, size: dict[str, int] = TABLET, touch: bool = True
    ) -> Page:
        """The screen of a link: oogst, tafel (who sits with a table) or luister (who reads along)."""
        page = await (await self.context(size=size, touch=touch)).new_page()
        await page.goto(self.links[f"{which}_url"])
        await expect(page).to_have_url(f"{self.url.rstrip('/')}/{which}/{self.sprint}")
        return page

    async def close(self) -> None:
        for context in self.contexts:
            await context.close()


# --- what a participant does -----------------------------------------------------------


def field_of(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Schrijf één ding op")


async def write(page: Page, text: str) -> None:
    """Type one thing and tap *Klaar*; done when the field is empty again."""
    await field_of(page).fill(text)
    await page.get_by_role("button", name="Klaar", exact=True).click()
    await expect(field_of(page)).to_have_value("")


async def see_kept(page: Page, text: str) -> None:
    """The note stands among my notes with the mark that the server has it."""
    await expect(note(page, text)).to_contain_text("bewaard")
    await expect(note(page, text)).not_to_contain_text("op dit apparaat bewaard")
    await expect(note(page, text)).not_to_contain_text("onderweg")


async def go(page: Page, tab: str) -> None:
    """To *Schrijf*, *Bord* or *Lijst*."""
    await (
        page.get_by_role("link", name=tab, exact=True)
        .or_(page.get_by_role("tab", name=tab, exact=True))
        .first.click()
    )


async def press_twice(page: Page, name: str) -> None:
    """A button for what can not be taken back: it asks once more, in other words."""
    await page.get_by_role("button", name=name, exact=True).click()
    sure = page.get_by_role("button", name=f"Ja, {name[0].lower()}{name[1:]}")
    await expect(sure).to_be_enabled()
    await sure.click()


def note(page: Page, text: str | re.Pattern[str]) -> Locator:
    return page.locator("[data-note-id]").filter(has_text=text)


async def zone_of(page: Page, text: str) -> str:
    """The id of the zone in which a note is drawn."""
    found: str = await note(page, text).first.evaluate(
        "node => node.closest('[data-zone-id]')?.dataset.zoneId ?? ''"
    )
    return found


# --- fingers ---------------------------------------------------------------------------


class Finger:
    """Touches by the browser's own input pipeline, so that scrolling and long presses are real."""

    def __init__(self, page: Page, session: CDPSession) -> None:
        self._page, self._session = page, session

    @classmethod
    async def on(cls, page: Page) -> Finger:
        return cls(page, await page.context.new_cdp_session(page))

    async def _send(self, kind: str, x: float = 0, y: float = 0) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y, "id": 1}]
        await self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    async def swipe(
        self, start: tuple[float, float], end: tuple[float, float], steps: int = 4
    ) -> None:
        await self._send("touchStart", *start)
        for i in range(1, steps + 1):
            await self._send(
                "touchMove",
                start[0] + (end[0] - start[0]) * i / steps,
                start[1] + (end[1] - start[1]) * i / steps,
            )
        await self._send("touchEnd")

    async def press(self, at: tuple[float, float]) -> None:
        await self._send("touchStart", *at)

    async def move(self, to: tuple[float, float]) -> None:
        await self._send("touchMove", *to)

    async def lift(self) -> None:
        await self._send("touchEnd")


async def middle(target: Locator) -> tuple[float, float]:
    box = await target.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
