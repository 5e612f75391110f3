"""docker-compose.yml and what it starts, as far as that can be tried without containers: each service is
shut in, and the scripts that it hands to Redis and PostgreSQL do what they say, in the real ones."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import redis.asyncio
import yaml
from redis.exceptions import AuthenticationError, NoPermissionError

from opgavebord.people.key import read_key
from opgavebord.relay import Reached
from opgavebord.relay.redis import RedisRelay
from opgavebord.settings import from_environment
from opgavebord.storage.postgres import PostgresDatabase
from tests import services
from tests.server import Server

from .fronts import certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
LASTING = {name: one for name, one in SERVICES.items() if one.get("restart") != "no"}

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("name", SERVICES)
def test_a_container_is_shut_in(name: str) -> None:
    service = SERVICES[name]
    assert service["profiles"] in (["hall"], ["city"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["pids_limit"]
    assert re.search(r":(\$\{\w+:-)?\d+\.\d+(\.\d+)?", service["image"]), "pinned by version"


@pytest.mark.parametrize("name", LASTING)
def test_a_container_that_stays(name: str) -> None:
    service = LASTING[name]
    ours = "build" in service
    assert ours or int(service["user"].partition(":")[0]) > 0, "not root"
    assert ours or "healthcheck" in service
    limits = service["deploy"]["resources"]["limits"]
    assert limits["cpus"]
    assert limits["memory"]
    assert service["stop_grace_period"]


def test_our_image_is_not_root_and_asks_how_it_is() -> None:
    file = (ROOT / "Dockerfile").read_text()
    final = file.rpartition("\nFROM ")[2]
    assert "\nUSER 10001\n" in final
    assert "\nHEALTHCHECK " in final


def test_nobody_outside_reaches_the_database_or_redis() -> None:
    assert {name for name, one in SERVICES.items() if one.get("ports")} == {"hall", "proxy"}
    networks = COMPOSE["networks"]
    assert networks["back"]["internal"]
    assert networks["front"]["internal"]
    for name in ("database", "redis"):
        assert SERVICES[name]["networks"] == ["back"]
    assert "back" not in SERVICES["proxy"]["networks"]


@pytest.mark.parametrize("name", ["hall", "board-1", "board-2"])
def test_the_settings_are_settings(name: str) -> None:
    environment = {
        key: re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value)
        for key, value in SERVICES[name]["environment"].items()
    }
    settings = from_environment(environment)
    if name != "hall":
        assert settings.url == "https://bord.example.nl"
        assert settings.proxies == (COMPOSE["networks"]["front"]["ipam"]["config"][0]["subnet"],)


def test_the_image_has_the_version_of_the_product() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f":-{version}}}" in SERVICES["hall"]["image"]


# --- what it hands to others ----------------------------------------------------------------------


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_what_our_container_asks_itself(tmp_path: Path, tls: bool) -> None:
    settings: dict[str, str] = {}
    if tls:
        certificate(tmp_path)
        settings["OPGAVEBORD_TLS_CERTIFICATE"] = str(tmp_path / "certificate.pem")
        settings["OPGAVEBORD_TLS_KEY"] = str(tmp_path / "key.pem")
    server = Server(tmp_path / "server", **settings)

    def healthy() -> bool:
        asked = [sys.executable, ROOT / "deploy" / "healthy.py"]
        return subprocess.run(asked, env=server.environment(), capture_output=True).returncode == 0

    assert not healthy()
    server.start()
    try:
        assert healthy()
    finally:
        server.kill()


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """What deploy/make-secrets makes."""
    folder = tmp_path / "secrets"
    subprocess.run([ROOT / "deploy" / "make-secrets", folder], check=True)
    return folder


def test_secrets_are_made_once(secrets: Path) -> None:
    made = {path.name: path.read_bytes() for path in secrets.iterdir()}
    assert set(made) == set(COMPOSE["secrets"])
    assert len(set(made.values())) == len(made)
    assert secrets.stat().st_mode & 0o077 == 0
    assert read_key(secrets, secrets / "key") == made["key"]
    subprocess.run([ROOT / "deploy" / "make-secrets", secrets], check=True)
    assert {path.name: path.read_bytes() for path in secrets.iterdir()} == made


@pytest.fixture
def guarded(secrets: Path) -> Iterator[tuple[str, Path]]:
    """Redis as the city has it; its address, and the file with the password."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("there is a Valkey here, and the recipe is for Redis")
    port = services.free_port()
    with services._folder("opgavebord-redis-", {}) as home:
        environment = {
            "PATH": os.environ["PATH"],
            "REDIS_PASSWORD_FILE": str(secrets / "redis_password"),
            "REDIS_USERS_FILE": str(home / "users.acl"),
            "REDIS_CONFIG": str(ROOT / "deploy" / "redis" / "redis.conf"),
        }
        command = [ROOT / "deploy" / "redis" / "start", "--port", str(port), "--bind", "127.0.0.1"]

        def ready() -> bool:
            with services.socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        with services._running(
            command,
            ready,
            home / "log",
            stop_with=services.signal.SIGTERM,
            env=environment,
            cwd=home,
        ):
            yield f"127.0.0.1:{port}", secrets / "redis_password"


