"""Renders the files of a new package, and writes all of them or none."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from jinja2 import DictLoader, Environment, StrictUndefined

from wangge._host.template.names import Names
from wangge.errors import ConfigurationError

SUFFIX = ".j2"
LINE = 110
"""Columns of a line in the package, as its own `pyproject.toml` has it."""


def rendered_files(names: Names) -> dict[PurePosixPath, str]:
    """Return every file of the package: path from its folder → text."""
    environment = _environment()
    values = {**names.values(), "imports": _importer(names.package)}
    return {
        _named(path, names): environment.get_template(path).render(values)
        for path in environment.list_templates()
    }


@cache
def _environment() -> Environment:
    """Return the templates; their marks are none of Python, GraphQL, TOML and GitHub's workflows."""
    folder = files("wangge._host.template") / "files"
    return Environment(
        loader=DictLoader(dict(_templates(folder, PurePosixPath()))),
        variable_start_string="<<",
        variable_end_string=">>",
        block_start_string="<%",
        block_end_string="%>",
        comment_start_string="<#",
        comment_end_string="#>",
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _templates(folder: Traversable, path: PurePosixPath) -> Iterator[tuple[str, str]]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _templates(one, path / one.name)
        elif one.name.endswith(SUFFIX):
            yield str(path / one.name), one.read_text(encoding="utf-8")


def _named(path: str, names: Names) -> PurePosixPath:
    text = path.replace("__package__", names.package).replace("__slug__", names.slug)
    return PurePosixPath(text.removesuffix(SUFFIX))


def _importer(package: str) -> Callable[..., str]:
    """Return what writes an import of names whose order and width depend on those chosen, as ruff would."""

    def imports(module: str, *wanted: str) -> str:
        ordered = sorted(wanted, key=str.lower)
        start = f"from {package}{module and '.'}{module} import "
        line = start + ", ".join(ordered)
        return (
            line if len(line) <= LINE else start + "(\n" + "".join(f"    {one},\n" for one in ordered) + ")"
        )

    return imports


def write_package(names: Names, folder: Path) -> list[PurePosixPath]:
    """Write the package into a folder that is not there or empty, and return its files.

    Raises:
        ConfigurationError: when the folder holds something already or cannot be written; nothing is written
            then.
    """
    rendered = rendered_files(names)
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ConfigurationError(
                f"{folder} holds something already: choose another folder with --output."
            )
        _write(rendered, folder, names.folder)
    except OSError as error:
        raise ConfigurationError(
            f"{folder} cannot be written ({error.strerror}): choose another folder with --output."
        ) from error
    return list(rendered)


def _write(rendered: Mapping[PurePosixPath, str], folder: Path, name: str) -> None:
    """Write the files beside the folder first, so that it holds all of them or none."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=folder.parent) as made:
        draft = Path(made) / name
        for path, text in rendered.items():
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            (draft / path).write_text(text, encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        shutil.move(draft, folder)
