"""What people write is text, on every screen: no script, no link, no picture, and no harm to its neighbours.

A village hall has jokers too. A hundred and twenty notes hold what attackers write: tags, handlers, links,
templates, turned text, letters under a heap of marks. Each screen is opened, and listens whether
anything was run, blocked by the policy, asked of a stranger, or drawn as anything but letters.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from opgavebord.sprint.commands import CreateNote
from opgavebord.sprint.sprint import Zone
from tests.history.driver import Client, History, join
from tests.server import Server

from .hall import PHONE, Hall, go, note

pytestmark = pytest.mark.browser

RUNS = "globalThis.hacked=1"
TAGS = (
    "<script>{}</script>", "<img src=x onerror={}>", "<svg onload={}>", "<svg/onload={}>",
    "<body onload={}>", "<iframe srcdoc='<script>{}</script>'></iframe>",
    "<details open ontoggle={}>", "<input autofocus onfocus={}>", "<video><source onerror={}>",
    "<math><mtext><script>{}</script>", "</textarea><script>{}</script>",
    "</title><script>{}</script>", "</style><script>{}</script>", "<template><script>{}</script>",
    "<object data=javascript:{}>", "<embed src=javascript:{}>", "<base href=//evil.example/>{}",
    "<link rel=stylesheet href=//evil.example/{}>", "<meta http-equiv=refresh content=0;url={}>",
    "<form action=//evil.example><button>{}</button></form>", "<a href=javascript:{}>klik</a>",
    "<marquee onstart={}>", "<img src=//evil.example/pixel.png>{}", "<style>@import'//evil'</style>{}",
    "<noscript><p title='</noscript><img src=x onerror={}>'>", "<!--><img src=x onerror={}>-->",
    "<scr<script>ipt>{}</scr</script>ipt>", "&lt;script&gt;{}&lt;/script&gt;",
    "<x contenteditable onblur={}>", "<img srcset='//evil.example/a 1x' onload={}>",
)  # fmt: skip
WORDS = (
    "javascript:{}", "data:text/html,<script>{}</script>", "vbscript:{}", "https://evil.example/?{}",
    "www.evil.example {}", "{{{{constructor.constructor('{}')()}}}}", "${{{}}}", "#{{{}}}", "{{@html '{}'}}",
    "%3Cscript%3E{}%3C/script%3E", "\\u003cscript\\u003e{}\\u003c/script\\u003e", "';{}//", "\";{}//",
    "`;{}//", "*/{}/*", "--><{}", "]]>{}", "__proto__ {}", "constructor.prototype {}",
    '{{"__proto__":{{"hacked":1}}}} {}', "=HYPERLINK(\"//evil\",\"{}\")", "../../etc/passwd {}",
    "'; DROP TABLE event; -- {}", "{} %s %n %x", "{}\u2028{}", "\ufeff{}",
)  # fmt: skip
TURNED = "\u202egelezen links naar rechts"
HEAPED = "Z" + "\u0335\u0322\u0327\u0321\u0489\u0334\u0338\u0337" + "algo " * 8
LONG = "windturbinegeluidsoverlastmeldpunt" * 6
PAYLOADS = [one.format(RUNS, RUNS) for one in (*TAGS, *WORDS)]
PAYLOADS += [f"{one.upper()}" for one in PAYLOADS]
PAYLOADS += [TURNED, HEAPED, LONG]
AT_LEAST = 115


RAN = """() => [globalThis.hacked, globalThis.HACKED, ({}).hacked].filter(found => found !== undefined)"""
DRAWN = """() => [...document.querySelectorAll(
  '[data-note-id] a, [data-note-id] img, [data-note-id] form, [data-note-id] video, [data-note-id] style,' +
  'script:not([src]), iframe, object, embed, base, meta[http-equiv=refresh], marquee, template'
)].map(element => element.outerHTML.slice(0, 100))"""
OUTSIDE = """() => [...document.querySelectorAll('[data-note-id]')].filter(note => {
  const card = note.getBoundingClientRect()
  const range = document.createRange()
  return [...note.querySelectorAll('[data-note-text], p')].some(part => {
    range.selectNodeContents(part)
    const text = range.getBoundingClientRect()
    return text.width > 1 && (text.right > card.right + 2 || text.left < card.left - 2)
  })
}).map(note => note.textContent.slice(0, 60))"""
SCREENS: Final[dict[str, Callable[[Hall], Awaitable[Page]]]] = {
    "wall": lambda hall: hall.wall(),
    "oogst": lambda hall: hall.behind("oogst"),
    "luister": lambda hall: hall.behind("luister"),
    "regie": lambda hall: hall.regie(),
    "tafel": lambda hall: hall.behind("tafel"),
}
TELL_NOTES: Final = ("wall", "oogst", "luister")  # the others have no notes on their first screen
SHOWN: Final = re.compile("globalthis.hacked", re.I)  # a wall shows some notes at a time
AT_ONCE = 15  # a seat may write twenty in a burst


@dataclass
class Board:
    """The board that is on, with all of it laid down, and what pages asked of strangers."""

    hall: Hall
    asked: list[str]

    async def show(self, page: Page) -> Page:
        home = urlsplit(self.hall.url).netloc

        def look(request: Any) -> None:
            where = urlsplit(request.url)
            if where.scheme in ("http", "https", "ws", "wss") and where.netloc != home:
                self.asked.append(request.url)

        page.on("request", look)
        page.on("dialog", lambda dialog: self.asked.append(f"a dialog: {dialog.message}"))
        return page

    async def is_only_text(self, page: Page) -> None:
        """`hall.complaints` holds, besides, that the policy of the page never had to stop anything."""
        assert await page.evaluate(RAN) == []
        assert await page.evaluate(DRAWN) == []
        assert self.asked == []


@pytest_asyncio.fixture
async def board(hall: Hall, server: Server) -> AsyncIterator[Board]:
    """Tablets write every payload on the board that is on."""
    history, left = History(), list(PAYLOADS)
    while left:
        now, left = left[:AT_ONCE], left[AT_ONCE:]
        tablet = Client(await join(server.port, hall.links["join_code"]), history)
        await tablet.stay()
        evening = tablet.eyes.board.evening
        assert evening is not None
        zones = cast("list[Zone]", list(tablet.eyes.board.records["zone"].values()))
        mine = [one.id for one in zones if one.board == evening.board]
        names = [
            tablet.say(CreateNote(secrets.token_urlsafe(16), mine[place % len(mine)], text))
            for place, text in enumerate(now)
        ]
        await tablet.answered(*names)
        assert tablet.refused == []
        await tablet.stop()
    yield Board(hall, [])


def test_there_are_enough_of_them() -> None:
    assert len(set(PAYLOADS)) >= AT_LEAST


async def test_it_is_text_on_every_screen_of_the_hall(board: Board) -> None:
    hall = board.hall
    tablet = await board.show(await hall.tablet())
    await go(tablet, "Lijst")
    await expect(note(tablet, SHOWN).first).to_be_attached()
    await board.is_only_text(tablet)
    await go(tablet, "Bord")
    await tablet.get_by_role("button", name="Kom dichterbij").first.click()
    await expect(note(tablet, SHOWN).first).to_be_visible()
    await board.is_only_text(tablet)
    for name in ("wall", "oogst", "luister", "regie", "tafel"):
        screen = await board.show(await SCREENS[name](hall))
        await screen.reload()
        if name in TELL_NOTES:
            await expect(screen.locator("body")).to_contain_text(SHOWN)
        else:
            await expect(screen.locator("main")).to_be_visible()
        await board.is_only_text(screen)


async def test_turned_heaped_and_endless_words_stay_within_their_own_note(board: Board) -> None:
    for size in (None, PHONE):
        page = await board.hall.tablet(**({} if size is None else {"size": size}))
        await go(page, "Lijst")
        await expect(note(page, "windturbinegeluidsoverlast").first).to_be_attached()
        assert await page.evaluate(OUTSIDE) == []
        assert await page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
        # what stands after a turned note reads from left to right as before
        turned = note(page, "gelezen links naar rechts").first
        assert (
            await turned.evaluate(
                "note => getComputedStyle(note.nextElementSibling ?? note.parentElement).direction"
            )
            == "ltr"
        )
