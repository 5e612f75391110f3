"""A socket may be opened by our own pages and by nobody else's, exactly (T4)."""

from pathlib import Path

import pytest
import websockets

from tests.web.house import House, a_house, hello


def origins(house: House) -> dict[str, str | None]:
    port = house.url.rpartition(":")[2]
    return {
        "missing": None,
        "null": "null",
        "empty": "",
        "elsewhere": "https://evil.example",
        "other port": f"http://127.0.0.1:{int(port) + 1}",
        "no port": "http://127.0.0.1",
        "other name of the same machine": f"http://localhost:{port}",
        "sub-domain": f"http://evil.127.0.0.1:{port}",
        "longer": f"http://127.0.0.1:{port}.evil.example",
        "with a path": f"http://127.0.0.1:{port}/",
        "other scheme": f"ftp://127.0.0.1:{port}",
        "in capitals": f"HTTP://127.0.0.1:{port}",
    }


CASES = [
    "missing", "null", "empty", "elsewhere", "other port", "no port",
    "other name of the same machine", "sub-domain", "longer", "with a path", "other scheme",
    "in capitals",
]  # fmt: skip


@pytest.mark.parametrize("case", CASES)
async def test_another_origin_gets_403_before_anything_is_accepted(house: House, case: str) -> None:
    assert list(origins(house)) == CASES
    tablet = await house.tablet()
    with pytest.raises(websockets.InvalidStatus) as refused:
        await house.socket(tablet, origin=origins(house)[case])
    assert refused.value.response.status_code == 403
    await tablet.aclose()


async def test_our_own_origin_is_welcome(house: House) -> None:
    tablet = await house.tablet()
    socket = await house.socket(tablet)
    assert (await hello(socket))["seat"]["role"] == "deelnemer"
    await socket.close()
    await tablet.aclose()


async def test_the_settings_name_the_origins_when_they_do(tmp_path: Path) -> None:
    async with a_house(tmp_path, origins=("https://bord.example.nl",)) as house:
        tablet = await house.tablet()
        socket = await house.socket(tablet, origin="https://bord.example.nl")
        await hello(socket)
        await socket.close()
        with pytest.raises(websockets.InvalidStatus):
            await house.socket(tablet, origin=house.url)
        await tablet.aclose()


@pytest.mark.parametrize("path", ["/ws", "/ws/x/deelnemer", "/ws/../etc/wand", "/ergens", "/"])
async def test_a_socket_at_another_path_is_refused(house: House, path: str) -> None:
    with pytest.raises(websockets.InvalidStatus) as refused:
        await house.socket(None, url=f"{house.url.replace('http', 'ws', 1)}{path}")
    assert refused.value.response.status_code == 403


async def test_a_page_of_another_website_changes_nothing(house: House) -> None:
    async with house.browser() as browser:
        for path in ("/api/join", "/api/enter", f"/api/s/{house.sprint}/links/wand"):
            answer = await browser.post(
                path,
                json={"code": house.links.join_code},
                headers={"Origin": "https://evil.example"},
            )
            assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin")


async def test_two_origins_in_one_request_are_none(house: House) -> None:
    async with house.browser() as browser:
        answer = await browser.post(
            "/api/join",
            json={"code": house.links.join_code},
            headers=[("Origin", house.url), ("Origin", "https://evil.example")],
        )
    assert answer.status_code == 403
