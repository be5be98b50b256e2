"""What belongs to a level of the plugin API, as lines that can be compared.

`uv run python tests/contract/surface.py` writes them down. Lines are added freely; before one is changed or
taken out, read `core/docs/compatibility.md`: then `--drop` writes without it.
"""

import dataclasses
import importlib
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from wangge import Model, hookspecs
from wangge.levels import LEVELS
from wangge.manifest import Manifest

DOORS = ("wangge", "wangge_schema", "wangge_schema.models", "wangge.testing")
SERVERS_OWN = {"Platform"}
"""Classes that plugins meet and never call: what they offer belongs to the server."""

REQUIRED = "required "
"""Begins a line that says of another one that it must be given."""

WRITTEN = Path(__file__).parent / f"api_level_{LEVELS[-1].number}.txt"
POLICY = "Plugins count on it: read core/docs/compatibility.md, then deprecate it, or raise the level."


def surface() -> list[str]:
    """Return the lines of what this server offers to plugins."""
    lines = {*_hooks(), *_keys("manifest", Manifest)}
    for door in DOORS:
        module = importlib.import_module(door)
        for name in module.__all__:
            lines |= set(_name(f"{door}.{name}", name, getattr(module, name)))
    return sorted(lines)


def written() -> list[str]:
    """Return the lines as they are written down."""
    return WRITTEN.read_text(encoding="utf-8").splitlines()


def broken(old: Iterable[str], new: Iterable[str]) -> list[str]:
    """Return the lines that break a plugin: what is gone, and what is asked for anew of what was there."""
    before, after = set(old), set(new)
    gone = [line for line in before - after if not line.startswith(REQUIRED)]
    asked = [
        line
        for line in after - before
        if line.startswith(REQUIRED) and _owner(line.removeprefix(REQUIRED)) in before
    ]
    return sorted(gone) + sorted(asked)


def _owner(line: str) -> str:
    """Return the line of whose part a line is: of an argument its function, of a key the table of keys."""
    return line.partition("(")[0] if "(" in line else line.rpartition(".")[0]


def _hooks() -> Iterator[str]:
    for name, hook in vars(hookspecs).items():
        if hasattr(hook, f"{hookspecs.PROJECT}_spec"):
            signature = inspect.signature(hook)
            yield f"hook {name}"
            yield f"hook {name} -> {_plain(signature.return_annotation)}"
            for one in signature.parameters.values():
                yield f"hook {name}({one.name}: {_plain(one.annotation)})"


def _plain(annotation: Any) -> str:  # whatever an annotation may be
    text = inspect.formatannotation(annotation)
    return re.sub(r"(?:[a-z_]+\.)+([A-Z])", r"\1", text)


def _keys(path: str, model: type[BaseModel]) -> Iterator[str]:
    """Yield the keys of a table of the manifest, and those of the tables in it."""
    yield path
    for name, field in model.model_fields.items():
        yield f"{path}.{name}"
        if field.is_required():
            yield f"{REQUIRED}{path}.{name}"
        for part in (field.annotation, *get_args(field.annotation)):
            if inspect.isclass(part) and issubclass(part, BaseModel):
                yield from _keys(f"{path}.{name}", part)


def _name(path: str, name: str, value: Any) -> Iterator[str]:  # whatever a front door offers
    yield path
    if inspect.isclass(value) and value.__module__.startswith("wangge"):
        if name not in SERVERS_OWN:
            yield from _members(path, value)
            yield from _constructor(path, value)
    elif inspect.isfunction(value):
        yield from _arguments(path, value)


def _members(path: str, kind: type) -> Iterator[str]:
    if issubclass(kind, Enum):
        yield from (f"{path}.{one}" for one in kind.__members__)
        return
    for base in (one for one in kind.__mro__ if one.__module__.startswith("wangge")):
        for name in {*vars(base), *inspect.get_annotations(base)}:
            if name.startswith("_"):
                continue
            yield f"{path}.{name}"
            member = inspect.getattr_static(base, name, None)
            if isinstance(member, staticmethod | classmethod):
                member = member.__func__
            if inspect.isfunction(member):
                yield from _arguments(f"{path}.{name}", member, skip=1)


def _constructor(path: str, kind: type) -> Iterator[str]:
    """Yield the arguments of what plugins make themselves: records and errors."""
    record = dataclasses.is_dataclass(kind) and not hasattr(kind, "__strawberry_definition__")
    if (record and not issubclass(kind, Model)) or issubclass(kind, Exception):
        yield from _arguments(path, kind.__init__, skip=1)


def _arguments(path: str, function: Callable[..., Any], skip: int = 0) -> Iterator[str]:
    for place, one in enumerate(list(inspect.signature(function).parameters.values())[skip:]):
        named = one.kind in {one.KEYWORD_ONLY, one.VAR_KEYWORD}
        stars = "*" if one.kind is one.VAR_POSITIONAL else "**" if one.kind is one.VAR_KEYWORD else ""
        line = f"{path}({stars}{one.name}{'=' if named and not stars else ''})"
        yield line if named or stars else f"{path}({place}: {one.name})"
        if one.default is one.empty and not stars:
            yield f"{REQUIRED}{path}({one.name})"


def main() -> None:
    """Write the lines down; refuse to drop one unless told so."""
    lines = surface()
    gone = broken(written() if WRITTEN.exists() else [], lines)
    if gone and "--drop" not in sys.argv:
        sys.exit("\n".join([*gone, POLICY]))
    WRITTEN.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
