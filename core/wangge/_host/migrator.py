"""Runs migrations: a version table per package, packages in order, a district at a time."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, MetaData, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from wangge._host import unfinished
from wangge._host.databases import CONNECTING, LOCK, Place, check_schema, create_schema
from wangge._host.databases.failures import refusal_of
from wangge._host.logs import scrub
from wangge._host.plugins import LoadedPlugin
from wangge.db.base import CatalogModel, Model
from wangge.errors import PluginError, RuleError, WanggeError
from wangge.manifest import package_folder


class MigrationFailed(RuleError):
    """Raise when a package's migrations break off; nothing of them stays."""

    code = "PLUGIN_MIGRATION_FAILED"
    message = (
        "The tables of {package} stay as they were, since its migrations failed ({reason}): "
        "install a version of it that mends this, or suspend it."
    )


R = TypeVar("R")
ENVIRONMENT = Path(__file__).parent.parent / "migrations"
_ALEMBIC = threading.Lock()
"""Alembic keeps its context in a module, so that a process can run one migration at a time."""


@dataclass(frozen=True)
class MigratedPackage:
    """A package with migrations: its slug, where its revisions are, and the tables they are about."""

    slug: str
    revisions: Path
    metadata: MetaData
    prefix: str

    @property
    def version_table(self) -> str:
        """Name of the package's own version table."""
        return f"wangge_version_{self.slug}"

    def config(self) -> Config:
        """Return Alembic's configuration for this package."""
        config = Config()
        config.set_main_option("script_location", str(ENVIRONMENT))
        config.set_main_option("version_locations", str(self.revisions))
        config.set_main_option("path_separator", "newline")
        config.attributes.update(metadata=self.metadata, prefix=self.prefix, version_table=self.version_table)
        return config

    def head(self) -> str | None:
        """Return the newest revision, or None where the package has no migrations."""
        return ScriptDirectory.from_config(self.config()).get_current_head()


CATALOG = MigratedPackage("catalog", ENVIRONMENT / "catalog", CatalogModel.metadata, "wangge_")
CORE = MigratedPackage("core", ENVIRONMENT / "district", Model.metadata, "wangge_")


def package_of(plugin: LoadedPlugin) -> MigratedPackage:
    """Return the migrations of a plugin."""
    folder = package_folder(plugin.package) / "migrations"
    return MigratedPackage(plugin.slug, folder, Model.metadata, f"{plugin.slug}_")


def packages_of(plugins: Sequence[LoadedPlugin]) -> list[MigratedPackage]:
    """Return core's own migrations, then the plugins' in their order."""
    return [CORE, *(package_of(plugin) for plugin in plugins)]


def _engine(place: Place) -> AsyncEngine:
    arguments = {} if place.is_sqlite else {"timeout": CONNECTING}
    return create_async_engine(place.url, connect_args=arguments)


@asynccontextmanager
async def _alone() -> AsyncIterator[None]:
    """Keep other threads and tasks of this process out of Alembic, without blocking the event loop."""
    await asyncio.to_thread(_ALEMBIC.acquire)
    try:
        yield
    finally:
        _ALEMBIC.release()


async def upgrade(
    place: Place,
    packages: Sequence[MigratedPackage],
    done: Callable[[str], None] | None = None,
    *,
    to: Mapping[str, str] | None = None,
    noting: bool = False,
) -> list[str]:
    """Bring a database to the heads of the packages, or to the revisions `to` names by slug.

    Each package is one transaction, so that an upgrade that breaks off goes on where it was.

    Args:
        place: the database.
        packages: in the order in which they need each other.
        done: told the slug of each that is where it should be.
        to: revisions by slug, where it is not the head.
        noting: note those that move as unfinished; `behind` counts them until that is crossed off.

    Returns:
        the slugs that moved.
    """
    to = to or {}
    await create_schema(place)
    engine = _engine(place)
    moved: list[str] = []
    try:
        for package in packages:
            async with _alone(), engine.connect() as connection:
                revision = to.get(package.slug, "head")
                before, after = await connection.run_sync(_tried, place, package, revision)
                if noting and before != after:
                    await connection.run_sync(unfinished.note, package.slug)
                await connection.commit()
            if before != after:
                moved.append(package.slug)
            if done is not None:
                done(package.slug)
    finally:
        await engine.dispose()
    return moved


async def downgrade(place: Place, package: MigratedPackage, to: str = "base") -> None:
    """Take a package's revisions back; its tables and their data go."""
    engine = _engine(place)
    try:
        async with _alone(), engine.connect() as connection:
            await connection.run_sync(_move, place, package, "downgrade", to)
            await connection.commit()
    finally:
        await engine.dispose()


@dataclass(frozen=True)
class Pending:
    """A revision that an upgrade would apply."""

    revision: str
    doc: str


def pending(package: MigratedPackage, revision: str | None) -> list[Pending]:
    """Return the revisions between the one that a database is at and the head, in order.

    Raises:
        PluginError: when the package does not know the one that the database is at.
    """
    script = ScriptDirectory.from_config(package.config())
    try:
        found = list(script.iterate_revisions("heads", revision or "base"))
    except CommandError as error:
        raise PluginError(
            f"The tables of {package.slug} are at revision {revision}, which the installed package does not "
            "know: install the version that made them, or a newer one."
        ) from error
    return [Pending(one.revision, one.doc) for one in reversed(found)]


