"""`opgavebord serve`: not before what has to be right is right."""

import gc
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


def serve(json: Json = False, check_config: CheckConfig = False) -> None:
    """Serve the board, until Ctrl-C."""
    if check_config:
        look_only()
        return
    with plainly() as settings, closing(listen(sound(settings))) as listening:
        gc.disable()  # nothing to collect while half a thousand modules come in; `serving` enables it
        from ..app import Links, Opgavebord
        from ..serving import serve as run

        tty = sys.stderr.isatty()
        log_to_stderr(requests=settings.log == "requests" or (not settings.log and not tty))

        def announce(links: Links, board: Opgavebord) -> None:
            if tty or not json:  # a file that gathers stderr has no business with the secrets
                say(links, board.addresses.hall)
            if json:
                print_json(links)

        code = run(settings, listening, announce)
    raise typer.Exit(code)


def sound(settings: Settings) -> Settings:
    """These settings, if a server may start with them at all. Raises `CanNotServe`."""
    from .selftest import quick

    for look in quick(settings):
        if look.how == "wrong":
            raise CanNotServe(f"{look.said[0].upper()}{look.said[1:]}.")
    return settings


def look_only() -> None:
    """Tell every setting as it would be used, and what was found when it was tried."""
    from .selftest import all_looks, effective

    with plainly() as settings:
        sys.stdout.write("\n".join(effective(settings)) + "\n\n")
        looks = all_looks(settings)
        for look in looks:
            sys.stdout.write(f"{look.how:<6}{look.what}: {look.said}\n")
    if any(look.how == "wrong" for look in looks):
        raise typer.Exit(WRONG)
