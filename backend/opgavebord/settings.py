"""Every knob, its default and its meaning. The only reader of the environment.

A setting is `OPGAVEBORD_` and its name in capitals. One that we do not know is refused by name: a
typing error must not quietly leave a town with the default.
"""

import difflib
import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from msgspec import Struct

PREFIX: Final = "OPGAVEBORD_"


class BadSetting(Exception):
    """A setting that is not there or can not be what it says. The text is for a person."""


class Settings(Struct, frozen=True, kw_only=True):
    port: int = 8000
    host: str = "0.0.0.0"  # noqa: S104 - a hall: tablets must be able to reach it
    data_dir: Path = Path("data")
    url: str = ""
    origins: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    contact: str = ""
    log: str = ""
    werkvormen: Path | None = None


MEANING: Final[dict[str, str]] = {
    "port": "The port to listen on; 0 takes any that is free.",
    "host": "The address to listen on. 0.0.0.0: every network this machine is on; 127.0.0.1: this machine only.",
    "data_dir": "The folder for the database and the key of the links. Made when it is not there.",
    "url": "The address under which people find this server, such as https://bord.example.nl. "
    "Empty: it follows from the port and, for tablets, from the address of this machine.",
    "origins": "Which web addresses may open a socket, separated by commas. Empty: the address the page came from.",
    "proxies": "Addresses of the proxies in front, separated by commas, whose X-Forwarded-For is believed. Empty: none.",
    "contact": "Where to report a security problem, for security.txt: mailto:… or https://… . Empty: no such page.",
    "log": "requests: a line for every request; quiet: only what is wrong. Empty: quiet in a terminal.",
    "werkvormen": "A folder with werkvormen of your own, one YAML file each. They are read at the start.",
}


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises `BadSetting` with a sentence that names the one that is wrong."""
    given: dict[str, object] = {}
    known = {PREFIX + name.upper(): name for name in Settings.__struct_fields__}
    for variable in sorted(environment):
        if not variable.startswith(PREFIX):
            continue
        if variable not in known:
            near = difflib.get_close_matches(variable, known, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise BadSetting(f"There is no setting {variable}.{meant}")
        name, value = known[variable], environment[variable].strip()
        if value:
            given[name] = _read(variable, name, value)
    return Settings(**given)  # type: ignore[arg-type]


def _read(variable: str, name: str, value: str) -> object:
    match name:
        case "port":
            if not re.fullmatch(r"[0-9]{1,5}", value) or int(value) > 65_535:
                raise BadSetting(f"{variable} must be a number up to 65535, not {value!r}.")
            return int(value)
        case "data_dir" | "werkvormen":
            return Path(value).expanduser()
        case "url":
            return origin(variable, value)
        case "origins":
            return tuple(origin(variable, one.strip()) for one in value.split(",") if one.strip())
        case "proxies":
            return tuple(_address(variable, one.strip()) for one in value.split(",") if one.strip())
        case "contact":
            if not re.fullmatch(r"(mailto:|https://)[\x21-\x7e]+", value):
                raise BadSetting(f"{variable} must begin with mailto: or https://, not {value!r}.")
        case "log":
            if value not in ("requests", "quiet"):
                raise BadSetting(f"{variable} must be requests or quiet, not {value!r}.")
    return value


def origin(variable: str, value: str) -> str:
    """`https://bord.example.nl`, without anything after it."""
    parts = urlsplit(value.rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
        raise BadSetting(
            f"{variable} must look like https://bord.example.nl, without a path, not {value!r}."
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _address(variable: str, value: str) -> str:
    try:
        return str(ipaddress.ip_network(value, strict=False)).removesuffix("/32")
    except ValueError:
        raise BadSetting(f"{variable} must hold internet addresses, not {value!r}.") from None
