"""The run of show of sprint 1, from the desk to the exports: with a facilitator, a wall, the oogsttafel, four
tablets in the different stands and two phones. Three times: by mouse, by keyboard only, and by taps only.

In the second no pointer ever touches a page, in the third nothing is dragged; the pages count it themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.server import Server

from .hall import PHONE, TABLET, WALL, Hall, field_of, note

pytestmark = pytest.mark.browser

Way = Literal["mouse", "keys", "taps"]
PASSWORD = "vier gewone woorden samen"
QUESTION = "Hoe zorgen we dat mensen in elk dorp elkaar makkelijk kunnen ontmoeten?"
DESK = {"width": 1280, "height": 900}
COUNTS = """(() => { window.pointers = []; for (const kind of ['pointerdown', 'mousedown', 'dragstart'])
    addEventListener(kind, event => window.pointers.push(kind + ' ' + (event.pointerType ?? '')), true) })()"""


@dataclass
class Hand:
    """One way of pressing things."""

    way: Way
    pages: list[Page] = field(default_factory=list)

    async def press(self, target: Locator) -> None:
        await expect(target).to_be_visible()
        await expect(target).to_be_enabled()
        if self.way == "mouse":
            await target.click()
        elif self.way == "taps":
            await target.tap()
        else:
            await self._reach(target)
            kind = await target.evaluate("node => node.type ?? ''")
            await target.page.keyboard.press("Space" if kind in ("radio", "checkbox") else "Enter")

    async def button(self, page: Page, name: str) -> None:
        await self.press(page.get_by_role("button", name=name, exact=True).first)

    async def sure(self, page: Page, name: str) -> None:
        """A button for what can not be taken back asks once more."""
        await self.button(page, name)
        await self.button(page, f"Ja, {name[0].lower()}{name[1:]}")

    async def choose(self, target: Locator) -> None:
        """A radio or a check box: its words are what people press."""
        if self.way == "keys":
            await self._reach(target)
            await target.page.keyboard.press("Space")
        else:
            label = target.locator("xpath=ancestor-or-self::label[1]")
            await self.press(label)
        await expect(target).to_be_checked()

    async def type(self, target: Locator, text: str) -> None:
        await expect(target).to_be_visible()
        if self.way == "keys":
            await self._reach(target)
            await target.page.keyboard.press("Control+a")
            await target.page.keyboard.insert_text(text)
        else:
            await target.fill(text)

    async def tab(self, page: Page, name: str) -> None:
        """To *Schrijf*, *Bord* or *Lijst*."""
        await self.press(page.get_by_role("link", name=name, exact=True).first)

    async def part(self, page: Page, name: str) -> None:
        """A part of Regie."""
        await self.press(page.get_by_role("tab", name=name, exact=True))

    async def _reach(self, target: Locator) -> None:
        """Where Tab or the arrows of its own group bring one."""
        await target.focus()
        assert await target.evaluate(
            "node => node === document.activeElement && (node.tabIndex >= 0 || node.type === 'radio'"
            " || node.closest('[data-note-id], [role=tablist], nav') !== null)"
        )


@dataclass
class Evening:
    """Who is there."""

    hall: Hall
    hand: Hand

    async def screen(self, address: str, size: dict[str, int]) -> Page:
        taps = self.hand.way == "taps"
        context: BrowserContext = await self.hall.context(size=size, touch=taps)
        await context.add_init_script(COUNTS)
        page = await context.new_page()
        self.hand.pages.append(page)
        await page.goto(address)
        return page

    async def seat(self, size: dict[str, int] = TABLET) -> Page:
        page = await self.screen(self.hall.url, size)
        await self.hand.type(page.get_by_role("textbox", name="Code"), self.hall.links["join_code"])
        await self.hand.button(page, "Meedoen")
        await expect(page.get_by_role("link", name="Lijst", exact=True)).to_be_visible()
        return page

    async def sit(self, page: Page, table: int, stand: str) -> None:
        hand = self.hand
        await hand.press(page.get_by_role("link", name="Mijn plek").first)
        await hand.choose(page.get_by_role("radio", name=f"Tafel {table}", exact=True))
        await hand.choose(page.get_by_role("radio", name=stand))
        await hand.press(page.get_by_role("link", name="Naar het schrijven"))

    async def next(self, regie: Page, title: str) -> None:
        await self.hand.button(regie, "Volgende stap")
        await expect(
            regie.get_by_role("region", name="Nu").get_by_text(title, exact=True)
        ).to_be_visible()

    async def write(self, page: Page, text: str) -> None:
        await self.hand.type(field_of(page), text)
        await self.hand.button(page, "Klaar")
        await expect(field_of(page)).to_have_value("")


async def at_the_desk(evening: Evening) -> dict[str, str]:
    """The first account, an opgave, a sprint, its plan, cards beforehand. Returns the links."""
    hand = evening.hand
    desk = await evening.screen(evening.hall.links["desk_url"], DESK)
    await hand.type(desk.get_by_role("textbox", name="Naam"), "Anna Peeters")
    await hand.type(desk.get_by_label("Wachtwoord"), PASSWORD)
    await hand.button(desk, "Maak mijn account")

    await hand.press(desk.get_by_role("link", name="Nieuwe opgave"))
    await hand.type(desk.get_by_label("Titel"), "Levende dorpen")
    await hand.type(desk.get_by_label("De vraag"), QUESTION)
    await hand.type(desk.get_by_label("Dit ligt al vast"), "Er komt geen nieuw gebouw")
    await hand.type(desk.get_by_label("Dit is nog open"), "Wie het doet\nIn welk dorp we beginnen")
    await hand.type(desk.get_by_label("Kernen"), "AME; America; 2; 4\nKRO; Kronenberg; 2; 6")
    await hand.button(desk, "Bewaar")

    await hand.press(desk.get_by_role("link", name="Nieuwe sprint").first)
    await hand.type(desk.get_by_label("Plaats"), "Gemeenschapshuis")
    await hand.type(desk.get_by_label("Hoeveel mensen verwacht je?"), "40")
    await hand.type(desk.get_by_label("Hoeveel tafels?"), "4")
    await hand.button(desk, "Maak de sprint")

    plan = desk.get_by_role("region", name="Plan van de avond")
    await expect(plan).to_be_visible()
    await expect(plan.get_by_text(re.compile(r"mensen met 1 tablet")).first).to_be_visible()
    await hand.button(desk, "Een minuut meer voor Kom binnen")
    await hand.type(desk.get_by_label("Kaartjes, één per regel"), "De eettafel van de fanfare")
    await hand.button(desk, "Leg neer")
    await expect(desk.get_by_text("De kaartjes liggen klaar.")).to_be_visible()

    links = dict(evening.hall.links)
    for name, key in (
        ("Regie", "regie_url"),
        ("Wand", "wall_url"),
        ("Oogsttafel", "oogst_url"),
    ):
        href = await desk.get_by_role("link", name=f"Open {name}", exact=True).get_attribute("href")
        assert href is not None
        links[key] = href
    screens = desk.get_by_role("region", name="Schermen")
    links["join_code"] = await screens.locator("strong").first.inner_text()
    links["sprint"] = desk.url.rpartition("/")[2]
    return links


async def the_evening(evening: Evening) -> None:
    hand, hall = evening.hand, evening.hall
    hall.links = await at_the_desk(evening)
    regie = await evening.screen(hall.links["regie_url"], DESK)
    await expect(regie.get_by_role("button", name="Volgende stap")).to_be_visible()
    wall = await evening.screen(hall.links["wall_url"], WALL)
    oogst = await evening.screen(hall.links["oogst_url"], DESK)
    scribe, round_, writer, late = [await evening.seat() for _ in range(4)]
    anna, bert = await evening.seat(PHONE), await evening.seat(PHONE)
    await evening.sit(scribe, 1, "Notuleerstand")
    await evening.sit(round_, 2, "Doorgeefstand")
    await evening.sit(writer, 3, "Ik schrijf zelf")
    await evening.sit(late, 4, "Ik schrijf zelf")
    await evening.sit(anna, 3, "Ik schrijf zelf")
    await evening.sit(bert, 4, "Ik schrijf zelf")

    # T1: welcome, speelruimte, who is there
    await expect(wall.locator("[data-scene=welkom]")).to_be_visible()
    await expect(wall.get_by_text(hall.links["join_code"]).first).to_be_visible()
    await evening.next(regie, "Kom binnen")
    await evening.next(regie, "Speelruimte")
    await expect(wall.get_by_text("Er komt geen nieuw gebouw")).to_be_visible()
    await evening.next(regie, "Wie is er?")
    for page in (writer, anna, bert):
        await hand.tab(page, "Lijst")
        await hand.press(page.get_by_role("button", name="Kronenberg").first)
        await hand.button(page, "Tel mij mee")
        await expect(page.get_by_text("Je telt mee.").first).to_be_visible()
        await hand.tab(page, "Schrijf")
    await expect(wall.get_by_text("Kronenberg")).to_be_visible()  # from three people on

    # T2: think, write, tell, lay together, choose
    await evening.next(regie, "Denk na")
    await evening.next(regie, "Schrijf")
    await evening.write(anna, "Op zondag is het huis heel stil.")
    await evening.write(writer, "Bij het schoolhek praat ik met iedereen.")
    await evening.write(bert, "Na zes uur kom ik het dorp niet uit.")
    await hand.button(round_, "Ik ben aan de beurt")
    await evening.write(round_, "Alleen voor mijn beurt.")
    await hand.button(round_, "Geef door")
    await expect(round_.get_by_text("Alleen voor mijn beurt.")).to_have_count(0)
    await hand.button(anna, "Ik ben klaar")
    for page in (regie, wall, scribe, oogst):
        await expect(page.get_by_text("Op zondag is het huis heel stil.")).to_have_count(0)

    await evening.next(regie, "Vertel")
    told = scribe.get_by_role("textbox", name="Wat wordt er gezegd?")
    await hand.type(told, "De sleutel van de zaal is een heel gedoe.")
    await hand.button(scribe, "Klaar")
    await expect(note(scribe, "De sleutel van de zaal")).to_contain_text("bewaard")
    await hand.button(regie, "Toon de briefjes")  # to the tables
    await hand.tab(writer, "Lijst")
    await expect(note(writer, "Op zondag is het huis heel stil.")).to_be_visible()
    await expect(oogst.get_by_text("Op zondag is het huis heel stil.")).to_have_count(0)

    await evening.next(regie, "Leg bij elkaar")
    await hand.button(regie, "Toon de briefjes")  # to the hall
    await expect(note(writer, "Na zes uur kom ik het dorp niet uit.")).to_be_visible()
    await evening.next(regie, "Kies één moment")

    # The harvest
    await expect(oogst.get_by_text("Op zondag is het huis heel stil.").first).to_be_visible()
    await hand.button(oogst, "Volgend briefje")  # the first is a card that was laid ready
    await hand.button(oogst, "Citaat van deze tafel")
    await hand.button(oogst, "Maak een groep")
    naming = oogst.get_by_role("textbox", name="Geef deze groep een zin als naam.")
    await hand.type(naming, "Gezien en gemist worden")
    await hand.button(oogst, "Geef naam")
    await expect(
        oogst.locator("[data-group-id]").filter(has_text="Gezien en gemist worden")
    ).to_be_visible()
    await hand.press(
        oogst.get_by_role("button", name="Leg in groep 1: Gezien en gemist worden").first
    )
    await hand.button(oogst, "Maak een groep")
    await hand.type(naming, "Van het ene dorp naar het andere")
    await hand.button(oogst, "Geef naam")
    await expect(oogst.locator("[data-group-id]")).to_have_count(2)

    await hand.part(regie, "Wand")
    await hand.button(regie, "Oogst")
    await hand.button(regie, "Toon op de wand")
    await expect(wall.get_by_text("Gezien en gemist worden")).to_be_visible()
    await hand.button(regie, "Zet stil")
    await hand.part(regie, "Avond")

    # T3: a sentence in the fixed frame
    await evening.next(regie, "Maak af")
    await expect(wall.get_by_text("Gezien en gemist worden")).to_be_visible()  # it stands still
    await evening.next(regie, "Met z'n tweeën")
    await evening.next(regie, "Met de tafel")
    await hand.tab(writer, "Lijst")
    for who, what in (("niemand", "alleen is"), ("iedereen in het dorp", "mensen kan ontmoeten")):
        await hand.press(writer.get_by_role("button", name="Maak een zin").first)
        await hand.type(writer.get_by_role("textbox", name="Wie?"), who)
        await hand.type(writer.get_by_role("textbox", name="Wat kan of merkt die?"), what)
        await hand.button(writer, "Leg neer")
        await expect(writer.get_by_role("dialog")).to_have_count(0)
    await evening.next(regie, "Naar buiten")
    await hand.button(regie, "Aan de zaal")
    await hand.part(regie, "Briefjes")
    sentence = regie.get_by_text(
        "Wij doen dit zodat iedereen in het dorp mensen kan ontmoeten."
    ).first
    await expect(sentence).to_be_visible()
    await hand.press(regie.get_by_role("button", name="Kies deze zin").last)
    await hand.part(regie, "Avond")
    await evening.next(regie, "Lees voor")

    # T4: what is there already
    await evening.next(regie, "Kijk")
    await hand.tab(bert, "Lijst")
    await hand.press(
        note(bert, "De eettafel van de fanfare")
        .get_by_role("button", name=re.compile(r"^Herken ik \d"))
        .first
    )
    await evening.next(regie, "Vul aan")
    await evening.next(regie, "Wees eerlijk")

    # T8: dots that nobody sees
    await evening.next(regie, "Lees")
    await evening.next(regie, "Kies")
    await hand.part(regie, "Kiezen")
    await hand.button(regie, "Open de stemronde")
    await expect(regie.get_by_text("0 hebben gekozen")).to_be_visible()
    for page in (writer, anna, bert):
        await hand.tab(page, "Lijst")
        more = page.get_by_role("button", name="Een stip erbij: Gezien en gemist worden")
        await hand.press(more.first)
        await expect(page.get_by_text("Nog 2 stippen").first).to_be_visible()
    await hand.tab(round_, "Lijst")
    await hand.press(
        round_.get_by_role("button", name="Een stip erbij: Gezien en gemist worden").first
    )
    await hand.tab(round_, "Schrijf")
    await expect(regie.get_by_text("4 hebben gekozen")).to_be_visible()
    await hand.type(regie.get_by_label("Hoeveel mensen plakten?"), "2")
    await hand.type(regie.get_by_label("Gezien en gemist worden").last, "3")
    await hand.button(regie, "Bewaar de stickers")
    await expect(wall.get_by_text(re.compile(r"\b7 stippen"))).to_have_count(0)
    await hand.sure(regie, "Sluit de stemronde")
    await hand.part(regie, "Avond")
    await evening.next(regie, "Zie")
    await expect(writer.get_by_text("Wat weegt zwaar").first).to_be_visible()
    await evening.next(regie, "Wie denkt anders?")
    await hand.press(writer.get_by_role("button", name=re.compile("^Ik zie het anders ?: Gezien")))
    fields = writer.get_by_role("dialog").get_by_role("textbox")
    await hand.type(fields.first, "Alleen zijn mag. Eenzaam zijn is wat anders.")
    await hand.type(fields.last, "Dat niemand moet.")
    await hand.press(writer.get_by_role("dialog").locator("button[type=submit]"))
    await expect(bert.get_by_text("Alleen zijn mag.").first).to_be_visible()
    await evening.next(regie, "Wat is nodig?")

    # A promise, and home
    await hand.part(regie, "Beloften")
    await hand.type(regie.get_by_label("Wat?"), "Een poster in elk dorp")
    await hand.type(regie.get_by_label("Wie?"), "gemeente")
    await regie.get_by_label("Wanneer?").fill("2027-07-28")
    await hand.button(regie, "Zet de belofte erbij")
    await expect(regie.get_by_text("Een poster in elk dorp").first).to_be_visible()
    await hand.part(regie, "Wand")
    await hand.button(regie, "Speel weer af")
    await hand.button(regie, "Beloften")
    await hand.button(regie, "Toon op de wand")
    await expect(wall.get_by_text("Een poster in elk dorp")).to_be_visible()

    await hand.part(regie, "Afsluiten")
    await hand.sure(regie, "Sluit af")
    await expect(regie.get_by_text("Alle tablets zijn leeg.")).to_be_visible()
    await expect(writer.get_by_text("We ronden af").first).to_be_visible()
    await hand.sure(regie, "Sluit de avond af")
    await expect(writer.get_by_text("Jullie code").first).to_be_visible()
    code = re.compile(r"\b[a-z]+-[a-z]+-[a-z]+\b")
    await expect(writer.get_by_text(code).first).to_be_visible()
    told_code = code.search(await writer.locator("main").inner_text())
    assert told_code is not None
    await expect(regie.get_by_text(told_code[0]).first).to_be_visible()
    await expect(writer.get_by_text("Dit scherm is leeg.").first).to_be_visible()
    await hand.button(regie, "Zet open voor iedereen")

    # Take home
    async with regie.expect_download(timeout=60_000) as saving:
        await hand.press(regie.get_by_role("button", name=re.compile("Word|DOCX")).first)
    document = Path(await (await saving.value).path())
    assert document.read_bytes()[:2] == b"PK"
    heard = await evening.screen(f"{hall.url.rstrip('/')}/gehoord/{hall.links['sprint']}", TABLET)
    await expect(heard.get_by_text("Dit hebben we gehoord").first).to_be_visible()
    await expect(heard.get_by_text("Op zondag is het huis heel stil.").first).to_be_visible()
    await expect(heard.get_by_text("Een poster in elk dorp").first).to_be_visible()


@pytest.mark.parametrize("way", ["mouse", "keys", "taps"])
async def test_sprint_one_from_the_desk_to_the_exports(
    chromium: Browser, tmp_path: Path, way: Way
) -> None:
    server = Server(tmp_path).start()
    hall = Hall(chromium, dict(server.links), calm=True)
    hand = Hand(way)
    try:
        await the_evening(Evening(hall, hand))
        for page in hand.pages:
            pointers: list[str] = await page.evaluate("window.pointers ?? []")
            if way == "keys":
                assert pointers == [], page.url
            if way == "taps":
                assert {kind for kind in pointers if kind.startswith("pointer")} <= {
                    "pointerdown touch"
                }
                assert "dragstart " not in pointers
        assert hall.complaints == []
    finally:
        await hall.close()
        server.kill()
