"""What a district's programmes say of the rights of persons: who is one, and how long rows are kept."""

from typing import cast

from wangge._host.plugin_settings.reading import settings_in_district
from wangge._host.runtime import DistrictRuntime
from wangge.auth.personal import RightsProvider
from wangge.errors import ConfigurationError


def rights_of(district: DistrictRuntime) -> RightsProvider:
    """Return who knows what a person is: the base programme does.

    Raises:
        ConfigurationError: when no programme of the district provides `rights/1`.
    """
    for plugin in district.plugins:
        if "rights/1" in plugin.capabilities:
            return cast("RightsProvider", plugin.capabilities["rights/1"])
    raise ConfigurationError("No programme of this district provides rights/1.")


def days_kept(district: DistrictRuntime, slug: str, setting: str | None) -> int | None:
    """Return the days that a plugin's setting says here; None where there is no such plugin or setting."""
    plugin = district.server.plugins.loaded.get(slug)
    if setting is None or plugin is None or plugin.settings_model is None:
        return None
    return int(getattr(settings_in_district(district, plugin).values, setting))
