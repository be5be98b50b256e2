"""Every failure has one code, a reason, a heading in the documentation and a message in both languages."""

import re
import string
from collections import Counter
from pathlib import Path

import pytest

import wangge
from wangge._host.messages import SOURCE, Messages
from wangge._host.plugins import PluginManager
from wangge._host.reference import error_classes, errors_page
from wangge._host.runtime import message_folders

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "core" / "docs" / "errors.md"
OF_GRAPHQL = {"GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}
"""Codes that the server answers for graphql-core's own errors, which are no classes of ours."""


@pytest.fixture(scope="module")
def manager() -> PluginManager:
    return PluginManager()


@pytest.fixture(scope="module")
def classes(manager: PluginManager) -> list[type[wangge.WanggeError]]:
    return error_classes(manager)


@pytest.fixture(scope="module")
def messages(manager: PluginManager) -> Messages:
    return Messages(message_folders(manager))


def test_every_code_belongs_to_one_class(classes: list[type[wangge.WanggeError]]) -> None:
    counted = Counter(kind.code for kind in classes)

    assert [code for code, count in counted.items() if count > 1] == []
    assert {"NOT_FOUND", "BASE_GRID_CYCLE", "VOLUNTEER_POINTS_SHIFT_FULL"} <= set(counted)


def test_only_bases_go_without_a_code(classes: list[type[wangge.WanggeError]]) -> None:
    bases = {base for kind in classes for base in kind.__mro__[1:]}
    coded = set(classes)

    def subclasses(kind: type[wangge.WanggeError]) -> set[type[wangge.WanggeError]]:
        return {one for child in kind.__subclasses__() for one in (child, *subclasses(child))}

    named = {one for one in subclasses(wangge.WanggeError) if one.__module__.startswith("wangge")}
    assert {kind.__name__ for kind in named - coded - bases} == set()


def test_codes_carry_the_slug_of_their_package(classes: list[type[wangge.WanggeError]]) -> None:
    for kind in classes:
        package = kind.__module__.partition(".")[0]
        assert re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", kind.code)
        if package == "wangge_schema":
            assert kind.code.startswith("BASE_"), kind
        elif package != "wangge":
            assert kind.code.startswith(package.removeprefix("wangge_").upper() + "_"), kind


def test_every_class_says_when_it_is_raised(classes: list[type[wangge.WanggeError]]) -> None:
    said = re.compile(r"Raise|Warn|Root")
    unsaid = [kind.__name__ for kind in classes if not said.match(vars(kind).get("__doc__") or "")]

    assert unsaid == []


def test_every_code_has_a_heading_and_every_heading_a_code(classes: list[type[wangge.WanggeError]]) -> None:
    headings = re.findall(r"^### (\S+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(headings) == sorted({kind.code for kind in classes} | OF_GRAPHQL)


def test_the_page_of_errors_is_fresh(manager: PluginManager) -> None:
    assert PAGE.read_text(encoding="utf-8") == errors_page(manager), (
        "core/docs/errors.md is stale: run `uv run python -m wangge._host.reference > core/docs/errors.md`"
    )


def test_every_message_is_translated(classes: list[type[wangge.WanggeError]], messages: Messages) -> None:
    missing = [kind.code for kind in classes if not messages.knows(kind.message, "zh_Hans")]

    assert missing == []


def test_translations_use_the_same_values(
    classes: list[type[wangge.WanggeError]], messages: Messages
) -> None:
    def values(template: str) -> set[str]:
        return {name.partition("!")[0] for _, name, _, _ in string.Formatter().parse(template) if name}

    for kind in classes:
        assert values(messages.text(kind.message, "zh_Hans")) == values(kind.message), kind.code


def test_english_is_the_source(messages: Messages) -> None:
    assert messages.translate(wangge.OutOfScope(), SOURCE) == wangge.OutOfScope.message
