"""What goes wrong gets one plain sentence, and what was typed is still there."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from .hall import Hall, field_of, go, note, press_twice, see_kept, write

pytestmark = pytest.mark.browser


async def test_a_wrong_code(hall: Hall) -> None:
    page = await (await hall.context()).new_page()
    await page.goto(hall.url)
    await page.get_by_role("textbox", name="Code").fill("ZZZ-ZZZ")
    await page.get_by_role("button", name="Meedoen").click()
    await expect(page.get_by_role("alert")).to_contain_text("code")
    await expect(page.get_by_role("textbox", name="Code")).to_have_value("ZZZ-ZZZ")


async def test_a_closed_door(hall: Hall) -> None:
    regie = await hall.regie()
    seated = await hall.tablet()
    await regie.get_by_role("button", name="Deuren dicht").click()
    await expect(regie.get_by_role("button", name="Deuren open")).to_be_visible()
    page = await (await hall.context()).new_page()
    await page.goto(hall.url)
    await page.get_by_role("textbox", name="Code").fill(hall.links["join_code"])
    await page.get_by_role("button", name="Meedoen").click()
    await expect(page.get_by_role("alert")).to_contain_text(re.compile("deur", re.I))
    await write(seated, "Wie binnen is, blijft binnen.")
    await see_kept(seated, "Wie binnen is, blijft binnen.")


async def test_a_new_code_ends_the_old_one(hall: Hall) -> None:
    regie = await hall.regie()
    await expect(regie.get_by_text(hall.links["join_code"])).to_be_visible()
    await regie.get_by_role("button", name="Nieuwe code").click()
    await expect(regie.get_by_text(hall.links["join_code"])).to_have_count(0)
    page = await (await hall.context()).new_page()
    await page.goto(hall.url)
    await page.get_by_role("textbox", name="Code").fill(hall.links["join_code"])
    await page.get_by_role("button", name="Meedoen").click()
    await expect(page.get_by_role("alert")).to_be_visible()


async def test_a_note_that_is_too_long(hall: Hall) -> None:
    page = await hall.tablet()
    words = "lang " * 60
    await field_of(page).fill(words)
    await page.get_by_role("button", name="Klaar", exact=True).click()
    await expect(page.get_by_text(re.compile("te lang")).first).to_be_visible()
    await expect(field_of(page)).to_have_value(words)


async def test_a_note_after_the_step_has_closed_goes_back_to_its_writer(hall: Hall) -> None:
    regie, page = await hall.regie(), await hall.tablet()
    await field_of(page).fill("Ik was nog bezig.")
    await regie.get_by_role("button", name="Volgende stap").click()
    await expect(page.get_by_role("heading", name="Wat hoort bij elkaar?")).to_be_visible()
    await expect(field_of(page)).to_have_value("Ik was nog bezig.")


async def test_an_old_regie_link_ends_when_it_is_renewed(hall: Hall) -> None:
    one, two = await hall.regie(), await hall.regie()
    await press_twice(one, "Nieuwe regielink")
    await expect(two.get_by_role("button", name="Volgende stap")).to_have_count(0)
    await expect(two.get_by_text(re.compile("link")).first).to_be_visible()


async def test_undo_after_somebody_else_changed_it(hall: Hall) -> None:
    anna, bert = await hall.tablet(), await hall.tablet()
    await write(anna, "Van wie is dit?")
    await see_kept(anna, "Van wie is dit?")
    for page, zone in ((anna, "'s Avonds"), (bert, "In het weekend")):
        await go(page, "Lijst")
        await note(page, "Van wie is dit?").first.get_by_role("button").first.click()
        await page.get_by_role("button", name="Verplaats naar …").click()
        await page.get_by_role("dialog").get_by_role("button", name=zone).first.click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(
        anna.locator("[data-zone-id]", has_text="In het weekend").locator(
            "[data-note-id]", has_text="Van wie is dit?"
        )
    ).to_be_visible()
    await anna.get_by_role("button", name="Terug", exact=True).click()
    await expect(anna.get_by_text("Iemand heeft dit na jou veranderd").first).to_be_visible()
    await expect(
        bert.locator("[data-zone-id]", has_text="In het weekend").locator(
            "[data-note-id]", has_text="Van wie is dit?"
        )
    ).to_be_visible()
