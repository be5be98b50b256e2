"""Whether a programme may be switched at all, and where its tables are."""

from wangge._host.databases import Place
from wangge._host.lifecycle.failures import PluginIsBase, PluginPurged, PluginUnknown
from wangge._host.plugins import BASE, LoadedPlugin
from wangge._host.runtime import DistrictRuntime
from wangge.districts.models import DistrictPluginState, PluginState
from wangge.errors import DistrictMoving


def check_installed(district: DistrictRuntime, slug: str) -> LoadedPlugin:
    """Return a programme that can be switched on.

    Raises:
        PluginUnknown: when it is not installed.
    """
    plugin = district.server.plugins.loaded.get(slug)
    if plugin is None or slug == BASE:
        raise PluginUnknown(path=("slug",), plugin=slug)
    return plugin


def check_known(district: DistrictRuntime, slug: str) -> DistrictPluginState:
    """Return where a programme stands that was switched on here once, its package installed or not.

    Raises:
        PluginIsBase: when it is the base.
        PluginUnknown: when it never was on here.
        PluginPurged: when nothing of it is left.
    """
    if slug == BASE:
        raise PluginIsBase(path=("slug",))
    state = district.record.states.get(slug)
    if state is None:
        raise PluginUnknown(path=("slug",), plugin=slug)
    if state.state is PluginState.PURGED:
        raise PluginPurged(path=("slug",), plugin=slug)
    return state


def check_unpurged(slug: str, before: DistrictPluginState | None, now: DistrictPluginState | None) -> None:
    """Insist that a programme was not purged since its tables were looked after.

    Raises:
        PluginPurged: when it was.
    """
    was = before.state if before is not None else None
    if now is not None and now.state is PluginState.PURGED is not was:
        raise PluginPurged(path=("slug",), plugin=slug)


def check_place(district: DistrictRuntime) -> Place:
    """Return where the district's tables are to be made or dropped.

    Raises:
        DistrictMoving: when the district will not be there any more.
    """
    if district.record.is_moving:
        raise DistrictMoving()
    return district.record.place
