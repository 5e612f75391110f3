"""Reads a werkvorm from its file, strictly, and lays it out as the records of a board.

A field that is not known, missing or of the wrong sort is a `BadWerkvorm` that names file, line
and field: a typing error in a template must be found when it is made, not on the evening. Fields
that the board does not use yet (velden, regels, koppelingen …) are checked and kept.
"""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
import yaml
from msgspec import Meta, Struct

from ..sprint.sprint import Board, Record, Right, Scene, Step, Visibility, Zone

HERE: Final = Path(__file__).parent
RIGHTS_WHEN_ABSENT: Final[tuple[Right, ...]] = (
    "schrijven",
    "wijzigen",
    "verplaatsen",
    "groeperen",
)

Text = Annotated[str, Meta(min_length=1, max_length=400)]
Colour = Literal["geel", "zand", "roze", "paars", "blauw", "groen", "wit"]
Input = Literal["doorgeven", "notuleren", "eigen_telefoon", "papier", "tikken"]
Writer = Literal["iedereen", "schrijver", "begeleider", "niemand"]
World = Literal["leefwereld", "systeem", "bedoeling"]
T = TypeVar("T")


class BadWerkvorm(Exception):
    """The file can not be used; the message says where and why."""


class ZoneText(Struct, frozen=True, forbid_unknown_fields=True):
    titel: Text
    vraag: Text
    wereld: World | None = None  # background; a participant never sees the word
    kleur: Colour = "wit"
    schrijft: Writer = "iedereen"


class StepText(Struct, frozen=True, forbid_unknown_fields=True):
    titel: Text
    instructie: Text
    minuten: Annotated[int, Meta(ge=0, le=240)] = 0
    zichtbaar: Visibility = "zaal"
    schrijft: Writer = "iedereen"
    mag: tuple[Right, ...] = RIGHTS_WHEN_ABSENT
    invoer: Input | tuple[Input, ...] = "eigen_telefoon"
    scherm: Scene = "bord"


class Werkvorm(Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, Meta(pattern=r"^T[0-9]{1,2}$")]
    naam: Text
    sprint: tuple[Annotated[int, Meta(ge=1, le=3)], ...]
    duur: Annotated[int, Meta(ge=1, le=480)]
    groep: Text
    doel: Text
    zones: Annotated[tuple[ZoneText, ...], Meta(min_length=1, max_length=12)]
    stappen: Annotated[tuple[StepText, ...], Meta(min_length=1, max_length=20)]
    notitiesoorten: tuple[str, ...] = ()
    velden: dict[str, Any] = {}
    regels: tuple[Text, ...] = ()
    koppelingen: tuple[str, ...] = ()
    uitkomst: str = ""
    vorm: str = ""


def werkvorm(name: str) -> Werkvorm:
    """The werkvorm of that name ("T2")."""
    return read(HERE / f"{name}.yaml")


def names() -> list[str]:
    """Every werkvorm there is."""
    return sorted(path.stem for path in HERE.glob("T*.yaml"))


def read(path: Path) -> Werkvorm:
    return read_as(path, Werkvorm)


def read_as(path: Path, shape: type[T]) -> T:
    """Read a YAML file as this shape. Raises `BadWerkvorm` with file, line and field."""
    written = path.read_text(encoding="utf-8")
    try:
        tree = yaml.compose(written, Loader=yaml.SafeLoader)
        value = yaml.safe_load(written)
    except yaml.MarkedYAMLError as trouble:
        mark = trouble.problem_mark
        line = mark.line + 1 if mark else 1
        raise BadWerkvorm(f"{path.name}, line {line}: {trouble.problem}") from trouble
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as trouble:
        line = _line(tree, _path_in(str(trouble)))
        raise BadWerkvorm(f"{path.name}, line {line}: {trouble}") from trouble


class Ids:
    """Ids that can be read ("zone-T2-1-…") and are yet of one sprint only, because the same
    werkvorm is laid out in many."""

    def __init__(self, sprint: str) -> None:
        self._mark = hashlib.blake2b(sprint.encode(), digest_size=5).hexdigest()

    def __call__(self, *parts: str | int) -> str:
        return "-".join([*map(str, parts), self._mark])


def lay_out(form: Werkvorm, sprint: str, rank: int = 0) -> tuple[Record, ...]:
    """The board of a werkvorm in this sprint, with its zones and steps, in order."""
    ids = Ids(sprint)
    board = Board(
        id=ids("bord", form.id), werkvorm=form.id, title=form.naam, purpose=form.doel, rank=rank
    )
    zones = [
        Zone(
            id=ids("zone", form.id, at),
            board=board.id,
            title=zone.titel,
            question=zone.vraag,
            colour=zone.kleur,
            rank=at,
        )
        for at, zone in enumerate(form.zones, 1)
    ]
    steps = [
        Step(
            id=ids("stap", form.id, at),
            board=board.id,
            title=step.titel,
            instruction=step.instructie,
            minutes=step.minuten,
            visible=step.zichtbaar,
            may=step.mag,
            scene=step.scherm,
            rank=at,
        )
        for at, step in enumerate(form.stappen, 1)
    ]
    return (board, *zones, *steps)


def _path_in(message: str) -> list[str | int]:
    """`… - at `$.zones[2].titel`` as ["zones", 2, "titel"], with an unknown field at its end."""
    found = re.search(r"at `\$([^`]*)`", message)
    path: list[str | int] = []
    if found:
        for name, index in re.findall(r"\.([^.\[]+)|\[(\d+)\]", found.group(1)):
            path.append(name or int(index))
    if unknown := re.search(r"unknown field `([^`]+)`", message):
        path.append(unknown.group(1))
    return path


def _line(node: yaml.Node | None, path: Sequence[str | int]) -> int:
    """Where in the file a path is written, or the last part of it that is there."""
    line = 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == part), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            if part >= len(node.value):
                break
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line
