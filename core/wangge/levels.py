"""The levels of the plugin API that this server speaks: a plugin targets a level, not a version of wangge."""

from collections.abc import Sequence
from dataclasses import dataclass

from wangge import version
from wangge.errors import PluginError
from wangge.version import release_of


@dataclass(frozen=True)
class ApiLevel:
    """A level of the plugin API, and its time.

    What belongs to it is written down in `tests/contract/api_level_1.txt`; a test compares.

    Attributes:
        number: what `api` in `plugin.toml` says.
        since: the version of wangge that speaks it first.
        deprecated_since: the version from which on plugins at this level are warned of.
        refused_from: the version that sets them aside; two minor versions after `deprecated_since` or later.
    """

    number: int
    since: str
    deprecated_since: str | None = None
    refused_from: str | None = None

    def is_deprecated(self) -> bool:
        """Say whether plugins at this level are warned of."""
        return _reached(self.deprecated_since)

    def is_refused(self) -> bool:
        """Say whether plugins at this level are set aside."""
        return _reached(self.refused_from)


LEVELS: Sequence[ApiLevel] = (ApiLevel(1, since="0.1.0"),)
"""Every level there ever was, in order; the newest is never deprecated."""


def check_level(number: int) -> str | None:
    """Return what to warn of where a plugin targets a level, or None.

    Raises:
        PluginError: when the server does not speak the level, with what to do.
    """
    level = next((one for one in LEVELS if one.number == number), None)
    if level is None:
        raise PluginError(
            f"it targets plugin API {number}, which wangge {version.VERSION} does not know; it speaks "
            f"{spoken()}: upgrade wangge, or install a release of the plugin for plugin API {spoken()}."
        )
    if level.is_refused():
        raise PluginError(
            f"it targets plugin API {number}, which wangge refuses since {level.refused_from}; it speaks "
            f"{spoken()}: install a release of the plugin for plugin API {spoken()}."
        )
    if level.is_deprecated():
        return (
            f"It targets plugin API {number}, which wangge {level.refused_from} will refuse: "
            f"install a release of the plugin for plugin API {LEVELS[-1].number}."
        )
    return None


def spoken() -> str:
    """Return the levels that this server speaks: `1`, or `2 to 3`."""
    numbers = [one.number for one in LEVELS if not one.is_refused()]
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"


def _reached(moment: str | None) -> bool:
    return moment is not None and release_of(version.VERSION) >= release_of(moment)
