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
# How our own paths begin. A proxy may take the path of the settings off, so it can not be one of these.
TAKEN: Final = frozenset(
    {
        *("api", "assets", "ws", "sw.js", "favicon.ico", ".well-known"),
        *("s", "wand", "regie", "oogst", "tafel", "luister", "bureau", "gehoord"),
        *("healthz", "readyz", "versie", "metrics"),
    }
)
_PATH: Final = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
NUMBERS: Final = {"port": (0, 65_535), "keep_days": (1, 365)}  # the least and the most
FILES: Final = frozenset(
    {
        "data_dir",
        "werkvormen",
        "database_password_file",
        "key_file",
        "backups",
        "redis_password_file",
        "tls_certificate",
        "tls_key",
    }
)


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
    metrics: str = ""
    database: str = ""
    database_password_file: Path | None = None
    key_file: Path | None = None
    redis: str = ""
    redis_password_file: Path | None = None
    backups: Path | None = None
    keep_days: int = 30
    tls_certificate: Path | None = None
    tls_key: Path | None = None

    @property
    def keeping(self) -> tuple[Path, str, Path | None]:
        """Where everything is kept: the folder, or a PostgreSQL with the file of its password."""
        return self.data_dir, self.database, self.database_password_file

    @property
    def secure(self) -> bool:
        """Whether people come to us by https: by our own certificate, or that of a proxy."""
        return self.tls_certificate is not None or self.url.startswith("https:")

    @property
    def path(self) -> str:
        """Which part of a website is ours: /bord of https://gemeente.nl/bord, else nothing."""
        return urlsplit(self.url).path


MEANING: Final[dict[str, str]] = {
    "port": "The port to listen on; 0 takes any that is free.",
    "host": "The address to listen on. 0.0.0.0: every network this machine is on; 127.0.0.1: this machine only.",
    "data_dir": "The folder for the database and the key of the links. Made when it is not there.",
    "url": "The address under which people find this server, such as https://bord.example.nl, "
    "or a part of a website, such as https://gemeente.nl/bord. "
    "Empty: it follows from the port and, for tablets, from the address of this machine.",
    "origins": "Which web addresses may open a socket, separated by commas. Empty: the address the page came from.",
    "proxies": "Addresses of the proxies in front, separated by commas, whose X-Forwarded-For is believed. Empty: none.",
    "contact": "Where to report a security problem, for security.txt: mailto:… or https://… . Empty: no such page.",
    "log": "requests: a line for every request; quiet: only what is wrong. Empty: quiet in a terminal.",
    "database": "The PostgreSQL that keeps everything, such as postgresql://opgavebord@db:5432/opgavebord. "
    "Empty: SQLite in the data folder.",
    "database_password_file": "The file with the password of the database. Read anew for each connection.",
    "redis": "The Redis by which processes wake each other, such as redis://opgavebord@redis:6379/0, or rediss:// "
    "for TLS. Empty: processes look in the database every two seconds.",
    "redis_password_file": "The file with the password of the Redis. Read anew for each connection.",
    "key_file": "The file with the key of the links, the same on every machine of one town. "
    "Empty: opgavebord.key in the data folder. Made when it is not there.",
    "metrics": "Where /metrics is shown, as host:port; the next process of this machine takes the next port. "
    "Empty: on the usual port, to this machine only.",
    "backups": "The folder for automatic backups, best on another disk. Empty: none are made.",
    "keep_days": "How many days after an evening was closed its notes, names and log are wiped: 1 to 365.",
    "tls_certificate": "The certificate, as PEM with its chain, with which the server speaks https by itself. "
    "Empty: http, and https is for a proxy in front.",
    "tls_key": "The key that belongs to the certificate, as PEM, without a password.",
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
    if ("tls_certificate" in given) != ("tls_key" in given):
        raise BadSetting(f"{PREFIX}TLS_CERTIFICATE and {PREFIX}TLS_KEY belong together; set both.")
    return Settings(**given)  # type: ignore[arg-type]


def _read(variable: str, name: str, value: str) -> object:
    if name in NUMBERS:
        return _number(variable, value, *NUMBERS[name])
    if name in FILES:
        return Path(value).expanduser()
    match name:
        case "database":
            return _database(variable, value)
        case "redis":
            return _redis(variable, value)
        case "url":
            return _url(variable, value)
        case "origins":
            return tuple(origin(variable, one.strip()) for one in value.split(",") if one.strip())
        case "proxies":
            return tuple(_address(variable, one.strip()) for one in value.split(",") if one.strip())
        case "contact":
            if not re.fullmatch(r"(mailto:|https://)[\x21-\x7e]+", value):
                raise BadSetting(f"{variable} must begin with mailto: or https://, not {value!r}.")
        case "metrics":
            _host_and_port(variable, value)
        case "log":
            if value not in ("requests", "quiet"):
                raise BadSetting(f"{variable} must be requests or quiet, not {value!r}.")
    return value


def _host_and_port(variable: str, value: str) -> None:
    host, _, port = value.rpartition(":")
    if not host or not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) <= 65_535:
        raise BadSetting(f"{variable} must look like 127.0.0.1:9464, not {value!r}.")


def _number(variable: str, value: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", value) or not least <= int(value) <= most:
        span = f"from {least} to {most}" if least else f"up to {most}"
        raise BadSetting(f"{variable} must be a number {span}, not {value!r}.")
    return int(value)


def origin(variable: str, value: str) -> str:
    """`https://bord.example.nl`, without anything after it."""
    parts = urlsplit(value.rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query:
        raise BadSetting(
            f"{variable} must look like https://bord.example.nl, without a path, not {value!r}."
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _url(variable: str, value: str) -> str:
    """`https://bord.example.nl`, or a path of it: `https://gemeente.nl/bord`."""
    scheme, _, rest = value.rstrip("/").partition("://")
    host, _, path = rest.partition("/")
    if path and not _PATH.fullmatch(path):
        raise BadSetting(
            f"{variable} must look like https://bord.example.nl or https://gemeente.nl/bord, "
            f"not {value!r}."
        )
    if path.partition("/")[0] in TAKEN:
        raise BadSetting(
            f"{variable} can not have a path that begins with /{path.partition('/')[0]}: "
            "the board has pages there. Choose another word."
        )
    return origin(variable, f"{scheme}://{host}") + (f"/{path}" if path else "")


def _database(variable: str, value: str) -> str:
    """Without a password: whoever may list the processes of a machine reads their environment."""
    parts = urlsplit(value)
    if parts.password is not None or "password=" in parts.query:
        raise BadSetting(f"{variable} must hold no password: put it in {variable}_PASSWORD_FILE.")
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise BadSetting(f"{variable} must look like postgresql://user@host:5432/name.")
    return value


def _redis(variable: str, value: str) -> str:
    """Without a password, like the database."""
    parts = urlsplit(value)
    if parts.password is not None or "password=" in parts.query:
        raise BadSetting(f"{variable} must hold no password: put it in {variable}_PASSWORD_FILE.")
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise BadSetting(f"{variable} must look like redis://user@host:6379/0, not {value!r}.")
    if parts.path.strip("/") not in ("", "0"):
        raise BadSetting(
            f"{variable}: Redis tells all its databases alike, so it must end with /0."
        )
    return value


def _address(variable: str, value: str) -> str:
    try:
        return str(ipaddress.ip_network(value, strict=False)).removesuffix("/32")
    except ValueError:
        raise BadSetting(f"{variable} must hold internet addresses, not {value!r}.") from None
