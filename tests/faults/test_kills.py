"""The only process of a hall is killed, again and again, while people write (F1 and F2 on SQLite)."""

from __future__ import annotations

import asyncio
import random
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from .crowd import Crowd, sound

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server import Server

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]

KILLS = 20
PEOPLE = 8


async def test_a_hall_survives_its_server(
    server: Server, endure: int | None, report: Callable[[str, str, str], None]
) -> None:
    """At any moment. What was answered is there, once; everybody comes back by themselves."""
    kills = endure or KILLS
    dice = random.Random(2)
    crowd = Crowd(server)
    tablets = await crowd.come(PEOPLE)

    async def write() -> None:
        while True:
            for tablet in tablets:
                if len(tablet.outbox) < 20:
                    tablet.write() if dice.random() < 0.4 else tablet.move()
                await asyncio.sleep(0.02)

    writing = asyncio.create_task(write())
    answering: list[float] = []
    for kill in range(kills):
        await asyncio.sleep(dice.uniform(0.1, 0.6))  # the moment of the kill, not a wait
        crowd.history.fault("kill -9", on=True)
        killed = perf_counter()
        server.kill()
        assert await asyncio.to_thread(sound, server)
        await asyncio.to_thread(server.restart)
        crowd.history.fault("kill -9", on=False)
        async with asyncio.timeout(20):
            while max(at for t in tablets for at in t.answered_at.values()) < killed:
                await asyncio.sleep(0.01)
        answering.append(perf_counter() - killed)
        if endure and kill % 20 == 19:
            print(
                f"\n  F2: {kill + 1} kills, {sum(len(t.answers) for t in tablets)} answers",
                flush=True,
            )
    writing.cancel()
    began = perf_counter()
    await crowd.at_rest(20)
    assert crowd.judge() == []
    await crowd.go_home()
    answers = sum(len(tablet.answers) for tablet in tablets)
    assert answers > 10 * kills
    report("F2", f"{kills} kills of the only process, {answers} answers; lost or double", "0")
    answering.sort()
    report(
        "F2",
        "killed, until the first new answer",
        f"{answering[len(answering) // 2]:.1f} s, at the most {answering[-1]:.1f} s",
    )
    report("F2", "after the last start, until all are the same", f"{perf_counter() - began:.1f} s")
