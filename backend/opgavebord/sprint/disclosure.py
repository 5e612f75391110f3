"""What may be said in public of who was there and who said what. The only place that decides it: the
wall, the tally, the result of a round and everything that people take home ask here.

Sixteen villages and thirteen voices make small combinations, and a small combination is a person.
So:

* a village, or a voice, is counted from `VILLAGE_LEAST` people on. What is not counted is the rest.
  Where taking the numbers from the total would tell of which village the rest is, all of them wait
  for somebody more (to leave out one more village would not do: which one it is tells why);
* a quote carries its voice or its village; both only where `COMBINATION_LEAST` people of the evening
  share them. Everybody in the hall reads the voice on the board, so a village alone goes
  with a quote that has no voice;
* dots are told by kind of participant, of kinds with `KIND_LEAST` voters. Smaller kinds are one
  heap, *overig*, and as long as that heap is too small itself the smallest kind goes on it. So
  every number that can be told, or found by taking numbers from each other, is of that many voters.

Nothing here decides what is hidden until the reveal: that is `sight.py`. A quote is never made of a
note that is hidden or in the bin.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, Literal, TypeAlias

from .sprint import (
    Ballot,
    Count,
    Group,
    Kern,
    Note,
    OfKind,
    Redaction,
    Result,
    Round,
    Shown,
    Sprint,
    Stem,
)

VILLAGE_LEAST: Final = 3
COMBINATION_LEAST: Final = 5
KIND_LEAST: Final = 5

KindOfParticipant: TypeAlias = Literal[
    "inwoner", "ondernemer", "vereniging", "professional", "gemeente"
]
KINDS_OF_PARTICIPANTS: Final[tuple[KindOfParticipant, ...]] = (
    "inwoner",
    "ondernemer",
    "vereniging",
    "professional",
    "gemeente",
)
OTHERS: Final = "overig"
KIND_OF_STEM: Final[dict[str, KindOfParticipant]] = {
    "IO": "inwoner",
    "IM": "inwoner",
    "IJ": "inwoner",
    "JO": "inwoner",
    "GE": "inwoner",
    "MZ": "inwoner",
    "NK": "inwoner",
    "ON": "ondernemer",
    "VR": "vereniging",
    "DR": "vereniging",
    "ZP": "professional",
    "WC": "professional",
    "AM": "gemeente",
}
"""By the code of a voice. A voice that is not in it is one of the others."""


# --- words ---------------------------------------------------------------------------


def shown(sprint: Sprint, item: object, redactions: Iterable[Redaction]) -> Shown | None:
    """A note or a group as it may stand on the wall; None where it may not."""
    if isinstance(item, Note) and not item.hidden and not item.gone:
        return Shown(item.id, _words(item, redactions), caption(sprint, item))
    if isinstance(item, Group) and not item.gone:
        return Shown(item.id, item.title)
    return None


def quoted(sprint: Sprint, note: Note) -> str:
    """The words of a note as they may be read in public: the author's own, or, where one was
    required, the latest redaction."""
    return _words(note, sprint.records["redaction"].values())


def required_redaction(redactions: Iterable[Redaction], note: str) -> Redaction | None:
    """The latest redaction that has to be read instead of the words of this note, if any."""
    found = [one for one in redactions if one.note == note and one.required and not one.gone]
    return max(found, key=lambda one: (one.at, one.id), default=None)


def _words(note: Note, redactions: Iterable[Redaction]) -> str:
    required = required_redaction(redactions, note.id)
    if required is not None:
        return required.text
    return note.text if note.literal is None else note.literal


def caption(sprint: Sprint, note: Note) -> str:
    """Who says it, as far as may be told: a voice or a village, seldom both."""
    stem: Stem | None = sprint.records["stem"].get(note.stem) if note.stem else None
    kern: Kern | None = sprint.records["kern"].get(note.kern) if note.kern else None
    if stem is None and kern is None:
        return ""
    arrivals = sprint.records["arrival"].values()
    if stem is not None and kern is not None:
        sharing = sum(one.kern == kern.id and one.stem == stem.id for one in arrivals)
        return f"{stem.title}, {kern.title}" if sharing >= COMBINATION_LEAST else stem.title
    if stem is not None:
        return stem.title
    assert kern is not None
    from_there = sum(one.kern == kern.id for one in arrivals)
    return kern.title if from_there >= VILLAGE_LEAST else ""


# --- people --------------------------------------------------------------------------


def counted(people: Mapping[str, int], of: int, total: int) -> tuple[Count, ...]:
    """The villages (or voices) that may be counted. `people` has how many are of each, `of` is how
    many villages there are, `total` how many people, also those who told no village."""
    shown = {id: n for id, n in people.items() if n >= VILLAGE_LEAST}
    if _told_by_the_rest(of - len(shown), total - sum(shown.values())):
        return ()
    return tuple(Count(id, n) for id, n in sorted(shown.items()))


def _told_by_the_rest(villages: int, people: int) -> bool:
    """Whether so many people can only be divided in one way over so many villages that are each
    too small to be counted: all in the only one, or every one as full as it can be."""
    if people <= 0:
        return False
    most = VILLAGE_LEAST - 1
    return people <= most if villages <= 1 else people == most * villages


# --- dots ----------------------------------------------------------------------------


def kind_of_stem(sprint: Sprint, stem: str | None) -> str:
    """Which kind of participant a voice is of."""
    found: Stem | None = sprint.records["stem"].get(stem) if stem else None
    return KIND_OF_STEM.get(found.code, OTHERS) if found is not None else OTHERS


def kinds_shown(voters: Mapping[str, int]) -> dict[str, str]:
    """Under which name the dots of each kind are told: its own, or *overig*. Of a kind that is not
    in the answer nothing is told. `voters` has how many voters are of each kind."""
    there = {kind: n for kind, n in voters.items() if n > 0}
    apart = {kind for kind, n in there.items() if n >= KIND_LEAST and kind != OTHERS}
    while apart and 0 < sum(n for kind, n in there.items() if kind not in apart) < KIND_LEAST:
        apart.remove(min(apart, key=lambda kind: (there[kind], kind)))
    heap = there.keys() - apart
    if 0 < sum(there[kind] for kind in heap) < KIND_LEAST:
        return {}
    return {kind: kind if kind in apart else OTHERS for kind in there}


def results(sprint: Sprint, round: Round, ballots: Iterable[Ballot]) -> tuple[Result, ...]:
    """The dots of every item, and as far as may be told of whom they are.

    Stickers have no kind: they are counted apart, in `paper`, and so are the dots of whole
    tables, which are of no kind either.
    """
    dots: Counter[str] = Counter()
    paper: Counter[str] = Counter()
    by_kind: Counter[tuple[str, str]] = Counter()
    voters: Counter[str] = Counter()
    for ballot in ballots:
        if not ballot.dots:
            continue
        kind = kind_of_stem(sprint, ballot.stem)
        if not ballot.paper:
            voters[kind] += 1
        for item, many in ballot.dots.items():
            dots[item] += many
            if ballot.paper:
                paper[item] += many
            else:
                by_kind[kind, item] += many
    names = kinds_shown(voters) if round.per == "persoon" else {}
    order = [*KINDS_OF_PARTICIPANTS, OTHERS]
    told: list[Result] = []
    for item in round.items:
        of_kind: Counter[str] = Counter()
        for kind, name in names.items():
            of_kind[name] += by_kind[kind, item]
        told.append(
            Result(
                item=item,
                dots=dots[item],
                paper=paper[item],
                kinds=tuple(OfKind(name, of_kind[name]) for name in order if name in of_kind),
            )
        )
    return tuple(told)
