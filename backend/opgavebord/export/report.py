"""What a sprint says to people who were not there: a pure value, made from the records.

Every writer (`docx.py`, `pdf.py` and so on) and the public page read this and nothing else, so what
may be told is decided here, once: only notes that are open and not in the bin; their literal words, or
the redaction where one is required; a village or a voice as far as `sprint/disclosure.py` allows;
votes as they were counted when their round closed. No seat, no author, no time of day and no table
beside a quote is in it. Two sprints that differ only in what is hidden give equal reports.

Groups come in order of weight: their dots in the last round that was closed, then how many notes
they hold. It is an order of reading, not a list of winners.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from msgspec import Struct

from ..sprint import disclosure
from ..sprint.sprint import (
    Belofte,
    Board,
    Cluster,
    Count,
    Domein,
    Evening,
    Field,
    Form,
    Group,
    Kern,
    Mark,
    Note,
    Round,
    Sprint,
    Step,
    Table,
    Tally,
    Zone,
)
from . import words

Ranked = TypeVar("Ranked", Board, Zone, Group)

OBJECTIONS: Final = ("bezwaar", "voorwaarde")
SENTENCE: Final = "bedoeling"
_UNPRINTABLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""No file format has a place for these; no note holds one that came by the front door."""


class Counted(Struct, frozen=True):
    label: str
    n: int


class Objection(Struct, frozen=True):
    """Somebody sees it differently. It goes wherever its group or sentence goes."""

    id: str
    kind: str  # bezwaar, voorwaarde
    text: str
    need: str = ""  # what they need to go along
    caption: str = ""

    @property
    def beside(self) -> str:
        """What stands small beside it."""
        return _joined(self.caption, _need(self.need))


class Line(Struct, frozen=True):
    """A note as it may be read."""

    id: str
    text: str
    caption: str = ""  # a village or a voice
    kind: str = ""  # of the board: "moment"
    answers: tuple[tuple[str, str], ...] = ()  # (question, answer) beside the text
    marks: tuple[str, ...] = ()  # "van papier", "later"
    recognised: tuple[Counted, ...] = ()
    group: str = ""  # the sentence of the group it is in
    pile: str = ""  # the name of the pile on its board
    step: str = ""
    about: str = ""  # of an objection: what it is about
    need: str = ""
    domains: tuple[str, ...] = ()

    @property
    def beside(self) -> str:
        """What stands small beside it: who, where from, what was answered."""
        answers = [f"{question} {answer}" for question, answer in self.answers]
        recognised = [f"{counted.n} × {counted.label}" for counted in self.recognised]
        return _joined(self.caption, *self.marks, *answers, _need(self.need), *recognised)


class Heap(Struct, frozen=True):
    """A group of the harvest, with what stays with it."""

    id: str
    title: str
    lines: tuple[Line, ...]
    objections: tuple[Objection, ...] = ()
    dots: int | None = None  # None: there was no vote on it


class Sentence(Struct, frozen=True):
    """A version of the sentence that says what it is for."""

    id: str
    text: str
    chosen: bool = False
    support: int = 0
    objections: tuple[Objection, ...] = ()
    made_from: tuple[str, ...] = ()
    caption: str = ""


class Chosen(Struct, frozen=True):
    """What an item of a round got."""

    title: str
    dots: int
    paper: int = 0
    kinds: tuple[Counted, ...] = ()


class Vote(Struct, frozen=True):
    id: str
    title: str
    per: str
    budget: int
    voters: int
    items: tuple[Chosen, ...]
    kinds: tuple[str, ...] = ()  # those that may be shown, in their order


class Promise(Struct, frozen=True):
    id: str
    who: str
    what: str
    when: str


class Pile(Struct, frozen=True):
    """Notes that a table laid together; without a title: notes that lie by themselves."""

    title: str
    lines: tuple[Line, ...]


class Area(Struct, frozen=True):
    """A zone of a board."""

    id: str
    title: str
    question: str
    colour: str
    piles: tuple[Pile, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for pile in self.piles for line in pile.lines)


