"""What is kept from people is in no byte that anybody takes home: the same evening twice."""

from typing import get_args

import msgspec
import pytest

from opgavebord.export import Format, archive
from opgavebord.export.formats import FORMATS, take
from opgavebord.export.report import report
from opgavebord.sprint.sprint import Ballot, Note, Sprint
from opgavebord.web.gehoord import page
from tests.export.reading import export_text
from tests.sprint.twins import Secret, sprints

EVENINGS = 50  # of each secret
KEPT: tuple[Secret, ...] = tuple(one for one in get_args(Secret) if one != "desk")
"""What the desk knows, the desk may take home."""


@pytest.mark.parametrize("secret", KEPT)
def test_two_evenings_that_differ_in_secret_are_equal_at_home(secret: Secret) -> None:
    differed = 0
    for seed in range(EVENINGS):
        one, other = sprints(seed, secret)
        differed += one != other
        assert archive.write(one) == archive.write(other)
        assert take(one, "csv").data == take(other, "csv").data
        assert report(one) == report(other), "every other file is made of this"
    assert differed > EVENINGS // 2


@pytest.mark.parametrize("format", FORMATS)
def test_every_file_of_such_evenings_reads_the_same(format: Format) -> None:
    for seed, secret in enumerate(KEPT):
        one, other = sprints(seed, secret)
        assert export_text(one, format) == export_text(other, format)


def test_and_so_does_the_page() -> None:
    for seed, secret in enumerate(KEPT):
        one, other = sprints(seed, secret)
        assert page(report(one)) == page(report(other))


def leaks(sprint: Sprint) -> str:
    return archive.write(sprint).decode() + msgspec.json.encode(report(sprint)).decode()


def test_it_would_hear_a_leak() -> None:
    """What is hidden is in the sprints that are compared; only the eyes keep it out."""
    heard = 0
    for seed in range(10):
        one, other = sprints(seed, "alone")
        hidden = [note for note in one.notes.values() if note.hidden and not note.gone]
        for note in hidden:
            one.put(msgspec.structs.replace(note, hidden=False))
            theirs = other.notes[note.id]
            assert isinstance(theirs, Note)
            other.put(msgspec.structs.replace(theirs, hidden=False))
        heard += leaks(one) != leaks(other)
        assert not any(isinstance(record, Ballot) for record in archive.records(one))
    assert heard > 3
