"""The laws of the dots where it counts: two rooms on one log in SQLite, tabs that send at the same
time, commands that are sent again under their own name, and at the end the rows that are kept."""

import asyncio
import json
import secrets
import sqlite3
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings

from opgavebord.protocol import Ack
from opgavebord.relay.local import LocalRelay
from opgavebord.sprint.commands import (
    AnyCommand,
    CloseRound,
    CountPaper,
    FoundSprint,
    GiveDots,
    GoToStep,
    HandOn,
    MakeGroup,
    OpenRound,
    SitDown,
    TakeStand,
    Undo,
)
from opgavebord.sprint.sprint import Seat
from opgavebord.storage.sqlite import FILE, SqliteDatabase
from opgavebord.storage.sqlite_log import SqliteLog
from opgavebord.sync.rate import Pace
from opgavebord.sync.rooms import Rooms
from tests.sprint.drawing import chances
from tests.sprint.harvest import DESK, FIEN, OLGA, RECORDS, SITTING
from tests.sprint.village import Chance

BUDGET, MOST = 3, 2
GROUPS = ("group-1", "group-2", "group-3")


def rooms(database: SqliteDatabase, relay: LocalRelay) -> Rooms:
    """One that decides by itself, and finds out at the log that another was faster."""
    return Rooms(
        SqliteLog(database),
        relay,
        clock=time.monotonic,
        wall=lambda: 1_700_000_000_000,
        entropy=lambda: secrets.token_bytes(32),
        build="b",
        fatal=lambda lost: pytest.fail(str(lost)),
        pace=Pace(10_000, 10_000, 10**9),
    )


async def an_hour_of_voting(folder: Path, chance: Chance, per: str) -> dict[str, set[str]]:
    """Returns the verdicts that each name got: always the same one."""
    relay = LocalRelay()
    database = SqliteDatabase(folder)
    await database.open()
    servers = [rooms(database, relay), rooms(database, relay)]
    verdicts: dict[str, set[str]] = {}
    numbers: Counter[str] = Counter()

    async def ask(seat: Seat, command: AnyCommand, name: str) -> None:
        verdict = await servers[chance.number(2)].submit("sprint", seat, command, name)
        assert isinstance(verdict, Ack)
        verdicts.setdefault(name, set()).add(f"{verdict.seq} {verdict.refusal}")

    def named(seat: Seat, tab: int = 0) -> str:
        device = f"tab{tab}-{seat.id}"
        numbers[device] += 1
        return f"{device}.{numbers[device]}"

    await servers[0].submit("sprint", DESK, FoundSprint(RECORDS))
    for seat, table in SITTING.items():
        await ask(seat, SitDown(table), named(seat))
    for group in GROUPS:
        await ask(OLGA, MakeGroup(group, group), named(OLGA))
    await ask(FIEN, GoToStep("step-2"), named(FIEN))
    opened = OpenRound("round-1", "Kies", "tafel" if per == "tafel" else "persoon", BUDGET, MOST)
    await ask(FIEN, opened, named(FIEN))
    asked: list[tuple[Seat, AnyCommand, str]] = []
    for _ in range(4):
        wave: list[tuple[Seat, AnyCommand, str]] = []
        for _ in range(8):
            seat, tab = chance.of(list(SITTING)), chance.number(2)
            command: AnyCommand = GiveDots("round-1", chance.of(GROUPS), chance.number(4))
            if chance.once_in(6):
                command = chance.of((HandOn(), TakeStand("doorgeven"), SitDown("table-1")))
            elif chance.once_in(6) and asked:
                command = Undo(chance.of([name for by, _, name in asked if by == seat] or ["no.1"]))
            elif chance.once_in(8):
                seat, command = OLGA, CountPaper("round-1", "table-3", 1, {"group-1": 1})
            wave.append((seat, command, named(seat, tab)))
        again = [chance.of(asked) for _ in range(3) if asked]
        asked += wave
        twice = wave + [one for one in wave if chance.once_in(3)] + again
        await asyncio.gather(*(ask(*one) for one in twice))
    closing = CloseRound("round-1")
    late = [(seat, GiveDots("round-1", "group-1", 1), named(seat)) for seat in SITTING]
    await asyncio.gather(ask(FIEN, closing, named(FIEN)), *(ask(*one) for one in late))
    for server in servers:
        await server.drain()
    await database.close()
    return verdicts


@pytest.mark.parametrize("per", ["persoon", "tafel"])
@settings(max_examples=6, deadline=None, derandomize=True, database=None)
@given(chance=chances())
def test_on_disk_no_ballot_is_over_its_budget_and_the_result_is_their_sum(per: str, chance: Chance):
    with tempfile.TemporaryDirectory() as folder:
        verdicts = asyncio.run(an_hour_of_voting(Path(folder), chance, per))
        assert all(len(answers) == 1 for answers in verdicts.values())
        file = Path(folder) / FILE
        with sqlite3.connect(file) as kept:
            kept.row_factory = sqlite3.Row
            ballots = kept.execute("SELECT * FROM ballot").fetchall()
            (round,) = kept.execute("SELECT * FROM round").fetchall()
        kept.close()
    total: Counter[str] = Counter()
    for ballot in ballots:
        dots = json.loads(ballot["dots"])
        assert all(0 < many <= MOST * ballot["voters"] for many in dots.values())
        assert sum(dots.values()) <= BUDGET * ballot["voters"]
        total.update(dots)
    voters = Counter(
        (one["paper"], one["table"])
        if one["paper"] or one["shared"]
        else (one["seat"], one["turn"])
        for one in ballots
    )
    assert all(many == 1 for many in voters.values())
    assert not round["open"]
    told = {one["item"]: one["dots"] for one in json.loads(round["result"])}
    assert told == {group: total[group] for group in GROUPS}
