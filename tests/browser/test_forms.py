"""The forms of a board: the welcome, the circles, the time line and the dots, each as a board and as a
list, by taps and by keys; sentences, objections and *herken ik*; and the screens at a table."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from .boards import GROUPS, KERNEN, serve
from .hall import PHONE, TABLET, WALL, Hall, go, middle, note, zone_of
from .test_access import complaints_of_axe
from .test_board import OVERLAPS

pytestmark = pytest.mark.browser

SIZES: Final = [pytest.param(size, id=str(size["width"])) for size in (PHONE, TABLET, WALL)]
SENTENCE: Final = "Wij doen dit zodat iedereen in het dorp mensen kan ontmoeten."


class Evenings:
    """A hall with one of the evenings of boards.py."""

    def __init__(self, chromium: Browser, folder: Path) -> None:
        self._chromium, self._folder = chromium, folder

    @asynccontextmanager
    async def at(self, moment: str, notes: int = 24) -> AsyncIterator[Hall]:
        server = serve(self._folder / f"{moment}-{notes}", moment, notes)
        hall = Hall(self._chromium, dict(server.links), calm=True)
        try:
            yield hall
            assert hall.complaints == []
        finally:
            await hall.close()
            server.kill()


@pytest.fixture
def evenings(chromium: Browser, tmp_path: Path) -> Evenings:
    return Evenings(chromium, tmp_path)


async def seat(hall: Hall, view: str, *, size: dict[str, int] = TABLET, touch: bool = True) -> Page:
    """Somebody who came in and looks at a board or a list."""
    page = await (await hall.context(size=size, touch=touch)).new_page()
    await page.goto(hall.url)
    await page.get_by_role("textbox", name="Code").fill(hall.links["join_code"])
    await page.get_by_role("button", name="Meedoen").click()
    await page.wait_for_url(f"**/s/{hall.sprint}**")
    await page.goto(f"{hall.url.rstrip('/')}/s/{hall.sprint}/{view}")
    await expect(page.locator("[data-zone-id]").first).to_be_visible()
    return page


async def near(page: Page, zone: str) -> None:
    await page.get_by_role("button", name=f"Kom dichterbij: {zone}").click()
    await expect(page.get_by_role("heading", name=zone, level=2)).to_be_visible()


async def fits(page: Page) -> None:
    """Nothing sticks out sideways."""
    width: int = await page.evaluate("innerWidth")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


# --- every form, at every size ---------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("moment", ["T1.3", "T3.4", "T4.1", "T8.2", "T8.4"])
async def test_every_form_as_board_and_as_list(
    evenings: Evenings, moment: str, size: dict[str, int]
) -> None:
    async with evenings.at(moment, 60) as hall:
        page = await seat(hall, "bord", size=size)
        await fits(page)
        if moment[:2] in ("T1", "T8"):
            # A page that scrolls is looked at whole: what is cut off by its edge is not too small.
            await page.set_viewport_size({"width": size["width"], "height": 9_000})
        assert await complaints_of_axe(page) == []
        await go(page, "Lijst")
        await expect(page.locator("[data-zone-id]").first).to_be_visible()
        await fits(page)
        assert await complaints_of_axe(page) == []


@pytest.mark.parametrize("notes", [3, 60, 300])
@pytest.mark.parametrize("moment", ["T3.4", "T4.1"])
async def test_no_note_lies_on_another(evenings: Evenings, moment: str, notes: int) -> None:
    async with evenings.at(moment, notes) as hall:
        for size in (PHONE, TABLET):
            page = await seat(hall, "bord", size=size)
            await expect(page.locator("[data-note-id]").first).to_be_attached()
            await page.wait_for_function(f"() => ({OVERLAPS})() === 0")
            drawn = await page.locator("[data-note-id]").count()
            await go(page, "Lijst")
            await expect(page.locator("[data-note-id]")).to_have_count(drawn)


# --- the circles -----------------------------------------------------------------------

IN_CIRCLES: Final = """() => {
    const round = zone => {
        const { left, top, width } = zone.getBoundingClientRect()
        return { x: left + width / 2, y: top + width / 2, r: width / 2 }
    }
    const zones = [...document.querySelectorAll('[data-zone-id]')]
    const [inner, middle] = zones.slice(0, 2).map(round)
    const wrong = []
    zones.forEach((zone, at) => {
        for (const note of zone.querySelectorAll('[data-note-id]')) {
            const box = note.getBoundingClientRect()
            const away = circle => [[box.left, box.top], [box.right, box.top], [box.left, box.bottom],
                [box.right, box.bottom]].map(([x, y]) => Math.hypot(x - circle.x, y - circle.y))
            const ok = at === 0 ? Math.max(...away(inner)) <= inner.r + 1
                : at === 1 ? Math.max(...away(middle)) <= middle.r + 1 && Math.min(...away(inner)) >= inner.r - 1
                : Math.min(...away(middle)) >= middle.r - 1
            if (!ok) wrong.push([at, note.textContent])
        }
    })
    return wrong
}"""


@pytest.mark.parametrize("size", SIZES)
async def test_notes_lie_in_their_circle(evenings: Evenings, size: dict[str, int]) -> None:
    async with evenings.at("T3.4", 60) as hall:
        page = await seat(hall, "bord", size=size)
        await expect(page.locator("[data-round]")).to_have_count(2)
        await page.wait_for_function(f"() => ({IN_CIRCLES})().length === 0")


async def test_from_ring_to_ring_by_mouse_by_keys_and_by_taps(evenings: Evenings) -> None:
    async with evenings.at("T3.4", 12) as hall:
        page = await seat(hall, "bord", touch=False)
        zones = page.locator("[data-zone-id]")
        outside = zones.nth(2)
        carried = outside.locator("button[data-note-id]").first
        id = await carried.get_attribute("data-note-id")
        lies = page.locator(f"[data-note-id='{id}']")
        x, y = await middle(carried)
        await page.mouse.move(x, y)
        await page.mouse.down()
        # The ring is aimed at where it is round: its heading, above the circle in the middle.
        to = await middle(zones.nth(1).get_by_role("heading"))
        await page.mouse.move(*to, steps=8)
        await page.mouse.up()
        await expect(zones.nth(1).locator(lies)).to_have_count(1)

        # By keys: pick up, to the next place up, lay down.
        await lies.focus()
        await page.keyboard.press("Space")
        await page.keyboard.press("ArrowUp")
        await page.keyboard.press("Enter")
        await expect(zones.nth(0).locator(lies)).to_have_count(1)

        # By taps, in the list.
        await go(page, "Lijst")
        item = page.locator(f"li[data-note-id='{id}']")
        await item.get_by_role("button").first.click()
        await page.get_by_role("button", name="Verplaats naar …").click()
        await page.get_by_role("dialog").get_by_role("button", name="dit zit in de weg").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
        await expect(zones.nth(3).locator(item)).to_have_count(1)


async def test_the_corner_of_a_ring_is_not_the_ring(evenings: Evenings) -> None:
    async with evenings.at("T3.4", 12) as hall:
        page = await seat(hall, "bord", touch=False)
        box = await page.locator("[data-round]").nth(1).bounding_box()
        assert box is not None
        await page.mouse.click(box["x"] + 6, box["y"] + 6)
        await expect(page.get_by_role("heading", name="dit helpt")).to_be_visible()
        await expect(page.get_by_role("button", name="Alle vakken")).to_be_visible()


# --- sentences -------------------------------------------------------------------------


async def make_sentence(page: Page, who: str, what: str) -> None:
    await page.get_by_role("button", name="Maak een zin").first.click()
    await page.get_by_role("textbox", name="Wie?").fill(who)
    await page.get_by_role("textbox", name="Wat kan of merkt die?").fill(what)
    await page.get_by_role("button", name="Leg neer").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("view", ["Bord", "Lijst"])
async def test_two_sentences_become_one(evenings: Evenings, view: str) -> None:
    async with evenings.at("T3.3", 3) as hall:
        anna = await seat(hall, view.lower())
        bert = await seat(hall, "lijst")
        if view == "Bord":
            await near(anna, "Waar doen we het voor?")
        await make_sentence(anna, "niemand", "alleen is")
        await make_sentence(anna, "jong en oud", "elkaar vaker zien.")
        await expect(note(bert, "Wij doen dit zodat niemand alleen is.")).to_be_visible()
        first = note(anna, "Wij doen dit zodat niemand alleen is.").first
        await first.get_by_role("button").or_(first).first.click()
        await anna.get_by_role("button", name="Voeg samen met …").click()
        await (
            anna.get_by_role("dialog")
            .get_by_role("button", name="Wij doen dit zodat jong en oud elkaar vaker zien.")
            .click()
        )
        dialog = anna.get_by_role("dialog")
        await expect(dialog).to_contain_text("niemand alleen is")
        await dialog.get_by_role("button", name="Neem over: jong en oud").click()
        await dialog.get_by_role("button", name="Neem over: alleen is").click()
        await dialog.get_by_role("button", name="Leg de nieuwe zin neer").click()
        made = "Wij doen dit zodat jong en oud alleen is."
        await expect(note(bert, made)).to_be_visible()
        # The two stay, and the new one knows where it comes from.
        await expect(note(bert, "Wij doen dit zodat niemand alleen is.")).to_be_visible()
        await expect(dialog).to_contain_text("Zo groeide deze zin")
        await expect(dialog).to_contain_text("versie 2")
        await expect(dialog.get_by_role("listitem")).to_have_count(3)


async def test_a_sentence_is_supported_objected_to_and_counted_in_words(
    evenings: Evenings,
) -> None:
    async with evenings.at("T3.4", 8) as hall:
        anna, bert = await seat(hall, "lijst"), await seat(hall, "lijst")
        await anna.get_by_role("button", name="Maak een zin").click()
        await anna.get_by_role("textbox", name="Wie?").fill("iedereen")
        await anna.get_by_role("textbox", name="Wat kan").fill("heel " * 18 + "blij is")
        await expect(anna.get_by_role("dialog")).to_contain_text("25 woorden")
        await expect(anna.get_by_role("dialog")).to_contain_text("Korter is beter")
        await anna.get_by_role("button", name="Leg neer").click()  # a tip, never a block
        await expect(anna.get_by_role("dialog")).to_have_count(0)

        await note(bert, SENTENCE).first.get_by_role("button").first.click()
        support = bert.get_by_role("dialog").get_by_role("button", name="Steun")
        await support.click()
        await expect(support).to_have_attribute("aria-pressed", "true")
        await expect(note(anna, SENTENCE).first).to_contain_text("1 keer steun")
        await support.click()
        await expect(note(anna, SENTENCE).first).not_to_contain_text("keer steun")

        await bert.get_by_role("button", name="Ik zie het anders").click()
        await bert.get_by_role("textbox", name="Zeg het in je eigen woorden").fill(
            "Alleen zijn mag. Eenzaam zijn is wat anders."
        )
        await bert.get_by_role("textbox", name="Wat heb je nodig").fill("Ook als je geen lid bent.")
        await bert.get_by_role("button", name="Zet het erbij").click()
        await expect(bert.locator("dialog [data-objection-id]")).to_contain_text("Eenzaam zijn")
        await expect(note(anna, SENTENCE).first).to_contain_text("1 bezwaar")
        await note(anna, SENTENCE).first.get_by_role("button").first.click()
        told = anna.locator("dialog [data-objection-id]")
        await expect(told).to_contain_text("Nodig: Ook als je geen lid bent.")
        assert await complaints_of_axe(anna) == []


async def test_a_private_sentence_is_nobody_elses(evenings: Evenings) -> None:
    async with evenings.at("T3.1", 3) as hall:
        anna, bert = await seat(hall, "lijst"), await seat(hall, "lijst")
        await make_sentence(anna, "mijn geheim", "van mij blijft")
        mine = note(anna, "mijn geheim")
        await expect(mine).to_contain_text("Alleen jij ziet dit nog.")
        await expect(bert.get_by_text("Nog privé").first).to_be_visible()
        await expect(bert.get_by_text("mijn geheim")).to_have_count(0)


# --- the time line ---------------------------------------------------------------------


async def test_years_stand_in_time_and_as_headings_in_the_list(evenings: Evenings) -> None:
    async with evenings.at("T4.1", 24) as hall:
        page = await seat(hall, "bord")
        past = page.locator("[data-zone-id]").first
        text = await past.inner_text()
        assert text.index("1974") < text.index("Zonder jaar")
        await go(page, "Lijst")
        years = page.locator("[data-zone-id]").first.get_by_role("heading", level=3)
        await expect(years.first).to_be_visible()
        found = await years.all_inner_texts()
        assert found == sorted(found)
        assert "1974" in found
        assert found[-1] == "Zonder jaar"


@pytest.mark.parametrize("view", ["Bord", "Lijst"])
async def test_recognise_a_prepared_card(evenings: Evenings, view: str) -> None:
    async with evenings.at("T4.1", 24) as hall:
        anna, bert = await seat(hall, view.lower()), await seat(hall, "lijst")
        if view == "Bord":
            await near(anna, "Dit was er vroeger")
        card = "De winkel aan huis"

        def choice(page: Page, name: str) -> Locator:
            around = note(page, card).first.locator(
                "xpath=ancestor-or-self::*[self::li or contains(@class,'place')][1]"
            )
            return around.get_by_role("button", name=name).first

        yes, no = choice(anna, "Herken ik"), choice(anna, "Herken ik niet")
        await yes.click()
        await expect(yes).to_contain_text("1")
        await expect(choice(bert, "Herken ik")).to_contain_text("1")
        await no.press("Enter")
        await expect(yes).to_contain_text("0")
        await expect(choice(bert, "Herken ik niet")).to_contain_text("1")
        await no.press("Enter")
        await expect(choice(bert, "Herken ik niet")).to_contain_text("0")
        await expect(note(anna, card).first).to_contain_text("vanuit organisaties")


async def test_an_answer_beside_the_text_moves_a_note_in_time(evenings: Evenings) -> None:
    async with evenings.at("T4.3", 24) as hall:
        page = await seat(hall, "lijst")
        zone = page.locator("[data-zone-id]").first
        await zone.locator("li[data-note-id]").last.get_by_role("button").first.click()
        year = page.get_by_role("textbox", name="Sinds welk jaar?")
        await year.fill("1961")
        await year.press("Enter")
        await page.get_by_role("button", name="Sluit").click()
        await expect(zone.get_by_role("heading", level=3).first).to_have_text("1961")


# --- the welcome -----------------------------------------------------------------------


@pytest.mark.parametrize("view", ["bord", "lijst"])
async def test_tap_on_my_village(evenings: Evenings, view: str) -> None:
    async with evenings.at("T1.3", 3) as hall:
        page = await seat(hall, view)
        await expect(page.get_by_text("Er komt geen nieuw gebouw")).to_be_visible()
        for village in KERNEN:
            await expect(page.get_by_role("button", name=village).first).to_be_visible()
        # A village of one or two people has no number.
        await expect(page.get_by_role("button", name="Lottum")).not_to_contain_text("1")
        before = page.get_by_text("mensen telden zich mee")
        await expect(before).to_have_text("32 mensen telden zich mee.")
        await page.get_by_role("button", name="Tel mij mee").click()
        await expect(page.get_by_text("Tik eerst op je dorp")).to_be_visible()
        await page.get_by_role("button", name="Lottum").press("Enter")
        await page.get_by_role("button", name="Mantelzorger").click()
        await page.get_by_role("button", name="Tel mij mee").click()
        await expect(page.get_by_text("Je telt mee")).to_be_visible()
        await expect(before).to_have_text("33 mensen telden zich mee.")


# --- dots ------------------------------------------------------------------------------


async def test_dots_by_taps_and_keys_and_never_over_budget(evenings: Evenings) -> None:
    async with evenings.at("T8.2") as hall:
        page = await seat(hall, "bord")
        other = await page.context.new_page()  # the same person in another tab
        await other.goto(f"{hall.url.rstrip('/')}/s/{hall.sprint}/lijst")
        groups = page.locator("[data-group-id]")
        await expect(groups).to_have_count(len(GROUPS))
        left = page.get_by_role("status").filter(has_text="stip")
        await expect(left).to_have_text("Nog 3 stippen")
        add = page.get_by_role("button", name=f"Een stip erbij: {GROUPS[0]}")
        await add.tap()
        await expect(left).to_have_text("Nog 2 stippen")
        await add.press("Enter")
        await expect(left).to_have_text("Nog 1 stip")
        await expect(add).to_have_attribute("aria-disabled", "true")  # two on one is the most
        # The other tab spends the last one; both know.
        elsewhere = other.get_by_role("button", name=f"Een stip erbij: {GROUPS[1]}")
        await expect(other.get_by_text("Nog 1 stip", exact=True)).to_be_visible()
        await elsewhere.focus()
        await other.keyboard.press("+")
        await expect(left).to_contain_text("Al je stippen liggen")
        for title in GROUPS:
            more = page.get_by_role("button", name=f"Een stip erbij: {title}")
            await expect(more).to_have_attribute("aria-disabled", "true")
        await page.get_by_role("button", name=f"Een stip eraf: {GROUPS[1]}").click()
        await expect(left).to_have_text("Nog 1 stip")
        await expect(other.get_by_text("Nog 1 stip", exact=True)).to_be_visible()
        # Nobody else sees how it stands.
        stranger = await seat(hall, "bord")
        await expect(stranger.get_by_text("Nog 3 stippen")).to_be_visible()
        await expect(stranger.get_by_text("2 stippen", exact=True)).to_have_count(0)


async def test_two_tabs_at_once_stay_within_the_budget(evenings: Evenings) -> None:
    async with evenings.at("T8.2") as hall:
        one = await seat(hall, "bord")
        two = await one.context.new_page()
        await two.goto(f"{hall.url.rstrip('/')}/s/{hall.sprint}/bord")
        await expect(two.get_by_text("Nog 3 stippen")).to_be_visible()
        plus = "[data-group-id]:nth-of-type({}) button[aria-label^='Een stip erbij']"
        for press in range(6):
            await one.locator(plus.format(press % 3 + 1)).evaluate("button => button.click()")
            await two.locator(plus.format(press % 4 + 2)).evaluate("button => button.click()")
        for page in (one, two):
            left = page.get_by_role("status").filter(has_text="stip")
            await expect(left).to_contain_text("Al je stippen liggen")
            lying = await page.locator("[data-group-id] .lying").all_inner_texts()
            assert sum(int(text.split()[0]) for text in lying) == 3


async def test_what_weighs_and_who_sees_it_otherwise(evenings: Evenings) -> None:
    async with evenings.at("T8.4") as hall:
        for view in ("bord", "lijst"):
            page = await seat(hall, view)
            await expect(page.get_by_role("heading", name="Wat weegt zwaar")).to_be_visible()
            heaviest = page.locator("[data-group-id]").first
            await expect(heaviest).to_contain_text("stippen")
            await expect(heaviest).to_contain_text("van papier: 4")
            await expect(heaviest.locator("[data-objection-id]")).to_contain_text("goede fietsweg")
            await expect(page.get_by_text("winnaar")).to_have_count(0)
            await expect(page.get_by_role("button", name="Een stip erbij")).to_have_count(0)
        await heaviest.get_by_role("button", name="Ik zie het anders").click()
        await page.get_by_role("textbox", name="Zeg het in je eigen woorden").fill(
            "Ik mis de jeugd."
        )
        await page.get_by_role("textbox", name="Wat heb je nodig").fill("Een plek voor ons.")
        await page.get_by_role("button", name="Zet het erbij").click()
        await expect(heaviest.locator("[data-objection-id]")).to_have_count(2)
        # It stands in the zone of what people do not agree with as well.
        zone = page.locator("[data-zone-id]").filter(
            has=page.get_by_role("heading", name="Hier ben ik het niet mee eens")
        )
        await expect(note(page, "Ik mis de jeugd.").first).to_be_visible()
        assert await zone_of(page, "Ik mis de jeugd.") == await zone.get_attribute("data-zone-id")


# --- at a table, and listening in -------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_the_screen_of_a_table(evenings: Evenings, size: dict[str, int]) -> None:
    async with evenings.at("T4.2", 12) as hall:
        page = await (await hall.context(size=size)).new_page()
        await page.goto(hall.links["tafel_url"])
        await page.get_by_role("button", name="Tafel 2").click()
        await expect(page.get_by_role("heading", name="Tafel 2")).to_be_visible()
        await page.wait_for_function(  # the board has its place
            "() => document.querySelector('[data-zone-id]')?.getBoundingClientRect().height > 60"
        )
        assert await complaints_of_axe(page) == []
        await fits(page)
        # One question at a time.
        await expect(page.get_by_text("Wat is gestopt? Mis je het?").first).to_be_visible()
        await page.get_by_role("button", name="Volgende vraag").click()
        question = page.locator("[data-question-id]")
        await expect(question).to_contain_text("Wie doet wat? Voor wie?")
        await expect(question).to_contain_text("Vraag 2 van 6")
        # Who was not heard yet, and a note in that voice.
        quiet = page.get_by_role("region", name="Wie heeft nog niets gezegd?")
        await quiet.get_by_role("button", name="Mantelzorger").click()
        await page.get_by_role("textbox", name="Schrijf voor de tafel").fill(
            "De oppas van de buurt."
        )
        await page.get_by_role("button", name="Leg neer").click()
        await expect(quiet.get_by_role("button", name="Mantelzorger")).to_have_count(0)
        await page.get_by_role("button", name="Lijst").click()
        await expect(note(page, "De oppas van de buurt.")).to_be_visible()
        # Only of this table, until the hall is asked for.
        await expect(note(page, "Bus 61")).to_have_count(0)
        await page.get_by_role("button", name="Hele zaal").click()
        await expect(note(page, "Bus 61").first).to_be_visible()
        await page.get_by_role("button", name="Eén meer").click()
        await expect(page.get_by_text("7 mensen", exact=True)).to_be_visible()
        await page.get_by_role("button", name="Hulp nodig").click()
        await expect(page.get_by_text("Er komt iemand naar jullie toe.").first).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
async def test_who_listens_in_can_only_read(evenings: Evenings, size: dict[str, int]) -> None:
    async with evenings.at("T3.4", 24) as hall:
        page = await (await hall.context(size=size)).new_page()
        await page.goto(hall.links["luister_url"])
        await expect(page.locator("[data-note-id]").first).to_be_attached()
        assert await complaints_of_axe(page) == []
        await page.get_by_role("button", name="Lijst").click()
        await note(page, SENTENCE).first.get_by_role("button").first.click()
        buttons = page.get_by_role("dialog").get_by_role("button")
        assert [await one.inner_text() for one in await buttons.all()] == ["Sluit"]
        await buttons.first.click()
        await page.get_by_role("button", name="Wand als tekst").click()
        await expect(page.get_by_role("heading", name="De wand als tekst")).to_be_visible()
        await expect(page.get_by_role("button", name="Prullenbak")).to_have_count(0)
        await fits(page)
