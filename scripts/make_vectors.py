"""Write `tests/vectors/*.json`: what both languages are held to.

The Python core is the one that is right; these files say in plain JSON what it makes of several hundred
questions, so that the TypeScript mirror in `frontend/src/sprint/` can be compared. The choices
are seeded: the same program writes the same files. docs/adding.md says when to run this.

    python scripts/make_vectors.py           write the files
    python scripts/make_vectors.py --check   fail when they are not what would be written

text.json       of a text and two edits `a` and `b` of it (`c` is an edit of the text after a):
                `after_a` and `after_b` the texts, `a_left` = transform(a, b, "left"),
                `b_right` = transform(b, a, "right"), `both` the text after both in either order,
                `a_then_c` = compose(a, c), `a_inverse` = invert(text, a), and `normal` of `loose`
placement.json  `siblings` as [rank, id], `before`, `count` → `ranks`, `tidied` {id: rank}
change.json     `before` (records), `change` → `after` (records), `inverse`
predict.json    of each world: `records`, and `asks` one after the other, each with `seat`, `now`, `head`,
                `command`, and the `change` to apply before the next one, or the `refusal`. The id of
                a new ballot or mark is drawn, so no prediction can have it
"""

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = ROOT / "tests" / "vectors"

for place in (ROOT / "backend", ROOT):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

from opgavebord.sprint import placement, text  # noqa: E402
from opgavebord.sprint.change import apply  # noqa: E402
from opgavebord.sprint.commands import (  # noqa: E402
    AskHelp,
    BinNote,
    CloseRound,
    CreateNote,
    DissolveCluster,
    EditNote,
    GatherNote,
    GiveDots,
    GiveField,
    GiveKern,
    GiveStem,
    GiveVoice,
    GoToStep,
    GroupNotes,
    HandOn,
    MakeGroup,
    MarkNote,
    MoveCluster,
    MoveNote,
    NameCluster,
    OpenRound,
    RestoreNote,
    Reveal,
    ShowOnWall,
    SitDown,
    TakeStand,
    TellCheck,
)
from opgavebord.sprint.refusals import Refusal  # noqa: E402
from opgavebord.sprint.sprint import Record, Sprint  # noqa: E402
from tests.sprint.village import ANNA, BRAM, FIEN, Chance, Village, some_edit  # noqa: E402

TEXTS: Final = (
    "",
    "a",
    "Na zes uur kom ik het dorp niet meer uit.",
    "👩🏽‍🌾 bij 𝓛ottum 🚜",
    "e\u0301e\u0301n keer",
    "één\nkeer",
    "abcdefghijklmnopqrstuvwxyz",
)
PREDICTED: Final = (
    *(CreateNote,) * 4, *(MoveNote,) * 4, *(GatherNote,) * 4, *(EditNote,) * 2, *(BinNote,) * 2,
    *(RestoreNote,) * 2, GiveStem, GiveField, GiveKern, NameCluster, MoveCluster,
    *(DissolveCluster,) * 2, SitDown, TakeStand, TakeStand, HandOn, GiveVoice, AskHelp, TellCheck,
    *(GiveDots,) * 4, *(MarkNote,) * 3, GroupNotes, MakeGroup,
)  # fmt: skip


def vectors() -> dict[str, str]:
    """The text of each file by its name."""
    made = {
        "text.json": list(_text(_chance(1))),
        "placement.json": list(_placement(_chance(2))),
        "change.json": list(_change(_chance(3))),
        "predict.json": list(_predict(_chance(4))),
    }
    return {name: _written(cases) for name, cases in made.items()}


def _text(chance: Chance) -> Iterator[dict[str, Any]]:
    for at in range(300):
        words = TEXTS[at % len(TEXTS)]
        a, b = _fitting(chance, len(words)), _fitting(chance, len(words))
        after_a = text.apply(words, a)
        c = _fitting(chance, len(after_a))
        a_left, b_right = text.transform(a, b, "left"), text.transform(b, a, "right")
        loose = tuple(chance.of((0, "", 1, 2, -1, -2, "x", "é", "👍🏽")) for _ in range(7))
        yield {
            "text": words,
            "a": a,
            "b": b,
            "c": c,
            "after_a": after_a,
            "after_b": text.apply(words, b),
            "a_left": a_left,
            "b_right": b_right,
            "both": text.apply(after_a, b_right),
            "a_then_c": text.compose(a, c),
            "a_inverse": text.invert(words, a),
            "loose": loose,
            "normal": text.normal(loose),
        }


