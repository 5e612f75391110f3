"""The page about running names every setting."""

import re
from pathlib import Path

from opgavebord.settings import MEANING, PREFIX, Settings

PAGE = (Path(__file__).parents[2] / "docs" / "running.md").read_text()


def test_every_setting_is_on_the_page_and_no_other() -> None:
    shown = set(re.findall(rf"^\| `({PREFIX}\w+)`", PAGE, re.M))
    assert shown == {PREFIX + name.upper() for name in Settings.__struct_fields__}
    assert set(MEANING) == set(Settings.__struct_fields__)
