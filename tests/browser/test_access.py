"""For everyone: by keyboard only, by taps only, in small, in large, and without one complaint of axe."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from .hall import PHONE, TABLET, WALL, Hall, field_of, go, note, see_kept, write, zone_of

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN_AXE = """async levels => (await axe.run(document, { runOnly: levels }))
    .violations.map(found => `${found.id}: ${found.nodes.map(node => node.html).join(' | ')}`)"""

COME_TO_REST = """() => Promise.allSettled(document.getAnimations()
    .filter(moving => moving.effect.getComputedTiming().endTime !== Infinity)
    .map(moving => moving.finished))"""


async def complaints_of_axe(page: Page) -> list[str]:
    # Through the debugger, because the page's own policy lets nothing in.
    session = await page.context.new_cdp_session(page)
    await session.send("Runtime.evaluate", {"expression": AXE.read_text()})
    await session.detach()
    await page.evaluate(COME_TO_REST)
    found: list[str] = await page.evaluate(RUN_AXE, LEVELS)
    return found


@pytest.mark.parametrize("size", [PHONE, TABLET, WALL], ids=["320", "1024", "1920"])
async def test_axe_is_silent_on_every_screen(hall: Hall, size: dict[str, int]) -> None:
    start = await (await hall.context(size=size)).new_page()
    await start.goto(hall.url)
    await expect(start.get_by_role("button", name="Meedoen")).to_be_visible()
    assert await complaints_of_axe(start) == []

    tablet = await hall.tablet(size=size)
    await write(tablet, "Een briefje met mij als schrijver.")
    await see_kept(tablet, "Een briefje met mij als schrijver.")
    assert await complaints_of_axe(tablet) == []
    for tab in ("Bord", "Lijst"):
        await go(tablet, tab)
        await expect(tablet.locator("[data-zone-id]").first).to_be_visible()
        assert await complaints_of_axe(tablet) == [], tab
    await (
        note(tablet, "Een briefje met mij als schrijver.").first.get_by_role("button").first.click()
    )
    await expect(tablet.get_by_role("dialog")).to_be_visible()
    assert await complaints_of_axe(tablet) == []

    assert await complaints_of_axe(await hall.regie(size=size)) == []
    wall = await hall.wall(size=size)
    await expect(wall.locator("[data-note-id]").first).to_be_visible()
    assert await complaints_of_axe(wall) == []


@pytest.mark.parametrize("where", ["", "/bord", "/lijst"])
async def test_nothing_is_wider_than_a_narrow_screen(hall: Hall, where: str) -> None:
    page = await hall.tablet(size=PHONE)
    await page.goto(f"{hall.url.rstrip('/')}/s/{hall.sprint}{where}")
    await expect(page.locator("[data-zone-id], textarea").first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_the_whole_way_by_keyboard_only(hall: Hall) -> None:
    page = await (await hall.context(touch=False)).new_page()
    await page.goto(hall.url)
    await tab_to(page, "textbox", "Code")
    await page.keyboard.type(hall.links["join_code"])
    await page.keyboard.press("Enter")
    await expect(field_of(page)).to_be_visible()
    await tab_to(page, "textbox", "Schrijf één ding op")
    await page.keyboard.type("Met de toetsen.")
    await tab_to(page, "button", "Klaar")
    await page.keyboard.press("Enter")
    await see_kept(page, "Met de toetsen.")

    await tab_to(page, "link", "Lijst", back=True)
    await page.keyboard.press("Enter")
    before = await zone_of(page, "Met de toetsen.")
    await note(page, "Met de toetsen.").get_by_role("button").first.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await tab_to(page, "button", "Verplaats naar …")
    await page.keyboard.press("Enter")
    await tab_to(page, "button", "'s Avonds")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert await zone_of(page, "Met de toetsen.") != before

    await page.keyboard.press("Control+z")
    await expect(
        page.locator(f"[data-zone-id='{before}'] [data-note-id]").filter(has_text="Met de toetsen.")
    ).to_be_visible()


async def test_the_whole_way_by_taps_only(hall: Hall) -> None:
    anna, bert = await hall.tablet(), await hall.tablet()
    await write(anna, "Met een tik.")
    await see_kept(anna, "Met een tik.")
    await go(anna, "Lijst")
    await go(bert, "Lijst")
    home = await zone_of(anna, "Met een tik.")

    async def open_note() -> None:
        await note(anna, "Met een tik.").first.get_by_role("button").first.tap()
        await expect(anna.get_by_role("dialog")).to_be_visible()

    await open_note()
    await anna.get_by_role("button", name="Verplaats naar …").tap()
    await anna.get_by_role("dialog").get_by_role("button", name="In het weekend").first.tap()
    await expect(anna.get_by_role("dialog")).to_have_count(0)
    assert await zone_of(anna, "Met een tik.") != home
    await anna.get_by_role("button", name="Terug", exact=True).tap()
    await expect(
        bert.locator(f"[data-zone-id='{home}'] [data-note-id]").filter(has_text="Met een tik.")
    ).to_be_visible()

    await open_note()
    await anna.get_by_role("button", name="Gooi weg").tap()
    await expect(note(bert, "Met een tik.")).to_have_count(0)
    await anna.get_by_role("button", name="Prullenbak").first.tap()
    await anna.get_by_role("dialog").get_by_role("button", name="Haal terug").first.tap()
    await expect(note(bert, "Met een tik.")).to_be_visible()


async def tab_to(page: Page, role: str, name: str, *, back: bool = False) -> None:
    """Press Tab until something with this role and name has the focus."""
    wanted = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    await expect(wanted).to_be_visible()
    for _ in range(150):
        if await wanted.evaluate("node => node === document.activeElement"):
            return
        await page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"Tab never reached {role} {name!r}")
