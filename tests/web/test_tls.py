"""https by the server itself: pages, sockets and cookies, a certificate that is over, one that is renewed."""

import asyncio
import json
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import websockets

from opgavebord import certificate
from opgavebord.certificate import DAY, TOUR_DAYS, WARN_DAYS, Certificate, advice
from opgavebord.cli.speaking import REFUSED
from opgavebord.listening import CanNotServe
from opgavebord.settings import BadSetting, Settings, from_environment
from tests.server import Server
from tests.web.authority import Authority
from tests.web.house import House, a_house, hello, until


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def trusting(authority: Authority) -> ssl.SSLContext:
    """A tablet on which the authority was installed."""
    return ssl.create_default_context(cafile=str(authority.certificate))


@pytest.fixture(scope="module")
async def house(
    authority: Authority, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    chain, key = authority.issue()
    folder = tmp_path_factory.mktemp("house")
    async with a_house(folder, tls_certificate=chain, tls_key=key) as house:
        yield house


def settings(chain: Path, key: Path) -> Settings:
    return Settings(tls_certificate=chain, tls_key=key)


async def test_a_tablet_comes_in_by_https_and_talks_over_wss(
    house: House, trusting: ssl.SSLContext
) -> None:
    assert house.url.startswith("https://127.0.0.1:")
    async with httpx2.AsyncClient(base_url=house.url, verify=trusting) as browser:
        page = await browser.get("/")
        assert page.headers["strict-transport-security"]
        joined = await browser.post("/api/join", json={"code": house.links.join_code})
        said = joined.headers["set-cookie"]
        assert said.startswith("__Host-ob_deelnemer_")
        assert "; Secure" in said
        async with await websockets.connect(
            f"{house.url.replace('https', 'wss')}/ws/{house.sprint}/deelnemer",
            origin=websockets.Origin(house.url),
            additional_headers={"Cookie": said.split(";")[0]},
            ssl=trusting,
            max_size=2**24,
        ) as socket:
            await hello(socket)
            await until(socket, "snapshot")
            await socket.send("x" * 70_000)
            with pytest.raises(websockets.ConnectionClosed) as closed:
                while True:
                    await socket.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1009, "our own protocol counts behind TLS too"


async def test_robots_of_a_rehearsal_come_in_by_tls_too(
    house: House, trusting: ssl.SSLContext
) -> None:
    async with httpx2.AsyncClient(base_url=house.url, verify=trusting) as regie:
        entered = await regie.post("/api/enter", json={"secret": house.secret("regie")})
        assert entered.status_code == 200
        begun = await regie.post(f"/api/s/{house.sprint}/rehearsal")
        twin = begun.json()["sprint"]
        async with asyncio.timeout(20):
            while house.board.rooms.open_rooms.get(twin, 0) < 3:
                await asyncio.sleep(0.02)
        assert (await regie.delete(f"/api/s/{house.sprint}/rehearsal")).status_code == 200


async def test_a_tablet_that_does_not_know_the_authority_stays_out(house: House) -> None:
    async with httpx2.AsyncClient(base_url=house.url) as browser:
        with pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            await browser.get("/")


def test_older_than_tls_1_2_is_not_spoken(authority: Authority) -> None:
    made = certificate.server_context(settings(*authority.issue("oud")))
    assert made.minimum_version is ssl.TLSVersion.TLSv1_2


# --- what is not served with ----------------------------------------------------------------


def test_a_certificate_that_is_over_is_refused(authority: Authority) -> None:
    with pytest.raises(CanNotServe, match="has expired"):
        certificate.look(settings(*authority.issue("over", days=-1)))


def test_a_key_of_another_is_refused(authority: Authority) -> None:
    one, _ = authority.issue("een")
    _, other = authority.issue("ander")
    with pytest.raises(CanNotServe, match="belong together"):
        certificate.look(settings(one, other))


def test_a_key_with_a_password_is_refused_and_nobody_is_asked(authority: Authority) -> None:
    with pytest.raises(CanNotServe, match="no password"):
        certificate.look(settings(*authority.issue("dicht", password="vier vogels")))


def test_what_is_not_there_or_no_certificate_is_refused(
    authority: Authority, tmp_path: Path
) -> None:
    chain, key = authority.issue()
    with pytest.raises(CanNotServe, match="can not be read"):
        certificate.look(settings(tmp_path / "niets.pem", key))
    (tmp_path / "tekst.pem").write_text("geen certificaat")
    with pytest.raises(CanNotServe, match="can not be used"):
        certificate.look(settings(tmp_path / "tekst.pem", key))
    assert certificate.look(settings(chain, key)) is not None


def test_the_two_settings_belong_together() -> None:
    with pytest.raises(BadSetting, match="belong together"):
        from_environment({"OPGAVEBORD_TLS_CERTIFICATE": "bord.pem"})


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_it_warns_in_time(more: int) -> None:
    now = 1_000_000.0
    ends = Certificate(("bord",), now + (WARN_DAYS + more) * DAY + 60)
    assert bool(advice(ends, now)) == (more <= 0)
    short = Certificate(("bord",), now + (TOUR_DAYS + more) * DAY + 60)
    assert ("journey" in str(advice(short, now))) == (more < 0)


# --- one that is renewed --------------------------------------------------------------------


async def test_a_renewed_certificate_is_taken_in_while_we_serve(
    authority: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    chain, key = (tmp_path / name for name in ("chain.pem", "key.pem"))

    def put(issued: tuple[Path, Path]) -> bytes:
        shutil.copy(issued[1], key)
        shutil.copy(issued[0], chain)
        return ssl.PEM_cert_to_DER_cert(chain.read_text())

    first = put(authority.issue("eerst"))
    how = settings(chain, key)
    context = certificate.server_context(how)
    minding = asyncio.create_task(certificate.mind(how, context, every=0.01))
    server = await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]

    async def shown() -> bytes:
        anybody = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=anybody)
        der: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        return der

    try:
        assert await shown() == first
        chain.write_text("half geschre")
        async with asyncio.timeout(10):
            while "not taken in" not in caplog.text:
                await asyncio.sleep(0.01)
        assert await shown() == first, "what can not be served with is not taken in"
        second = put(authority.issue("tweede"))
        async with asyncio.timeout(10):
            while await shown() != second:
                await asyncio.sleep(0.02)
    finally:
        minding.cancel()
        server.close()


