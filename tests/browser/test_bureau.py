"""The desk, from the link in the terminal to the Regie of an evening that was prepared there."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
from playwright.async_api import Page, expect

from .hall import PHONE, TABLET, WALL, Hall
from .test_access import complaints_of_axe, tab_to

pytestmark = pytest.mark.browser

PASSWORD = "vier vogels in een boom"
QUESTION = "Hoe zorgen we dat mensen in elk dorp elkaar makkelijk kunnen ontmoeten?"


async def first_account(hall: Hall) -> Page:
    """Somebody who opened the link of the first start and made an account."""
    page = await (await hall.context(touch=False)).new_page()
    await page.goto(hall.links["desk_url"])
    await page.get_by_role("textbox", name="Naam").fill("Anna Peeters")
    await page.get_by_label("Wachtwoord").fill(PASSWORD)
    await page.get_by_role("button", name="Maak mijn account").click()
    await expect(page.get_by_role("heading", name="Opgaven")).to_be_visible()
    return page


async def an_opgave(page: Page) -> None:
    await page.get_by_role("link", name="Nieuwe opgave").click()
    await page.get_by_label("Titel").fill("Levende dorpen")
    await page.get_by_label("De vraag").fill(QUESTION)
    await page.get_by_label("Bron").fill("akkoord, bladzijde 7")
    await page.get_by_label("Dit ligt al vast").fill("Er komt geen nieuw gebouw")
    await page.get_by_label("Dit is nog open").fill("Wie het doet\nWaar we beginnen")
    await page.get_by_label("Kernen").fill("America\nKRO; Kronenberg; 2; 6")
    await page.get_by_role("button", name="Bewaar").click()
    await expect(page.get_by_role("heading", name="Levende dorpen")).to_be_visible()


async def a_sprint(page: Page, *, people: str = "46", tables: str = "7") -> None:
    await page.get_by_role("link", name="Nieuwe sprint").click()
    await page.get_by_label("Plaats").fill("Kronenberg, gemeenschapshuis")
    await page.get_by_label("Datum").fill("2026-04-16")
    await page.get_by_label("Hoeveel mensen").fill(people)
    await page.get_by_label("Hoeveel tafels").fill(tables)
    await page.get_by_role("button", name="Maak de sprint").click()
    await expect(page.get_by_role("heading", name="Plan van de avond")).to_be_visible()


async def test_from_the_first_account_to_the_regie(hall: Hall) -> None:
    page = await first_account(hall)
    assert "#" not in page.url, "the secret is wiped from the address"
    await an_opgave(page)
    await a_sprint(page)

    plan = page.get_by_role("region", name="Plan van de avond")
    await expect(plan.get_by_text("De avond eindigt om 21.30 uur.", exact=True)).to_be_visible()
    first = plan.locator("[data-step-id]").first
    await expect(first).to_contain_text("19.30")
    await plan.get_by_role("button", name="Een minuut meer voor Kom binnen").click()
    await expect(plan.get_by_text("De avond eindigt om 21.31 uur.", exact=True)).to_be_visible()
    await expect(plan.locator("[data-step-id]").nth(1)).to_contain_text("19.36")
    await plan.get_by_role("button", name="Sla over: Wat is nodig?").click()
    await expect(plan.get_by_text("De avond eindigt om 21.28 uur.", exact=True)).to_be_visible()
    await plan.get_by_role("button", name="Later: Welkom en speelruimte").click()
    await expect(plan.locator("h3").first).to_have_text("Een dag uit het leven")
    await plan.get_by_role("button", name="Eerder: Welkom en speelruimte").click()
    await expect(plan.locator("h3").first).to_have_text("Welkom en speelruimte")

    for link, pages in (("Tafelkaarten", 7), ("Briefkaartjes", 138), ("Opdrachten", 5)):
        printed = await taken(page, link)
        assert len(printed.pages) == pages, link
    card = (await taken(page, "Tafelkaarten")).pages[2].extract_text()
    code = await page.get_by_text(re.compile(r"^[A-Z2-9]{3}-[A-Z2-9]{3}$")).inner_text()
    assert code in card.replace(" ", "")  # wide letters look like words of their own
    assert re.search(r"Tafel\s*3", card)

    async with page.context.expect_page() as opening:
        await page.get_by_role("link", name="Open Regie").click()
    regie = await opening.value
    await expect(regie.get_by_role("button", name="Volgende stap")).to_be_visible()

    tablet = await (await hall.context()).new_page()
    await tablet.goto(hall.url)
    await tablet.get_by_role("textbox", name="Code").fill(code)
    await tablet.get_by_role("button", name="Meedoen").click()
    await expect(tablet).to_have_url(re.compile(r"/s/s[0-9a-f]+"))


async def taken(page: Page, link: str) -> pypdf.PdfReader:
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name=link).click()
    path = await (await downloading.value).path()
    return pypdf.PdfReader(io.BytesIO(path.read_bytes()))


async def test_a_tablet_that_goes_round_too_slowly_is_said_and_mended(hall: Hall) -> None:
    page = await first_account(hall)
    await an_opgave(page)
    await a_sprint(page, people="40", tables="4")
    plan = page.get_by_role("region", name="Plan van de avond")
    row = plan.locator("[data-step-id]", has_text="Met z'n tweeën")
    await expect(row).to_contain_text("10 mensen met 1 tablet: dat duurt 5 minuten.")
    await row.get_by_role("button", name="Maak er 5 minuten van").click()
    await expect(row.get_by_text("10 mensen")).to_have_count(0)
    await expect(row.get_by_label("Minuten voor Met z'n tweeën")).to_have_value("5")

    await page.get_by_label("Klaar om").fill("21:00")
    hall_of = page.get_by_role("region", name="Wanneer en met wie")
    await hall_of.get_by_role("button", name="Bewaar").click()
    await expect(plan.get_by_text("Dat is 31 minuten later dan je hebt gezegd.")).to_be_visible()


async def test_cards_of_organisations_are_laid_ready(hall: Hall) -> None:
    page = await first_account(hall)
    await an_opgave(page)
    await a_sprint(page)
    cards = page.get_by_role("region", name="Kaartjes vooraf")
    await cards.get_by_label("In welk vak?").select_option(label="Dit loopt nu")
    await cards.get_by_label("Kaartjes, één per regel").fill(
        "Een potje.\n\nDrie dorpen, één beheerder."
    )
    await cards.get_by_role("button", name="Leg neer").click()
    await expect(cards.get_by_text("De kaartjes liggen klaar.")).to_be_visible()
    await expect(cards.locator("option:checked")).to_contain_text("(2 kaartjes)")


async def test_what_is_said_of_the_evening_is_changed_and_its_page_opened(hall: Hall) -> None:
    page = await first_account(hall)
    await an_opgave(page)
    await a_sprint(page)
    when = page.get_by_role("region", name="Wanneer en met wie")
    await when.get_by_label("Plaats").fill("Lottum, kas")
    await when.get_by_label("Begint om").fill("13:00")
    await when.get_by_label("Klaar om").fill("")
    await when.get_by_role("button", name="Bewaar").click()
    await expect(when.get_by_text("Bewaard.")).to_be_visible()
    await expect(page.get_by_text("Lottum, kas · donderdag 16 april, 13.00 uur")).to_be_visible()

    await expect(page.get_by_text("De pagina is nog dicht.")).to_be_visible()
    await page.get_by_role("button", name="Zet de pagina open").click()
    await page.get_by_role("button", name="Ja, zet de pagina open").click()
    await expect(page.get_by_text("De pagina is open.")).to_be_visible()
    async with page.context.expect_page() as opening:
        await page.get_by_role("link", name="Bekijk de pagina").click()
    heard = await opening.value
    await expect(heard.get_by_role("heading", level=1)).to_be_visible()
    await page.get_by_role("button", name="Doe de pagina dicht").click()
    await expect(page.get_by_text("De pagina is nog dicht.")).to_be_visible()


async def test_what_people_take_home_is_there_at_the_desk(hall: Hall) -> None:
    page = await first_account(hall)
    await page.get_by_role("link", name=re.compile("Vitale kernen")).click()
    home = page.get_by_role("region", name="Meenemen")
    async with page.expect_download() as downloading:
        await home.get_by_role("button", name="CSV").click()
    path = await (await downloading.value).path()
    assert "pakketbezorger" in path.read_text("utf-8-sig")


async def test_out_and_in_again_and_a_colleague(hall: Hall) -> None:
    page = await first_account(hall)
    await page.get_by_role("button", name="Maak een link").click()
    link = await page.get_by_label("Link voor je collega").input_value()
    await page.get_by_role("button", name="Afmelden").click()
    await expect(page.get_by_role("heading", name="Aanmelden")).to_be_visible()
    await page.get_by_role("textbox", name="Naam").fill("Anna Peeters")
    await page.get_by_label("Wachtwoord").fill("mis mis mis mis")
    await page.get_by_role("button", name="Aanmelden").click()
    await expect(page.get_by_role("alert")).to_contain_text("horen niet bij elkaar")
    await page.get_by_label("Wachtwoord").fill(PASSWORD)
    await page.get_by_role("button", name="Aanmelden").click()
    await expect(page.get_by_text("Aangemeld als Anna Peeters")).to_be_visible()
    await expect(page.get_by_role("link", name=re.compile("Vitale kernen"))).to_be_visible()

    other = await (await hall.context(touch=False)).new_page()
    await other.goto(link)
    await other.get_by_role("textbox", name="Naam").fill("Bert Çelik")
    await other.get_by_label("Wachtwoord").fill(PASSWORD)
    await other.get_by_role("button", name="Maak mijn account").click()
    await expect(other.get_by_text("Aangemeld als Bert Çelik")).to_be_visible()

    await page.reload()
    await page.get_by_role("button", name="Haal weg: Bert Çelik").click()
    await page.get_by_role("button", name="Ja, haal weg: Bert Çelik").click()
    await expect(page.get_by_role("button", name=re.compile("Bert"))).to_have_count(0)
    await expect(page.get_by_role("heading", name="Collega’s")).to_be_focused()
    await other.reload()
    await expect(other.get_by_role("heading", name="Aanmelden")).to_be_visible()


async def test_a_field_that_is_wrong_is_named_and_gets_the_focus(hall: Hall) -> None:
    page = await first_account(hall)
    await page.get_by_role("link", name="Nieuwe opgave").click()
    await page.get_by_label("Titel").fill("Levende dorpen")
    await page.get_by_role("button", name="Bewaar").click()
    question = page.get_by_label("De vraag")
    await expect(question).to_be_focused()
    await expect(question).to_have_attribute("aria-invalid", "true")
    await question.fill(QUESTION)
    await page.get_by_label("Stemmen").fill("IO; inwoner\nIO; nog een inwoner")
    await page.get_by_role("button", name="Bewaar").click()
    await expect(page.get_by_label("Stemmen")).to_be_focused()
    await expect(page.get_by_text("Kijk naar regel 2.")).to_be_visible()
    await expect(page.get_by_label("Titel")).to_have_value("Levende dorpen")


@pytest.mark.parametrize("size", [PHONE, TABLET, WALL], ids=["320", "1024", "1920"])
async def test_axe_is_silent_and_nothing_is_too_wide(hall: Hall, size: dict[str, int]) -> None:
    page = await (await hall.context(size=size, touch=False)).new_page()

    async def fine(where: str) -> None:
        assert await complaints_of_axe(page) == [], where
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], where

    await page.goto(hall.links["desk_url"])
    await expect(page.get_by_role("heading", name="Maak je account")).to_be_visible()
    await fine("first account")
    await page.get_by_role("textbox", name="Naam").fill("Anna Peeters")
    await page.get_by_label("Wachtwoord").fill(PASSWORD)
    await page.get_by_role("button", name="Maak mijn account").click()
    await expect(page.get_by_role("heading", name="Opgaven")).to_be_visible()
    await fine("opgaven")
    await page.get_by_role("link", name="Nieuwe opgave").click()
    await page.get_by_role("button", name="Bewaar").click()
    await expect(page.get_by_role("alert")).to_contain_text("Er klopt iets niet.")
    await fine("an opgave with a mistake")
    await page.get_by_role("link", name="Toch niet").click()
    await an_opgave(page)
    await page.get_by_role("link", name="Nieuwe sprint").click()
    await expect(page.get_by_role("heading", name="Borden")).to_be_visible()
    await fine("a new sprint")
    await page.get_by_role("link", name="Toch niet").click()
    await a_sprint(page, people="40", tables="4")
    await fine("a sprint with a warning")


async def test_the_whole_way_by_keyboard_only(hall: Hall) -> None:
    page = await (await hall.context(touch=False)).new_page()
    keys = page.keyboard
    await page.goto(hall.links["desk_url"])
    await tab_to(page, "textbox", "Naam")
    await keys.type("Anna Peeters")
    await keys.press("Tab")
    await keys.type(PASSWORD)
    await keys.press("Enter")
    await expect(page.get_by_role("heading", name="Opgaven")).to_be_visible()
    await tab_to(page, "link", "Nieuwe opgave")
    await keys.press("Enter")
    await tab_to(page, "textbox", "Titel")
    await keys.type("Levende dorpen")
    await tab_to(page, "textbox", "De vraag")
    await keys.type(QUESTION)
    await tab_to(page, "button", "Bewaar")
    await keys.press("Enter")
    await expect(page.get_by_role("heading", name="Levende dorpen")).to_be_visible()
    await tab_to(page, "link", "Nieuwe sprint")
    await keys.press("Enter")
    await tab_to(page, "button", "Maak de sprint")
    await keys.press("Enter")
    await expect(page.get_by_role("heading", name="Plan van de avond")).to_be_visible()
    await tab_to(page, "button", "Een minuut meer voor Kom binnen")
    await keys.press("Enter")
    plan = page.get_by_role("region", name="Plan van de avond")
    await expect(plan.get_by_text("De avond eindigt om 21.31 uur.", exact=True)).to_be_visible()
    more = page.get_by_role("button", name="Een minuut meer voor Kom binnen")
    await expect(more).to_be_focused()
