"""The one parser at the border: whatever comes in is read or refused, in time that grows with
its length only. Nothing here is timed; a parser that is not linear would hang the test run."""

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opgavebord import protocol
from opgavebord.sprint import limits
from opgavebord.sprint.commands import AnyCommand, CreateNote
from opgavebord.sprint.refusals import Refusal
from tests.sprint.village import ANNA, Village

CREATE = b'{"do":"note.create","note":"note-1","zone":"zone-1","text":%s}'
DO = b'{"t":"do","id":"dev-1.1","c":%s}'


def why(data: str | bytes) -> str | None:
    try:
        protocol.parse(data)
    except protocol.BadMessage as bad:
        return bad.why
    return None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "json"),
        (b"\xff\xfe", "json"),
        (b"nul", "json"),
        (b'{"t":"ping","at":NaN}', "json"),
        (b'{"t":"ping","at":Infinity}', "json"),
        (b'{"t":"ping","at":-Infinity}', "json"),
        (b'{"t":"ping","at":1e400}', "shape"),
        (b'{"t":"ping","at":1.5}', "shape"),
        (b'{"t":"ping","at":true}', "shape"),
        (b'{"t":"ping","at":"1"}', "shape"),
        (b'{"t":"ping","at":' + b"9" * 5_000 + b"}", "shape"),
        (b'{"t":"ping","at":1} x', "json"),
        (b'{"t":"ping","at":1,"more":1}', "shape"),
        (b'{"t":"ping"}', "shape"),
        (b'{"t":"welcome"}', "shape"),
        (b'{"at":1}', "shape"),
        (b"[]", "shape"),
        (b"null", "shape"),
        (b'"ping"', "shape"),
        (b"[" * 20_000 + b"]" * 20_000, "shape"),
        (b"{}" * 30_000, "shape"),
        (b'{"t":"do","id":"dev-1.1","c":' + b"[" * 20_000 + b"]" * 20_000 + b"}", "shape"),
        (b'{"t":"hello","v":2,"device":"a b c"}', "shape"),
        (b'{"t":"hello","v":2,"device":"abcd\\n"}', "shape"),
        (b'{"t":"hello","v":2,"device":"ab\\u0000cd"}', "shape"),
        (b'{"t":"hello","v":2,"device":"\\ud800abc"}', "json"),
        (b'{"t":"here","drag":{"note":"abcd","zone":"abcd","x":1001,"y":0}}', "shape"),
        (b" " * (limits.MESSAGE_BYTES + 1), "size"),
        (("e" + "\u0301" * 100_000).encode(), "size"),
        ('{"t":"ping","at":1,"\ud800":1}', "json"),
    ],
)  # fmt: skip
def test_what_can_not_be_read(data: bytes | str, reason: str):
    assert why(data) == reason


@pytest.mark.parametrize(
    "command",
    [
        b"null",
        b"{}",
        b"[]",
        b'{"do":"note.fly"}',
        b'{"do":["note.bin"]}',
        b'{"do":"note.bin"}',
        b'{"do":"note.bin","note":1}',
        b'{"do":"note.bin","note":"../x"}',
        b'{"do":"note.bin","note":"note-1","author":"seat-bram"}',
        b'{"do":"note.edit","note":"note-1","base":1,"edit":[true]}',
        b'{"do":"note.edit","note":"note-1","base":1,"edit":[1.0]}',
        b'{"do":"note.edit","note":"note-1","base":1,"edit":[null]}',
        b'{"do":"note.edit","note":"note-1","base":1,"edit":[[1]]}',
        b'{"do":"note.edit","note":"note-1","base":1e400,"edit":[1]}',
        b'{"do":"note.edit","note":"note-1","base":1,"edit":[99999999999999999999]}',
        b'{"do":"timer.set","seconds":99999999999999999999}',
        CREATE % b'"\\ud800"',
        CREATE % b'"\\udc00\\ud800"',
        CREATE % b'"\xed\xa0\x80"',
        CREATE % b'"\xff"',
        CREATE % b'"\x01"',
        CREATE % b"NaN",
    ],
)
def test_a_command_that_can_not_be_read_is_answered_by_name(command: bytes):
    try:
        message = protocol.parse(DO % command)
    except protocol.BadMessage as bad:
        assert bad.why == "json"  # noqa: PT017 — either is right: the frame itself is no JSON
    else:
        assert isinstance(message, protocol.Do)
        assert protocol.parse_command(message.c) is None
    assert protocol.parse_command(command) is None
    assert Village().decide(None, ANNA) == Refusal("bad_command")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("\x00", "bad_text"),
        ("e" + "\u0301" * 1_999, "bad_text"),
        ("e" + "\u0301\u0327" * 15_000, "too_long"),
        ("x" * 60_000, "too_long"),
    ],
)
def test_a_command_that_can_be_read_is_judged_by_the_rules(words: str, code: str):
    message = protocol.parse(DO % (CREATE % msgspec.json.encode(words)))
    assert isinstance(message, protocol.Do)
    command = protocol.parse_command(message.c)
    assert isinstance(command, CreateNote)
    assert Village().ask(command, ANNA) == Refusal(code)


