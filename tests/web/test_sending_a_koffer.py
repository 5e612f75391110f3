"""What may be sent to the desk's door for a koffer, and by whom."""

from pathlib import Path

import pytest

from opgavebord.koffer import case
from opgavebord.sprint import limits
from opgavebord.web.gate import CASE_PATH
from tests.bureau.test_desk import PASSWORD
from tests.web.house import House


async def test_only_there_may_it_be_large(house: House) -> None:
    more = b"x" * (limits.HTTP_BODY_BYTES + 1)
    async with house.browser() as browser:
        assert (await browser.post("/api/join", content=more)).status_code == 413
        large = await browser.post(CASE_PATH, content=more)
        assert (large.status_code, large.json()["code"]) == (401, "sign_in")


@pytest.mark.parametrize("more", [-1, 0, 1])
async def test_how_large(house: House, more: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CASE_BYTES", 400_000)
    async with house.browser() as browser:
        said = await browser.post(CASE_PATH, content=b"x" * (400_000 + more))
        assert said.status_code == (413 if more > 0 else 401)


async def test_who_is_signed_in_hears_what_is_wrong(house: House, tmp_path: Path) -> None:
    async with house.browser() as browser:
        account = {
            "secret": house.links.desk_url.partition("#")[2],
            "name": "Anna Peeters",
            "password": PASSWORD,
        }
        assert (await browser.post("/api/bureau/accounts", json=account)).status_code == 200
        told = await browser.post(CASE_PATH, content=b"PK dit is een foto")
        assert (told.status_code, told.json()["code"]) == (400, "bad_request")
        assert "koffer" in told.json()["message"]
        other = {"origin": "https://elders.example"}
        assert (await browser.post(CASE_PATH, content=b"PK", headers=other)).status_code == 403

        regie = await house.entered("regie")
        packed = await regie.post(f"/api/s/{house.sprint}/koffer")
        assert packed.status_code == 200
        assert case.read(packed.content).manifest.sprint == house.sprint
        tablet = await house.tablet()
        assert (await tablet.post(f"/api/s/{house.sprint}/koffer")).status_code in (403, 404)
        assert (await tablet.delete(f"/api/s/{house.sprint}/koffer")).status_code in (403, 404)
        back = await browser.delete(f"/api/s/{house.sprint}/koffer")
        assert back.json() == {"back": True}
        for one in (regie, tablet):
            await one.aclose()
