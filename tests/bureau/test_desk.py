"""The desk over HTTP: who gets in, opgaven, a sprint as it was planned, and the plan of the evening."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from opgavebord.bureau.opgaven import beginnings
from opgavebord.sprint import limits
from opgavebord.sprint.commands import SetPhase
from opgavebord.sprint.sprint import Seat
from opgavebord.storage.check import check
from opgavebord.web.bureau import Bureau, routes
from tests.storage.databases import SORTS, a_home
from tests.web.house import House, a_house

PASSWORD: Final = "vier vogels in een boom"
VITALE_KERNEN: Final[dict[str, Any]] = {
    "title": "Vitale kernen",
    "question": "Hoe zorgen we dat mensen in elk dorp elkaar makkelijk kunnen ontmoeten?",
    "source": "akkoord, bladzijde 7",
    "level": "meewerken",
    "fixed": ["Er komt geen nieuw gebouw", "Het budget voor dit jaar"],
    "free": ["Wie het doet", "In welk dorp we beginnen"],
    "words": ["We bewaren je woorden zoals je ze opschrijft."],
    "kernen": [
        {"code": "AME", "title": "America", "column": 2, "row": 4},
        {"code": "KRO", "title": "Kronenberg", "column": 2, "row": 6},
    ],
    "stemmen": [{"code": "IO", "title": "inwoner 65+"}, {"code": "ON", "title": "ondernemer"}],
    "domeinen": [{"code": "WON", "title": "wonen"}],
}
CLOCK: Final[dict[str, Any]] = {
    "day": "2026-04-16", "starts": 1170, "ends": 1320, "people": 46, "tablets": 1
}  # fmt: skip
EVENING: Final[dict[str, Any]] = {
    "number": 1,
    "werkvormen": ["T1", "T2", "T3", "T4", "T8"],
    "clock": CLOCK,
    "tables": 7,
    "place": "Kronenberg, gemeenschapshuis",
    "goal": "Begrijpen hoe mensen het meemaken.",
}


@pytest.fixture(scope="module", params=SORTS)
async def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[House]:
    """The desk does the same on each database."""
    folder = tmp_path_factory.mktemp("house")
    server = lambda: request.getfixturevalue("postgres")  # noqa: E731
    async with (
        a_home(request.param, folder, server) as home,
        a_house(folder, database=home.address) as house,
    ):
        yield house


@pytest.fixture(scope="module")
async def staff(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser of somebody who made the first account. Lives long, so it keeps no connection."""
    async with house.browser(limits=httpx2.Limits(max_keepalive_connections=0)) as browser:
        secret = house.links.desk_url.partition("#")[2]
        assert secret, "printed at the first start"
        made = await browser.post(
            "/api/bureau/accounts",
            json={"secret": secret, "name": "Anna Peeters", "password": PASSWORD},
        )
        assert made.status_code == 200, made.text
        yield browser