# --- on the command line ----------------------------------------------------------------------


@pytest.mark.faults
def test_the_command_line_finds_its_own_server_behind_tls(
    authority: Authority, tmp_path: Path
) -> None:
    chain, key = authority.issue("kort", days=5)
    tls = {"OPGAVEBORD_TLS_CERTIFICATE": str(chain), "OPGAVEBORD_TLS_KEY": str(key)}
    server = Server(tmp_path / "server", **tls).start()
    try:
        assert server.links["url"] == f"https://127.0.0.1:{server.port}"
        out = tmp_path / "koffer.zip"
        done = subprocess.run(
            [sys.executable, "-m", "opgavebord", "koffer", "pack", "newest", "--out", str(out)],
            env=server.environment(),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        assert out.exists()
        lines = [json.loads(line) for line in server.said.splitlines() if line.startswith("{")]
        assert any("expires in 4 days" in json.dumps(line) for line in lines), "said in the log"
    finally:
        server.kill()


@pytest.mark.faults
def test_a_server_does_not_start_with_what_tablets_refuse(
    authority: Authority, tmp_path: Path
) -> None:
    chain, key = authority.issue("te-oud", days=-1)
    tls = {"OPGAVEBORD_TLS_CERTIFICATE": str(chain), "OPGAVEBORD_TLS_KEY": str(key)}
    server = Server(tmp_path / "server", **tls)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "opgavebord", "serve"],
        env=server.environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == REFUSED
    assert "has expired. Renew it" in done.stderr
    assert "Traceback" not in done.stderr
    assert time.monotonic() - began < 30
