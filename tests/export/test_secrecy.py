"""What is taken home holds nothing that is still hidden: the same evening twice, but for what some must not
know (tests/sprint/twins.py), comes to the same files."""

import pytest

from opgavebord.export import archive, csv
from opgavebord.export.formats import take
from opgavebord.export.report import report
from tests.sprint.twins import Secret, sprints

EVENINGS = 30  # of each secret


@pytest.mark.parametrize("secret", ["alone", "table", "dots"])
def test_what_is_taken_home_does_not_depend_on_a_secret(secret: Secret) -> None:
    differed = 0
    for seed in range(EVENINGS):
        one, other = sprints(seed, secret)
        differed += list(one) != list(other)
        told = report(one)
        assert told == report(other)  # what every document and board is written from
        assert csv.write(told) == csv.write(report(other))
        assert archive.write(one) == archive.write(other)
    assert differed > EVENINGS // 2


@pytest.mark.parametrize("format", ["docx", "odt", "xlsx", "pdf"])
def test_a_document_says_no_word_that_is_hidden(format: str) -> None:
    one, other = sprints(5, "alone")
    assert list(one) != list(other)
    said = [take(sprint, format).data for sprint in (one, other)]  # type: ignore[arg-type]
    assert len(said[0]) == len(said[1])
