"""Write `frontend/src/sync/protocol.ts` from `backend/opgavebord/protocol.py`.

The Python structs are the only declaration of what crosses the socket; this walks over them with
`msgspec.inspect` and writes each as a TypeScript interface under the same name, each named union
(`AnyCommand`, `ServerMessage`, …) as a discriminated union, and the constants both sides need.

A field may be left out in TypeScript where the sender may leave it out: what a client sends has
defaults, what the server sends is complete, except in structs that omit their defaults.

    python scripts/make_protocol_types.py           write the file
    python scripts/make_protocol_types.py --check   fail when it is not what would be written
"""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, get_args

import msgspec
from msgspec import inspect

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = ROOT / "frontend" / "src" / "sync" / "protocol.ts"

sys.path.insert(0, str(ROOT / "backend"))

from opgavebord import protocol  # noqa: E402
from opgavebord.sprint import change, commands, limits, refusals, sprint  # noqa: E402

HEADER: Final = """\
// What crosses the socket. Made by `make protocol` from backend/opgavebord/protocol.py: change that
// file, not this one.
"""

# Names that TypeScript should see under their own name. `Record` is called AnyRecord, because
# Record already means something to TypeScript.
NAMED: Final[dict[str, Any]] = {
    "Id": sprint.Id,
    "Name": commands.Name,
    "Role": sprint.Role,
    "Visibility": sprint.Visibility,
    "Right": sprint.Right,
    "Scene": sprint.Scene,
    "Kind": sprint.Kind,
    "RefusalCode": refusals.RefusalCode,
    "AnyRecord": sprint.Record,
    "Edit": change.Edit,
    "Operation": change.Operation,
    "Change": change.Change,
    "AnyCommand": commands.AnyCommand,
    "ClientMessage": protocol.ClientMessage,
    "ServerMessage": protocol.ServerMessage,
}
UNIONS: Final = ("AnyRecord", "Operation", "AnyCommand", "ClientMessage", "ServerMessage")

WORDS: Final[dict[type[inspect.Type], str]] = {
    inspect.StrType: "string",
    inspect.IntType: "number",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
    inspect.AnyType: "unknown",
    inspect.RawType: "AnyCommand",  # only Do.c, which is decoded apart
}

LIMITS: Final = (
    "MESSAGE_BYTES",
    "PENDING_NAMES",
    "NOTE_CODE_POINTS",
    "NOTE_BYTES",
    "NOTE_BUDGET",
    "TITLE_CODE_POINTS",
    "FIELD_CODE_POINTS",
    "PEOPLE_PER_TABLE",
    "COMBINING_MARKS",
    "EDIT_PARTS",
    "TIMER_SECONDS",
    "COMMANDS_PER_SECOND",
    "COMMANDS_BURST",
    "COMMANDS_WAITING",
    "PRESENCE_PER_SECOND",
)


def typescript() -> str:
    """The whole file."""
    parts = [HEADER, *_constants(), *_simple_names()]
    written: set[str] = set()
    for union in UNIONS:
        for struct in get_args(NAMED[union]):
            parts.extend(_structs(struct, written))
        names = [struct.__name__ for struct in get_args(NAMED[union])]
        parts.append(_union(union, names))
    return "\n".join(parts)


def _constants() -> Iterator[str]:
    yield f"export const VERSION = {protocol.VERSION}\n"
    yield "/** Close codes of the server. */\nexport const FAREWELLS = {"
    for code, name in protocol.FAREWELLS.items():
        yield f"  {code}: {_quote(name)},"
    yield "} as const\n"
    yield "/** The same, by name. */\nexport const FAREWELL = {"
    for code, name in protocol.FAREWELLS.items():
        yield f"  {name}: {code},"
    yield "} as const\n"
    yield "/** The limits of the server that a screen should know beforehand. */"
    yield "export const LIMITS = {"
    for name in LIMITS:
        yield f"  {name}: {getattr(limits, name):_},"
    yield "} as const\n"
    yield "export const REFUSAL_CODES = ["
    for refusal in refusals.REFUSAL_CODES:
        yield f"  {_quote(refusal)},"
    yield "] as const\n"


def _simple_names() -> Iterator[str]:
    for name, shape in NAMED.items():
        if name == "RefusalCode":
            yield "export type RefusalCode = (typeof REFUSAL_CODES)[number]\n"
        elif name not in UNIONS:
            info = inspect.type_info(shape)
            if isinstance(info, inspect.LiteralType):
                yield _union(name, [_quote(value) for value in get_args(shape)])
            else:
                yield f"export type {name} = {_write(info, itself=True)}\n"


def _structs(struct: type[msgspec.Struct], written: set[str]) -> Iterator[str]:
    """A struct, after the structs it mentions by name."""
    if struct.__name__ in written:
        return
    written.add(struct.__name__)
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    for field in info.fields:
        for mentioned in _mentions(field.type):
            yield from _structs(mentioned, written)
    yield from _document(struct)
    yield _tuple(info) if info.array_like else _interface(info)