async def alter(place: Place, work: Callable[[Connection], R]) -> R:
    """Run work on a database's tables as migrations run: alone, in one transaction, all or nothing."""
    engine = _engine(place)

    def run(connection: Connection) -> R:
        _enter(connection, place)
        return work(connection)

    try:
        async with _alone(), engine.connect() as connection:
            done = await connection.run_sync(run)
            await connection.commit()
            return done
    finally:
        await engine.dispose()


def take_back(connection: Connection, package: MigratedPackage) -> None:
    """Take all of a package's revisions back, within `alter`; its version table goes as well."""
    config = package.config()
    config.attributes["connection"] = connection
    command.downgrade(config, "base")
    connection.execute(text(f"DROP TABLE IF EXISTS {package.version_table}"))


def _tried(connection: Connection, place: Place, package: MigratedPackage, to: str) -> tuple[Any, Any]:
    """Upgrade a package; whatever its own revisions raise is told as the package's failure, scrubbed.

    Raises:
        MigrationFailed: as said; a database that is away, busy or full is no failure of the package.
    """
    try:
        return _move(connection, place, package, "upgrade", to)
    except Exception as error:  # whatever foreign revisions raise
        if isinstance(error, WanggeError) or refusal_of(error) is not None:
            raise
        reason = (str(error).splitlines() or [""])[0] or type(error).__name__
        raise MigrationFailed(package=package.slug, reason=scrub(reason)[:200]) from error


def _move(
    connection: Connection, place: Place, package: MigratedPackage, way: str, to: str
) -> tuple[Any, Any]:
    _enter(connection, place)
    before = _version(connection, package)
    config = package.config()
    config.attributes["connection"] = connection
    if way == "upgrade":
        command.upgrade(config, to)
    else:
        command.downgrade(config, to)
    return before, _version(connection, package)


def _enter(connection: Connection, place: Place) -> None:
    """Begin the transaction in the district's schema; on SQLite as a writer, so that DDL rolls back."""
    if place.is_sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text(f'SET LOCAL search_path TO "{check_schema(place.schema or "public")}"'))
        connection.execute(LOCK, {"schema": place.schema or "public"})


def _version(connection: Connection, package: MigratedPackage) -> str | None:
    if not inspect(connection).has_table(package.version_table):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {package.version_table}")).scalar()
    return None if found is None else str(found)


async def versions(place: Place, packages: Sequence[MigratedPackage]) -> dict[str, str | None]:
    """Return the revision each package is at in a database; an absent database has none."""
    if place.is_absent():
        return {package.slug: None for package in packages}
    return await _read(place, lambda connection: _versions(connection, packages))


def _versions(connection: Connection, packages: Sequence[MigratedPackage]) -> dict[str, str | None]:
    return {package.slug: _version(connection, package) for package in packages}


async def _read(place: Place, look: Callable[[Connection], R]) -> R:
    engine = _engine(place)

    def read(connection: Connection) -> R:
        if not place.is_sqlite:
            connection.execute(text(f'SET LOCAL search_path TO "{check_schema(place.schema or "public")}"'))
        return look(connection)

    try:
        async with engine.connect() as connection:
            return await connection.run_sync(read)
    finally:
        await engine.dispose()


async def behind(place: Place, packages: Sequence[MigratedPackage]) -> list[str]:
    """Return the slugs of packages that are unfinished in a database or not at the installed revision."""
    if place.is_absent():
        return [package.slug for package in packages]
    found, noted = await _read(
        place, lambda connection: (_versions(connection, packages), unfinished.noted(connection))
    )
    return [one.slug for one in packages if found[one.slug] != one.head() or one.slug in noted]


async def unfinished_in(place: Place) -> set[str]:
    """Return the slugs of packages whose tables have moved and whose work on the data is to be done."""
    return set() if place.is_absent() else await _read(place, unfinished.noted)


async def differences(place: Place, package: MigratedPackage) -> list[Any]:
    """Return how a package's models differ from its tables; empty when the migrations are complete."""
    engine = _engine(place)

    def read(connection: Connection) -> list[Any]:
        if not place.is_sqlite:
            connection.execute(text(f'SET LOCAL search_path TO "{check_schema(place.schema or "public")}"'))
        options: dict[str, Any] = {}
        config = package.config()
        config.attributes["connection"] = connection

        def configure(_revision: Any, context: MigrationContext) -> list[Any]:
            options["found"] = compare_metadata(context, package.metadata)
            return []

        with EnvironmentContext(config, ScriptDirectory.from_config(config), fn=configure):
            ScriptDirectory.from_config(config).run_env()
        found: list[Any] = options["found"]
        return found

    try:
        async with _alone(), engine.connect() as connection:
            return await connection.run_sync(read)
    finally:
        await engine.dispose()


async def make_revision(place: Place, package: MigratedPackage, message: str, number: str) -> Path | None:
    """Write a revision file from the difference between models and tables; None where there is none."""
    engine = _engine(place)

    def write(connection: Connection) -> Any:  # Alembic's Script, or a list of them
        if not place.is_sqlite:
            connection.execute(text(f'SET LOCAL search_path TO "{check_schema(place.schema or "public")}"'))
        config = package.config()
        config.attributes["connection"] = connection
        return command.revision(
            config, message, autogenerate=True, rev_id=number, version_path=str(package.revisions)
        )

    if not await differences(place, package):
        await engine.dispose()
        return None
    try:
        async with _alone(), engine.connect() as connection:
            made = await connection.run_sync(write)
    finally:
        await engine.dispose()
    return Path(made.path)
