"""What a plugin uses that is deprecated or gone: names, hooks and keys, found without running the use."""

import ast
import inspect
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from pydantic import BaseModel

from wangge import deprecations, hookspecs
from wangge.deprecations import Deprecation
from wangge.errors import PluginError
from wangge.manifest import Manifest, package_folder

DOORS = ("wangge", "wangge_schema", "wangge_schema.models", "wangge.testing")
HOOK, KEY = "hook ", "manifest."


def static_uses(manifest: Manifest, package: str) -> list[str]:
    """Return what to warn of in a plugin's manifest and modules, before any of its code runs.

    Raises:
        PluginError: when it uses what is gone.
    """
    told: list[str] = []
    for one in deprecations.DEPRECATIONS:
        if one.what.startswith(KEY) and _has_key(manifest, one.what.removeprefix(KEY).split(".")):
            told.append(_tell(manifest.slug, "plugin.toml", one))
    names = [one for one in deprecations.DEPRECATIONS if not one.what.startswith((KEY, HOOK))]
    root = package_folder(package)
    for path in sorted(root.rglob("*.py")) if names else []:
        for one in _named(path, names):
            told.append(_tell(manifest.slug, path.relative_to(root).as_posix(), one))
    return told


def hook_uses(slug: str, module: ModuleType) -> list[str]:
    """Return what to warn of in the hooks that a plugin implements.

    Raises:
        PluginError: when it implements one, or takes an argument, that is gone.
    """
    told: list[str] = []
    for one in deprecations.DEPRECATIONS:
        name, _, argument = one.what.removeprefix(HOOK).rstrip(")").partition("(")
        hook = getattr(module, name, None) if one.what.startswith(HOOK) else None
        if not hasattr(hook, f"{hookspecs.PROJECT}_impl"):
            continue
        if not argument or (callable(hook) and argument in inspect.signature(hook).parameters):
            told.append(_tell(slug, "plugin.py", one))
    return told


def _tell(slug: str, where: str, one: Deprecation) -> str:
    if one.is_over:
        raise PluginError(f"{slug}: {where}: {one}")
    return f"{where}: {one}"


def _has_key(value: object, path: Sequence[str]) -> bool:
    """Say whether a manifest gives a key, in whichever of its tables."""
    if isinstance(value, dict):
        return any(_has_key(one, path) for one in value.values())
    if isinstance(value, tuple):
        return any(_has_key(one, path) for one in value)
    if not isinstance(value, BaseModel) or path[0] not in value.model_fields_set:
        return False
    return len(path) == 1 or _has_key(getattr(value, path[0]), path[1:])


def _named(path: Path, entries: Sequence[Deprecation]) -> Iterator[Deprecation]:
    """Yield the deprecated names that a module imports, or reads from a front door it imported."""
    text = path.read_text(encoding="utf-8", errors="replace")
    asked = [one for one in entries if one.what.rpartition(".")[2] in text]
    if not asked:
        return
    try:
        used = set(_used(ast.parse(text)))
    except SyntaxError:  # importing it will tell, if anybody does
        return
    yield from (one for one in asked if one.what in used)


def _used(tree: ast.AST) -> Iterator[str]:
    doors: dict[str, str] = {}
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module in DOORS and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            doors |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            doors |= {alias.asname or alias.name: alias.name for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.Attribute):
            base = ast.unparse(node.value)
            if doors.get(base) in DOORS:
                yield f"{doors[base]}.{node.attr}"
