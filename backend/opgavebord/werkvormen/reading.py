"""Reads a werkvorm from its file, strictly, and lays it out as the records of a board.

A field that is not known, missing, written twice or of the wrong sort is a `BadWerkvorm` that
names file, line and field: a typing error in a template must be found when it is made, not on the
evening. So is a name that fits nothing: a note type the board does not have, a question about a
field that is not declared. Fields that say something to people only (regels, uitkomst, koppelingen
…) are checked and kept.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec
import yaml
from msgspec import Meta, Struct

from ..sprint import limits
from ..sprint.sprint import (
    Board,
    Field,
    Form,
    Input,
    Late,
    Record,
    Right,
    Scene,
    Step,
    Visibility,
    Writer,
    Zone,
)

HERE: Final = Path(__file__).parent
RIGHTS_WHEN_ABSENT: Final[tuple[Right, ...]] = (
    "schrijven",
    "wijzigen",
    "verplaatsen",
    "groeperen",
)
TYPES_EVERYWHERE: Final = ("bedoeling", "bezwaar", "voorwaarde")
"""Of notes that every board may have."""

Text = Annotated[str, Meta(min_length=1, max_length=400)]
Word = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,30}\Z")]
Colour = Literal["geel", "zand", "roze", "paars", "blauw", "groen", "wit"]
World = Literal["leefwereld", "systeem", "bedoeling"]
Source = Literal["clusters", "bedoeling"]
Tip = Literal["oplossing", "privacy"]
T = TypeVar("T")
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BadWerkvorm(Exception):
    """The file can not be used; the message says where and why."""


class ZoneText(Struct, frozen=True, forbid_unknown_fields=True):
    titel: Text
    vraag: Text
    wereld: World | None = None  # background; a participant never sees the word
    kleur: Colour = "wit"
    schrijft: Writer = "iedereen"
    notitie: Word | None = None  # the type of what is written here
    bron: Source | None = None  # what is shown here besides notes
    invoer: Literal["tikken"] | None = None  # nobody writes here; people tap


class StepText(Struct, frozen=True, forbid_unknown_fields=True):
    titel: Text
    instructie: Text
    minuten: Annotated[int, Meta(ge=0, le=240)] = 0
    zichtbaar: Visibility = "zaal"
    schrijft: Writer = "iedereen"
    mag: tuple[Right, ...] = RIGHTS_WHEN_ABSENT
    invoer: Input | Annotated[tuple[Input, ...], Meta(min_length=1)] = "eigen_telefoon"
    scherm: Scene = "bord"
    laatkomers: Late = "direct"
    beurt: Annotated[int, Meta(ge=0, le=600)] = 0  # seconds of one person; 0: by the input


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """A field that is asked beside the text; its choices, if it has any, stand in `velden`."""

    veld: Annotated[str, Meta(pattern=r"^([a-z][a-z0-9_]*\.)?[a-z][a-z0-9_]*\Z", max_length=60)]
    vraag: Text


class Werkvorm(Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, Meta(pattern=r"^[A-Z][A-Za-z0-9]{0,9}\Z")]
    naam: Text
    sprint: Annotated[tuple[Annotated[int, Meta(ge=1, le=3)], ...], Meta(min_length=1)]
    duur: Annotated[int, Meta(ge=1, le=480)]
    groep: Text
    doel: Text
    zones: Annotated[tuple[ZoneText, ...], Meta(min_length=1, max_length=12)]
    stappen: Annotated[tuple[StepText, ...], Meta(min_length=1, max_length=20)]
    notitiesoorten: tuple[Word, ...] = ()
    velden: dict[str, Any] = {}
    vragen: Annotated[tuple[Question, ...], Meta(max_length=limits.FIELDS_PER_NOTE)] = ()
    tips: tuple[Tip, ...] = ("privacy",)
    regels: tuple[Text, ...] = ()
    koppelingen: tuple[str, ...] = ()
    uitkomst: str = ""
    vorm: str = ""  # as people say it
    bordvorm: Form = "kolommen"  # how the board draws it


def werkvorm(name: str) -> Werkvorm:
    """The werkvorm of that name ("T2")."""
    return read(HERE / f"{name}.yaml")


def names() -> list[str]:
    """Every werkvorm there is."""
    return sorted((path.stem for path in HERE.glob("T*.yaml")), key=lambda name: (len(name), name))


def read(path: Path) -> Werkvorm:
    """A werkvorm whose names fit each other and whose file is named after it."""
    tree, form = _read(path, Werkvorm)
    for where, wrong in _wrong(form, path.stem):
        raise BadWerkvorm(f"{path.name}, line {_line(tree, where)}: {wrong}")
    return form


def read_as(path: Path, shape: type[T]) -> T:
    """Read a YAML file as this shape. Raises `BadWerkvorm` with file, line and field."""
    return _read(path, shape)[1]


def _read(path: Path, shape: type[T]) -> tuple[yaml.Node | None, T]:
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        tree = loader.get_single_node()
        value = None if tree is None else loader.construct_document(tree)
    except yaml.MarkedYAMLError as trouble:
        mark = trouble.problem_mark
        line = mark.line + 1 if mark else 1
        raise BadWerkvorm(f"{path.name}, line {line}: {trouble.problem}") from trouble
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as trouble:
        raise BadWerkvorm(f"{path.name}, line 1: {trouble}") from trouble
    twice = next(_twice(tree), None)
    if twice is not None:
        raise BadWerkvorm(
            f"{path.name}, line {twice.start_mark.line + 1}: `{twice.value}` is written twice"
        )
    try:
        return tree, msgspec.convert(value, shape)
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
        id=ids("bord", form.id),
        werkvorm=form.id,
        title=form.naam,
        purpose=form.doel,
        rank=rank,
        form=form.bordvorm,
        types=form.notitiesoorten,
        fields=tuple(_field(form, question) for question in form.vragen),
        hints=form.tips,
    )
    zones = [
        Zone(
            id=ids("zone", form.id, at),
            board=board.id,
            title=zone.titel,
            question=zone.vraag,
            colour=zone.kleur,
            rank=at,
            world=zone.wereld or "",
            write=zone.schrijft,
            type=zone.notitie or "",
            source="groepen" if zone.bron == "clusters" else zone.bron or "",
            tap=zone.invoer == "tikken",
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
            write=step.schrijft,
            input=(step.invoer,) if isinstance(step.invoer, str) else step.invoer,
            late=step.laatkomers,
            turn_seconds=step.beurt,
        )
        for at, step in enumerate(form.stappen, 1)
    ]
    return (board, *zones, *steps)


def _field(form: Werkvorm, question: Question) -> Field:
    of, _, name = question.veld.rpartition(".")
    options = form.velden[question.veld]
    return Field(
        name=name,
        label=question.vraag,
        options=tuple(options) if isinstance(options, list) else (),
        of=of,
    )


def _wrong(form: Werkvorm, stem: str) -> Iterator[tuple[list[str | int], str]]:
    """What fits nothing: where it stands, and what is the matter with it."""
    if form.id != stem:
        yield ["id"], f"the file is called {stem}, the werkvorm {form.id}"
    types = {*form.notitiesoorten, *TYPES_EVERYWHERE}
    for at, zone in enumerate(form.zones):
        if zone.notitie is not None and zone.notitie not in types:
            yield ["zones", at, "notitie"], f"`{zone.notitie}` is not one of `notitiesoorten`"
    for name, options in form.velden.items():
        of = name.rpartition(".")[0]
        if of and of not in types:
            yield ["velden", name], f"`{of}` is not one of `notitiesoorten`"
        if isinstance(options, list) and not all(isinstance(one, str) and one for one in options):
            yield ["velden", name], "a choice must be a text (put quotes around ja and nee)"
    asked: set[str] = set()
    for at, question in enumerate(form.vragen):
        if question.veld not in form.velden:
            yield ["vragen", at, "veld"], f"`{question.veld}` is not one of `velden`"
        if question.veld in asked:
            yield ["vragen", at, "veld"], f"`{question.veld}` is asked twice"
        asked.add(question.veld)
    for at, step in enumerate(form.stappen):
        if len(set(step.mag)) != len(step.mag):
            yield ["stappen", at, "mag"], "a right stands here twice"


def _twice(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """Keys that are written twice in one mapping; YAML itself would keep the last in silence."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    yield key
                seen.add(key.value)
            yield from _twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _twice(one)


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
