"""What every relay promises, in one process and over a real Redis: hints arrive, lies and rubbish do not
count, and nothing that happens to it ever reaches whoever tells."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import pytest_asyncio

from opgavebord.protocol import Drag, Held
from opgavebord.relay import (
    MESSAGE_BYTES,
    Crowd,
    Hands,
    Message,
    NotOurs,
    Parted,
    Reached,
    Relay,
    Renewed,
    Wiped,
    read,
    write,
)
from opgavebord.relay import redis as over_redis
from opgavebord.relay.local import LocalRelay
from opgavebord.relay.redis import PREFIX, RedisRelay, together
from opgavebord.sprint import limits
from opgavebord.sync.effects import Shown
from tests import services
from tests.services import Redis

ME, YOU = "process-a", "process-b"
DOT = Shown("who-1", "anna", "deelnemer", True, 2, 17, 3, Held(Drag("note1", "zone1", 10, 20)))
EVERY_KIND: list[Message] = [
    Reached(ME, 813),
    Wiped(ME),
    Parted(ME, ("anna", "bert")),
    Crowd(ME, (DOT,)),
    Hands(ME, {"who-1": Held(typing="note1"), "who-2": None}),
]


class Ear:
    """Somebody who listens."""

    def __init__(self, relay: Relay, sprint: str) -> None:
        self.heard: list[Message] = []
        self.renewed = 0
        self.hears = False
        self.stop = relay.listen(sprint, self._hear)

    def _hear(self, message: Message | Renewed) -> None:
        if isinstance(message, Renewed):
            self.renewed += 1
        elif message.by == "probe":
            self.hears = True
        else:
            self.heard.append(message)


async def until(true: Callable[[], Any], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.005)


@pytest.fixture(scope="module")
def server() -> Iterator[Redis]:
    with services.own_redis() as server:
        yield server


@pytest_asyncio.fixture(params=["local", "redis"])
async def two(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Relay, Relay]]:
    """The relay as two processes have it."""
    if request.param == "local":
        relay = LocalRelay()
        yield relay, relay
        return
    url = request.getfixturevalue("server").url
    both = RedisRelay(url), RedisRelay(url)
    for one in both:
        await one.open()
    await until(lambda: all(one.up for one in both))
    yield both
    for one in both:
        await one.close()


async def listening(relay: Relay, sprint: str) -> Ear:
    """An ear that is known to hear: who tells hears itself too."""
    ear = Ear(relay, sprint)

    def heard() -> bool:
        relay.tell(sprint, Wiped("probe"))
        return ear.hears

    await until(heard)
    return ear


@pytest.mark.parametrize("message", EVERY_KIND, ids=lambda message: type(message).__name__)
async def test_what_one_process_tells_the_other_hears(
    two: tuple[Relay, Relay], message: Message
) -> None:
    mine, theirs = two
    ear = await listening(theirs, "sprint")
    elsewhere = await listening(theirs, "other")
    mine.tell("sprint", message)
    await until(lambda: message in ear.heard)
    assert elsewhere.heard == []
    ear.stop()
    elsewhere.stop()


async def test_who_stopped_listening_hears_nothing_and_who_comes_again_does(
    two: tuple[Relay, Relay],
) -> None:
    mine, theirs = two
    gone, stays = await listening(theirs, "sprint"), await listening(theirs, "sprint")
    gone.stop()
    gone.stop()  # twice is once
    mine.tell("sprint", Reached(ME, 1))
    await until(lambda: stays.heard)
    assert gone.heard == []
    stays.stop()
    again = await listening(theirs, "sprint")
    mine.tell("sprint", Reached(ME, 2))
    await until(lambda: Reached(ME, 2) in again.heard)
    again.stop()


async def test_of_a_thousand_heads_the_last_one_arrives(two: tuple[Relay, Relay]) -> None:
    mine, theirs = two
    ear = await listening(theirs, "sprint")
    began = time.monotonic()
    for head in range(1, 1_001):
        mine.tell("sprint", Reached(ME, head))
    assert time.monotonic() - began < 0.5  # nobody waits for anybody
    await until(lambda: Reached(ME, 1_000) in ear.heard)
    heads = [message.head for message in ear.heard if isinstance(message, Reached)]
    assert heads == sorted(heads)
    ear.stop()


async def test_a_relay_that_was_never_opened_or_is_closed_is_told_without_harm(
    server: Redis,
) -> None:
    relay = RedisRelay(server.url)
    ear = Ear(relay, "sprint")
    for message in EVERY_KIND:
        relay.tell("sprint", message)
    assert not relay.up
    assert not relay.anybody("sprint")
    await relay.close()
    await relay.open()
    await until(lambda: relay.up and ear.renewed)
    await relay.close()
    assert not relay.up
    relay.tell("sprint", Wiped(ME))
    assert ear.heard == []


# --- what is not ours ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"{}",
        b"\x00\xff" * 100,
        b'{"t":"reached","by":"process-a"}',
        b'{"t":"reached","by":"process-a","head":-1}',
        b'{"t":"reached","by":"process-a","head":1e999}',
        b'{"t":"reached","by":"process-a","head":9007199254740993}',
        b'{"t":"reached","by":"process-a","head":1,"more":1}',
        b'{"t":"reached","by":"<script>","head":1}',
        b'{"t":"obey","by":"process-a"}',
        b'{"t":"parted","by":"process-a","seats":"anna"}',
        b'{"t":"hands","by":"process-a","held":{"<b>":null}}',
        b'{"t":"crowd","by":"process-a","screens":[["who","anna","koning",true,0,0]]}',
        b'{"t":"crowd","by":"process-a","screens":[["who","anna","deelnemer",true,-1,0]]}',
        b"[" * 100_000,
        b'{"t":"wiped","by":"process-a"}' + b" " * MESSAGE_BYTES,
        "reached",
        None,
        7,
    ],
)
def test_what_is_not_exactly_a_message_is_none(data: object) -> None:
    with pytest.raises(NotOurs):
        read(data)


@pytest.mark.parametrize("message", EVERY_KIND, ids=lambda message: type(message).__name__)
def test_what_was_written_is_read(message: Message) -> None:
    assert read(write(message)) == message


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_how_many_screens_fit_in_a_message(more: int) -> None:
    crowd = Crowd(ME, (DOT,) * (limits.SCREENS_ELSEWHERE + more))
    if more > 0:
        with pytest.raises(NotOurs):
            read(write(crowd))
    else:
        assert len(write(crowd)) < MESSAGE_BYTES
        assert read(write(crowd)) == crowd


def test_what_waits_is_put_together_and_stays_small() -> None:
    assert together(Reached(ME, 5), Reached(ME, 3)) == Reached(ME, 5)
    assert together(Parted(ME, ("a123", "b123")), Parted(ME, ("b123",))) == Parted(
        ME, ("a123", "b123")
    )
    many = Parted(ME, tuple(f"seat{n}" for n in range(limits.SEATS_PER_SPRINT)))
    read(write(together(many, Parted(ME, ("late",)))))
    hands = Hands(ME, {f"who{n}": None for n in range(over_redis.HANDS)})
    later = together(hands, Hands(ME, {"late": None}))
    assert isinstance(later, Hands)
    assert "late" in later.held
    read(write(later))
    assert together(Crowd(ME, (DOT,)), Crowd(ME, ())) == Crowd(ME, ())


async def test_rubbish_is_counted_and_what_is_ours_comes_through(server: Redis) -> None:
    relay, mine = RedisRelay(server.url), RedisRelay(server.url)
    await relay.open()
    await mine.open()
    await until(lambda: relay.up and mine.up)
    ear = await listening(relay, "sprint")
    chance = random.Random(3)
    for _ in range(200):
        server.ask("PUBLISH", f"{PREFIX}sprint", chance.randbytes(20).hex())
    server.ask("PUBLISH", f"{PREFIX}sprint", "x" * (MESSAGE_BYTES + 1))
    server.ask("PUBLISH", f"{PREFIX}other", "not for us")
    mine.tell("sprint", Reached(ME, 9))
    await until(lambda: Reached(ME, 9) in ear.heard)
    assert relay.counters.relay_dropped == 201
    assert ear.heard == [Reached(ME, 9)]
    assert relay.up
    await relay.close()
    await mine.close()


async def test_an_ear_that_breaks_costs_itself_one_hint(server: Redis) -> None:
    relay = RedisRelay(server.url)

    def broken(message: Message | Renewed) -> None:
        raise ZeroDivisionError

    relay.listen("sprint", broken)
    ear = Ear(relay, "sprint")
    await relay.open()
    await until(lambda: relay.up and ear.renewed)
    relay.tell("sprint", Reached(ME, 1))
    await until(lambda: ear.heard)
    assert relay.counters.relay_losses == 0
    await relay.close()


# --- a Redis that is not there ------------------------------------------------------------------


async def test_a_user_who_may_only_publish_subscribe_and_ping(server: Redis, tmp_path: Any) -> None:
    allowed = ["on", ">geheim", "resetchannels", "&opgavebord:*", "-@all"]
    allowed += ["+publish", "+subscribe", "+unsubscribe", "+ping"]
    assert server.ask("ACL", "SETUSER", "bord", *allowed).startswith(b"+OK")
    secret = tmp_path / "password"
    secret.write_text("geheim\n")
    relay = RedisRelay(server.url.replace("127", "bord@127"), secret)
    await relay.open()
    ear = await listening(relay, "sprint")
    await until(lambda: relay.up)
    relay.tell("sprint", Reached(ME, 4))
    await until(lambda: ear.heard == [Reached(ME, 4)])
    ear.stop()
    await relay.close()


async def test_a_wrong_password_is_tried_again_and_harms_nobody(
    server: Redis, tmp_path: Any
) -> None:
    server.ask("ACL", "SETUSER", "other", "on", ">goed", "&opgavebord:*", "+@all")
    secret = tmp_path / "password"
    secret.write_text("fout")
    relay = RedisRelay(server.url.replace("127", "other@127"), secret)
    await relay.open()
    relay.tell("sprint", Reached(ME, 4))
    await asyncio.sleep(0.3)  # it tries, in vain
    assert not relay.up
    secret.write_text("goed")  # it is read anew each time
    await until(lambda: relay.up)
    await relay.close()


@pytest.mark.faults
async def test_killed_frozen_and_cut_off_it_comes_back_and_says_so() -> None:
    with services.own_redis() as server:
        mine, theirs = RedisRelay(server.url), RedisRelay(server.url)
        await mine.open()
        await theirs.open()
        ear = await listening(theirs, "sprint")
        await until(lambda: mine.up and theirs.up)

        async def hears_again(n: int) -> None:
            def heard() -> bool:
                mine.tell("sprint", Reached(ME, n))
                return Reached(ME, n) in ear.heard

            await until(heard)

        server.kill()
        mine.tell("sprint", Reached(ME, 1))  # whatever happens, telling is nothing
        server.start()
        await until(lambda: ear.renewed == 2)
        await hears_again(2)
        server.ask("CLIENT", "KILL", "TYPE", "pubsub")  # as when we read too slowly
        await until(lambda: ear.renewed == 3)
        await hears_again(3)
        server.ask("CLIENT", "KILL", "TYPE", "normal")
        await hears_again(4)
        server.freeze()
        for head in range(50_000):  # nothing piles up while nobody takes it
            mine.tell(f"sprint{head % 30}", Reached(ME, head))
        assert len(mine._waiting) <= 31
        await until(lambda: not mine.up and not theirs.up)
        assert not mine._waiting
        server.thaw()
        await until(lambda: mine.up and theirs.up)
        mine.tell("sprint", Reached(ME, 500))
        await until(lambda: Reached(ME, 500) in ear.heard)
        server.ask("FLUSHALL")
        mine.tell("sprint", Reached(ME, 501))
        await until(lambda: Reached(ME, 501) in ear.heard)
        await mine.close()
        await theirs.close()


async def test_telling_without_a_redis_is_nothing() -> None:
    relay = RedisRelay(f"redis://127.0.0.1:{services.free_port()}/0")
    await relay.open()
    ear = Ear(relay, "sprint")
    began = time.monotonic()
    for _ in range(1_000):
        for message in EVERY_KIND:
            relay.tell("sprint", message)
    assert time.monotonic() - began < 1
    assert relay.counters.relay_unsaid == 5_000
    ear.stop()
    await relay.close()
