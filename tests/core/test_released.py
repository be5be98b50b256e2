"""What a programme brings to the schema is written down, and a later version is held against it."""

import importlib
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from graphql import parse

from tests.conftest import BASE_POINT, Plant
from wangge._host.checking.released import changes_since, faults_since, sdl_of, version_of
from wangge._host.compose.changes import Change, Severity
from wangge._host.plugins import PluginManager
from wangge.errors import ConfigurationError

CODE = """
from typing import Annotated

import strawberry

from wangge import Parent, Query, authenticated, extends, field, hookimpl, requires
from wangge_schema import Person
from wangge_schema import models as base


@extends(Query)
class Queries:
    @field(access=authenticated, description="How many there are.")
    @staticmethod
    def xy_count(least: Annotated[int, strawberry.argument(description="So many.")]{default}) -> int:
        return 3


@extends(Person)
class Fields:
    @field(access={access}, description="A number.")
    @staticmethod
    def {name}(root: Parent[base.Person]) -> int | None:
        return 3


@hookimpl
def graphql_extensions() -> list[type]:
    return [Queries, Fields]
"""
SOUND = {"default": "", "access": "authenticated", "name": "xy_number"}


@pytest.fixture
def release(plant: Plant, tmp_path: Path) -> "Release":
    """Write a programme in one version after the other."""
    return Release(plant, tmp_path / "programmes" / "planted_xy_lamps")


class Release:
    """A programme in its versions."""

    def __init__(self, plant: Plant, folder: Path) -> None:
        self._plant, self._folder = plant, folder

    def first(self) -> PluginManager:
        """Return what is installed with the first version."""
        self._point = self._plant("xy_lamps", _with(CODE, SOUND))
        return PluginManager([BASE_POINT, self._point])

    def next(self, **changes: str) -> PluginManager:
        """Return what is installed with the next version."""
        code = _with(CODE, {**SOUND, **changes})
        (self._folder / "plugin.py").write_text(dedent(code), encoding="utf-8")
        for name in [one for one in sys.modules if one.startswith("planted_xy_lamps")]:
            del sys.modules[name]
        importlib.invalidate_caches()
        return PluginManager([BASE_POINT, self._point])


def _with(code: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        code = code.replace(f"{{{name}}}", value)
    return code


def test_what_it_brings_is_its_types_and_its_fields_on_others(release: Release) -> None:
    sdl = sdl_of(release.first(), "xy_lamps")

    assert sdl.startswith("# xy_lamps 1.0.0: ")
    assert [line for line in sdl.splitlines() if line.startswith(("extend", "type", "input", "enum"))] == [
        "extend type Person {",
        "extend type Query {",
    ]
    assert '): Int @authenticated @plugin(name: "xy_lamps", version: "1.0.0")' in sdl
    assert parse(sdl).definitions
    assert version_of(sdl) == "1.0.0"


def test_nothing_differs_from_what_was_just_written_down(release: Release) -> None:
    manager = release.first()

    assert changes_since(manager, "xy_lamps", sdl_of(manager, "xy_lamps")) == []


@pytest.mark.parametrize(
    ("changes", "severity", "place"),
    [
        ({"name": "xy_other"}, Severity.BREAKING, "Person.xyNumber"),
        ({"access": 'requires("xy_lamps.read")'}, Severity.BREAKING, "Person.xyNumber"),
        ({"default": " = 1"}, Severity.SAFE, "Query.xyCount(least:)"),
    ],
)
def test_a_change_is_found(release: Release, changes: dict[str, str], severity: Severity, place: str) -> None:
    before = sdl_of(release.first(), "xy_lamps")

    found = changes_since(release.next(**changes), "xy_lamps", before)

    assert (found[0].severity, found[0].place) == (severity, place)


BREAKING = Change(Severity.BREAKING, "FIELD_REMOVED", "Query.xyCount", "Query.xyCount was removed.")
SAFE = Change(Severity.SAFE, "FIELD_ADDED", "Query.xySum", "Query.xySum was added.")


@pytest.mark.parametrize(
    ("before", "now", "changes", "faults"),
    [
        ("1.2.3", "1.2.3", [SAFE], []),
        ("1.2.3", "1.3.0", [BREAKING], ["Query.xyCount was removed."]),
        ("1.2.3", "2.0.0", [BREAKING], []),
        ("0.1.4", "0.1.5", [SAFE, BREAKING], ["Query.xyCount was removed."]),
        ("0.1.4", "0.2.0", [BREAKING], []),
        ("0.9.0", "1.0.0", [BREAKING], []),
        ("1.2.3", "1.2.2", [], ["The version 1.2.2 is below 1.2.3, which was released."]),
    ],
)
def test_a_version_says_whether_it_may_break_what_was(
    before: str, now: str, changes: list[Change], faults: list[str]
) -> None:
    assert faults_since(changes, before, now) == faults


@pytest.mark.parametrize("text", ["", "# lamps\n", "type Query { a: Int }"])
def test_a_file_without_a_version_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="names no version"):
        version_of(text)


def test_a_release_that_fits_the_base_no_more_is_refused(release: Release) -> None:
    with pytest.raises(ConfigurationError, match="older schema cannot be read"):
        changes_since(release.first(), "xy_lamps", "# xy_lamps 1.0.0: \n\nextend type Query { a: Gone }\n")
