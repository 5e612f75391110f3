"""Several servers on one PostgreSQL, and the command line beside them: none of them is the only one.

No Redis: what is shown here has to be right without it.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from opgavebord.storage.check import check
from tests.server import Server
from tests.services import own_postgres
from tests.storage.databases import Home
from tests.web.house import NO_TLS

pytestmark = [pytest.mark.faults, pytest.mark.timeout(180)]

PATIENCE = 20.0


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Two servers that were started at the same moment on an empty database, with one key."""
    folder = tmp_path_factory.mktemp("town")
    with own_postgres() as postgres:
        how = {"OPGAVEBORD_DATABASE": postgres.url, "OPGAVEBORD_KEY_FILE": str(folder / "key")}
        servers = [Server(folder / name, **how) for name in ("een", "twee")]
        try:
            with ThreadPoolExecutor(2) as both:
                list(both.map(Server.start, servers))
            yield servers
            for server in servers:
                assert server.stop() == 0
            assert check(folder, postgres.url).wrong == ()
        finally:
            for server in servers:
                server.kill()


def address(server: Server) -> str:
    return server.environment()["OPGAVEBORD_DATABASE"]


def run(server: Server, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "opgavebord", *words],
        env=server.environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )


@asynccontextmanager
async def entered(server: Server, which: str = "regie") -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=server.url, verify=NO_TLS, timeout=30) as browser:
        secret = server.links[f"{which}_url"].partition("#")[2]
        answer = await browser.post("/api/enter", json={"secret": secret})
        assert answer.status_code == 200, answer.text
        yield browser


async def test_who_start_together_found_one_demo_and_make_the_same_links(
    town: list[Server], tmp_path: Path
) -> None:
    async with Home("postgres", tmp_path, address(town[0])).open() as (_, log):
        assert len(await log.sprints()) == 1
    one, two = ({k: v.partition("#")[2] for k, v in server.links.items()} for server in town)
    assert one == two
    assert town[0].links["join_code"] == town[1].links["join_code"]


async def test_a_stoelcode_of_one_server_is_typed_at_another(town: list[Server]) -> None:
    code, sprint = town[0].links["join_code"], town[0].links["sprint"]
    async with (
        httpx2.AsyncClient(base_url=town[0].url, verify=NO_TLS) as old,
        httpx2.AsyncClient(base_url=town[1].url, verify=NO_TLS) as new,
    ):
        assert (await old.post("/api/join", json={"code": code})).status_code == 200
        given = (await old.post(f"/api/s/{sprint}/stoelcode", json={})).json()["code"]
        moved = await new.post("/api/move", json={"code": code, "stoelcode": given})
        assert moved.status_code == 200, moved.text
        assert (await old.get(f"/api/s/{sprint}/me")).status_code == 404
        assert (await new.get(f"/api/s/{sprint}/me")).json()["roles"] == ["deelnemer"]
        again = await old.post("/api/move", json={"code": code, "stoelcode": given})
        assert again.json()["code"] == "wrong_stoelcode"


async def test_a_file_that_one_server_makes_is_fetched_at_another(town: list[Server]) -> None:
    path = f"/api/s/{town[0].links['sprint']}/exports"
    async with entered(town[0]) as here, entered(town[1]) as there:
        id = (await here.post(path, json={"format": "csv"})).json()["id"]
        async with asyncio.timeout(PATIENCE):
            while not (await here.get(f"{path}/{id}")).json()["ready"]:
                await asyncio.sleep(0.02)
        mine, theirs = await here.get(f"{path}/{id}/file"), await there.get(f"{path}/{id}/file")
        assert theirs.status_code == 200, theirs.text
        assert theirs.content == mine.content
        forged = id[:-1] + ("A" if id[-1] != "A" else "B")
        assert (await there.get(f"{path}/{forged}/file")).status_code == 404


async def test_a_rehearsal_has_one_player_and_is_ended_anywhere(
    town: list[Server], tmp_path: Path
) -> None:
    path = f"/api/s/{town[0].links['sprint']}/rehearsal"
    async with (
        entered(town[0]) as here,
        entered(town[1]) as there,
        Home("postgres", tmp_path, address(town[0])).open() as (_, log),
    ):
        one, two = await asyncio.gather(here.post(path), there.post(path))
        assert one.json()["sprint"] == two.json()["sprint"]
        playing = one.json()["sprint"]
        third = Server(tmp_path / "drie", **settings(town[0]))
        try:  # who starts meanwhile does not take it for something that was left
            await asyncio.to_thread(third.start)
            assert await log.head(playing) is not None
        finally:
            third.kill()
        assert (await there.delete(path)).json() == {"wiped": True}
        async with asyncio.timeout(PATIENCE):
            while await log.head(playing) is not None:
                await asyncio.sleep(0.02)
        assert (await here.delete(path)).status_code == 404


async def test_the_command_line_works_beside_them(town: list[Server], tmp_path: Path) -> None:
    here = town[0]
    made = json.loads(run(here, "demo", "--notes", "12", "--json").stdout)
    assert made["sprint"] != here.links["sprint"]
    file = tmp_path / "sprint.json"
    taken = run(here, "export", made["sprint"], "--format", "json", "--out", str(file))
    assert taken.returncode == 0, taken.stderr
    again = run(here, "import", str(file), "--copy", "--json")
    assert again.returncode == 0, again.stderr
    agreed = run(here, "check")
    assert (agreed.returncode, "The log and the tables agree" in agreed.stdout) == (0, True)
    renewed = run(here, "links", "--rotate", "wand", "--sprint", made["sprint"], "--json")
    assert renewed.returncode == 0, renewed.stderr
    async with httpx2.AsyncClient(base_url=town[1].url, verify=NO_TLS) as browser:
        for links, status in ((made, 404), (json.loads(renewed.stdout), 200)):
            secret = links["wall_url"].partition("#")[2]
            answer = await browser.post("/api/enter", json={"secret": secret})
            assert answer.status_code == status


def settings(server: Server) -> dict[str, str]:
    return {
        name: value
        for name, value in server.environment().items()
        if name in ("OPGAVEBORD_DATABASE", "OPGAVEBORD_KEY_FILE")
    }
