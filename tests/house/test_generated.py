"""What is generated is what would be generated now."""

from scripts import make_protocol_types


def test_the_typescript_messages_are_fresh():
    assert make_protocol_types.TARGET.read_text(encoding="utf-8") == (
        make_protocol_types.typescript()
    ), "frontend/src/sync/protocol.ts is stale: run `make protocol`"
