"""`opgavebord check`."""

import sys

import typer

from ..settings import BadSetting
from .speaking import WRONG, DataDir, plainly


def check(data_dir: DataDir = None) -> None:
    """Prove that replaying the log gives exactly the tables. May run beside servers."""
    from ..storage.check import check as look

    with plainly() as settings:
        folder = data_dir or settings.data_dir
        try:
            found = look(data_dir) if data_dir else look(*settings.keeping)
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
