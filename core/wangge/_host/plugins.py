"""Finds the installed plugins, checks each against the contract, and sets aside those that break it."""

import importlib
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

import pluggy
import structlog
from pydantic import BaseModel

from wangge import hookspecs
from wangge._host.apart import check_apart
from wangge._host.background.checks import check_background
from wangge._host.deprecated_uses import hook_uses, static_uses
from wangge._host.loading import bounded
from wangge._host.plugin_settings.declaring import settings_fields
from wangge.background.declarations import EventHandler, ScheduledJob
from wangge.capabilities import misfits
from wangge.db.base import Model
from wangge.errors import PluginError
from wangge.events.outbox import EventType
from wangge.graphql.types import TableInfo
from wangge.hookspecs import Indicator
from wangge.importing import Importer
from wangge.levels import check_level
from wangge.manifest import FIRST_PARTY, Manifest, load_manifest

GROUP = "wangge.plugins"
BASE = "base"
LOAD_SECONDS = 30.0
"""A plugin may take so long to be imported and to declare what it brings."""
PROTOCOLS = "the protocols of capabilities in compatibility.md"
log = structlog.get_logger("wangge.plugins")


@dataclass
class LoadedPlugin:
    """A plugin that loaded, with all that its declaring hooks returned."""

    manifest: Manifest
    package: str
    module: ModuleType
    types: Sequence[type] = ()
    extensions: Sequence[type] = ()
    models: Sequence[type[Model]] = ()
    settings_model: type[BaseModel] | None = None
    capabilities: dict[str, object] = field(default_factory=dict)
    event_types: Sequence[EventType] = ()
    event_handlers: Sequence[EventHandler] = ()
    jobs: Sequence[ScheduledJob] = ()
    indicators: Sequence[Indicator] = ()
    importers: Sequence[Importer] = ()
    warnings: list[str] = field(default_factory=list)
    """What works today and will not for ever, each with the version that ends it."""

    @property
    def slug(self) -> str:
        """The plugin's one name."""
        return self.manifest.slug


@dataclass(frozen=True)
class Quarantined:
    """A plugin that was set aside, and why."""

    slug: str
    version: str
    reason: str


