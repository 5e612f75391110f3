"""`opgavebord serve`: not before what has to be right is right."""

import gc
import socket
import sys
from contextlib import closing
from typing import Annotated

import typer

from ..listening import CanNotServe, listen
from ..settings import Settings
from ..watch import log_to_stderr
from .speaking import WRONG, Json, plainly, print_json, say

CheckConfig = Annotated[
    bool, typer.Option("--check-config", help="Only show the settings and try what they need.")
]


Workers = Annotated[
    int,
    typer.Option(
        "--workers", min=1, max=64, help="So many processes; more than one needs PostgreSQL."
    ),
]
# How the supervisor starts a worker.
Place = Annotated[int | None, typer.Option(hidden=True)]
Handle = Annotated[int | None, typer.Option(hidden=True)]
Say = Annotated[bool, typer.Option("--say", hidden=True)]


def serve(
    json: Json = False,
    check_config: CheckConfig = False,
    workers: Workers = 1,
    place: Place = None,
    handle: Handle = None,
    say_links: Say = False,
) -> None:
    """Serve the board, until Ctrl-C."""
    if check_config:
        look_only(workers)
        return
    if workers > 1:
        stand_by(workers, json)
        return
    with plainly() as settings, closing(socket_of(sound(settings), handle)) as listening:
        gc.disable()  # nothing to collect while half a thousand modules come in; `serving` enables it
        from ..app import Links, Opgavebord
        from ..serving import serve as run

        tty = sys.stderr.isatty()
        log_to_stderr(requests=settings.log == "requests" or (not settings.log and not tty))

        def announce(links: Links, board: Opgavebord) -> None:
            if (
                say_links if place is not None else tty or not json
            ):  # a file that gathers stderr has no business with the secrets
                say(links, board.addresses.hall)
            if json:
                print_json(links)

        code = run(settings, listening, announce, place)
    raise typer.Exit(code)


def socket_of(settings: Settings, handle: int | None) -> socket.socket:
    """Our own, or the one that the supervisor handed us."""
    return listen(settings) if handle is None else socket.socket(fileno=handle)


def stand_by(workers: int, json: bool) -> None:
    """Serve with several processes."""
    from ..supervising import supervise

    with plainly() as settings:
        if not settings.database:
            raise CanNotServe(
                f"--workers {workers} needs a PostgreSQL in OPGAVEBORD_DATABASE: a SQLite file is for "
                "one process, which serves a hall well. Leave --workers out, or set a database."
            )
        with closing(listen(sound(settings))) as listening:
            tty = sys.stderr.isatty()
            log_to_stderr(requests=settings.log == "requests" or (not settings.log and not tty))
            command = [sys.executable, "-m", "opgavebord", "serve", "--json"]

            def announce(line: str) -> None:
                if json:
                    sys.stdout.write(line + "\n")
                    sys.stdout.flush()

            code = supervise(command, listening, workers, announce, say=tty or not json)
            from ..archiving import forget_address

            forget_address(settings.data_dir)
    raise typer.Exit(code)


def sound(settings: Settings) -> Settings:
    """These settings, if a server may start with them at all. Raises `CanNotServe`."""
    from .selftest import quick

    for look in quick(settings):
        if look.how == "wrong":
            raise CanNotServe(f"{look.said[0].upper()}{look.said[1:]}.")
    return settings


def look_only(workers: int) -> None:
    """Tell every setting as it would be used, and what was found when it was tried."""
    from .selftest import all_looks, effective

    with plainly() as settings:
        sys.stdout.write("\n".join(effective(settings)) + "\n\n")
        looks = all_looks(settings, workers)
        for look in looks:
            sys.stdout.write(f"{look.how:<6}{look.what}: {look.said}\n")
    if any(look.how == "wrong" for look in looks):
        raise typer.Exit(WRONG)
