"""Test worlds: two districts in one server, built once per database and copied for each test."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Select, insert, make_url, select
from uuid_utils.compat import uuid7

from wangge._host.compose import SchemaCache
from wangge._host.compose.rules import apply_rules
from wangge._host.databases import normal_url
from wangge._host.importing import run_import
from wangge._host.lifecycle import enable, upgrade_district
from wangge._host.plugins import BASE, PluginManager
from wangge._host.runtime import DistrictRuntime, Server
from wangge._host.settings import Settings
from wangge.auth.models import Account, PrincipalKind, RoleGrant
from wangge.districts.models import DistrictKind
from wangge.manifest import FIRST_PARTY

POSTGRES_URL = "WANGGE_TEST_POSTGRES_URL"
DISTRICT, OTHER = "370703", "370784"

GRIDS = {
    DISTRICT: """code,name,level,parent_code
370703001,寒亭街道,street,370703
370703002,开元街道,street,370703
370703001001,蝶园社区居委会,community,370703001
370703001007,商城社区居委会,community,370703001
370703002200,东店村委会,community,370703002
370703001001001,蝶园小区,compound,370703001001
370703001001001001,蝶园小区1号楼,building,370703001001001
370703001001001002,蝶园小区2号楼,building,370703001001001
370703002200001,东店南片,section,370703002200
""",
    OTHER: """code,name,level,parent_code
370784001,兴安街道,street,370784
370784001045,十二户社区居委会,community,370784001
""",
}

ROLES: dict[str, tuple[str, PrincipalKind, str | None]] = {
    "district_admin": ("district_admin", PrincipalKind.STAFF, None),
    "street_secretary": ("street_secretary", PrincipalKind.STAFF, "370703001"),
    "community_secretary": ("community_secretary", PrincipalKind.STAFF, "370703001001"),
    "grid_worker": ("grid_worker", PrincipalKind.STAFF, "370703001001001"),
    "grid_worker_elsewhere": ("grid_worker", PrincipalKind.STAFF, "370703002200"),
    "resident": ("resident", PrincipalKind.RESIDENT, None),
    "vendor_service": ("vendor_service", PrincipalKind.SERVICE, None),
}
"""Client role → (role, kind, code of the grid where it is held)."""


@dataclass
class World:
    """Data of a server: folder, catalog and what tests share to be fast."""

    backend: str
    settings: Settings
    plugins: PluginManager
    schemas: SchemaCache

    def server(self, clock: Callable[[], datetime] | None = None) -> Server:
        """Return a server over this world; the caller starts and stops it."""
        return Server(self.settings, plugins=self.plugins, schemas=self.schemas, clock=clock)


class Worlds:
    """Builds a template per database and copies it; everything is removed at the end.

    Attributes:
        plugins: all that is installed, or what is given, as every world of the session has them.
    """

    def __init__(self, plugins: PluginManager | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="wangge-test-"))
        self.plugins = plugins or PluginManager()
        self._schemas = SchemaCache(16)
        self._templates: dict[str, World] = {}
        self._copies = _Copies()
        self._count = 0
        apply_rules(self.plugins)

    def fresh(self, backend: str) -> World:
        """Return a copy of the template, for one test."""
        template = self._templates.get(backend) or self._build(backend)
        self._count += 1
        folder = self._folder / f"{backend}-{self._count}"
        shutil.copytree(template.settings.data, folder)
        changes: dict[str, Any] = {"data": folder}
        if backend == "postgresql":
            changes["catalog_url"] = _url(self._copies.take(_database(template.settings.catalog_url)))
        return replace(template, settings=template.settings.model_copy(update=changes))

    def drop(self, world: World) -> None:
        """Remove a copy."""
        shutil.rmtree(world.settings.data, ignore_errors=True)
        if world.backend == "postgresql":
            self._copies.drop(_database(world.settings.catalog_url))

    def close(self) -> None:
        """Remove everything."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._copies.close()

    def _build(self, backend: str) -> World:
        folder = self._folder / f"{backend}-template"
        folder.mkdir()
        settings = Settings(data=folder, catalog_poll=0.2)
        if backend == "postgresql":
            name = f"wangge_test_{os.getpid()}_{os.urandom(3).hex()}"
            self._copies.make(name)
            settings = settings.model_copy(update={"catalog_url": _url(name)})
        world = World(backend, settings, self.plugins, self._schemas)
        asyncio.run(_fill(world))
        self._templates[backend] = world
        return world


