"""Seats that are taken away lose their sockets, also one that was half way in; and who says so is not believed.
A real `Sockets`, with rooms, seats and lines of our own."""

import asyncio
import time
from collections.abc import Callable, Collection
from typing import Any

import pytest

from opgavebord import protocol
from opgavebord.people import tokens
from opgavebord.people.seats import cookie_name
from opgavebord.settings import Settings
from opgavebord.sprint.sprint import Seat
from opgavebord.storage.trouble import StorageTrouble
from opgavebord.watch import Watch
from opgavebord.web import socket
from opgavebord.web.socket import Sockets

ANNA = tokens.new_token()


class Seats:
    """The door's memory: by seat the token that counts. `answers`: what goes wrong first."""

    def __init__(self) -> None:
        self.tokens = {"anna": ANNA}
        self.sprints = {"sprint"}
        self.asked: list[set[str]] = []
        self.answers: list[Exception] = []

    async def of(self, sprint: str, role: str, token: str | None) -> Seat | None:
        return next((Seat(id, "deelnemer") for id, t in self.tokens.items() if t == token), None)

    async def proofs(
        self, sprints: Collection[str], seats: Collection[str]
    ) -> dict[tuple[str, str], str]:
        self.asked.append(set(seats))
        if self.answers:
            raise self.answers.pop(0)
        found = {
            ("sprint", id): tokens.digest(self.tokens[id]) for id in seats if id in self.tokens
        }
        return found | {(one, ""): "" for one in self.sprints}


class Connection:
    def __init__(self) -> None:
        self.code: int | None = None

    def receive(self, data: str | bytes) -> None: ...

    async def gone(self) -> None: ...

    def farewell(self, code: int, retry_ms: int | None) -> None:
        self.code = self.code or code


class Rooms:
    """Rooms whose door opens slowly when the test says so."""

    def __init__(self) -> None:
        self.doubt: Any = None
        self.open = asyncio.Event()
        self.open.set()
        self.connections: list[Connection] = []
        self.knocking = 0

    async def connect(self, sprint: str, seat: Seat, wire: object) -> Connection:
        self.knocking += 1
        await self.open.wait()
        self.connections.append(Connection())
        return self.connections[-1]

    async def close_seats(self, sprint: str, seats: Collection[str], code: int) -> int:
        return 0


class Door:
    def __init__(self, *, shared: bool = False) -> None:
        self.seats, self.rooms = Seats(), Rooms()
        self.sockets = Sockets(Settings(), self.seats, self.rooms, Watch(), shared=shared)  # type: ignore[arg-type]
        self._leaving = asyncio.Event()
        self._visits: list[asyncio.Task[None]] = []

    async def knock(self) -> None:
        """Anna's tablet opens a socket."""
        cookie = f"{cookie_name('deelnemer', 'sprint', secure=False)}={ANNA}"
        scope = {
            "type": "websocket",
            "path": "/ws/sprint/deelnemer",
            "headers": [(b"host", b"x"), (b"origin", b"http://x"), (b"cookie", cookie.encode())],
            "client": ("127.0.0.1", 1),
            "scheme": "ws",
        }
        first = [True]

        async def receive() -> Any:
            if first:
                first.clear()
                return {"type": "websocket.connect"}
            await self._leaving.wait()
            return {"type": "websocket.disconnect"}

        async def send(message: Any) -> None: ...

        before = self.rooms.knocking
        self._visits.append(asyncio.create_task(self.sockets(scope, receive, send)))  # type: ignore[arg-type]
        await until(lambda: self.rooms.knocking > before)
        if self.rooms.open.is_set():
            await until(lambda: len(self.rooms.connections) > before)

    async def close(self) -> None:
        self._leaving.set()
        await asyncio.gather(*self._visits)


async def until(true: Callable[[], Any], seconds: float = 3.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.002)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "CHECK_LEAST", 0.01)


async def test_who_was_half_way_in_when_the_link_was_renewed_does_not_stay() -> None:
    door = Door()
    door.rooms.open.clear()
    await door.knock()
    del door.seats.tokens["anna"]
    await door.sockets.part("sprint", {"anna"}, protocol.REPLACED)
    door.rooms.open.set()
    await until(lambda: door.rooms.connections)
    await until(lambda: door.rooms.connections[0].code == protocol.REPLACED)
    await door.close()


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (lambda seats: seats.tokens.pop("anna"), protocol.REPLACED),
        (lambda seats: seats.tokens.update(anna=tokens.new_token()), protocol.MOVED),
        (lambda seats: (seats.tokens.clear(), seats.sprints.clear()), protocol.NO_SEAT),
    ],
    ids=["renewed", "moved", "wiped"],
)
async def test_what_the_database_says_is_what_the_screen_is_told(
    what: Callable[[Seats], Any], code: int
) -> None:
    door = Door(shared=True)
    await door.knock()
    what(door.seats)
    door.rooms.doubt("sprint", ("anna",))  # as the relay does
    await until(lambda: door.rooms.connections[0].code == code)
    await door.close()


async def test_a_lie_about_a_seat_is_a_question_and_a_thousand_lies_are_few() -> None:
    door = Door(shared=True)
    await door.knock()
    many = tuple(f"nobody-{n}" for n in range(599))
    began = time.monotonic()
    for _ in range(1_000):
        door.rooms.doubt("sprint", (*many, "anna"))
        door.rooms.doubt("other", ("anna",))
    assert time.monotonic() - began < 2
    await until(lambda: door.seats.asked)
    await asyncio.sleep(0.05)
    assert door.seats.asked == [{"anna"}]  # and about nobody who is not here
    assert door.rooms.connections[0].code is None
    assert len(door.sockets._doubted) <= socket.DOUBTED
    await door.close()


async def test_without_a_word_all_sockets_are_looked_at_now_and_then(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "CHECK_SECONDS", 0.05)
    door = Door(shared=True)
    await door.knock()
    await door.knock()
    await until(lambda: len(door.seats.asked) >= 2)
    door.seats.tokens.clear()
    await until(lambda: [one.code for one in door.rooms.connections] == [protocol.REPLACED] * 2)
    await door.close()


async def test_who_is_alone_on_a_database_asks_nothing_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "CHECK_SECONDS", 0.01)
    door = Door()
    await door.knock()
    await asyncio.sleep(0.1)
    assert door.seats.asked == []
    await door.close()


async def test_a_database_that_can_not_say_is_asked_again_and_nobody_goes_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door = Door()
    await door.knock()
    door.seats.answers = [StorageTrouble("busy")]
    door.seats.tokens.clear()
    await door.sockets.part("sprint", {"anna"}, protocol.REPLACED)
    await until(lambda: door.seats.asked)
    assert door.rooms.connections[0].code is None
    await until(lambda: door.rooms.connections[0].code == protocol.REPLACED)
    await door.close()
