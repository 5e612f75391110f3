"""nginx and Caddy with our files in front of a real server: everything goes through, and nothing else."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
import websockets

from opgavebord.serving import PING_EVERY
from opgavebord.sprint import limits
from tests.server import Server

from .fronts import RECIPES, Front, Which, front, plan
from .guest import Guest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.faults


class Site:
    """A proxy with a server behind it, and how to visit them."""

    def __init__(self, front: Front, server: Server) -> None:
        self.front = front
        self.server = server
        self.origin = re.sub(r"^(https?://[^/]+).*", r"\1", front.url)

    @property
    def sprint(self) -> str:
        return self.server.links["sprint"]

    def browser(self, address: str = "127.0.0.1", **how: Any) -> httpx2.AsyncClient:
        """A browser at an address of this machine."""
        transport = httpx2.AsyncHTTPTransport(verify=self.front.trust, local_address=address)
        headers = {"origin": self.origin, **how.pop("headers", {})}
        return httpx2.AsyncClient(
            base_url=self.front.url, transport=transport, headers=headers, **how
        )

    async def seat(self) -> str:
        """In by the code; the cookie."""
        async with self.browser() as browser:
            joined = await browser.post("/api/join", json={"code": self.server.links["join_code"]})
            assert joined.status_code == 200, joined.text
            return str(joined.headers["set-cookie"])

    async def socket(self, cookie: str, **how: Any) -> websockets.ClientConnection:
        url = self.front.url.replace("http", "ws", 1)
        return await websockets.connect(
            f"{url}/ws/{self.sprint}/{how.pop('role', 'deelnemer')}",
            origin=how.pop("origin", self.origin),
            additional_headers={"Cookie": cookie.partition(";")[0]},
            ssl=self.front.trust if url.startswith("wss:") else None,
            compression=None,
            max_size=2**24,
            **how,
        )


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    which: Which = request.param
    yield from a_site(tmp_path_factory.mktemp(which), plan(which))


def a_site(folder: Path, planned: Any) -> Iterator[Site]:
    server = Server(folder, OPGAVEBORD_URL=planned.url, OPGAVEBORD_PROXIES="127.0.0.1").start()
    try:
        with front(planned, [server.port]) as running:
            yield Site(running, server)
    finally:
        server.kill()


async def test_in_by_the_code_a_note_and_its_echo(site: Site) -> None:
    cookie = await site.seat()
    async with site.browser() as tablet:
        assert cookie.startswith(f"__Host-ob_deelnemer_{site.sprint}=")
        me = await tablet.get(f"/api/s/{site.sprint}/me", headers={"cookie": cookie})
        assert me.json()["url"] == site.front.url
    guest = await Guest.on(await site.socket(cookie))
    await guest.write("De bus komt niet meer.")
    await guest.leave()


async def test_a_quiet_socket_outlives_the_pings(site: Site) -> None:
    """Every limit of the proxy on a quiet socket is far beyond the server's ping."""
    nginx = (RECIPES / "nginx" / "opgavebord-pass.conf").read_text()
    found = re.search(r"proxy_read_timeout (\d+)s;", nginx)
    assert found is not None
    assert int(found[1]) > 3 * PING_EVERY
    caddy = (RECIPES / "caddy" / "opgavebord.caddy").read_text()
    assert not re.search(r"(stream|read|write|response_header)_timeout", caddy)


async def test_another_website_opens_no_socket(site: Site) -> None:
    cookie = await site.seat()
    with pytest.raises(websockets.InvalidStatus) as refused:
        await site.socket(cookie, origin="https://elders.example.nl")
    assert refused.value.response.status_code == 403


async def test_a_file_to_take_home_comes_through_whole(site: Site) -> None:
    async with site.browser() as desk:
        secret = site.server.links["regie_url"].partition("#")[2]
        entered = await desk.post("/api/enter", json={"secret": secret})
        held = {"cookie": entered.headers["set-cookie"].partition(";")[0]}
        path = f"/api/s/{site.sprint}/exports"
        begun = await desk.post(path, json={"format": "pdf"}, headers=held)
        mine = f"{path}/{begun.json()['id']}"
        async with asyncio.timeout(20):
            while not (await desk.get(mine, headers=held)).json()["ready"]:
                await asyncio.sleep(0.05)
        file = await desk.get(f"{mine}/file", headers=held)
        assert file.headers["content-type"] == "application/pdf"
        assert file.content.startswith(b"%PDF")
        assert len(file.content) == int(file.headers["content-length"])
    # And never by way of a file: nothing lies on the proxy's disk, and nothing would.
    assert "\nproxy_buffering off;" in (RECIPES / "nginx" / "opgavebord-pass.conf").read_text()
    temporary = site.front.folder / "temporary" / "proxy"
    assert not temporary.exists() or not [one for one in temporary.rglob("*") if one.is_file()]