def _document(struct: type[msgspec.Struct]) -> Iterator[str]:
    """The struct's own docstring as a comment, broken where it was; nothing where it has none."""
    text = struct.__dict__.get("__doc__")
    if not text:
        return
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) == 1:
        yield f"/** {lines[0]} */"
    else:
        yield "\n".join(["/**", *(f" * {line}".rstrip() for line in lines), " */"])


def _interface(info: inspect.StructType) -> str:
    lines = [f"export interface {info.cls.__name__} {{"]
    if info.tag_field is not None:
        lines.append(f"  {info.tag_field}: {_quote(str(info.tag))}")
    for field in info.fields:
        mark = "?" if not field.required and _may_be_left_out(info) else ""
        lines.append(f"  {field.encode_name}{mark}: {_write(field.type)}")
    return "\n".join([*lines, "}\n"])


def _tuple(info: inspect.StructType) -> str:
    """A struct that travels as a list. Defaults at its end are omitted, so their null is not sent."""
    places = []
    for field in info.fields:
        shape = _write(field.type)
        if field.required:
            places.append(f"{field.encode_name}: {shape}")
        else:
            places.append(f"{field.encode_name}?: {shape.removesuffix(' | null')}")
    return f"export type {info.cls.__name__} = [{', '.join(places)}]\n"


def _may_be_left_out(info: inspect.StructType) -> bool:
    from_a_client = issubclass(info.cls, protocol.Incoming | commands.Command)
    return from_a_client or info.cls.__struct_config__.omit_defaults


def _union(name: str, members: Iterable[str]) -> str:
    members = list(members)
    line = f"export type {name} = {' | '.join(members)}"
    if len(line) <= 100:
        return line + "\n"
    return "\n".join([f"export type {name} =", *(f"  | {member}" for member in members), ""])


def _mentions(info: inspect.Type) -> Iterator[type[msgspec.Struct]]:
    """Structs in a type that must be written out, in the order they are met."""
    match info:
        case inspect.StructType():
            if _name_of(info) is None:
                yield info.cls
        case inspect.UnionType():
            if _name_of(info) is None:
                for member in info.types:
                    yield from _mentions(member)
        case inspect.VarTupleType() | inspect.ListType():
            yield from _mentions(info.item_type)
        case inspect.DictType():
            yield from _mentions(info.value_type)


def _write(info: inspect.Type, *, itself: bool = False) -> str:
    """A type, as TypeScript says it: by its name if it has one, unless it is itself being named."""
    name = None if itself else _name_of(info)
    if name is not None:
        return name
    if type(info) in WORDS:
        return WORDS[type(info)]
    match info:
        case inspect.LiteralType():
            return " | ".join(_quote(str(value)) for value in info.values)
        case inspect.StructType():
            return info.cls.__name__
        case inspect.UnionType():
            return _write_union(info)
        case inspect.VarTupleType() | inspect.ListType():
            item = _write(info.item_type)
            return f"({item})[]" if " " in item else f"{item}[]"
        case inspect.DictType():
            return f"{{ [key: string]: {_write(info.value_type)} }}"
    raise TypeError(f"no TypeScript for {info}")


def _write_union(info: inspect.UnionType) -> str:
    """`Drag | null`; a named union inside an optional keeps its name."""
    rest = tuple(member for member in info.types if not isinstance(member, inspect.NoneType))
    optional = len(rest) < len(info.types)
    whole = inspect.UnionType(rest) if len(rest) > 1 else rest[0]
    name = _name_of(whole)
    members = [name] if name else [_write(member) for member in rest]
    return " | ".join([*members, *(["null"] if optional else [])])


_known: Final = [(inspect.type_info(shape), name) for name, shape in NAMED.items()]


def _name_of(info: inspect.Type) -> str | None:
    """The name a type was given, found by what it looks like: aliases leave no trace in Python."""
    for shape, name in _known:
        if info == shape or _same_union(info, shape):
            return name
    return None


def _same_union(one: inspect.Type, other: inspect.Type) -> bool:
    return (
        isinstance(one, inspect.UnionType)
        and isinstance(other, inspect.UnionType)
        and len(one.types) == len(other.types)
        and all(member in other.types for member in one.types)
    )


def _quote(text: str) -> str:
    return "'" + json.dumps(text, ensure_ascii=False)[1:-1].replace("'", "\\'") + "'"


def main(arguments: list[str]) -> int:
    text = typescript()
    if "--check" in arguments:
        if TARGET.read_text(encoding="utf-8") == text:
            return 0
        print(f"{TARGET.relative_to(ROOT)} is stale: run `make protocol`", file=sys.stderr)
        return 1
    TARGET.write_text(text, encoding="utf-8")
    print(f"wrote {TARGET.relative_to(ROOT)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
