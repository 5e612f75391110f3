"""The command line: serve, demo, links, check, export, import. Sentences for people; one line of JSON for programs."""

import asyncio
import gc
import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, Final, NoReturn

import msgspec
import typer
from msgspec import structs

from .listening import CanNotServe, listen
from .settings import BadSetting, Settings, from_environment
from .watch import log_to_stderr

REFUSED: Final = 2  # the exit code when we do not start, with a sentence that says why
WRONG: Final = 1  # the exit code of a check that found something

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Opgavebord: a shared board for opgavesprints.",
)
Json = Annotated[bool, typer.Option("--json", help="One line of JSON on stdout.")]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Another folder than OPGAVEBORD_DATA_DIR.")
]


@app.command()
def serve(json: Json = False) -> None:
    """Serve the board, until Ctrl-C."""
    with _plainly() as settings, closing(listen(settings)) as listening:
        gc.disable()  # nothing to collect while half a thousand modules come in; `serving` enables it
        from .app import Links, Opgavebord
        from .serving import serve as run

        tty = sys.stderr.isatty()
        log_to_stderr(requests=settings.log == "requests" or (not settings.log and not tty))

        def announce(links: Links, board: Opgavebord) -> None:
            if tty or not json:  # a file that gathers stderr has no business with the secrets
                _say(links, board.addresses.hall)
            if json:
                _print(links)

        code = run(settings, listening, announce)
    raise typer.Exit(code)


@app.command()
def demo(
    notes: Annotated[
        int | None, typer.Option(help="How many notes; the demo's own if not said.")
    ] = None,
    json: Json = False,
) -> None:
    """Make one more demo sprint, to look at and to measure. The server must be down."""
    from . import founding
    from .app import addresses, links
    from .people.invitations import Invitations
    from .people.key import read_key
    from .storage.engine import Database
    from .storage.log import SqliteLog

    async def make(settings: Settings) -> None:
        database = Database(settings.data_dir)
        await database.open()
        try:
            sprint = await founding.found_demo(SqliteLog(database), notes)
            made = await Invitations(database, read_key(settings.data_dir)).links(sprint)
        finally:
            await database.close()
        at = addresses(settings, settings.port)
        _say(links(at.here, made), at.hall)
        if json:
            _print(links(at.here, made))

    with _plainly() as settings:
        asyncio.run(make(settings))


