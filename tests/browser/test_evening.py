"""One evening's board in real Chromium: what the people in the hall see and do."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from .hall import (
    TABLET,
    Finger,
    Hall,
    field_of,
    go,
    middle,
    note,
    see_kept,
    write,
    zone_of,
)

pytestmark = pytest.mark.browser


async def test_two_tablets_and_the_wall(hall: Hall) -> None:
    anna, bert, wall = await hall.tablet(), await hall.tablet(), await hall.wall()

    await write(anna, "De bakker weet alles als eerste.")
    await see_kept(anna, "De bakker weet alles als eerste.")

    await go(bert, "Lijst")
    await expect(note(bert, "De bakker weet alles als eerste.")).to_be_visible()
    await expect(wall.get_by_text(re.compile(r"29 briefjes"))).to_be_visible()


async def test_the_code_may_be_typed_as_people_do(hall: Hall) -> None:
    page = await (await hall.context()).new_page()
    await page.goto(hall.url)
    code = hall.links["join_code"].replace("-", " ").lower()
    await page.get_by_role("textbox", name="Code").fill(f"  {code} ")
    await page.get_by_role("button", name="Meedoen").click()
    await expect(field_of(page)).to_be_visible()


async def test_the_qr_leads_straight_to_the_writing_field(hall: Hall) -> None:
    page = await (await hall.context()).new_page()
    await page.goto(hall.links["join_url"])
    await expect(field_of(page)).to_be_visible()
    assert "t=" not in page.url


async def test_a_seat_survives_a_closed_tab(hall: Hall) -> None:
    context = await hall.context()
    first = await hall.tablet(context)
    await write(first, "Dit is van mij.")
    await see_kept(first, "Dit is van mij.")
    await field_of(first).fill("een half briefje")
    await expect(field_of(first)).to_have_value("een half briefje")
    address = first.url
    await first.close()

    again = await context.new_page()
    await again.goto(address)
    await expect(note(again, "Dit is van mij.")).to_be_visible()
    await expect(field_of(again)).to_have_value("een half briefje")


async def test_private_until_revealed(hall: Hall) -> None:
    regie, anna, bert, wall = (
        await hall.regie(),
        await hall.tablet(),
        await hall.tablet(),
        await hall.wall(),
    )
    heard: list[str] = []
    for page in (bert, wall, regie):
        page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda data: heard.append(str(data))),
        )
        await page.reload()

    # Both earlier steps are private; one that comes on again begins a new private round.
    for instruction in ("Schrijf twee of drie momenten op.", "Denk aan gisteren."):
        await regie.get_by_role("button", name="Vorige stap").click()
        await expect(anna.get_by_role("heading", name=instruction)).to_be_visible()
    await write(anna, "Niemand weet dat ik alleen eet.")
    await see_kept(anna, "Niemand weet dat ik alleen eet.")
    await expect(anna.get_by_text("Alleen jij ziet dit nog").first).to_be_visible()

    await go(bert, "Lijst")
    await expect(bert.get_by_text("Nog privé").first).to_be_visible()
    await expect(wall.get_by_text(re.compile(r"1 briefje .*privé"))).to_be_visible()
    assert not any("alleen eet" in data for data in heard)

    await regie.get_by_role("button", name="Toon de briefjes").click()
    await expect(note(bert, "Niemand weet dat ik alleen eet.")).to_be_visible()
    assert any("alleen eet" in data for data in heard)  # so the recorder does hear
    await go(anna, "Lijst")
    await expect(note(anna, "Niemand weet dat ik alleen eet.")).to_be_visible()


async def test_two_people_in_one_note_keep_every_character(hall: Hall) -> None:
    anna, bert = await hall.tablet(), await hall.tablet()
    await write(anna, "zwaluw")
    await see_kept(anna, "zwaluw")
    fields = []
    for page in (anna, bert):
        await go(page, "Lijst")
        await note(page, "zwaluw").get_by_role("button").first.click()
        await page.get_by_role("button", name="Wijzig").click()
        fields.append(page.get_by_role("dialog").get_by_role("textbox").first)
    ours, theirs = fields
    await ours.press("Control+Home")
    await theirs.press("Control+End")
    for left, right in zip("De jonge ", " is terug", strict=True):
        await ours.press_sequentially(left)
        await theirs.press_sequentially(right)
    for field in fields:
        await expect(field).to_have_value("De jonge zwaluw is terug")


async def test_two_tabs_of_one_person_do_not_fight(hall: Hall) -> None:
    context = await hall.context()
    one = await hall.tablet(context)
    two = await context.new_page()
    await two.goto(one.url)
    await expect(field_of(two)).to_be_visible()
    for number in range(5):
        await write(one, f"uit het ene tabblad {number}")
        await write(two, f"uit het andere tabblad {number}")
    bert = await hall.tablet()
    await go(bert, "Lijst")
    for number in range(5):
        for which in ("ene", "andere"):
            await expect(note(bert, f"uit het {which} tabblad {number}")).to_have_count(1)
            await see_kept(one, f"uit het {which} tabblad {number}")


async def test_scrolling_over_notes_moves_none(hall: Hall) -> None:
    anna, regie = await hall.tablet(), await hall.regie()
    del regie
    await go(anna, "Bord")
    await expect(anna.locator("[data-zone-id]").first).to_be_visible()
    before = await anna.evaluate(ORDER)
    finger = await Finger.on(anna)
    notes = await anna.locator("[data-note-id]").all()
    for round in range(100):
        x, y = await middle(notes[round % len(notes)])
        await finger.swipe((x, y), (x, y - 160 if round % 2 else y + 160))
    assert await anna.evaluate(ORDER) == before


async def test_a_finger_carries_a_note_to_another_zone(hall: Hall) -> None:
    anna, bert = await hall.tablet(), await hall.tablet()
    await write(anna, "Ik verhuis.")
    await see_kept(anna, "Ik verhuis.")
    await go(anna, "Bord")
    await go(bert, "Bord")
    home = await zone_of(anna, "Ik verhuis.")
    target = anna.locator(f"[data-zone-id]:not([data-zone-id='{home}'])").last
    away = await target.get_attribute("data-zone-id")
    finger = await Finger.on(anna)
    x, y = await middle(note(anna, "Ik verhuis."))
    await finger.press((x, y))
    await expect(anna.locator("[data-lifted]")).to_have_count(1)
    box = await target.bounding_box()
    assert box is not None
    there = (box["x"] + box["width"] / 2, box["y"] + box["height"] - 12)
    await finger.move(((x + there[0]) / 2, (y + there[1]) / 2))
    await finger.move(there)
    await expect(bert.locator("[data-carried]")).to_have_count(1)  # the others see it go
    await finger.lift()
    for page in (anna, bert):
        await expect(
            page.locator(f"[data-zone-id='{away}'] [data-note-id]").filter(has_text="Ik verhuis.")
        ).to_be_visible()


async def test_a_mouse_carries_a_note_too(hall: Hall) -> None:
    anna = await hall.tablet(size=TABLET, touch=False)
    await write(anna, "Met de muis.")
    await go(anna, "Bord")
    home = await zone_of(anna, "Met de muis.")
    target = anna.locator(f"[data-zone-id]:not([data-zone-id='{home}'])").last
    away = await target.get_attribute("data-zone-id")
    await anna.mouse.move(*await middle(note(anna, "Met de muis.")))
    await anna.mouse.down()
    box = await target.bounding_box()
    assert box is not None
    await anna.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] - 12, steps=8)
    await anna.mouse.up()
    await expect(
        anna.locator(f"[data-zone-id='{away}'] [data-note-id]").filter(has_text="Met de muis.")
    ).to_be_visible()


ORDER = """() => [...document.querySelectorAll('[data-note-id]')].map(note =>
    [note.closest('[data-zone-id]')?.dataset.zoneId, note.closest('[data-cluster-id]')?.dataset.clusterId,
     note.dataset.noteId])"""
