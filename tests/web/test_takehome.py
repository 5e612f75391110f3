"""Over plain HTTP: asking for a file, seeing how far it is, fetching it, and who may."""

import asyncio
import io
import json
import zipfile
from contextlib import aclosing
from typing import Any

import httpx2
import pytest

from opgavebord import archiving
from opgavebord.export.formats import FORMATS, TYPES
from opgavebord.people.key import read_key
from opgavebord.web import takehome
from tests.web.house import House, a_house


async def asked(browser: httpx2.AsyncClient, sprint: str, **wish: Any) -> str:
    answer = await browser.post(f"/api/s/{sprint}/exports", json=wish)
    assert answer.status_code == 200, answer.text
    id: str = answer.json()["id"]
    return id


async def ready(browser: httpx2.AsyncClient, sprint: str, id: str) -> dict[str, Any]:
    heard = []
    async with asyncio.timeout(30):
        while True:
            answer = await browser.get(f"/api/s/{sprint}/exports/{id}")
            assert answer.status_code == 200, answer.text
            state: dict[str, Any] = answer.json()
            heard.append(state["done"])
            if state["ready"]:
                assert heard == sorted(heard)
                assert heard[-1] == 1
                return state
            await asyncio.sleep(0.01)


async def taken(browser: httpx2.AsyncClient, sprint: str, **wish: Any) -> httpx2.Response:
    id = await asked(browser, sprint, **wish)
    await ready(browser, sprint, id)
    answer = await browser.get(f"/api/s/{sprint}/exports/{id}/file")
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize("format", FORMATS)
async def test_who_directs_takes_every_format_home(house: House, format: str) -> None:
    async with aclosing(await house.entered("regie")) as browser:
        answer = await taken(browser, house.sprint, format=format)
    ending = answer.headers["content-disposition"].rpartition(".")[2].rstrip('"')
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="vitale-kernen.{ending}"'
    )
    assert answer.headers["content-type"] == TYPES[ending]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert len(answer.content) > 1_000


async def test_who_is_signed_in_at_the_desk_takes_it_home_until_signing_out(house: House) -> None:
    account = {
        "secret": house.links.desk_url.partition("#")[2],
        "name": "Marijke",
        "password": "een lange zin om te onthouden",
    }
    async with house.browser() as desk:
        made = await desk.post("/api/bureau/accounts", json=account)
        assert made.status_code == 200, made.text
        assert (await taken(desk, house.sprint, format="json")).content.startswith(b"{")
        await desk.post("/api/bureau/sign-out", json={})
        path = f"/api/s/{house.sprint}/exports"
        assert (await desk.post(path, json={"format": "json"})).status_code in (403, 404)


async def test_one_board_as_a_picture_or_all_in_a_zip(house: House) -> None:
    async with aclosing(await house.entered("regie")) as browser:
        one = await taken(browser, house.sprint, format="png", board="T2")
        assert one.content.startswith(b"\x89PNG")
        packed = await taken(browser, house.sprint, format="png", pictures="zip")
        with zipfile.ZipFile(io.BytesIO(packed.content)) as zipped:
            assert zipped.namelist()[0] == "bord-01.png"


async def test_a_board_that_is_not_there_is_said_so(house: House) -> None:
    async with aclosing(await house.entered("regie")) as browser:
        id = await asked(browser, house.sprint, format="pdf", board="T99")
        async with asyncio.timeout(10):
            while (answer := await browser.get(f"/api/s/{house.sprint}/exports/{id}")).is_success:
                await asyncio.sleep(0.01)
    assert answer.status_code == 404
    assert "T99" in answer.json()["message"]


@pytest.mark.parametrize("which", ["wand", "oogst", "tafel", "luister"])
async def test_other_roles_take_nothing_home(house: House, which: str) -> None:
    async with aclosing(await house.entered(which)) as browser:
        path = f"/api/s/{house.sprint}/exports"
        answer = await browser.post(path, json={"format": "json"})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_participants_and_strangers_take_nothing_home(house: House) -> None:
    path = f"/api/s/{house.sprint}/exports"
    async with aclosing(await house.tablet()) as tablet, house.browser() as stranger:
        async with aclosing(await house.entered("regie")) as browser:
            id = await asked(browser, house.sprint, format="csv")
            await ready(browser, house.sprint, id)
        for visitor, code in ((tablet, "not_allowed"), (stranger, "no_seat")):
            for answer in (
                await visitor.post(path, json={"format": "json"}),
                await visitor.get(f"{path}/{id}"),
                await visitor.get(f"{path}/{id}/file"),
            ):
                assert answer.json()["code"] == code