class Sheet(Struct, frozen=True):
    """A board."""

    id: str
    code: str  # of its werkvorm
    title: str
    purpose: str
    form: Form
    areas: tuple[Area, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for area in self.areas for line in area.lines)


class Report(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    question: str
    number: int
    place: str
    date: str
    notice: str
    source: str
    level: str
    goal: str
    fixed: tuple[str, ...]
    free: tuple[str, ...]
    answer_from: str
    notes: int  # of people, that are shown
    hidden: int  # that are still private, and not shown
    people: int
    tables: int
    villages: tuple[Counted, ...]
    heaps: tuple[Heap, ...]
    table_quotes: tuple[Line, ...]
    sentences: tuple[Sentence, ...]
    votes: tuple[Vote, ...]
    promises: tuple[Promise, ...]
    sheets: tuple[Sheet, ...]
    loose: tuple[Line, ...]  # in no group: "blijft liggen"

    @property
    def bedoeling(self) -> Sentence | None:
        """The sentence that the hall holds on to."""
        return next((one for one in self.sentences if one.chosen), None)


def report(sprint: Sprint) -> Report:
    """The report of a sprint that was founded."""
    return _Reading(sprint).report()


def plain(text: str) -> str:
    """A text without what can not stand on paper or in a file."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


class _Reading:
    """The look-ups that the parts of one report share."""

    def __init__(self, sprint: Sprint) -> None:
        evening = sprint.evening
        if evening is None:
            raise ValueError("a sprint that was never founded has nothing to tell")
        self.sprint = sprint
        self.evening: Evening = evening
        shelves = sprint.records
        self.boards: list[Board] = _ranked(shelves["board"].values())
        self.zones: list[Zone] = _ranked(shelves["zone"].values())
        self.groups: list[Group] = _ranked(g for g in shelves["group"].values() if not g.gone)
        self.kernen: dict[str, Kern] = shelves["kern"]
        self.domeinen: dict[str, Domein] = shelves["domein"]
        self.steps: dict[str, Step] = shelves["step"]
        self.fields: dict[str, tuple[Field, ...]] = {b.id: b.fields for b in self.boards}
        self.board_of: dict[str, str] = {z.id: z.board for z in self.zones}
        # what stood there before people came in: what is fixed, what is open
        self.prepared = {z.id for z in self.zones if z.write in ("begeleider", "niemand")}
        self.notes: dict[str, Note] = {
            note.id: note
            for note in sorted(sprint.notes.values(), key=lambda n: (n.at, n.id))
            if not note.gone and not note.hidden
        }
        self.marks: dict[str, Counter[str]] = defaultdict(Counter)
        mark: Mark
        for mark in shelves["mark"].values():
            if not mark.gone:
                self.marks[mark.note][mark.what] += 1
        self.objections: dict[str, list[Note]] = defaultdict(list)
        for note in self.notes.values():
            if note.type in OBJECTIONS and note.about is not None:
                self.objections[note.about].append(note)
        self.rounds: list[Round] = sorted(
            (r for r in shelves["round"].values() if not r.open), key=lambda r: (r.at, r.id)
        )

    def report(self) -> Report:
        evening, shelves = self.evening, self.sprint.records
        tally: Tally | None = next(iter(shelves["tally"].values()), None)
        return Report(
            id=evening.id,
            title=plain(evening.title),
            question=plain(evening.question),
            number=evening.number,
            place=plain(evening.place),
            date=plain(evening.date),
            notice=plain(evening.notice),
            source=plain(evening.source),
            level=plain(evening.level),
            goal=plain(evening.goal),
            fixed=tuple(plain(one) for one in evening.fixed),
            free=tuple(plain(one) for one in evening.free),
            answer_from=plain(evening.answer_from),
            notes=sum(1 for note in self.notes.values() if note.zone not in self.prepared),
            hidden=sum(1 for n in self.sprint.notes.values() if n.hidden and not n.gone),
            people=tally.people if tally else 0,
            tables=len(shelves["table"]),
            villages=self._counted(tally.kernen if tally else (), self.kernen),
            heaps=self._heaps(),
            table_quotes=self._table_quotes(),
            sentences=self._sentences(),
            votes=tuple(self._vote(round) for round in self.rounds),
            promises=self._promises(),
            sheets=tuple(self._sheet(board) for board in self.boards),
            loose=tuple(self.line(note) for note in self.notes.values() if self._loose(note)),
        )

    # -- notes ------------------------------------------------------------------------

    def text(self, note: Note) -> str:
        return plain(disclosure.quoted(self.sprint, note))

    def caption(self, note: Note) -> str:
        return plain(disclosure.caption(self.sprint, note))

    def line(self, note: Note) -> Line:
        group = self.sprint.find("group", note.group) if note.group else None
        pile = self.sprint.cluster(note.cluster) if note.cluster else None
        step = self.steps.get(note.step) if note.step else None
        counts = self.marks.get(note.id, Counter())
        return Line(
            id=note.id,
            text=self.text(note),
            caption=self.caption(note),
            kind=plain(note.type),
            answers=self._answers(note),
            marks=_marks(note),
            recognised=tuple(
                Counted(label, counts[what]) for what, label in words.MARKS.items() if counts[what]
            ),
            group=plain(group.title) if isinstance(group, Group) and not group.gone else "",
            pile=plain(pile.title) if pile is not None and not pile.gone else "",
            step=plain(step.title) if step is not None else "",
            about=self._about(note),
            need=plain(note.fields.get("nodig", "")) if note.type in OBJECTIONS else "",
            domains=tuple(
                plain(self.domeinen[id].title) for id in note.domains if id in self.domeinen
            ),
        )

    def _answers(self, note: Note) -> tuple[tuple[str, str], ...]:
        """What was asked beside the text, in the order of the board. A redaction that is required
        is about the whole note, so then nothing else of it is told either. An answer that names a
        village ("Over welke dorpen gaat het?") is not told beside a voice: together they are few."""
        if self._redacted(note):
            return ()
        asked = self.fields.get(self.board_of.get(note.zone, ""), ())
        alone = not disclosure.caption(self.sprint, note)
        return tuple(
            (plain(field.label or field.name), plain(note.fields[field.name]))
            for field in asked
            if note.fields.get(field.name)
            and (alone or not self._names_a_village(note.fields[field.name]))
        )

    def _names_a_village(self, answer: str) -> bool:
        said = answer.casefold()
        return any(kern.title.casefold() in said for kern in self.kernen.values() if kern.title)

    def _redacted(self, note: Note) -> bool:
        return (
            disclosure.required_redaction(self.sprint.records["redaction"].values(), note.id)
            is not None
        )

    def _about(self, note: Note) -> str:
        if note.about is None:
            return ""
        group = self.sprint.find("group", note.about)
        if isinstance(group, Group):
            return plain(group.title)
        about = self.notes.get(note.about)
        return self.text(about) if about is not None else ""

    def _loose(self, note: Note) -> bool:
        """Said, and in no group: it stays where it is, and somebody should see that it does."""
        if note.type in OBJECTIONS or note.type == SENTENCE or note.origin == "organisatie":
            return False
        if note.zone in self.prepared:
            return False
        group = self.sprint.find("group", note.group) if note.group else None
        return bool(self.groups) and not (isinstance(group, Group) and not group.gone)

    def _objections_of(self, id: str) -> tuple[Objection, ...]:
        return tuple(
            Objection(
                id=note.id,
                kind=note.type,
                text=self.text(note),
                need="" if self._redacted(note) else plain(note.fields.get("nodig", "")),
                caption=self.caption(note),
            )
            for note in self.objections.get(id, ())
        )

    # -- the parts --------------------------------------------------------------------

    def _heaps(self) -> tuple[Heap, ...]:
        lying: dict[str, list[Note]] = defaultdict(list)
        for note in self.notes.values():
            if note.group is not None:
                lying[note.group].append(note)
        weight: dict[str, int] = {}
        for round in self.rounds:
            weight.update({result.item: result.dots for result in round.result})
        heaps = [
            Heap(
                id=group.id,
                title=plain(group.title) or words.NO_TITLE,
                lines=tuple(self.line(note) for note in lying[group.id]),
                objections=self._objections_of(group.id),
                dots=weight.get(group.id),
            )
            for group in self.groups
        ]
        # sorted keeps the order of the harvest among equals
        return tuple(sorted(heaps, key=lambda h: (-(h.dots or 0), -len(h.lines))))

    def _table_quotes(self) -> tuple[Line, ...]:
        """What each table found that the hall should hear; not in the order of the tables."""
        tables: Iterable[Table] = self.sprint.records["table"].values()
        chosen = {table.quote for table in tables if table.quote is not None}
        return tuple(self.line(note) for id, note in self.notes.items() if id in chosen)

    def _sentences(self) -> tuple[Sentence, ...]:
        made = [note for note in self.notes.values() if note.type == SENTENCE]
        return tuple(
            Sentence(
                id=note.id,
                text=self.text(note),
                chosen=note.id == self.evening.bedoeling,
                support=self.marks.get(note.id, Counter())["steun"],
                objections=self._objections_of(note.id),
                made_from=tuple(self.text(self.notes[id]) for id in note.of if id in self.notes),
                caption=self.caption(note),
            )
            for note in made
        )

    def _vote(self, round: Round) -> Vote:
        def title(item: str) -> str:
            found = self.sprint.find("group", item)
            said = plain(found.title) if isinstance(found, Group) else ""
            return said or words.NO_TITLE

        items = tuple(
            Chosen(
                title=title(result.item),
                dots=result.dots,
                paper=result.paper,
                kinds=tuple(Counted(words.kind(k.kind), k.dots) for k in result.kinds),
            )
            for result in sorted(round.result, key=lambda r: -r.dots)
        )
        kinds = {counted.label: None for item in items for counted in item.kinds}
        return Vote(
            id=round.id,
            title=plain(round.title) or words.VOTE,
            per=round.per,
            budget=round.budget,
            voters=round.voters,
            items=items,
            kinds=tuple(label for label in words.KINDS.values() if label in kinds),
        )

    def _promises(self) -> tuple[Promise, ...]:
        made: Iterable[Belofte] = self.sprint.records["belofte"].values()
        return tuple(
            Promise(one.id, plain(one.who), plain(one.what), plain(one.when))
            for one in sorted(made, key=lambda b: (b.at, b.id))
            if not one.gone
        )

    def _sheet(self, board: Board) -> Sheet:
        return Sheet(
            id=board.id,
            code=plain(board.werkvorm),
            title=plain(board.title),
            purpose=plain(board.purpose),
            form=board.form,
            areas=tuple(self._area(zone) for zone in self.zones if zone.board == board.id),
        )

    def _area(self, zone: Zone) -> Area:
        piles: list[Pile] = []
        alone: list[Line] = []
        for item in self.sprint.items(zone.id):
            if isinstance(item, Cluster):
                lying = [n for n in self.sprint.items(item.id) if isinstance(n, Note)]
                lines = tuple(self.line(note) for note in lying if note.id in self.notes)
                if lines:
                    piles.append(Pile(plain(item.title) or words.NO_TITLE, lines))
            elif item.id in self.notes:
                alone.append(self.line(item))
        if alone:
            piles.append(Pile("", tuple(alone)))
        return Area(zone.id, plain(zone.title), plain(zone.question), zone.colour, tuple(piles))

    def _counted(self, counts: Iterable[Count], of: Mapping[str, Kern]) -> tuple[Counted, ...]:
        named = [Counted(plain(of[one.id].title), one.n) for one in counts if one.id in of]
        return tuple(sorted(named, key=lambda c: (-c.n, c.label)))


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _need(need: str) -> str:
    return f"{words.NEED}: {need}" if need else ""


def _ranked(records: Iterable[Ranked]) -> list[Ranked]:
    return sorted(records, key=lambda record: (record.rank, record.id))


def _marks(note: Note) -> tuple[str, ...]:
    """What goes beside a note, in words."""
    there = (
        (note.origin == "papier", words.FROM_PAPER),
        (note.origin == "organisatie", words.FROM_ORGANISATION),
        (note.late, words.LATE),
        (note.type == "bezwaar", words.OBJECTION),
        (note.type == "voorwaarde", words.CONDITION),
    )
    return tuple(word for is_so, word in there if is_so)
