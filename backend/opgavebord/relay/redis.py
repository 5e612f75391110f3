"""Between processes and machines, over Redis pub/sub (or Valkey, which speaks the same).

Theory. One task lives with Redis as long as the process: it connects, listens, tells, and begins anew
after any trouble, with a pause that grows. Whoever tells only leaves a message behind; the next
round takes all that was left, the same things put together (of two heads the higher, of two crowds the
later), in one exchange. What was left while Redis is away is thrown away: it would be stale, and everybody
looks for himself by then.

Whether Redis is there is found out the way others would notice: every two seconds we say
something to ourselves, over the one connection, and must hear it on the other. That sees a Redis that
is gone, one that stands still, one that lets us listen no more, and one that hears nobody.

A Redis that was broken into can say anything, as much as it likes. It is read so many messages a
second and no more (then it feels that we do not read), never a message without another turn for the
rest of the process in between.

Only PUBLISH, SUBSCRIBE, UNSUBSCRIBE and AUTH are used, on channels that begin with `opgavebord:`.
"""

import asyncio
import logging
import random
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NoReturn

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from ..sprint import limits
from . import (
    HANDS,
    Counters,
    Crowd,
    Hands,
    Heard,
    Message,
    NotOurs,
    Parted,
    Reached,
    Renewed,
    read,
    write,
)

PREFIX: Final = "opgavebord:"
BEAT: Final = 2.0  # seconds between two words to ourselves
SILENCE: Final = 5.0  # without hearing one of them, Redis is not there
ANSWER: Final = 2.0  # it has so long for an answer
LAST_WORDS: Final = 0.5  # it has so long to hear what waits when we stop
AGAIN: Final = (0.1, 2.0)  # seconds before the next try, and the longest
PACE: Final = 5_000  # messages a second that we read
BREATH: Final = 16  # messages, then others have a turn
WAITING: Final = 10_000  # messages that wait to be told
AT_ONCE: Final = 200  # messages in one exchange, or channels
_log: Final = logging.getLogger("opgavebord.relay")


