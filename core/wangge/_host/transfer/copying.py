"""Fills a new place with a district's tables, and compares what stands there with what it came from."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from alembic.script import ScriptDirectory
from alembic.util import CommandError

from wangge._host.databases import Place
from wangge._host.migrator import MigratedPackage, packages_of, upgrade
from wangge._host.plugins import PluginManager
from wangge._host.transfer.failures import CopyFailed
from wangge._host.transfer.portable import statements_for
from wangge._host.transfer.postgres import PostgresTables
from wangge._host.transfer.rows import Row, TableDigest
from wangge._host.transfer.shapes import Contents, Shape, in_order_of_references
from wangge._host.transfer.tables import Tables
from wangge.errors import ConfigurationError

VERSIONS = "wangge_version_"
"""How the version tables of packages begin."""

Told = Callable[[str, int], None]
"""Told what is being done, and for how many rows since the last time."""


@dataclass(frozen=True)
class Origin:
    """Where rows come from: what stands there, and each table's rows."""

    contents: Contents
    rows: Callable[[Shape], AsyncIterator[Sequence[Row]]]
    source: Tables | None = None
    """The tables themselves, where it is a database."""
    copied: dict[str, int] = field(default_factory=dict)
    """Number of rows, by table."""


def origin_of(tables: Tables, contents: Contents) -> Origin:
    """Return a district's tables as an origin."""
    return Origin(contents, tables.rows, tables)


def known_packages(plugins: PluginManager, revisions: dict[str, str]) -> dict[str, MigratedPackage]:
    """Return the installed packages that have tables here, in order.

    Raises:
        ConfigurationError: when one is older than its tables.
    """
    found = {}
    for package in packages_of(list(plugins.loaded.values())):
        revision = revisions.get(package.slug)
        if revision is None:
            continue
        try:
            ScriptDirectory.from_config(package.config()).get_revision(revision)
        except CommandError as error:
            raise ConfigurationError(
                f"The tables of {package.slug} are at revision {revision}, which the installed package does "
                "not have: upgrade it first."
            ) from error
        found[package.slug] = package
    return found


async def make_tables(place: Place, plugins: PluginManager, revisions: dict[str, str]) -> None:
    """Make a database at this place, with the tables of the installed packages at these revisions."""
    packages = known_packages(plugins, revisions)
    await upgrade(place, list(packages.values()), to=revisions)


async def make_ready(tables: Tables, contents: Contents) -> list[str]:
    """Make the tables that migrations did not make, and have all of them ready to be filled.

    Returns:
        what could not be made here, because it is the other database's own.
    """
    made = (await tables.contents()).shapes
    lost = await _make_missing(tables, contents, set(made))
    await tables.empty()
    return lost


async def fill(tables: Tables, origin: Origin, told: Told) -> None:
    """Fill tables that are ready, compare them with what came, and commit.

    Raises:
        CopyFailed: when what stands there is not what came; the caller throws it away.
    """
    here = (await tables.contents()).shapes
    for name, shape in origin.contents.shapes.items():
        target = here[name].with_columns_of(shape)
        if target is None:
            raise CopyFailed(f"{name} has not the columns that its package's migrations make.")
        if isinstance(tables, PostgresTables) and _are_alike(origin, target, shape):
            await _take_over(tables, origin, target, told)
        else:
            await _rewrite(tables, origin, target, shape, told)
    told("references", 0)
    await tables.finish(origin.contents.sequences)
    await tables.commit()


def _are_alike(origin: Origin, target: Shape, shape: Shape) -> bool:
    """Say whether a table's values may pass as they are, from PostgreSQL to PostgreSQL."""
    return isinstance(origin.source, PostgresTables) and target.columns == shape.columns


async def _take_over(tables: PostgresTables, origin: Origin, shape: Shape, told: Told) -> None:
    """Pass a table's rows on, and have both databases sum them up."""
    assert isinstance(origin.source, PostgresTables)  # they are alike
    await tables.copy_from(origin.source, shape)
    there, here = await asyncio.gather(origin.source.sum_up(shape), tables.sum_up(shape))
    if there != here:
        raise CopyFailed(f"{shape.name} holds other rows than it should.")
    origin.copied[shape.name] = here[0]
    told("copying", here[0])


async def _rewrite(tables: Tables, origin: Origin, target: Shape, shape: Shape, told: Told) -> None:
    """Write a table's rows as this database does, and compare what it gives back."""
    came, found = TableDigest(shape), TableDigest(shape)

    async def counted() -> AsyncIterator[Sequence[Row]]:
        async for batch in origin.rows(shape):
            came.add(batch)
            told("copying", len(batch))
            yield batch

    await tables.load(target, counted())
    async for batch in tables.rows(target):
        found.add(batch)
        told("comparing", len(batch))
    if found != came:
        raise CopyFailed(f"{shape.name} holds other rows than it should.")
    origin.copied[shape.name] = came.rows


async def _make_missing(tables: Tables, contents: Contents, there: set[str]) -> list[str]:
    """Make the tables whose packages are not installed."""
    missing = in_order_of_references([shape for name, shape in contents.shapes.items() if name not in there])
    if contents.backend != tables.backend:
        for shape in missing:
            await tables.make(statements_for(tables.backend, shape))
        return [one for shape in missing for one in shape.beyond]
    if missing:
        await tables.make(contents.functions)
    for shape in missing:
        await tables.make(shape.make)
    for shape in missing:
        await tables.make(shape.after)
    return []


async def revisions_in(tables: Tables, contents: Contents) -> dict[str, str]:
    """Return the revision of each package that has tables here, installed or not."""
    found = {}
    for name, shape in contents.shapes.items():
        if name.startswith(VERSIONS):
            async for batch in tables.rows(shape):
                found[name.removeprefix(VERSIONS)] = str(batch[0][0])
    return found
