"""`opgavebord backup`, `opgavebord restore` and `opgavebord drill`: so that no evening is lost with a disk."""

import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from msgspec import structs

from .speaking import WRONG, DataDir, Json, on_stderr, plainly, print_json, progress, stop


def backup(
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Make it in this folder, not in that of the settings."),
    ] = None,
    with_key: Annotated[
        bool,
        typer.Option("--with-key", help="With the key of the links; then keep it like a password."),
    ] = False,
    json: Json = False,
) -> None:
    """Back up everything, also while a server runs. Goes through the server where one does."""
    from ..archiving import CanNot
    from ..backups import asking

    with plainly() as settings:
        parent = out or asking.usual_folder(settings)
        on_stderr(f"A backup in {parent} …")
        try:
            told = asking.back_up(settings, parent, _product(), with_key=with_key, tell=progress())
        except CanNot as trouble:
            stop(str(trouble))
    on_stderr(
        f"{told.folder}: {told.sprints} sprints, {told.entries:,} entries, {told.bytes:,} bytes"
    )
    if told.key:
        on_stderr("The key of the links is in it. Who has this folder can come in everywhere.")
    else:
        on_stderr("The key of the links is not in it (--with-key). Keep it somewhere else.")
    if json:
        print_json(told)


def restore(
    folder: Annotated[Path, typer.Argument(help="A backup: a folder with a manifest.json.")],
    data_dir: DataDir = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Where there is a database, move it aside.")
    ] = False,
    json: Json = False,
) -> None:
    """Put a backup back, all of it or nothing. The server must be down."""
    from ..archiving import CanNot
    from ..backups import asking
    from ..retention.again import wipe_again

    with plainly() as settings:
        if data_dir is not None:
            settings = structs.replace(settings, data_dir=data_dir)
        on_stderr(f"{folder} …")
        try:
            done = asking.put_back(
                settings, folder, replace=replace, tell=progress(), mend=wipe_again(folder)
            )
        except CanNot as trouble:
            stop(str(trouble))
    sprints = done.manifest.sprints
    entries = sum(mark.head for mark in sprints.values())
    on_stderr(f"Put back: {len(sprints)} sprints, {entries:,} entries, as on {done.manifest.made}.")
    if done.aside is not None:
        on_stderr(f"What was there lies in {done.aside}.")
    if done.wiped:
        on_stderr(f"{done.wiped} of them were wiped since then, and are wiped again.")
    on_stderr(_KEY[done.key])
    if json:
        print_json(
            {
                "made": done.manifest.made,
                "sprints": len(sprints),
                "entries": entries,
                "aside": None if done.aside is None else str(done.aside),
                "key": done.key,
                "wiped": done.wiped,
            }
        )


_KEY = {
    "put back": "The key of the links is put back too: all links work as before.",
    "left": "The key of the links that was there is left.",
    "none": "There is no key of the links: at the first start all links are made anew.",
}


def drill(json: Json = False) -> None:
    """Prove that a backup can be restored: make one, put it back in a scratch folder, and look."""
    from ..archiving import CanNot
    from ..backups import asking
    from ..backups.shelf import DRILL

    with plainly() as settings:
        parent = asking.usual_folder(settings)
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=DRILL, dir=parent) as scratch:
            try:
                outcome = asking.practise(settings, Path(scratch), _product(), progress())
            except CanNot as trouble:
                stop(str(trouble))
    if json:
        print_json(outcome)
    if not outcome.ok:
        for wrong in outcome.wrong:
            sys.stderr.write(f"- {wrong}\n")
        on_stderr("The drill failed: this backup can not be relied on.")
        raise typer.Exit(WRONG)
    on_stderr(
        f"The drill went well: {outcome.sprints} sprints and {outcome.entries:,} entries were put back in "
        f"{outcome.restore_seconds:.1f} s, every log is the same, and nothing that was acknowledged is missing."
    )


def _product() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("opgavebord")
    except PackageNotFoundError:  # run from the source tree
        return "0.1.0"
