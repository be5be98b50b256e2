"""Capabilities of a district: who provides what there, who needs it, and what stands against a change."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from wangge._host.plugins import BASE, LoadedPlugin
from wangge.errors import RuleError

if TYPE_CHECKING:
    from wangge._host.runtime import DistrictRuntime


class RequirementMissing(RuleError):
    """Raise when a plugin needs a capability that no enabled plugin provides."""

    code = "PLUGIN_REQUIREMENT_MISSING"
    message = (
        "{plugin} needs {capability}, which nothing that is on here provides: "
        "enable a programme that does first (installed: {providers})."
    )


class CapabilityTaken(RuleError):
    """Raise when an enabled plugin provides what another one would provide, too."""

    code = "PLUGIN_CAPABILITY_TAKEN"
    message = (
        "{plugin} provides {capability}, as {other} does, which is on: "
        "one programme of a district may. Suspend {other} first, or leave {plugin} off."
    )


class StillRequired(RuleError):
    """Raise when an enabled plugin needs what another one provides."""

    code = "PLUGIN_STILL_REQUIRED"
    message = "{dependent} needs {plugin}: suspend it first."


def provider_of(district: "DistrictRuntime", capability: str) -> LoadedPlugin | None:
    """Return the district's enabled plugin that provides a capability.

    Where an upgrade brought a second one, the base stays before the one that has been on for longer, whatever
    the order in which they load.
    """
    found = [plugin for plugin in district.plugins if capability in plugin.capabilities]
    return min(found, key=lambda plugin: _seniority(district, plugin)) if found else None


def ensure_available(
    district: "DistrictRuntime", plugin: LoadedPlugin, among: Sequence[LoadedPlugin] | None = None
) -> None:
    """Insist that a plugin may be enabled beside those that are on: `among`, or as this process knows it.

    Raises:
        RequirementMissing: when no enabled plugin provides what it requires.
        CapabilityTaken: when one provides what it would provide.
    """
    on = district.plugins if among is None else among
    others = [one for one in on if one.slug != plugin.slug]
    for capability in missing_in(others, plugin):
        installed = district.server.plugins.loaded.values()
        providers = [one.slug for one in installed if capability in one.manifest.provides]
        raise RequirementMissing(
            path=("slug",),
            plugin=plugin.slug,
            capability=capability,
            providers=", ".join(providers) or "–",
        )
    for other in others:
        for capability in plugin.manifest.provides:
            if capability in other.manifest.provides:
                raise CapabilityTaken(
                    path=("slug",), plugin=plugin.slug, capability=capability, other=other.slug
                )


def ensure_not_required(
    district: "DistrictRuntime", plugin: LoadedPlugin, among: Sequence[LoadedPlugin] | None = None
) -> None:
    """Insist that no enabled plugin requires what a plugin alone provides; one that only wants it goes on.

    Those that are on are `among`, or as this process knows it.

    Raises:
        StillRequired: when one does.
    """
    on = district.plugins if among is None else among
    rest = [one for one in on if one.slug != plugin.slug]
    for other in rest:
        lost = set(plugin.manifest.provides) & set(missing_in(rest, other))
        if lost:
            raise StillRequired(path=("slug",), plugin=plugin.slug, dependent=other.slug)


def missing_in(plugins: list[LoadedPlugin], plugin: LoadedPlugin) -> list[str]:
    """Return what a plugin requires and none of these plugins provides."""
    provided = {name for one in plugins for name in one.manifest.provides}
    return [name for name in plugin.manifest.requires if name not in provided]


def unwell(district: "DistrictRuntime", plugin: LoadedPlugin) -> Iterator[str]:
    """Yield what is wrong with an enabled plugin's capabilities, as an upgrade may leave them."""
    for capability in missing_in(district.plugins, plugin):
        yield f"It needs {capability}, which nothing that is on here provides: enable a programme that does."
    for capability in plugin.manifest.provides:
        first = provider_of(district, capability)
        if first is not None and first.slug != plugin.slug:
            yield f"It provides {capability}, as {first.slug} does, which is asked: suspend one of the two."


def _seniority(district: "DistrictRuntime", plugin: LoadedPlugin) -> tuple[bool, float, str]:
    state = district.record.states.get(plugin.slug)
    since = state.enabled_at.timestamp() if state is not None and state.enabled_at is not None else 0.0
    return plugin.slug != BASE, since, plugin.slug