class _Copies:
    """Makes and drops databases; the next copy is made, and old ones are dropped, while tests run."""

    def __init__(self) -> None:
        self._work = ThreadPoolExecutor(max_workers=1)
        self._names: set[str] = set()
        self._next: dict[str, Future[str]] = {}
        self._count = 0

    def make(self, name: str) -> None:
        """Make an empty database."""
        self._names.add(name)
        _administer(f'CREATE DATABASE "{name}"')

    def take(self, template: str) -> str:
        """Return the name of a fresh copy of a database to which nobody is connected."""
        name = self._next.pop(template, None) or self._copy(template)
        self._next[template] = self._copy(template)
        return name.result()

    def drop(self, name: str) -> None:
        """Drop a database, soon."""
        self._work.submit(self._drop, name)

    def close(self) -> None:
        """Drop all that was made."""
        self._work.shutdown()
        for name in sorted(self._names):
            self._drop(name)

    def _copy(self, template: str) -> "Future[str]":
        self._count += 1
        return self._work.submit(self._make_copy, template, f"{template}_{self._count}")

    def _make_copy(self, template: str, name: str) -> str:
        self._names.add(name)
        _administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def _drop(self, name: str) -> None:
        _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._names.discard(name)


async def _fill(world: World) -> None:
    """Make the two districts: one with every first-party plugin, one with the base alone."""
    server = world.server()
    await server.start(watch=False)
    try:
        for code, name in ((DISTRICT, "寒亭区"), (OTHER, "安丘市")):
            await server.catalog.add_district(code, name, DistrictKind.COUNTY)
            await server.reload()
            await upgrade_district(server.district(code))
            await _import_grids(server.district(code), world.settings.data)
        for slug in world.plugins.loaded:
            if slug in FIRST_PARTY and slug != BASE:
                await enable(server.district(DISTRICT), slug)
        for code in (DISTRICT, OTHER):
            await _add_accounts(server.district(code))
    finally:
        await server.stop()


async def _import_grids(district: DistrictRuntime, folder: Path) -> None:
    path = folder / f"{district.record.code}.csv"
    path.write_text(GRIDS[district.record.code], encoding="utf-8")
    importer = next(one for plugin in district.plugins for one in plugin.importers if one.key == "grids")
    result = await run_import(importer, path, open_context=district.work)
    path.unlink()
    if result.report.refused:
        raise AssertionError(f"The test grids were refused: {result.report.refused}")


async def _add_accounts(district: DistrictRuntime) -> None:
    async with district.work() as ctx:
        connection = await ctx.db.session.connection()
        grids = dict((await connection.execute(_codes(district))).all())
        for client, (role, kind, code) in ROLES.items():
            if code is not None and code not in grids:
                continue
            account = {"id": uuid7(), "subject": f"{district.record.code}/{client}", "kind": kind}
            await ctx.db.session.execute(insert(Account), account)
            grant = {"account_id": account["id"], "role": role, "since": datetime(2026, 1, 1, tzinfo=UTC)}
            await ctx.db.session.execute(insert(RoleGrant), {**grant, "place_id": grids.get(code)})


def _codes(district: DistrictRuntime) -> Select[Any]:
    """Return a statement over the base's grids, which the kit knows by their table alone."""
    base = district.server.plugins.loaded[BASE]
    grid: Any = next(model for model in base.models if model.__tablename__ == "base_grids")
    return select(grid.code, grid.id)


def _url(name: str) -> str:
    return (
        make_url(normal_url(os.environ[POSTGRES_URL]))
        .set(database=name)
        .render_as_string(hide_password=False)
    )


def _database(url: str | None) -> str:
    return str(make_url(str(url)).database)


def _administer(statement: str) -> None:
    url = make_url(normal_url(os.environ[POSTGRES_URL])).set(drivername="postgresql")

    async def run() -> None:
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(run())
