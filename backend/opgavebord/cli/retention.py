"""`opgavebord retain`: what is wiped, and when."""

import time
from typing import Annotated

import typer

from .speaking import Json, on_stderr, plainly, print_json, stop


def retain(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be wiped, and when.")
    ] = False,
    json: Json = False,
) -> None:
    """Wipe the evenings whose term is over, as a server does by itself."""
    from ..archiving import CanNot
    from ..retention import asking
    from ..retention.terms import due

    with plainly() as settings:
        try:
            done = asking.retain(settings, dry_run=dry_run)
        except CanNot as trouble:
            stop(str(trouble))
        now = time.time_ns() // 1_000_000
        waiting = {one.sprint for one in due(done.evenings, now)}
        gone = {one.sprint for one in done.wiped}
        for one in done.evenings:
            when = time.strftime("%Y-%m-%d", time.gmtime(one.wiped / 1_000))
            closed = "" if one.closed is not None else ", never closed"
            what = (
                "wiped now"
                if one.sprint in gone
                else "on a journey, so not wiped here"
                if one.away
                else "would be wiped now"
                if one.sprint in waiting
                else f"is wiped on {when}"
            )
            on_stderr(f"{one.sprint}  sprint {one.number}, {one.title}{closed}: {what}")
        if not done.evenings:
            on_stderr("There are no evenings.")
        elif not waiting and not gone:
            on_stderr(f"Nothing is due. An evening is kept for {settings.keep_days} days.")
        if json:
            print_json(done)
