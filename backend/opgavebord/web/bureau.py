"""The desk over HTTP: sign in, opgaven, sprints, the plan of an evening, and what is printed.

Everything below `/api/bureau/` but coming in asks for a session, and everything that changes something
for a page of our own. Who is signed in sits at every sprint with the role bureau (`staff`), so that
what is asked of a sprint elsewhere (its links, what people take home) knows the desk like everybody:
by a seat. That seat is no more than the session, and ends with it.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any, Final, TypeAlias

import msgspec
from fastapi import APIRouter, Request, Response
from msgspec import Struct, structs

from ..bureau.accounts import Accounts
from ..bureau.door import Door, StayOut
from ..bureau.opgaven import NotKept, Opgaven, beginnings
from ..bureau.printset import CARDS_FOR_EACH, SHEETS, Sheet, sheets
from ..bureau.sessions import Sessions, cookie_name, set_cookie
from ..bureau.sprints import NewSprint, Sprints, check_clock, said_date, seat_of
from ..bureau.view import view
from ..people.doors import join_url, shown
from ..people.invitations import ROLE_OF, Invitations
from ..retention.wiping import OnTheWay, Retention
from ..settings import Settings
from ..sprint import limits
from ..sprint.ask import ENTROPY_BYTES
from ..sprint.commands import (
    AnyCommand,
    CreateNote,
    MoveBoard,
    MoveStep,
    Publish,
    RepeatStep,
    SetMinutes,
    SetTable,
    SkipStep,
    TellEvening,
)
from ..sprint.sprint import Seat, Sprint
from ..storage import desk
from ..storage.database import Database
from ..storage.desk import Account, Clock, Opgave
from ..sync.rooms import Rooms
from ..watch import Watch
from ..werkvormen.reading import Ids, Werkvorm
from .asking import as_json, body, changes, kept, wall_clock
from .problems import PROBLEMS, Problem
from .visitor import Visitor, visitor

PLAN: Final = (
    *(SetMinutes, SkipStep, MoveStep, RepeatStep, MoveBoard),
    *(TellEvening, Publish),
)
"""What the desk asks of a sprint with a command of its own."""
COMMAND: Final[Any] = AnyCommand  # for mypy, which takes a union of structs for no type
PAPER: Final[dict[str, Sheet]] = {sheet: sheet for sheet in SHEETS}
Route: TypeAlias = Callable[..., Awaitable[Response]]


class SignIn(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    password: str


class NewAccount(Struct, frozen=True, forbid_unknown_fields=True):
    secret: str
    name: str
    password: str


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    opgave: Opgave


class When(Struct, frozen=True, forbid_unknown_fields=True):
    clock: Clock
    tables: int


class Cards(Struct, frozen=True, forbid_unknown_fields=True):
    """What officials know already: cards that lie there when people come in."""

    zone: str
    texts: tuple[str, ...]


class Bureau(Struct, frozen=True):
    """Whom the routes ask."""

    settings: Settings
    database: Database
    door: Door
    accounts: Accounts
    sessions: Sessions
    opgaven: Opgaven
    sprints: Sprints
    werkvormen: dict[str, Werkvorm]
    rooms: Rooms
    invitations: Invitations
    retention: Retention
    watch: Watch
    public_url: Callable[[str, bool], str]

    # -- coming in --------------------------------------------------------------------

    async def sign_in(self, request: Request) -> Response:
        knocks = self._changes(request)
        asked = await body(request, SignIn)
        proof = await kept(
            self.door.prove({"name": asked.name, "password": asked.password}, wall_clock())
        )
        if isinstance(proof, StayOut):
            self.watch.count("sign_ins_refused", proof.why)
            if proof.wait:
                self.watch.count("rate_limited", "sign_ins")
            raise Problem(proof.why, proof.wait)
        return await self._in(proof, knocks)

    async def make_account(self, request: Request) -> Response:
        knocks = self._changes(request)
        asked = await body(request, NewAccount)
        made = await kept(
            self.accounts.make(asked.secret, asked.name, asked.password, wall_clock())
        )
        if not isinstance(made, Account):
            self.watch.count("accounts_refused", made)
            raise Problem(made)
        return await self._in(made, knocks)

    async def sign_out(self, request: Request) -> Response:
        knocks = self._changes(request)
        await kept(self.sessions.end(knocks.cookies.get(cookie_name(knocks.secure, knocks.path))))
        response = as_json({"name": None})
        response.headers.append("set-cookie", set_cookie("", knocks.secure, knocks.path))
        return response

    async def me(self, request: Request) -> Response:
        return as_json({"name": (await self._who(request)).name})

    async def invite(self, request: Request) -> Response:
        knocks = self._changes(request)
        await self._who(request)
        secret = await kept(self.accounts.invite(wall_clock()))
        return as_json({"url": f"{self._base(knocks)}/bureau#{secret}"})

    async def colleagues(self, request: Request) -> Response:
        me = await self._who(request)
        found = await kept(self.accounts.all())
        return as_json([{"id": one.id, "name": one.name, "me": one.id == me.id} for one in found])

    async def remove_account(self, request: Request, id: str) -> Response:
        """Of a colleague; nobody takes away their own, so somebody is always left."""
        self._changes(request)
        if (await self._who(request)).id == id:
            raise Problem("not_allowed")
        if not await kept(self.accounts.remove(id)):
            raise Problem("not_found")
        self.watch.count("accounts_removed")
        return await self.colleagues(request)

    # -- opgaven ----------------------------------------------------------------------

    async def overview(self, request: Request) -> Response:
        """What the first screen shows, and where a new opgave begins."""
        await self._who(request)
        return as_json(
            {
                "opgaven": await kept(self.opgaven.all()),
                "sprints": await self._with_their_terms(),
                "werkvormen": [_shown(form) for form in self.werkvormen.values()],
                "beginnings": beginnings(),
            }
        )

    async def add_opgave(self, request: Request) -> Response:
        self._changes(request)
        await self._who(request)
        opgave = await body(request, Opgave)
        return as_json(await kept(self.opgaven.add(opgave, wall_clock())))

    async def change_opgave(self, request: Request, id: str) -> Response:
        self._changes(request)
        await self._who(request)
        asked = await body(request, Change)
        return as_json(await kept(self.opgaven.change(id, asked.version, asked.opgave)))

    async def add_sprint(self, request: Request, id: str) -> Response:
        self._changes(request)
        by = await self._who(request)
        new = await body(request, NewSprint)
        opgave = await kept(self.opgaven.of(id))
        chance = secrets.token_bytes(ENTROPY_BYTES)
        sprint = await kept(self.sprints.begin(opgave, new, by, wall_clock(), chance))
        self.watch.count("sprints_prepared")
        return as_json({"sprint": sprint})

    async def _with_their_terms(self) -> list[dict[str, Any]]:
        """Every sprint, and when it is wiped."""
        terms = {one.sprint: one.wiped for one in await kept(self.retention.terms())}
        found = await kept(self.database.run(desk.sprints))
        return [{**structs.asdict(one), "wiped": terms.get(one.id)} for one in found]

    # -- a sprint ---------------------------------------------------------------------

    async def sprint(self, request: Request, id: str) -> Response:
        await self._who(request)
        return await self._told(request, id)

    async def plan(self, request: Request, id: str) -> Response:
        """One command about the plan, or about what the evening is called."""
        self._changes(request)
        by = await self._who(request)
        command: AnyCommand = await body(request, COMMAND)
        if not isinstance(command, PLAN):
            raise Problem("not_allowed")
        await self._look(id)
        await self._ask(id, by, command)
        return await self._told(request, id)

    async def when(self, request: Request, id: str) -> Response:
        """The clock, and as many tables as there will be; a table that is there stays."""
        self._changes(request)
        by = await self._who(request)
        asked = await body(request, When)
        sprint, before = await self._look(id)
        check_clock(asked.clock)
        tables = sprint.records["table"]
        if not len(tables) <= asked.tables <= limits.TABLES_PER_SPRINT:
            raise NotKept("bad_sprint", "tables")
        await kept(self.database.run(lambda c: desk.keep_clock(c, id, None, asked.clock)))
        told = sprint.evening.date if sprint.evening else ""
        said = said_date(asked.clock)
        # a date that somebody put in words stays, until there is a day to say instead
        if told != said and (asked.clock.day or told == said_date(before)):
            await self._ask(id, by, TellEvening(date=said))
        numbers = {table.number for table in tables.values()}
        free = (number for number in range(1, 10_000) if number not in numbers)
        for number in [next(free) for _ in range(asked.tables - len(tables))]:
            await self._ask(id, by, SetTable(table=Ids(id)("tafel", number), number=number))
        return await self._told(request, id)

    async def cards(self, request: Request, id: str) -> Response:
        """Lay cards in a zone, in the name of organisations."""
        self._changes(request)
        by = await self._who(request)
        asked = await body(request, Cards)
        await self._look(id)
        texts = [text.strip() for text in asked.texts if text.strip()]
        if not 1 <= len(texts) <= limits.PREPARED_CARDS:
            raise NotKept("bad_sprint", "texts")
        for text in texts:
            card = "k" + secrets.token_hex(8)
            await self._ask(
                id, by, CreateNote(note=card, zone=asked.zone, text=text, origin="organisatie")
            )
        return await self._told(request, id)

    async def wipe(self, request: Request, id: str) -> Response:
        """For good, and before its term. An evening that is on is closed first."""
        self._changes(request)
        await self._who(request)
        sprint, _ = await self._look(id)
        if sprint.evening is None or sprint.evening.phase != "closed":
            raise NotKept("refused", "phase")
        try:
            await kept(self.retention.wipe(id, "desk"))
        except OnTheWay:
            raise NotKept("refused", "op_reis") from None
        self.watch.count("sprints_wiped")
        return as_json({"wiped": id})

    async def paper(self, request: Request, id: str, sheet: str) -> Response:
        """A part of the print set. `?cards=` says how many notes."""
        knocks = visitor(request.scope, self.settings)
        await self._who(request)
        which = PAPER.get(sheet.removesuffix(".pdf"))
        if which is None or not sheet.endswith(".pdf"):
            raise Problem("not_found")
        sprint, clock = await self._look(id)
        wanted = request.query_params.get("cards", "")
        cards = int(wanted) if wanted.isascii() and wanted.isdigit() else _usual(clock)
        if not 1 <= cards <= limits.PAPER_CARDS:
            raise NotKept("bad_sprint", "cards")
        if which == "tafels" and not sprint.records["table"]:
            raise NotKept("bad_sprint", "tables")
        made = await asyncio.to_thread(sheets, sprint, which, self._base(knocks), cards)
        headers = {
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="{which}.pdf"',
        }
        return Response(made, 200, headers, "application/pdf")

    # -- what they share --------------------------------------------------------------

    async def _who(self, request: Request) -> Account:
        """Who is signed in; a `Problem` where nobody is."""
        knocks = visitor(request.scope, self.settings)
        account = await kept(
            self.sessions.of(
                knocks.cookies.get(cookie_name(knocks.secure, knocks.path)), wall_clock()
            )
        )
        if account is None:
            raise Problem("sign_in")
        return account

    async def _in(self, account: Account, knocks: Visitor) -> Response:
        token = await kept(self.sessions.begin(account, wall_clock()))
        self.watch.count("sign_ins")
        response = as_json({"name": account.name})
        response.headers.append("set-cookie", set_cookie(token, knocks.secure, knocks.path))
        return response

    async def _look(self, id: str) -> tuple[Sprint, Clock]:
        """The sprint as it is kept, and its clock; a `Problem` where there is no such sprint."""
        sprint = await kept(self.rooms.look(id))
        if sprint.evening is None:
            raise Problem("not_found")
        _, clock = await kept(self.database.run(lambda c: desk.clock(c, id)))
        return sprint, clock

    async def _ask(self, id: str, by: Account, command: AnyCommand) -> None:
        verdict = await kept(self.rooms.submit(id, seat_of(by), command))
        if verdict.refusal is not None:
            raise NotKept("refused", verdict.refusal)

    async def _told(self, request: Request, id: str) -> Response:
        """The sprint as it is now, with its links."""
        knocks = visitor(request.scope, self.settings)
        sprint, _ = await self._look(id)
        opgave, clock = await kept(self.database.run(lambda c: desk.clock(c, id)))
        seen = view(sprint, opgave, clock)
        assert seen is not None, "looked at just now"
        links = await kept(self.invitations.links(id))
        base = self._base(knocks)
        told: dict[str, Any] = {
            **structs.asdict(seen),
            "links": {
                "code": shown(links.code),
                "join": join_url(base, links.token),
                **{which: f"{base}/{which}#{links.of(which)}" for which in ROLE_OF},
            },
            "cards": _usual(clock),
            "wiped": next(
                (one.wiped for one in await kept(self.retention.terms()) if one.sprint == id), None
            ),
        }
        return as_json(told)

    async def staff(self, cookies: Mapping[str, str], secure: bool) -> Seat | None:
        """The seat that somebody of the desk has at every sprint."""
        token = cookies.get(cookie_name(secure, self.settings.path))
        account = await kept(self.sessions.of(token, wall_clock()))
        return None if account is None else seat_of(account)

    def _changes(self, request: Request) -> Visitor:
        return changes(request, self.settings, self.watch)

    def _base(self, knocks: Visitor) -> str:
        return self.public_url(knocks.host, knocks.secure)


def routes(at: Bureau) -> APIRouter:
    router = APIRouter()
    for method, path, route in (
        ("GET", "me", at.me),
        ("POST", "sign-in", at.sign_in),
        ("POST", "sign-out", at.sign_out),
        ("POST", "accounts", at.make_account),
        ("GET", "accounts", at.colleagues),
        ("DELETE", "accounts/{id}", at.remove_account),
        ("POST", "invitations", at.invite),
        ("GET", "overview", at.overview),
        ("POST", "opgaven", at.add_opgave),
        ("PUT", "opgaven/{id}", at.change_opgave),
        ("POST", "opgaven/{id}/sprints", at.add_sprint),
        ("GET", "sprints/{id}", at.sprint),
        ("POST", "sprints/{id}/plan", at.plan),
        ("PUT", "sprints/{id}/when", at.when),
        ("POST", "sprints/{id}/cards", at.cards),
        ("POST", "sprints/{id}/wipe", at.wipe),
        ("GET", "sprints/{id}/paper/{sheet}", at.paper),
    ):
        router.add_api_route(f"/api/bureau/{path}", _plainly(route), methods=[method])
    return router


def _plainly(route: Route) -> Route:
    """What the desk can not keep becomes an answer that says which field it is."""

    @wraps(route)
    async def asked(*values: Any, **named: Any) -> Response:
        try:
            return await route(*values, **named)
        except NotKept as trouble:
            status, sentence = PROBLEMS[trouble.why]
            told = {"code": trouble.why, "message": sentence, "where": trouble.where}
            return Response(
                msgspec.json.encode(told), status, {"cache-control": "no-store"}, "application/json"
            )

    return asked


def _usual(clock: Clock) -> int:
    """How many paper notes people are likely to need."""
    return min(max(clock.people, 1) * CARDS_FOR_EACH, limits.PAPER_CARDS)


def _shown(form: Werkvorm) -> dict[str, Any]:
    return {
        "id": form.id,
        "name": form.naam,
        "goal": form.doel,
        "group": form.groep,
        "minutes": form.duur,
        "sprints": form.sprint,
    }
