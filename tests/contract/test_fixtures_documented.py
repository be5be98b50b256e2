"""Every fixture that programmes are given stands on the page of testing, and nothing else does."""

import re
from pathlib import Path

import pytest

from wangge.testing import Clock, Faults, Make, plugin

PAGE = Path(__file__).parents[2] / "core" / "docs" / "testing.md"
INNER = {"worlds", "backend", "world", "app", "http"}
"""Fixtures that the others are made of."""


def test_the_page_has_a_heading_for_each_fixture() -> None:
    found = set(re.findall(r"^## (\w+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    fixtures = {
        name for name, one in vars(plugin).items() if type(one).__name__ == "FixtureFunctionDefinition"
    }

    assert found == fixtures - INNER


@pytest.mark.parametrize("name", ["move_to", "move_on", "raise_in", "hang_in", "mend", "person", "account"])
def test_what_the_page_names_is_there(name: str) -> None:
    doors = (Clock, Faults, Make)

    assert any(hasattr(one, name) for one in doors)
