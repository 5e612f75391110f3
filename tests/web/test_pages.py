"""The pages and what goes with them: headers, files, plain sentences, limits of a request."""

import asyncio
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from opgavebord.settings import Settings
from opgavebord.sprint import limits
from opgavebord.watch import Watch
from opgavebord.web import gate, pages
from opgavebord.web.problems import Problem, told
from tests.web.house import House

PAGES = [
    "/",
    "/wand",
    "/regie",
    "/s/abcd",
    "/s/abcd/bord",
    "/s/abcd/lijst",
    "/s/abcd/plek",
    "/s/abcd/stemmen",
    "/s/abcd/controle",
    "/s/abcd/wand",
    "/s/abcd/wand/teller",
    *(f"/{door}" for door in ("oogst", "tafel", "luister", "bureau")),
    *(f"/{door}/abcd" for door in ("wand", "regie", "oogst", "tafel", "luister")),
    "/bureau/sprints/abcd",
]


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_has_the_whole_policy(house: House, path: str) -> None:
    async with house.browser() as browser:
        answer = await browser.get(path)
        asked_after = await browser.head(path)
    assert answer.status_code == asked_after.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(
        part.partition(" ")[::2] for part in answer.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == f"'self' {house.url.replace('http', 'ws', 1)}"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"].split()[0] == "svelte-trusted-html"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert answer.headers["cache-control"] == "no-cache"
    assert "server" not in answer.headers
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example\r\nx: y", "a b", "a;b", "a'b", "[::1", ""])
def test_a_strange_host_does_not_reach_the_policy(host: str) -> None:
    from opgavebord.web.visitor import visitor

    scope = {"headers": [(b"host", host.encode())], "client": ("1.2.3.4", 5), "scheme": "http"}
    assert visitor(scope, Settings()).host == ""


async def test_a_page_that_is_not_there_is_plain_dutch(house: House) -> None:
    async with house.browser() as browser:
        for path in ("/nergens", "/s", "/assets/nergens.js", "/assets/../../settings.py",
                     "/assets/%2e%2e/%2e%2e/settings.py", "/assets/a%00b", "/wand/a/b",
                     "/docs", "/openapi.json"):  # fmt: skip
            answer = await browser.get(path)
            assert answer.status_code == 404, path
            assert "Deze pagina is er niet." in answer.text
            assert 'lang="nl"' in answer.text
            assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        answer = await browser.get("/api/nergens")
        assert answer.json() == {
            "code": "not_found",
            "message": "Deze pagina is er niet. Ga terug naar het begin.",
        }
        assert (await browser.put("/api/join")).json()["code"] == "wrong_method"


async def test_files_are_kept_for_ever_and_the_first_page_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>" + "x" * 1000)
    (tmp_path / "sw.js").write_text("//")
    (tmp_path / "geheim.txt").write_text("geheim")
    (tmp_path / "assets" / "app-1a2b.js").write_text("let a=1;" * 100)
    (tmp_path / "assets" / "letter-3c.woff2").write_bytes(b"\0" * 100)
    app = FastAPI(openapi_url=None)
    app.include_router(pages.routes(Settings(), tmp_path))
    app.add_exception_handler(Problem, told)
    inside = httpx2.ASGITransport(gate.Gate(app, Watch(), secure=True))  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=inside, base_url="http://bord") as browser:
        script = await browser.get("/assets/app-1a2b.js")
        assert script.text == "let a=1;" * 100
        assert script.headers["content-encoding"] == "gzip"
        assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert script.headers["content-type"] == "text/javascript; charset=utf-8"
        assert script.headers["strict-transport-security"] == "max-age=31536000"
        plain = await browser.get("/assets/app-1a2b.js", headers={"accept-encoding": "identity"})
        assert plain.text == script.text
        assert "content-encoding" not in plain.headers
        letter = await browser.get("/assets/letter-3c.woff2")
        assert letter.headers["content-type"] == "font/woff2"
        assert "content-encoding" not in letter.headers
        worker = await browser.get("/sw.js")
        assert worker.headers["cache-control"] == "no-cache"
        page = await browser.get("/")
        again = await browser.get("/", headers={"if-none-match": page.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        (tmp_path / "index.html").write_text("<!doctype html>nieuw")
        assert "nieuw" in (await browser.get("/")).text
        assert (await browser.get("/geheim.txt")).status_code == 404


async def test_security_txt_is_there_when_there_is_somebody_to_tell(
    house: House, tmp_path: Path
) -> None:
    async with house.browser() as browser:
        assert (await browser.get("/.well-known/security.txt")).status_code == 404
    app = FastAPI(openapi_url=None)
    app.include_router(pages.routes(Settings(contact="mailto:veilig@example.nl"), tmp_path))
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app), base_url="http://bord"
    ) as browser:
        text = (await browser.get("/.well-known/security.txt")).text
        assert "Contact: mailto:veilig@example.nl\n" in text
        assert "Expires: 20" in text


