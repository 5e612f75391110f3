"""The core still says what `tests/vectors/` says, to which the TypeScript mirror is held too."""

import pytest

from scripts import make_vectors

VECTORS = make_vectors.vectors()


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_are_fresh(name: str):
    kept = (make_vectors.TARGET / name).read_text(encoding="utf-8")
    assert kept == VECTORS[name], f"tests/vectors/{name} is stale: run scripts/make_vectors.py"


def test_there_is_nothing_else():
    assert {path.name for path in make_vectors.TARGET.iterdir()} == set(VECTORS)
