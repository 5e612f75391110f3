"""How every command begins, speaks and ends: sentences for people, one line of JSON for programs."""

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, NoReturn

import msgspec
import typer
from msgspec import structs

from ..listening import CanNotServe
from ..settings import BadSetting, Settings, from_environment

REFUSED: Final = 2  # the exit code when we do not start, with a sentence that says why
THIS_MACHINE: Final = ("http://localhost", "http://127.", "http://[::1]")
REDUCED: Final = (
    "  This is plain http, the reduced mode: a tablet keeps what is typed, but it can not open",
    "  the page while the network is away, and who listens in reads along. docs/hall-network.md",
)
WRONG: Final = 1  # the exit code of a check that found something

Json = Annotated[bool, typer.Option("--json", help="One line of JSON on stdout.")]
DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Another folder than OPGAVEBORD_DATA_DIR.")
]


@contextmanager
def plainly() -> Iterator[Settings]:
    """The settings; and what keeps us from starting becomes a sentence and an exit code."""
    from ..people.key import BadKey
    from ..storage.trouble import StorageBusy, StorageLost, StorageTrouble
    from ..werkvormen.reading import BadWerkvorm

    settings: Settings | None = None
    try:
        settings = from_environment()
        yield settings
    except (BadSetting, CanNotServe) as trouble:
        stop(str(trouble))
    except BadWerkvorm as trouble:
        stop(f"A werkvorm can not be used: {trouble}.")
    except StorageBusy as trouble:
        stop(f"{str(trouble).capitalize()}. Stop it first, or choose another OPGAVEBORD_DATA_DIR.")
    except (StorageTrouble, StorageLost) as trouble:
        what = "database" if settings is not None and settings.database else "data folder"
        stop(f"The {what} can not be used: {trouble}.")
    except BadKey as trouble:
        stop(str(trouble))
    except OSError as trouble:
        stop(f"The data folder can not be used: {trouble.strerror} ({trouble.filename}).")


def stop(sentence: str) -> NoReturn:
    sys.stderr.write(sentence + "\n")
    raise typer.Exit(REFUSED)


def print_json(links: object) -> None:
    sys.stdout.write(msgspec.json.encode(links).decode() + "\n")
    sys.stdout.flush()


def on_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def progress() -> Callable[[float], None]:
    """A line on stderr for each tenth."""
    told = 0

    def tell(done: float) -> None:
        nonlocal told
        if int(done * 10) > told:
            told = int(done * 10)
            on_stderr(f"  {told * 10} %")

    return tell


def say(links: "structs.Struct", hall: str) -> None:  # type: ignore[name-defined]
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
    if hall.startswith("http://") and not hall.startswith(THIS_MACHINE):
        lines += [*REDUCED, ""]
    sys.stderr.write("\n".join(lines) + "\n")
    if sys.stderr.isatty():
        import segno

        drawn = io.StringIO()
        segno.make_qr(in_hall, error="l").terminal(drawn, compact=True)
        sys.stderr.write(drawn.getvalue() + "\n")
    sys.stderr.flush()
