"""Pictures of every screen with 3, 60 and 300 notes, and of the demo's whole evening, at three sizes, to look at.

    python -m tests.browser.pictures FOLDER [SCREEN …] [WIDTH …]

README's picture is one of these; `avond` takes those of docs/evening.md.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import get_args

from playwright.async_api import Browser, Page, async_playwright, expect

from opgavebord.sprint.sprint import Scene
from tests.server import Server

from .facilitator import Facilitator, facilitator
from .hall import PHONE, TABLET, WALL, Hall, field_of, go, write

NOTES = (3, 60, 300)
Sizes = tuple[dict[str, int], ...]
SIZES: Sizes = (PHONE, TABLET, WALL)
SCREENS = ("meedoen", "schrijf", "bord", "vak", "briefje", "lijst", "regie", "wand", "avond")


async def take(
    browser: Browser, folder: Path, notes: int, screens: tuple[str, ...], sizes: Sizes
) -> None:
    with tempfile.TemporaryDirectory() as data:
        server = Server(Path(data))
        made = subprocess.run(
            [sys.executable, "-m", "opgavebord", "demo", "--notes", str(notes), "--json"],
            env=server.environment(),
            capture_output=True,
            check=True,
        )
        server.start()
        hall = Hall(browser, json.loads(made.stdout), calm=True)
        try:
            for size in sizes:
                await of_one_size(hall, folder, notes, size, screens)
        finally:
            await hall.close()
            server.kill()


async def of_one_size(
    hall: Hall, folder: Path, notes: int, size: dict[str, int], screens: tuple[str, ...]
) -> None:
    async def shoot(page: Page, name: str) -> None:
        if name in screens:
            await page.wait_for_load_state("networkidle")
            await page.screenshot(path=folder / f"{name}-{notes}-{size['width']}.png")
            print(f"{name}-{notes}-{size['width']}", file=sys.stderr)

    touch = size is not WALL
    if "meedoen" in screens and notes == NOTES[0]:
        door = await (await hall.context(size=size, touch=touch)).new_page()
        await door.goto(hall.url)
        await expect(door.get_by_role("button", name="Meedoen")).to_be_visible()
        await shoot(door, "meedoen")
    if {"schrijf", "bord", "vak", "briefje", "lijst"} & set(screens):
        tablet = await hall.tablet(size=size, touch=touch)
        await write(tablet, "De bakker weet alles als eerste.")
        await field_of(tablet).fill("En de kapper ook, want")
        await shoot(tablet, "schrijf")
        await go(tablet, "Bord")
        await expect(tablet.locator("[data-zone-id]").first).to_be_visible()
        await shoot(tablet, "bord")
        await tablet.locator("[data-zone-id]").nth(5).get_by_role("button").first.click()
        await shoot(tablet, "vak")
        await go(tablet, "Lijst")
        await expect(tablet.locator("[data-note-id]").first).to_be_visible()
        await shoot(tablet, "lijst")
        await tablet.locator("[data-note-id]").first.get_by_role("button").first.click()
        await expect(tablet.get_by_role("dialog")).to_be_visible()
        await shoot(tablet, "briefje")
    if "regie" in screens:
        await shoot(await hall.regie(size=size), "regie")
    if "wand" in screens:
        wall = await hall.wall(size=size)
        await expect(wall.locator("[data-note-id]").first).to_be_visible()
        await shoot(wall, "wand")


SCENES: tuple[str, ...] = get_args(Scene)
FORMS = {
    "welkom": "Wie is er?",
    "cirkels": "Naar buiten",
    "tijdlijn": "Wees eerlijk",
    "stemmen": "Wie denkt anders?",
}
PASSWORD = "vier gewone woorden samen"


async def take_evening(browser: Browser, folder: Path, sizes: Sizes) -> None:
    """The demo's evening: the desk, each form of a board, the stands, the harvest, regie and every scene."""
    with tempfile.TemporaryDirectory() as data:
        server = Server(Path(data)).start()
        hall = Hall(browser, dict(server.links), calm=True)
        try:
            async with facilitator(hall) as directing:
                for size in sizes:
                    await evening_of_one_size(hall, directing, folder, size, size is sizes[0])
        finally:
            await hall.close()
            server.kill()


