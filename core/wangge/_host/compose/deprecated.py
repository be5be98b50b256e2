"""The rule of deprecations: each says its schedule in one form, is given time, and goes when that is over."""

from collections.abc import Iterator
from typing import Any

from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField

from wangge._host.compose.names import CONVERTER, Names
from wangge._host.plugins import LoadedPlugin
from wangge.deprecations import SHORTEST, Schedule, is_too_short, schedule_of
from wangge.errors import PluginError
from wangge.version import release_of

FORM = str(Schedule("1.2.0", "…", "1.4.0"))


def check_deprecated(plugin: LoadedPlugin, names: Names) -> None:
    """Insist on form and time of whatever a plugin has deprecated of what it offers to frontends.

    Raises:
        PluginError: naming the place and the remedy.
    """
    for place, reason in _reasons(names):
        fault = fault_of(reason, plugin.manifest.version)
        if fault is not None:
            raise PluginError(f"{plugin.slug}: {place} {fault}")


def fault_of(reason: str, version: str) -> str | None:
    """Return what is wrong with a deprecation in a version of the package that brings it."""
    schedule = schedule_of(reason)
    try:
        if schedule is None:
            return f"is deprecated for a reason of another form than “{FORM}”: use `deprecated`."
        if is_too_short(schedule):
            return (
                f"is deprecated since {schedule.since} and removed in {schedule.removed_in}: "
                f"give frontends {SHORTEST} minor versions."
            )
        if release_of(version) >= release_of(schedule.removed_in):
            return f"was to be removed in {schedule.removed_in}, and this is {version}: take it out."
    except ValueError as error:
        return f"is deprecated, and {error}."
    return None


def _reasons(names: Names) -> Iterator[tuple[str, str]]:
    """Yield place and reason of what is deprecated."""
    for (kind, _), one in names.fields.items():
        yield from _of_field(kind, one)
    for name, origin in names.types.items():
        definition: Any = origin.__strawberry_definition__
        if isinstance(definition, StrawberryEnumDefinition):
            for value in definition.values:
                if value.deprecation_reason is not None:
                    yield f"{name}.{value.name}", value.deprecation_reason
        else:
            for one in definition.fields:
                yield from _of_field(name, one)


def _of_field(kind: str, one: StrawberryField) -> Iterator[tuple[str, str]]:
    place = f"{kind}.{CONVERTER.from_field(one)}"
    if one.deprecation_reason is not None:
        yield place, one.deprecation_reason
    for argument in one.arguments:
        if argument.deprecation_reason is not None:
            yield f"{place}({CONVERTER.from_argument(argument)}:)", argument.deprecation_reason