def _placement(chance: Chance) -> Iterator[dict[str, Any]]:
    for at in range(200):
        gap = (1, 2, 3, 65_536)[at % 4]
        start = chance.number(7) - 3
        ranks = sorted((start + chance.number(8)) * gap for _ in range(chance.number(7)))
        siblings = [(rank, f"id-{index}") for index, rank in enumerate(ranks)]
        before = chance.of([None, "id-none", *(id for _, id in siblings)])
        count = 1 + (chance.number(3) if chance.once_in(3) else 0)
        found, tidied = placement.ranks_before(siblings, before, count)
        yield {
            "siblings": siblings,
            "before": before,
            "count": count,
            "ranks": found,
            "tidied": tidied,
        }


def _change(chance: Chance) -> Iterator[dict[str, Any]]:
    for _ in range(10):
        village = Village().live(chance, 40)
        sprint = Sprint()
        for entry, _ in village.log:
            before = _records(sprint)
            inverse = apply(sprint, entry.change)
            if entry.change and entry.seq > 12:
                yield {
                    "before": before,
                    "change": entry.change,
                    "after": _records(sprint),
                    "inverse": inverse,
                }


def _predict(chance: Chance) -> Iterator[dict[str, Any]]:
    for at in range(12):
        village = Village()
        if at % 3 == 0:
            village.live(chance, 30)
        village.reopen_as(village.ask)
        village.ask(Reveal("zaal"), FIEN)
        village.ask(GoToStep(("step-2", "step-3", "step-8", "step-2")[at % 4]), FIEN)
        village.ask(ShowOnWall("zwart"), FIEN)  # what leaves the wall is not predicted
        for seat in (ANNA, BRAM, ANNA):
            village.ask(CreateNote(village.new_id(chance), "zone-1", "Koffie"), seat)
        _to_choose_from(village, per="tafel" if at % 3 == 2 else "persoon")
        records = _records(village.sprint)
        asks = []
        for _ in range(80):
            seat = chance.of((ANNA, ANNA, BRAM, FIEN))
            ask: dict[str, Any] = {
                "seat": seat,
                "now": village.now,
                "head": village.sprint.head,
                "command": village.command_of(chance.of(PREDICTED), chance, seat),
            }
            if not _can_be_written(ask):
                continue
            if isinstance(village.decide(ask["command"], seat), Refusal) and chance.number(4):
                continue  # a refusal now and then is enough
            verdict = village.ask(ask["command"], seat)
            if isinstance(verdict, Refusal):
                asks.append({**ask, "refusal": verdict.code})
            else:
                asks.append({**ask, "change": verdict})
        yield {"records": records, "asks": asks}


def _to_choose_from(village: Village, per: Literal["persoon", "tafel"]) -> None:
    """Groups and a round over them, a card that was prepared, and a sentence."""
    for round in list(village.sprint.records["round"]):
        village.ask(CloseRound(round), FIEN)
    notes = tuple(note.id for note in village.sprint.notes.values() if not note.hidden)
    for at, title in enumerate(("Samen eten", "De bus")):
        village.ask(MakeGroup(f"chosen-{at}", title, notes[at : at + 1]), FIEN)
    village.ask(OpenRound("round-new", "Wat telt?", per=per, most=2), FIEN)
    card = CreateNote("card-new", "zone-1", "De eetclub.", origin="organisatie")
    village.ask(card, FIEN)
    parts = {"wie": "niemand", "wat": "alleen is"}
    words = "Wij doen dit zodat niemand alleen is."
    village.ask(CreateNote("sentence", "zone-1", words, type="bedoeling", fields=parts), FIEN)


def _fitting(chance: Chance, length: int) -> text.Edit:
    edit = some_edit(chance, length)
    while not text.check(edit) or text.span(edit) > length or edit != text.normal(edit):
        edit = some_edit(chance, length)
    return edit


def _can_be_written(case: dict[str, Any]) -> bool:
    """Half a surrogate pair can not stand in a file."""
    try:
        _written([case]).encode()
    except UnicodeEncodeError:
        return False
    return True


def _records(sprint: Sprint) -> list[Record]:
    return sorted(sprint, key=lambda record: (str(msgspec.to_builtins(record)["kind"]), record.id))


def _chance(seed: int) -> Chance:
    return Chance(random.Random(seed).randrange)


def _written(cases: list[dict[str, Any]]) -> str:
    """One case on a line, so that a difference can be read."""
    lines = (json.dumps(msgspec.to_builtins(case), ensure_ascii=False) for case in cases)
    return "[\n" + ",\n".join(lines) + "\n]\n"


def main(arguments: list[str]) -> int:
    TARGET.mkdir(exist_ok=True)
    stale = [
        name
        for name, written in vectors().items()
        if not (TARGET / name).exists() or (TARGET / name).read_text("utf-8") != written
    ]
    if "--check" not in arguments:
        for name, written in vectors().items():
            (TARGET / name).write_text(written, encoding="utf-8")
        return 0
    for name in stale:
        print(f"tests/vectors/{name} is stale: run scripts/make_vectors.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