@given(st.binary(max_size=200) | st.text(max_size=100))
def test_any_bytes_are_read_or_refused(data: bytes | str):
    why(data)


KEYS = st.sampled_from(["t", "do", "id", "c", "note", "edit", "base", "v", "device", "at", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, JSON, max_size=5), st.sampled_from(["do", "ping", "hello", "here"]))
def test_any_json_is_read_or_refused(body: dict, kind: str):
    raw = msgspec.json.encode({**body, "t": kind})
    if why(raw) is None and kind == "do":
        message = protocol.parse(raw)
        assert isinstance(message, protocol.Do)
        protocol.parse_command(message.c)


@pytest.mark.parametrize("opened", [b"[", b'{"a":', b'{"a":[', b'[{"a":'])
def test_what_nests_deep_is_not_decoded(opened: bytes):
    """However it is written: objects, lists, both; and also where the end is missing."""
    times = limits.JSON_DEPTH // len(opened.translate(None, b'"a:')) + 1
    assert why(b'{"t":"do","id":"dev-1.1","c":' + opened * times) == "shape"


@pytest.mark.parametrize(
    "words", ["[" * 50, "{" * 50, '"[' * 50, "\\[" * 50, '\\"{:' * 40, ":" * 99, "\\" * 51]
)
def test_brackets_and_colons_in_a_text_are_text(words: str):
    message = protocol.parse(DO % (CREATE % msgspec.json.encode(words)))
    assert isinstance(message, protocol.Do)
    command = protocol.parse_command(message.c)
    assert isinstance(command, CreateNote)
    assert command.text == words


@given(JSON)
def test_depth_and_keys_are_counted_right(value: object):
    def depth(part: object) -> int:
        if isinstance(part, list | dict):
            inner = part.values() if isinstance(part, dict) else part
            return 1 + max(map(depth, inner), default=0)
        return 0

    def keys(part: object) -> int:
        if isinstance(part, dict):
            return len(part) + sum(map(keys, part.values()))
        return sum(map(keys, part)) if isinstance(part, list) else 0

    sprawls = depth(value) > 3 or keys(value) > 5
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(limits, "JSON_DEPTH", 3)
        patched.setattr(limits, "JSON_KEYS", 5)
        assert protocol._sprawls(msgspec.json.encode(value)) == sprawls


def numbers(shape: msgspec.inspect.Type, seen: set[type]) -> Iterator[msgspec.inspect.IntType]:
    """Every whole number in what a client may send."""
    match shape:
        case msgspec.inspect.IntType():
            yield shape
        case msgspec.inspect.FloatType():
            raise AssertionError("no message has fractions")
        case msgspec.inspect.StructType():
            assert shape.forbid_unknown_fields, shape.cls
            if shape.cls not in seen:
                seen.add(shape.cls)
                for field in shape.fields:
                    yield from numbers(field.type, seen)
        case msgspec.inspect.UnionType(types):
            for one in types:
                yield from numbers(one, seen)
        case msgspec.inspect.VarTupleType(item) | msgspec.inspect.ListType(item):
            yield from numbers(item, seen)
        case msgspec.inspect.DictType(key, value):
            assert isinstance(key, msgspec.inspect.StrType)
            yield from numbers(value, seen)
        case msgspec.inspect.AnyType():
            raise AssertionError(f"anything goes in {shape}")


@pytest.mark.parametrize("what", [protocol.ClientMessage, AnyCommand])
def test_every_number_is_bounded_and_every_field_is_known(what: object):
    found = list(numbers(msgspec.inspect.type_info(what), set()))
    assert found
    for number in found:
        assert number.ge is not None
        assert number.le is not None
        assert -(2**53) <= number.ge <= number.le <= 2**53
