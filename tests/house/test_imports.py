"""Who may import whom. The picture is in docs/house.md; this holds the code to it.

Only `app.py` and the command line know everyone. The middle (`sprint`, and `sync` except
`rooms.py`) knows no clock, no chance, no socket and no database.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

BACKEND: Final = Path(__file__).resolve().parents[2] / "backend"
PACKAGE: Final = BACKEND / "opgavebord"

# What the parts of the house may import from each other, besides themselves.
ALLOWED: Final[dict[str, set[str]]] = {
    "sprint": set(),
    "protocol": {"sprint"},
    "settings": set(),
    "clock": set(),
    "watch": set(),
    "metrics": {"watch"},
    "selfcheck": {"sprint", "storage", "sync.rooms", "watch"},
    "sync": {"protocol", "sprint"},
    "sync.rooms": {"protocol", "sprint", "storage", "relay", "watch"},
    "storage": {"protocol", "sprint", "sync.effects"},  # effects: what a room asks of a log
    "relay": {"protocol", "sprint", "sync.effects"},  # effects: what a room shows to others
    "werkvormen": {"sprint"},
    "typography": set(),
    "export": {"sprint", "typography"},
    "people": {"storage", "sprint"},
    "bureau": {"founding", "people", "sprint", "storage", "typography", "werkvormen"},
    "chain": {"storage", "sprint"},
    "rehearsal": {"people", "protocol", "sprint", "storage", "sync.rooms"},
    "founding": {"people", "sprint", "storage", "sync.effects", "werkvormen"},
    "archiving": {
        "certificate",
        *("export", "founding", "people", "settings", "sprint", "storage", "werkvormen"),
    },
    "backups": {"archiving", "people", "settings", "sprint", "storage"},
    "retention": {"archiving", "backups", "export", "settings", "sprint", "storage"},
    "koffer": {
        *("archiving", "people", "relay", "settings", "sprint", "storage", "sync.rooms"),
    },
    "listening": {"settings"},
    "certificate": {"listening", "settings"},
    "supervising": set(),
    "serving": {"app", "certificate", "listening", "metrics", "settings", "sprint", "web.straight"},
    "web": {
        *(
            "metrics",
            "protocol",
            "settings",
            "clock",
            "watch",
            "sprint",
            "sync",
            "storage",
            "relay",
            "people",
        ),
        *(
            "archiving",
            "backups",
            "bureau",
            "chain",
            "export",
            "koffer",
            "rehearsal",
            "retention",
            "typography",
            "werkvormen",
        ),
    },
}
ACTS: Final = {"sync.rooms", "sync.connection"}  # the part of `sync` that has sockets and tasks
KNOWS_EVERYONE: Final = {"app", "cli", "__main__"}

# What the pure middle never needs from outside.
IMPURE: Final = re.compile(
    r"(asyncio|threading|time|random|secrets|uuid|socket|ssl|os|pathlib|io|logging|subprocess|"
    r"sqlite3|sqlalchemy|sqlmodel|alembic|fastapi|starlette|uvicorn|websockets|redis|asyncpg)(\.|$)"
)
SQL: Final = re.compile(r"(sqlite3|sqlalchemy|sqlmodel|alembic|asyncpg|psycopg)(\.|$)")
EMPTY_NAMES: Final = re.compile(r"(utils?|helpers?|managers?|common|misc|shared)$")

FILES: Final = sorted(PACKAGE.rglob("*.py"))


def module(file: Path) -> str:
    """`sprint.notes` for opgavebord/sprint/notes.py; a package goes by its own name."""
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def part(name: str) -> str:
    return "sync.rooms" if name == "sync.rooms" else name.split(".", maxsplit=1)[0]


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"), file.name)


@cache
def imports(file: Path) -> tuple[str, ...]:
    """Full names of all that a file imports, wherever in the file it does so."""
    here = ["opgavebord", *module(file).split(".")]
    folder = here if file.name == "__init__.py" else here[:-1]
    found: list[str] = []
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            found.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = folder[: len(folder) + 1 - node.level] if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            found.extend(f"{base}.{alias.name}" for alias in node.names)
    return tuple(found)


def own(file: Path) -> Iterator[str]:
    """The modules of ours that a file imports, without what they hold."""
    for name in imports(file):
        if name.startswith("opgavebord."):
            inside = name.removeprefix("opgavebord.")
            yield inside if inside in MODULES else inside.rpartition(".")[0]


MODULES: Final = {module(file): file for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=module)
def test_a_part_imports_only_what_it_may(file: Path) -> None:
    mine = part(module(file))
    if mine in KNOWS_EVERYONE or not mine:
        return
    assert mine in ALLOWED, f"{mine} has no place in the house yet: see docs/house.md"
    for theirs in own(file):
        folder = theirs.split(".", maxsplit=1)[0]
        at_home = folder == mine.split(".", maxsplit=1)[0]
        assert not theirs or at_home or ALLOWED[mine] & {theirs, folder}, (
            f"{module(file)} may not import {theirs}"
        )


def test_what_decides_does_not_know_what_acts() -> None:
    """The pure part of `sync` does not know the part that acts."""
    for name, file in MODULES.items():
        if name.startswith("sync.") and name not in ACTS:
            assert not ACTS & set(own(file)), f"{name} knows what acts"


@pytest.mark.parametrize(
    "file", [f for f in FILES if module(f).startswith(("sprint", "sync"))], ids=module
)
def test_the_middle_is_pure(file: Path) -> None:
    if module(file) in ACTS:
        return
    for name in imports(file):
        assert not IMPURE.match(name), f"{module(file)} imports {name}"
    for node in ast.walk(tree(file)):
        assert not isinstance(
            node, ast.Await | ast.AsyncFunctionDef | ast.AsyncFor | ast.AsyncWith
        ), f"{module(file)}:{node.lineno}: only {sorted(ACTS)} await"


@pytest.mark.parametrize("file", FILES, ids=module)
def test_each_has_one_place(file: Path) -> None:
    """SQL in storage, Redis in relay/redis.py, the environment in settings.py."""
    name = module(file)
    for imported in imports(file):
        assert name.startswith("storage") or not SQL.match(imported), f"{name} says SQL"
        assert name == "relay.redis" or not re.match(r"redis(\.|$)", imported), f"{name} says Redis"
    if name != "settings":
        reads = [
            node
            for node in ast.walk(tree(file))
            if isinstance(node, ast.Attribute)
            and node.attr in ("environ", "getenv", "environb")
            and isinstance(node.value, ast.Name)
            and node.value.id == "os"
        ]
        assert not reads, f"{name}:{reads[0].lineno} reads the environment"
        assert not {"os.environ", "os.getenv"} & set(imports(file))


def test_no_circles() -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join([*path[path.index(name) :], name])
        if name not in done:
            for other in sorted(set(own(MODULES[name]))):
                if other in MODULES and other != name:
                    visit(other, (*path, name))
            done.add(name)

    for name in MODULES:
        visit(name, ())


def test_files_are_named_after_a_thing() -> None:
    named = [*FILES, *(PACKAGE.parents[1] / "frontend" / "src").rglob("*")]
    for file in named:
        name = file.name.split(".")[0]
        assert not EMPTY_NAMES.match(name), f"{file}: say what it holds"