async def test_health_and_version(house: House) -> None:
    async with house.browser() as browser:
        assert (await browser.get("/healthz")).json() == {"ok": True}
        assert (await browser.get("/readyz")).json() == {"ok": True}
        version = (await browser.get("/versie")).json()
        assert version["protocol"] == [3]
        metrics = (await browser.get("/metrics")).text
        assert "opgavebord_ws_connections " in metrics
        assert house.sprint not in metrics
        beyond = await browser.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
        assert beyond.status_code == 404


@pytest.mark.parametrize(
    ("size", "status"),
    [
        (limits.HTTP_BODY_BYTES - 1, 404),
        (limits.HTTP_BODY_BYTES, 404),
        (limits.HTTP_BODY_BYTES + 1, 413),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
async def test_the_size_of_a_body(house: House, size: int, status: int, streamed: bool) -> None:
    frame = b'{"code": ""}'
    body = frame[:-2] + b"z" * (size - len(frame)) + frame[-2:]

    async def parts():  # type: ignore[no-untyped-def]
        for at in range(0, len(body), 10_000):
            yield body[at : at + 10_000]

    async with house.browser() as browser:
        answer = await browser.post("/api/join", content=parts() if streamed else body)
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize(("size", "status"), [(1_000, 200), (gate.HEADERS_BYTES, 431)])
async def test_the_size_of_the_headers(house: House, size: int, status: int) -> None:
    async with house.browser() as browser:
        answer = await browser.get("/healthz", headers={"cookie": "a=" + "b" * size})
        assert answer.status_code == status
        many = {f"x-{n}": "1" for n in range(gate.HEADERS_COUNT + 1)}
        assert (await browser.get("/healthz", headers=many)).status_code == 431
        assert (await browser.get("/" + "a" * gate.PATH_BYTES)).status_code == 414


async def test_an_address_behind_a_made_up_proxy_is_not_believed(house: House) -> None:
    from opgavebord.web.visitor import visitor

    scope = {
        "headers": [(b"x-forwarded-for", b"9.9.9.9"), (b"host", b"bord")],
        "client": ("10.0.0.1", 5),
        "scheme": "http",
    }
    assert visitor(scope, Settings()).address == "10.0.0.1"


def test_one_home_is_one_address() -> None:
    from opgavebord.web.visitor import visitor

    def address(client: str) -> str:
        return visitor({"headers": [], "client": (client, 1), "scheme": "http"}, Settings()).address

    assert address("2001:db8::1") == address("2001:db8::2") != address("2001:db8:1::1")
    assert address("::ffff:10.0.0.1") == "10.0.0.1"


async def test_a_body_that_dawdles_is_let_go(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "BODY_SECONDS", 0.1)
    host, port = house.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /api/join HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{")
    answer = await asyncio.wait_for(reader.read(200), 5)
    assert answer.startswith(b"HTTP/1.1 408")
    writer.close()


async def test_headers_that_never_end_are_let_go(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    from opgavebord import serving

    monkeypatch.setattr(serving, "HEADER_SECONDS", 0.1)
    host, port = house.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET / HTTP/1.1\r\nHost:")
    try:
        assert await asyncio.wait_for(reader.read(), 5) == b""
    except ConnectionResetError:
        pass
    writer.close()
