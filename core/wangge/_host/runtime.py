"""A running server: its districts, each with connections, plugin set, schema and principals."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from time import monotonic
from typing import Any, TypeVar, cast
from uuid import UUID

import structlog
from pydantic import BaseModel
from sqlalchemy import or_, select

from wangge._host.authn import Authenticator, Identity
from wangge._host.catalog import Catalog, DistrictRecord
from wangge._host.compose import ComposedSchema, SchemaCache
from wangge._host.compose.rules import apply_rules
from wangge._host.databases import Engines
from wangge._host.messages import Messages
from wangge._host.migrator import behind, packages_of
from wangge._host.notices import CatalogNotices
from wangge._host.plugins import BASE, LoadedPlugin, PluginManager
from wangge._host.settings import Settings
from wangge.auth.access import Access
from wangge.auth.models import Account, RoleGrant
from wangge.auth.principal import SYSTEM, HeldRole, Principal
from wangge.auth.scope import NOTHING, Scope, ScopeProvider
from wangge.context import DistrictInfo, RequestContext
from wangge.db.base import Model
from wangge.db.sealing import KeyRing
from wangge.db.session import Database
from wangge.districts.models import PluginState
from wangge.errors import DistrictUnknown, DistrictUpgrading, PluginFailed, Unauthenticated, WanggeError
from wangge.graphql.platform import PluginReport
from wangge.hookspecs import Indicator
from wangge.manifest import package_folder

S = TypeVar("S", bound=BaseModel)
PRINCIPAL_LIFETIME = 2.0
"""Seconds for which a principal's roles are remembered; a revoked role is gone within five everywhere."""

log = structlog.get_logger("wangge")


class DistrictRuntime:
    """One district in this process."""

    def __init__(self, server: "Server", record: DistrictRecord) -> None:
        self.server = server
        self.record = record
        self.info = DistrictInfo(record.code, record.name, record.kind)
        self.engines = Engines(record.place, pool=server.settings.database_pool)
        self._ready_for: tuple[str, ...] | None = None
        self._principals: dict[str, tuple[float, Principal]] = {}

    @property
    def plugins(self) -> list[LoadedPlugin]:
        """The base and the plugins that are on here and loaded."""
        return self.server.plugins.select(self.record.enabled)

    def follow(self, record: DistrictRecord) -> None:
        """Take over what the catalog says now."""
        self.record = record
        self._principals.clear()
        self._ready_for = None

    async def check_ready(self) -> None:
        """Insist that the database is at the installed packages' revisions.

        Raises:
            DistrictUpgrading: when it is behind.
        """
        wanted = tuple(plugin.slug for plugin in self.plugins)
        if self._ready_for == wanted:
            return
        if await behind(self.record.place, packages_of(self.plugins)):
            raise DistrictUpgrading(district=self.record.code)
        self._ready_for = wanted

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
        if identity.district is not None and identity.district != self.record.code:
            raise Unauthenticated()
        known = self._principals.get(identity.subject)
        if known is not None and known[0] > monotonic():
            return known[1]
        async with self.engines.open(write=False) as db:
            found = await self._load_principal(db, identity.subject)
        self._principals[identity.subject] = (monotonic() + PRINCIPAL_LIFETIME, found)
        return found

    def forget_principals(self) -> None:
        """Forget who holds what, because it changed."""
        self._principals.clear()

    def _provider(self) -> ScopeProvider | None:
        for plugin in self.plugins:
            if "scope/1" in plugin.capabilities:
                return cast("ScopeProvider", plugin.capabilities["scope/1"])
        return None

    def _provider_nothing(self) -> Scope:
        provider = self._provider()
        return provider.nothing() if provider is not None else NOTHING

    async def _load_principal(self, db: Database, subject: str) -> Principal:
        account: Account | None = await db.scalar(
            select(Account).where(Account.subject == subject, Account.disabled.is_(False))
        )
        if account is None:
            raise Unauthenticated()
        now = datetime.now(UTC)
        grants: list[RoleGrant] = await db.scalars(
            select(RoleGrant).where(
                RoleGrant.account_id == account.id,
                RoleGrant.since <= now,
                or_(RoleGrant.until.is_(None), RoleGrant.until > now),
            )
        )
        provider = self._provider()
        scope = await provider.scope_for(db, account, grants) if provider is not None else NOTHING
        slugs = [plugin.slug for plugin in self.plugins]
        permissions = [
            self.server.plugins.default_permissions(role, slugs) for role in {one.role for one in grants}
        ]
        return Principal(
            account_id=account.id,
            subject=account.subject,
            kind=account.kind,
            person_id=account.person_id,
            roles=tuple(HeldRole(one.role, one.place_id, one.since, one.until) for one in grants),
            permissions=frozenset().union(*permissions),
            scope=scope,
        )

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
        async with self.engines.session(write=write) as session:
            database = Database(session, principal.scope, writing=write)
            try:
                yield RequestContext(
                    district=self.info,
                    principal=principal,
                    database=database,
                    platform=DistrictPlatform(self, schema, locale),
                    keys=self.server.keys,
                    locale=locale,
                    request_id=request_id,
                    clock=clock or self.server.clock,
                    page_default=self.server.settings.page_default,
                    page_max=self.server.settings.page_max,
                )
            finally:
                await database.finish()

    @asynccontextmanager
    async def work(self, principal: Principal = SYSTEM, request_id: str | None = None) -> Any:
        """Open a write context that commits at the end, for the command line and for hooks."""
        async with self.context(principal, write=True, request_id=request_id) as ctx:
            yield ctx
            await ctx.commit()


