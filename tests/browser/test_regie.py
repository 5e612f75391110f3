"""Regie: one calm screen with which one person directs a hall."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from .facilitator import facilitator
from .hall import (
    PHONE,
    TABLET,
    WALL,
    Hall,
    field_of,
    go,
    note,
    press_twice,
    see_kept,
    write,
)
from .test_access import complaints_of_axe, tab_to

pytestmark = pytest.mark.browser

PARTS = ("Avond", "Wand", "Tafels", "Briefjes", "Kiezen", "Beloften", "Afsluiten")


async def part(regie: Page, name: str) -> None:
    await regie.get_by_role("tab", name=name, exact=True).click()
    await expect(regie.get_by_role("tabpanel", name=name, exact=True)).to_be_visible()


def on_now(regie: Page) -> Locator:
    return regie.get_by_role("region", name="Nu")


async def at_table(hall: Hall, table: str) -> Page:
    """Who scanned the card of a table."""
    page = await (await hall.context()).new_page()
    await page.goto(f"{hall.links['join_url']}&tafel={table}")
    await expect(field_of(page)).to_be_visible()
    return page


async def test_one_button_leads_through_the_whole_evening(hall: Hall) -> None:
    """Also over to the next board; what is skipped is passed over."""
    regie = await hall.regie()
    async with facilitator(hall) as directing:
        boards = {one["id"]: one["rank"] for one in directing.of("board")}
        steps = sorted(directing.of("step"), key=lambda s: (boards[s["board"]], s["rank"]))
        await directing.go(steps[0]["title"])
    plan = regie.locator("[data-step-id]")
    await expect(plan).to_have_count(len(steps))
    await plan.nth(1).get_by_role("button").first.click()
    await plan.nth(1).get_by_role("button", name="Sla over").click()
    await expect(plan.nth(1)).to_contain_text("Overgeslagen")
    for step in steps[2:]:
        await regie.get_by_role("button", name="Volgende stap").click()
        await expect(regie.locator(f"[data-step-id='{step['id']}'][aria-current]")).to_be_visible()
    await expect(on_now(regie)).to_contain_text("Dit is de laatste stap.")
    assert len({step["board"] for step in steps}) > 1

    await plan.nth(1).get_by_role("button", name="Toch doen").click()
    await plan.nth(1).get_by_role("button", name="Ga hierheen").click()
    await expect(on_now(regie)).to_contain_text(steps[1]["title"])


async def test_the_plan_can_be_changed_on_the_way(hall: Hall) -> None:
    regie = await hall.regie()
    plan = regie.locator("[data-step-id]")
    await expect(plan.first).to_be_visible()
    titles = await plan.locator(".name").all_inner_texts()
    await plan.nth(1).get_by_role("button").first.click()
    opened = plan.nth(1)
    await opened.get_by_role("button", name="1 minuut langer").click()
    before = await plan.nth(1).get_attribute("data-step-id")
    step = regie.locator(f"[data-step-id='{before}']")
    await step.get_by_role("button", name="Omhoog").click()
    await expect(plan.first.locator(".name")).to_have_text(titles[1])
    await step.get_by_role("button", name="Nog een keer").click()
    await expect(plan).to_have_count(len(titles) + 1)
    await expect(plan.nth(1).locator(".name")).to_have_text(titles[1])


async def test_minutes_come_by_and_the_hall_sees_them(hall: Hall) -> None:
    regie, anna = await hall.regie(), await hall.tablet()
    await regie.get_by_role("button", name="Start de tijd").click()
    await expect(on_now(regie).get_by_role("timer")).to_contain_text("Nog")
    await expect(anna.get_by_role("timer").first).to_contain_text("Nog")
    before = await on_now(regie).get_by_role("timer").inner_text()
    await regie.get_by_role("button", name="2 minuten erbij").click()
    await expect(on_now(regie).get_by_role("timer")).not_to_have_text(before)
    await regie.get_by_role("button", name="Stop de tijd").click()
    await expect(anna.get_by_role("timer")).to_have_count(0)


async def test_everybody_listens_for_a_moment(hall: Hall) -> None:
    regie, anna = await hall.regie(), await hall.tablet()
    await regie.get_by_role("button", name="Even luisteren").click()
    await expect(regie.get_by_text("Niemand in de zaal kan nu schrijven.")).to_be_visible()
    await expect(anna.get_by_text("Even luisteren").first).to_be_visible()
    await regie.get_by_role("button", name="Ga verder").click()
    await write(anna, "Daar ben ik weer.")
    await see_kept(anna, "Daar ben ik weer.")


async def test_a_flag_is_answered(hall: Hall) -> None:
    regie = await hall.regie()
    async with facilitator(hall) as directing:
        tables = await directing.tables(3)
    anna = await at_table(hall, tables[2]["id"])
    await anna.get_by_role("button", name="Hulp nodig").click()
    await part(regie, "Wand")  # wherever the facilitator is
    flag = regie.locator(".flag")
    await expect(flag).to_contain_text("Tafel 3 heeft hulp nodig.")
    await flag.get_by_role("button", name="Komt eraan").click()
    await expect(flag).to_have_count(0)
    await expect(anna.get_by_role("button", name="Hulp nodig")).to_be_visible()


async def test_how_many_are_ready(hall: Hall) -> None:
    regie, anna, bert = await hall.regie(), await hall.tablet(), await hall.tablet()
    await anna.get_by_role("button", name="Ik ben klaar").click()
    await expect(on_now(regie)).to_contain_text("1 van 2 klaar")
    await bert.get_by_role("button", name="Ik ben klaar").click()
    await expect(on_now(regie)).to_contain_text("Iedereen is klaar.")


async def test_to_one_table_and_then_to_the_hall(hall: Hall) -> None:
    regie = await hall.regie()
    async with facilitator(hall) as directing:
        one, two, *_ = await directing.tables(2)
        await directing.go("Schrijf")
    anna, bert = await at_table(hall, one["id"]), await at_table(hall, two["id"])
    await write(anna, "Van tafel een.")
    await see_kept(anna, "Van tafel een.")
    await write(bert, "Van tafel twee.")
    await see_kept(bert, "Van tafel twee.")
    reader = await hall.tablet()
    await go(reader, "Lijst")
    await regie.get_by_text("Van één tafel").click()
    await regie.get_by_role("button", name="Alleen tafel 2").click()
    await expect(note(reader, "Van tafel twee.")).to_be_visible()
    await expect(note(reader, "Van tafel een.")).to_have_count(0)
    await regie.get_by_role("button", name="Toon de briefjes").click()
    await expect(note(reader, "Van tafel een.")).to_be_visible()


async def test_a_note_is_hidden_in_one_tap_and_comes_back(hall: Hall) -> None:
    regie, anna, bert = await hall.regie(), await hall.tablet(), await hall.tablet()
    await write(anna, "Dit kan echt niet.")
    await see_kept(anna, "Dit kan echt niet.")
    await go(bert, "Lijst")
    await expect(note(bert, "Dit kan echt niet.")).to_be_visible()
    await part(regie, "Briefjes")
    await regie.get_by_role("searchbox", name="Zoek in de briefjes").fill("echt niet")
    await regie.get_by_role("button", name="Verberg: Dit kan echt niet.").click()
    await expect(note(bert, "Dit kan echt niet.")).to_have_count(0)
    await regie.get_by_role("button", name="Haal terug: Dit kan echt niet.").click()
    await expect(note(bert, "Dit kan echt niet.")).to_be_visible()


async def test_other_words_beside_the_literal_ones(hall: Hall) -> None:
    regie, anna = await hall.regie(), await hall.tablet()
    await write(anna, "Jan van hiernaast is ziek.")
    await see_kept(anna, "Jan van hiernaast is ziek.")
    await part(regie, "Briefjes")
    await regie.get_by_role("searchbox", name="Zoek in de briefjes").fill("hiernaast")
    await regie.get_by_role("button", name="Andere woorden: Jan").click()
    await regie.get_by_role("textbox", name="Zo mag het gelezen worden").fill(
        "Een buurman is ziek."
    )
    await regie.get_by_role("textbox", name="Waarom?").fill("er stond een naam in")
    await regie.get_by_role("checkbox", name=re.compile("Verplicht")).check()
    await regie.get_by_role("button", name="Zet ernaast").click()
    beside = note(regie, "Jan van hiernaast is ziek.")
    await expect(beside).to_contain_text("Een buurman is ziek.")
    await expect(beside).to_contain_text("verplicht")
    await expect(note(anna, "Jan van hiernaast is ziek.").first).to_be_visible()  # the words stay


async def test_one_seat_goes_back_and_off_the_board(hall: Hall) -> None:
    regie = await hall.regie()
    async with facilitator(hall) as directing:
        tables = await directing.tables(2)
        await directing.ask("step.reveal", to="zaal")
        anna, vandal = await hall.tablet(), await at_table(hall, tables[1]["id"])
        await write(anna, "Van Anna.")
        await see_kept(anna, "Van Anna.")
        for number in range(3):
            await write(vandal, f"Onzin {number}.")
            await see_kept(vandal, f"Onzin {number}.")
        await directing.until("note", text="Onzin 2.")
        seat = next(one["author"] for one in directing.of("note") if one["text"] == "Onzin 2.")
    await go(anna, "Lijst")
    await expect(note(anna, "Onzin 1.")).to_be_visible()
    await part(regie, "Tafels")
    row = regie.locator(f"[data-seat-id='{seat}']")
    await row.get_by_role("button", name=re.compile("Meer over dit scherm")).click()
    await press_twice(regie, "Laatste 5 minuten terug")
    await expect(note(anna, "Onzin 1.")).to_have_count(0)
    await expect(note(anna, "Van Anna.")).to_be_visible()

    await press_twice(regie, "Haal van het bord")
    await expect(row).to_contain_text("van het bord gehaald")
    await expect(vandal.get_by_role("alert").first).to_contain_text(
        "De begeleider heeft dit scherm even stilgezet"
    )
    await row.get_by_role("button", name="Laat weer toe").click()
    await expect(row.get_by_text("van het bord gehaald")).to_have_count(0)


async def test_scenes_are_seen_before_they_are_shown(hall: Hall) -> None:
    regie, wall = await hall.regie(), await hall.wall()
    await part(regie, "Wand")
    await regie.get_by_role("button", name="Pauze").click()
    preview = regie.get_by_role("img", name="Zo komt het op de wand: Pauze")
    await expect(preview).to_be_visible()
    await expect(wall.locator("[data-scene=pauze]")).to_have_count(0)
    await regie.get_by_role("button", name="Toon op de wand").click()
    await expect(wall.locator("[data-scene=pauze]")).to_be_visible()
    await expect(preview).to_have_count(0)
    await regie.get_by_role("button", name="Zet stil").click()
    await expect(wall.locator("[data-frozen]")).to_be_visible()
    await regie.get_by_role("button", name="Speel weer af").click()
    await expect(wall.locator("[data-frozen]")).to_have_count(0)
    await regie.get_by_role("button", name="Wand zwart").click()
    await expect(wall.locator("[data-scene=zwart]")).to_be_visible()


async def test_one_tap_takes_something_off_the_wall(hall: Hall) -> None:
    regie, wall = await hall.regie(), await hall.wall()
    async with facilitator(hall) as directing:
        words = [one for one in directing.of("note") if one["type"] == "moment"][:2]
        await directing.ask("wall.show", scene="citaten", items=[one["id"] for one in words])
    await part(regie, "Wand")
    await expect(wall.locator(".quote")).to_have_count(2)
    await regie.get_by_role("button", name=f"Haal van de wand: {words[0]['text']}").click()
    await expect(wall.locator(".quote")).to_have_count(1)
    await regie.get_by_role("button", name=re.compile("Mag weer op de wand")).click()
    await expect(regie.get_by_role("button", name=re.compile("Mag weer op de wand"))).to_have_count(
        0
    )


async def test_a_round_of_dots_on_paper(hall: Hall) -> None:
    regie = await hall.regie()
    async with facilitator(hall) as directing:
        for one in directing.of("round"):
            if one["open"]:
                await directing.ask("round.close", round=one["id"])
        await directing.ask("group.make", group="de-groep", title="Een plek om te zijn")
    await part(regie, "Kiezen")
    await regie.get_by_role("textbox", name="Waar kiezen we over?").fill("Waar beginnen we?")
    await regie.get_by_role("spinbutton", name="Hoeveel stippen?").fill("4")
    await regie.get_by_role("button", name="Open de stemronde").click()
    await expect(regie.get_by_text("0 hebben gekozen")).to_be_visible()
    await expect(regie.get_by_text("Niemand ziet een tussenstand, jij ook niet.")).to_be_visible()
    await regie.get_by_role("spinbutton", name="Hoeveel mensen plakten?").fill("3")
    await regie.get_by_role("spinbutton", name="Een plek om te zijn").fill("7")
    await expect(regie.get_by_text("Dat zijn meer stippen dan er mogen zijn.")).to_be_visible()
    await regie.get_by_role("spinbutton", name="Een plek om te zijn").fill("6")
    await regie.get_by_role("button", name="Bewaar de stickers").click()
    await expect(regie.get_by_text("3 hebben gekozen")).to_be_visible()
    await press_twice(regie, "Sluit de stemronde")
    result = regie.locator("[data-round-id]").first
    await expect(result).to_contain_text("Waar beginnen we?")
    await expect(result).to_contain_text("6 op papier")


async def test_a_promise_with_a_name_and_a_date(hall: Hall) -> None:
    regie = await hall.regie()
    await part(regie, "Beloften")
    await regie.get_by_role("textbox", name="Wat?").fill("De sleutel ligt bij de bakker")
    await regie.get_by_role("textbox", name="Wie?").fill("Dorpsraad")
    await regie.get_by_label("Wanneer?").fill("2027-05-14")
    await regie.get_by_role("button", name="Zet de belofte erbij").click()
    await expect(regie.get_by_text("14 mei 2027")).to_be_visible()
    await regie.get_by_role("button", name="Haal weg: De sleutel ligt bij de bakker").click()
    await expect(regie.get_by_text("De sleutel ligt bij de bakker")).to_have_count(0)


async def test_closing_waits_and_says_who_is_missing(hall: Hall) -> None:
    regie = await hall.regie()
    async with facilitator(hall) as directing:
        tables = await directing.tables(5)
        before = sum(one["table"] == tables[4]["id"] for one in directing.of("note"))
    context = await hall.context()
    anna = await context.new_page()
    await anna.goto(f"{hall.links['join_url']}&tafel={tables[4]['id']}")
    await write(anna, "Bijna klaar.")
    await see_kept(anna, "Bijna klaar.")
    await context.set_offline(True)
    await write(anna, "Dit wacht nog.")
    await part(regie, "Afsluiten")
    await press_twice(regie, "Sluit af")
    missing = regie.get_by_role("tabpanel").get_by_role("listitem").filter(has_text="Tafel 5")
    await expect(missing).to_be_visible(timeout=40_000)
    await context.set_offline(False)
    await expect(
        regie.get_by_text(re.compile(r"Alle tablets zijn leeg\. \d+ briefjes"))
    ).to_be_visible()
    await press_twice(regie, "Sluit de avond af")
    codes = regie.get_by_role("region", name="Volgcodes").get_by_role("listitem")
    await expect(codes).to_have_count(len(tables))
    await expect(codes.first).to_have_text(re.compile(r"[a-z]+-[a-z]+-[a-z]+"))
    async with facilitator(hall) as directing:
        # Nobody but that table may read it yet; that it is there, everybody knows.
        assert sum(one["table"] == tables[4]["id"] for one in directing.of("note")) == before + 2


async def test_every_link_is_at_hand(hall: Hall) -> None:
    regie = await hall.regie()
    await regie.get_by_role("button", name="Toon de links").click()
    for name, which in (("Oogstlink", "oogst"), ("Tafellink", "tafel"), ("Luisterlink", "luister")):
        await expect(regie.get_by_role("textbox", name=name)).to_have_value(
            re.compile(rf"/{which}#")
        )
    old = await regie.get_by_role("textbox", name="Oogstlink").input_value()
    await press_twice(regie, "Nieuwe oogstlink")
    await expect(regie.get_by_role("textbox", name="Oogstlink")).not_to_have_value(old)


@pytest.mark.parametrize("size", [PHONE, TABLET, WALL], ids=["320", "1024", "1920"])
async def test_axe_is_silent_in_every_part(hall: Hall, size: dict[str, int]) -> None:
    regie = await hall.regie(size=size)
    for name in PARTS:
        await part(regie, name)
        assert await complaints_of_axe(regie) == [], name
        assert await regie.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        await expect(regie.get_by_role("button", name="Volgende stap")).to_be_in_viewport()


async def test_directing_by_keyboard_only(hall: Hall) -> None:
    regie, wall = await hall.regie(), await hall.wall()
    await tab_to(regie, "tab", "Avond")
    await regie.keyboard.press("ArrowRight")
    await expect(regie.get_by_role("tabpanel", name="Wand", exact=True)).to_be_visible()
    await tab_to(regie, "button", "Pauze")
    await regie.keyboard.press("Enter")
    await tab_to(regie, "button", "Toon op de wand")
    await regie.keyboard.press("Enter")
    await expect(wall.locator("[data-scene=pauze]")).to_be_visible()
    was = await on_now(regie).locator("strong").inner_text()
    await tab_to(regie, "button", "Volgende stap")
    await regie.keyboard.press("Enter")
    await expect(on_now(regie).locator("strong")).not_to_have_text(was)
    await regie.keyboard.press("Shift+Tab")
    await regie.keyboard.press("Enter")
    await expect(on_now(regie).locator("strong")).to_have_text(was)


async def test_a_rehearsal_leaves_nothing_behind(hall: Hall) -> None:
    regie = await hall.regie()
    await part(regie, "Afsluiten")
    await regie.get_by_role("button", name="Begin de repetitie").click()
    there = regie.get_by_role("link", name="Naar de regie van de repetitie")
    await expect(there).to_be_visible()
    async with regie.context.expect_page() as opening:
        await there.click()
    rehearsal = await opening.value
    await expect(rehearsal.get_by_text("Dit is een repetitie.")).to_be_visible()
    await expect(
        rehearsal.get_by_text(re.compile(r"\d\d deelnemers zijn verbonden"))
    ).to_be_visible()
    assert hall.sprint not in rehearsal.url
    assert await complaints_of_axe(rehearsal) == []
    await press_twice(rehearsal, "Stop en wis de repetitie")
    await expect(rehearsal.get_by_text("De repetitie is gewist.")).to_be_visible()
    await expect(regie.get_by_role("button", name="Volgende stap")).to_be_visible()
