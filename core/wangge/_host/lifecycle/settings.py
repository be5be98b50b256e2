"""A district's values of a programme's settings."""

from collections.abc import Sequence
from typing import Any

from wangge._host.runtime import DistrictRuntime


async def change_settings(
    district: DistrictRuntime, slug: str, values: dict[str, Any], changed: Sequence[str]
) -> None:
    """Store a district's values of a plugin's settings, which the plugin's model has accepted; audited."""
    async with district.work() as ctx:
        ctx.audit("platform.settings.changed", detail={"plugin": slug, "changes": list(changed)})
    await district.server.catalog.set_settings(district.record.code, slug, values)
    await district.server.reload()
