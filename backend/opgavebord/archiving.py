"""Exports and imports on the command line: through the server where one runs, or without one.

Only one process may hold a data folder with SQLite. So `export` asks for the folder first; where a server has it,
the server is asked, on this machine, at the address it wrote in the folder, with a pass that only who
can read the key file can make. Without a server the log is read here; and on PostgreSQL always, for there
everybody works beside everybody.

An import founds a sprint through the same door as every sprint. It keeps its id, so that a sprint that
is there already is recognised; as a copy it gets one of its own. The code and the token of its
door are new, whatever it was.
"""

import asyncio
import hashlib
import hmac
import http.client
import secrets
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, structs

from .certificate import only_this
from .export import Format, Pictures, archive
from .export.formats import NoBoard, Taken, take
from .founding import AlreadyThere, CanNotFound, found
from .people.key import read_key
from .people.tokens import looks_like_one, new_id
from .settings import Settings
from .sprint.ask import ENTROPY_BYTES
from .sprint.change import BadChange, apply
from .sprint.commands import FoundSprint
from .sprint.entry import Entry
from .sprint.evening import code_of, token_of
from .sprint.sprint import Evening, Seat, Sprint
from .storage import doorway
from .storage.log import Log
from .storage.opening import storage
from .storage.trouble import StorageBusy
from .werkvormen.demo import Named

ADDRESS_FILE: Final = "opgavebord.address"
NEWEST: Final = "newest"
BY_HAND: Final = Seat("command-line", "bureau")
PATIENCE: Final = 60.0
ASK_EVERY: Final = 0.1
ARCHIVE_BYTES: Final = 64 * 1024 * 1024  # of a file that is read; an evening has a few hundred KiB

Say = Callable[[float], None]


class CanNot(Exception):
    """Why it can not be done. The text is for a person."""


class Arrived(Struct, frozen=True):
    """What came of an import."""

    sprint: str
    title: str
    there: bool  # it was there already, and nothing was done


# --- the way to a running server --------------------------------------------------------------


def pass_of(key: bytes) -> str:
    """What opens a running server for the command line: only who has the key can make it."""
    return hmac.digest(key, b"command line", hashlib.sha256).hex()


def write_address(folder: Path, url: str, certificate: Path | None = None) -> None:
    """Tell the command line where we are, and with which certificate."""
    path = folder / ADDRESS_FILE
    known = f"{certificate.resolve()}\n" if certificate is not None else ""
    path.write_text(f"{url}\n{known}", "utf-8")
    path.chmod(0o600)


def forget_address(folder: Path) -> None:
    (folder / ADDRESS_FILE).unlink(missing_ok=True)


