"""The demo: a real district with synthetic residents, every first-party programme on, an account per role."""

from collections.abc import Callable
from functools import partial

from wangge._host.accounts import ensure_account
from wangge._host.fences import run_hook
from wangge._host.lifecycle import enable, upgrade_district
from wangge._host.plugins import BASE
from wangge._host.runtime import DistrictRuntime, Server
from wangge.auth.principal import ROLES
from wangge.districts.models import DistrictKind
from wangge.hookspecs import DemoOptions
from wangge.manifest import FIRST_PARTY

DEMO_CODE, DEMO_NAME = "370703", "寒亭区"

DEMO_SECONDS = 3600.0
"""It may take long: as many people as the command was told to make."""

Report = Callable[[str, int, int], None]
"""Called with what is being done, the work done and the whole."""


async def prepare_demo(server: Server, options: DemoOptions, report: Report) -> dict[str, str]:
    """Prepare the demo district and return a token per role; what is there already stays as it is."""
    if await server.catalog.district(DEMO_CODE) is None:
        await server.catalog.add_district(DEMO_CODE, DEMO_NAME, DistrictKind.COUNTY)
        await server.reload()
    district = server.district(DEMO_CODE)
    await upgrade_district(district, lambda slug: report(f"tables of {slug}", 1, 1))
    for slug in server.plugins.loaded:
        if slug != BASE and slug in FIRST_PARTY and slug not in district.record.states:
            await enable(district, slug)
            report(f"enabled {slug}", 1, 1)
    for plugin in district.plugins:
        await _fill(server, district, plugin.slug, options, report)
    tokens: dict[str, str] = {}
    for role in ROLES:
        subject = await ensure_account(district, role)
        tokens[role] = server.authenticator.issue(subject, DEMO_CODE)
    return tokens


async def _fill(
    server: Server, district: DistrictRuntime, slug: str, options: DemoOptions, report: Report
) -> None:
    hook = server.plugins.hook(slug, "demo_data")
    if hook is None:
        return
    async with district.work() as ctx:
        work = partial(hook, ctx, options, lambda done, whole: report(f"demo data of {slug}", done, whole))
        await run_hook(district, slug, "demo_data", work, seconds=DEMO_SECONDS, always=True)
