"""A running server: its districts, each with connections, plugin set, schema and principals."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any, TypeVar, cast
from uuid import UUID

import structlog
from pydantic import BaseModel

from wangge._host.authn import Authenticator, Identity
from wangge._host.capabilities import provider_of
from wangge._host.catalog import Catalog, DistrictRecord
from wangge._host.compose import ComposedSchema, SchemaCache
from wangge._host.compose.rules import apply_rules
from wangge._host.databases import Engines, coded
from wangge._host.events import Feed
from wangge._host.events.notices import EventNotices
from wangge._host.fences import Fences, Watch
from wangge._host.key_checks import check_keys, open_keys
from wangge._host.memory import Memory
from wangge._host.messages import Messages
from wangge._host.metrics import Metrics
from wangge._host.migrator import behind, packages_of
from wangge._host.notices import CatalogNotices
from wangge._host.platform import DistrictPlatform
from wangge._host.plugins import LOAD_SECONDS, LoadedPlugin, PluginManager
from wangge._host.principals import account_and_grants, principal_of
from wangge._host.settings import Settings
from wangge._host.tracing import tracing_to
from wangge.auth.models import Account, RoleGrant
from wangge.auth.principal import SYSTEM, Principal
from wangge.auth.scope import NOTHING, Scope, ScopeProvider
from wangge.context import DistrictInfo, RequestContext
from wangge.db.session import Database
from wangge.errors import (
    DistrictMoving,
    DistrictUnavailable,
    DistrictUnknown,
    DistrictUpgrading,
    Unauthenticated,
)
from wangge.manifest import package_folder

S = TypeVar("S", bound=BaseModel)
LOOKUPS = 2
"""Followers of a district who are looked up at a time; requests need its connections, too."""
log = structlog.get_logger("wangge")

MOVING_PATIENCE = 5.0
"""Seconds for which a write waits for the end of a move; half of what a request may take."""


class DistrictRuntime:
    """One district in this process."""

    def __init__(self, server: "Server", record: DistrictRecord) -> None:
        self.server = server
        self.record = record
        self.info = DistrictInfo(record.code, record.name, record.kind)
        self.engines = Engines(record.place, pool=server.settings.database_pool, fence=server.fence)
        self._trace_statements()
        self._ready = False
        self._plugins: list[LoadedPlugin] | None = None
        self._principals = Memory()
        self._lookups = asyncio.Semaphore(LOOKUPS)
        self.memory = Memory()
        self.feed = Feed(self)
        self.fences = Fences(self)

    def _trace_statements(self) -> None:
        place = self.record.place
        system = "sqlite" if place.is_sqlite else "postgresql"
        for engine in {self.engines.reader, self.engines.writer}:
            self.server.tracing.follow(engine.sync_engine, system, self.record.code)

    @property
    def plugins(self) -> list[LoadedPlugin]:
        """The base and the plugins that are on here and loaded."""
        if self._plugins is None:
            self._plugins = self.server.plugins.select(self.record.enabled)
        return self._plugins

    def follow(self, record: DistrictRecord) -> None:
        """Take over what the catalog says now."""
        self.record = record
        self.fences.follow(record)
        self._principals.forget()
        self.memory.forget()
        self._ready = False
        self._plugins = None

    async def check_ready(self) -> None:
        """Insist that the database is at the installed packages' revisions.

        Raises:
            DistrictUpgrading: when it is behind.
            DatabaseUnavailable: when it does not answer.
        """
        if self._ready:
            return
        record, packages = self.record, packages_of(self.plugins)

        async def look() -> list[str]:
            with coded():
                return await behind(record.place, packages)

        if await self.memory.get("platform.behind", look):  # once for all who ask at this moment
            raise DistrictUpgrading(district=record.code)
        self._ready = record is self.record

    async def schema(self) -> ComposedSchema:
        """Return the district's schema, composed on first use."""
        return await self.server.schemas.get(self.plugins)

    async def principal(self, identity: Identity | None) -> Principal:
        """Return who asks.

        Raises:
            Unauthenticated: when the token is for another district or names no account here.
        """
        if identity is None:
            return Principal(scope=self._provider_nothing())
        self._check_district(identity)
        return await self._principals.get(identity.subject, partial(self._look_up, identity.subject))

    async def follower(self, identity: Identity) -> Principal:
        """Return who follows: of hundreds who are told of an event, a few are looked up at a time.

        Raises:
            Unauthenticated: as `principal` does.
        """
        self._check_district(identity)
        subject = identity.subject
        known: Principal | None = self._principals.fresh(subject)
        if known is not None:
            return known
        async with self._lookups:
            known = self._principals.fresh(subject)
            if known is None:
                changes = self._principals.changes
                known = await self._look_up(subject)
                self._principals.keep(subject, known, changes)
        return known

    def _check_district(self, identity: Identity) -> None:
        if identity.district is not None and identity.district != self.record.code:
            raise Unauthenticated()

    async def _look_up(self, subject: str) -> Principal:
        async with self.engines.open(write=False) as db:
            return await self.principal_with(db, *await account_and_grants(db, subject))

    async def close(self) -> None:
        """End what follows the district, and close all connections."""
        await self.feed.close()
        await self.fences.close()
        await self._principals.close()
        await self.memory.close()
        await self.engines.dispose()

    def forget_principals(self) -> None:
        """Forget who holds what, because it changed."""
        self._principals.forget()

    def scope_provider(self) -> ScopeProvider | None:
        """Return what says which part of the district someone may see."""
        plugin = provider_of(self, "scope/1")
        return cast("ScopeProvider", plugin.capabilities["scope/1"]) if plugin is not None else None

    def _provider_nothing(self) -> Scope:
        provider = self.scope_provider()
        return provider.nothing() if provider is not None else NOTHING

    async def lineages(self, db: Database, place_ids: Collection[UUID]) -> Mapping[UUID, Sequence[int]]:
        """Return the numbers of places, each after those of the places above it."""
        provider = self.scope_provider()
        return await provider.lineages(db, place_ids) if provider is not None and place_ids else {}

    async def principal_with(self, db: Database, account: Account, grants: list[RoleGrant]) -> Principal:
        """Return who an account is that holds these grants."""
        provider = self.scope_provider()
        scope = await provider.scope_for(db, account, grants) if provider is not None else NOTHING
        slugs = [plugin.slug for plugin in self.plugins]
        permissions = [
            self.server.plugins.default_permissions(role, slugs) for role in {one.role for one in grants}
        ]
        return principal_of(account, grants, frozenset().union(*permissions), scope)

    @asynccontextmanager
    async def context(
        self,
        principal: Principal,
        *,
        locale: str = "zh_Hans",
        request_id: str | None = None,
        write: bool = False,
        clock: Callable[[], datetime] | None = None,
    ) -> Any:  # an async context manager of RequestContext
        """Open the context of a request; with `write`, one whose database takes changes until `commit`."""
        schema = await self.schema()
        database = Database(lambda: self.engines.session(write=write), principal.scope, writing=write)
        try:
            yield RequestContext(
                district=self.info,
                principal=principal,
                database=database,
                platform=DistrictPlatform(self, schema, locale, request_id),
                keys=self.server.keys,
                locale=locale,
                request_id=request_id,
                clock=clock or self.server.clock,
                page_default=self.server.settings.page_default,
                page_max=self.server.settings.page_max,
            )
        except asyncio.CancelledError:
            database.break_off()
            raise
        finally:
            await database.close()

    @asynccontextmanager
    async def work(self, principal: Principal = SYSTEM, request_id: str | None = None) -> Any:
        """Open a write context that commits at the end, for the command line and for hooks."""
        async with self.context(principal, write=True, request_id=request_id) as ctx:
            yield ctx
            await ctx.commit()


