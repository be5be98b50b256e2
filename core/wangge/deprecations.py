"""What is deprecated: since when, what to use instead, and which version takes it away.

What wangge offers to plugins stands in `DEPRECATIONS`. What a package offers to frontends says so itself,
with `deprecated`, on GraphQL fields, arguments and enum members.
"""

import importlib
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from wangge import version
from wangge.version import minors_later, release_of

T = TypeVar("T")

SHORTEST = 2
"""Minor versions between a deprecation and the removal, at least."""

_REASON = re.compile(r"Deprecated since (\S+)\. Use (.+)\. Removed in (\S+)\.", re.DOTALL)


class WanggeDeprecationWarning(DeprecationWarning):
    """Warn of a name that a later version of wangge takes away; the text says which, and what to use."""


@dataclass(frozen=True)
class Deprecation:
    """Something that works still, and that a version takes away.

    Attributes:
        what: as the surface of the plugin API is written down: `wangge.money`, `hook demo_data(progress)`,
            `manifest.prefix`.
        since: the version that deprecated it.
        use: what to use instead, as it follows after "use".
        removed_in: the version that takes it away, `SHORTEST` minor versions after `since` or later. From
            then on its use is an error, whether or not somebody has taken it out of the code.
        target: `module:name` of what a deprecated name of a front door stands for.
    """

    what: str
    since: str
    use: str
    removed_in: str
    target: str = ""

    @property
    def is_over(self) -> bool:
        """Whether this version of wangge has taken it away."""
        return release_of(version.VERSION) >= release_of(self.removed_in)

    def __str__(self) -> str:
        """Say what to do, to whoever uses it."""
        if self.is_over:
            return f"{self.what} was removed in wangge {self.removed_in}: use {self.use}."
        return (
            f"{self.what} is deprecated since wangge {self.since} and removed in {self.removed_in}: "
            f"use {self.use}."
        )


DEPRECATIONS: Sequence[Deprecation] = ()
"""What wangge has deprecated of what it offers to plugins. An entry goes with the code that it is about."""


def find(what: str) -> Deprecation | None:
    """Return the entry of something, if it is deprecated."""
    return next((one for one in DEPRECATIONS if one.what == what), None)


def deprecated_names(door: str) -> Callable[[str], Any]:  # whatever the names stand for
    """Return the `__getattr__` of a front door of this distribution: its deprecated names work, and warn.

    Raises:
        ImportError: for a name that has been taken away, with what to use. It is no `AttributeError`, whose
            text an import statement would drop.
    """

    def find_name(name: str) -> Any:
        entry = find(f"{door}.{name}")
        if entry is None:
            raise AttributeError(f"module {door!r} has no attribute {name!r}")
        if entry.is_over:
            raise ImportError(str(entry), name=door)
        warnings.warn(str(entry), WanggeDeprecationWarning, stacklevel=2)
        module, _, attribute = entry.target.partition(":")
        return getattr(importlib.import_module(module), attribute)

    return find_name


@dataclass(frozen=True)
class Schedule:
    """When something that frontends use goes, in versions of the package that brings it."""

    since: str
    use: str
    removed_in: str

    def __str__(self) -> str:
        """Return the reason of the deprecation, as it stands in the SDL."""
        return f"Deprecated since {self.since}. Use {self.use}. Removed in {self.removed_in}."


def deprecated(*, since: str, use: str, removed_in: str) -> Callable[..., Any]:
    """Deprecate a GraphQL field, argument or enum member; versions are those of the package that brings it.

    It stands above the other decorator of a field, or around what declares a field or an argument:

        @deprecated(since="1.2.0", use="lockers", removed_in="1.4.0")
        @query(access=public, description="…")
        ...
        size: int = deprecated(since="1.2.0", use="kind", removed_in="1.4.0")(column("Its size."))

    For a member of an enum, call it with the enum and the member's name. A package that still has it in
    version `removed_in` is set aside; so is one that gives less time than two minor versions.
    """
    reason = str(Schedule(since, use, removed_in))

    def mark(target: T, member: str | None = None) -> T:
        if isinstance(target, type) and issubclass(target, Enum):
            values = target.__strawberry_definition__.values  # type: ignore[attr-defined]  # made by graphql_enum
            next(value for value in values if value.name == member).deprecation_reason = reason
        else:
            target.deprecation_reason = reason  # type: ignore[attr-defined]  # a field or argument of Strawberry
        return target

    return mark


def schedule_of(reason: str) -> Schedule | None:
    """Return the schedule that a reason tells, or None where it has not the form."""
    found = _REASON.fullmatch(reason)
    return Schedule(*found.groups()) if found is not None else None


def is_too_short(one: Deprecation | Schedule) -> bool:
    """Say whether something goes before its time."""
    return release_of(one.removed_in) < minors_later(one.since, SHORTEST)
