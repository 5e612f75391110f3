"""What a table does with its screen: sit down, take notes for all, hand the tablet on, ask for help, be
ready, listen, and go home. Everything by taps; the long walks once more by keyboard only."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.faults.proxy import FaultProxy

from .facilitator import Facilitator, facilitator
from .hall import PHONE, TABLET, WALL, Hall, field_of, go, note, see_kept, write
from .test_access import complaints_of_axe

pytestmark = pytest.mark.browser

SECRET = "Mijn buurvrouw kan het niet meer aan"
SIZES = pytest.mark.parametrize("size", [PHONE, TABLET, WALL], ids=["320", "1024", "1920"])


# --- what a table does -----------------------------------------------------------------


async def place(page: Page) -> None:
    """To *Mijn plek*."""
    await page.get_by_role("link", name="Mijn plek").click()
    await expect(page.get_by_role("heading", name="Mijn plek")).to_be_visible()


async def sit(page: Page, table: int, stand: str = "Ik schrijf zelf") -> None:
    await place(page)
    await page.get_by_role("radio", name=f"Tafel {table}", exact=True).check()
    await page.get_by_role("radio", name=stand).check()
    await page.get_by_role("link", name="Naar het schrijven").click()


def scribe_field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Wat wordt er gezegd?")


async def begin_turn(page: Page) -> None:
    await page.get_by_role("button", name="Ik ben aan de beurt").click()
    await expect(page.get_by_text("Nu: jij")).to_be_visible()


async def hand_on(page: Page) -> None:
    await page.get_by_role("button", name="Geef door", exact=True).click()
    await expect(page.get_by_role("heading", name="Geef de tablet door.")).to_be_visible()
    await expect(page.get_by_text("Nu is de volgende aan de beurt.")).to_be_visible()


async def private_step(directing: Facilitator) -> None:
    """A step in which everybody writes for themselves, once more, on the board that is on."""
    board = directing.evening["board"]
    step = next(
        step
        for step in directing.of("step")
        if step["board"] == board and step["visible"] == "alleen_ik" and "schrijven" in step["may"]
    )
    await directing.ask("step.repeat", step=step["id"], copy="nog-een-keer")
    await directing.ask("step.go", step="nog-een-keer")


# --- sitting down, help and being ready ------------------------------------------------


async def test_a_seat_sits_down_asks_for_help_and_says_that_it_is_ready(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        tables = await directing.tables(4)
        anna = await hall.tablet()
        await sit(anna, 4)
        seat = await directing.newcomer()
        assert seat["table"] == tables[3]["id"]
        await expect(anna.get_by_role("link", name="Mijn plek")).to_contain_text("tafel 4")

        await anna.get_by_role("button", name="Hulp nodig").click()
        await expect(anna.get_by_text("Er komt iemand naar jullie toe.").first).to_be_visible()
        while seat["help"] is None:
            await directing.hear()
        await directing.ask("help.answer", seat=seat["id"])
        await expect(anna.get_by_role("button", name="Hulp nodig")).to_be_visible()

        bert = await hall.tablet()
        await anna.get_by_role("button", name="Ik ben klaar").click()
        for page in (anna, bert):  # a count, and nobody's name or table
            await expect(page.get_by_text("1 van 2 klaar")).to_be_visible()
        await anna.get_by_role("button", name="Toch nog niet klaar").click()
        await expect(bert.get_by_text("van 2 klaar")).to_have_count(0)


async def test_the_card_of_a_table_brings_you_to_it(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        table = (await directing.tables(3))[2]
        page = await (await hall.context()).new_page()
        await page.goto(f"{hall.url}#t={directing.evening['token']}&tafel={table['id']}")
        await expect(field_of(page)).to_be_visible()
        await expect(page.get_by_role("link", name="Mijn plek")).to_contain_text("tafel 3")
        assert "#" not in page.url


async def test_a_stoelcode_takes_the_place_and_the_notes_along(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        await directing.tables(4)
        anna = await hall.tablet()
        await sit(anna, 2)
        await write(anna, "Dit blijft van mij.")
        await see_kept(anna, "Dit blijft van mij.")
        await place(anna)
        await anna.get_by_role("button", name="Stoelcode").click()
        code = anna.locator(".code")
        await expect(code).to_have_text(re.compile(r"^\d{4}$"))
        digits = await code.inner_text()

        phone = await (await hall.context(size=PHONE)).new_page()
        await phone.goto(hall.url)
        await phone.get_by_role("button", name="Ik heb een stoelcode").click()
        await phone.get_by_role("textbox", name="Code van de zaal").fill(hall.links["join_code"])
        await phone.get_by_role("textbox", name="Stoelcode").fill("0000")
        await phone.get_by_role("textbox", name="Stoelcode").fill(digits)
        assert await complaints_of_axe(phone) == []
        await phone.get_by_role("button", name="Neem mijn plek mee").click()
        await see_kept(phone, "Dit blijft van mij.")
        await expect(phone.get_by_role("link", name="Mijn plek")).to_contain_text("tafel 2")
        await expect(anna.get_by_text("Je plek is nu op een ander scherm.")).to_be_visible()


# --- the scribe ------------------------------------------------------------------------


async def test_a_scribe_types_on_by_keyboard_alone(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        await directing.tables(2)
        stems = sorted(directing.of("stem"), key=lambda stem: int(stem["rank"]))
        anna = await hall.tablet(touch=False)
        await sit(anna, 1, "Notuleerstand")
        field = scribe_field(anna)
        await field.focus()
        keys = anna.keyboard

        await keys.press("2")  # an empty field: a voice, not a two
        await expect(field).to_have_value("")
        await keys.type("Om 6 uur rijdt de laatste bus.")  # and in a text a digit
        await keys.press("Enter")
        await expect(field).to_have_value("")
        await expect(field).to_be_focused()
        await see_kept(anna, "Om 6 uur rijdt de laatste bus.")
        await expect(note(anna, "laatste bus")).to_contain_text(stems[1]["title"])

        await keys.press(">")  # the same speaker again
        await keys.type("Eerste regel.")
        await keys.press("Shift+Enter")
        await keys.type("Tweede regel.")
        await keys.press("Enter")
        await see_kept(anna, "Tweede regel.")
        await expect(note(anna, "Tweede regel.")).to_contain_text(stems[1]["title"])

        await keys.type("Zonder stem.")
        await keys.press("Alt+1")  # with Alt also in the middle
        await expect(field).to_have_value("Zonder stem.")
        await keys.press("Enter")
        await expect(note(anna, "Zonder stem.")).to_contain_text(stems[0]["title"])

        await keys.press("ArrowUp")  # quickly: what did I type?
        await expect(anna.get_by_role("textbox", name="Tekst van het briefje")).to_be_focused()
        await keys.press("End")
        await keys.type(" Verbeterd.")
        await keys.press("Control+Enter")
        await expect(field).to_be_focused()
        await see_kept(anna, "Zonder stem. Verbeterd.")
        await directing.ask("step.reveal", to="zaal")
        kept = await directing.until("note", text="Zonder stem. Verbeterd.")
        assert (kept["scribed"], kept["stem"]) == (True, stems[0]["id"])


async def test_a_scribe_does_it_by_taps_and_types_cards_in(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        await directing.tables(2)
        await directing.go("Vertel")
        anna = await hall.tablet()
        await sit(anna, 1, "Notuleerstand")
        await anna.get_by_role("radio", name=re.compile("^3 ")).check(force=True)
        await anna.get_by_role("checkbox", name="Van een papieren kaartje").check()
        await anna.get_by_role("textbox", name="Nummer van het kaartje").fill("42")
        await scribe_field(anna).fill("De bakker groet iedereen.")
        await anna.get_by_role("button", name="Klaar", exact=True).click()
        await see_kept(anna, "De bakker groet iedereen.")
        await expect(anna.get_by_role("button", name=re.compile("^Zelfde als net"))).to_be_visible()
        await expect(note(anna, "De bakker groet iedereen.")).to_contain_text("kaartje 42")
        await directing.ask("step.reveal", to="zaal")
        card = await directing.until("note", card="42")
        assert (card["origin"], card["text"]) == ("papier", "De bakker groet iedereen.")

        await anna.reload()  # and nothing that was typed is lost
        await expect(scribe_field(anna)).to_be_visible()
        await scribe_field(anna).fill("Half getypt")
        await go(anna, "Bord")
        await go(anna, "Schrijf")
        await expect(scribe_field(anna)).to_have_value("Half getypt")


# --- handing round ---------------------------------------------------------------------


async def test_what_a_turn_wrote_is_gone_when_the_tablet_is_handed_on(hall: Hall) -> None:
    """Not on the screen, not in the document, not in what this page holds; also not after a reload."""
    async with facilitator(hall) as directing:
        await directing.tables(2)
        await private_step(directing)
        tablet = await hall.tablet()
        await sit(tablet, 1, "Doorgeefstand")
        await begin_turn(tablet)
        await tablet.get_by_role("radio", name=directing.of("stem")[0]["title"]).check()
        await write(tablet, SECRET)
        await see_kept(tablet, SECRET)
        await hand_on(tablet)
        await nowhere(tablet, SECRET)

        await begin_turn(tablet)
        await nowhere(tablet, SECRET)
        assert await tablet.get_by_role("radio", name=re.compile("Sla over")).first.is_checked()
        await go(tablet, "Bord")
        await expect(tablet.locator("[data-zone-id]").first).to_be_visible()
        await nowhere(tablet, SECRET)
        await expect(tablet.get_by_role("button", name="Terug", exact=True)).to_be_disabled()
        await go(tablet, "Lijst")
        await nowhere(tablet, SECRET)
        await tablet.reload()
        await expect(tablet.locator("[data-zone-id]").first).to_be_visible()
        await nowhere(tablet, SECRET)
        private = [one for one in directing.of("note") if one["hidden"]]
        assert all(one["text"] == "" for one in private)


async def test_it_is_gone_at_once_without_a_network_and_arrives_all_the_same(
    hall_behind_proxy: Hall, proxy: FaultProxy
) -> None:
    hall = hall_behind_proxy
    async with facilitator(hall) as directing:
        await directing.tables(2)
        await private_step(directing)
        before = len(directing.of("note"))
        tablet = await hall.tablet()
        await sit(tablet, 1, "Doorgeefstand")
        await begin_turn(tablet)
        await tablet.evaluate("navigator.serviceWorker.ready.then(() => true)")
    proxy.refuse()
    proxy.cut()
    await expect(tablet.get_by_text("Even geen verbinding").first).to_be_visible()
    await write(tablet, SECRET)
    await expect(note(tablet, SECRET)).to_contain_text("op dit apparaat bewaard")
    await hand_on(tablet)
    await nowhere(tablet, SECRET)
    await begin_turn(tablet)
    await write(tablet, "De tweede beurt.")
    await nowhere(tablet, SECRET)
    await tablet.reload()  # out of what the browser kept, still without a network
    await expect(note(tablet, "De tweede beurt.")).to_contain_text("op dit apparaat bewaard")
    await nowhere(tablet, SECRET)
    proxy.serve()
    await see_kept(tablet, "De tweede beurt.")
    await nowhere(tablet, SECRET)
    async with facilitator(hall) as directing:
        assert len(directing.of("note")) == before + 2
        await directing.ask("step.reveal", to="zaal")
        await directing.until("note", text=SECRET)


async def test_text_that_was_not_placed_is_asked_about_before_the_turn_ends(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        await private_step(directing)
        tablet = await hall.tablet()
        await place(tablet)
        await tablet.get_by_role("radio", name="Doorgeefstand").check()
        await tablet.get_by_role("link", name="Naar het schrijven").click()
        await begin_turn(tablet)
        await field_of(tablet).fill("Nog niet klaar")
        await tablet.get_by_role("button", name="Geef door", exact=True).click()
        await expect(tablet.get_by_text("Er staat nog tekst in het veld.")).to_be_visible()
        await tablet.get_by_role("button", name="Plaats het en geef door").click()
        await expect(tablet.get_by_role("heading", name="Geef de tablet door.")).to_be_visible()
        await nowhere(tablet, "Nog niet klaar")
        await begin_turn(tablet)
        for number in range(2):
            await write(tablet, f"Briefje {number}.")
        await field_of(tablet).fill("Briefje 2.")
        await tablet.get_by_role("button", name="Klaar", exact=True).click()
        await expect(field_of(tablet)).to_have_count(0)  # three is enough
        await expect(tablet.get_by_text("Drie briefjes, dat is mooi.")).to_be_visible()


async def nowhere(page: Page, words: str) -> None:
    """These words are not in the document, nor in a field, nor in what the page's storage shows on
    the screen; the raw document is searched, not what is visible."""
    await expect(page.locator("body")).not_to_contain_text(words)
    raw = await page.content()
    assert words not in raw
    fields: str = await page.evaluate(
        "() => [...document.querySelectorAll('input, textarea')].map(one => one.value).join('|')"
    )
    assert words not in fields
    session: str = await page.evaluate("() => JSON.stringify({...sessionStorage, ...localStorage})")
    assert words not in session


# --- hints -----------------------------------------------------------------------------


async def test_a_hint_asks_and_never_stands_in_the_way(hall: Hall) -> None:
    anna = await hall.tablet()
    await field_of(anna).fill("We moeten meer bussen hebben.")
    hint = anna.get_by_text("Dat klinkt als een oplossing.")
    await expect(hint).to_be_visible()
    assert await complaints_of_axe(anna) == []
    await anna.get_by_role("button", name="Laat zo staan").click()
    await expect(hint).to_have_count(0)
    await write(anna, "We moeten meer bussen hebben.")
    await see_kept(anna, "We moeten meer bussen hebben.")

    await field_of(anna).fill("Mevrouw Peeters helpt me altijd.")
    await expect(anna.get_by_text("Kan iemand hierin herkend worden?")).to_be_visible()
    await anna.get_by_role("button", name="Klaar", exact=True).click()  # without answering it
    await see_kept(anna, "Mevrouw Peeters helpt me altijd.")


# --- listening, closing, going home ----------------------------------------------------


async def test_even_luisteren_dims_the_screen_and_keeps_text_and_focus(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        anna = await hall.tablet()
        await field_of(anna).fill("Midden in een zin")
        await directing.ask("evening.freeze", on=True)
        await expect(anna.get_by_text("Even luisteren", exact=True)).to_be_visible()
        await expect(field_of(anna)).to_have_value("Midden in een zin")
        await expect(field_of(anna)).to_be_focused()
        assert await complaints_of_axe(anna) == []
        await anna.get_by_role("button", name="Hulp nodig").click()  # that always may
        await expect(anna.get_by_text("Er komt iemand naar jullie toe.").first).to_be_visible()
        await directing.ask("evening.freeze", on=False)
        await expect(anna.get_by_text("Even luisteren", exact=True)).to_have_count(0)
        await anna.get_by_role("button", name="Klaar", exact=True).click()
        await see_kept(anna, "Midden in een zin")


async def test_sluit_af_sends_everything_shows_the_code_and_wipes_the_device(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        table = (await directing.tables(2))[1]
        await directing.ask("evening.tell", answer_from="14 mei")
        anna = await hall.tablet()
        await sit(anna, 2)
        await write(anna, "Tot de volgende keer.")
        await see_kept(anna, "Tot de volgende keer.")
        await directing.ask("evening.phase", phase="closing")
        await expect(anna.get_by_text("We ronden af")).to_be_visible()
        await write(anna, "Nog net op tijd.")
        await see_kept(anna, "Nog net op tijd.")
        await expect(anna.get_by_text("Alles is verstuurd.")).to_be_visible()

        await directing.ask("evening.phase", phase="closed")
        code = (await directing.until("table", id=table["id"]))["volgcode"]
        assert code.count("-") == 2
        await expect(anna.get_by_text(code)).to_be_visible()
        await expect(anna.get_by_text("Kijk vanaf 14 mei")).to_be_visible()
        await expect(anna.get_by_text("Dit scherm is leeg.").first).to_be_visible()
        assert await complaints_of_axe(anna) == []
        assert await kept_here(anna) == []
        await anna.reload()
        await expect(anna.get_by_text(code)).to_be_visible()
        await expect(anna.get_by_text("Dit scherm is leeg.").first).to_be_visible()
        assert await kept_here(anna) == []


async def test_words_that_were_never_placed_are_shown_before_they_are_wiped(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        anna = await hall.tablet()
        await field_of(anna).fill("Dit kwam niet meer af.")
        await directing.ask("evening.phase", phase="closed")
        await expect(anna.get_by_text("Dit is niet meer geplaatst.")).to_be_visible()
        await expect(anna.get_by_text("Dit kwam niet meer af.")).to_be_visible()
        await expect(anna.get_by_text("Dit scherm is leeg.")).to_have_count(0)
        assert await complaints_of_axe(anna) == []
        await anna.get_by_role("button", name="Ik heb het gezien, haal het weg").click()
        await expect(anna.get_by_text("Dit scherm is leeg.").first).to_be_visible()
        assert await kept_here(anna) == []


async def kept_here(page: Page) -> list[str]:
    """Every key that this device still keeps of a sprint."""
    found: list[str] = await page.evaluate(
        """async () => {
            const db = await new Promise((resolve, reject) => {
                const asked = indexedDB.open('opgavebord')
                asked.onsuccess = () => resolve(asked.result)
                asked.onerror = reject
            })
            const keys = []
            for (const store of db.objectStoreNames) {
                const all = await new Promise((resolve, reject) => {
                    const asked = db.transaction(store).objectStore(store).getAllKeys()
                    asked.onsuccess = () => resolve(asked.result)
                    asked.onerror = reject
                })
                keys.push(...all.map(key => `${store} ${key}`))
            }
            db.close()
            for (const key of Object.keys(localStorage)) {
                if (key !== 'opgavebord.sprints') keys.push(key)
                else if (localStorage[key] !== '[]') keys.push(`${key} ${localStorage[key]}`)
            }
            for (const name of 'caches' in globalThis ? await caches.keys() : []) {
                for (const { url } of await (await caches.open(name)).keys()) {
                    const { pathname } = new URL(url) // the program itself, for the next evening
                    if (pathname !== '/' && !pathname.startsWith('/assets/')) keys.push(pathname)
                }
            }
            return keys
        }"""
    )
    return found


async def test_a_seat_that_was_taken_away_says_so_and_comes_back(hall: Hall) -> None:
    async with facilitator(hall) as directing:
        await directing.tables(2)
        anna = await hall.tablet()
        await sit(anna, 1)
        seat = (await directing.newcomer())["id"]
        await field_of(anna).fill("Dit typte ik nog")
        await directing.ask("seat.remove", seat=seat)
        await expect(
            anna.get_by_text("De begeleider heeft dit scherm even stilgezet.")
        ).to_be_visible()
        await expect(field_of(anna)).to_have_value("Dit typte ik nog")
        await directing.ask("seat.readmit", seat=seat)
        await expect(
            anna.get_by_text("De begeleider heeft dit scherm even stilgezet.")
        ).to_have_count(0, timeout=25_000)
        await anna.get_by_role("button", name="Klaar", exact=True).click()
        await see_kept(anna, "Dit typte ik nog")


# --- the room check --------------------------------------------------------------------


async def test_the_room_check_pulls_the_network_and_tells_regie(
    hall_behind_proxy: Hall, proxy: FaultProxy
) -> None:
    hall = hall_behind_proxy
    tablet = await hall.tablet()
    await tablet.goto(f"{hall.url.rstrip('/')}/s/{hall.sprint}/controle")
    await expect(tablet.locator("[data-result='goed']")).to_be_visible()
    for check in ("bord", "wifi", "klok"):
        await expect(tablet.locator(f"[data-check='{check}']")).to_have_attribute(
            "data-level", "goed"
        )
    await tablet.get_by_role("button", name="Begin de controle").click()
    await expect(tablet.get_by_text("Zet nu de wifi van dit scherm uit.")).to_be_visible()
    proxy.refuse()
    proxy.cut()
    test_note = tablet.get_by_role("textbox", name="Schrijf een proefbriefje")
    await expect(test_note).to_be_focused()
    await test_note.fill("Proef")
    await tablet.get_by_role("button", name="Klaar", exact=True).click()
    await expect(tablet.get_by_text("Zet de wifi weer aan.").first).to_be_visible()
    proxy.serve()
    await expect(
        tablet.get_by_text("Het proefbriefje kwam na de stilte vanzelf aan.").first
    ).to_be_visible()
    assert await complaints_of_axe(tablet) == []
    async with facilitator(hall) as directing:
        checked = await directing.newcomer()
        while checked["check"].get("proefbriefje") != "goed":
            await directing.hear()
        assert set(checked["check"].values()) <= {"goed", "ja"}
        assert not any("Proef" in one["text"] for one in directing.of("note"))


# --- every screen, three sizes ---------------------------------------------------------


@SIZES
async def test_axe_is_silent_in_every_stand(hall: Hall, size: dict[str, int]) -> None:
    async with facilitator(hall) as directing:
        await directing.tables(7)
        tablet = await hall.tablet(size=size)
        await place(tablet)
        assert await complaints_of_axe(tablet) == []
        await sit(tablet, 3, "Notuleerstand")
        await scribe_field(tablet).fill("Iemand zegt iets.")
        await tablet.get_by_role("button", name="Klaar", exact=True).click()
        await see_kept(tablet, "Iemand zegt iets.")
        assert await complaints_of_axe(tablet) == []
        await tablet.get_by_role("button", name="Hulp nodig").click()
        assert await complaints_of_axe(tablet) == []
        await place(tablet)
        await tablet.get_by_role("radio", name="Doorgeefstand").check()
        await tablet.get_by_role("link", name="Naar het schrijven").click()
        await expect(tablet.get_by_role("button", name="Ik ben aan de beurt")).to_be_visible()
        assert await complaints_of_axe(tablet) == []
        await begin_turn(tablet)
        await write(tablet, "In mijn beurt.")
        assert await complaints_of_axe(tablet) == []
        await tablet.goto(f"{hall.url.rstrip('/')}/s/{hall.sprint}/controle")
        await expect(tablet.locator("[data-result='goed']")).to_be_visible()
        assert await complaints_of_axe(tablet) == []
