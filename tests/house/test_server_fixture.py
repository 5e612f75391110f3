"""The server that other tests are given is the real one, and can be killed and started again."""

import urllib.request

import pytest

from tests.server import Server

pytestmark = pytest.mark.faults

LINKS = {
    *("sprint", "url", "join_code", "join_url", "wall_url", "regie_url"),
    *("oogst_url", "tafel_url", "luister_url", "desk_url", "public_url"),
}


def test_it_answers_dies_and_comes_back_the_same(server: Server) -> None:
    assert set(server.links) == LINKS
    before = dict(server.links)
    with urllib.request.urlopen(f"{server.url}/healthz") as answer:
        assert answer.status == 200
    server.kill()
    server.restart()
    assert server.links == before
    assert server.stop() == 0


def test_an_unknown_setting_is_refused_by_name(tmp_path) -> None:
    with pytest.raises(RuntimeError, match="OPGAVEBORD_PROT"):
        Server(tmp_path, OPGAVEBORD_PROT="8000").start()
