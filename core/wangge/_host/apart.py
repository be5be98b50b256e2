"""Keeps programmes apart: what one knows of another, it knows through capabilities and events alone."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from wangge.errors import PluginError
from wangge.manifest import package_folder


def check_apart(slug: str, package: str, others: Mapping[str, str]) -> None:
    """Insist that no module of a plugin's package imports another plugin's package.

    Args:
        slug: the plugin.
        package: its package.
        others: slug → package of the other installed plugins.

    Raises:
        PluginError: when one does, naming module and programme, with the remedy.
    """
    foreign = {other: name for other, name in others.items() if name != package}
    root = package_folder(package)
    for path in sorted(root.rglob("*.py")):
        for other in _imported(path, foreign):
            module = path.relative_to(root).as_posix()
            raise PluginError(
                f"{slug}: {module} imports {foreign[other]}, the programme {other}: "
                "ask for a capability or take its events instead; a programme imports no other one."
            )


def _imported(path: Path, packages: Mapping[str, str]) -> Iterator[str]:
    """Yield the slugs of the packages that a module imports, in whatever place."""
    text = path.read_text(encoding="utf-8", errors="replace")
    named = {slug: name for slug, name in packages.items() if name in text}
    if not named:  # nearly always: nothing needs to be parsed
        return
    try:
        imported = set(_modules(ast.parse(text)))
    except SyntaxError:  # importing it will tell, if anybody does
        return
    for slug, name in named.items():
        if any(module == name or module.startswith(f"{name}.") for module in imported):
            yield slug


def _modules(tree: ast.AST) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
