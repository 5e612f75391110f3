"""`opgavebord export` and `opgavebord import`: to take home, and to bring in."""

from pathlib import Path
from typing import Annotated

import typer

from ..settings import BadSetting
from .speaking import Json, on_stderr, plainly, print_json, progress, stop


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
    from .. import archiving
    from ..export import Pictures
    from ..export.formats import FORMATS

    with plainly() as settings:
        wanted = next((one for one in FORMATS if one == format.lower()), None)
        if wanted is None:
            raise BadSetting(f"--format takes one of {', '.join(FORMATS)}, not {format}.")
        on_stderr(f"{sprint} as {wanted} …")
        pictures: Pictures = "zip" if out.suffix.lower() == ".zip" else "one"
        try:
            taken = archiving.export(settings, sprint, wanted, board, progress(), pictures)
        except archiving.CanNot as trouble:
            stop(str(trouble))
        try:
            out.write_bytes(taken.data)
        except OSError as trouble:
            stop(f"{out} can not be written: {trouble.strerror}.")
    on_stderr(f"{out}: {len(taken.data):,} bytes")


def bring_in(
    file: Annotated[Path, typer.Argument(help="A complete export: the json of a sprint.")],
    copy: Annotated[
        bool, typer.Option("--copy", help="Also where it is there already: as another sprint.")
    ] = False,
    json: Json = False,
) -> None:
    """Make a sprint of a complete export. Goes through the server where one runs."""
    from .. import archiving

    with plainly() as settings:
        try:
            arrived = archiving.bring_in(settings, file, copy=copy)
        except archiving.CanNot as trouble:
            stop(str(trouble))
    if arrived.there:
        on_stderr(f"{arrived.title} is there already, as {arrived.sprint}. Nothing was done.")
    else:
        on_stderr(f"{arrived.title} is there now, as {arrived.sprint}.")
    if json:
        print_json(arrived)
