"""Requests that have brought other servers down, and what is said to them here."""

import pytest

from tests.web.house import House


async def test_a_thousand_ranges_are_one_file(house: House) -> None:
    """T43: we never cut a file into pieces, so no header can ask for a million of them."""
    many = "bytes=" + ",".join(f"{n}-{n + 1}" for n in range(1_000))
    async with house.browser() as browser:
        for path in ("/", "/favicon.ico", "/sw.js"):
            answer = await browser.get(path, headers={"Range": many})
            plain = await browser.get(path)
            assert (answer.status_code, answer.content) == (plain.status_code, plain.content)
            assert "content-range" not in answer.headers


async def test_a_form_with_parts_is_not_read(house: House) -> None:
    """T43: nobody sends us files in forms; there is no parser of them that could be flooded."""
    form = {"file": ("x.html", b"<script>1</script>", "text/html")}
    async with house.browser() as browser:
        for path in ("/api/join", "/api/enter", "/api/move"):
            answer = await browser.post(path, files=form, headers={"Origin": house.url})
            assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
async def test_a_method_nobody_needs_does_nothing(house: House, method: str) -> None:
    async with house.browser() as browser:
        answer = await browser.request(method, "/api/join", headers={"Origin": house.url})
        assert answer.status_code == 405


async def test_what_asks_where_we_are_gets_no_version_of_anything(house: House) -> None:
    async with house.browser() as browser:
        answer = await browser.get("/nergens")
    assert "server" not in answer.headers
    assert "python" not in answer.text.lower()
    assert "traceback" not in answer.text.lower()
