"""Pictures of every screen with 3, 60 and 300 notes, at three sizes, to look at.

    python -m tests.browser.pictures FOLDER [SCREEN …]

README's picture is one of these.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.server import Server

from .hall import PHONE, TABLET, WALL, Hall, field_of, go, write

NOTES = (3, 60, 300)
SIZES = (PHONE, TABLET, WALL)
SCREENS = ("meedoen", "schrijf", "bord", "vak", "briefje", "lijst", "regie", "wand")


async def take(browser: Browser, folder: Path, notes: int, screens: tuple[str, ...]) -> None:
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
            for size in SIZES:
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


async def main(folder: Path, screens: tuple[str, ...]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--disable-gpu"]
        )
        for notes in NOTES:
            await take(browser, folder, notes, screens)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), tuple(sys.argv[2:]) or SCREENS))