class RunningServer:
    """The server that has this folder."""

    def __init__(self, folder: Path, key: Path | None = None) -> None:
        try:
            told = (folder / ADDRESS_FILE).read_text("utf-8").splitlines()
            parts = urlsplit(told[0])
            tls = only_this(Path(told[1])) if len(told) > 1 else None
        except (OSError, IndexError):
            raise CanNot(f"Another program works in {folder}. Try again when it is done.") from None
        host = parts.hostname or ""
        self._way = (
            http.client.HTTPConnection(host, parts.port, timeout=PATIENCE)
            if tls is None
            else http.client.HTTPSConnection(host, parts.port, timeout=PATIENCE, context=tls)
        )
        self._pass = pass_of(read_key(folder, key))

    def ask(self, method: str, path: str, body: object = None) -> bytes:
        headers = {"authorization": f"Bearer {self._pass}", "content-type": "application/json"}
        sent = None if body is None else msgspec.json.encode(body)
        try:
            self._way.request(method, path, sent, headers)
            answer = self._way.getresponse()
            told = answer.read()
        except (OSError, http.client.HTTPException) as trouble:
            raise CanNot(f"The server of this folder does not answer: {trouble}.") from None
        if answer.status != 200:
            raise CanNot(_why(told) or f"The server of this folder answers {answer.status}.")
        return told

    def ask_json(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        told: dict[str, Any] = msgspec.json.decode(self.ask(method, path, body))
        return told


def _why(told: bytes) -> str:
    try:
        answer = msgspec.json.decode(told)
        return str(answer.get("message") or "")
    except (msgspec.MsgspecError, AttributeError):
        return ""


# --- taking home -------------------------------------------------------------------------------


def export(
    settings: Settings,
    sprint: str,
    format: Format,
    board: str | None,
    say: Say,
    pictures: Pictures,
) -> Taken:
    """The file of a sprint (an id, or `newest`). Raises `CanNot`."""
    if not settings.database and not settings.data_dir.exists():
        raise CanNot(f"There is no data folder {settings.data_dir}.")
    try:
        here = asyncio.run(_read(settings, sprint))
    except StorageBusy:
        server = RunningServer(settings.data_dir, settings.key_file)
        return _through_server(server, sprint, format, board, say, pictures)
    try:
        return take(here, format, board, say, pictures)
    except NoBoard as trouble:
        raise CanNot(str(trouble)) from None


async def _read(settings: Settings, sprint: str) -> Sprint:
    database, log = storage(*settings.keeping)
    await database.open()
    try:
        id = await database.run(doorway.newest) if sprint == NEWEST else sprint
        entries = [] if id is None else await log.since(id, 0)
    finally:
        await database.close()
    found_here = replayed(entries)
    if found_here.evening is None:
        raise CanNot(f"There is no sprint {sprint} here.")
    return found_here


def replayed(entries: Iterable[Entry]) -> Sprint:
    """The sprint that these entries make."""
    made = Sprint()
    for entry in entries:
        try:
            apply(made, entry.change)
        except BadChange:
            continue  # in quarantine, as for a server that opens this log; `check` names it
        made.head = entry.seq
    return made


def _through_server(
    server: RunningServer,
    sprint: str,
    format: Format,
    board: str | None,
    say: Say,
    pictures: Pictures,
) -> Taken:
    asked = {"format": format, "board": board, "pictures": pictures}
    path = f"/api/s/{_in_path(sprint)}/exports"
    id = server.ask_json("POST", path, asked)["id"]
    while True:
        state = server.ask_json("GET", f"{path}/{id}")
        say(float(state["done"]))
        if state["ready"]:
            break
        time.sleep(ASK_EVERY)
    return Taken(state["name"], state["type"], server.ask("GET", f"{path}/{id}/file"))


def _in_path(sprint: str) -> str:
    if sprint != NEWEST and not looks_like_one(sprint):
        raise CanNot(f"There is no sprint {sprint} here.")
    return sprint


# --- bringing in --------------------------------------------------------------------------------


def bring_in(settings: Settings, file: Path, *, copy: bool) -> Arrived:
    """Found the sprint of an archive. Raises `CanNot`."""
    asked = {"file": str(file.resolve()), "copy": copy}
    try:
        return asyncio.run(_bring_in_here(settings, file, copy=copy))
    except StorageBusy:
        server = RunningServer(settings.data_dir, settings.key_file)
        return msgspec.json.decode(server.ask("POST", "/api/imports", asked), type=Arrived)


async def _bring_in_here(settings: Settings, file: Path, *, copy: bool) -> Arrived:
    database, log = storage(*settings.keeping)
    await database.open()
    try:
        return await found_again(log, read_file(file), copy=copy)
    finally:
        await database.close()


def read_file(file: Path) -> bytes:
    try:
        if file.stat().st_size > ARCHIVE_BYTES:
            raise CanNot(f"{file} is too large to be an export of a sprint.")
        return file.read_bytes()
    except OSError as trouble:
        raise CanNot(f"{file} can not be read: {trouble.strerror}.") from None


async def found_again(log: Log, data: bytes, *, copy: bool) -> Arrived:
    """The sprint of an archive, in this log. Raises `CanNot`; then nothing was kept."""
    try:
        records = archive.read(data)
    except archive.NotAnArchive as trouble:
        raise CanNot(str(trouble)) from None
    evening = archive.evening_of(records)
    id = new_id() if copy else evening.id
    if await log.head(id):
        return Arrived(id, evening.title, there=True)
    chance = secrets.token_bytes(ENTROPY_BYTES)
    anew = structs.replace(evening, id=id, code=code_of(chance), token=token_of(chance))
    begun = FoundSprint(
        tuple(anew if isinstance(record, Evening) else record for record in records)
    )
    first = Named(f"import-{id[:20]}", 1, begun, BY_HAND)
    try:
        await found(log, id, [first], time.time_ns() // 1_000_000)
    except AlreadyThere:  # somebody brought it in at the same moment
        return Arrived(id, evening.title, there=True)
    except CanNotFound as trouble:
        raise CanNot(
            f"This export does not hang together ({trouble.refusal.code}), so nothing was kept."
        ) from None
    return Arrived(id, evening.title, there=False)
