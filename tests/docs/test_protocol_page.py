"""The page about the protocol shows every message, command, refusal and farewell, and shows them right."""

import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from opgavebord import protocol
from opgavebord.sprint import limits
from opgavebord.sprint.commands import AnyCommand
from opgavebord.sprint.refusals import REFUSAL_CODES

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
EXAMPLES = re.findall(r"```json( command)?\n(.*?)\n```", PAGE)
COMMANDS = [body for kind, body in EXAMPLES if kind]
MESSAGES = [body for kind, body in EXAMPLES if not kind]


def tags(union: object) -> set[str]:
    return {shape.__struct_config__.tag for shape in get_args(union)}


@pytest.mark.parametrize("example", COMMANDS)
def test_every_command_shown_is_a_command(example: str) -> None:
    assert protocol.parse_command(example.encode()) is not None


@pytest.mark.parametrize("example", MESSAGES)
def test_every_message_shown_is_a_message(example: str) -> None:
    any_message = protocol.ClientMessage | protocol.ServerMessage
    message = msgspec.json.decode(example, type=any_message)
    if isinstance(message, protocol.Do):
        assert protocol.parse_command(message.c) is not None


def test_every_command_is_shown() -> None:
    assert {msgspec.json.decode(body)["do"] for body in COMMANDS} == tags(AnyCommand)


def test_every_message_is_shown() -> None:
    shown = {msgspec.json.decode(body)["t"] for body in MESSAGES}
    assert shown == tags(protocol.ClientMessage) | tags(protocol.ServerMessage)


def test_every_refusal_is_explained() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.M)) == set(REFUSAL_CODES)


def test_every_farewell_is_explained() -> None:
    shown = {int(code): name for code, name in re.findall(r"^\| (\d{4}) \| `(\w+)`", PAGE, re.M)}
    assert shown == protocol.FAREWELLS


def test_the_figures_are_those_of_the_table() -> None:
    text = " ".join(PAGE.split())
    for figure in (
        f"over {limits.MESSAGE_BYTES // 1024} KiB",
        f"over {limits.JSON_DEPTH} levels deep",
        f"over {limits.JSON_KEYS} keys",
        f"At most {limits.SINCE_PER_MINUTE} times a minute",
        f"{limits.COMMANDS_PER_SECOND} a second after a burst of {limits.COMMANDS_BURST}",
        f"Over {limits.COMMANDS_WAITING} that wait",
    ):
        assert figure in text, figure
    assert limits.BAD_MESSAGES == 3, "the page says: the third in a minute"
    assert limits.BAD_MESSAGES_SECONDS == 60
    assert limits.HELLO_SECONDS == 10, "the page says: within ten seconds"
    assert limits.COMBINING_MARKS == 8, "the page says: more than eight marks"


def test_every_reason_of_a_bad_message_is_explained() -> None:
    reasons = get_args(protocol.Bad.__annotations__["why"])
    paragraph = PAGE[PAGE.index("`bad`: the last message") :].partition("```")[0]
    assert {reason for reason in reasons if f"`{reason}`" in paragraph} == set(reasons)


def test_the_versions_are_those_that_are_spoken() -> None:
    shown = re.findall(r"^\| (\d+) \| with", PAGE, re.M)
    assert tuple(map(int, shown)) == protocol.VERSIONS