@pytest.fixture
async def stranger(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    async with house.browser() as browser:
        yield browser


async def an_opgave(staff: httpx2.AsyncClient, **other: Any) -> dict[str, Any]:
    made = await staff.post("/api/bureau/opgaven", json=VITALE_KERNEN | other)
    assert made.status_code == 200, made.text
    kept: dict[str, Any] = made.json()
    return kept


async def a_sprint(staff: httpx2.AsyncClient, **other: Any) -> dict[str, Any]:
    opgave = await an_opgave(staff)
    made = await staff.post(f"/api/bureau/opgaven/{opgave['id']}/sprints", json=EVENING | other)
    assert made.status_code == 200, made.text
    seen = await staff.get(f"/api/bureau/sprints/{made.json()['sprint']}")
    assert seen.status_code == 200, seen.text
    sprint: dict[str, Any] = seen.json()
    assert sprint["opgave"] == opgave["id"]
    return sprint


# --- coming in --------------------------------------------------------------------------


def test_every_route_but_the_doors_is_known_to_these_tests() -> None:
    open_to_all = {"sign-in", "sign-out", "accounts"}  # to make one, with a link
    there = {
        route.path for route in routes(Bureau(**dict.fromkeys(Bureau.__struct_fields__))).routes
    }
    assert there == {f"/api/bureau/{path}" for _, path, _ in CLOSED} | {
        f"/api/bureau/{path}" for path in open_to_all
    }


CLOSED: Final = [
    ("GET", "me", None),
    ("GET", "accounts", None),
    ("DELETE", "accounts/{id}", None),
    ("POST", "invitations", {}),
    ("GET", "overview", None),
    ("POST", "opgaven", VITALE_KERNEN),
    ("PUT", "opgaven/{id}", {"version": 1, "opgave": VITALE_KERNEN}),
    ("POST", "opgaven/{id}/sprints", EVENING),
    ("GET", "sprints/{id}", None),
    ("POST", "sprints/{id}/plan", {"do": "evening.tell", "title": "Van mij"}),
    ("PUT", "sprints/{id}/when", {"clock": CLOCK, "tables": 7}),
    ("POST", "sprints/{id}/cards", {"zone": "zone", "texts": ["x"]}),
    ("POST", "sprints/{id}/wipe", {}),
    ("GET", "sprints/{id}/paper/{sheet}", None),
]


@pytest.mark.parametrize(("method", "path", "said"), CLOSED)
async def test_who_is_not_signed_in_gets_nowhere(
    house: House, staff: httpx2.AsyncClient, method: str, path: str, said: object
) -> None:
    """Nor does a tablet, or who directs the evening."""
    for browser in (house.browser(), await house.tablet(), await house.entered("regie")):
        try:
            at = f"/api/bureau/{path}".format(id=house.sprint, sheet="tafels.pdf")
            answer = await browser.request(method, at, json=said)
            assert answer.status_code == 401, answer.text
            assert answer.json()["code"] == "sign_in"
        finally:
            await browser.aclose()


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        *[one for one in CLOSED if one[0] != "GET"],
        ("POST", "sign-in", {"name": "Anna Peeters", "password": PASSWORD}),
        ("POST", "sign-out", {}),
        ("POST", "accounts", {"secret": "x" * 43, "name": "x", "password": PASSWORD}),
    ],
)
async def test_a_page_of_somebody_else_changes_nothing(
    house: House, staff: httpx2.AsyncClient, method: str, path: str, said: object
) -> None:
    at = f"/api/bureau/{path}".format(id=house.sprint)
    answer = await staff.request(method, at, json=said, headers={"Origin": "https://elders.nl"})
    assert answer.status_code == 403, answer.text
    assert answer.json()["code"] == "wrong_origin"