async def evening_of_one_size(
    hall: Hall, directing: Facilitator, folder: Path, size: dict[str, int], first: bool
) -> None:
    touch = size is not WALL

    async def shoot(page: Page, name: str) -> None:
        await page.wait_for_load_state("networkidle")
        await page.wait_for_timeout(400)  # pictures are looked at, not tried: let it come to rest
        await page.screenshot(path=folder / f"avond-{name}-{size['width']}.png")
        print(f"avond-{name}-{size['width']}", file=sys.stderr)

    base = hall.url.rstrip("/")
    desk = await (await hall.context(size=size, touch=touch)).new_page()
    await desk.goto(hall.links["desk_url"] if first else f"{base}/bureau")
    await shoot(desk, "aanmelden")
    await desk.get_by_role("textbox", name="Naam").fill("Anna Peeters")
    await desk.get_by_label("Wachtwoord").fill(PASSWORD)
    await desk.locator("button[type=submit]").click()
    await expect(desk.get_by_role("heading", name="Opgaven")).to_be_visible()
    await shoot(desk, "bureau")
    await desk.get_by_role("link", name="Vitale kernen").first.click()
    await expect(desk.get_by_role("heading", name="Plan van de avond")).to_be_visible()
    await shoot(desk, "plan")

    await directing.go("Vertel")
    tablet = await hall.tablet(size=size, touch=touch)
    await tablet.get_by_role("link", name="Mijn plek").click()
    await tablet.get_by_role("radio", name="Tafel 2", exact=True).check()
    await shoot(tablet, "plek")
    await tablet.get_by_role("radio", name="Notuleerstand").check()
    await tablet.get_by_role("link", name="Naar het schrijven").click()
    for said in ("De bakker weet alles als eerste.", "En de kapper ook."):
        await tablet.get_by_role("textbox", name="Wat wordt er gezegd?").fill(said)
        await tablet.get_by_role("button", name="Klaar", exact=True).click()
    await shoot(tablet, "notuleren")
    await tablet.get_by_role("link", name="Mijn plek").click()
    await tablet.get_by_role("radio", name="Doorgeefstand").check()
    await tablet.get_by_role("link", name="Naar het schrijven").click()
    await shoot(tablet, "gordijn")
    await tablet.get_by_role("button", name="Ik ben aan de beurt").click()
    await shoot(tablet, "doorgeven")
    await tablet.get_by_role("link", name="Mijn plek").click()
    await tablet.get_by_role("radio", name="Ik schrijf zelf").check()
    for form, step in FORMS.items():
        await directing.go(step)
        for view in ("bord", "lijst"):
            await tablet.goto(f"{base}/s/{hall.sprint}/{view}")
            await expect(tablet.locator("[data-zone-id]").first).to_be_visible()
            await shoot(tablet, f"{view}-{form}")
    await tablet.goto(f"{base}/s/{hall.sprint}/controle")
    await shoot(tablet, "controle")
    await shoot(await hall.behind("oogst", size=size, touch=touch), "oogst")
    await shoot(await hall.behind("tafel", size=size, touch=touch), "tafel")
    await shoot(await hall.behind("luister", size=size, touch=touch), "luister")
    await directing.go("Vertel")
    regie = await hall.regie(size=size)
    for part in ("Avond", "Wand", "Tafels", "Briefjes", "Kiezen", "Beloften", "Afsluiten"):
        await regie.get_by_role("tab", name=part, exact=True).click()
        await shoot(regie, f"regie-{part.lower()}")
    wall = await hall.wall(size=size)
    for scene in SCENES:
        await directing.ask("wall.show", scene=scene, items=[], page=0)
        await expect(wall.locator(f"[data-scene={scene}]")).to_be_attached()
        await shoot(wall, f"wand-{scene}")
    await directing.ask("evening.publish", on=True)
    heard = await (await hall.context(size=size, touch=touch)).new_page()
    await heard.goto(hall.links["public_url"])
    await shoot(heard, "gehoord")


async def main(folder: Path, words: tuple[str, ...]) -> None:
    screens = tuple(word for word in words if not word.isdigit()) or SCREENS
    widths = {int(word) for word in words if word.isdigit()}
    sizes = tuple(size for size in SIZES if not widths or size["width"] in widths)
    folder.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--disable-gpu"]
        )
        if "avond" in screens:
            await take_evening(browser, folder, sizes)
        for notes in NOTES if set(screens) != {"avond"} else ():
            await take(browser, folder, notes, screens, sizes)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), tuple(sys.argv[2:])))