async def test_the_user_of_redis_may_tell_and_listen_and_nothing_else(
    guarded: tuple[str, Path],
) -> None:
    address, file = guarded
    password = file.read_text()
    async with redis.asyncio.from_url(f"redis://opgavebord:{password}@{address}/0") as user:
        assert await user.publish("opgavebord:s1", "hint") == 0
        async with user.pubsub() as ear:
            await ear.psubscribe("opgavebord:*")
        for refused in (
            ("PUBLISH", "elders", "x"),
            ("SUBSCRIBE", "elders"),
            ("PSUBSCRIBE", "*"),
            ("SET", "opgavebord:s1", "x"),
            ("GET", "opgavebord:s1"),
            ("KEYS", "*"),
            ("FLUSHALL",),
            ("CONFIG", "GET", "*"),
            ("CLIENT", "LIST"),
            ("ACL", "LIST"),
            ("EVAL", "return 1", "0"),
            ("SHUTDOWN",),
        ):
            with pytest.raises(NoPermissionError):
                await user.execute_command(*refused)
    for wrong in (f"redis://{address}/0", f"redis://opgavebord:anders@{address}/0"):
        async with redis.asyncio.from_url(wrong) as stranger:
            with pytest.raises((AuthenticationError, NoPermissionError)):
                await stranger.publish("opgavebord:s1", "x")


async def test_the_relay_lives_with_such_a_user(guarded: tuple[str, Path]) -> None:
    address, file = guarded
    relays = [RedisRelay(f"redis://opgavebord@{address}/0", file) for _ in range(2)]
    heard = asyncio.Event()
    relays[1].listen("sprint-een", lambda message: heard.set())
    for relay in relays:
        await relay.open()
    async with asyncio.timeout(10):
        while not heard.is_set():
            relays[0].tell("sprint-een", Reached("een", 1))
            await asyncio.sleep(0.05)
    for relay in relays:
        await relay.close()


async def test_the_user_of_postgresql_owns_its_database_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("een geheim'tje")
    with services.postgres() as owner:
        port = str(urlsplit(owner).port)
        subprocess.run(
            [ROOT / "deploy" / "postgres" / "opgavebord.sh"],
            env={
                "PATH": f"{services._postgres_programs()}:{os.environ['PATH']}",
                "BOARD_PASSWORD_FILE": str(file),
                "PGHOST": "127.0.0.1",
                "PGPORT": port,
            },
            check=True,
        )
        database = PostgresDatabase(f"postgresql://opgavebord@127.0.0.1:{port}/opgavebord", file)
        await database.open()  # with every step of the schema
        rights = await database.run(
            lambda c: c.exec_driver_sql(
                "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles "
                "WHERE rolname = current_user"
            ).one()
        )
        await database.close()
    assert tuple(rights) == (False, False, False, False)
