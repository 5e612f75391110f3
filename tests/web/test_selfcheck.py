"""The memory of an open sprint is held to its log, and what differs rings a bell."""

import asyncio
import logging
import sqlite3
from pathlib import Path

import pytest

from opgavebord.selfcheck import compare, is_its_log
from opgavebord.storage.sqlite import FILE
from opgavebord.watch import Watch
from tests.web.house import a_house


async def test_memory_that_drifts_from_its_log_is_noticed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_house(tmp_path) as house:
        rooms, log = house.board.rooms, house.board.log
        memory = (await rooms.look(house.sprint), rooms._halls[house.sprint].room.sprint)[1]
        assert memory.head > 60
        assert await is_its_log(rooms, log, house.sprint)

        watch = Watch()
        looking = asyncio.create_task(compare(rooms, log, watch, every=0.01))
        while watch.counts["selfchecks", ""] < 2:
            await asyncio.sleep(0.01)
        assert watch.gauges["checker_selfcheck_ok"] == 1

        lost = memory.records["note"].popitem()[1]
        with caplog.at_level(logging.ERROR, "opgavebord"):
            while watch.gauges["checker_selfcheck_ok"]:
                await asyncio.sleep(0.01)
        assert "in memory is not what its log says" in caplog.text
        memory.records["note"][lost.id] = lost
        again = watch.counts["selfchecks", ""] + 2
        while watch.counts["selfchecks", ""] < again:
            await asyncio.sleep(0.01)
        assert watch.gauges["checker_selfcheck_ok"] == 0  # until a person has looked
        looking.cancel()


async def test_an_entry_that_was_set_apart_is_no_difference(tmp_path: Path) -> None:
    async with a_house(tmp_path):
        pass
    driver = sqlite3.connect(tmp_path / FILE)
    with driver:
        (seq,) = driver.execute("SELECT max(seq) FROM event WHERE command LIKE '%note%'").fetchone()
        driver.execute("UPDATE event SET change = substr(change, 2) WHERE seq = ?", (seq,))
    driver.close()
    async with a_house(tmp_path) as house:
        assert await is_its_log(house.board.rooms, house.board.log, house.sprint)
        assert house.board.rooms._halls[house.sprint].room.quarantine
