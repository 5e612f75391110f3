"""What the desk needs of the start: a folder of werkvormen that can be read, and a way in."""

import json
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from opgavebord.app import Opgavebord
from opgavebord.cli.speaking import REFUSED
from opgavebord.settings import Settings
from opgavebord.werkvormen import reading
from opgavebord.werkvormen.reading import BadWerkvorm
from tests.server import Server

PASSWORD = "vier vogels in een boom"


def run(server: Server, *asked: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "opgavebord", *asked],
        env=server.environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )


def a_folder(tmp_path: Path, was: str = "", becomes: str = "") -> Path:
    folder = tmp_path / "werkvormen"
    folder.mkdir()
    written = (reading.HERE / "T8.yaml").read_text(encoding="utf-8").replace("id: T8", "id: H1")
    assert was in written
    written = written.replace(was, becomes, 1)
    (folder / "H1.yaml").write_text(written, encoding="utf-8")
    return folder


def test_a_mistake_in_a_werkvorm_of_our_own_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, "bordvorm: stemmen", "bordvorm: stemen")
    server = Server(tmp_path / "server", OPGAVEBORD_WERKVORMEN=str(folder))
    ran = run(server, "serve")
    assert ran.returncode == REFUSED
    assert ran.stderr.startswith("A werkvorm can not be used: H1.yaml, line 9: ")
    assert "Traceback" not in ran.stderr
    assert not server.data_dir.exists(), "nothing was begun"


def test_without_the_folder_it_does_not_start_either(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", werkvormen=tmp_path / "elders")
    with pytest.raises(BadWerkvorm, match="no such folder"):
        Opgavebord(settings, 0, lambda trouble: None)


def test_an_own_werkvorm_is_offered_and_laid_out(tmp_path: Path) -> None:
    server = Server(tmp_path / "server", OPGAVEBORD_WERKVORMEN=str(a_folder(tmp_path))).start()
    try:
        with httpx2.Client(base_url=server.url) as browser:
            made = browser.post(
                "/api/bureau/accounts",
                json={
                    "secret": server.links["desk_url"].partition("#")[2],
                    "name": "Anna",
                    "password": PASSWORD,
                },
            )
            assert made.status_code == 200, made.text
            offered = browser.get("/api/bureau/overview").json()["werkvormen"]
            assert [one["id"] for one in offered][-1] == "H1"
            opgave = browser.post(
                "/api/bureau/opgaven", json={"title": "Levende dorpen", "question": "Hoe?"}
            ).json()["id"]
            asked = {"number": 1, "werkvormen": ["H1"], "clock": {}, "tables": 0}
            sprint = browser.post(f"/api/bureau/opgaven/{opgave}/sprints", json=asked).json()
            seen = browser.get(f"/api/bureau/sprints/{sprint['sprint']}").json()
            assert [board["werkvorm"] for board in seen["boards"]] == ["H1"]
    finally:
        server.kill()


def test_who_forgot_every_password_comes_in_again_at_the_machine(tmp_path: Path) -> None:
    server = Server(tmp_path / "server").start()
    try:
        first = server.links["desk_url"].partition("#")[2]
        account = {"secret": first, "name": "Anna", "password": PASSWORD}
        with httpx2.Client(base_url=server.url) as browser:
            assert browser.post("/api/bureau/accounts", json=account).status_code == 200
        server.restart()
        assert "#" not in server.links["desk_url"], "the first link is of no use any more"
        server.stop()
        shown = json.loads(run(server, "links", "--json").stdout)
        assert "#" not in shown["desk_url"]
        renewed = json.loads(run(server, "links", "--rotate", "bureau", "--json").stdout)
        secret = renewed["desk_url"].partition("#")[2]
        assert secret not in ("", first)
        server.start()
        with httpx2.Client(base_url=server.url) as browser:
            again = {"secret": secret, "name": "Anna opnieuw", "password": PASSWORD}
            assert browser.post("/api/bureau/accounts", json=again).status_code == 200
    finally:
        server.kill()
