"""A board on a journey, as everybody sees it; and a hall with and without https."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.server import Server
from tests.web.authority import Authority

from .hall import PHONE, TABLET, WALL, Hall, field_of, press_twice, see_kept, write
from .test_access import complaints_of_axe
from .test_bureau import first_account

pytestmark = pytest.mark.browser

NAME = "bord.hal.example"
BARE = "Dit adres begint met http."


async def in_every_size(page: Page, what: str) -> None:
    for size in (PHONE, TABLET, WALL):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        assert await complaints_of_axe(page) == [], (what, size)
        wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, (what, size)


async def test_on_a_journey_and_home_again(hall: Hall, tmp_path: Path) -> None:
    desk = await first_account(hall)
    await desk.get_by_role("link", name="Vitale kernen").first.click()
    tablet, wall = await hall.tablet(), await hall.wall()
    regie = await hall.regie()
    await write(tablet, "Voor de reis.")
    await see_kept(tablet, "Voor de reis.")
    await field_of(tablet).fill("Nog niet af")

    sheet = desk.get_by_role("region", name="Neem mee op reis")
    async with desk.expect_download() as taking:
        await press_twice(desk, "Neem mee op reis")
    file = tmp_path / (await taking.value).suggested_filename
    await (await taking.value).save_as(file)
    assert file.name == "koffer-vitale-kernen-1.zip"
    await expect(sheet).to_contain_text("Dit bord is op reis. Hier ligt het stil.")
    for screen in (tablet, wall, regie):
        await expect(screen.get_by_role("region", name="Dit bord is op reis")).to_be_visible()
    await expect(field_of(tablet)).to_have_count(0)
    await in_every_size(tablet, "tablet")
    await in_every_size(regie, "regie")
    await in_every_size(wall, "wall")
    await in_every_size(desk, "desk")
    await tablet.get_by_role("link", name="Lijst").click()
    await expect(tablet.locator("[data-note-id]").first).to_be_visible()
    await tablet.get_by_role("link", name="Schrijf").click()

    await press_twice(regie, "Haal terug")
    await expect(regie.get_by_role("button", name="Volgende stap")).to_be_visible()
    await expect(field_of(tablet)).to_have_value("Nog niet af")
    await write(tablet, "Weer thuis.")
    await see_kept(tablet, "Weer thuis.")

    await desk.reload()
    async with desk.expect_file_chooser() as choosing:
        await sheet.get_by_role("button", name="Breng een koffer thuis").click()
    await (await choosing.value).set_files(file)
    told = "0 briefjes samengevoegd, 0 dubbel, 0 niet geplaatst."
    await expect(sheet).to_contain_text(told)
    await expect(sheet).to_contain_text("Er staat niets twee keer.")
    wrong = tmp_path / "foto.zip"
    wrong.write_bytes(b"PK een foto")
    async with desk.expect_file_chooser() as choosing:
        await sheet.get_by_role("button", name="Breng een koffer thuis").click()
    await (await choosing.value).set_files(wrong)
    await expect(sheet.get_by_role("alert").last).to_contain_text("koffer")
    await in_every_size(desk, "what came of it")


# --- with and without https -------------------------------------------------------------------


@asynccontextmanager
async def a_browser(*args: str) -> AsyncIterator[Browser]:
    """A Chromium for which a name leads to this machine, as the hall's own DNS would."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    rules = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=["--disable-quic", "--disable-gpu", rules, *args]
        )
        yield browser
        await browser.close()


async def test_plain_http_in_a_hall_says_what_it_can_not_do(server: Server) -> None:
    at = f"http://{NAME}:{server.port}"
    links = {name: link.replace(server.url, at) for name, link in server.links.items()}
    async with a_browser() as browser:
        hall = Hall(browser, links)
        tablet = await hall.tablet()
        assert not await tablet.evaluate("isSecureContext")
        await write(tablet, "Zonder https.")
        await see_kept(tablet, "Zonder https.")
        await expect(tablet.get_by_text(BARE)).to_have_count(0)
        await tablet.goto(f"{at}/s/{hall.sprint}/controle")
        await expect(tablet.get_by_role("note")).to_contain_text(BARE)
        regie = await hall.regie()
        await expect(regie.get_by_role("note").first).to_contain_text("Meelezers op deze wifi")
        desk = await first_account(hall)
        await desk.get_by_role("link", name="Vitale kernen").first.click()
        screens = desk.get_by_role("region", name="Schermen")
        await expect(screens.get_by_role("note")).to_contain_text("Meelezers op deze wifi")
        for page, what in ((tablet, "kamercontrole"), (regie, "regie"), (desk, "desk")):
            await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            assert await complaints_of_axe(page) == [], what
        await hall.close()
        assert hall.complaints == []


async def test_on_the_machine_itself_there_is_nothing_to_say(hall: Hall) -> None:
    regie = await hall.regie()
    assert await regie.evaluate("isSecureContext")
    await expect(regie.get_by_text(BARE)).to_have_count(0)


async def test_with_a_certificate_of_our_own_authority_a_tablet_works_offline(
    tmp_path: Path,
) -> None:
    """Option 1 and 2 of docs/hall-network.md: a name that leads to the laptop, and a certificate that
    the tablet believes."""
    chain, key = Authority(tmp_path / "ca").issue(names=f"DNS:{NAME}")
    server = Server(
        tmp_path / "server",
        OPGAVEBORD_TLS_CERTIFICATE=str(chain),
        OPGAVEBORD_TLS_KEY=str(key),
    ).start()
    try:
        assert server.links["url"] == f"https://{NAME}:{server.port}"
        async with a_browser(f"--ignore-certificate-errors-spki-list={_pin(chain)}") as browser:
            hall = Hall(browser, dict(server.links))
            tablet = await hall.tablet()
            assert await tablet.evaluate("isSecureContext")
            await write(tablet, "Met een slotje.")
            await see_kept(tablet, "Met een slotje.")
            await tablet.evaluate("navigator.serviceWorker.ready.then(() => true)")
            regie = await hall.regie()
            await expect(regie.get_by_text(BARE)).to_have_count(0)
            assert all(one["secure"] for one in await tablet.context.cookies())
            server.kill()
            await tablet.reload()
            await expect(field_of(tablet)).to_be_visible()
            await hall.close()
    finally:
        server.kill()


def _pin(certificate: Path) -> str:
    """What `--ignore-certificate-errors-spki-list` wants: the hash of the public key."""
    public = subprocess.run(
        ["openssl", "x509", "-in", str(certificate), "-pubkey", "-noout"],
        check=True,
        capture_output=True,
    ).stdout
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-outform", "der"],
        input=public,
        check=True,
        capture_output=True,
    ).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()
