"""The thirty behaviours for people who hear, feel or slowly read the screen, each by its number.

The list with what each asks stands in docs/accessibility.md, which says of every number where it is
tried; a test there fails where a number has no test and no reason.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest
from playwright.async_api import Page, expect

from .hall import PHONE, TABLET, Hall, field_of, go, note, see_kept, write, zone_of
from .test_access import tab_to

pytestmark = pytest.mark.browser

FOCUSED_NOTE = "() => document.activeElement?.closest('[data-note-id]')?.dataset.noteId ?? null"


async def focus_note(page: Page, text: str) -> str:
    """Focus one stop of the board on this note; its id."""
    found = note(page, text).first
    await expect(found).to_be_visible()
    await found.evaluate(
        "node => (node.matches('button') ? node : node.querySelector('button')).focus()"
    )
    id = await page.evaluate(FOCUSED_NOTE)
    assert id is not None
    return str(id)


async def near(page: Page, text: str) -> None:
    """The board, with the zone of this note near."""
    await go(page, "Bord")
    zone = await zone_of(page, text)
    await page.locator(f"[data-zone-id='{zone}']").get_by_role("button").first.click()
    await expect(note(page, text).first).to_be_visible()


async def test_a03_a_note_that_was_picked_up_moves_by_arrows(hall: Hall) -> None:
    anna = await hall.tablet(touch=False)
    await write(anna, "Ik ga met de pijltjes.")
    await see_kept(anna, "Ik ga met de pijltjes.")
    await go(anna, "Bord")
    home = await zone_of(anna, "Ik ga met de pijltjes.")
    await focus_note(anna, "Ik ga met de pijltjes.")

    await anna.keyboard.press(" ")
    await expect(anna.locator("[data-lifted]").first).to_be_attached()
    await anna.keyboard.press("ArrowRight")
    await anna.keyboard.press("Escape")
    await expect(anna.locator("[data-lifted]")).to_have_count(0)
    assert await zone_of(anna, "Ik ga met de pijltjes.") == home

    await anna.keyboard.press(" ")
    await expect(anna.locator("[data-lifted]").first).to_be_attached()
    await anna.keyboard.press("ArrowRight")
    await anna.keyboard.press("Enter")
    await expect(anna.locator("[data-lifted]")).to_have_count(0)
    await expect(
        anna.locator(f"[data-zone-id]:not([data-zone-id='{home}']) [data-note-id]").filter(
            has_text="Ik ga met de pijltjes."
        )
    ).to_be_visible()


async def test_a04_a_zone_is_one_stop_and_arrows_go_round_in_it(hall: Hall) -> None:
    anna = await hall.tablet(touch=False)
    await go(anna, "Bord")
    await expect(anna.locator("[data-note-id]").first).to_be_visible()
    stops = await anna.evaluate(
        """() => [...document.querySelectorAll('[data-zone-id]')].map(zone =>
            zone.querySelectorAll('button[data-note-id][tabindex="0"]').length)"""
    )
    assert stops
    assert all(count <= 1 for count in stops)
    first = anna.locator('button[data-note-id][tabindex="0"]').first
    await first.focus()
    seen = set()
    for key in ("Home", "ArrowDown", "End", "F6", "ArrowRight", "F6"):
        await anna.keyboard.press(key)
        at = await anna.evaluate(
            "() => document.activeElement?.closest('[data-zone-id], [data-note-id]')?.outerHTML"
        )
        assert at, f"{key} lost the focus"
        seen.add(at)
    assert len(seen) > 2


async def test_a05_the_list_has_the_whole_board_in_headings_and_lists(hall: Hall) -> None:
    anna = await hall.tablet()
    await go(anna, "Bord")
    await expect(anna.locator("[data-note-id]").first).to_be_attached()
    on_board = await anna.evaluate(IDS)
    await go(anna, "Lijst")
    await expect(anna.get_by_role("heading", level=2).first).to_be_visible()
    assert await anna.evaluate(IDS) == on_board
    levels = await anna.evaluate(
        "() => [...document.querySelectorAll('main h1, main h2, main h3')].map(h => +h.tagName[1])"
    )
    assert max(levels) <= 3
    assert all(deeper - level <= 1 for level, deeper in pairwise(levels))
    loose = await anna.evaluate(
        "() => [...document.querySelectorAll('[data-note-id]')].filter(n => !n.closest('li')).length"
    )
    assert loose == 0


IDS = """() => [...new Set([...document.querySelectorAll('[data-note-id]')]
    .map(note => note.dataset.noteId))].sort()"""


async def test_a06_a_note_says_whose_voice_which_group_and_how_manieth(hall: Hall) -> None:
    anna = await hall.tablet()
    await go(anna, "Bord")
    await expect(anna.locator("button[data-note-id]").first).to_be_visible()
    names = await anna.locator("button[data-note-id]").evaluate_all(
        "nodes => nodes.map(node => node.getAttribute('aria-label') ?? node.innerText)"
    )
    assert names
    for name in names:
        assert re.match(r"^Briefje( van [^:]+?)?(, groep [^:]+)?, \d+ van \d+: .", name), name


async def test_a07_the_focus_and_the_caret_stay_while_others_work(hall: Hall) -> None:
    anna, bert = await hall.tablet(touch=False), await hall.tablet()
    await field_of(anna).fill("half af, nog bezig")
    await field_of(anna).press("Home")
    for _ in range(5):
        await anna.keyboard.press("ArrowRight")
    for number in range(6):
        await write(bert, f"tussendoor {number}")
    await see_kept(bert, "tussendoor 5")
    assert await field_of(anna).evaluate(
        "node => [node === document.activeElement, node.selectionStart, node.selectionEnd]"
    ) == [True, 5, 5]

    await go(anna, "Bord")
    id = await focus_note(anna, "tussendoor 0")
    await go(bert, "Lijst")
    await note(bert, "tussendoor 0").get_by_role("button").first.click()
    await bert.get_by_role("button", name="Verplaats naar …").click()
    await bert.get_by_role("dialog").get_by_role("button", name="In het weekend").first.click()
    await expect(
        anna.locator("[data-zone-id]")
        .filter(has_text="In het weekend")
        .filter(has=anna.locator(f"[data-note-id='{id}']"))
    ).to_be_attached()
    await anna.wait_for_function(
        "id => document.activeElement?.closest('[data-note-id]')?.dataset.noteId === id", arg=id
    )


async def test_a08_when_the_note_goes_the_next_has_the_focus_and_it_is_said(hall: Hall) -> None:
    anna, bert = await hall.tablet(touch=False), await hall.tablet()
    await write(bert, "straks weg")
    await see_kept(bert, "straks weg")
    await go(anna, "Bord")
    id = await focus_note(anna, "straks weg")
    await go(bert, "Lijst")
    await note(bert, "straks weg").get_by_role("button").first.click()
    await bert.get_by_role("button", name="Gooi weg").click()
    await anna.wait_for_function(
        """id => { const at = document.activeElement;
            return at && at !== document.body && at.closest('[data-note-id]')?.dataset.noteId !== id }""",
        arg=id,
    )
    await expect(anna.locator("[aria-live]").filter(has_text=re.compile("weg"))).not_to_have_count(
        0
    )


async def test_a09_another_step_keeps_what_is_being_typed(hall: Hall) -> None:
    anna, regie = await hall.tablet(), await hall.regie()
    await field_of(anna).fill("midden in een zin")
    before = await anna.evaluate("document.activeElement?.tagName")
    await regie.get_by_role("button", name="Vorige stap").click()
    await expect(
        anna.get_by_role("heading", name="Schrijf twee of drie momenten op.")
    ).to_be_visible()
    await expect(field_of(anna)).to_have_value("midden in een zin")
    assert await anna.evaluate("document.activeElement?.tagName") == before


async def test_a10_a11_others_are_added_up_and_a_step_is_said_at_once(hall: Hall) -> None:
    anna, bert, regie = await hall.tablet(), await hall.tablet(), await hall.regie()
    await go(anna, "Bord")
    await anna.evaluate(
        """() => { window.heard = { polite: [], assertive: [] };
            for (const region of document.querySelectorAll('[aria-live]')) {
                const voice = region.getAttribute('aria-live');
                new MutationObserver(() => {
                    const said = region.textContent.trim();
                    if (said) window.heard[voice]?.push(said);
                }).observe(region, { childList: true, characterData: true, subtree: true });
            } }"""
    )
    for number in range(12):
        await write(bert, f"nog een {number}")
    await see_kept(bert, "nog een 11")
    await regie.get_by_role("button", name="Vorige stap").click()
    await anna.wait_for_function("() => window.heard.assertive.length > 0")
    heard: dict[str, list[str]] = await anna.evaluate("window.heard")
    assert len(heard["polite"]) <= 2
    assert all(len(sentence.split()) <= 20 for sentence in heard["polite"])
    assert any("Schrijf" in sentence for sentence in heard["assertive"])


async def test_a12_what_is_private_is_never_said_aloud(hall: Hall) -> None:
    anna, bert, regie = await hall.tablet(), await hall.tablet(), await hall.regie()
    await regie.get_by_role("button", name="Vorige stap").click()
    await expect(
        anna.get_by_role("heading", name="Schrijf twee of drie momenten op.")
    ).to_be_visible()
    await go(bert, "Bord")
    await write(anna, "kanarievogel")
    await see_kept(anna, "kanarievogel")
    await expect(bert.get_by_role("button", name="Nog privé").first).to_be_attached()
    for page in (bert, regie):
        assert "kanarievogel" not in await page.content()


@pytest.mark.parametrize("where", ["", "/bord", "/lijst"])
async def test_a13_targets_are_large_enough(hall: Hall, where: str) -> None:
    page = await hall.tablet(size=PHONE)
    await page.goto(f"{hall.url.rstrip('/')}/s/{hall.sprint}{where}")
    await expect(page.locator("[data-zone-id], textarea").first).to_be_visible()
    small: list[str] = await page.evaluate(SMALL, 24)
    assert small == []
    if where != "/bord":  # tiles of the overview are small on purpose; the near view is large
        assert await page.evaluate(SMALL, 44) == []


SMALL = """least => [...document.querySelectorAll('button, a[href], input, textarea, select, summary')]
    .filter(node => node.checkVisibility() && !node.closest('[aria-hidden=true]'))
    .filter(node => !(node.matches('a') && getComputedStyle(node).display === 'inline'))
    .map(node => [node, /radio|checkbox/.test(node.type) && node.labels?.[0] || node])
    .map(([node, pressed]) => [node, pressed.getBoundingClientRect()])
    .filter(([, box]) => box.width > 1 && (box.width < least || box.height < least))
    .map(([node, box]) => `${node.outerHTML.slice(0, 90)} ${box.width}x${box.height}`)"""


async def test_a15_wider_letters_and_lines_cut_nothing(hall: Hall) -> None:
    page = await hall.tablet(size=PHONE)
    await write(page, "De bakker weet alles als eerste.")
    session = await page.context.new_cdp_session(page)  # past the page's own policy
    await session.send(
        "Runtime.evaluate",
        {
            "expression": """(() => { const sheet = new CSSStyleSheet();
                sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
                    word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
                document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]; })()"""
        },
    )
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    cut: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll('button, h1, h2, label, p')]
            .filter(node => node.checkVisibility() && getComputedStyle(node).overflow === 'hidden')
            .filter(node => node.scrollWidth > node.clientWidth + 1
                && getComputedStyle(node).position !== 'absolute')
            .map(node => node.outerHTML.slice(0, 100))"""
    )
    assert cut == []


