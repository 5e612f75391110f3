"""`opgavebord koffer`: take a board to a hall without internet, and bring its log home."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .speaking import Json, on_stderr, plainly, print_json, say, stop

if TYPE_CHECKING:
    from ..app import Links
    from ..koffer.asking import Brought
    from ..settings import Settings

koffer = typer.Typer(
    no_args_is_help=True,
    help="Take a board to a hall without internet in one file, and bring its log home.",
)
File = Annotated[Path, typer.Argument(help="A koffer: the zip that `koffer pack` wrote.")]


@koffer.command()
def pack(
    sprint: Annotated[str, typer.Argument(help="The id of a sprint, or: newest.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
) -> None:
    """Pack a board for a journey, to the hall or home. Here it rests until it is back."""
    from ..archiving import CanNot
    from ..koffer import asking

    with plainly() as settings:
        try:
            packed = asking.pack(settings, sprint)
        except CanNot as trouble:
            stop(str(trouble))
        try:
            out.write_bytes(packed.data)
        except OSError as trouble:
            stop(
                f"{out} can not be written: {trouble.strerror}. "
                "The board is on a journey now; pack it again to another place."
            )
    on_stderr(f"{out}: {len(packed.data):,} bytes. Here the board rests until it is back.")


@koffer.command("open")
def open_case(
    file: File,
    werkvormen: Annotated[
        Path | None,
        typer.Option(help="Also lay the own werkvormen that travel along in this folder."),
    ] = None,
    json: Json = False,
) -> None:
    """Open a koffer on this machine: the same board, code and QR, with links of this machine."""
    brought = _bring(file, home=False)
    title = brought.report.title
    on_stderr(f"{title} {'is open here' if brought.opened else 'was here already'}.")
    _tell(brought, json=json, links=True)
    if werkvormen is not None:
        werkvormen.mkdir(parents=True, exist_ok=True)
        for form in brought.forms:
            path = werkvormen / f"{form.id}.yaml"
            if form.id.isalnum() and not path.exists():
                path.write_text(form.yaml, "utf-8")
                on_stderr(f"{path} was laid there.")


@koffer.command()
def home(file: File, json: Json = False) -> None:
    """Bring a koffer home: what is new of its log is laid behind the log here."""
    _tell(_bring(file, home=True), json=json, links=False)


def _bring(file: Path, *, home: bool) -> "Brought":
    from ..archiving import CanNot
    from ..koffer import asking

    with plainly() as settings:
        try:
            return asking.bring(settings, file, home=home)
        except CanNot as trouble:
            stop(str(trouble))


def _tell(brought: "Brought", *, json: bool, links: bool) -> None:
    from ..koffer.telling import sentences

    for sentence in sentences(brought.report):
        on_stderr(sentence)
    told = None
    if links:
        with plainly() as settings:
            told, hall = _links(settings, brought)
        say(told, hall)
    if json:
        print_json({"report": brought.report, "opened": brought.opened, "links": told})


def _links(settings: "Settings", brought: "Brought") -> "tuple[Links, str]":
    import asyncio

    from ..app import Links, addresses, links
    from ..people.invitations import Invitations
    from ..people.key import key_of
    from ..storage.opening import storage

    at = addresses(settings, settings.port)
    if brought.links is not None:  # a server runs, and knows where it is
        told = Links(**brought.links)
        return told, told.url

    async def look() -> Links:
        database, _ = storage(settings.data_dir, settings.database, settings.database_password_file)
        await database.open()
        try:
            key = await key_of(database, settings.data_dir, settings.key_file)
            found = await Invitations(database, key).links(brought.report.sprint)
        finally:
            await database.close()
        return links(at.here, found)

    return asyncio.run(look()), at.hall
