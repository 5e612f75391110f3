"""*Meenemen* on the regie screen: a button, progress, and the file is on this device."""

import io

import pytest
from docx import Document
from openpyxl import load_workbook
from playwright.async_api import Page, expect

from .hall import PHONE, TABLET, WALL, Hall
from .test_access import complaints_of_axe

pytestmark = pytest.mark.browser


async def at_take_home(hall: Hall, size: dict[str, int] = TABLET) -> Page:
    regie = await hall.regie(size=size)
    await regie.get_by_role("tab", name="Afsluiten").click()
    await expect(regie.get_by_role("heading", name="Meenemen")).to_be_visible()
    return regie


async def fetched(page: Page, name: str) -> tuple[str, bytes]:
    """Press the button; the name of the file and what is in it."""
    async with page.expect_download() as coming:
        await page.get_by_role("button", name=name, exact=True).click()
    download = await coming.value
    path = await download.path()
    return download.suggested_filename, path.read_bytes()


async def test_a_facilitator_saves_the_report_and_the_notes(hall: Hall) -> None:
    regie = await at_take_home(hall)
    name, data = await fetched(regie, "Word")
    assert name == "vitale-kernen.docx"
    assert "Vitale kernen" in [p.text for p in Document(io.BytesIO(data)).paragraphs]
    await expect(regie.get_by_text("vitale-kernen.docx is klaar.")).to_be_visible()
    name, data = await fetched(regie, "Excel")
    assert name == "vitale-kernen.xlsx"
    assert "Over de avond" in load_workbook(io.BytesIO(data)).sheetnames
    name, data = await fetched(regie, "Plaatjes")
    assert name in ("vitale-kernen.png", "vitale-kernen.zip")


async def test_a_link_that_was_renewed_takes_nothing_home_and_says_so(hall: Hall) -> None:
    regie = await at_take_home(hall)
    await regie.context.clear_cookies()
    await regie.get_by_role("button", name="CSV", exact=True).click()
    await expect(regie.get_by_text("Dit lukte niet.")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, TABLET, WALL], ids=["320", "1024", "1920"])
async def test_axe_is_silent(hall: Hall, size: dict[str, int]) -> None:
    regie = await at_take_home(hall, size)
    assert await complaints_of_axe(regie) == []
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await regie.evaluate(wide) == 0
