"""Coming in over HTTP: what a browser gets, and the one sentence that it gets instead."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from opgavebord import protocol
from opgavebord.people.invitations import ROLE_OF
from opgavebord.sprint import limits
from opgavebord.sprint.sprint import Role, Seat
from tests.web.house import House, a_house, closing, hello, until


async def test_a_code_gives_a_seat_and_a_cookie(house: House) -> None:
    async with house.browser() as browser:
        answer = await browser.post(
            "/api/join", json={"code": house.links.join_code.lower().replace("-", " ")}
        )
        assert (answer.status_code, answer.json()) == (200, {"sprint": house.sprint})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith(f"ob_deelnemer_{house.sprint}=")
        for rule in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"):
            assert rule in cookie
        assert "Secure" not in cookie
        me = await browser.get(f"/api/s/{house.sprint}/me")
        assert me.json() == {"title": "Vitale kernen", "roles": ["deelnemer"], "url": house.url}
        again = await browser.post("/api/join", json={"code": house.links.join_code})
        assert again.headers["set-cookie"] == cookie  # the same seat


async def test_the_qr_joins_too(house: House) -> None:
    async with house.browser() as browser:
        token = house.links.join_url.partition("#t=")[2]
        answer = await browser.post("/api/join", json={"token": token})
        assert answer.json() == {"sprint": house.sprint}


async def test_over_https_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    async with a_house(tmp_path, url="https://bord.example.nl") as house:
        assert house.links.wall_url.startswith("https://bord.example.nl/wand#")

        port = house.board.addresses  # the links name the public address; we go to the port
        assert port.hall == "https://bord.example.nl"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"code": "ZZZ-ZZZ"}, 404, "wrong_code"),
        ({"code": ""}, 404, "wrong_code"),
        ({"code": "é" * 1000}, 404, "wrong_code"),
        ({"token": "f" * 32}, 404, "wrong_code"),
        ({}, 400, "bad_request"),
        ({"code": "ABCDEF", "token": "f" * 32}, 400, "bad_request"),
        ({"code": 7}, 400, "bad_request"),
        ({"code": "ABCDEF", "naam": "Piet"}, 400, "bad_request"),
        ([], 400, "bad_request"),
    ],
)
async def test_what_does_not_open_the_door(
    house: House, body: object, status: int, code: str
) -> None:
    async with house.browser() as browser:
        answer = await browser.post("/api/join", json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.json()["message"].endswith(".")
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"code": "ABC\\ud800"}',
        b'{"code": NaN}',
        b'{"code": "\xff\xfe"}',
        b"[" * 20_000,
        b'{"code": ' + b"1" * 5_000 + b"}",
    ],
)
async def test_what_can_not_be_read_is_refused_at_once(house: House, raw: bytes) -> None:
    async with house.browser() as browser:
        answer = await asyncio.wait_for(browser.post("/api/join", content=raw), 2)
        assert (answer.status_code, answer.json()["code"]) in (
            (400, "bad_request"),
            (404, "wrong_code"),
        )


async def test_a_wrong_link_is_said_so(house: House) -> None:
    async with house.browser() as browser:
        answer = await browser.post("/api/enter", json={"secret": "x" * 43})
        assert (answer.status_code, answer.json()["code"]) == (404, "wrong_link")


async def test_links_give_their_roles(house: House) -> None:
    for which, role in ROLE_OF.items():
        async with house.browser() as browser:
            answer = await browser.post("/api/enter", json={"secret": house.secret(which)})
            assert answer.json() == {"sprint": house.sprint, "role": role}
            me = await browser.get(f"/api/s/{house.sprint}/me")
            assert me.json()["roles"] == [role]


async def test_a_stranger_hears_the_same_of_a_sprint_that_is_and_one_that_is_not(
    house: House,
) -> None:
    async with house.browser() as browser:
        answers = []
        for sprint in (house.sprint, "nergens"):
            answers += [
                await browser.get(f"/api/s/{sprint}/me"),
                await browser.get(f"/api/s/{sprint}/qr.svg"),
                await browser.get(f"/api/s/{sprint}/links"),
                await browser.post(f"/api/s/{sprint}/links/wand"),
                await browser.post(f"/api/s/{sprint}/stoelcode"),
            ]
        assert {(a.status_code, a.text) for a in answers} == {(404, answers[0].text)}


async def test_a_participant_may_not_draw_the_qr_or_make_links(house: House) -> None:
    tablet = await house.tablet()
    assert (await tablet.get(f"/api/s/{house.sprint}/qr.svg")).status_code == 403
    answer = await tablet.post(f"/api/s/{house.sprint}/links/wand")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    await tablet.aclose()


async def test_the_wall_draws_the_qr_but_makes_no_links(house: House) -> None:
    wall = await house.entered("wand")
    qr = await wall.get(f"/api/s/{house.sprint}/qr.svg")
    assert qr.headers["content-type"] == "image/svg+xml"
    assert qr.text.startswith("<svg")
    strange = await wall.get(f"/api/s/{house.sprint}/qr.svg?table=nergens")
    assert (strange.status_code, strange.json()["code"]) == (404, "not_found")
    assert (await wall.post(f"/api/s/{house.sprint}/links/regie")).status_code == 403
    await wall.aclose()


async def test_the_regie_hands_out_the_links_of_every_role(house: House) -> None:
    regie, tablet = await house.entered("regie"), await house.tablet()
    told = (await regie.get(f"/api/s/{house.sprint}/links")).json()
    assert told == {which: f"{house.url}/{which}#{house.secret(which)}" for which in ROLE_OF}
    assert (await tablet.get(f"/api/s/{house.sprint}/links")).status_code == 403
    for browser in (regie, tablet):
        await browser.aclose()


async def test_a_seat_moves_to_another_device_with_its_stoelcode(house: House) -> None:
    old, new = await house.tablet(), house.browser()
    socket = await house.socket(old)
    mine = (await hello(socket, "oude-tablet"))["seat"]["id"]
    given = (await old.post(f"/api/s/{house.sprint}/stoelcode")).json()
    assert given["until"] > time.time() * 1000 + (limits.STOELCODE_SECONDS - 60) * 1000
    moved = await new.post(
        "/api/move", json={"code": house.links.join_code, "stoelcode": given["code"]}
    )
    assert moved.json() == {"sprint": house.sprint, "role": "deelnemer"}
    assert await closing(socket) == protocol.MOVED
    again = await house.socket(new)
    assert (await hello(again, "nieuwe-tablet"))["seat"]["id"] == mine
    assert await closing(await house.socket(old)) == protocol.NO_SEAT
    assert (await old.get(f"/api/s/{house.sprint}/me")).status_code == 404
    await again.close()
    for browser in (old, new):
        await browser.aclose()


async def test_a_device_that_comes_in_while_its_seat_moves_is_told_so(house: House) -> None:
    """Its cookie was looked up just before the seat moved."""
    old, new = await house.tablet(), house.browser()
    given = (await old.post(f"/api/s/{house.sprint}/stoelcode")).json()
    seats = house.board.seats.of
    looked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(sprint: str, role: Role, token: str | None) -> Seat | None:
        seat = await seats(sprint, role, token)
        looked.set()
        await go_on.wait()
        return seat

    house.board.seats.of = slow  # type: ignore[method-assign]
    try:
        coming = asyncio.create_task(house.socket(old))
        await looked.wait()
        token = house.links.join_url.partition("#t=")[2]
        moved = await new.post("/api/move", json={"token": token, "stoelcode": given["code"]})
        assert moved.status_code == 200
        go_on.set()
        assert await closing(await coming) == protocol.MOVED
    finally:
        del house.board.seats.of
    for browser in (old, new):
        await browser.aclose()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"code": "ZZZZZZ", "stoelcode": "1234"}, 404, "wrong_code"),
        ({"token": "f" * 32, "stoelcode": "1234"}, 404, "wrong_code"),
        ({"stoelcode": "1234"}, 400, "bad_request"),
        ({"code": "ZZZZZZ", "token": "f" * 32, "stoelcode": "1234"}, 400, "bad_request"),
        ({"code": "ZZZZZZ"}, 400, "bad_request"),
        ({"code": "ZZZZZZ", "stoelcode": 1234}, 400, "bad_request"),
    ],
)
async def test_what_does_not_move_a_seat(
    house: House, body: object, status: int, code: str
) -> None:
    async with house.browser() as browser:
        answer = await browser.post("/api/move", json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert "set-cookie" not in answer.headers


async def test_a_wrong_stoelcode_is_said_so_and_staff_have_none(house: House) -> None:
    async with house.browser() as browser:
        answer = await browser.post(
            "/api/move", json={"code": house.links.join_code, "stoelcode": "nee"}
        )
        assert (answer.status_code, answer.json()["code"]) == (404, "wrong_stoelcode")
    wall = await house.entered("wand")
    assert (await wall.post(f"/api/s/{house.sprint}/stoelcode")).status_code == 403
    await wall.aclose()


async def test_closed_doors_and_a_new_code(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        regie = await house.entered("regie")
        socket = await house.socket(regie, "begeleider")
        await hello(socket)
        await socket.send(json.dumps(do("regietje.1", {"do": "doors.set", "open": False})))
        await until(socket, "frame")
        async with house.browser() as browser:
            right = await browser.post("/api/join", json={"code": house.links.join_code})
            assert (right.status_code, right.json()["code"]) == (403, "doors_closed")
            wrong = await browser.post("/api/join", json={"code": "ZZZZZZ"})
            assert (wrong.status_code, wrong.json()["code"]) == (404, "wrong_code")
        await socket.send(json.dumps(do("regietje.2", {"do": "doors.set", "open": True})))
        await socket.send(json.dumps(do("regietje.3", {"do": "code.renew"})))
        frame = await until(socket, "frame")
        while all("code" not in op.get("set", {}) for e in frame["events"] for op in e["change"]):
            frame = await until(socket, "frame")
        async with house.browser() as browser:
            old = await browser.post("/api/join", json={"code": house.links.join_code})
            assert old.json()["code"] == "wrong_code"
            code = (await house.board.links(house.sprint)).join_code
            assert (await browser.post("/api/join", json={"code": code})).status_code == 200
        await socket.close()
        await regie.aclose()


async def test_a_link_made_anew_closes_the_sockets_of_the_old_one(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        wall, regie, tablet = (
            await house.entered("wand"),
            await house.entered("regie"),
            await house.tablet(),
        )
        screens = [
            await house.socket(wall, "wand"),
            await house.socket(regie, "begeleider"),
            await house.socket(tablet),
        ]
        for place, screen in enumerate(screens):
            await hello(screen, f"scherm{place}")
        answer = await regie.post(f"/api/s/{house.sprint}/links/wand")
        assert answer.json()["url"].startswith(f"{house.url}/wand#")
        assert await closing(screens[0]) == protocol.REPLACED
        again = await house.socket(wall, "wand")
        assert await closing(again) == protocol.NO_SEAT
        async with house.browser() as browser:
            old = await browser.post("/api/enter", json={"secret": house.secret("wand")})
            assert old.json()["code"] == "wrong_link"
            new = answer.json()["url"].partition("#")[2]
            assert (await browser.post("/api/enter", json={"secret": new})).status_code == 200

        other = await house.entered("regie")
        answer = await other.post(f"/api/s/{house.sprint}/links/regie")
        assert answer.status_code == 200
        assert await closing(screens[1]) == protocol.REPLACED
        assert (await other.get(f"/api/s/{house.sprint}/me")).json()["roles"] == ["begeleider"]
        for screen in screens[2:]:
            await screen.send(json.dumps({"t": "ping", "at": 1}))
            await until(screen, "pong")
            await screen.close()
        for browser in (wall, regie, tablet, other):
            await browser.aclose()


async def test_too_many_tries_over_http(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house, house.browser() as browser:
        for _ in range(limits.FAILED_JOINS_PER_ADDRESS):
            wrong = await browser.post("/api/join", json={"code": "ZZZZZZ"})
            assert wrong.status_code == 404
        stopped = await browser.post("/api/join", json={"code": house.links.join_code})
        assert (stopped.status_code, stopped.json()["code"]) == (429, "too_many_tries")
        assert 0 < int(stopped.headers["retry-after"]) <= limits.FAILED_JOINS_PER_ADDRESS_SECONDS


async def test_two_hundred_honest_tablets_at_once(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:

        async def one() -> int:
            async with house.browser() as browser:
                answer = await browser.post("/api/join", json={"code": house.links.join_code})
                return answer.status_code

        for _ in range(4):
            assert await asyncio.gather(*(one() for _ in range(50))) == [200] * 50


def do(id: str, command: dict[str, object]) -> dict[str, object]:
    return {"t": "do", "id": id, "c": command}
