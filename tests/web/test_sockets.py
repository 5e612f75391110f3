"""The socket: who gets one, how many, and that a conversation comes through."""

import asyncio
import json
from pathlib import Path

import pytest
import websockets

from opgavebord import protocol
from opgavebord.sprint import limits
from tests.web.house import House, a_house, closing, hello, until


async def test_without_a_cookie_it_is_closed_with_a_reason(house: House) -> None:
    socket = await house.socket(None)
    assert (await until(socket, "bye"))["code"] == protocol.NO_SEAT
    assert await closing(socket) == protocol.NO_SEAT
    assert socket.close_reason == "no_seat"


@pytest.mark.parametrize("role", ["wand", "begeleider", "bureau", "koning"])
async def test_a_seat_is_for_its_own_role(house: House, role: str) -> None:
    tablet = await house.tablet()
    assert await closing(await house.socket(tablet, role)) == protocol.NO_SEAT
    await tablet.aclose()


async def test_a_seat_is_for_its_own_sprint(house: House) -> None:
    tablet = await house.tablet()
    url = f"{house.url.replace('http', 'ws', 1)}/ws/anders/deelnemer"
    assert await closing(await house.socket(tablet, url=url)) == protocol.NO_SEAT
    await tablet.aclose()


async def test_a_note_travels_to_the_wall(house: House) -> None:
    tablet, wall = await house.tablet(), await house.entered("wand")
    writing, showing = await house.socket(tablet), await house.socket(wall, "wand")
    await hello(showing, "grote-muur")
    await hello(writing, "tablet01")
    snapshot = await until(writing, "snapshot")
    records = snapshot["records"]
    board = next(one["board"] for one in records if one["kind"] == "sprint")
    zone = next(one["id"] for one in records if one["kind"] == "zone" and one["board"] == board)
    note = {"do": "note.create", "note": "briefje1", "zone": zone, "text": "Eén ding 🌷"}
    await writing.send(json.dumps({"t": "do", "id": "tablet01.1", "c": note}))
    told = await until(writing, "frame")
    assert [ack[0] for ack in told["acks"]] == ["tablet01.1"]
    shown = await until(showing, "frame")
    assert "Eén ding 🌷" in str(shown["events"])
    kept = await house.board.log.since(house.sprint, told["to"] - 1)
    assert kept[0].name == "tablet01.1"
    for socket in (writing, showing):
        await socket.close()
    await tablet.aclose()
    await wall.aclose()


async def test_a_message_over_the_limit_closes_with_1009(house: House) -> None:
    tablet = await house.tablet()
    for size, code in ((limits.MESSAGE_BYTES, None), (limits.MESSAGE_BYTES + 1, 1009)):
        socket = await house.socket(tablet)
        await hello(socket, f"apparaat{size}")
        await socket.send("x" * size)
        if code is None:
            assert (await until(socket, "bad"))["why"] == "json"
            await socket.close()
        else:
            assert await closing(socket) == code
    await tablet.aclose()


async def test_the_fifth_socket_of_a_seat_takes_the_place_of_the_first(house: House) -> None:
    tablet = await house.tablet()
    sockets = [await house.socket(tablet) for _ in range(limits.SOCKETS_PER_SEAT)]
    for place, socket in enumerate(sockets):
        await hello(socket, f"tabblad{place}")
    sockets.append(await house.socket(tablet))
    await hello(sockets[-1], "tabblad9")
    assert await closing(sockets[0]) == protocol.CROWDED
    for socket in sockets[1:]:
        await socket.send(json.dumps({"t": "ping", "at": 1}))
        await until(socket, "pong")
        await socket.close()
    await tablet.aclose()


@pytest.mark.parametrize("limit", ["SOCKETS_PER_ADDRESS", "SOCKETS_PER_SERVER"])
async def test_one_socket_too_many_is_told_to_come_back_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(limits, limit, 3)
    async with a_house(tmp_path) as house:
        sockets = []
        for place in range(3):  # up to the limit
            tablet = await house.tablet()
            sockets.append(await house.socket(tablet))
            await hello(sockets[-1], f"tablet{place}")
            await tablet.aclose()
        tablet = await house.tablet()
        crowded = await house.socket(tablet)  # one more
        bye = await until(crowded, "bye")
        assert (bye["code"], bye["retry_ms"]) == (protocol.CROWDED, 60_000)
        assert await closing(crowded) == protocol.CROWDED
        await sockets[0].send(json.dumps({"t": "ping", "at": 1}))  # the others are undisturbed
        await until(sockets[0], "pong")
        await sockets[0].close()
        for _ in range(100):
            if house.board.watch.sockets < 3:
                break
            await asyncio.sleep(0.01)
        again = await house.socket(tablet)  # and there is room again
        await hello(again)
        for socket in (*sockets[1:], again):
            await socket.close()
        await tablet.aclose()


async def test_a_compressed_conversation_is_not_offered(house: House) -> None:
    tablet = await house.tablet()
    cookie = "; ".join(f"{k}={v}" for k, v in tablet.cookies.items())
    async with websockets.connect(
        f"{house.url.replace('http', 'ws', 1)}/ws/{house.sprint}/deelnemer",
        origin=house.url,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie},
        compression="deflate",
    ) as socket:
        assert socket.response is not None
        assert "Sec-WebSocket-Extensions" not in socket.response.headers
    await tablet.aclose()


async def test_after_the_last_socket_nothing_is_left(house: House) -> None:
    for _ in range(200):
        if house.board.watch.sockets == 0:
            break
        await asyncio.sleep(0.01)
    assert house.board.watch.sockets == 0
    assert sum(house.board.rooms.open_rooms.values()) == 0
    assert not house.board._sockets._by_address
