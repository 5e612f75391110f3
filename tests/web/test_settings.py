"""Settings: what is asked for, and a sentence for what can not be."""

from pathlib import Path

import pytest

from opgavebord.app import addresses
from opgavebord.settings import MEANING, BadSetting, Settings, from_environment


def test_without_any_setting() -> None:
    settings = from_environment({"PATH": "/bin", "HOME": "/"})
    assert settings == Settings()
    assert (settings.port, settings.host, settings.data_dir) == (8000, "0.0.0.0", Path("data"))


def test_every_setting_says_what_it_means() -> None:
    assert set(MEANING) == set(Settings.__struct_fields__)


def test_settings_are_read() -> None:
    settings = from_environment(
        {
            "OPGAVEBORD_PORT": "9001",
            "OPGAVEBORD_DATA_DIR": "/var/lib/bord",
            "OPGAVEBORD_ORIGINS": "https://A.nl, http://b.nl:8080 ,",
            "OPGAVEBORD_URL": "https://bord.example.nl/",
            "OPGAVEBORD_PROXIES": "10.0.0.1,172.16.0.0/12",
            "OPGAVEBORD_HOST": "",
        }
    )
    assert settings.port == 9001
    assert settings.data_dir == Path("/var/lib/bord")
    assert settings.origins == ("https://a.nl", "http://b.nl:8080")
    assert settings.url == "https://bord.example.nl"
    assert settings.proxies == ("10.0.0.1", "172.16.0.0/12")
    assert settings.host == "0.0.0.0"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("", ""),
        ("https://bord.example.nl/", ""),
        ("https://Gemeente.nl/bord/", "/bord"),
        ("http://localhost:8080/Samen/bord", "/Samen/bord"),
    ],
)
def test_the_address_may_be_a_part_of_a_website(url: str, path: str) -> None:
    assert from_environment({"OPGAVEBORD_URL": url}).path == path


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("OPGAVEBORD_PROT", "1", "OPGAVEBORD_PROT. Did you mean OPGAVEBORD_PORT?"),
        ("OPGAVEBORD_WHATEVER", "1", "There is no setting OPGAVEBORD_WHATEVER."),
        ("OPGAVEBORD_port", "1", "There is no setting OPGAVEBORD_port"),
        ("OPGAVEBORD_PORT", "http", "OPGAVEBORD_PORT must be a number"),
        ("OPGAVEBORD_PORT", "65536", "OPGAVEBORD_PORT must be a number"),
        ("OPGAVEBORD_PORT", "-1", "OPGAVEBORD_PORT must be a number"),
        ("OPGAVEBORD_KEEP_DAYS", "0", "OPGAVEBORD_KEEP_DAYS must be a number from 1 to 365"),
        ("OPGAVEBORD_KEEP_DAYS", "366", "OPGAVEBORD_KEEP_DAYS must be a number from 1 to 365"),
        ("OPGAVEBORD_URL", "bord.example.nl", "OPGAVEBORD_URL must look like"),
        ("OPGAVEBORD_URL", "https://gemeente.nl/een pad", "OPGAVEBORD_URL must look like"),
        ("OPGAVEBORD_URL", "https://gemeente.nl/bord?a", "OPGAVEBORD_URL must look like"),
        ("OPGAVEBORD_URL", "https://gemeente.nl/../bord", "OPGAVEBORD_URL must look like"),
        ("OPGAVEBORD_URL", "https://gemeente.nl/s/bord", "begins with /s: the board has pages"),
        ("OPGAVEBORD_ORIGINS", "https://gemeente.nl/bord", "OPGAVEBORD_ORIGINS must look like"),
        ("OPGAVEBORD_ORIGINS", "*", "OPGAVEBORD_ORIGINS must look like"),
        ("OPGAVEBORD_PROXIES", "*", "OPGAVEBORD_PROXIES must hold"),
        ("OPGAVEBORD_CONTACT", "piet", "OPGAVEBORD_CONTACT must begin with"),
        ("OPGAVEBORD_LOG", "hard", "OPGAVEBORD_LOG must be"),
        ("OPGAVEBORD_DATABASE", "mysql://x@h/n", "OPGAVEBORD_DATABASE must look like postgresql:"),
        ("OPGAVEBORD_DATABASE", "postgresql://x@h", "OPGAVEBORD_DATABASE must look like postgresq"),
        ("OPGAVEBORD_DATABASE", "postgresql://x:geheim@h/n", "DATABASE must hold no password: put"),
        (
            "OPGAVEBORD_DATABASE",
            "postgresql://h/n?password=geheim",
            "must hold no password: put it",
        ),
    ],
)
def test_what_can_not_be_is_named(name: str, value: str, says: str) -> None:
    with pytest.raises(BadSetting) as refused:
        from_environment({name: value})
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("host", "came_to", "goes_to"),
    [
        ("127.0.0.1", "127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("192.168.1.5", "192.168.1.5:8000", "http://192.168.1.5:8000"),
        ("::1", "[::1]:8000", "http://[::1]:8000"),
        ("0.0.0.0", "192.168.1.5:8000", "http://192.168.1.5:8000"),
    ],
)
def test_where_the_qr_points(host: str, came_to: str, goes_to: str) -> None:
    assert addresses(Settings(host=host), 8000).of(came_to, secure=False) == goes_to


def test_the_qr_on_a_wall_at_this_machine_points_into_the_hall() -> None:
    at = addresses(Settings(), 8000)
    assert at.here == "http://localhost:8000"
    assert at.of("localhost:8000", secure=False) == at.hall
    public = addresses(Settings(url="https://bord.example.nl"), 8000)
    assert public.here == public.hall == "https://bord.example.nl"


def test_a_password_is_never_said_back() -> None:
    for address in (
        "postgresql://x:geheim@h/n",
        "mysql://x:geheim@h",
        "postgresql://h?password=geheim",
    ):
        with pytest.raises(BadSetting) as refused:
            from_environment({"OPGAVEBORD_DATABASE": address})
        assert "geheim" not in str(refused.value)


def test_where_everything_is_kept() -> None:
    assert from_environment({}).keeping == (Path("data"), "", None)
    settings = from_environment(
        {
            "OPGAVEBORD_DATABASE": "postgresql://bord@db:5432/bord?sslmode=verify-full",
            "OPGAVEBORD_DATABASE_PASSWORD_FILE": "/run/secrets/db",
        }
    )
    address = "postgresql://bord@db:5432/bord?sslmode=verify-full"
    assert settings.keeping == (Path("data"), address, Path("/run/secrets/db"))
