"""A rehearsal on a running server: robots come in by the real door, and nothing of it stays."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path

import pytest

from opgavebord import founding
from opgavebord.people.doors import Doors
from opgavebord.rehearsal.player import Way
from opgavebord.rehearsal.rehearsals import Rehearsals, TooMany
from opgavebord.sprint import limits
from opgavebord.sprint.commands import GoToStep, MakeGroup, OpenRound, Reveal
from opgavebord.sprint.sprint import Seat, Sprint, Step
from tests.web.house import House, a_house

FIEN = Seat("seat-fien", "begeleider")
PATIENCE_SECONDS = 20.0


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


@pytest.fixture
async def rehearsals(house: House) -> AsyncIterator[Rehearsals]:
    board = house.board
    made = Rehearsals(
        board.rooms,
        Doors(board.database),
        board.database,
        way=Way(house.url.replace("http", "ws", 1), house.url),
        secure=False,
        wall=lambda: time.time_ns() // 1_000_000,
        pace=(0.02, 0.08),
    )
    yield made
    await made.close()


async def seen(house: House, id: str, ready: Callable[[Sprint], bool]) -> Sprint:
    """The rehearsal, as soon as it looks like this."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not ready(sprint := await house.board.rooms.look(id)):
            await asyncio.sleep(0.05)
        return sprint


def step_with(sprint: Sprint, right: str, visible: str) -> Step:
    steps: dict[str, Step] = sprint.records["step"]
    return next(s for s in steps.values() if right in s.may and s.visible == visible)


async def test_thirty_robots_write_and_vote_and_are_wiped(
    house: House, rehearsals: Rehearsals
) -> None:
    rooms = house.board.rooms
    before = await rooms.look(house.sprint)
    id = await rehearsals.start(house.sprint)
    assert id is not None
    assert id != house.sprint
    assert rooms.open_rooms[id] <= limits.REHEARSAL_ROBOTS

    writing = step_with(before, "schrijven", "alleen_ik")
    await rooms.submit(id, FIEN, GoToStep(writing.id))
    sprint = await seen(house, id, lambda s: len(s.notes) >= limits.REHEARSAL_ROBOTS)
    assert rooms.open_rooms[id] == limits.REHEARSAL_ROBOTS
    assert all(note.hidden for note in sprint.notes.values() if note.origin == "")
    assert len({note.author for note in sprint.notes.values()}) > 1

    await rooms.submit(id, FIEN, Reveal(to="zaal"))
    voting = step_with(before, "stemmen", "alleen_ik")
    sprint = await rooms.look(id)
    notes = tuple(note.id for note in sprint.notes.values() if not note.hidden)[:9]
    await rooms.submit(id, FIEN, MakeGroup("group-1", "Elkaar zien", notes))
    await rooms.submit(id, FIEN, GoToStep(voting.id))
    await rooms.submit(id, FIEN, OpenRound("round-1", "Kies", most=3))
    sprint = await seen(
        house, id, lambda s: s.records["round"]["round-1"].voters == limits.REHEARSAL_ROBOTS
    )

    assert await rehearsals.stop(id)
    assert id not in await house.board.log.sprints()
    assert await rooms.look(house.sprint) == before  # the evening itself never noticed


async def test_one_evening_has_one_rehearsal_and_a_server_not_many(
    house: House, rehearsals: Rehearsals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REHEARSAL_ROBOTS", 2)
    first = await rehearsals.start(house.sprint)
    assert await rehearsals.start(house.sprint) == first
    assert first is not None
    assert await rehearsals.start(first) is None  # nobody rehearses a rehearsal

    monkeypatch.setattr(limits, "REHEARSALS", 1)
    other = await founding.found_demo(house.board.log)
    with pytest.raises(TooMany):
        await rehearsals.start(other)


async def test_its_time_is_over_and_it_is_gone(
    house: House, rehearsals: Rehearsals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REHEARSAL_ROBOTS", 1)
    monkeypatch.setattr(limits, "REHEARSAL_SECONDS", 0.3)
    id = await rehearsals.start(house.sprint)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while id in await house.board.log.sprints():
            await asyncio.sleep(0.05)
    assert await rehearsals.of(house.sprint) is None


async def test_what_a_server_that_went_down_left_is_wiped(
    house: House, rehearsals: Rehearsals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REHEARSAL_ROBOTS", 1)
    id = await rehearsals.start(house.sprint)
    await rehearsals.close()
    assert id in await house.board.log.sprints()
    assert await rehearsals.wipe_leftovers() == 1
    assert await house.board.log.sprints() == [house.sprint]


async def test_only_who_directs_may_begin_and_end_one(house: House) -> None:
    path = f"/api/s/{house.sprint}/rehearsal"
    async with (
        aclosing(await house.tablet()) as tablet,
        aclosing(await house.entered("regie")) as regie,
        aclosing(house.browser()) as stranger,
    ):
        assert (await tablet.post(path)).status_code == 403
        assert (await stranger.post(path)).status_code == 404
        begun = await regie.post(path)
        assert begun.status_code == 200, begun.text
        links = begun.json()
        assert links["sprint"] != house.sprint

        secret = links["regie_url"].partition("#")[2]
        entered = await stranger.post("/api/enter", json={"secret": secret})
        assert entered.json()["role"] == "begeleider"
        there = f"/api/s/{links['sprint']}/rehearsal"
        assert (await tablet.delete(there)).status_code in (403, 404)
        assert (await stranger.delete(there)).json() == {"wiped": True}
        assert links["sprint"] not in await house.board.log.sprints()
        assert (await regie.delete(path)).status_code == 404