class RedisRelay:
    """A `Relay` through one Redis."""

    def __init__(self, url: str, password: Path | None = None) -> None:
        """`url`: redis://user@host:port/0, or rediss:// for TLS. `password`: the file it stands in."""
        self.counters = Counters()
        self._url = url
        self._password = password
        self._self = f"{PREFIX}~{secrets.token_hex(8)}"  # no id of a sprint begins with ~
        self._ears: dict[str, list[Heard]] = {}
        self._waiting: dict[tuple[str, type[Message], str], Message] = {}
        self._bell = asyncio.Event()
        self._said_all = asyncio.Event()
        self._living: asyncio.Task[None] | None = None
        self._up = False
        self._beat_heard = 0.0
        self._tasks: list[asyncio.Task[NoReturn]] = []

    @property
    def up(self) -> bool:
        return self._up

    async def open(self) -> None:
        if self._living is None:
            self._living = asyncio.create_task(self._live())

    async def close(self) -> None:
        living, self._living = self._living, None
        if living is not None:
            if self._up and self._waiting:  # the last words: who was here is not here any more
                self._said_all.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LAST_WORDS):
                        await self._said_all.wait()
            await _end(living, *self._tasks)
            self._up = False
            self._waiting.clear()

    # -- for the rooms ----------------------------------------------------------------

    def tell(self, sprint: str, message: Message) -> None:
        if not self._up:
            self.counters.relay_unsaid += 1
            return
        key = (sprint, type(message), message.by)
        before = self._waiting.get(key)
        if before is None and len(self._waiting) >= WAITING:
            self.counters.relay_unsaid += 1
            return
        self._waiting[key] = message if before is None else together(before, message)
        self._bell.set()

    def listen(self, sprint: str, heard: Heard) -> Callable[[], None]:
        self._ears.setdefault(sprint, []).append(heard)
        self._bell.set()

        def stop() -> None:
            listening = self._ears.get(sprint, [])
            if heard in listening:
                listening.remove(heard)
            if not listening and self._ears.pop(sprint, None) is not None:
                self._bell.set()

        return stop

    def anybody(self, sprint: str) -> bool:
        return self._up

    # -- living with Redis ------------------------------------------------------------

    async def _live(self) -> None:
        """Connect, and again after any trouble, as long as we live."""
        pause = AGAIN[0]
        told = ""
        while True:
            began = time.monotonic()
            try:
                await self._together(lambda: _log.info("the relay is there"))
            except Exception as trouble:
                why = f"{type(trouble).__name__}: {trouble}"
            if self._up:
                self._up = False
                self.counters.relay_losses += 1
                told = ""
            if why != told:
                told = why
                _log.warning("the relay is not there; looking in the log takes its place: %s", why)
            self._waiting.clear()
            pause = AGAIN[0] if time.monotonic() - began > SILENCE else min(pause * 2, AGAIN[1])
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - only a pause

    async def _together(self, there: Callable[[], None]) -> NoReturn:
        """One life of a connection; ends with what went wrong."""
        password = None
        if self._password is not None:
            password = (await asyncio.to_thread(self._password.read_text, "utf-8")).strip()
        client = redis.asyncio.Redis.from_url(
            self._url,
            password=password,
            protocol=2,
            retry=Retry(NoBackoff(), 0),
            retry_on_error=[],
            socket_timeout=ANSWER,
            socket_connect_timeout=ANSWER,
            health_check_interval=0,
            driver_info=None,
        )
        ear = client.pubsub()
        try:
            await ear.subscribe(self._self)
            self._beat_heard = time.monotonic()
            self._tasks = [
                asyncio.create_task(self._hear(ear, there)),
                asyncio.create_task(self._speak(client, ear)),
            ]
            done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            raise done.pop().exception() or ConnectionError("it ended")
        finally:
            await _end(*self._tasks)
            with suppress(Exception):
                async with asyncio.timeout(ANSWER):
                    await ear.aclose()  # type: ignore[no-untyped-call]
            with suppress(Exception):
                async with asyncio.timeout(ANSWER):
                    await client.aclose()

    async def _speak(self, client: Any, ear: Any) -> NoReturn:
        """Say what waits, listen where we are asked to, and a word to ourselves now and then."""
        listening: set[str] = set()
        next_beat = 0.0
        while True:
            self._bell.clear()
            await self._listen_where_asked(ear, listening)
            saying: list[tuple[str, bytes]] = []
            while self._waiting and len(saying) < AT_ONCE:
                sprint, kind, by = next(iter(self._waiting))
                message = self._waiting.pop((sprint, kind, by))
                saying.append((PREFIX + sprint, write(message)))
            self.counters.relay_told += len(saying)
            now = time.monotonic()
            if now >= next_beat:
                next_beat = now + BEAT
                saying.append((self._self, b""))
            if saying:
                async with asyncio.timeout(ANSWER), client.pipeline(transaction=False) as all_:
                    for channel, data in saying:
                        all_.publish(channel, data)
                    await all_.execute()
            if self._waiting:
                continue
            self._said_all.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, next_beat - time.monotonic())):
                    await self._bell.wait()

    async def _listen_where_asked(self, ear: Any, listening: set[str]) -> None:
        asked = set(self._ears)
        async with asyncio.timeout(ANSWER):
            for channels in _some(asked - listening):
                await ear.subscribe(*[PREFIX + sprint for sprint in channels])
            for channels in _some(listening - asked):
                await ear.unsubscribe(*[PREFIX + sprint for sprint in channels])
        listening.clear()
        listening.update(asked)

    async def _hear(self, ear: Any, there: Callable[[], None]) -> NoReturn:
        second, heard = time.monotonic(), 0
        while True:
            message = await ear.get_message(timeout=SILENCE)
            now = time.monotonic()
            if message is not None:
                self._take_in(message, now, there)
            if now - self._beat_heard > SILENCE:
                raise TimeoutError("it does not answer")
            heard += 1
            if heard % BREATH == 0:
                await asyncio.sleep(0)
            if now >= second + 1:
                second, heard = now, 0
            elif heard >= PACE:
                await asyncio.sleep(second + 1 - now)

    def _take_in(self, message: dict[str, Any], now: float, there: Callable[[], None]) -> None:
        channel = message["channel"]
        if channel == self._self.encode():
            if message["type"] == "message":
                self._beat_heard = now
                if not self._up:
                    self._up = True
                    there()
                    for everybody in list(self._ears.values()):
                        self._pass_on(everybody, Renewed())
            return
        sprint = channel.removeprefix(PREFIX.encode()).decode(errors="replace")
        ears = self._ears.get(sprint)
        if ears is None:
            return  # we stopped listening just now
        if message["type"] == "subscribe":
            if self._up:
                self._pass_on(ears, Renewed())
        elif message["type"] == "message":
            try:
                told = read(message["data"])
            except NotOurs:
                self.counters.relay_dropped += 1
            else:
                self.counters.relay_heard += 1
                self._pass_on(ears, told)

    def _pass_on(self, ears: list[Heard], message: Message | Renewed) -> None:
        for heard in list(ears):
            try:
                heard(message)
            except Exception:  # a mistake of ours costs a hint and not the relay
                _log.exception("a message of another process could not be taken in")


def together(before: Message, message: Message) -> Message:
    """Two messages of one kind that wait, as one. They come from the same process."""
    match before, message:
        case Reached(), Reached():
            return message if message.head >= before.head else before
        case Parted(), Parted():
            seats = tuple(dict.fromkeys(before.seats + message.seats))
            return Parted(message.by, seats[: limits.SEATS_PER_SPRINT])
        case Hands(), Hands():
            held = before.held | message.held
            return Hands(message.by, dict(list(held.items())[-HANDS:]))
        case Crowd(), Crowd():
            return message
    return message


def _some(channels: set[str]) -> list[list[str]]:
    ordered = sorted(channels)
    return [ordered[at : at + AT_ONCE] for at in range(0, len(ordered), AT_ONCE)]


async def _end(*tasks: "asyncio.Task[Any]") -> None:
    """Cancel, until they end: in Python 3.11 `asyncio.wait_for`, which the client uses, may swallow it."""
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=0.1)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # it was heard
