"""The harvest table: what all tables said, laid together by two people who do not collide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Locator, Page, expect

from .facilitator import Facilitator, facilitator
from .hall import PHONE, TABLET, WALL, Hall, see_kept, write
from .test_access import complaints_of_axe, tab_to

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.browser


async def harvest(hall: Hall, **how: Any) -> Page:
    page = await hall.behind("oogst", **how)
    await expect(page.get_by_role("heading", name="Oogsttafel")).to_be_visible()
    await expect(page.get_by_role("region", name="Dit briefje")).to_be_visible()
    return page


def current(page: Page) -> Locator:
    return page.get_by_role("region", name="Dit briefje").locator("[data-note-id]")


def group(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name="Groepen").locator("[data-group-id]", has_text=title)


async def nothing_grouped(directing: Facilitator) -> list[dict[str, Any]]:
    """An evening in which nobody harvested yet. The notes that can be, oldest first."""
    for one in directing.of("group"):
        if not one["gone"]:
            await directing.ask("group.drop", group=one["id"])
    return loose(directing)


def loose(directing: Facilitator) -> list[dict[str, Any]]:
    apart = ("bedoeling", "bezwaar", "voorwaarde")
    boards = {one["id"] for one in directing.of("board") if one["form"] != "welkom"}
    zones = {one["id"] for one in directing.of("zone") if one["board"] in boards}
    notes: Iterable[dict[str, Any]] = (
        one
        for one in directing.of("note")
        if not one["hidden"] and not one["gone"] and one["type"] not in apart
        if one["zone"] in zones and one["group"] is None
    )
    return sorted(notes, key=lambda one: (one["at"], one["id"]))


async def test_one_key_one_note(hall: Hall) -> None:
    """0 makes a group of it, 1 lays the next one with it: nothing else is pressed."""
    async with facilitator(hall) as directing:
        first, second, third, *_ = await nothing_grouped(directing)
        page = await harvest(hall, touch=False)
        await expect(current(page)).to_contain_text(first["text"])

        await page.keyboard.press("0")
        name = page.get_by_role("textbox", name="Geef deze groep een zin als naam.")
        await expect(name).to_be_focused()
        await page.keyboard.type("Ergens gewoon kunnen zijn")
        await page.keyboard.press("Enter")
        await expect(group(page, "Ergens gewoon kunnen zijn")).to_contain_text("1 briefje")

        await expect(current(page)).to_contain_text(second["text"])
        await page.keyboard.press("1")
        await expect(group(page, "Ergens gewoon kunnen zijn")).to_contain_text("2 briefjes")
        await expect(current(page)).to_contain_text(third["text"])

        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowUp")
        await expect(current(page)).to_contain_text(third["text"])
        await page.keyboard.press("Control+z")
        await expect(group(page, "Ergens gewoon kunnen zijn")).to_contain_text("1 briefje")
        made = await directing.until("group", title="Ergens gewoon kunnen zijn")
        assert not made["gone"]

        await page.get_by_role("checkbox", name="Toetsen 1 tot 9").uncheck()
        await page.keyboard.press("1")
        await expect(group(page, "Ergens gewoon kunnen zijn")).to_contain_text("1 briefje")


async def test_by_taps_only(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        first, second, *_ = await nothing_grouped(directing)
        page = await harvest(hall)
        await expect(current(page)).to_contain_text(first["text"])
        await page.get_by_role("button", name="Maak een groep").tap()
        await page.get_by_role("textbox", name="Geef deze groep").fill("Gezien worden")
        await page.get_by_role("button", name="Geef naam").tap()
        await expect(current(page)).to_contain_text(second["text"])
        await page.get_by_role("button", name="Leg in groep 1: Gezien worden").tap()
        await expect(group(page, "Gezien worden")).to_contain_text("2 briefjes")

        await page.get_by_role("button", name="Open groep: Gezien worden").tap()
        sheet = page.get_by_role("dialog")
        await sheet.get_by_role("checkbox", name=second["text"]).check()
        await sheet.get_by_role("button", name="Splits").tap()
        await page.get_by_role("textbox", name="Geef deze groep").fill("Blijven wonen")
        await page.get_by_role("button", name="Geef naam").tap()
        await expect(group(page, "Gezien worden")).to_contain_text("1 briefje")
        await expect(group(page, "Blijven wonen")).to_contain_text("1 briefje")

        await page.get_by_role("button", name="Open groep: Blijven wonen").tap()
        await sheet.get_by_role("combobox", name="Met welke groep?").select_option("Gezien worden")
        await sheet.get_by_role("button", name="Voeg samen").tap()
        await expect(group(page, "Blijven wonen")).to_have_count(0)
        await expect(group(page, "Gezien worden")).to_contain_text("2 briefjes")


async def test_two_people_do_not_collide(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        notes = await nothing_grouped(directing)
        one, two = await harvest(hall, touch=False), await harvest(hall, touch=False)
        for page in (one, two):
            await expect(current(page)).to_contain_text(notes[0]["text"])
        await one.keyboard.press("n")
        await one.keyboard.type("Samen")
        await expect(two.get_by_text("Iemand anders geeft deze groep een naam.")).to_be_visible()
        # The note in front of the other one is gone: the next comes, and a key meant for the old
        # one does not fall on it.
        await expect(current(two)).to_contain_text(notes[1]["text"])
        await one.keyboard.press("Enter")
        await expect(group(two, "Samen")).to_contain_text("1 briefje")

        await two.keyboard.press("ArrowDown")
        await expect(current(two)).to_contain_text(notes[2]["text"])
        await one.keyboard.press("1")
        await two.keyboard.press("1")
        for page in (one, two):
            await expect(group(page, "Samen")).to_contain_text("3 briefjes")
        for page in (one, two):
            await expect(page.get_by_role("alert")).to_have_count(0)
        laid = {one["id"] for one in directing.of("note") if one["group"] is not None}
        assert not laid - {note["id"] for note in notes[:3]}


async def test_which_table_is_in_no_group_yet(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        tables = await directing.tables(2)
        await nothing_grouped(directing)
        await directing.ask("step.reveal", to="zaal")  # so that everybody reads what comes
        tablet = await (await hall.context()).new_page()
        await tablet.goto(f"{hall.links['join_url']}&tafel={tables[1]['id']}")
        await write(tablet, "Bij ons aan tafel twee is het stil.")
        await see_kept(tablet, "Bij ons aan tafel twee is het stil.")
        await directing.until("note", text="Bij ons aan tafel twee is het stil.")
        page = await harvest(hall, touch=False)
        missing = page.get_by_text("Tafel 2 zit nog in geen enkele groep.")
        await expect(missing).to_be_visible()
        await page.get_by_role("combobox", name="Van welke tafel?").select_option("Tafel 2")
        await page.get_by_role("button", name=re.compile("Bij ons aan tafel twee")).click()
        await expect(current(page)).to_contain_text("Bij ons aan tafel twee")
        await page.get_by_role("button", name="Citaat van deze tafel").click()
        await expect(current(page)).to_contain_text("Dit is het citaat van tafel 2.")
        await page.get_by_role("button", name="Maak een groep").click()
        await expect(missing).to_have_count(0)


async def test_twins_are_shown_and_never_laid_together_by_themselves(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        await nothing_grouped(directing)
        anna = await hall.tablet()
        for text in ("De zwaluwen broeden in de schuur.", "In onze schuur broeden zwaluwen."):
            await write(anna, text)
            await see_kept(anna, text)
        page = await harvest(hall, touch=False)
        await page.get_by_role("button", name=re.compile("De zwaluwen broeden")).click()
        twin = page.locator("[data-twin-id]", has_text="In onze schuur broeden zwaluwen.")
        await expect(twin).to_be_visible()
        assert all(group["gone"] for group in directing.of("group"))
        await twin.get_by_role("button", name="Leg samen").click()
        await expect(page.locator("[data-group-id]", has_text="zonder naam")).to_contain_text(
            "2 briefjes"
        )


async def test_from_the_queue_to_the_wall(hall: Hall) -> None:
    wall, regie = await hall.wall(), await hall.regie()
    page = await harvest(hall, touch=False)
    async with facilitator(hall) as directing:
        quote = (await nothing_grouped(directing))[0]
    await expect(current(page)).to_contain_text(quote["text"])
    await page.get_by_role("button", name="Zet klaar voor de wand").click()
    queue = page.get_by_role("region", name="Klaar voor de wand")
    await expect(queue.get_by_role("listitem").filter(has_text=quote["text"])).to_be_visible()
    await expect(queue.get_by_role("img", name="Zo komt het op de wand")).to_be_visible()

    await regie.get_by_role("tab", name="Wand").click()
    await regie.get_by_role("button", name="Citaten", exact=True).click()
    await regie.get_by_role("checkbox", name=quote["text"]).check()
    await regie.get_by_role("button", name="Toon op de wand").click()
    await expect(wall.locator(".quote")).to_contain_text(quote["text"])
    await expect(queue.get_by_role("listitem")).to_have_count(0)  # it waits no longer


async def test_a_pile_of_a_table_becomes_a_group(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        await nothing_grouped(directing)
        piles = [one for one in directing.of("cluster") if not one["gone"] and one["title"]]
        page = await harvest(hall, touch=False)
        name = piles[0]["title"]
        await page.get_by_role("button", name=f"Neem over: {name}").first.click()
        await expect(group(page, name).first).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, TABLET, WALL], ids=["320", "1024", "1920"])
async def test_axe_is_silent_at_the_harvest(hall: Hall, size: dict[str, int]) -> None:
    page = await harvest(hall, size=size, touch=False)
    await expect(current(page)).to_be_visible()
    assert await complaints_of_axe(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    await page.get_by_role("button", name="Zet klaar voor de wand").click()
    await expect(page.get_by_role("img", name="Zo komt het op de wand")).to_be_visible()
    assert await complaints_of_axe(page) == []
    await page.get_by_role("button", name="Maak een groep").click()
    await expect(page.get_by_role("textbox", name="Geef deze groep")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name=re.compile("^Open groep")).last.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await complaints_of_axe(page) == []


async def test_with_the_tab_key_alone(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        first, second, *_ = await nothing_grouped(directing)
    page = await harvest(hall, touch=False)
    await expect(current(page)).to_contain_text(first["text"])
    await page.get_by_role("checkbox", name="Toetsen 1 tot 9").uncheck()
    await tab_to(page, "button", "Maak een groep", back=True)
    await page.keyboard.press("Enter")
    await page.keyboard.type("Met de toetsen")
    await page.keyboard.press("Enter")
    await expect(current(page)).to_contain_text(second["text"])
    await tab_to(page, "button", "Leg in groep 1: Met de toetsen")
    await page.keyboard.press("Enter")
    await expect(group(page, "Met de toetsen")).to_contain_text("2 briefjes")
