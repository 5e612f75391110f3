"""What is generated is what would be generated now."""

from scripts import make_protocol_types, make_werkvorm_pages


def test_the_typescript_messages_are_fresh():
    assert make_protocol_types.TARGET.read_text(encoding="utf-8") == (
        make_protocol_types.typescript()
    ), "frontend/src/sync/protocol.ts is stale: run `make protocol`"


def test_the_pages_of_the_werkvormen_are_fresh():
    target = make_werkvorm_pages.TARGET
    there = {path.name: path.read_text(encoding="utf-8") for path in target.glob("*.md")}
    assert there == make_werkvorm_pages.pages(), (
        "docs/werkvormen is stale: run scripts/make_werkvorm_pages.py"
    )
