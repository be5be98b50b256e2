"""The rules of composition: each a function, each error naming both parties and the remedy."""

from collections.abc import Iterable

from strawberry.types.base import StrawberryOptional

from wangge._host.compose.deprecated import check_deprecated
from wangge._host.compose.names import CONVERTER, ROOTS, Names, names_of, target_name
from wangge._host.compose.schema import compose
from wangge._host.plugins import BASE, LoadedPlugin, PluginManager
from wangge.errors import PluginError
from wangge.graphql import platform
from wangge.graphql.marks import mark_of

PLATFORM = "the platform"


def apply_rules(manager: PluginManager) -> dict[str, Names]:
    """Check every installed plugin against the rules; set aside those that break one; say who brings what.

    Raises:
        PluginError: when it is the base programme, without which nothing can be served.
    """
    brought: dict[str, Names] = {}
    for plugin in list(manager.loaded.values()):
        try:
            names = names_of(plugin)
            _check_collisions(plugin, names, brought)
            _check_prefix(plugin, names)
            _check_added_fields(plugin)
            _check_access(plugin)
            check_deprecated(plugin, names)
        except PluginError as error:
            manager.set_aside(plugin.slug, str(error))
        except Exception as error:  # noqa: BLE001  # a plugin's types may fail to resolve in any way
            manager.set_aside(plugin.slug, f"Its types cannot be read: {error}")
        else:
            brought[plugin.slug] = names
    _check_composed(manager)
    if BASE not in manager.loaded:
        raise PluginError(f"The base programme breaks a rule: {manager.quarantined[BASE].reason}")
    return {slug: names for slug, names in brought.items() if slug in manager.loaded}


def _check_composed(manager: PluginManager) -> None:
    """Rule 5, and whatever only shows in a schema: compose all; where that fails, one after another."""
    try:
        compose(list(manager.loaded.values()))
    except Exception:  # noqa: BLE001  # looked at below, plugin by plugin
        sound: list[LoadedPlugin] = []
        for plugin in list(manager.loaded.values()):
            try:
                compose([*sound, plugin])
            except Exception as error:  # noqa: BLE001  # a plugin's types may fail in any way
                manager.set_aside(plugin.slug, f"{plugin.slug}: {error}")
            else:
                sound.append(plugin)


def _check_collisions(plugin: LoadedPlugin, names: Names, brought: dict[str, Names]) -> None:
    """Rule 1: no two packages define the same type, input, enum, root field or added field."""
    taken_fields = {("Query", CONVERTER.from_field(one)) for one in _fields(platform.PlatformQueries)}
    taken_fields |= {("Mutation", CONVERTER.from_field(one)) for one in _fields(platform.PlatformMutations)}
    owners: list[tuple[str, Iterable[str], Iterable[tuple[str, str]]]] = [
        (PLATFORM, _platform_types(), taken_fields),
        *((slug, one.types, one.fields) for slug, one in brought.items()),
    ]
    for owner, types, fields in owners:
        for name in names.types:
            if name in types:
                raise PluginError(
                    f"{plugin.slug} and {owner} both define the type {name}: {plugin.slug} must rename it."
                )
        for kind, name in names.fields:
            if (kind, name) in fields:
                raise PluginError(
                    f"{plugin.slug} and {owner} both add {kind}.{name}: {plugin.slug} must rename it."
                )


def _platform_types() -> set[str]:
    return {"Query", "Mutation", "Subscription", "Node", "PageInfo", "UserError", "File"} | {
        str(kind.__strawberry_definition__.name)  # type: ignore[attr-defined]  # Strawberry types
        for kind in platform.TYPES
    }


def _check_prefix(plugin: LoadedPlugin, names: Names) -> None:
    """Rule 1, for vendors: names start with the declared prefix."""
    prefix = plugin.manifest.prefix
    if not prefix:
        return
    pascal, camel = prefix[0].upper() + prefix[1:], prefix[0].lower() + prefix[1:]
    for name in names.types:
        if not name.startswith(pascal):
            raise PluginError(
                f"{plugin.slug}: the type {name} must start with its prefix {pascal}: rename it."
            )
    for kind, name in names.fields:
        if not name.startswith(camel):
            raise PluginError(
                f"{plugin.slug}: the field {kind}.{name} must start with its prefix {camel}: rename it."
            )


def _check_added_fields(plugin: LoadedPlugin) -> None:
    """Rule 2: fields on other packages' types are new there, and nullable."""
    package = plugin.package.partition(".")[0]
    for extension in plugin.extensions:
        target: type = extension.__wangge_extends__  # type: ignore[attr-defined]  # made by @extends
        if target in ROOTS:
            continue
        own = {CONVERTER.from_field(one) for one in _fields(target)}
        foreign = target.__module__.partition(".")[0] != package and plugin.slug != "base"
        for one in _fields(extension):
            name = f"{target_name(target)}.{CONVERTER.from_field(one)}"
            if CONVERTER.from_field(one) in own:
                raise PluginError(f"{plugin.slug} adds {name}, which is there already: rename the field.")
            if foreign and not isinstance(one.type, StrawberryOptional):
                raise PluginError(
                    f"{plugin.slug}: {name} must be nullable, so that a failure nulls it alone."
                )


def _check_access(plugin: LoadedPlugin) -> None:
    """Rule 3: root fields, added fields and object types declare their access."""
    for extension in plugin.extensions:
        target = target_name(extension.__wangge_extends__)  # type: ignore[attr-defined]  # made by @extends
        own = plugin.slug == "base" and target not in ROOTS.values()
        for one in _fields(extension):
            mark = mark_of(one)
            if (mark is None or mark.access is None) and not own:
                name = f"{target}.{CONVERTER.from_field(one)}"
                raise PluginError(
                    f"{plugin.slug}: {name} declares no access: add public, authenticated or requires(…)."
                )
    package = plugin.package.partition(".")[0]
    for kind in plugin.types:
        if kind.__module__.partition(".")[0] == package and not hasattr(kind, "__wangge_access__"):
            raise PluginError(
                f"{plugin.slug}: the type {kind.__name__} declares no access: use table_type or object_type."
            )


def _fields(kind: type) -> list:  # type: ignore[type-arg]  # Strawberry fields
    return list(kind.__strawberry_definition__.fields)  # type: ignore[attr-defined]  # a Strawberry type
