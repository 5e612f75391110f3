"""Who lost the race for a number reads with the row in its hands, so that the next number is its own."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from opgavebord.sprint.change import Put
from opgavebord.sprint.entry import Entry
from opgavebord.storage import postgres_log
from opgavebord.storage.log import Log
from opgavebord.sync.effects import Append
from tests.storage.databases import a_home
from tests.storage.evening import Writer, note


def one(head: int, device: str, number: int = 1) -> Append:
    put = note(f"{device}{number:02}")
    entry = Entry(head + 1, 1, device, number, "stoel", "deelnemer", None, (Put(put),))
    return Append(head, (entry,), (put,))


@pytest.fixture
async def logs(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Log, Log]]:
    """Of two processes, on one sprint that holds its founding."""
    server = lambda: request.getfixturevalue("postgres")  # noqa: E731
    async with (
        a_home("postgres", tmp_path, server) as home,
        home.open() as (_, fast),
        home.open() as (_, slow),
    ):
        writer = Writer()
        await fast.create("avond")
        await fast.append("avond", writer.append(writer.founding()))
        yield fast, slow


async def test_who_lost_comes_before_who_won(logs: tuple[Log, Log]) -> None:
    fast, slow = logs
    assert await fast.append("avond", one(1, "snel", 1))
    assert not await slow.append("avond", one(1, "traag", 1))
    assert len(await slow.since("avond", 1)) == 1
    next_of_fast = asyncio.create_task(fast.append("avond", one(2, "snel", 2)))
    assert await slow.append("avond", one(2, "traag", 1))
    assert not await next_of_fast  # it waited, and finds that the other was first now
    assert [entry.device for entry in await fast.since("avond", 1)] == ["snel", "traag"]
    assert await fast.append("avond", one(3, "snel", 2))


async def test_who_reads_and_has_nothing_to_say_holds_nobody_up(
    logs: tuple[Log, Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    fast, slow = logs
    assert await fast.append("avond", one(1, "snel", 1))
    assert not await slow.append("avond", one(1, "traag", 1))
    await slow.since("avond", 1)
    assert await fast.append("avond", one(2, "snel", 2))  # after a moment
    assert not await slow.append("avond", one(2, "traag", 1))
    monkeypatch.setattr(postgres_log, "HOLD_SECONDS", 60.0)
    await slow.since("avond", 2)
    assert await slow.append("avond", one(3, "traag", 1))


async def test_reading_in_pages_after_a_loss_goes_on_like_any_reading(
    logs: tuple[Log, Log],
) -> None:
    fast, slow = logs
    for head in range(1, 6):
        assert await fast.append("avond", one(head, "snel", head))
    assert not await slow.append("avond", one(1, "traag", 1))
    read = await slow.since("avond", 1, 2)
    assert [entry.seq for entry in read] == [2, 3]
    assert not await slow.append("avond", one(3, "traag", 1))  # there is more to read first
    assert [entry.seq for entry in await slow.since("avond", 3, 9)] == [4, 5, 6]
    assert await slow.append("avond", one(6, "traag", 1))


async def test_a_sprint_that_is_wiped_meanwhile_is_gone_for_who_lost(logs: tuple[Log, Log]) -> None:
    fast, slow = logs
    assert await fast.append("avond", one(1, "snel", 1))
    assert not await slow.append("avond", one(1, "traag", 1))
    await fast.forget("avond")
    assert await slow.since("avond", 1) == []
    assert not await slow.append("avond", one(1, "traag", 1))
    assert await slow.head("avond") is None
