"""What belongs to a level of the plugin API is written down: it grows, and nothing of it changes."""

import re
from pathlib import Path

import pytest
from tests.contract.surface import POLICY, WRITTEN, broken, surface, written

import wangge
from wangge.capabilities import CONTRACTS
from wangge.levels import LEVELS
from wangge.version import minors_later, release_of

PAGE = Path(__file__).parents[2] / "core/docs/compatibility.md"
COMMAND = "uv run python tests/contract/surface.py"


def test_nothing_of_the_level_is_changed_or_taken_away() -> None:
    assert broken(written(), surface()) == [], POLICY


def test_what_is_added_is_written_down() -> None:
    assert surface() == written(), f"{WRITTEN.name} is behind: run `{COMMAND}`."


def test_every_level_has_its_time_and_the_newest_stays() -> None:
    assert [one.number for one in LEVELS] == list(range(1, len(LEVELS) + 1))
    assert (LEVELS[-1].deprecated_since, LEVELS[-1].refused_from) == (None, None)
    for one in LEVELS:
        assert (one.deprecated_since is None) == (one.refused_from is None), one
        if one.deprecated_since is not None and one.refused_from is not None:
            assert release_of(one.refused_from) >= minors_later(one.deprecated_since, 2), one


LAMP = ["hook lit", "hook lit(ctx: RequestContext)", "manifest.lamps", "wangge.lamp", "wangge.lamp(0: size)"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"wangge.bulb", "wangge.lamp(colour=)"}, []),
        ({"hook lit(options: Options)"}, []),
        ({"wangge.bulb", "required wangge.bulb(size)"}, []),
        ({"required wangge.lamp(size)"}, ["required wangge.lamp(size)"]),
        ({"manifest.lamps.size", "required manifest.lamps.size"}, ["required manifest.lamps.size"]),
    ],
    ids=["a name and an option", "a hook's argument", "a new function's argument", "a demand", "a key"],
)
def test_a_level_grows_by_what_nobody_has_to_give(change: set[str], told: list[str]) -> None:
    assert broken(LAMP, [*LAMP, *change]) == told


@pytest.mark.parametrize("gone", LAMP)
def test_whatever_goes_breaks_the_level(gone: str) -> None:
    assert broken(LAMP, [one for one in LAMP if one != gone]) == [gone]


def test_what_need_not_be_given_any_more_breaks_nothing() -> None:
    assert broken([*LAMP, "required wangge.lamp(size)"], LAMP) == []


def test_the_page_of_the_policy_holds_levels_and_capabilities() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = [
        f"| {one.number} | {one.since} | {one.deprecated_since or ''} | {one.refused_from or ''} |"
        for one in LEVELS
    ]
    named = re.findall(r"^\| `([a-z_]+/[0-9]+)` \| (?:`(\w+)`)? *\|", page, re.MULTILINE)

    assert [row for row in rows if re.sub(" +", " ", row) not in page] == []
    assert {name: protocol for name, protocol in named if protocol} == {
        name: kind.__name__ for name, kind in CONTRACTS.items()
    }
    assert {protocol for _, protocol in named if protocol} <= set(wangge.__all__)