class PluginManager:
    """All installed plugins: those that loaded, in order of their requirements, and those set aside."""

    def __init__(self, points: Iterable[EntryPoint] | None = None, *, seconds: float = LOAD_SECONDS) -> None:
        self._seconds = seconds
        self.loaded: dict[str, LoadedPlugin] = {}
        self.quarantined: dict[str, Quarantined] = {}
        self._hooks = pluggy.PluginManager(hookspecs.PROJECT)
        self._hooks.add_hookspecs(hookspecs)
        found = list(entry_points(group=GROUP)) if points is None else list(points)
        self._packages = {point.name: _package_of(point) for point in found if point.name != BASE}
        for point in sorted(found, key=_precedence):
            self._load(point)
        if BASE not in self.loaded:
            reason = self.quarantined[BASE].reason if BASE in self.quarantined else "it is not installed"
            raise PluginError(f"The base programme did not load: {reason}")
        self._order()

    def _load(self, point: EntryPoint) -> None:
        version = "?"
        try:
            package = _package_of(point)
            manifest = load_manifest(package)
            version = manifest.version
            if manifest.slug != point.name:
                raise PluginError(
                    f"Entry point {point.name} and the manifest's slug {manifest.slug} must be one name."
                )
            if manifest.slug in self.loaded:
                raise PluginError(f"Two packages bring the slug {manifest.slug}; {package} is set aside.")
            check_apart(manifest.slug, package, self._packages)
            warnings = [*filter(None, [check_level(manifest.api)]), *static_uses(manifest, package)]
            with nullcontext() if manifest.slug == BASE else bounded(manifest.slug, self._seconds):
                module = importlib.import_module(point.value)
                warnings += hook_uses(manifest.slug, module)
                plugin = self._register(manifest, package, module)
            self._check(plugin)
            plugin.warnings += warnings
            self.loaded[plugin.slug] = plugin
            for warning in warnings:
                log.warning("a plugin must change", plugin=plugin.slug, reason=warning)
        except Exception as error:  # noqa: BLE001  # any failure of foreign code costs only its own plugin
            if self._hooks.has_plugin(point.name):
                self._hooks.unregister(name=point.name)
            reason = str(error) or type(error).__name__
            log.error("plugin set aside", plugin=point.name, reason=reason)
            self.quarantined[point.name] = Quarantined(point.name, version, reason)

    def _register(self, manifest: Manifest, package: str, module: ModuleType) -> LoadedPlugin:
        known = {
            name for name in vars(hookspecs) if hasattr(getattr(hookspecs, name), f"{hookspecs.PROJECT}_spec")
        }
        marked = {name for name, value in vars(module).items() if _is_marked(value)}
        if marked - known:
            names = ", ".join(sorted(marked - known))
            raise PluginError(
                f"{package} implements hooks that do not exist: {names}. See the list of hooks."
            )
        self._hooks.register(module, name=manifest.slug)
        others = [plugin for plugin in self._hooks.get_plugins() if plugin is not module]
        hooks = {name: self._hooks.subset_hook_caller(name, others) for name in sorted(known)}

        def ask(name: str) -> list[Any]:  # each hook has its own kind of answer
            answers = hooks[name]()
            return [one for answer in answers for one in answer]

        capabilities: dict[str, object] = {}
        for provided in hooks["capabilities"]():
            capabilities.update(provided)
        model = hooks["settings_model"]()
        types, extensions = (
            settings_fields(manifest, module.__name__, model) if model is not None else ([], [])
        )
        return LoadedPlugin(
            manifest=manifest,
            package=package,
            module=module,
            types=[*ask("graphql_types"), *types],
            extensions=[*ask("graphql_extensions"), *extensions],
            models=ask("models"),
            settings_model=model,
            capabilities=capabilities,
            event_types=ask("event_types"),
            event_handlers=ask("event_handlers"),
            jobs=ask("jobs"),
            indicators=ask("indicators"),
            importers=ask("importers"),
        )

    def _check(self, plugin: LoadedPlugin) -> None:
        slug = plugin.slug
        for model in plugin.models:
            if not model.__tablename__.startswith(f"{slug}_"):
                raise PluginError(
                    f"{slug}: the table {model.__tablename__} must be called {slug}_…: rename it."
                )
            for key in model.__table__.foreign_keys:  # a Table, always
                _check_foreign_key(slug, model.__tablename__, key)
        for event in plugin.event_types:
            if not event.name.startswith(f"{slug}."):
                raise PluginError(f"{slug}: the event {event.name} must start with {slug}.: rename it.")
        check_background(slug, plugin.event_handlers, plugin.jobs)
        if set(plugin.capabilities) != set(plugin.manifest.provides):
            raise PluginError(
                f"{slug}: plugin.toml's `provides` and the hook `capabilities` must name the same."
            )
        for name, provider in plugin.capabilities.items():
            for misfit in misfits(name, provider):
                raise PluginError(f"{slug}: its provider of {name} does not fit: {misfit}. See {PROTOCOLS}.")
        mapped = {entry.table for entry in plugin.manifest.personal_data}
        unknown = mapped - {model.__tablename__ for model in plugin.models}
        if unknown:
            raise PluginError(
                f"{slug}: the personal-data map names {', '.join(sorted(unknown))}, no table of it."
            )
        _check_settings(plugin)
        for kind in plugin.types:
            info = getattr(kind, "__wangge_table__", None)
            if isinstance(info, TableInfo) and info.model not in plugin.models:
                raise PluginError(
                    f"{slug}: the type {kind.__name__} stands on a table that `models` does not list."
                )

    def _order(self) -> None:
        """Put plugins after those that provide what they require, where somebody installed does.

        Loading depends on no other package's presence: a district's administrator is told what is missing.
        """
        ordered: dict[str, LoadedPlugin] = {}
        waiting = dict(self.loaded)
        while waiting:
            coming = {name for plugin in waiting.values() for name in plugin.manifest.provides}
            ready = [slug for slug, one in waiting.items() if not coming & {*one.manifest.requires}]
            for slug in sorted(
                ready or waiting, key=lambda slug: (slug != BASE, slug not in FIRST_PARTY, slug)
            ):
                ordered[slug] = waiting.pop(slug)
        self.loaded = ordered

    def set_aside(self, slug: str, reason: str) -> None:
        """Quarantine a loaded plugin, because composing it failed."""
        plugin = self.loaded.pop(slug)
        self._hooks.unregister(name=slug)
        log.error("plugin set aside", plugin=slug, reason=reason)
        self.quarantined[slug] = Quarantined(slug, plugin.manifest.version, reason)

    def hook(self, slug: str, name: str) -> Any | None:  # the plugin's own function
        """Return one plugin's implementation of a working hook, if it has one."""
        return getattr(self.loaded[slug].module, name, None)

    def select(self, slugs: Iterable[str]) -> list[LoadedPlugin]:
        """Return the base and the named plugins that loaded, in order of their requirements."""
        wanted = {BASE, *slugs}
        return [plugin for slug, plugin in self.loaded.items() if slug in wanted]

    def default_permissions(self, role: str, slugs: Iterable[str]) -> frozenset[str]:
        """Return the permissions that a role has by the manifests of the named plugins."""
        return frozenset(
            permission
            for plugin in self.select(slugs)
            for permission, entry in plugin.manifest.permissions.items()
            if role in entry.roles
        )


def _is_marked(value: object) -> bool:
    """Say whether something is marked as a hook; `func` of SQLAlchemy has any attribute one asks for."""
    return isinstance(getattr(value, f"{hookspecs.PROJECT}_impl", None), dict)


def _check_settings(plugin: LoadedPlugin) -> None:
    model = plugin.settings_model
    if model is not None:
        try:
            model()
        except Exception as error:  # a model's own validators may raise anything
            raise PluginError(
                f"{plugin.slug}: each setting needs a default that the model accepts: {error}"
            ) from error
    known = model.model_fields if model is not None else {}
    for entry in plugin.manifest.personal_data:
        if entry.retention_setting is not None and entry.retention_setting not in known:
            raise PluginError(
                f"{plugin.slug}: {entry.table} is kept for {entry.retention_setting}, no setting of it."
            )


def _package_of(point: EntryPoint) -> str:
    return point.value.rpartition(".")[0]


def _precedence(point: EntryPoint) -> tuple[bool, bool, str]:
    return (point.name != BASE, point.name not in FIRST_PARTY, point.name)


def _check_foreign_key(slug: str, table: str, key: Any) -> None:  # a ForeignKey
    target = str(key.target_fullname).split(".", maxsplit=1)[0]
    if target.startswith(f"{slug}_"):
        return
    if not target.startswith(f"{BASE}_"):
        raise PluginError(
            f"{slug}: {table} points to {target}; tables may point to their own and to the base's."
        )
    if key.ondelete not in {"CASCADE", "SET NULL"}:
        raise PluginError(
            f"{slug}: {table} → {target} needs ON DELETE CASCADE or SET NULL, so that it blocks nothing."
        )
