"""The page of the quality scale tells every rung and every check, and every test has its check."""

import re
from pathlib import Path

import pytest

from wangge._host.checking.scale import CHECKS, Rung, rung_of
from wangge.testing import conformance
from wangge.testing.reporting import MARKER

PAGE = Path(__file__).parents[2] / "core" / "docs" / "quality-scale.md"
HEADING = re.compile(r"^(#{2,3}) (.+)$", re.MULTILINE)
BRONZE = [one.key for one in CHECKS if one.rung is Rung.BRONZE]


def test_the_page_has_a_heading_for_each_rung_and_each_check_in_their_order() -> None:
    found = [(len(level), name) for level, name in HEADING.findall(PAGE.read_text(encoding="utf-8"))]

    expected = []
    for rung in Rung:
        expected.append((2, rung.name.capitalize()))
        expected += [(3, one.key) for one in CHECKS if one.rung is rung]
    assert found == expected


@pytest.mark.parametrize("rung", Rung, ids=lambda rung: rung.name)
def test_the_page_says_what_each_rung_is(rung: Rung) -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert f"## {rung.name.capitalize()}\n\n{rung.value}\n" in text


def test_every_test_of_the_suite_belongs_to_a_check_and_every_check_has_one() -> None:
    tests = [getattr(conformance, name) for name in conformance.__all__ if name.startswith("test_")]
    keys = {one: [mark.args[0] for mark in one.pytestmark if mark.name == MARKER] for one in tests}

    assert [one.__name__ for one, found in keys.items() if len(found) != 1] == []
    assert {found[0] for found in keys.values()} == {one.key for one in CHECKS}


def test_keys_are_not_used_twice() -> None:
    assert len({one.key for one in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize(
    ("passed", "rung"),
    [
        ([], None),
        (BRONZE[1:], None),
        (BRONZE, Rung.BRONZE),
        ([one.key for one in CHECKS if one.rung is not Rung.BRONZE], None),
        ([one.key for one in CHECKS if one.rung is not Rung.SILVER], Rung.BRONZE),
        ([one.key for one in CHECKS if one.rung is not Rung.PLATINUM], Rung.GOLD),
        ([one.key for one in CHECKS], Rung.PLATINUM),
    ],
)
def test_a_rung_is_reached_when_all_its_checks_and_those_below_pass(
    passed: list[str], rung: Rung | None
) -> None:
    assert rung_of(passed) is rung
