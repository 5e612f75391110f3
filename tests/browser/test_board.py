"""The board as people use it: lay together, name, take apart, throw away, take back."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from .hall import Hall, go, note, see_kept, write

pytestmark = pytest.mark.browser

OVERLAPS = """() => {
    const boxes = [...document.querySelectorAll('[data-note-id]')].map(n => n.getBoundingClientRect())
        .filter(box => box.width > 0)
    let found = 0
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
        if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) found++
    }))
    return found
}"""


async def open_note(page: Page, text: str) -> None:
    await note(page, text).first.get_by_role("button").first.or_(note(page, text).first).first.tap()
    await expect(page.get_by_role("dialog")).to_be_visible()


async def test_lay_together_name_and_take_back(hall: Hall) -> None:
    anna, bert = await hall.tablet(), await hall.tablet()
    for text in ("Koffie bij de kapper.", "De kapper weet alles."):
        await write(anna, text)
        await see_kept(anna, text)
    await go(anna, "Bord")
    await go(bert, "Lijst")
    await open_note(anna, "Koffie bij de kapper.")
    await anna.get_by_role("button", name="Leg bij …").tap()
    await anna.get_by_role("dialog").get_by_role("button", name="De kapper weet alles.").tap()
    group = bert.locator("[data-cluster-id]").filter(has_text="Koffie bij de kapper.")
    await expect(group.locator("[data-note-id]")).to_have_count(2)

    await anna.get_by_role("button", name="Geef een naam").tap()
    name = anna.get_by_role("dialog").get_by_role("textbox")
    await name.fill("Bij de kapper hoor je alles")
    await name.press("Enter")
    await expect(group).to_contain_text("Bij de kapper hoor je alles")

    undo = anna.get_by_role("button", name="Terug", exact=True).first
    await undo.tap()
    await expect(group).not_to_contain_text("Bij de kapper hoor je alles")
    await undo.tap()
    await expect(group).to_have_count(0)
    redo = anna.get_by_role("button", name="Opnieuw").first
    await redo.tap()
    await expect(group.locator("[data-note-id]")).to_have_count(2)
    await redo.tap()
    await expect(group).to_contain_text("Bij de kapper hoor je alles")


async def test_what_bert_did_is_not_undone_by_anna(hall: Hall) -> None:
    anna, bert = await hall.tablet(), await hall.tablet()
    await write(anna, "Van Anna.")
    await see_kept(anna, "Van Anna.")
    await write(bert, "Van Bert.")
    await see_kept(bert, "Van Bert.")
    await go(anna, "Lijst")
    await expect(note(anna, "Van Bert.")).to_be_visible()
    await anna.get_by_role("button", name="Terug", exact=True).tap()
    await expect(note(anna, "Van Anna.")).to_have_count(0)
    await expect(note(anna, "Van Bert.")).to_be_visible()
    await expect(anna.get_by_role("button", name="Terug", exact=True)).to_be_disabled()


async def test_everything_is_on_the_board_and_nothing_overlaps(hall: Hall) -> None:
    anna = await hall.tablet()
    for number in range(12):
        await write(anna, f"Nog een {number}.")
    await go(anna, "Bord")
    await expect(anna.locator("[data-zone-id]")).to_have_count(7)
    await expect(anna.locator("[data-note-id]")).to_have_count(40)
    await expect(anna.locator("[data-cluster-id]")).to_have_count(7)
    assert await anna.evaluate(OVERLAPS) == 0
    assert await anna.evaluate(
        "document.documentElement.scrollHeight <= innerHeight + 1"
    )  # it fits the screen
    await anna.locator("[data-zone-id]").first.get_by_role("button").first.tap()
    await expect(anna.get_by_role("button", name="Alle vakken")).to_be_visible()
    assert await anna.evaluate(OVERLAPS) == 0
    await anna.get_by_role("button", name="Alle vakken").tap()
    await expect(anna.locator("[data-zone-id]")).to_have_count(7)
