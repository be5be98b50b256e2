"""Example operations that packages bring along: `examples/*.graphql`, for the explorer and for tests."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from wangge.manifest import package_folder

FOLDER = "examples"
_HEAD = re.compile(r"\A(?:#[^\n]*(?:\n|\Z))*")
_ENTRY = re.compile(r"^# *(role|variables): *(.*?) *$", re.M)
_TITLE = re.compile(r"\A# *+(?!(?:role|variables):)(.*?) *$", re.M)


@dataclass(frozen=True)
class Example:
    """An operation to try, as the comments at the head of its file present it.

    Attributes:
        name: of the file, without its suffix; examples are shown by the numbers that their names begin with.
        zh: title in Chinese.
        en: title in English.
        role: of whom it is meant for, if it says so.
        variables: JSON; `"Person_…"` stands for the id of some person.
        query: the document below the head.
    """

    name: str
    zh: str
    en: str
    role: str | None
    variables: str
    query: str


@lru_cache(maxsize=256)
def examples_of(package: str) -> tuple[Example, ...]:
    """Return the examples of a package, none where it brings no folder of them."""
    folder = package_folder(package) / FOLDER
    return tuple(_read(path) for path in sorted(folder.glob("*.graphql"), key=_place))


def _place(path: Path) -> tuple[int, str]:
    """Return where a file stands: by the number that its name begins with, then by its name."""
    number = re.match(r"\d{1,9}", path.stem)
    return (int(number[0]) if number else 10**9, path.stem)


def _read(path: Path) -> Example:
    """Return an example; what its head leaves out has a default, so that none keeps a page from showing."""
    text = path.read_text(encoding="utf-8")
    head = _HEAD.match(text)
    above = head[0] if head else ""
    entries = dict(_ENTRY.findall(above))
    title = _TITLE.search(above)
    zh, _, en = (title[1] if title else path.stem).partition(" | ")
    return Example(
        name=path.stem,
        zh=zh,
        en=en or zh,
        role=entries.get("role"),
        variables=entries.get("variables", "{}"),
        query=text[len(above) :].strip() + "\n",
    )