async def test_a_page_of_somebody_else_can_not_ask(house: House) -> None:
    async with aclosing(await house.entered("regie")) as browser:
        answer = await browser.post(
            f"/api/s/{house.sprint}/exports",
            json={"format": "csv"},
            headers={"origin": "https://elders.example"},
        )
    assert answer.json()["code"] == "wrong_origin"


@pytest.mark.parametrize("wish", [{}, {"format": "exe"}, {"format": "csv", "more": 1}, []])
async def test_a_wish_that_can_not_be_read_is_refused(house: House, wish: Any) -> None:
    async with aclosing(await house.entered("regie")) as browser:
        answer = await browser.post(f"/api/s/{house.sprint}/exports", json=wish)
    assert answer.status_code == 400


async def test_a_file_of_another_sprint_is_not_found(house: House) -> None:
    other = await found_copy(house)
    async with commanding(house) as line:
        id = await asked(line, house.sprint, format="csv")
        await ready(line, house.sprint, id)
        for path in (f"/api/s/{other}/exports/{id}", f"/api/s/{house.sprint}/exports/xonbekend"):
            assert (await line.get(path)).status_code == 404
            assert (await line.get(f"{path}/file")).status_code == 404


async def test_files_are_kept_for_a_while_and_never_too_many(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takehome, "KEPT_MOST", 3)
    async with aclosing(await house.entered("regie")) as browser:
        ids = []
        for _ in range(5):
            ids.append(await asked(browser, house.sprint, format="csv"))
            await ready(browser, house.sprint, ids[-1])
        path = f"/api/s/{house.sprint}/exports"
        there = [(await browser.get(f"{path}/{id}")).status_code for id in ids]
        assert there == [404, 404, 200, 200, 200]
        monkeypatch.setattr(takehome, "KEPT_SECONDS", -1.0)
        assert (await browser.get(f"{path}/{ids[-1]}")).status_code == 404


# --- the command line of this machine -----------------------------------------------------------


def commanding(house: House, key: bytes | None = None, **headers: str) -> httpx2.AsyncClient:
    secret = archiving.pass_of(key or read_key(house.folder))
    return house.browser(headers={"authorization": f"Bearer {secret}", **headers})


async def found_copy(house: House) -> str:
    async with commanding(house) as line:
        answer = await taken(line, house.sprint, format="json")
        file = house.folder / "archive.json"
        file.write_bytes(answer.content)
        told = await line.post("/api/imports", json={"file": str(file), "copy": True})
    assert told.status_code == 200, told.text
    sprint: str = told.json()["sprint"]
    return sprint


async def test_the_key_file_opens_the_server_for_this_machine(house: House) -> None:
    copy = await found_copy(house)
    async with commanding(house) as line:
        newest = json.loads((await taken(line, "newest", format="json")).content)
        assert newest == json.loads((await taken(line, copy, format="json")).content)
        assert (await taken(line, house.sprint, format="csv")).content.startswith(b"\xef\xbb\xbf")


async def test_another_key_or_a_proxy_opens_nothing(house: House) -> None:
    for line in (commanding(house, key=b"x" * 32), commanding(house, **{"x-forwarded-for": "::1"})):
        async with line:
            path = f"/api/s/{house.sprint}/exports"
            assert (await line.post(path, json={"format": "csv"})).status_code == 404
            assert (await line.post("/api/imports", json={"file": "/x"})).status_code == 404


async def test_without_a_pass_there_is_no_import_at_all(house: House) -> None:
    async with aclosing(await house.entered("regie")) as browser:
        answer = await browser.post("/api/imports", json={"file": "/etc/passwd"})
    assert answer.status_code == 404


async def test_an_import_that_can_not_be_read_says_why(house: House) -> None:
    async with commanding(house) as line:
        for file, why in (("/nergens.json", "can not be read"), (__file__, "not a complete")):
            answer = await line.post("/api/imports", json={"file": file})
            assert answer.status_code == 400
            assert why in answer.json()["message"]


async def test_the_address_is_in_the_folder_while_the_server_runs(tmp_path: Any) -> None:
    async with a_house(tmp_path) as house:
        file = tmp_path / archiving.ADDRESS_FILE
        assert file.read_text().strip() == house.url
        assert file.stat().st_mode & 0o077 == 0
    assert not file.exists()
