"""All werkvormen that this server has: ours, and those of the municipality's own folder.

Read once, when the server starts, so that a mistake in a file is told then, with file and line.
"""

from pathlib import Path

from .reading import HERE, BadWerkvorm, Werkvorm, names, read


def all_werkvormen(own: Path | None = None) -> dict[str, Werkvorm]:
    """By id. Raises `BadWerkvorm` for the first file that can not be used."""
    found = {name: read(HERE / f"{name}.yaml") for name in names()}
    if own is None:
        return found
    if not own.is_dir():
        raise BadWerkvorm(f"{own}: there is no such folder with werkvormen")
    for path in sorted(own.glob("*.y*ml")):
        form = read(path)
        if form.id in found:
            raise BadWerkvorm(
                f"{path.name}, line 1: there is a werkvorm {form.id} already; choose another id"
            )
        found[form.id] = form
    return found
