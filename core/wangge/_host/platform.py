"""What the server lends the requests of one district: settings, messages, plugins, a short memory."""

from asyncio import shield
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Hashable, Mapping, Sequence, Set
from contextlib import AbstractAsyncContextManager
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

import orjson
import structlog
from pydantic import BaseModel
from strawberry.dataloader import DataLoader

from wangge._host.capabilities import provider_of, unwell
from wangge._host.compose import ComposedSchema
from wangge._host.fences import Caller, provided, run_hook
from wangge._host.fences.health import paused_parts, reset_plugin
from wangge._host.plugin_settings.layers import Effective
from wangge._host.plugin_settings.reading import (
    settings_at_places,
    settings_in_district,
    settings_problems,
)
from wangge._host.plugins import BASE, LoadedPlugin
from wangge.auth.access import Access
from wangge.context import RequestContext
from wangge.db.base import Model
from wangge.db.session import Database
from wangge.districts.models import PluginState
from wangge.errors import (
    BadId,
    DistrictUnavailable,
    NotFound,
    OutOfScope,
    PluginFailed,
    PluginPaused,
    WanggeError,
)
from wangge.events.outbox import Event
from wangge.graphql.ids import split_id
from wangge.graphql.platform import PluginReport
from wangge.graphql.previews import PluginPreview
from wangge.hookspecs import Indicator

if TYPE_CHECKING:
    from wangge._host.runtime import DistrictRuntime

S = TypeVar("S", bound=BaseModel)
V = TypeVar("V")

log = structlog.get_logger("wangge")
KEPT_STATES = (PluginState.ENABLED, PluginState.SUSPENDED)
"""States in which a district holds data of a plugin, its package installed or not."""

NOT_INSTALLED = "Its package is not installed: install it again, or suspend and purge the programme."


