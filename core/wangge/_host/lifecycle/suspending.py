"""Switching a programme off: its fields go, its data stays."""

from wangge._host.capabilities import ensure_not_required
from wangge._host.lifecycle.checking import check_known, check_unpurged
from wangge._host.runtime import DistrictRuntime
from wangge.auth.principal import SYSTEM, Principal
from wangge.districts.models import PluginState


async def suspend(
    district: DistrictRuntime, slug: str, *, principal: Principal = SYSTEM, request_id: str | None = None
) -> None:
    """Suspend a plugin; its data stays.

    Raises:
        PluginIsBase: when it is the base.
        PluginUnknown, PluginPurged: when it never was on here, or nothing of it is left.
        StillRequired: when an enabled plugin needs it.
    """
    state = check_known(district, slug)
    server, plugin = district.server, district.server.plugins.loaded.get(slug)
    if plugin is not None:
        ensure_not_required(district, plugin)
    async with server.catalog.switching(district.record.code) as switching:
        check_unpurged(slug, state, switching.states.get(slug))
        if plugin is not None:
            ensure_not_required(district, plugin, server.plugins.select(switching.enabled))
        async with district.work(principal, request_id) as ctx:
            ctx.audit("platform.plugin.suspended", detail={"plugin": slug, "version": state.version})
        await switching.set(slug, PluginState.SUSPENDED, state.version)
    await server.reload()
