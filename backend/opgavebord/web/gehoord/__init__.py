"""*Dit hebben we gehoord*: the page of the next morning, for everybody who has the address.

Written on the server, without script, cookie or account. It says what `export/report.py` says and
nothing else: literal words, no names, a village or a voice as far as that may be told. It is
there once the evening is published; before that, and where there is no such sprint, one and the same
answer says that there is nothing yet, so that nobody learns which sprints there are.
"""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path
from typing import Final

import jinja2
from fastapi import APIRouter, Request, Response
from msgspec import Struct

from ...export import left, words
from ...export.report import Report, Sentence, report
from ...sprint.sprint import Sprint
from ...typography import FONTS
from ..asking import kept

HERE: Final = Path(__file__).parent
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HTML: Final = "text/html; charset=utf-8"
LETTERS: Final = {
    "letters-400.ttf": "AtkinsonHyperlegibleNext_400Regular.ttf",
    "letters-600.ttf": "AtkinsonHyperlegibleNext_600SemiBold.ttf",
    "letters-800.ttf": "AtkinsonHyperlegibleNext_800ExtraBold.ttf",
}
MOST: Final = 24  # pages in memory, each some hundred KiB
Look = Callable[[str], Awaitable[Sprint | None]]
LookLeft = Callable[[str], Awaitable[str | None]]
A_WHILE: Final = "public, max-age=3600"


def page(told: Report, root: str = "") -> str:
    """The page about a sprint. `root`: below which path of the host we are."""
    return _template("page.html").render(
        r=told,
        root=root,
        w=words,
        where=" · ".join(
            part for part in (words.sprint(told.number), told.place, told.date) if part
        ),
        figures=_figures(told),
        versions=[_Version(one) for one in told.sentences if not one.chosen],
    )


def left_page(of: left.Left, root: str = "") -> str:
    """The page about an evening whose notes were wiped."""
    counts = (
        (of.notes, words.notes),
        (of.groups, words.groups),
        (of.tables, words.tables),
        (of.people, words.people),
    )
    return _template("left.html").render(
        r=of,
        w=words,
        root=root,
        where=" · ".join(part for part in (words.sprint(of.number), of.place, of.date) if part),
        figures=[(n, said(n).partition(" ")[2]) for n, said in counts if n],
    )


class Kept(Struct, frozen=True):
    """A page as it is when its sprint is at `head`."""

    head: int
    plain: bytes
    zipped: bytes


class _Version:
    """An earlier sentence, to be quoted like a note."""

    def __init__(self, one: Sentence) -> None:
        self.text = one.text
        self.beside = words.support(one.support) if one.support else ""
        self.objections = one.objections


def _figures(told: Report) -> list[tuple[int, str]]:
    counts = (
        (told.notes, words.notes),
        (len(told.heaps), words.groups),
        (told.tables, words.tables),
        (told.people, words.people),
    )
    return [(n, said(n).partition(" ")[2]) for n, said in counts if n]


@cache
def _template(name: str) -> jinja2.Template:
    loader = jinja2.FileSystemLoader(HERE)
    there = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    return there.get_template(name)


class Pages:
    """The pages that were asked for last. A page is written once for each state of its sprint, in a
    thread: a whole village may ask for it while the next evening is on."""

    def __init__(self, look: Look, left: LookLeft, root: str = "") -> None:
        self._look = look
        self._left = left
        self._root = root
        self._kept: dict[str, Kept] = {}

    async def of(self, sprint: str) -> Kept | None:
        found = await kept(self._look(sprint))
        evening = found.evening if found is not None else None
        if found is None or evening is None or not evening.published or evening.rehearsal:
            self._kept.pop(sprint, None)
            return await self._what_is_left(sprint) if found is None else None
        there = self._kept.get(sprint)
        if there is None or there.head != found.head:
            there = await asyncio.to_thread(_written, found, self._root)
            self._kept.pop(sprint, None)
            self._kept[sprint] = there
            while len(self._kept) > MOST:
                del self._kept[next(iter(self._kept))]
        return there

    async def _what_is_left(self, sprint: str) -> Kept | None:
        """Of an evening that was published, and then wiped."""
        told = await kept(self._left(sprint))
        if told is None:
            return None
        plain = left_page(left.read(told), self._root).encode()
        return Kept(-1, plain, gzip.compress(plain, 6, mtime=0))


def _written(sprint: Sprint, root: str) -> Kept:
    plain = page(report(sprint), root).encode()
    return Kept(sprint.head, plain, gzip.compress(plain, 6, mtime=0))


def routes(look: Look, left: LookLeft, root: str = "") -> APIRouter:
    """`look`: a copy of a sprint as it is kept, or None where there is no such sprint; `left`: what
    stays of one that was wiped (`export/left.py`)."""
    router = APIRouter()
    pages = Pages(look, left, root)

    async def style() -> Response:
        text = (HERE / "gehoord.css").read_bytes()
        return Response(text, 200, {"cache-control": A_WHILE}, "text/css; charset=utf-8")

    async def letters(name: str) -> Response:
        file = LETTERS.get(f"letters-{name}")
        if file is None:
            return _none(root)
        return Response((FONTS / file).read_bytes(), 200, {"cache-control": A_WHILE}, "font/ttf")

    async def heard(request: Request, sprint: str) -> Response:
        there = await pages.of(sprint)
        if there is None:
            return _none(root)
        headers = {
            "content-security-policy": POLICY,
            "cache-control": "no-cache",
            "vary": "accept-encoding",
        }
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(there.zipped, 200, {**headers, "content-encoding": "gzip"}, HTML)
        return Response(there.plain, 200, headers, HTML)

    for path, route in (
        ("/gehoord/gehoord.css", style),
        ("/gehoord/letters-{name}", letters),
        ("/gehoord/{sprint}", heard),
    ):
        router.add_api_route(path, route, methods=["GET", "HEAD"])
    return router


def _none(root: str) -> Response:
    headers = {"content-security-policy": POLICY, "cache-control": "no-store"}
    return Response(_template("none.html").render(root=root), 404, headers, HTML)
