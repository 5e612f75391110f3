"""A part of somebody's website: everything works below a path, with a proxy that takes the path off and
with one that leaves it on."""

import re
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx2
import pytest
from fastapi import FastAPI

from opgavebord.settings import TAKEN
from tests.web.house import NO_TLS, House, a_house, hello

URL = "https://gemeente.nl/bord"
HOST = {"host": "gemeente.nl"}


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with a_house(tmp_path_factory.mktemp("below"), url=URL) as house:
        yield house


@pytest.fixture(params=["", "/bord"], ids=["path taken off", "path left on"])
def root(request: pytest.FixtureRequest) -> str:
    """What a proxy asks us for, of an address that people see with /bord."""
    value: str = request.param
    return value


def browser(house: House, root: str) -> httpx2.AsyncClient:
    at = f"http://127.0.0.1:{house.board.port}{root}"
    return httpx2.AsyncClient(base_url=at, headers=HOST, verify=NO_TLS)


async def test_every_link_names_the_path(house: House) -> None:
    links = house.links
    assert links.url == URL
    for link in (links.wall_url, links.join_url, links.desk_url, links.public_url):
        assert link.startswith(f"{URL}/")


async def test_a_page_names_its_assets_below_the_path(house: House, root: str) -> None:
    async with browser(house, root) as one:
        for path in ("/", "/wand", "/s/abcd/bord", "/bureau/sprint/abcd"):
            page = await one.get(path)
            assert page.status_code == 200
            named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
            assert named
            assert all(name.startswith("/bord/assets/") for name in named)
            for name in named:
                asset = await one.get(name.removeprefix("/bord"))
                assert asset.status_code == 200
            assert "base-uri 'none'" in page.headers["content-security-policy"]
            assert "wss://gemeente.nl" in page.headers["content-security-policy"]


async def test_the_path_without_a_slash_goes_to_the_one_with(house: House) -> None:
    async with browser(house, "") as one:
        answer = await one.get("/bord")
        assert answer.status_code == 307
        assert answer.headers["location"].endswith("://gemeente.nl/bord/")
        other = await one.get("/bordspel")
        assert other.status_code == 404
        assert 'href="/bord/"' in other.text


async def test_in_by_the_code_and_on_by_the_cookie(house: House, root: str) -> None:
    async with browser(house, root) as one:
        joined = await one.post("/api/join", json={"code": house.links.join_code})
        cookie = joined.headers["set-cookie"]
        assert cookie.startswith(f"__Secure-ob_deelnemer_{house.sprint}=")
        assert "; Path=/bord; HttpOnly; SameSite=Strict; Secure" in cookie
        held = {"cookie": cookie.partition(";")[0]}
        me = await one.get(f"/api/s/{house.sprint}/me", headers=held)
        assert (me.json()["roles"], me.json()["url"]) == (["deelnemer"], URL)
        again = await one.post("/api/join", json={"code": house.links.join_code}, headers=held)
        assert again.headers["set-cookie"] == cookie  # the same seat
    socket = await house.socket(
        None,
        url=f"ws://gemeente.nl{root}/ws/{house.sprint}/deelnemer",
        origin="https://gemeente.nl",
        headers=held,
        host="127.0.0.1",
        port=house.board.port,
    )
    async with socket:
        assert (await hello(socket))["t"] == "welcome"


async def test_the_public_page_finds_its_style_and_the_start(house: House, root: str) -> None:
    async with browser(house, root) as one:
        page = await one.get("/gehoord/nergens")
        assert 'href="/bord/gehoord/gehoord.css"' in page.text
        style = await one.get("/gehoord/gehoord.css")
        letters = re.findall(r'url\("([^"]+)"\)', style.text)
        assert letters
        for name in letters:
            assert (await one.get(f"/gehoord/{name}")).status_code == 200


def test_a_path_can_not_begin_like_one_of_ours(house: House) -> None:
    assert house.board._pages is not None
    application = cast("FastAPI", house.board._pages._inside)
    routers = [cast("Any", one).original_router for one in application.routes]
    ours = {route.path.split("/")[1] for router in routers for route in router.routes}
    assert ours - {"", "{name}"} | {"ws", "sw.js"} == set(TAKEN)
