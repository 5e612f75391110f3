"""The wall: thirteen scenes that can be read at ten metres, the same on every wall, and as text."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from playwright.async_api import Page, expect

from .facilitator import Facilitator, facilitator
from .hall import PHONE, WALL, Hall, note, see_kept, write
from .test_access import complaints_of_axe

pytestmark = pytest.mark.browser

SCENES: Final = (
    "welkom",
    "speelruimte",
    "vraag",
    "stilte",
    "klok",
    "teller",
    "citaten",
    "oogst",
    "bord",
    "stemmen",
    "belofte",
    "pauze",
    "zwart",
)
LETTERS: Final = 40  # pixels on a wall of 1080 lines

SMALLEST = """() => Math.min(...[...document.querySelectorAll('[data-scene] *')]
    .filter(node => [...node.childNodes].some(c => c.nodeType === 3 && c.textContent.trim() !== ''))
    .filter(node => { const box = node.getBoundingClientRect()
        return box.width > 2 && box.height > 2 && getComputedStyle(node).visibility !== 'hidden' })
    .map(node => parseFloat(getComputedStyle(node).fontSize)))"""
CUT = """() => { const main = document.querySelector('[data-scene] main')
    return [main.scrollWidth - main.clientWidth, main.scrollHeight - main.clientHeight] }"""
ITEMS = "[data-scene] :is([data-note-id], [data-group-id], .villages li, .promises li, .sides li)"


async def on_wall(wall: Page, scene: str) -> None:
    await expect(wall.locator(f"[data-scene={scene}]")).to_be_visible()


async def a_harvest(directing: Facilitator, how_many: int = 12) -> list[dict[str, Any]]:
    """So many groups at least, each with a sentence and a note."""
    groups = [group for group in directing.of("group") if not group["gone"]]
    notes = [one for one in directing.of("note") if not one["hidden"] and not one["gone"]]
    for number in range(len(groups), how_many):
        await directing.ask(
            "group.make",
            group=f"groep-{number}",
            title=f"Ergens gewoon kunnen binnenlopen, ook op dag {number}",
            notes=[notes[number]["id"]],
        )
    return [group for group in directing.of("group") if not group["gone"]]


async def quotes(directing: Facilitator, how_many: int) -> list[dict[str, Any]]:
    notes = [one for one in directing.of("note") if not one["hidden"] and not one["gone"]]
    chosen = [one for one in notes if one["table"] is None or one["type"] == "moment"][:how_many]
    await directing.ask("wall.show", scene="citaten", items=[one["id"] for one in chosen])
    return chosen


async def test_every_scene_can_be_read_at_ten_metres(hall: Hall) -> None:
    wall = await hall.wall()
    async with facilitator(hall) as directing:
        await a_harvest(directing)
        for number in range(6):
            await directing.ask(
                "belofte.make",
                belofte=f"belofte-{number}",
                who="De gemeente",
                what="De sleutel van de zaal ligt voortaan bij de bakker",
                when="14 mei",
            )
        await directing.ask(
            "evening.tell",
            fixed=["Er komt geen nieuw gebouw", "Het budget voor dit jaar"],
            free=["Wat we in en tussen dorpen anders doen", "Wie het doet", "Waar we beginnen"],
        )
        await directing.ask("timer.set", seconds=600)
        for scene in SCENES:
            await directing.ask("wall.show", scene=scene, items=[], page=0)
            await on_wall(wall, scene)
            if scene == "bord":
                await expect(wall.locator("[data-note-id]").first).to_be_visible()
            assert await wall.evaluate(SMALLEST) >= LETTERS or scene == "zwart", scene
            assert await wall.locator(ITEMS).count() <= 9, scene
            wide, high = await wall.evaluate(CUT)
            assert (wide, high) <= (0, 2), scene
            assert await complaints_of_axe(wall) == [], scene


async def test_two_walls_show_the_same(hall: Hall) -> None:
    one, two = await hall.wall(), await hall.wall()
    async with facilitator(hall) as directing:
        await a_harvest(directing)
        for scene in ("oogst", "citaten", "teller", "welkom"):
            await directing.ask("wall.show", scene=scene)
            for wall in (one, two):
                await on_wall(wall, scene)
            text = await one.locator("[data-scene] main").inner_text()
            await expect(two.locator("[data-scene] main")).to_have_text(
                re.compile(re.escape(text.split("\n")[0]))
            )
            assert await two.locator("[data-scene] main").inner_text() == text
        await directing.ask("wall.show", scene="bord", page=1)
        for wall in (one, two):
            await expect(wall.locator("[data-note-id]").first).to_be_visible()
        shown = [
            await wall.locator("[data-note-id]").evaluate_all("ns => ns.map(n => n.dataset.noteId)")
            for wall in (one, two)
        ]
        assert shown[0] == shown[1]


async def test_a_wall_that_stands_still_keeps_what_it_drew(hall: Hall) -> None:
    wall, other = await hall.wall(), await hall.wall()
    async with facilitator(hall) as directing:
        first, second, third = await quotes(directing, 3)
        for page in (wall, other):
            await expect(page.locator(".quote")).to_have_count(3)
        before = await wall.locator("[data-scene] main").inner_text()
        await directing.ask("wall.freeze", on=True)
        for page in (wall, other):
            await expect(page.locator("[data-frozen]")).to_be_visible()

        # The evening goes on, the wall does not: not by a step, not by a sentence, not by a reload.
        await directing.ask("evening.tell", title="Een andere titel")
        other_step = next(
            step for step in directing.of("step") if step["id"] != directing.evening["step"]
        )
        await directing.ask("step.go", step=other_step["id"])
        await wall.reload()
        for page in (wall, other):
            await expect(page.locator(".quote")).to_have_count(3)
            assert await page.locator("[data-scene] main").inner_text() == before

        # Only what may not be seen any more leaves: in one tap, and what is thrown away.
        await directing.ask("wall.cover", item=second["id"], on=True)
        await directing.ask("note.bin", note=third["id"])
        for page in (wall, other):
            await expect(page.locator(".quote")).to_have_count(1)
            await expect(page.locator(".quote")).to_contain_text(first["text"])

        await directing.ask("wall.show", scene="pauze")
        for page in (wall, other):
            await on_wall(page, "pauze")


async def test_a_board_that_stands_still_takes_nothing_new(hall: Hall) -> None:
    wall, anna = await hall.wall(), await hall.tablet()
    async with facilitator(hall) as directing:
        await directing.ask("wall.show", scene="bord")
        await expect(wall.locator("[data-note-id]").first).to_be_visible()
        count = await wall.get_by_text(re.compile(r"\d+ briefjes")).inner_text()
        await directing.ask("wall.freeze", on=True)
        await expect(wall.locator("[data-frozen]")).to_be_visible()
        shown = await wall.locator("[data-scene] main").inner_text()
        await write(anna, "Dit komt pas na de stilte.")
        await see_kept(anna, "Dit komt pas na de stilte.")
        await directing.until("note", text="Dit komt pas na de stilte.")
        assert await wall.locator("[data-scene] main").inner_text() == shown
        await expect(wall.get_by_text(count, exact=True)).to_be_visible()
        await directing.ask("wall.freeze", on=False)
        await expect(wall.get_by_text(count, exact=True)).to_have_count(0)


async def test_other_words_are_read_where_they_are_required(hall: Hall) -> None:
    wall = await hall.wall()
    async with facilitator(hall) as directing:
        (quote,) = await quotes(directing, 1)
        await expect(wall.locator(".quote")).to_contain_text(quote["text"])
        await directing.ask(
            "note.redact",
            redaction="andere-woorden",
            note=quote["id"],
            text="Iemand uit het dorp zei dit anders.",
            reason="er stond een naam in",
            required=True,
        )
        await expect(wall.locator(".quote")).to_contain_text("Iemand uit het dorp zei dit anders.")
        await expect(wall.get_by_text(quote["text"])).to_have_count(0)


async def test_the_clock_is_huge(hall: Hall) -> None:
    wall = await hall.wall()
    async with facilitator(hall) as directing:
        await directing.ask("timer.set", seconds=90)
        await directing.ask("wall.show", scene="klok")
        clock = wall.get_by_text(re.compile(r"^1:\d\d$"))
        await expect(clock).to_be_visible()
        box = await clock.bounding_box()
        assert box is not None
        assert box["height"] > WALL["height"] / 4


async def test_no_dots_before_the_round_is_closed(hall: Hall) -> None:
    wall = await hall.wall()
    async with facilitator(hall) as directing:
        groups = await a_harvest(directing, 3)
        for open_one in [one for one in directing.of("round") if one["open"]]:
            await directing.ask("round.close", round=open_one["id"])
        await directing.ask(
            "round.open",
            round="ronde",
            title="Waar begint het?",
            items=[g["id"] for g in groups[:3]],
        )
        await directing.ask(
            "vote.paper",
            round="ronde",
            table=None,
            voters=6,
            dots={groups[0]["id"]: 9, groups[1]["id"]: 4},
        )
        await directing.ask("wall.show", scene="stemmen")
        await expect(wall.get_by_role("heading", name="Waar begint het?")).to_be_visible()
        await expect(wall.get_by_text("hebben gekozen")).to_be_visible()
        await expect(wall.get_by_text("9 stippen")).to_have_count(0)
        await directing.ask("round.close", round="ronde")
        await expect(wall.get_by_text("9 stippen")).to_be_visible()
        await expect(wall.get_by_text("4 stippen")).to_be_visible()
        assert await complaints_of_axe(wall) == []


async def test_the_wall_as_text(hall: Hall) -> None:
    reader = await hall.tablet(size=PHONE)
    text = f"{hall.url.rstrip('/')}/s/{hall.sprint}/wand"
    await reader.goto(text)
    async with facilitator(hall) as directing:
        chosen = await quotes(directing, 3)
        await expect(
            reader.get_by_role("heading", name="Dit hoorden we aan de tafels")
        ).to_be_visible()
        for quote in chosen:
            await expect(
                reader.get_by_role("listitem").filter(has_text=quote["text"])
            ).to_be_visible()
        assert await complaints_of_axe(reader) == []
        assert await reader.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

        await directing.ask("wall.show", scene="pauze")
        await expect(reader.get_by_role("heading", name="Pauze")).to_be_visible()

        groups = await a_harvest(directing)
        await reader.goto(f"{text}/oogst")
        await expect(
            reader.get_by_role("listitem").filter(has_text=groups[-1]["title"])
        ).to_be_visible()
        for scene in SCENES:
            await reader.goto(f"{text}/{scene}")
            await expect(reader.locator(f"main[data-scene={scene}] h2")).to_be_visible()
            assert await complaints_of_axe(reader) == [], scene


async def test_what_is_thrown_away_leaves_the_wall_at_once(hall: Hall) -> None:
    wall, anna = await hall.wall(), await hall.tablet()
    await write(anna, "Dit gaat zo weer weg.")
    await see_kept(anna, "Dit gaat zo weer weg.")
    async with facilitator(hall) as directing:
        mine = await directing.until("note", text="Dit gaat zo weer weg.")
        await directing.ask("wall.show", scene="citaten", items=[mine["id"]])
        await expect(wall.get_by_text("Dit gaat zo weer weg.")).to_be_visible()
        await anna.bring_to_front()
        await note(anna, "Dit gaat zo weer weg.").first.wait_for()
        await directing.ask("note.bin", note=mine["id"])
        await expect(wall.get_by_text("Dit gaat zo weer weg.")).to_have_count(0)
