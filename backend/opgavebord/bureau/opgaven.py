"""Opgaven: the tasks the desk keeps, and what may stand in one.

Everything of a municipality (its villages, its voices, its fields of policy) is data of its opgaven;
nothing of it stands in code. What a sprint is made from is copied into it when it is founded, so a
later change of the opgave changes no evening.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from msgspec import Struct

from ..people import tokens
from ..sprint import limits, writing
from ..sprint.refusals import Refused
from ..storage import desk
from ..storage.database import Connection, Database
from ..storage.desk import KeptOpgave, Listed, Opgave, Village
from ..werkvormen.reading import read_as

LISTS: Final = Path(__file__).parent / "lists.yaml"
CODE: Final = re.compile(r"[A-Z0-9]{1,6}")
TILES: Final = 24  # columns and rows of the schematic map


class NotKept(Exception):
    """What the desk asked can not be kept. `where`: the field, and behind a colon its line."""

    def __init__(self, why: str, where: str = "") -> None:
        super().__init__(f"{why} {where}".strip())
        self.why = why
        self.where = where


class Beginnings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a new opgave begins."""

    niveaus: tuple[str, ...]
    stemmen: tuple[Listed, ...]
    domeinen: tuple[Listed, ...]
    woorden: tuple[str, ...]


def beginnings() -> Beginnings:
    return read_as(LISTS, Beginnings)


class Opgaven:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._levels = beginnings().niveaus

    async def add(self, opgave: Opgave, at: int) -> KeptOpgave:
        """Raises `NotKept`."""
        self.check(opgave)
        id = tokens.new_id()

        def work(connection: Connection) -> KeptOpgave:
            if desk.how_many_opgaven(connection) >= limits.OPGAVEN:
                raise NotKept("full")
            desk.add_opgave(connection, id, opgave, at)
            return KeptOpgave(id, 1, opgave)

        return await self._database.run(work)

    async def change(self, id: str, version: int, opgave: Opgave) -> KeptOpgave:
        """Raises `NotKept`, also where a colleague changed it since that version."""
        self.check(opgave)

        def work(connection: Connection) -> KeptOpgave:
            if not desk.change_opgave(connection, id, version, opgave):
                there = desk.opgave(connection, id) is not None
                raise NotKept("changed" if there else "not_found")
            return KeptOpgave(id, version + 1, opgave)

        return await self._database.run(work)

    async def of(self, id: str) -> KeptOpgave:
        found = await self._database.run(lambda connection: desk.opgave(connection, id))
        if found is None:
            raise NotKept("not_found")
        return found

    async def all(self) -> list[KeptOpgave]:
        return await self._database.run(desk.opgaven)

    def check(self, opgave: Opgave) -> None:
        """Raises `NotKept` for the first field that can not be so."""
        title("title", opgave.title)
        text("question", opgave.question)
        if opgave.source:
            text("source", opgave.source)
        if opgave.level and opgave.level not in self._levels:
            raise NotKept("bad_opgave", "level")
        for name in ("fixed", "free", "words"):
            sentences(name, getattr(opgave, name))
        for name in ("kernen", "stemmen", "domeinen"):
            _listed(name, getattr(opgave, name))
        for at, village in enumerate(opgave.kernen, 1):
            if not (0 <= village.column <= TILES and 0 <= village.row <= TILES):
                raise NotKept("bad_opgave", f"kernen:{at}")


def sentences(name: str, said: tuple[str, ...]) -> None:
    if len(said) > limits.SPEELRUIMTE:
        raise NotKept("bad_opgave", name)
    for at, sentence in enumerate(said, 1):
        text(f"{name}:{at}", sentence)


def title(where: str, said: str, why: str = "bad_opgave") -> None:
    """One line that is not empty."""
    try:
        writing.check_title(said)
    except Refused:
        raise NotKept(why, where) from None
    if writing.is_empty(said):
        raise NotKept(why, where)


def text(where: str, said: str, why: str = "bad_opgave") -> None:
    """A sentence or two that are not empty; on a wall and on paper there is no room for more."""
    try:
        writing.check_note(said)
    except Refused:
        raise NotKept(why, where) from None
    if writing.is_empty(said) or len(said) > limits.FIELD_CODE_POINTS:
        raise NotKept(why, where)


def _listed(name: str, lines: Iterable[Listed | Village]) -> None:
    seen: set[str] = set()
    for at, line in enumerate(lines, 1):
        if at > limits.LIST_LINES:
            raise NotKept("bad_opgave", name)
        if not CODE.fullmatch(line.code) or line.code in seen:
            raise NotKept("bad_opgave", f"{name}:{at}")
        title(f"{name}:{at}", line.title)
        seen.add(line.code)
