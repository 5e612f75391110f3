"""Redis breaks, stands still, forgets, cuts off and lies (F9, F10, T38, T40): nothing fails, everything still
arrives within the next look in the log, and when it is back so is all that it brings."""

import asyncio
import json
import random
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from time import perf_counter
from typing import Any

import pytest
import pytest_asyncio

from opgavebord import protocol
from opgavebord.relay.redis import PREFIX
from tests.faults.crowd import Tablet
from tests.faults.town import Town, hundredths, until
from tests.history.driver import quieted
from tests.load.wire import ask
from tests.services import Redis, own_postgres, own_redis

pytestmark = [
    pytest.mark.faults,
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="module"),
]

AT_MOST = 2.5  # seconds from one process to the other, without a relay
REPAIR = 3.0
PRESENCE_BACK = 10.0
BY_RELAY, WITHOUT = 1.0, 10.0  # seconds until a seat that was taken away is out
HOSTILE = 12_000


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    with own_redis() as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory, redis: Redis) -> AsyncIterator[Town]:
    """Two processes and twenty people who write all the time, whatever is broken."""
    with own_postgres() as postgres:
        town = Town(tmp_path_factory.mktemp("town"), postgres, redis, servers=2)
        try:
            await asyncio.to_thread(town.start)
            people = await town.come(20)
            await all_here(people)
            town.begin_writing()
            yield town
            await town.go_home()
        finally:
            await asyncio.to_thread(town.stop)


async def all_here(people: list[Tablet], seconds: float = 20.0) -> float:
    here = len([one for one in people if one.me.role == "deelnemer"])
    return await until(
        lambda: all(one.people == here for one in people), seconds, "everybody sees everybody"
    )


async def delays(town: Town, times: int) -> list[float]:
    """How long it takes from one process to the other and back. Nobody else writes: who writes reads."""
    await town.stop_writing()
    await quieted(town.people)
    one, other = town.people[0], town.people[1]
    assert one.seat.port != other.seat.port
    ways = [(one, other), (other, one)]
    took = [await town.delay(*ways[n % 2]) for n in range(times)]
    town.begin_writing()
    return took


async def nothing_failed(town: Town) -> None:
    comebacks = [one.comebacks for one in town.people]
    assert await town.findings() == []
    assert comebacks == [1] * len(comebacks), "nobody lost the line"
    town.begin_writing()


async def test_redis_is_killed_and_stays_away_and_comes_back(
    town: Town, redis: Redis, endure: int | None
) -> None:
    town.history.fault("redis", on=True)
    redis.kill()
    took = await delays(town, endure or 5)
    assert max(took) <= AT_MOST, hundredths(took)
    if endure:  # it takes a while, and a process that was killed shows the same: test_workers.py
        half = len(town.people) // 2
        await until(lambda: all(one.people == half for one in town.people), 30, "no ghosts")
    redis.start()
    town.history.fault("redis", on=False)
    await all_here(town.people, PRESENCE_BACK)
    took = await delays(town, 9)
    assert sorted(took)[4] < 0.5, hundredths(took)
    await nothing_failed(town)


async def still(redis: Redis) -> None:
    redis.freeze()


async def paused(redis: Redis) -> None:
    redis.ask("CLIENT", "PAUSE", "4000", "ALL")


@pytest.mark.parametrize("stop", [still, paused])
async def test_redis_that_stands_still_holds_nobody_up(
    town: Town, redis: Redis, stop: Callable[[Redis], Any]
) -> None:
    town.history.fault("redis", on=True)
    await stop(redis)
    took = await delays(town, 3)
    assert max(took) <= AT_MOST, hundredths(took)
    redis.thaw()
    town.history.fault("redis", on=False)

    async def quick() -> bool:
        return (await delays(town, 1))[0] < 0.3

    deadline = perf_counter() + PRESENCE_BACK + 4
    while not await quick():
        assert perf_counter() < deadline, "the relay does not come back"
    await all_here(town.people, PRESENCE_BACK)
    await nothing_failed(town)


async def test_redis_forgets_everything_and_cuts_everybody_off(town: Town, redis: Redis) -> None:
    for _ in range(5):
        redis.ask("FLUSHALL")
        redis.ask("CLIENT", "KILL", "TYPE", "pubsub")  # as one that reads too slowly
        took = await delays(town, 1)
        assert took[0] <= REPAIR
    redis.ask("CLIENT", "KILL", "TYPE", "normal")
    took = await delays(town, 4)
    assert max(took) <= REPAIR
    await all_here(town.people, PRESENCE_BACK)
    await nothing_failed(town)