async def test_the_first_account_then_a_password_then_out_again(
    house: House, staff: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    assert (await staff.get("/api/bureau/me")).json() == {"name": "Anna Peeters"}
    again = await stranger.post(
        "/api/bureau/accounts",
        json={
            "secret": house.links.desk_url.partition("#")[2],
            "name": "Bert",
            "password": PASSWORD,
        },
    )
    assert (again.status_code, again.json()["code"]) == (404, "wrong_link")
    assert (await house.board.links(house.sprint)).desk_url == f"{house.url}/bureau"

    wrong = await stranger.post(
        "/api/bureau/sign-in", json={"name": "Anna Peeters", "password": "mis mis mis mis"}
    )
    nobody = await stranger.post(
        "/api/bureau/sign-in", json={"name": "Niemand", "password": "mis mis mis mis"}
    )
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.content == nobody.content, "nobody learns who has an account"

    signed = await stranger.post(
        "/api/bureau/sign-in", json={"name": " anna peeters", "password": PASSWORD}
    )
    assert signed.status_code == 200
    cookie = signed.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert (await stranger.get("/api/bureau/me")).status_code == 200
    token = stranger.cookies["ob_bureau"]
    assert (await stranger.post("/api/bureau/sign-out", json={})).status_code == 200
    stranger.cookies.set("ob_bureau", token)
    assert (await stranger.get("/api/bureau/me")).status_code == 401, "the server forgot it too"


async def test_a_colleague_is_invited(
    house: House, staff: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    url = (await staff.post("/api/bureau/invitations", json={})).json()["url"]
    assert url.startswith(f"{house.url}/bureau#")
    asked = {"secret": url.partition("#")[2], "name": "Bert Çelik", "password": "kort"}
    short = await stranger.post("/api/bureau/accounts", json=asked)
    assert (short.status_code, short.json()["code"]) == (400, "bad_password")
    made = await stranger.post("/api/bureau/accounts", json=asked | {"password": PASSWORD})
    assert made.status_code == 200
    assert (await stranger.get("/api/bureau/me")).json() == {"name": "Bert Çelik"}

    there = (await staff.get("/api/bureau/accounts")).json()
    assert [(one["name"], one["me"]) for one in there] == [
        ("Anna Peeters", True),
        ("Bert Çelik", False),
    ]
    anna, bert = (f"/api/bureau/accounts/{one['id']}" for one in there)
    assert (await staff.delete(anna)).json()["code"] == "not_allowed"
    assert (await staff.delete(bert)).status_code == 200
    assert (await stranger.get("/api/bureau/me")).status_code == 401, "out at once"
    again = {"name": "Bert Çelik", "password": PASSWORD}
    assert (await stranger.post("/api/bureau/sign-in", json=again)).status_code == 401
    assert (await staff.delete(bert)).json()["code"] == "not_found"


async def test_who_is_signed_in_sits_at_every_sprint(
    house: House, staff: httpx2.AsyncClient, stranger: httpx2.AsyncClient
) -> None:
    """So that links and exports know the desk by a seat."""
    assert "bureau" in (await staff.get(f"/api/s/{house.sprint}/me")).json()["roles"]
    found = (await staff.get(f"/api/s/{house.sprint}/links")).json()
    assert found["regie"] == house.links.regie_url
    assert (await stranger.get(f"/api/s/{house.sprint}/links")).status_code == 404


async def test_no_secret_is_in_the_log(tmp_path: Path) -> None:
    from tests.server import Server

    server = Server(tmp_path, OPGAVEBORD_LOG="requests").start()
    try:
        secret = server.links["desk_url"].partition("#")[2]
        with httpx2.Client(base_url=server.url) as browser:
            browser.post(
                "/api/bureau/accounts",
                json={"secret": secret, "name": "Anna Peeters", "password": PASSWORD},
            )
            browser.post(
                "/api/bureau/sign-in", json={"name": "Anna Peeters", "password": "mis mis mis"}
            )
            sprint = browser.get(f"/api/bureau/sprints/{server.links['sprint']}").json()
            browser.get(f"/api/bureau/sprints/{sprint['id']}/paper/tafels.pdf")
            browser.get(f"/bureau/sprint/{sprint['id']}")
            token = browser.cookies["ob_bureau"]
        assert server.stop() == 0
        said = server.said
        assert "/api/bureau/sprints/{id}" in said
        for kept in (secret, PASSWORD, "mis mis mis", "Anna", token, sprint["id"]):
            assert kept not in said
    finally:
        server.kill()


# --- opgaven ----------------------------------------------------------------------------


async def test_an_opgave_is_kept_as_it_was_written(staff: httpx2.AsyncClient) -> None:
    kept = await an_opgave(staff)
    assert kept["version"] == 1
    assert kept["opgave"] == VITALE_KERNEN
    seen = (await staff.get("/api/bureau/overview")).json()
    assert kept in seen["opgaven"]
    assert [one["id"] for one in seen["werkvormen"]] == ["T1", "T2", "T3", "T4", "T8"]
    assert [one["code"] for one in seen["beginnings"]["stemmen"]][:3] == ["IO", "IM", "IJ"]


async def test_two_colleagues_do_not_write_over_each_other(staff: httpx2.AsyncClient) -> None:
    kept = await an_opgave(staff)
    at = f"/api/bureau/opgaven/{kept['id']}"
    mine = {"version": 1, "opgave": VITALE_KERNEN | {"title": "Levende dorpen"}}
    first = await staff.put(at, json=mine)
    assert first.json()["version"] == 2
    second = await staff.put(at, json=mine)
    assert (second.status_code, second.json()["code"]) == (409, "changed")
    gone = await staff.put("/api/bureau/opgaven/s123456", json=mine)
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("other", "where"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * (limits.TITLE_CODE_POINTS + 1)}, "title"),
        ({"title": "een\ntwee"}, "title"),
        ({"question": ""}, "question"),
        ({"question": "x" * (limits.FIELD_CODE_POINTS + 1)}, "question"),
        ({"source": "\u0007"}, "source"),
        ({"level": "meepraten"}, "level"),
        ({"fixed": ["goed", ""]}, "fixed:2"),
        ({"free": ["x"] * (limits.SPEELRUIMTE + 1)}, "free"),
        ({"kernen": [{"code": "ame", "title": "America"}]}, "kernen:1"),
        ({"kernen": [{"code": "AME", "title": "America", "column": -1, "row": 2}]}, "kernen:1"),
        ({"stemmen": [{"code": "IO", "title": "a"}, {"code": "IO", "title": "b"}]}, "stemmen:2"),
        ({"domeinen": [{"code": "WON", "title": ""}]}, "domeinen:1"),
        (
            {"domeinen": [{"code": f"D{n}", "title": "x"} for n in range(limits.LIST_LINES + 1)]},
            "domeinen",
        ),
    ],
)
async def test_a_field_that_can_not_be_so_is_named(
    staff: httpx2.AsyncClient, other: dict[str, Any], where: str
) -> None:
    answer = await staff.post("/api/bureau/opgaven", json=VITALE_KERNEN | other)
    told = answer.json()
    assert (answer.status_code, told["code"], told["where"]) == (400, "bad_opgave", where)
    assert told["message"].endswith(".")