@app.command()
def links(
    rotate: Annotated[
        str | None,
        typer.Option(
            help="Make this link anew: wand, regie, oogst, tafel or luister; the old one stops working. "
            "Or bureau: a link for one more account."
        ),
    ] = None,
    sprint: Annotated[str | None, typer.Option(help="Another sprint than the newest.")] = None,
    json: Json = False,
) -> None:
    """Show the links of a sprint again."""
    from .app import addresses
    from .app import links as made
    from .bureau.accounts import Accounts
    from .bureau.passwords import Hashing
    from .people.invitations import ROLE_OF, Invitations
    from .people.key import read_key
    from .sprint.sprint import Seat
    from .storage import doorway
    from .storage.engine import Database

    async def show(settings: Settings) -> None:
        database = Database(settings.data_dir)
        await database.open()
        try:
            key = read_key(settings.data_dir)
            invitations = Invitations(database, key)
            of = sprint or await database.run(doorway.newest)
            if of is None or await database.run(lambda c: doorway.doorway(c, of)) is None:
                raise BadSetting("There is no such sprint in this data folder.")
            accounts = Accounts(database, key, Hashing())
            account = await accounts.first_secret()
            if rotate == "bureau":
                account = account or await accounts.invite(time.time_ns() // 1_000_000)
            elif rotate in ROLE_OF:
                await invitations.rotate(of, rotate, Seat("desk", "bureau"))
            elif rotate is not None:
                raise BadSetting(f"--rotate takes one of {', '.join(ROLE_OF)}, bureau.")
            found = await invitations.links(of)
        finally:
            await database.close()
        at = addresses(settings, settings.port)
        told = made(at.here, found, account)
        _say(told, at.hall)
        if json:
            _print(told)

    with _plainly() as settings:
        asyncio.run(show(settings))


@app.command()
def check(data_dir: DataDir = None) -> None:
    """Prove that replaying the log gives exactly the tables. May run beside a server."""
    from .storage.check import check as look

    with _plainly() as settings:
        folder = data_dir or settings.data_dir
        try:
            found = look(folder)
        except FileNotFoundError:
            raise BadSetting(f"There is no Opgavebord database in {folder}.") from None
    if found.wrong:
        for wrong in found.wrong:
            sys.stdout.write(f"- {wrong}\n")
        sys.stdout.write(f"The log and the tables disagree in {len(found.wrong)} places.\n")
        raise typer.Exit(WRONG)
    sys.stdout.write(
        f"The log and the tables agree: {found.sprints} sprints, {found.entries} entries, "
        f"{found.rows} records.\n"
    )


@app.command()
def export(
    sprint: Annotated[str, typer.Argument(help="The id of a sprint, or: newest.")],
    format: Annotated[
        str, typer.Option("--format", help="docx, pdf, odt, xlsx, csv, json or png.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
    board: Annotated[
        str | None,
        typer.Option(help="pdf and png: only this board (its id, or a code such as T2), or: alle."),
    ] = None,
) -> None:
    """Write a sprint as something to take home. Goes through the server where one runs."""
    from . import archiving
    from .export import Pictures
    from .export.formats import FORMATS

    with _plainly() as settings:
        wanted = next((one for one in FORMATS if one == format.lower()), None)
        if wanted is None:
            raise BadSetting(f"--format takes one of {', '.join(FORMATS)}, not {format}.")
        _on_stderr(f"{sprint} as {wanted} …")
        pictures: Pictures = "zip" if out.suffix.lower() == ".zip" else "one"
        try:
            taken = archiving.export(
                settings.data_dir, sprint, wanted, board, _progress(), pictures
            )
        except archiving.CanNot as trouble:
            _stop(str(trouble))
        try:
            out.write_bytes(taken.data)
        except OSError as trouble:
            _stop(f"{out} can not be written: {trouble.strerror}.")
    _on_stderr(f"{out}: {len(taken.data):,} bytes")


@app.command("import")
def bring_in(
    file: Annotated[Path, typer.Argument(help="A complete export: the json of a sprint.")],
    copy: Annotated[
        bool, typer.Option("--copy", help="Also where it is there already: as another sprint.")
    ] = False,
    json: Json = False,
) -> None:
    """Make a sprint of a complete export. Goes through the server where one runs."""
    from . import archiving

    with _plainly() as settings:
        try:
            arrived = archiving.bring_in(settings.data_dir, file, copy=copy)
        except archiving.CanNot as trouble:
            _stop(str(trouble))
    if arrived.there:
        _on_stderr(f"{arrived.title} is there already, as {arrived.sprint}. Nothing was done.")
    else:
        _on_stderr(f"{arrived.title} is there now, as {arrived.sprint}.")
    if json:
        _print(arrived)


def _progress() -> Callable[[float], None]:
    """A line on stderr for each tenth."""
    told = 0

    def tell(done: float) -> None:
        nonlocal told
        if int(done * 10) > told:
            told = int(done * 10)
            _on_stderr(f"  {told * 10} %")

    return tell


def _on_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


@contextmanager
def _plainly() -> Iterator[Settings]:
    """The settings; and what keeps us from starting becomes a sentence and an exit code."""
    from .people.key import BadKey
    from .storage.trouble import StorageBusy, StorageLost, StorageTrouble
    from .werkvormen.reading import BadWerkvorm

    try:
        yield from_environment()
    except (BadSetting, CanNotServe) as trouble:
        _stop(str(trouble))
    except BadWerkvorm as trouble:
        _stop(f"A werkvorm can not be used: {trouble}.")
    except StorageBusy as trouble:
        _stop(f"{str(trouble).capitalize()}. Stop it first, or choose another OPGAVEBORD_DATA_DIR.")
    except (StorageTrouble, StorageLost) as trouble:
        _stop(f"The data folder can not be used: {trouble}.")
    except BadKey as trouble:
        _stop(f"{trouble}. Put the right one back, or take it away: then all links are new.")
    except OSError as trouble:
        _stop(f"The data folder can not be used: {trouble.strerror} ({trouble.filename}).")


def _stop(sentence: str) -> NoReturn:
    sys.stderr.write(sentence + "\n")
    raise typer.Exit(REFUSED)


def _print(links: object) -> None:
    sys.stdout.write(msgspec.json.encode(links).decode() + "\n")
    sys.stdout.flush()


def _say(links: "structs.Struct", hall: str) -> None:  # type: ignore[name-defined]
    """The links for a person, and on a terminal the QR for tablets in the same network."""
    told = structs.asdict(links)
    in_hall = told["join_url"].replace(told["url"], hall, 1)
    lines = [
        "",
        f"  Start     {told['url']}",
        f"  Code      {told['join_code']}",
        f"  Tablets   {in_hall}",
        f"  Wand      {told['wall_url']}",
        f"  Regie     {told['regie_url']}",
        f"  Oogst     {told['oogst_url']}",
        f"  Tafel     {told['tafel_url']}",
        f"  Luister   {told['luister_url']}",
        f"  Bureau    {told['desk_url']}",
        "",
    ]
    sys.stderr.write("\n".join(lines) + "\n")
    if sys.stderr.isatty():
        import segno

        drawn = io.StringIO()
        segno.make_qr(in_hall, error="l").terminal(drawn, compact=True)
        sys.stderr.write(drawn.getvalue() + "\n")
    sys.stderr.flush()
