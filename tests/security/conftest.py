from collections.abc import AsyncIterator

import pytest

from tests.web.house import House, a_house


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One running server for the tests of a file; each test brings its own browsers."""
    async with a_house(tmp_path_factory.mktemp("house")) as house:
        yield house
