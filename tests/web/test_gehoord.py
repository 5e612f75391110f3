"""*Dit hebben we gehoord*: what everybody can read the next morning, and what nobody can."""

import re
from collections.abc import AsyncIterator
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from opgavebord import archiving
from opgavebord.export import archive
from opgavebord.export.report import report
from opgavebord.sprint.commands import Publish, RedactNote
from opgavebord.sprint.sprint import Sprint
from opgavebord.storage.sqlite import SqliteDatabase
from opgavebord.storage.sqlite_log import SqliteLog
from opgavebord.web.gehoord import POLICY, Pages, page
from tests.export.evening import evening, full_house, kept, told
from tests.web.house import House, a_house

DESK = archiving.BY_HAND


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("gehoord")
    await bring(folder, evening())
    async with a_house(folder) as house:
        yield house


async def bring(folder: Path, sprint: Sprint) -> None:
    database = SqliteDatabase(folder)
    await database.open()
    await archiving.found_again(SqliteLog(database), archive.write(sprint), copy=False)
    await database.close()


class Outline(HTMLParser):
    """What a page is made of: tags, headings, ids, links within."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id" and value:
                self.ids.append(value)
            if name == "href" and value and value.startswith("#"):
                self.links.append(value[1:])


def outline(html: str) -> Outline:
    made = Outline()
    made.feed(html)
    return made


def test_it_tells_what_was_said_and_nothing_else() -> None:
    html = unescape(page(report(evening())))
    assert [one for one in told if one not in html] == []
    assert [one for one in kept if one in html] == []


def test_it_is_a_page_with_an_outline_and_without_script() -> None:
    made = outline(page(report(evening())))
    assert not {"script", "style", "form", "iframe", "object", "input", "button"} & set(made.tags)
    assert not {name for name in made.attributes if name.startswith("on") or name == "style"}
    assert made.tags.count("h1") == 1
    levels = [int(tag[1]) for tag in made.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(set(made.ids)) == len(made.ids)
    assert set(made.links) <= set(made.ids)


def test_what_people_wrote_is_text_wherever_it_stands() -> None:
    sprint = evening()
    nasty = '"><script>alert(1)</script>{{ 7 * 7 }}'
    for kind, id, field in (
        ("note", "note-03", "text"),
        ("group", "group-1", "title"),
        ("belofte", "belofte-1", "who"),
        ("kern", "kern-KRO", "title"),
        ("sprint", "sprint-1", "question"),
        ("round", "round-1", "title"),
        ("stem", "stem-IO", "title"),
    ):
        found = sprint.find(kind, id)  # type: ignore[arg-type]
        assert found is not None
        sprint.put(msgspec.structs.replace(found, **{field: nasty}))
    html = page(report(sprint))
    assert "<script" not in html
    assert "49" not in html
    assert unescape(html).count("<script>alert(1)</script>{{ 7 * 7 }}") >= 7


async def test_everybody_reads_it_without_a_cookie_under_a_strict_policy(house: House) -> None:
    async with house.browser() as stranger:
        answer = await stranger.get("/gehoord/sprint-1")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == POLICY
    assert "script" not in POLICY
    assert "set-cookie" not in answer.headers
    assert 'lang="nl"' in answer.text
    assert "Ergens gewoon kunnen binnenlopen" in answer.text


@pytest.mark.parametrize("name", ["gehoord.css", "letters-400.ttf", "letters-800.ttf"])
async def test_what_the_page_needs_is_there(house: House, name: str) -> None:
    async with house.browser() as stranger:
        assert (await stranger.get(f"/gehoord/{name}")).status_code == 200


async def test_what_is_not_published_looks_like_what_is_not_there(house: House) -> None:
    async with house.browser() as stranger:
        await house.board.rooms.submit("sprint-1", DESK, Publish(False))
        hidden = await stranger.get("/gehoord/sprint-1")
        nothing = await stranger.get("/gehoord/bestaat-niet")
        await house.board.rooms.submit("sprint-1", DESK, Publish(True))
        shown = await stranger.get("/gehoord/sprint-1")
    assert hidden.status_code == nothing.status_code == 404
    assert hidden.text == nothing.text
    assert "Deze pagina is er nog niet" in nothing.text
    assert shown.status_code == 200


async def test_strangers_do_not_make_the_server_open_what_is_not_there(house: House) -> None:
    before = len(house.board.rooms.open_rooms)
    async with house.browser() as stranger:
        for n in range(20):
            await stranger.get(f"/gehoord/verzonnen-{n}")
    assert len(house.board.rooms.open_rooms) == before


async def test_a_redaction_afterwards_is_on_the_page_at_once(house: House) -> None:
    async with house.browser() as stranger:
        assert "Ik wil kleiner wonen" in (await stranger.get("/gehoord/sprint-1")).text
        redaction = RedactNote("redaction-9", "note-12", "Iemand zoekt een huis.", "vraag", True)
        verdict = await house.board.rooms.submit("sprint-1", DESK, redaction)
        assert verdict.refusal is None
        after = (await stranger.get("/gehoord/sprint-1")).text
    assert "Ik wil kleiner wonen" not in after
    assert "Iemand zoekt een huis." in after


async def test_a_rehearsal_is_never_published() -> None:
    sprint = evening()
    found = sprint.evening
    assert found is not None

    async def look(id: str) -> Sprint:
        return sprint

    async def nothing(sprint: str) -> None:
        return None

    assert await Pages(look, nothing).of("sprint-1") is not None
    sprint.put(msgspec.structs.replace(found, rehearsal=True))
    assert await Pages(look, nothing).of("sprint-1") is None


def test_five_hundred_notes_make_a_page_too() -> None:
    html = page(report(full_house(500)))
    assert html.count("<blockquote") > 500
    assert len(html) < 500_000


def test_an_evening_of_which_nothing_is_known_is_a_page_too() -> None:
    sprint = Sprint()
    for record in evening():
        if record.id in ("sprint-1", "board-1"):
            sprint.put(record)
    html = page(report(sprint))
    assert "Wat gebeurt er nu?" in html
    assert "Wat weegt zwaar?" not in html
