"""Nouns that cannot name the type of a package, since they would hide what its own code is called."""

import ast
import builtins
import keyword
from collections.abc import Iterator
from functools import cache

from wangge._host.template.names import Names, pascal
from wangge._host.template.rendering import rendered_files

_BLANK = Names(
    slug="zzz",
    package="zzz",
    prefix="zzz",
    title_en="Zzz",
    title_zh="Zzz",
    entity="zzz",
    plural="zzz_zzz",
    term="Zzz",
)
"""Stands for any names; what its package says besides is the template's own."""

_OF_PAYLOADS = {"user_errors", "warnings", "client_mutation_id"}


def is_taken(noun: str) -> bool:
    """Say whether a noun is a word of Python or of the package's own code."""
    pythons = keyword.iskeyword(noun) or keyword.issoftkeyword(noun) or hasattr(builtins, noun)
    return pythons or not _words().isdisjoint({noun, f"_{noun}", pascal(noun)})


@cache
def _words() -> frozenset[str]:
    """Return every name that the template's code defines, imports or reads."""
    texts = (text for path, text in rendered_files(_BLANK).items() if path.suffix == ".py")
    found = (name for text in texts for node in ast.walk(ast.parse(text)) for name in _names_of(node))
    return frozenset(found) | _OF_PAYLOADS


def _names_of(node: ast.AST) -> Iterator[str]:
    """Yield what a node of a syntax tree is called; attributes and keywords hide nothing."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.alias):
        yield node.asname or node.name
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
