"""*Dit hebben we gehoord* in a browser: on a phone, at a desk, on paper, without a complaint."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.export.evening import evening
from tests.web.house import House, a_house
from tests.web.test_gehoord import bring

from .hall import PHONE, TABLET, WALL
from .test_access import complaints_of_axe

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    await bring(tmp_path, evening())
    async with a_house(tmp_path) as house:
        yield house


@pytest.mark.parametrize("size", [PHONE, TABLET, WALL], ids=["320", "1024", "1920"])
async def test_axe_is_silent_and_nothing_runs_off_the_page(
    chromium: Browser, house: House, size: dict[str, int]
) -> None:
    context = await chromium.new_context(viewport=size, java_script_enabled=True)  # type: ignore[arg-type]
    complaints: list[str] = []
    page = await context.new_page()
    page.on("console", lambda message: complaints.append(message.text))
    for path, title in (("sprint-1", "Vitale kernen"), ("niets", "Deze pagina is er nog niet.")):
        await page.goto(f"{house.url}/gehoord/{path}")
        await expect(page.get_by_role("heading", level=1)).to_have_text(title)
        assert await complaints_of_axe(page) == []
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(wide) == 0
    assert [one for one in complaints if "404" not in one] == []
    await context.close()


async def test_without_script_the_keyboard_goes_from_part_to_part(
    chromium: Browser, house: House
) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    page: Page = await context.new_page()
    await page.goto(f"{house.url}/gehoord/sprint-1")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Naar de inhoud")).to_be_focused()
    await page.get_by_role("link", name="Beloften").press("Enter")
    await expect(page.get_by_role("heading", name="Beloften")).to_be_in_viewport()
    await context.close()
