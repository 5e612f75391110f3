"""Real sockets, a real server: a hall that is treated badly and a history without findings."""

import asyncio
import secrets
from pathlib import Path

import pytest

from opgavebord.sprint.commands import CreateNote, SitDown
from opgavebord.sprint.sprint import Seat
from tests.history.checker import Evidence, Limits, State, check
from tests.history.driver import Client, History, evidence, join, judge, log_of, quieted
from tests.history.mutants import MUTANTS
from tests.server import ROOT, Server

pytestmark = pytest.mark.faults

GENEROUS = Limits(most={"rss": 350e6, "fds": 200})


async def test_what_a_hall_did_and_saw_is_what_is_kept(server: Server) -> None:
    """They write, one goes away and comes back, one says wrong things and things twice, and the
    server is killed under them."""
    history = History()
    code = server.links["join_code"]
    hall = [Client(await join(server.port, code), history) for _ in range(3)]
    anna, bert, carla = hall
    for client in hall:
        await client.stay()
    before = anna.head or 0
    zone = next(iter(anna.eyes.board.records["zone"]))

    def write(client: Client, text: str) -> str:
        return client.say(CreateNote(secrets.token_urlsafe(16), zone, text))

    first = write(anna, "eerst")
    await anna.answered(first)
    anna.resend(first)
    nonsense = bert.do(b'{"do":"fly.away"}')
    await bert.answered(nonsense)
    assert bert.answers[nonsense][1] == "bad_command"
    carla.say_as(first, b'{"do":"help.ask","on":true}')  # under a name that is Anna's
    await bert.offline()
    waiting = [write(bert, f"zonder netwerk {number}") for number in range(3)]
    history.fault("kill", on=True)
    async with history.sampling({"server": server.pid}, every=0.05):
        on_the_way = [write(client, "net voor de klap") for client in (anna, carla)]
        server.kill()
        await asyncio.to_thread(server.restart)
        bert.online()
        history.fault("kill", on=False)
        await anna.answered(on_the_way[0])
        await bert.answered(*waiting)
        write(carla, "daarna")
        carla.say(SitDown(None))
        await quieted(hall)
        newcomer = Client(await join(server.port, code), history)
        await newcomer.stay()
    for client in hall:
        assert client.quiet
        await client.stop()
    await newcomer.stop()
    server.stop()
    async with log_of(server.data_dir) as log:
        sprint = anna.seat.sprint
        assert (
            await judge(history, [*hall, newcomer], log, sprint, before=before, limits=GENEROUS)
            == []
        )
        seen = await evidence(history, hall, log, sprint, before)
    _is_not_blind(seen, anna)


def _is_not_blind(seen: Evidence, anna: Client) -> None:
    """The same history without the last entry of the log, or with one note more, is found."""
    torn = Evidence(seen.happenings, seen.log[:-1], seen.states, before=seen.before)
    assert {"C1", "C7", "C8"} <= {finding.rule for finding in check(torn)}
    other = anna.eyes.board.copy()
    other.records["note"].clear()
    shown = [State("a screen", other, Seat("x", "deelnemer"))]
    assert {f.rule for f in check(Evidence(seen.happenings, seen.log, shown, before=seen.before))}


IN_REAL_PROCESSES = ("rejection-is-not-stored", "dedupe-without-owner", "hidden-text-in-backfill")


@pytest.mark.parametrize("name", IN_REAL_PROCESSES)
async def test_a_mistake_in_the_real_command_line_is_found(tmp_path: Path, name: str) -> None:
    """The same mistakes as in `test_mutants.py`, put into `opgavebord serve` by a program of ours."""
    server = Server(tmp_path / "server", PYTHONPATH=f"{ROOT / 'backend'}:{ROOT}")
    server.program[2:3] = ["tests.history.mutants", name]
    server.start()
    history = History()
    try:
        code = server.links["join_code"]
        anna, bert = [Client(await join(server.port, code), history) for _ in range(2)]
        await anna.stay()
        before = anna.head or 0
        zone = next(iter(anna.eyes.board.records["zone"]))
        written = anna.say(CreateNote(secrets.token_urlsafe(16), zone, "alleen van mij"))
        refused = anna.say(CreateNote(secrets.token_urlsafe(16), "nergens", "kan niet"))
        await anna.answered(written, refused)
        await bert.stay()
        bert.say_as(written, b'{"do":"help.ask","on":true}')
        await bert.answered(bert.say(SitDown(None)))
        for client in (anna, bert):
            await client.stop()
    finally:
        server.kill()
    async with log_of(server.data_dir) as log:
        found = await judge(history, [anna, bert], log, anna.seat.sprint, before=before)
    assert {finding.rule for finding in found} & MUTANTS[name].rules
