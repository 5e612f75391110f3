"""Workload H: what a tablet's own processor does. Real Chromium, slowed down four times by the
DevTools protocol as a stand-in for an old tablet.

Three questions: how long until a board of 1,000 notes shows; whether it keeps its frame rate while
thirty commands a second come in from other tablets; and what moving one note among 500 with a
finger costs in script per frame. Frames are the browser's own (requestAnimationFrame), costs are
its own counters (`Performance.getMetrics`).
"""

import asyncio
import os
import shutil
import statistics
from collections.abc import Awaitable
from time import perf_counter

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

from .device import Device, Seat
from .figures import figure
from .measure import quantile
from .processes import CORES, OWN_CORE, pin
from .run import Run
from .sides import Hall, close_all, open_all
from .talk import Beat, Script, World, head_of, play

SLOWER = 4
FRAME_MS = 16.7
DRAG_FRAMES = 120
WATCH_SECONDS = 5.0

_WATCH_FRAMES = """() => {
  const gaps = []; let last = performance.now(); let on = true
  const step = now => { gaps.push(now - last); last = now; if (on) requestAnimationFrame(step) }
  requestAnimationFrame(step)
  window.__frames = () => { on = false; return gaps.slice(2) }
}"""

_SHOWN = """count => document.querySelectorAll('[data-note-id]').length >= count
  ? performance.now() : false"""


async def h_browser(run: Run) -> None:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        run.remarks.append("H: there is no Chromium here.")
        return
    if len(CORES) > 1:
        os.sched_setaffinity(0, set(CORES))  # the browser may use what is left of both
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=path, args=["--disable-quic", "--disable-gpu"]
            )
            try:
                await _large(run, browser)
                await _moving(run, browser)
            finally:
                await browser.close()
    finally:
        pin(OWN_CORE)


async def _as(browser: Browser, seat: Seat) -> BrowserContext:
    """A browser that sits on a seat already."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="nl-NL")
    for cookie in seat.cookie.split("; "):
        name, _, value = cookie.partition("=")
        await context.add_cookies(
            [{"name": name, "value": value, "url": f"http://127.0.0.1:{seat.port}"}]
        )
    return context


async def _board(hall: Hall, context: BrowserContext, notes: int) -> tuple[Page, float]:
    """Open the board; milliseconds from the start of the visit until every note is drawn."""
    page = await context.new_page()
    await page.goto(f"http://127.0.0.1:{hall.port}/s/{hall.founded[0].sprint}/bord")
    shown = await page.wait_for_function(_SHOWN, arg=notes, polling="raf", timeout=20_000)
    return page, float(await shown.json_value())


async def _spent(session: CDPSession) -> dict[str, float]:
    """Seconds the page has spent so far, by sort."""
    told = await session.send("Performance.getMetrics")
    return {one["name"]: one["value"] for one in told["metrics"]}


async def _slow(page: Page) -> CDPSession:
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return session


async def _large(run: Run, browser: Browser) -> None:
    """A board of 1,000 notes: opening it, and thirty commands a second."""
    hall = Hall(run.place / "h-large")
    run.say("H: a board of 1,000 notes in Chromium")
    hall.found(1, 1000)
    try:
        await hall.start()
        seats = await hall.seats(9)
        opened = []
        for _ in range(4):
            context = await _as(browser, seats[0])
            page, ms = await _board(hall, context, 1000)
            opened.append(ms)
            await context.close()
        run.add(figure("H", "1,000 notes shown, full speed", "ms", opened[1:], goal=500))
        context = await _as(browser, seats[0])
        page, _ = await _board(hall, context, 1000)
        session = await _slow(page)
        await asyncio.sleep(1)
        still, _ = await _frames(page, session, asyncio.sleep(2))
        devices = [Device(seat) for seat in seats[1:]]
        await open_all(devices)
        script = Script(World.of(devices[0].snapshot))
        gaps, spent = await _frames(page, session, play(_thirty(devices, script), WATCH_SECONDS))
        close_all(devices)
        await context.close()
    finally:
        hall.stop()
    run.add(figure("H", "frame, p50, 1,000 notes and 30 commands/s", "ms", [gaps[0]]))
    run.add(
        figure(
            *("H", "frame, p95, 1,000 notes and 30 commands/s", "ms"),
            [gaps[1]],
            goal=FRAME_MS,
            remark=f"at rest {still[1]:.3g}; the slowest {gaps[2]:.3g}",
        )
    )
    each = {name: seconds * 1e3 / (30 * WATCH_SECONDS) for name, seconds in spent.items()}
    drawing = each["LayoutDuration"] + each["RecalcStyleDuration"]
    run.add(
        figure(
            *("H", "work per command at 1,000 notes", "ms"),
            [each["TaskDuration"]],
            remark=f"script {each['ScriptDuration']:.2g}, style and layout {drawing:.2g}",
        )
    )


async def _frames(
    page: Page, session: CDPSession, doing: Awaitable[object]
) -> tuple[tuple[float, float, float], dict[str, float]]:
    """p50, p95 and the longest of the times between frames while something goes on, and what it cost."""
    await page.evaluate(_WATCH_FRAMES)
    before = await _spent(session)
    await doing
    after = await _spent(session)
    gaps = sorted(await page.evaluate("() => window.__frames()"))
    spent = {name: after[name] - before[name] for name in after}
    return (statistics.median(gaps), quantile(gaps, 0.95), gaps[-1]), spent


def _thirty(devices: list[Device], script: Script) -> list[Beat]:
    every = len(devices) / 30

    def beat(number: int, device: Device) -> Beat:
        def act() -> None:
            device.do(script.something(head_of(device)))

        return Beat(every * number / len(devices), every, act)

    return [beat(number, device) for number, device in enumerate(devices)]


async def _moving(run: Run, browser: Browser) -> None:
    """One note among 500 in somebody's hand."""
    hall = Hall(run.place / "h-move")
    run.say("H: one note in the hand, 500 on the board")
    hall.found(1, 500)
    try:
        await hall.start()
        context = await _as(browser, (await hall.seats(1))[0])
        page, _ = await _board(hall, context, 500)
        session = await context.new_cdp_session(page)
        await session.send("Performance.enable")
        await asyncio.sleep(1)
        box = await page.locator("[data-note-id]").first.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        costs = []
        for _ in range(3):
            await page.mouse.move(x, y)
            await page.mouse.down()
            await page.mouse.move(x + 20, y + 10, steps=4)
            await page.evaluate(_WATCH_FRAMES)
            before = await _spent(session)
            began = perf_counter()
            for step in range(DRAG_FRAMES):
                await page.mouse.move(x + 20 + step % 60 * 3, y + 10 + step % 40 * 2)
            after = await _spent(session)
            gaps = await page.evaluate("() => window.__frames()")
            frames = max(len(gaps), 1)
            costs.append((after["ScriptDuration"] - before["ScriptDuration"]) * 1e3 / frames)
            run.say(f"H: {frames} frames in {perf_counter() - began:.1f} s")
            await page.keyboard.press("Escape")
            await page.mouse.up()
        await context.close()
    finally:
        hall.stop()
    run.add(figure("H", "moving one note among 500: script per frame", "ms", costs, goal=0.3))
