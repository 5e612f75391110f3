"""Who sits at one sprint is a stranger at every other: each address that names a sprint, asked with another's.

The addresses are read from the application itself, so that a new one is among them by itself (T34).
"""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.routing import APIRoute

from opgavebord import founding, protocol
from opgavebord.people.tokens import new_id
from tests.web.house import House, a_house

OUTSIDERS = ("deelnemer", "wand", "regie", "oogst", "tafel", "luister")
FOR_EVERYBODY = "/gehoord/"  # what was published; what was not looks as if it were not there


def addresses_of(house: House) -> list[tuple[str, str]]:
    """Method and path of everything that is about one sprint."""
    gate: Any = house.board._pages
    routes = [route for route in _routes(gate._inside) if "{sprint}" in route.path]
    return sorted(
        (method, route.path)
        for route in routes
        for method in route.methods - {"HEAD"}
        if route.path.startswith("/api/")
    )


def _routes(application: Any) -> list[APIRoute]:
    """All routes, also of routers that are included one in another."""
    found: list[APIRoute] = []
    for route in application.routes:
        if isinstance(route, APIRoute):
            found.append(route)
        elif hasattr(route, "routes") or hasattr(route, "original_router"):
            found += _routes(getattr(route, "original_router", route))
    return found


async def ask(browser: httpx2.AsyncClient, method: str, path: str, sprint: str) -> tuple[int, Any]:
    path = path.replace("{sprint}", sprint)
    path = re.sub(r"\{which\}", "wand", path)
    path = re.sub(r"\{[a-z_]+(:path)?\}", "anything", path)
    body = {} if method in ("POST", "PUT", "PATCH") else None
    answer = await browser.request(method, path, json=body)
    return answer.status_code, answer.text.replace(sprint, "SPRINT")


async def test_a_seat_at_one_sprint_opens_nothing_of_another(tmp_path: Path) -> None:
    async with a_house(tmp_path) as house:
        other = await founding.found_demo(house.board.log)
        known = addresses_of(house)
        assert len(known) >= 10
        visitors = {"deelnemer": await house.tablet()}
        for which in OUTSIDERS[1:]:
            visitors[which] = await house.entered(which)
        for who, browser in visitors.items():
            for method, path in known:
                there = await ask(browser, method, path, other)
                nowhere = await ask(browser, method, path, new_id())
                assert there == nowhere, (who, method, path)
                assert there[0] in (400, 401, 403, 404, 422), (who, method, path, there)
            await browser.aclose()


@pytest.mark.parametrize("role", OUTSIDERS)
async def test_nor_does_its_cookie_open_a_socket_there(house: House, role: str) -> None:
    other = await founding.found_demo(house.board.log)
    browser = await (house.tablet() if role == "deelnemer" else house.entered(role))
    as_role = {"regie": "begeleider", "tafel": "tafelbegeleider", "luister": "luisteraar"}
    url = f"{house.url.replace('http', 'ws', 1)}/ws/{other}/{as_role.get(role, role)}"
    socket = await house.socket(browser, url=url)
    async with asyncio.timeout(10):
        await socket.wait_closed()
    assert socket.close_code == protocol.NO_SEAT
    await browser.aclose()
