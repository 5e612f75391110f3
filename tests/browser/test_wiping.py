"""*Nu wissen* at the desk: in two presses, and then it is nowhere any more."""

from __future__ import annotations

import re
import urllib.request

import pytest
from playwright.async_api import Page, expect

from .facilitator import facilitator
from .hall import PHONE, TABLET, WALL, Hall, press_twice, see_kept, write
from .test_access import complaints_of_axe
from .test_bureau import first_account

pytestmark = pytest.mark.browser

DAY = re.compile(r"Deze avond wordt gewist op \d+ [a-z]+ 20\d\d\.")


async def close_it(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        await directing.ask("evening.phase", phase="closed")


async def at_the_sprint(page: Page) -> None:
    await page.get_by_role("link", name=re.compile("Vitale kernen")).first.click()
    await expect(page.get_by_role("heading", name="Wissen", exact=True)).to_be_visible()


async def test_an_evening_is_wiped_in_two_presses_and_its_page_says_so(hall: Hall) -> None:
    tablet = await hall.tablet()
    await write(tablet, "De bus komt niet meer.")
    await see_kept(tablet, "De bus komt niet meer.")
    desk = await first_account(hall)
    await at_the_sprint(desk)
    part = desk.get_by_role("region", name="Wissen")
    await expect(part.get_by_text("Sluit de avond eerst af.")).to_be_visible()
    await expect(part.get_by_role("button")).to_have_count(0)

    await close_it(hall)
    await desk.reload()
    await expect(part.get_by_text(DAY)).to_be_visible()
    await press_twice(desk, "Zet de pagina open")
    heard = f"{hall.url}/gehoord/{hall.sprint}"
    await expect(desk.get_by_role("link", name="Bekijk de pagina")).to_be_visible()
    assert "bus komt niet" in _page(heard)

    await press_twice(desk, "Nu wissen")
    await expect(desk.get_by_text("De avond is gewist.")).to_be_visible()
    await expect(desk.get_by_role("link", name=re.compile("Vitale kernen"))).to_have_count(0)
    left = _page(heard)
    assert "bus komt niet" not in left
    assert "De briefjes zijn gewist" in left
    assert "Vitale kernen" in left


def _page(address: str) -> str:
    with urllib.request.urlopen(address) as answer:
        page: str = answer.read().decode()
        return page


@pytest.mark.parametrize("size", [PHONE, TABLET, WALL], ids=["320", "1024", "1920"])
async def test_axe_is_silent_and_nothing_is_wider_than_the_screen(
    hall: Hall, size: dict[str, int]
) -> None:
    await close_it(hall)
    desk = await first_account(hall)
    await desk.set_viewport_size(size)
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    await expect(desk.get_by_text(re.compile("gewist op"))).to_be_visible()
    assert await complaints_of_axe(desk) == []
    assert await desk.evaluate(wide) == 0
    await at_the_sprint(desk)
    await desk.get_by_role("button", name="Nu wissen").click()
    await expect(desk.get_by_role("button", name="Ja, nu wissen")).to_be_visible()
    assert await complaints_of_axe(desk) == []
    assert await desk.evaluate(wide) == 0