class Server:
    """All that a server process holds: plugins, catalog, districts, schemas, keys."""

    def __init__(
        self,
        settings: Settings,
        *,
        plugins: PluginManager | None = None,
        schemas: SchemaCache | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.settings = settings
        self.plugins = plugins or load_plugins(settings.plugin_load_timeout)
        self.schemas = schemas or SchemaCache(settings.schema_cache)
        self.catalog = Catalog(settings)
        self.authenticator = Authenticator(settings)
        self.keys = open_keys(settings)
        self.messages = Messages(message_folders(self.plugins))
        self.clock = clock
        self.metrics = Metrics()
        self.tracing = tracing_to(settings.traces_endpoint)
        self.notices = EventNotices()
        self.watch = Watch(settings.plugin_stall)
        self.fence: float | None = None
        """Seconds after which PostgreSQL ends a statement; none where commands work on whole districts."""
        self._districts: dict[str, DistrictRuntime] = {}
        self._version = -1
        self._watcher: asyncio.Task[None] | None = None
        self._followed = asyncio.Event()
        """Set, and replaced, each time the catalog's changes have been taken over."""
        self._retired: dict[DistrictRuntime, asyncio.Task[None]] = {}
        """Districts at places that they have left, and what will close them."""

    async def start(self, *, watch: bool = True, check: bool = True) -> None:
        """Read the catalog and begin to watch it for changes; refuse a key ring that is not the catalog's."""
        await self.catalog.prepare()
        if check:
            await check_keys(self.catalog, self.keys)
        await self.reload()
        if watch:
            self._watcher = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop watching and close all connections."""
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
        await self.notices.close()
        for left, closing in self._retired.items():
            closing.cancel()
            await left.close()
        self._retired.clear()
        for district in self._districts.values():
            await district.close()
        self._districts.clear()
        await self.catalog.close()
        await asyncio.to_thread(self.tracing.close)

    async def reload(self) -> None:
        """Take over what the catalog says now."""
        self.keys.refresh()
        version = await self.catalog.version()  # first: a change that comes between is seen the next time
        records = {record.code: record for record in await self.catalog.districts()}
        gone = [self._districts.pop(code) for code in set(self._districts) - set(records)]
        for code, record in records.items():
            known = self._districts.get(code)
            if known is None or known.record.place != record.place:
                self._districts[code] = DistrictRuntime(self, record)
                if known is not None:
                    self._retire(known)
            else:
                known.follow(record)
        self._version = version  # only now: what could not be read is tried again
        for one in gone:
            await one.close()
        self._followed.set()
        self._followed = asyncio.Event()

    def followed(self) -> Awaitable[object]:
        """Return what is awaited to know that a change of the catalog, from this moment on, is taken over."""
        return self._followed.wait()

    def _retire(self, district: DistrictRuntime) -> None:
        """Close the connections to a place that a district has left, once the requests of before are over."""

        async def close() -> None:
            await district.feed.close()  # what follows the district follows it at its new place
            await asyncio.sleep(self.settings.request_timeout + 1)
            del self._retired[district]
            await district.close()

        self._retired[district] = asyncio.create_task(close())

    async def writable(self, district: DistrictRuntime) -> DistrictRuntime:
        """Return a district where it takes writes, which is elsewhere after a move; wait for its end.

        Raises:
            DistrictMoving: when that takes too long.
        """
        try:
            async with asyncio.timeout(MOVING_PATIENCE):
                while (now := self.district(district.record.code)).record.is_moving:
                    with contextlib.suppress(TimeoutError):  # the mover may have died: look again
                        await asyncio.wait_for(self._followed.wait(), 1.0)
        except TimeoutError:
            raise DistrictMoving() from None
        return now

    async def _watch(self) -> None:
        """Reload whenever another process has changed the catalog."""
        async with CatalogNotices(self.catalog.place, self.settings.catalog_poll) as notices:
            while True:
                try:
                    await notices.wait()
                    async with asyncio.timeout(self.settings.request_timeout):
                        if await self.catalog.version() != self._version:
                            await self.reload()
                except (DistrictUnavailable, TimeoutError) as away:
                    log.warning("the catalog does not answer", reason=type(away).__name__)
                except (
                    Exception
                ):  # the catalog may be away for a while; the server goes on with what it knows
                    log.exception("the catalog cannot be read")

    @property
    def codes(self) -> list[str]:
        """Codes of the districts of this server."""
        return sorted(self._districts)

    def district(self, code: str) -> DistrictRuntime:
        """Return a district.

        Raises:
            DistrictUnknown: when there is none with this code.
        """
        found = self._districts.get(code)
        if found is None:
            raise DistrictUnknown(district=code[:12])
        return found

    def only_district(self) -> DistrictRuntime:
        """Return the district of a server that has just one.

        Raises:
            DistrictUnknown: when there are none or several.
        """
        if len(self._districts) != 1:
            raise DistrictUnknown(district="in this path")
        return next(iter(self._districts.values()))


def load_plugins(seconds: float = LOAD_SECONDS) -> PluginManager:
    """Find the installed plugins and apply the rules of composition to them."""
    manager = PluginManager(seconds=seconds)
    apply_rules(manager)
    return manager


def message_folders(manager: PluginManager) -> list[Any]:
    """Return the folders whose `locales` hold messages: core and every loaded plugin."""
    import wangge

    core = package_folder(wangge.__name__)
    return [core, *(package_folder(plugin.package) for plugin in manager.loaded.values())]