class DistrictPlatform:
    """What the server lends the requests of one district."""

    def __init__(
        self, district: "DistrictRuntime", schema: ComposedSchema, locale: str, request_id: str | None = None
    ) -> None:
        self.caller = Caller(district.fences, request_id)
        """Who calls the resolvers of programmes."""
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
        plugin = self._plugin_of(model)
        return cast("S", settings_in_district(self._district, plugin).values) if plugin else model()

    async def settings_at(self, ctx: RequestContext, model: type[S], place_id: UUID | None) -> S:
        """Return the values of a settings model, or of a part of a plugin's model, at a place."""
        plugin = self._plugin_of(model)
        if plugin is None or place_id is None:
            return self.settings(model)
        return cast("S", (await self.effective_settings(ctx, plugin.slug, place_id)).values)

    async def effective_settings(
        self, ctx: RequestContext, slug: str, place_id: UUID | None
    ) -> Effective[BaseModel]:
        """Return a plugin's values at a place, or the district's, and where each comes from."""
        plugin = self._district.server.plugins.loaded[slug]
        if place_id is None:
            return settings_in_district(self._district, plugin)
        load = partial(settings_at_places, self._district, ctx, plugin)
        loader: DataLoader[UUID, Effective[BaseModel]] = ctx.loaders.custom(
            ("platform.settings", slug), lambda: DataLoader(load_fn=load, cache=False)
        )
        return await shield(loader.load(place_id))  # others wait for the same: no one of them ends it

    async def known_place(self, ctx: RequestContext, id: str | None) -> UUID | None:
        """Return the key of a place that an input's `grid` names; None for None.

        Raises:
            BadId: when it is no id, or one of another type.
            NotFound: when there is no such place.
        """
        provider = self._district.scope_provider()
        if id is None or provider is None:
            return None
        kind, place_id = split_id(id)
        if kind != provider.place_type:
            raise BadId(expected=provider.place_type, path=("grid",))

        async def load(db: Database) -> bool:
            return bool(await self._district.lineages(db, [place_id]))

        if not await ctx.recall(("platform.place", place_id), load):
            raise NotFound(provider.place_type, path=("grid",))
        return place_id

    async def change_settings(
        self,
        ctx: RequestContext,
        slug: str,
        values: Mapping[str, Any],  # whatever the plugin's model takes
        reset: Set[str],
        place_id: UUID | None,
    ) -> None:
        """Change a plugin's settings in the district, or at a place."""
        from wangge._host.plugin_settings.changing import Change, change_settings

        plugin, change = self._district.server.plugins.loaded[slug], Change(values, reset)
        await change_settings(self._district, ctx, plugin, change, place_id=place_id)

    async def settings_problems(self, ctx: RequestContext, slug: str) -> list[str]:
        """Return which stored settings of an enabled plugin do not apply, and why."""
        plugin = next((one for one in self._district.plugins if one.slug == slug), None)
        if plugin is None:
            return []

        async def load(db: Database) -> list[str]:
            return await settings_problems(self._district, db, plugin)

        return await ctx.recall(("platform.settings_problems", slug), load)

    def settings_schema(self, slug: str) -> str | None:
        """Return the JSON Schema of a plugin's settings as JSON, or None where it has none."""
        plugin = self._district.server.plugins.loaded.get(slug)
        model = plugin.settings_model if plugin is not None else None
        return None if model is None else orjson.dumps(model.model_json_schema()).decode()

    def _plugin_of(self, model: type[BaseModel]) -> LoadedPlugin | None:
        """Return the enabled plugin whose settings the model is, or is a part of."""
        for plugin in self._district.plugins:
            if plugin.settings_model is not None and issubclass(plugin.settings_model, model):
                return plugin
        return None

    def plugin_of(self, model: type[Model]) -> str:
        """Return the slug of the district's plugin whose table it is."""
        return next(plugin.slug for plugin in self._district.plugins if model in plugin.models)

    def capability(self, name: str) -> object | None:
        """Return the provider of a capability among the district's enabled plugins."""
        plugin = provider_of(self._district, name)
        if plugin is None:
            return None
        return provided(plugin.slug, name, plugin.capabilities[name], self.caller)

    async def figures(
        self, ctx: RequestContext, grid_id: UUID | None, from_: date | None, to: date | None
    ) -> list[tuple[str, Indicator, Decimal | None]]:
        """Return the figures of the enabled plugins; one that fails is logged, told and left out."""
        found: list[tuple[str, Indicator, Decimal | None]] = []
        for plugin in self._district.plugins:
            for one in plugin.indicators:
                compute = partial(one.compute, ctx, grid_id, from_, to)
                options: dict[str, Any] = {"who": self.caller, "seconds": self._district.fences.seconds}
                try:
                    value = await run_hook(self._district, plugin.slug, one.key, compute, **options)
                    found.append((plugin.slug, one, value))
                except DistrictUnavailable:
                    raise
                except (PluginFailed, PluginPaused) as failed:
                    ctx.failures.append(failed)
                    await ctx.db.session.rollback()
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
            paused = paused_parts(self._district, slug, self._locale)
            wrong = tuple(unwell(self._district, plugin)) if plugin in self._district.plugins else ()
            found.append(
                PluginReport(
                    slug=slug,
                    title=plugin.manifest.title.en if self._locale == "en" else plugin.manifest.title.zh,
                    version=plugin.manifest.version,
                    state=state.state if state else PluginState.INSTALLED,
                    enabled_at=state.enabled_at if state else None,
                    healthy=not wrong and not paused,
                    problems=(*paused, *wrong, *plugin.warnings),
                )
            )
        for slug, aside in server.plugins.quarantined.items():
            found.append(
                PluginReport(slug, slug, aside.version, PluginState.QUARANTINED, None, False, (aside.reason,))
            )
        known = {one.slug for one in found}
        for slug, state in states.items():
            if slug not in known and state.state in KEPT_STATES:
                title = (state.title or {}).get("en" if self._locale == "en" else "zh", slug)
                found.append(
                    PluginReport(
                        slug, title, state.version, state.state, state.enabled_at, False, (NOT_INSTALLED,)
                    )
                )
        return sorted(found, key=lambda one: one.slug)

    def node_model(self, type_name: str) -> tuple[type[Model], Access] | None:
        """Return table and access of a node type of the district's schema."""
        return self._schema.nodes.get(type_name)

    async def recall(self, key: Hashable, load: Callable[[Database], Awaitable[V]]) -> V:
        """Return what is known under a key, or load it."""

        async def run() -> V:
            async with self._district.engines.open(write=False) as db:
                return await load(db)

        return await self._district.memory.get(key, run)

    def changed(self) -> None:
        """Forget what is remembered, because the district's data changed."""
        self._district.memory.forget()

    def told(self) -> None:
        """Let those who follow the district's events know that new ones are committed."""
        self._district.server.notices.told(self._district)

    async def follow(
        self,
        ctx: RequestContext,
        *,
        types: Collection[str] | None,
        place_id: UUID | None,
        after: str | None,
    ) -> AsyncIterator[Event]:
        """Return the district's events from now on, or after a cursor."""
        return await self._district.feed.follow(ctx.asks_now, types=types, place_id=place_id, after=after)

    def open(self, *, write: bool) -> AbstractAsyncContextManager[Database]:
        """Open a session without a scope."""
        return self._district.engines.open(write=write)

    async def preview_plugin(self, slug: str) -> PluginPreview:
        """Return what enabling a plugin would change."""
        from wangge._host.lifecycle import preview

        return await preview(self._district, slug, self._locale)

    async def enable_plugin(self, ctx: RequestContext, slug: str, fingerprint: str | None) -> None:
        """Enable a plugin in the district."""
        from wangge._host.lifecycle import enable

        _check_whole_district(ctx)
        await enable(
            self._district,
            slug,
            fingerprint=fingerprint,
            principal=ctx.principal,
            request_id=ctx.request_id,
        )

    async def resume_plugin(self, ctx: RequestContext, slug: str) -> None:
        """Switch a suspended plugin on again."""
        from wangge._host.lifecycle import resume

        _check_whole_district(ctx)
        await resume(self._district, slug, principal=ctx.principal, request_id=ctx.request_id)

    async def reset_plugin(self, ctx: RequestContext, slug: str) -> None:
        """Let a plugin that is paused go on in the district."""
        _check_whole_district(ctx)
        await reset_plugin(self._district, slug, principal=ctx.principal, request_id=ctx.request_id)

    async def suspend_plugin(self, ctx: RequestContext, slug: str) -> None:
        """Suspend a plugin in the district."""
        from wangge._host.lifecycle import suspend

        _check_whole_district(ctx)
        await suspend(self._district, slug, principal=ctx.principal, request_id=ctx.request_id)

    async def export_plugin(self, ctx: RequestContext, slug: str, purpose: str) -> tuple[str, dict[str, int]]:
        """Return a small plugin's rows as JSON, sealed values sealed."""
        from wangge._host.lifecycle.exporting import export_as_text, plan_export

        _check_whole_district(ctx)
        export = plan_export(
            self._district, slug, purpose=purpose, principal=ctx.principal, request_id=ctx.request_id
        )
        return await export_as_text(export)

    async def purge_plugin(self, ctx: RequestContext, slug: str, confirmation: str) -> dict[str, int]:
        """Delete all that a suspended plugin has in the district."""
        from wangge._host.lifecycle import purge

        _check_whole_district(ctx)
        return await purge(
            self._district,
            slug,
            confirmation=confirmation,
            principal=ctx.principal,
            request_id=ctx.request_id,
        )

    async def access_changed(self, account_id: UUID) -> None:
        """Forget the principals of this district, here and in the other server processes."""
        self._district.forget_principals()


def _check_whole_district(ctx: RequestContext) -> None:
    """Insist that the caller answers for the whole district: what is done to a programme is done for all.

    Raises:
        OutOfScope: when it is a part of the district only.
    """
    if not ctx.principal.scope.everything:
        raise OutOfScope(path=("slug",))
