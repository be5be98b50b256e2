"""The front doors: a sorted `__all__` whose names are there and documented, and no other public name."""

import ast
import importlib
import inspect
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOORS = ["wangge", "wangge_schema", "wangge_schema.models", "wangge.testing"]


@pytest.fixture(params=DOORS)
def door(request: pytest.FixtureRequest) -> ModuleType:
    return importlib.import_module(request.param)


def test_the_list_is_sorted_and_names_nothing_twice(door: ModuleType) -> None:
    assert list(door.__all__) == sorted(set(door.__all__), key=_order)


def _order(name: str) -> tuple[bool, bool, str]:
    """Constants, then classes, then functions, as ruff sorts them."""
    return (not name.isupper(), not name[0].isupper(), name)


def test_every_listed_name_is_there(door: ModuleType) -> None:
    assert [name for name in door.__all__ if not hasattr(door, name)] == []


def test_every_public_name_is_listed(door: ModuleType) -> None:
    public = {
        name
        for name, value in vars(door).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }

    assert public - set(door.__all__) == set()


def test_every_class_and_function_is_documented(door: ModuleType) -> None:
    mute = [
        name
        for name in door.__all__
        if (inspect.isclass(value := getattr(door, name)) or inspect.isfunction(value))
        and value.__module__.startswith("wangge")
        and not (vars(value).get("__doc__") if inspect.isclass(value) else value.__doc__)
    ]

    assert mute == []


@pytest.mark.parametrize("folder", ["core/wangge", "schema/wangge_schema", "plugins", "tests"])
def test_every_module_opens_with_its_purpose(folder: str) -> None:
    mute = [
        str(path.relative_to(ROOT))
        for path in (ROOT / folder).rglob("*.py")
        if not {"migrations", "node_modules"} & {*path.parts}
        and not path.read_text(encoding="utf-8").startswith('"""')
    ]

    assert mute == []


def test_programmes_use_listed_names_alone() -> None:
    listed = set(importlib.import_module("wangge").__all__)
    used: dict[str, list[str]] = {}
    for folder in ("schema/wangge_schema", "plugins"):
        for path in (ROOT / folder).rglob("*.py"):
            for name in _imported(path.read_text(encoding="utf-8"), "wangge"):
                if name not in listed:
                    used.setdefault(name, []).append(path.name)

    assert used == {}


def _imported(source: str, module: str) -> set[str]:
    return {
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module == module and node.level == 0
        for alias in node.names
    }
