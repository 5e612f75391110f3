"""The cookie of a seat, as the header says it."""

import pytest

from opgavebord.people.seats import Taken, cookie_name, read_cookies, set_cookie
from opgavebord.sprint.sprint import Seat

TAKEN = Taken("avond", Seat("stoel", "deelnemer"), "geheim")


def test_over_http_and_over_https() -> None:
    assert set_cookie(TAKEN, secure=False) == (
        "ob_deelnemer_avond=geheim; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict"
    )
    assert set_cookie(TAKEN, secure=True) == (
        "__Host-ob_deelnemer_avond=geheim; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict; Secure"
    )


def test_below_a_path_of_somebody_elses_host() -> None:
    """`__Host-` wants the whole host; the rest of the website does not get these."""
    assert set_cookie(TAKEN, secure=True, path="/bord") == (
        "__Secure-ob_deelnemer_avond=geheim; Max-Age=2592000; Path=/bord; HttpOnly; SameSite=Strict; Secure"
    )
    assert set_cookie(TAKEN, secure=False, path="/bord") == (
        "ob_deelnemer_avond=geheim; Max-Age=2592000; Path=/bord; HttpOnly; SameSite=Strict"
    )


def test_https_does_not_read_what_http_set() -> None:
    assert cookie_name("wand", "avond", True) != cookie_name("wand", "avond", False)


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        ("", {}),
        ("a=1; b=2", {"a": "1", "b": "2"}),
        ("a=1;b=2=3", {"a": "1", "b": "2=3"}),
        ("a=1; a=2", {"a": "1"}),
        ("niets; =; a=", {"a": "", "": ""}),
    ],
)
def test_reading_cookies(header: str, cookies: dict[str, str]) -> None:
    assert read_cookies(header) == cookies
