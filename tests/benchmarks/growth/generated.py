"""Programmes made up for the measurements: as many as wanted, each as large as an ordinary one."""

import importlib
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

from wangge._host.plugins import GROUP

TYPES_EACH = 6

_MANIFEST = """\
slug = "{slug}"
version = "1.0.0"
api = 1
prefix = "{prefix}"
requires = ["base/1"]
title = {{ zh = "试验", en = "Made up" }}
"""

_HEAD = '''\
"""A programme made up for measurements."""

from datetime import date
from enum import Enum

from sqlalchemy import Boolean, Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from wangge import (
    Connection, DateMatch, Filter, Identified, Info, IntMatch, Model, Node, Parent, Query, StringMatch,
    Timestamped, authenticated, column, connection, extends, field, filter_type, hookimpl, match,
    order_type, related, table_type,
)
from wangge_schema import Grid, GridBound, Person
from wangge_schema import models as base
'''

_TYPE = '''

class Row{n}(Identified, Timestamped, GridBound, Model):
    """A row."""

    __tablename__ = "{slug}_rows{n}"

    title: Mapped[str] = mapped_column(String(64))
    detail: Mapped[str | None] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(String(64))
    amount: Mapped[int] = mapped_column(Integer)
    number: Mapped[int | None] = mapped_column(Integer)
    begun: Mapped[date] = mapped_column(Date)
    ended: Mapped[date | None] = mapped_column(Date)
    open: Mapped[bool] = mapped_column(Boolean)


@table_type(Row{n}, access=authenticated, description="A thing.")
class {prefix}Thing{n}(Node):
    """A thing."""

    title: str = column("Title.")
    detail: str | None = column("Detail.")
    place: str = column("Place.")
    amount: int = column("Amount.")
    number: int | None = column("Number.")
    begun: date = column("Begun.")
    ended: date | None = column("Ended.")
    open: bool = column("Open.")
    grid: Grid = related("grid_id", "Grid.")


@filter_type(Row{n}, "Which things.")
class {prefix}Thing{n}Filter(Filter):
    """Conditions."""

    title: StringMatch | None = match("title", "Title.")
    amount: IntMatch | None = match("amount", "Amount.")
    begun: DateMatch | None = match("begun", "Begun.")


@order_type(Row{n}, "Order of things.")
class {prefix}Thing{n}Order(Enum):
    """Orders."""

    BEGUN_ASC = "begun"
    BEGUN_DESC = "-begun"
'''

_ROOT = '''

@extends(Query)
class Queries:
    """Root fields."""
'''

_ROOT_FIELD = """
    {prefix_}_things{n}: Connection[{prefix}Thing{n}] = connection(
        "Things.", where={prefix}Thing{n}Filter, order_by={prefix}Thing{n}Order, access=authenticated
    )
"""

_TAIL = '''

@extends(Person)
class PersonFields:
    """A field of persons."""

    @field(access=authenticated, description="How long the name is.")
    @staticmethod
    def {prefix_}_length(root: Parent[base.Person], info: Info) -> int | None:
        """Return the length."""
        return len(root.name)


@hookimpl
def graphql_types():
    """Return the types."""
    return [{types}]


@hookimpl
def graphql_extensions():
    """Return the fields."""
    return [Queries, PersonFields]


@hookimpl
def models():
    """Return the tables."""
    return [{rows}]
'''


def grown_slug(number: int) -> str:
    """Return the slug of the n-th programme."""
    return f"bench_grown_{number:02d}"


def generate(folder: Path, count: int) -> list[EntryPoint]:
    """Write so many programmes into a folder, make them importable, and return their entry points."""
    folder.mkdir(parents=True, exist_ok=True)
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    points = []
    for number in range(count):
        slug = grown_slug(number)
        package = folder / slug
        if not (package / "plugin.toml").exists():
            _write(package, slug, f"Gr{number:02d}")
        points.append(EntryPoint(slug, f"{slug}.plugin", GROUP))
    importlib.invalidate_caches()
    return points


def _write(package: Path, slug: str, prefix: str) -> None:
    package.mkdir(exist_ok=True)
    places = range(TYPES_EACH)
    names = {"slug": slug, "prefix": prefix, "prefix_": prefix.lower()}
    tail = names | {
        "types": ", ".join(f"{prefix}Thing{n}" for n in places),
        "rows": ", ".join(f"Row{n}" for n in places),
    }
    parts = [
        _HEAD,
        *(_TYPE.format(n=n, **names) for n in places),
        _ROOT,
        *(_ROOT_FIELD.format(n=n, **names) for n in places),
        _TAIL.format(**tail),
    ]
    (package / "__init__.py").write_text('"""A programme made up for measurements."""\n', encoding="utf-8")
    (package / "plugin.py").write_text("".join(parts), encoding="utf-8")
    (package / "plugin.toml").write_text(_MANIFEST.format(**names), encoding="utf-8")
