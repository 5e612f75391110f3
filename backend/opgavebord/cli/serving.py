"""`opgavebord serve`."""

import gc
import sys
from contextlib import closing

import typer

from ..listening import listen
from ..watch import log_to_stderr
from .speaking import Json, plainly, print_json, say


def serve(json: Json = False) -> None:
    """Serve the board, until Ctrl-C."""
    with plainly() as settings, closing(listen(settings)) as listening:
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