async def test_what_is_too_large_goes_no_further(site: Site) -> None:
    async with site.browser() as browser:
        answer = await browser.post("/api/join", content=b"x" * 2_000_000)
        assert answer.status_code == 413
        assert "opgavebord" not in answer.text.lower()


@pytest.mark.parametrize("path", ["/metrics", "/readyz"])
async def test_what_is_for_who_keeps_it_running_stays_inside(site: Site, path: str) -> None:
    async with site.browser() as browser:
        assert (await browser.get(path)).status_code == 404
        assert (await browser.get("/healthz")).status_code == 200


async def test_security_headers_are_said_once(site: Site) -> None:
    async with site.browser() as browser:
        page = await browser.get("/")
        assert page.status_code == 200
        for name in ("strict-transport-security", "content-security-policy", "x-frame-options"):
            assert len(page.headers.get_list(name)) == 1, name
        socket_at = f"wss://localhost:{site.front.port}"
        assert socket_at in page.headers["content-security-policy"]


async def test_http_leads_to_https(site: Site) -> None:
    async with httpx2.AsyncClient(verify=site.front.trust) as browser:
        answer = await browser.get(f"http://localhost:{site.front.plain}/wand")
        assert answer.status_code == 308
        assert answer.headers["location"].startswith("https://localhost")
        assert answer.headers["location"].endswith("/wand")


async def test_who_tries_codes_is_known_by_their_own_address(site: Site) -> None:
    """Not by the proxy's, and not by one that they make up."""

    async def wrong(address: str, **headers: str) -> int:
        async with site.browser(address) as browser:
            answer = await browser.post("/api/join", json={"code": "222222"}, headers=headers)
            return answer.status_code

    async with site.browser("127.0.0.2") as guesser:
        for n in range(limits.FAILED_JOINS_PER_ADDRESS):
            made_up = {"x-forwarded-for": f"192.0.2.{n}", "forwarded": f"for=192.0.2.{n}"}
            tried = await guesser.post("/api/join", json={"code": "222222"}, headers=made_up)
            assert tried.status_code == 404, n
    assert await wrong("127.0.0.2") == 429
    assert await wrong("127.0.0.2", **{"x-forwarded-for": "127.0.0.3"}) == 429
    assert await wrong("127.0.0.3") == 404
    # Past the proxy there is nobody to believe.
    transport = httpx2.AsyncHTTPTransport(local_address="127.0.0.2")
    async with httpx2.AsyncClient(base_url=site.server.url, transport=transport) as direct:
        made_up = {"x-forwarded-for": "127.0.0.4"}
        answer = await direct.post("/api/join", json={"code": "222222"}, headers=made_up)
        assert answer.status_code == 429


# --- a part of a website -----------------------------------------------------------------------


WAYS: tuple[tuple[Which, bool], ...] = (
    ("nginx", False),
    ("nginx", True),
    ("caddy", False),
    ("caddy", True),
)


@pytest.fixture(scope="module", params=WAYS, ids=[f"{w}-{'off' if o else 'on'}" for w, o in WAYS])
def part(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site of which only /bord is ours; the proxy takes that off, or leaves it on."""
    which, off = request.param
    yield from a_site(tmp_path_factory.mktemp(which), plan(which, path="/bord", takes_off=off))


async def test_below_a_path(part: Site) -> None:
    cookie = await part.seat()
    async with part.browser() as tablet:
        assert cookie.startswith(f"__Secure-ob_deelnemer_{part.sprint}=")
        assert "; Path=/bord;" in cookie
        page = await tablet.get("/")
        for name in re.findall(r'(?:src|href)="([^"]+)"', page.text):
            asset = await tablet.get(f"{part.origin}{name}")
            assert asset.status_code == 200, name
        assert (await tablet.get("/metrics")).status_code == 404
        assert (await tablet.get(f"{part.origin}/metrics")).text == "gemeente.nl"
        start = await tablet.get(f"{part.origin}/bord")
        assert start.headers["location"].endswith("/bord/")
        slash = await tablet.get("/wand/")
        assert slash.headers["location"] == f"{part.front.url}/wand"
    guest = await Guest.on(await part.socket(cookie))
    await guest.write("De bus komt niet meer.")
    await guest.leave()
