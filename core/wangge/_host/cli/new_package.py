"""`wangge plugin new`: the package of a new programme."""

import json
import sys
from importlib.metadata import distribution
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from urllib.request import url2pathname

import typer

from wangge._host.template import STAND_IN, check_slug, choose_names, default_names, write_package

Text = str | None

QUESTIONS = {
    "prefix": "Prefix of your names in GraphQL",
    "title_en": "Title in English",
    "title_zh": "Title in Chinese",
    "entity": "Noun of its first type",
    "plural": "Plural of that noun",
    "term": "Chinese term of that noun",
    "author": "Who publishes it (may be empty)",
}


def new_package(
    slug: Annotated[str, typer.Argument(help="The programme's one name, such as parcel_lockers.")],
    prefix: Annotated[
        Text, typer.Option(help="What your names in GraphQL start with [default: acme].")
    ] = None,
    package: Annotated[Text, typer.Option(help="Name of the Python package [default: PREFIX_SLUG].")] = None,
    title_en: Annotated[Text, typer.Option(help="Title in English [default: from the slug].")] = None,
    title_zh: Annotated[Text, typer.Option(help="Title in Chinese [default: a stand-in].")] = None,
    entity: Annotated[Text, typer.Option(help="Noun of its first type [default: from the slug].")] = None,
    plural: Annotated[Text, typer.Option(help="Plural of that noun [default: by rule].")] = None,
    term: Annotated[Text, typer.Option(help="Chinese term of that noun [default: the title].")] = None,
    author: Annotated[Text, typer.Option(help="Who publishes it [default: nobody is named].")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder to write [default: the slug, with dashes].")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing: take the defaults.")] = False,
) -> None:
    """Write the complete package of a new programme, with tests that pass; ask for what is left out.

    Nothing is asked where nobody sits at a terminal. The folder must not be there, or be empty.

    Example: wangge plugin new parcel_lockers --prefix acme --entity locker --title-zh 快递柜
    """
    given = {
        **{"prefix": prefix, "package": package, "title_en": title_en, "title_zh": title_zh},
        **{"entity": entity, "plural": plural, "term": term, "author": author},
    }
    check_slug(slug)
    if sys.stdin.isatty() and not yes:
        for name, question in QUESTIONS.items():
            if given[name] is None:
                given[name] = typer.prompt(question, default=default_names(slug, given)[name])
    names = choose_names(slug, **given)
    folder = output or Path(names.folder)
    written = write_package(names, folder)
    typer.echo(f"{names.title_en}: {len(written)} files in {folder}.")
    if names.title_zh == STAND_IN:
        typer.echo(f"It has no Chinese title yet: {STAND_IN} stands in for one in plugin.toml.")
    typer.echo(f"Next: cd {folder} && {_installing()} && uv run pytest")


def _installing() -> str:
    """Return the command that gives a package the `wangge` that wrote it: released, or a checkout of it."""
    origin = json.loads(distribution("wangge").read_text("direct_url.json") or "{}")
    if "dir_info" not in origin:
        return "uv sync"
    return f"uv add --editable {url2pathname(urlsplit(origin['url']).path)}"