async def test_a16_text_is_large_open_and_upright(hall: Hall) -> None:
    page = await hall.tablet()
    await go(page, "Lijst")
    await expect(page.locator("[data-note-id]").first).to_be_visible()
    wrong: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll('main p, main li, main button, main label')]
            .filter(node => node.checkVisibility() && node.innerText.trim())
            .filter(node => { const is = getComputedStyle(node);
                return parseFloat(is.fontSize) < 18 || is.textAlign === 'justify'
                    || is.fontStyle === 'italic' })
            .map(node => node.outerHTML.slice(0, 100))"""
    )
    assert wrong == []


async def test_a17_ink_on_every_note_is_strong(hall: Hall) -> None:
    page = await hall.tablet()
    await go(page, "Bord")
    await expect(page.locator("button[data-note-id]").first).to_be_visible()
    pairs: list[list[str]] = await page.evaluate(
        """() => [...document.querySelectorAll('button[data-note-id]')].map(node => {
            const text = node.querySelector('.text') ?? node;
            return [getComputedStyle(text).color, getComputedStyle(node).backgroundColor] })"""
    )
    assert pairs
    for ink, paper in pairs:
        assert contrast(ink, paper) >= 7, (ink, paper)


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


async def test_a18_a_zone_has_a_name_and_a_sign_beside_its_colour(hall: Hall) -> None:
    page = await hall.tablet()
    await go(page, "Lijst")
    zones = page.locator("[data-zone-id]")
    await expect(zones.first).to_be_visible()
    signs = set()
    for zone in await zones.all():
        assert (await zone.get_by_role("heading").first.inner_text()).strip()
        signs.add(await zone.locator("svg").first.evaluate("node => node.innerHTML"))
    assert len(signs) >= 6


async def test_a19_the_focus_is_a_thick_ring_and_in_sight(hall: Hall) -> None:
    page = await hall.tablet(touch=False)
    await tab_to(page, "button", "Klaar")
    ring: dict[str, Any] = await page.evaluate(
        """() => { const is = getComputedStyle(document.activeElement);
            const box = document.activeElement.getBoundingClientRect();
            return { width: parseFloat(is.outlineWidth), style: is.outlineStyle,
                top: box.top, bottom: box.bottom, height: innerHeight } }"""
    )
    assert ring["style"] != "none"
    assert ring["width"] >= 3
    assert 0 <= ring["top"] < ring["bottom"] <= ring["height"]


async def test_a20_nothing_moves_for_who_asks_for_calm(hall: Hall) -> None:
    hall.calm = True
    anna, bert = await hall.tablet(), await hall.tablet()
    await go(anna, "Bord")
    await write(bert, "zachtjes erbij")
    await expect(note(anna, "zachtjes erbij").first).to_be_visible()
    long: list[float] = await anna.evaluate(
        """() => document.getAnimations().map(moving => moving.effect.getComputedTiming())
            .filter(timing => timing.duration > 100).map(timing => timing.duration)"""
    )
    assert long == []


async def test_a21_forced_colours_keep_every_button_and_note_in_sight(hall: Hall) -> None:
    page = await hall.tablet()
    await page.emulate_media(forced_colors="active")
    await go(page, "Lijst")
    await expect(page.locator("[data-note-id]").first).to_be_visible()
    unseen: list[str] = await page.evaluate(
        """() => [...document.querySelectorAll('main button, main a')]
            .filter(node => node.checkVisibility() && node.innerText.trim())
            .filter(node => getComputedStyle(node).color === getComputedStyle(node).backgroundColor)
            .map(node => node.outerHTML.slice(0, 90))"""
    )
    assert unseen == []


async def test_a22_a_dialog_holds_the_focus_and_gives_it_back(hall: Hall) -> None:
    page = await hall.tablet(touch=False)
    await write(page, "open mij")
    await see_kept(page, "open mij")
    await go(page, "Lijst")
    button = note(page, "open mij").get_by_role("button").first
    await button.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    for _ in range(25):
        await page.keyboard.press("Tab")
        inside = await page.evaluate(
            "() => document.activeElement === document.body"
            " || document.activeElement.closest('[role=dialog], dialog') !== null"
        )
        assert inside
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(button).to_be_focused()


async def test_a23_a_mistake_is_said_in_words_at_the_field(hall: Hall) -> None:
    page = await (await hall.context()).new_page()
    await page.goto(hall.url)
    await page.get_by_role("textbox", name="Code").fill("ZZZZZZ")
    await page.get_by_role("button", name="Meedoen").click()
    said = page.get_by_text("Deze code klopt niet.")
    await expect(said.first).to_be_visible()
    field = page.get_by_role("textbox", name="Code")
    await expect(field).to_have_attribute("aria-invalid", "true")
    described = await field.evaluate(
        """node => (node.getAttribute('aria-describedby') ?? '').split(' ')
            .map(id => document.getElementById(id)?.innerText ?? '').join(' ')"""
    )
    assert "Deze code klopt niet." in described


async def test_a24_time_can_be_added_and_its_end_takes_no_text(hall: Hall) -> None:
    anna, regie = await hall.tablet(), await hall.regie()
    await field_of(anna).fill("nog niet af")
    await regie.get_by_role("button", name="Start de tijd").click()
    await expect(anna.get_by_role("timer").first).to_be_visible()
    await regie.get_by_role("button", name="1 minuut erbij").first.click()
    await expect(field_of(anna)).to_have_value("nog niet af")
    await expect(field_of(anna)).to_be_editable()


async def test_a25_the_code_may_be_pasted_as_it_comes(hall: Hall) -> None:
    page = await (await hall.context()).new_page()
    await page.goto(hall.url)
    field = page.get_by_role("textbox", name="Code")
    await field.focus()
    await page.keyboard.insert_text(f"  {hall.links['join_code'].lower().replace('-', ' - ')}  ")
    await page.get_by_role("button", name="Meedoen").click()
    await expect(field_of(page)).to_be_visible()


async def test_a27_moving_and_throwing_away_can_be_taken_back(hall: Hall) -> None:
    page = await hall.tablet()
    await write(page, "heen en terug")
    await see_kept(page, "heen en terug")
    await go(page, "Lijst")
    home = await zone_of(page, "heen en terug")
    back = page.get_by_role("button", name="Terug", exact=True)
    await note(page, "heen en terug").get_by_role("button").first.tap()
    await page.get_by_role("button", name="Verplaats naar …").tap()
    await page.get_by_role("dialog").get_by_role("button", name="In het weekend").first.tap()
    await back.tap()
    await expect(
        page.locator(f"[data-zone-id='{home}'] [data-note-id]").filter(has_text="heen en terug")
    ).to_be_visible()
    await note(page, "heen en terug").get_by_role("button").first.tap()
    await page.get_by_role("button", name="Gooi weg").tap()
    await expect(note(page, "heen en terug")).to_have_count(0)
    await back.tap()
    await expect(note(page, "heen en terug")).to_be_visible()


async def test_a28_a30_the_page_is_dutch_and_is_called_by_what_it_says(hall: Hall) -> None:
    pages = [await hall.tablet(), await hall.regie(), await hall.wall()]
    for page in pages:
        assert await page.evaluate("document.documentElement.lang") == "nl"
        different: list[str] = await page.evaluate(
            """() => [...document.querySelectorAll('button[aria-label], a[aria-label]')]
                .filter(node => node.checkVisibility() && !node.matches('[data-note-id]'))
                .map(node => [node.getAttribute('aria-label').toLowerCase(),
                    [...node.childNodes].filter(child => child.nodeType === 3 ||
                        !child.matches?.('[aria-hidden=true], svg')).map(child => child.textContent)
                        .join(' ').replace(/\\s+/g, ' ').trim().toLowerCase()])
                .filter(([name, seen]) => seen && !name.includes(seen)).map(pair => pair.join(' ≠ '))"""
        )
        assert different == []
    assert pages[0].viewport_size == TABLET