async def test_the_longest_lists_that_fit(staff: httpx2.AsyncClient) -> None:
    lists = [{"code": f"D{n}", "title": "x"} for n in range(limits.LIST_LINES)]
    await an_opgave(
        staff,
        domeinen=lists,
        fixed=["x"] * limits.SPEELRUIMTE,
        question="x" * limits.FIELD_CODE_POINTS,
    )


async def test_there_are_so_many_opgaven(
    staff: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await an_opgave(staff)
    there = len((await staff.get("/api/bureau/overview")).json()["opgaven"])
    monkeypatch.setattr(limits, "OPGAVEN", there + 1)
    await an_opgave(staff)
    answer = await staff.post("/api/bureau/opgaven", json=VITALE_KERNEN)
    assert (answer.status_code, answer.json()["code"]) == (409, "full")


async def test_a_field_we_do_not_know_is_refused(staff: httpx2.AsyncClient) -> None:
    answer = await staff.post("/api/bureau/opgaven", json=VITALE_KERNEN | {"naam": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_a_new_opgave_begins_with_lists_that_can_be_kept() -> None:
    from opgavebord.bureau.opgaven import Opgaven
    from opgavebord.storage.desk import Opgave
    from opgavebord.storage.sqlite import SqliteDatabase

    first = beginnings()
    opgave = Opgave(
        title="x", question="x", level=first.niveaus[0], words=first.woorden,
        stemmen=first.stemmen, domeinen=first.domeinen,
    )  # fmt: skip
    Opgaven(SqliteDatabase(Path("nowhere"))).check(opgave)


# --- a sprint ---------------------------------------------------------------------------


async def test_a_sprint_is_what_was_planned(house: House, staff: httpx2.AsyncClient) -> None:
    seen = await a_sprint(staff)
    assert seen["title"] == "Vitale kernen"
    assert seen["date"] == "donderdag 16 april, 19.30–22.00 uur"
    assert [board["werkvorm"] for board in seen["boards"]] == EVENING["werkvormen"]
    assert (seen["tables"], seen["per_table"], seen["late"]) == (7, 7, 0)
    first = seen["boards"][0]["steps"][0]
    assert (first["title"], first["begins"], first["tight"]) == ("Kom binnen", 1170, None)

    sprint = await house.board.rooms.look(seen["id"])
    evening = sprint.evening
    assert evening is not None
    assert evening.fixed == tuple(VITALE_KERNEN["fixed"])
    assert evening.free == tuple(VITALE_KERNEN["free"])
    assert (evening.source, evening.level) == ("akkoord, bladzijde 7", "meewerken")
    assert evening.goal == EVENING["goal"]
    assert evening.place == EVENING["place"]
    assert [table.number for table in sprint.records["table"].values()] == [1, 2, 3, 4, 5, 6, 7]
    assert [kern.code for kern in sprint.records["kern"].values()] == ["AME", "KRO"]
    assert [stem.title for stem in sprint.records["stem"].values()] == ["inwoner 65+", "ondernemer"]
    assert [one.code for one in sprint.records["domein"].values()] == ["WON"]
    assert evening.board == seen["boards"][0]["id"]


async def test_the_board_of_welcome_says_what_the_opgave_says(
    house: House, staff: httpx2.AsyncClient
) -> None:
    seen = await a_sprint(staff)
    sprint = await house.board.rooms.look(seen["id"])
    zones = {zone.id: zone.title for zone in sprint.records["zone"].values()}
    said: dict[str, list[str]] = {}
    for note in sprint.notes.values():
        assert not note.hidden
        said.setdefault(zones[note.zone], []).append(note.text)
    assert said == {
        "Waarom zijn we hier?": [VITALE_KERNEN["question"], "Bron: akkoord, bladzijde 7"],
        "Dit ligt al vast": VITALE_KERNEN["fixed"],
        "Dit is nog open": VITALE_KERNEN["free"],
        "Wat gebeurt er met mijn woorden?": VITALE_KERNEN["words"],
    }


async def test_the_log_and_the_tables_of_a_prepared_sprint_agree(
    house: House, staff: httpx2.AsyncClient
) -> None:
    await a_sprint(staff)
    assert check(house.folder, house.board.settings.database).wrong == ()


async def test_a_sprint_can_be_joined_at_once(house: House, staff: httpx2.AsyncClient) -> None:
    seen = await a_sprint(staff)
    async with house.browser() as tablet:
        joined = await tablet.post("/api/join", json={"code": seen["links"]["code"]})
        assert joined.json() == {"sprint": seen["id"]}
    for which in ("regie", "wand", "oogst", "tafel", "luister"):
        async with house.browser() as screen:
            secret = seen["links"][which].partition("#")[2]
            entered = await screen.post("/api/enter", json={"secret": secret})
            assert entered.json()["sprint"] == seen["id"]


@pytest.mark.parametrize(
    ("other", "where"),
    [
        ({"number": 0}, "number"),
        ({"number": 100}, "number"),
        ({"werkvormen": []}, "werkvormen"),
        ({"werkvormen": ["T1", "T1"]}, "werkvormen"),
        ({"werkvormen": ["T99"]}, "werkvormen"),
        ({"werkvormen": ["T1"] * (limits.BOARDS_PER_SPRINT + 1)}, "werkvormen"),
        ({"tables": -1}, "tables"),
        ({"tables": limits.TABLES_PER_SPRINT + 1}, "tables"),
        ({"place": "\n"}, "place"),
        ({"goal": " "}, "goal"),
        ({"clock": CLOCK | {"day": "16 april"}}, "day"),
        ({"clock": CLOCK | {"starts": 1440}}, "starts"),
        ({"clock": CLOCK | {"ends": -1}}, "ends"),
        ({"clock": CLOCK | {"people": limits.ARRIVALS_PER_SPRINT + 1}}, "people"),
        ({"clock": CLOCK | {"tablets": 0}}, "tablets"),
    ],
)
async def test_a_sprint_that_can_not_be_is_not_made(
    staff: httpx2.AsyncClient, other: dict[str, Any], where: str
) -> None:
    opgave = await an_opgave(staff)
    before = len((await staff.get("/api/bureau/overview")).json()["sprints"])
    answer = await staff.post(f"/api/bureau/opgaven/{opgave['id']}/sprints", json=EVENING | other)
    told = answer.json()
    assert (answer.status_code, told["code"], told["where"]) == (400, "bad_sprint", where)
    assert len((await staff.get("/api/bureau/overview")).json()["sprints"]) == before


async def test_as_many_boards_as_there_may_be(
    staff: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "BOARDS_PER_SPRINT", 2)
    opgave = await an_opgave(staff)
    at = f"/api/bureau/opgaven/{opgave['id']}/sprints"
    for count, good in ((1, True), (2, True), (3, False)):
        asked = EVENING | {"werkvormen": ["T1", "T2", "T8"][:count]}
        assert (await staff.post(at, json=asked)).is_success is good


# --- the plan of the evening ------------------------------------------------------------


async def test_the_plan_is_changed_by_commands_and_the_clock_follows(
    staff: httpx2.AsyncClient,
) -> None:
    seen = await a_sprint(staff, werkvormen=["T1", "T8"])
    at = f"/api/bureau/sprints/{seen['id']}/plan"
    step = seen["boards"][0]["steps"][0]["id"]
    longer = (await staff.post(at, json={"do": "step.minutes", "step": step, "minutes": 15})).json()
    assert longer["ends"] == seen["ends"] + 10
    assert longer["boards"][0]["steps"][1]["begins"] == 1170 + 15
    skipped = (await staff.post(at, json={"do": "step.skip", "step": step, "on": True})).json()
    assert skipped["boards"][0]["steps"][0]["skipped"]
    assert skipped["boards"][0]["steps"][1]["begins"] == 1170
    boards = [board["id"] for board in seen["boards"]]
    turned = await staff.post(
        at, json={"do": "board.move", "board": boards[1], "before": boards[0]}
    )
    assert [board["id"] for board in turned.json()["boards"]] == boards[::-1]
    first, second = (one["id"] for one in seen["boards"][1]["steps"][:2])
    moved = await staff.post(at, json={"do": "step.move", "step": second, "before": first})
    assert [one["id"] for one in moved.json()["boards"][0]["steps"][:2]] == [second, first]


async def test_the_desk_asks_of_a_sprint_only_what_is_a_plan(
    house: House, staff: httpx2.AsyncClient
) -> None:
    at = f"/api/bureau/sprints/{house.sprint}/plan"
    for command in ({"do": "step.reveal"}, {"do": "note.bin", "note": "N01x"}):
        answer = await staff.post(at, json=command)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    for nonsense in ({"do": "step.fly"}, {}, [], {"do": "step.skip"}):
        assert (await staff.post(at, json=nonsense)).status_code == 400
    gone = await staff.post(at, json={"do": "step.skip", "step": "stap-weg", "on": True})
    assert (gone.status_code, gone.json()["code"]) == (409, "refused")
    assert gone.json()["where"] == "unknown"


async def test_a_sprint_that_is_not_there(staff: httpx2.AsyncClient) -> None:
    for method, path, said in CLOSED:
        if path.startswith("sprints/"):
            at = f"/api/bureau/{path}".format(id="s00000000", sheet="tafels.pdf")
            answer = await staff.request(method, at, json=said)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


async def test_too_many_at_a_tablet_is_said_with_what_would_do(staff: httpx2.AsyncClient) -> None:
    seen = await a_sprint(staff, werkvormen=["T3"], tables=4)  # 46 people: 12 at a table
    tight = [step["tight"] for step in seen["boards"][0]["steps"]]
    assert [one is not None for one in tight] == [False, True, False, False, False]
    assert tight[1] == {"people": 12, "tablets": 1, "seconds": 30, "needed": 6, "fits": 8}
    at = f"/api/bureau/sprints/{seen['id']}/when"
    more = await staff.put(at, json={"clock": CLOCK | {"tablets": 2}, "tables": 4})
    assert [step["tight"] for step in more.json()["boards"][0]["steps"]] == [None] * 5


async def test_another_day_and_more_tables(house: House, staff: httpx2.AsyncClient) -> None:
    seen = await a_sprint(staff)
    at = f"/api/bureau/sprints/{seen['id']}/when"
    clock = CLOCK | {"day": "2026-05-13", "starts": 13 * 60 + 30, "ends": None}
    later = (await staff.put(at, json={"clock": clock, "tables": 9})).json()
    assert later["date"] == "woensdag 13 mei, 13.30 uur"
    assert later["clock"] == clock
    assert later["opgave"] == seen["opgave"]
    sprint = await house.board.rooms.look(seen["id"])
    numbers = sorted(table.number for table in sprint.records["table"].values())
    assert numbers == list(range(1, 10))
    fewer = await staff.put(at, json={"clock": clock, "tables": 8})
    assert (fewer.status_code, fewer.json()["where"]) == (400, "tables")


async def test_a_sprint_that_did_not_begin_at_the_desk_has_a_plan_too(
    house: House, staff: httpx2.AsyncClient
) -> None:
    seen = (await staff.get(f"/api/bureau/sprints/{house.sprint}")).json()
    assert seen["opgave"] is None
    assert seen["clock"]["starts"] == 1170
    listed = (await staff.get("/api/bureau/overview")).json()["sprints"]
    assert house.sprint in [one["id"] for one in listed if one["opgave"] is None]


async def test_a_date_in_words_stays_until_there_is_a_day(
    house: House, staff: httpx2.AsyncClient
) -> None:
    at = f"/api/bureau/sprints/{house.sprint}"
    seen = (await staff.get(at)).json()
    clock = seen["clock"] | {"people": 50}
    same = await staff.put(f"{at}/when", json={"clock": clock, "tables": seen["tables"]})
    assert same.json()["date"] == seen["date"]
    assert same.json()["clock"]["people"] == 50
    day = clock | {"day": "2026-04-17"}
    told = await staff.put(f"{at}/when", json={"clock": day, "tables": seen["tables"]})
    assert told.json()["date"] == "vrijdag 17 april, 19.30 uur"


# --- cards that lie there beforehand ----------------------------------------------------


async def test_cards_are_laid_in_the_name_of_organisations(
    house: House, staff: httpx2.AsyncClient
) -> None:
    seen = await a_sprint(staff)
    timeline = next(board for board in seen["boards"] if board["werkvorm"] == "T4")
    zone = timeline["zones"][1]
    assert zone["title"] == "Dit loopt nu"
    at = f"/api/bureau/sprints/{seen['id']}/cards"
    texts = ["Er is een potje voor buurtfeesten.", "", "  Drie dorpen delen één beheerder.  "]
    laid = (await staff.post(at, json={"zone": zone["id"], "texts": texts})).json()
    board = next(board for board in laid["boards"] if board["werkvorm"] == "T4")
    assert board["zones"][1]["cards"] == 2
    sprint = await house.board.rooms.look(seen["id"])
    cards = [note for note in sprint.notes.values() if note.zone == zone["id"]]
    assert [card.text for card in cards] == [texts[0], texts[2].strip()]
    assert {(card.origin, card.type, card.hidden) for card in cards} == {
        ("organisatie", "aanpak", False)
    }


async def test_so_many_cards_at_once(
    staff: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PREPARED_CARDS", 3)
    seen = await a_sprint(staff, werkvormen=["T4"])
    at, zone = f"/api/bureau/sprints/{seen['id']}/cards", seen["boards"][0]["zones"][0]["id"]
    for count, good in ((0, False), (2, True), (3, True), (4, False)):
        answer = await staff.post(at, json={"zone": zone, "texts": ["x"] * count})
        assert answer.is_success is good


async def test_the_zones_where_people_only_tap_or_vote_take_no_cards(
    staff: httpx2.AsyncClient,
) -> None:
    seen = await a_sprint(staff)
    by_form = {board["werkvorm"]: len(board["zones"]) for board in seen["boards"]}
    assert by_form == {"T1": 4, "T2": 7, "T3": 4, "T4": 6, "T8": 2}


async def test_answers_are_never_kept_by_a_browser(staff: httpx2.AsyncClient) -> None:
    answer = await staff.get("/api/bureau/overview")
    assert answer.headers["cache-control"] == "no-store"
    assert json.loads(answer.content)


# --- wiping ------------------------------------------------------------------------------


async def test_only_a_closed_evening_is_wiped_at_the_desk(
    house: House, staff: httpx2.AsyncClient
) -> None:
    sprint = await a_sprint(staff)
    path = f"/api/bureau/sprints/{sprint['id']}"
    assert sprint["wiped"] is not None
    refused = await staff.post(f"{path}/wipe", json={})
    assert (refused.status_code, refused.json()["where"]) == (409, "phase")
    begeleider = Seat("regie", "begeleider")
    for phase in ("closing", "closed"):
        await house.board.rooms.submit(sprint["id"], begeleider, SetPhase(phase=phase))  # type: ignore[arg-type]
    seen = (await staff.get(path)).json()
    listed = (await staff.get("/api/bureau/overview")).json()["sprints"]
    assert {one["id"]: one["wiped"] for one in listed}[sprint["id"]] == seen["wiped"]
    days = (seen["wiped"] / 1_000 - time.time()) / 86_400
    assert 29.9 < days <= 30
    gone = await staff.post(f"{path}/wipe", json={})
    assert gone.status_code == 200, gone.text
    assert (await staff.get(path)).status_code == 404
    assert (await staff.post(f"{path}/wipe", json={})).status_code == 404