def hostile(dice: random.Random, seats: list[str], whos: list[str]) -> bytes:
    """Something that nobody should say: rubbish, or a lie in the right shape."""
    by = f'"by":"liar-{dice.randrange(50)}"'
    seat, who = dice.choice(seats), dice.choice(whos)
    far = dice.choice((0, 1, 813, 2**53, 2**53 + 1, -1, 10**30))
    hand = f'{{"drag":{{"note":"note1","zone":"zone1","x":{dice.randrange(1200)},"y":1}}}}'
    shown = f'["{who}","{seat}","deelnemer",true,{dice.randrange(9)},{2**53},1,{hand}]'
    some = ",".join(f'["who{dice.randrange(9999)}","{seat}","wand",true,0,1]' for _ in range(40))
    return dice.choice(
        [
            dice.randbytes(dice.randrange(200)),
            b"\xff" * 100_000 if dice.random() < 0.01 else b"",
            f'{{"t":"reached",{by},"head":{far}}}'.encode(),
            f'{{"t":"wiped",{by}}}'.encode(),
            f'{{"t":"parted",{by},"seats":["{seat}"]}}'.encode(),
            f'{{"t":"crowd",{by},"screens":[{shown}]}}'.encode(),
            f'{{"t":"crowd",{by},"screens":[{some}]}}'.encode(),
            f'{{"t":"hands",{by},"held":{{"{who}":{hand},"who7":null}}}}'.encode(),
            f'{{"t":"reached",{by},"head":1,"why":"{"x" * dice.randrange(999)}"}}'.encode(),
            b"[" * dice.randrange(5_000),
            b'{"t":"crowd","by":"liar-0","screens":' + b"[[" * 2_000,
        ]
    )


async def test_lies_on_every_channel_change_nothing_and_slow_nobody(
    town: Town, redis: Redis
) -> None:
    dice = random.Random(38)
    regie = await town.enter("regie_url")
    await until(lambda: regie.devices, 10, "who directs sees devices")
    seats = [device.seat for device in regie.devices] + ["nobody"]
    whos = [device.who for device in regie.devices] + ["who-x"]
    calm = await answers(town, 30)
    channels = [PREFIX + town.links["sprint"], PREFIX + "other", PREFIX + "~" + "0" * 16]
    lies = [
        [b"PUBLISH", dice.choices(channels, (8, 1, 1))[0].encode(), hostile(dice, seats, whos)]
        for _ in range(HOSTILE)
    ]
    said = [b"*3\r\n" + b"".join(b"$%d\r\n%b\r\n" % (len(w), w) for w in lie) for lie in lies]

    def lie() -> None:
        with socket.create_connection(("127.0.0.1", redis.port)) as line:
            for at in range(0, HOSTILE, 50):
                line.sendall(b"".join(said[at : at + 50]))
                line.recv(4096)
                time.sleep(0.02)  # some two thousand a second, as long as it lasts

    lying = asyncio.create_task(asyncio.to_thread(lie))
    took: list[float] = []
    while not lying.done():
        took += await answers(town, 10)
    await lying
    calm.sort()
    took.sort()
    middle, slowest = took[len(took) // 2], took[int(len(took) * 0.95)]
    assert middle <= 2 * calm[len(calm) // 2] + 0.1, f"{hundredths(calm)} → {hundredths(took)}"
    assert slowest <= 2 * calm[-1] + 0.4, f"{hundredths(calm)} → {hundredths(took)}"
    assert max(await delays(town, 2)) < AT_MOST
    await nothing_failed(town)
    await regie.stop()
    town.people.remove(regie)


async def answers(town: Town, times: int) -> list[float]:
    """How long people wait for an answer."""
    took: list[float] = []
    for n in range(times):
        one = town.people[n % 20]
        began = perf_counter()
        await one.answered(one.write("Hoe lang?"))
        took.append(perf_counter() - began)
    return took


@pytest.mark.parametrize("relay", [True, False], ids=["with the relay", "without"])
async def test_a_seat_that_was_taken_away_is_out_at_every_process(
    town: Town, redis: Redis, relay: bool
) -> None:
    """A link is renewed at one process and a seat moves by its stoelcode; their screens at the other go."""
    regie = await town.enter("regie_url", at=0)
    wand = await town.enter("wall_url", at=1)
    (mover,) = [one for one in await town.come(2) if one.seat.port == town.servers[1].port]
    await delays(town, 2)
    port = town.servers[0].port
    at = f"/api/s/{town.links['sprint']}"
    if not relay:
        redis.freeze()
    try:
        began = perf_counter()
        renewed = await ask(port, "POST", f"{at}/links/wand", {}, cookie=regie.seat.cookie)
        assert renewed.status == 200
        code = await ask(port, "POST", f"{at}/stoelcode", {}, cookie=mover.seat.cookie)
        stoelcode = json.loads(code.body)["code"]
        moved = await ask(
            port, "POST", "/api/move", {"code": town.links["join_code"], "stoelcode": stoelcode}
        )
        assert moved.status == 200, moved.body
        within = BY_RELAY if relay else WITHOUT
        await until(lambda: protocol.REPLACED in wand.farewells, within, "the wall is sent away")
        await until(lambda: protocol.MOVED in mover.farewells, within + 1, "the seat has moved")
        assert perf_counter() - began < within + 1
    finally:
        redis.thaw()
    town.links["wall_url"] = json.loads(renewed.body)["url"]
    for one in (regie, wand, mover):
        town.people.remove(one)
        await one.stop()
