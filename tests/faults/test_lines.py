"""Lines that break, freeze, crawl or are never read, and what the others notice of it (F14 to F17, F20, F24).

The tablets here are the page's law without the page (`crowd.py`); the page itself, in a real browser, is
in `tests/browser/test_network.py`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import statistics
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from opgavebord.sprint.commands import FreezeEvening, GoToStep
from opgavebord.sprint.sprint import Step
from tests.history.checker import Limits

from .crowd import Crowd, Tablet
from .proxy import FaultProxy

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server import Server

    Report = Callable[[str, str, str], None]

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]


async def until(so: Callable[[], bool], within: float) -> float:
    began = perf_counter()
    async with asyncio.timeout(within):
        while not so():
            await asyncio.sleep(0.01)
    return perf_counter() - began


def online(director: Tablet) -> set[str]:
    """The seats that are there, as who directs sees it."""
    return {device.seat for device in director.devices if device.online}


# --- F14, and of F20 who never reads ---------------------------------------------------------


async def test_who_is_gone_without_a_word_is_noticed_on_both_sides(
    server: Server, proxy: FaultProxy, report: Report
) -> None:
    """A line that is half open: nothing comes through, no FIN, no RST. And one that never reads."""
    crowd = Crowd(server)
    director = await crowd.direct()
    (anna,) = await crowd.come(port=proxy.port)
    (deaf,) = await crowd.come()
    seats = {anna.me.id, deaf.me.id}
    await director.until(lambda: seats <= online(director))
    crowd.history.fault("half open", on=True)
    proxy.stall()
    stop_reading(deaf)
    name = anna.write("in de stilte")
    noticing, leaving, parting = await asyncio.gather(
        until(lambda: bool(anna.gave_up), 40),
        until(lambda: anna.me.id not in online(director), 40),
        until(lambda: deaf.me.id not in online(director), 40),
    )
    proxy.cut()
    proxy.serve()
    crowd.history.fault("half open", on=False)
    crowd.tablets.remove(deaf)
    await deaf.leave()
    await anna.answered(name)
    await director.until(lambda: anna.me.id in online(director))
    assert noticing < 20
    assert leaving < 30
    assert parting < 30
    await crowd.at_rest()
    assert crowd.judge() == []
    await crowd.go_home()
    report("F14", "half open: noticed by the tablet", f"{noticing:.1f} s")
    report("F14", "half open: gone for who directs", f"{leaving:.1f} s")
    report("F20", "who never reads: gone for who directs", f"{parting:.1f} s")


def stop_reading(tablet: Tablet) -> None:
    assert tablet.wire is not None
    assert tablet.wire.transport is not None
    line: socket.socket = tablet.wire.transport.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    tablet.wire.transport.pause_reading()


# --- F15, F16 -------------------------------------------------------------------------------


async def test_what_was_written_offline_is_kept_in_order_soon_after(
    server: Server, endure: int | None, report: Report
) -> None:
    crowd = Crowd(server)
    bert, *away = await crowd.come(31 if endure else 4)
    taking: list[float] = []
    for anna in away:
        crowd.history.fault("offline", on=True)
        await anna.offline()
        names = [anna.write(f"zonder netwerk {number}") for number in range(10)]
        await bert.answered(bert.move())
        if endure:
            await asyncio.sleep(30 / len(away))
        crowd.history.fault("offline", on=False)
        back = perf_counter()
        anna.online()
        await anna.answered(*names)
        taking.append(perf_counter() - back)
        numbers = [anna.answers[name][0] for name in names]
        assert numbers == sorted(numbers)
    await crowd.at_rest()
    assert crowd.judge() == []
    await crowd.go_home()
    assert statistics.median(taking) < 3
    report("F15", "10 commands of a tablet that was away: kept within", f"{max(taking):.1f} s")


async def test_long_offline_while_the_step_changed_and_the_hall_was_frozen(
    server: Server, endure: int | None, report: Report
) -> None:
    """Each command is decided once, by what holds when it arrives; what is refused says so."""
    crowd = Crowd(server)
    director = await crowd.direct()
    anna, _ = await crowd.come(2)
    await anna.offline()
    count = 200 if endure else 40
    names = [anna.write(f"lang weg {number}") for number in range(count)]
    steps = [r for r in director.eyes.board.records["step"].values() if isinstance(r, Step)]
    evening = director.eyes.board.evening
    assert evening is not None
    now = next(step for step in steps if step.id == evening.step)
    after = next(s for s in steps if s.board == now.board and s != now and "schrijven" in s.may)
    await director.answered(director.say(GoToStep(after.id)))
    await director.answered(director.say(FreezeEvening(True)))
    back = perf_counter()
    anna.online()
    await anna.until(lambda: len(anna.answers) >= 20, 30)
    assert {anna.answers[name][1] for name in names[:20]} == {"frozen"}
    await director.answered(director.say(FreezeEvening(False)))
    await anna.answered(*names, patience=90)
    taking = perf_counter() - back
    refused = [name for name in names if anna.answers[name][1] is not None]
    assert 20 <= len(refused) < count
    assert all(b"lang weg" in anna.commands[name] for name in refused), "its words are still there"
    await crowd.at_rest()
    assert crowd.judge(Limits(answers_within=90)) == []  # a seat says five a second
    await crowd.go_home()
    report(
        "F16", f"{count} commands, step and lock changed meanwhile: all decided", f"{taking:.0f} s"
    )


# --- F20 ----------------------------------------------------------------------------------


async def answering(tablets: list[Tablet], rounds: int = 12) -> float:
    """The 95th of a hundred: how long an answer takes, in seconds."""
    taken: list[float] = []
    for _ in range(rounds):
        asked = [(tablet, tablet.move(), perf_counter()) for tablet in tablets]
        for tablet, name, _ in asked:
            await tablet.answered(name)
        taken += [tablet.answered_at[name] - began for tablet, name, began in asked]
        await asyncio.sleep(0.25)  # within what a seat may say
    return statistics.quantiles(taken, n=20)[-1]


async def test_a_slow_tablet_and_one_that_never_reads_cost_the_others_nothing(
    server: Server, report: Report
) -> None:
    crowd = Crowd(server)
    tablets = await crowd.come(8)
    before = await answering(tablets)
    async with FaultProxy.before(server.port) as crawling:
        crawling.delay(0.8)
        crawling.narrow(50_000 / 8)
        slow, deaf = (await crowd.come(port=crawling.port))[0], (await crowd.come())[0]
        stop_reading(deaf)
        during = await answering(tablets)
        mark = slow.move()
        await slow.answered(mark)
        assert not slow.gave_up
        crowd.tablets.remove(deaf)
        await deaf.leave()
        await crowd.at_rest()
        assert crowd.judge() == []
        await crowd.go_home()
    assert during < 1
    ratio = f"{during / before:.2f} × ({before * 1e3:.0f} and {during * 1e3:.0f} ms)"
    report("F20", "answers to the others beside a slow and a deaf one, 95 %", ratio)


# --- F24 ----------------------------------------------------------------------------------


async def test_the_laptop_sleeps_and_wakes(
    server: Server, endure: int | None, report: Report
) -> None:
    """In the long run for longer than anybody waits for a sign of life. Awake, it goes on where it was."""
    crowd = Crowd(server)
    tablets = await crowd.come(4)
    seconds = 120 if endure else 4
    for tablet in tablets:
        tablet.write("voor het slapen")
    crowd.history.fault("asleep", on=True)
    os.kill(server.pid, signal.SIGSTOP)
    asleep = perf_counter()
    names = [tablet.write("tijdens het slapen") for tablet in tablets]
    if endure:
        await until(lambda: all(tablet.gave_up for tablet in tablets), seconds)
    await asyncio.sleep(max(0.0, asleep + seconds - perf_counter()))
    os.kill(server.pid, signal.SIGCONT)
    crowd.history.fault("asleep", on=False)
    woke = perf_counter()
    await asyncio.gather(*(t.answered(n, patience=20) for t, n in zip(tablets, names, strict=True)))
    waking = perf_counter() - woke
    newcomer = (await crowd.come())[0]
    newcomer.ping()
    await newcomer.until(lambda: newcomer.clock is not None)
    assert newcomer.clock is not None
    heard, said = newcomer.clock
    assert abs(heard - said / 1000) < 1, "the clock of the server is the true one"
    await crowd.at_rest()
    assert crowd.judge() == []
    await crowd.go_home()
    assert waking < 15
    report("F24", f"asleep for {seconds} s: awake, until all is kept", f"{waking:.1f} s")
