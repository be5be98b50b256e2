"""What switching a programme on would change in a district, without changing anything."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wangge._host.capabilities import ensure_available, provider_of
from wangge._host.compose.additions import added_sdl
from wangge._host.compose.changes import differences
from wangge._host.lifecycle.checking import check_installed
from wangge._host.migrator import Pending, package_of, pending, versions
from wangge._host.plugins import LoadedPlugin
from wangge._host.runtime import DistrictRuntime
from wangge.background.declarations import EventHandler, ScheduledJob
from wangge.districts.models import PluginState
from wangge.errors import PluginError, RuleError
from wangge.graphql.previews import (
    ChangeSeverity,
    PluginPreview,
    PreviewedMigration,
    PreviewedPermission,
    PreviewedPersonalData,
    PreviewedPurpose,
    PreviewedRequirement,
    PreviewedSetting,
    PreviewedWork,
    SchemaChange,
)
from wangge.manifest import Manifest, Title


@dataclass(frozen=True)
class Outlook:
    """What would be switched on: three schemas, and the revisions that its tables are at and would get."""

    before: str
    without: str
    after: str
    revision: str | None
    pending: Sequence[Pending]


async def preview(district: DistrictRuntime, slug: str, locale: str) -> PluginPreview:
    """Return what enabling or resuming a plugin would change.

    Raises:
        PluginUnknown: when it is not installed.
    """
    plugin = check_installed(district, slug)
    problems = _against(district, plugin, locale)
    try:
        outlook = await _look_out(district, plugin)
    except PluginError as error:
        problems.append(str(error))
        now = (await district.schema()).sdl
        outlook = Outlook(now, now, now, None, ())
    changes, sdl = await asyncio.to_thread(_compare, outlook)
    manifest, state = plugin.manifest, district.record.states.get(slug)
    return PluginPreview(
        slug=slug,
        title=_in(locale, manifest.title),
        version=manifest.version,
        last_version=state.version if state else None,
        state=state.state if state else PluginState.INSTALLED,
        fingerprint=_fingerprint(plugin, outlook),
        problems=problems,
        changes=changes,
        sdl=sdl,
        permissions=_permissions(manifest, locale),
        personal_data=_personal_data(manifest, locale),
        purposes=_purposes(manifest, locale),
        tables=sorted(model.__tablename__ for model in plugin.models),
        migrations=_migrations(outlook.pending),
        requirements=_requirements(district, manifest),
        provides=list(manifest.provides),
        events=sorted(one.name for one in plugin.event_types),
        handlers=[_work(one, sorted(one.types)) for one in plugin.event_handlers],
        jobs=[_work(one, []) for one in plugin.jobs],
        settings=_settings(plugin),
    )


async def fingerprint_of(district: DistrictRuntime, plugin: LoadedPlugin) -> str:
    """Return the name of exactly what an enabling would switch on now."""
    return _fingerprint(plugin, await _look_out(district, plugin))


async def _look_out(district: DistrictRuntime, plugin: LoadedPlugin) -> Outlook:
    """Return what would be switched on.

    Raises:
        PluginError: when its tables are at a revision that the installed package does not know.
    """
    server, enabled = district.server, district.record.enabled
    before = await district.schema()
    rest = server.plugins.select([slug for slug in enabled if slug != plugin.slug])
    without = await server.schemas.get(rest)
    after = await server.schemas.get(server.plugins.select([*enabled, plugin.slug]))
    package = package_of(plugin)
    revision = (await versions(district.record.place, [package]))[plugin.slug]
    return Outlook(before.sdl, without.sdl, after.sdl, revision, pending(package, revision))


def _fingerprint(plugin: LoadedPlugin, outlook: Outlook) -> str:
    told: Any = [  # JSON
        plugin.manifest.model_dump(mode="json"),
        [one.revision for one in outlook.pending],
        [model.__tablename__ for model in plugin.models],
        [_default(plugin, name) for name in _fields(plugin)],
        *(outlook.revision, outlook.before, outlook.after),
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def _compare(outlook: Outlook) -> tuple[list[SchemaChange], str]:
    changes = [
        SchemaChange(
            severity=ChangeSeverity[one.severity.name],
            code=one.code,
            place=one.place,
            description=one.description,
        )
        for one in differences(outlook.before, outlook.after)
    ]
    return changes, added_sdl(outlook.without, outlook.after)


def _against(district: DistrictRuntime, plugin: LoadedPlugin, locale: str) -> list[str]:
    try:
        ensure_available(district, plugin)
    except RuleError as error:
        return [district.server.messages.translate(error, locale)]
    return []


def _permissions(manifest: Manifest, locale: str) -> list[PreviewedPermission]:
    return [
        PreviewedPermission(key=key, title=_in(locale, one.title), roles=list(one.roles))
        for key, one in manifest.permissions.items()
    ]


def _migrations(revisions: Sequence[Pending]) -> list[PreviewedMigration]:
    return [PreviewedMigration(revision=one.revision, description=one.doc) for one in revisions]


def _work(one: EventHandler | ScheduledJob, events: list[str]) -> PreviewedWork:
    return PreviewedWork(key=one.key, description=one.description, events=events)


def _personal_data(manifest: Manifest, locale: str) -> list[PreviewedPersonalData]:
    return [
        PreviewedPersonalData(
            table=one.table,
            title=_in(locale, one.title) if one.title is not None else None,
            columns=list(one.columns),
            purpose=one.purpose,
            legal_basis=one.legal_basis,
            retention=one.retention,
            deleted_on_erasure=one.on_erase == "delete",
            emptied_on_erasure=list(one.empties),
        )
        for one in manifest.personal_data
    ]


def _purposes(manifest: Manifest, locale: str) -> list[PreviewedPurpose]:
    return [
        PreviewedPurpose(
            key=key,
            title=_in(locale, one.title),
            legal_basis=one.legal_basis,
            retention=one.retention,
            needs_consent=one.needs_consent,
        )
        for key, one in manifest.purposes.items()
    ]


def _requirements(district: DistrictRuntime, manifest: Manifest) -> list[PreviewedRequirement]:
    found = []
    for name in (*manifest.requires, *manifest.wants):
        provider = provider_of(district, name)
        installed = district.server.plugins.loaded.values()
        found.append(
            PreviewedRequirement(
                capability=name,
                required=name in manifest.requires,
                provider=provider.slug if provider is not None else None,
                candidates=[one.slug for one in installed if name in one.manifest.provides],
            )
        )
    return found


def _settings(plugin: LoadedPlugin) -> list[PreviewedSetting]:
    return [
        PreviewedSetting(name=name, description=description, default=_default(plugin, name))
        for name, description in _fields(plugin).items()
    ]


def _fields(plugin: LoadedPlugin) -> dict[str, str]:
    model = plugin.settings_model
    return {} if model is None else {key: one.description or "" for key, one in model.model_fields.items()}


def _default(plugin: LoadedPlugin, name: str) -> str:
    assert plugin.settings_model is not None  # it has a field
    defaults = plugin.settings_model().model_dump(mode="json")
    return json.dumps(defaults[name], ensure_ascii=False)


def _in(locale: str, title: Title) -> str:
    return title.en if locale == "en" else title.zh