class DistrictPlatform:
    """What the server lends the requests of one district."""

    def __init__(self, district: DistrictRuntime, schema: ComposedSchema, locale: str) -> None:
        self._district = district
        self._schema = schema
        self._locale = locale

    def translate(self, error: WanggeError, locale: str) -> str:
        """Return an error's message in a locale."""
        return self._district.server.messages.translate(error, locale)

    def text(self, message: str, locale: str) -> str:
        """Return a plain message in a locale."""
        return self._district.server.messages.text(message, locale)

    def settings(self, model: type[S]) -> S:
        """Return the district's values of a settings model, or of a part of a plugin's model."""
        for plugin in self._district.plugins:
            if plugin.settings_model is not None and issubclass(plugin.settings_model, model):
                return plugin.settings_model.model_validate(
                    self._district.record.settings.get(plugin.slug, {})
                )
        return model()

    def capability(self, name: str) -> object | None:
        """Return the provider of a capability among the district's enabled plugins."""
        for plugin in self._district.plugins:
            if name in plugin.capabilities:
                return plugin.capabilities[name]
        return None

    async def figures(
        self, ctx: RequestContext, grid_id: UUID | None, from_: date | None, to: date | None
    ) -> list[tuple[str, Indicator, Decimal | None]]:
        """Return the figures of the enabled plugins; one that fails is logged, told and left out."""
        found: list[tuple[str, Indicator, Decimal | None]] = []
        for plugin in self._district.plugins:
            for one in plugin.indicators:
                try:
                    found.append((plugin.slug, one, await one.compute(ctx, grid_id, from_, to)))
                except Exception:  # a plugin that fails costs its own figure alone
                    log.exception("an indicator failed", indicator=one.key, request_id=ctx.request_id)
                    ctx.failures.append(PluginFailed(plugin=plugin.slug, what=one.key))
                    await ctx.db.session.rollback()
        return found

    def plugins(self) -> Sequence[PluginReport]:
        """Return the installed plugins, besides the base, with their state in the district."""
        server, states = self._district.server, self._district.record.states
        found = []
        for slug, plugin in server.plugins.loaded.items():
            if slug == BASE:
                continue
            state = states.get(slug)
            found.append(
                PluginReport(
                    slug=slug,
                    title=plugin.manifest.title.en if self._locale == "en" else plugin.manifest.title.zh,
                    version=plugin.manifest.version,
                    state=state.state if state else PluginState.INSTALLED,
                    enabled_at=state.enabled_at if state else None,
                    healthy=True,
                    problems=(),
                )
            )
        for slug, aside in server.plugins.quarantined.items():
            found.append(
                PluginReport(slug, slug, aside.version, PluginState.QUARANTINED, None, False, (aside.reason,))
            )
        return sorted(found, key=lambda one: one.slug)

    def node_model(self, type_name: str) -> tuple[type[Model], Access] | None:
        """Return table and access of a node type of the district's schema."""
        return self._schema.nodes.get(type_name)

    def open(self, *, write: bool) -> AbstractAsyncContextManager[Database]:
        """Open a session without a scope."""
        return self._district.engines.open(write=write)

    async def enable_plugin(self, ctx: RequestContext, slug: str) -> None:
        """Enable a plugin in the district."""
        from wangge._host.lifecycle import enable

        await enable(self._district, slug, principal=ctx.principal, request_id=ctx.request_id)

    async def suspend_plugin(self, ctx: RequestContext, slug: str) -> None:
        """Suspend a plugin in the district."""
        from wangge._host.lifecycle import suspend

        await suspend(self._district, slug, principal=ctx.principal, request_id=ctx.request_id)

    async def access_changed(self, account_id: UUID) -> None:
        """Forget the principals of this district, here and in the other server processes."""
        self._district.forget_principals()


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
        self.plugins = plugins or load_plugins()
        self.schemas = schemas or SchemaCache(settings.schema_cache)
        self.catalog = Catalog(settings)
        self.authenticator = Authenticator(settings)
        self.keys = open_keys(settings)
        self.messages = Messages(message_folders(self.plugins))
        self.clock = clock
        self._districts: dict[str, DistrictRuntime] = {}
        self._version = -1
        self._watcher: asyncio.Task[None] | None = None

    async def start(self, *, watch: bool = True) -> None:
        """Read the catalog and begin to watch it for changes."""
        await self.catalog.prepare()
        await self.reload()
        if watch:
            self._watcher = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Stop watching and close all connections."""
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
        for district in self._districts.values():
            await district.engines.dispose()
        self._districts.clear()
        await self.catalog.close()

    async def reload(self) -> None:
        """Take over what the catalog says now."""
        self._version = await self.catalog.version()
        records = {record.code: record for record in await self.catalog.districts()}
        for code in set(self._districts) - set(records):
            await self._districts.pop(code).engines.dispose()
        for code, record in records.items():
            known = self._districts.get(code)
            if known is None or known.record.place != record.place:
                self._districts[code] = DistrictRuntime(self, record)
                if known is not None:
                    await known.engines.dispose()
            else:
                known.follow(record)

    async def _watch(self) -> None:
        """Reload whenever another process has changed the catalog."""
        async with CatalogNotices(self.catalog.place, self.settings.catalog_poll) as notices:
            while True:
                await notices.wait()
                try:
                    if await self.catalog.version() != self._version:
                        await self.reload()
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


def load_plugins() -> PluginManager:
    """Find the installed plugins and apply the rules of composition to them."""
    manager = PluginManager()
    apply_rules(manager)
    return manager


def open_keys(settings: Settings) -> KeyRing:
    """Return the key ring for personal values."""
    if settings.encryption_keys is not None:
        return KeyRing.from_json(settings.encryption_keys.get_secret_value())
    return KeyRing.open_or_create(settings.data / "keys.json")


def message_folders(manager: PluginManager) -> list[Any]:
    """Return the folders whose `locales` hold messages: core and every loaded plugin."""
    import wangge

    core = package_folder(wangge.__name__)
    return [core, *(package_folder(plugin.package) for plugin in manager.loaded.values())]
