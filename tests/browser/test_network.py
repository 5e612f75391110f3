"""The hall's network drops, tablets sleep, servers die. Nothing typed is lost, nothing is double."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.faults.proxy import FaultProxy
from tests.server import Server

from .hall import Hall, field_of, go, note, see_kept, write

pytestmark = pytest.mark.browser


async def test_ten_notes_without_a_network_arrive_once_and_in_order(
    hall_behind_proxy: Hall, proxy: FaultProxy
) -> None:
    hall = hall_behind_proxy
    context = await hall.context()
    anna = await hall.tablet(context)
    await write(anna, "Nog met netwerk.")
    await see_kept(anna, "Nog met netwerk.")
    await anna.evaluate("navigator.serviceWorker.ready.then(() => true)")
    address = anna.url

    proxy.refuse()
    proxy.cut()
    await expect(anna.get_by_text("Even geen verbinding").first).to_be_visible()
    for number in range(4):
        await write(anna, f"Zonder netwerk {number}.")
        await expect(note(anna, f"Zonder netwerk {number}.")).to_contain_text(
            "op dit apparaat bewaard"
        )
    await anna.reload()
    await expect(note(anna, "Zonder netwerk 3.")).to_contain_text("op dit apparaat bewaard")
    for number in range(4, 7):
        await write(anna, f"Zonder netwerk {number}.")
    await expect(note(anna, "Zonder netwerk 6.")).to_contain_text("op dit apparaat bewaard")
    await anna.close()
    anna = await context.new_page()
    await anna.goto(address)
    for number in range(7, 10):
        await write(anna, f"Zonder netwerk {number}.")
    await expect(note(anna, "Zonder netwerk 9.")).to_contain_text("op dit apparaat bewaard")

    proxy.serve()
    for number in range(10):
        await see_kept(anna, f"Zonder netwerk {number}.")
    bert = await hall.tablet()
    await go(bert, "Lijst")
    await expect(note(bert, "Zonder netwerk 9.")).to_be_visible()
    texts = await bert.locator("[data-note-id]").filter(has_text="Zonder netwerk").all_inner_texts()
    numbers = [int(text.split("Zonder netwerk ")[1].split(".")[0]) for text in texts]
    assert numbers == list(range(10))


async def test_the_server_is_killed_in_the_middle(hall: Hall, server: Server) -> None:
    anna, bert = await hall.tablet(), await hall.tablet()
    for number in range(8):
        await write(anna, f"Doorgaan {number}.")
        if number == 3:
            server.kill()
    await expect(field_of(anna)).to_have_value("")
    await asyncio.to_thread(server.restart)
    for number in range(8):
        await see_kept(anna, f"Doorgaan {number}.")
    await go(bert, "Lijst")
    for number in range(8):
        await expect(note(bert, f"Doorgaan {number}.")).to_have_count(1)


async def test_a_sleeping_tablet_is_current_within_two_seconds(
    hall_behind_proxy: Hall, proxy: FaultProxy
) -> None:
    hall = hall_behind_proxy
    anna, bert = await hall.tablet(), await hall.tablet()
    await go(bert, "Lijst")
    session = await bert.context.new_cdp_session(bert)
    await session.send("Page.setWebLifecycleState", {"state": "frozen"})
    proxy.cut()
    await write(anna, "Terwijl Bert sliep.")
    await see_kept(anna, "Terwijl Bert sliep.")
    await session.send("Page.setWebLifecycleState", {"state": "active"})
    await bert.evaluate(
        "document.dispatchEvent(new Event('visibilitychange')); dispatchEvent(new Event('pageshow'))"
    )
    await expect(note(bert, "Terwijl Bert sliep.")).to_be_visible(timeout=2_000)


async def test_a_frozen_line_is_noticed_and_nothing_is_lost(
    hall_behind_proxy: Hall, proxy: FaultProxy
) -> None:
    hall = hall_behind_proxy
    anna = await hall.tablet()
    await write(anna, "Voor de stilte.")
    await see_kept(anna, "Voor de stilte.")
    proxy.stall()
    await write(anna, "In de stilte.")
    await expect(note(anna, "In de stilte.")).not_to_contain_text("op dit apparaat bewaard")
    await expect(note(anna, "In de stilte.")).to_contain_text("onderweg")
    proxy.cut()
    proxy.serve()
    await see_kept(anna, "In de stilte.")


async def test_a_slow_line_shows_the_mark_on_its_way(
    hall_behind_proxy: Hall, proxy: FaultProxy
) -> None:
    anna = await hall_behind_proxy.tablet()
    proxy.delay(0.8)
    await write(anna, "Langzaam maar zeker.")
    await expect(note(anna, "Langzaam maar zeker.")).to_contain_text("onderweg")
    await see_kept(anna, "Langzaam maar zeker.")
