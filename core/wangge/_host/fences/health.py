"""What is paused of a programme in a district, for its administrators; and letting it go on."""

from typing import TYPE_CHECKING

from wangge._host.fences.breakers import Opening, Reason, Side
from wangge._host.plugins import BASE
from wangge.auth.principal import SYSTEM, Principal
from wangge.context import LOCAL_ZONE

if TYPE_CHECKING:
    from wangge._host.runtime import DistrictRuntime

PAUSED = (
    "{part} are paused from {since} until {until}, because calls {reason}. "
    "The log has the cause under {reference}; once it is mended, reset the programme."
)
_PARTS = {
    Side.FIELDS: "Its fields",
    Side.HOOKS: "Its figures, and what it provides to others,",
    Side.HANDLERS: "Its event handlers and jobs",
}
_REASONS = {
    Reason.RAISED: "failed",
    Reason.LATE: "took too long",
    Reason.STALLED: "kept the server from all else",
}


def paused_parts(district: "DistrictRuntime", slug: str, locale: str = "en") -> list[str]:
    """Return what is paused of a programme: since and until when, why, and where the log has the cause."""
    openings = district.fences.openings()
    return [
        _told(district, part[1], one, locale)
        for part, one in sorted(openings.items(), key=lambda item: item[0][1].value)
        if part[0] == slug
    ]


def _told(district: "DistrictRuntime", side: Side, opening: Opening, locale: str) -> str:
    text = district.server.messages.text
    since, until = (one.astimezone(LOCAL_ZONE) for one in (opening.opened_at, opening.retry_at))
    return text(PAUSED, locale).format(
        part=text(_PARTS[side], locale),
        since=since.isoformat(timespec="seconds"),
        until=until.isoformat(timespec="seconds"),
        reason=text(_REASONS[opening.reason], locale),
        reference=opening.reference,
    )


async def reset_plugin(
    district: "DistrictRuntime",
    slug: str,
    *,
    principal: Principal = SYSTEM,
    request_id: str | None = None,
) -> None:
    """Let a programme go on in a district, in all server processes, as if nothing had failed; audited.

    Raises:
        PluginIsBase, PluginUnknown: when it is the base, or not installed.
    """
    from wangge._host.lifecycle.failures import PluginIsBase, PluginUnknown

    if slug == BASE:
        raise PluginIsBase(path=("slug",))
    if slug not in district.server.plugins.loaded:
        raise PluginUnknown(path=("slug",), plugin=slug)
    async with district.work(principal, request_id) as ctx:
        paused = sorted(side.value for name, side in district.fences.openings() if name == slug)
        ctx.audit("platform.plugin.reset", detail={"plugin": slug, "paused": paused})
    await district.fences.reset(slug)
    await district.server.reload()
