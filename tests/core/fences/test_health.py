"""What is paused is shown to administrators and in other processes, and an administrator lets it go on."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import select

from wangge._host.app import create_app
from wangge._host.runtime import Server
from wangge.auth.models import AuditEntry

from .conftest import PROGRAMMES, SLUG, Hazards

HEALTH = "{ district { plugins { slug health { healthy problems } } } }"
RESET = """mutation($slug: String!) {
  resetPlugin(input: {slug: $slug}) { plugin { slug health { healthy } } userErrors { code } }
}"""


@pytest.fixture
def limits() -> dict[str, Any]:
    """Two failures pause a programme."""
    return {"plugin_failures": 2}


async def pause(hazards: Hazards) -> str:
    """Have the programme paused; return the reference of its last failure."""
    admin = hazards.district.client("district_admin")
    for _ in range(2):
        answer = await admin.execute("{ hazardNow(way: RAISE) }")
    await hazards.server.district(hazards.district.code).fences.close()
    reference: str = answer["errors"][0]["extensions"]["reference"]
    return reference


async def health(hazards: Hazards, language: str = "en") -> dict[str, Any]:
    """Return how the programme fares, as its administrator sees it."""
    data = await hazards.district.client("district_admin", language).data(HEALTH)
    found: dict[str, Any] = next(one["health"] for one in data["district"]["plugins"] if one["slug"] == SLUG)
    return found


async def test_its_health_says_what_is_paused_why_and_until_when(hazards: Hazards) -> None:
    assert await health(hazards) == {"healthy": True, "problems": []}

    reference = await pause(hazards)

    assert await health(hazards) == {
        "healthy": False,
        "problems": [
            "Its fields are paused from 2026-11-29T12:00:00+08:00 until 2026-11-29T12:00:30+08:00, "
            f"because calls failed. The log has the cause under {reference}; "
            "once it is mended, reset the programme."
        ],
    }
    assert await health(hazards, "zh-CN") == {
        "healthy": False,
        "problems": [
            "其字段自 2026-11-29T12:00:00+08:00 起暂停，至 2026-11-29T12:00:30+08:00，原因：多次出错。"
            f"日志中可按 {reference} 查到起因；修复后请重置该项目。"
        ],
    }


async def test_a_reset_lets_it_go_on_at_once_and_is_on_the_record(hazards: Hazards) -> None:
    await pause(hazards)
    admin = hazards.district.client("district_admin")

    answer = await admin.data(RESET, slug=SLUG)

    assert answer["resetPlugin"] == {
        "plugin": {"slug": SLUG, "health": {"healthy": True}},
        "userErrors": [],
    }
    assert await admin.data("{ hazardNow }") == {"hazardNow": 1}
    async with hazards.district.context() as ctx:
        entries = await ctx.db.scalars(select(AuditEntry).where(AuditEntry.action == "platform.plugin.reset"))
    assert [entry.detail for entry in entries] == [{"plugin": SLUG, "paused": ["fields"]}]


async def test_what_was_paused_goes_on_once_it_was_suspended_and_resumed(hazards: Hazards) -> None:
    admin = hazards.district.client("district_admin")
    await pause(hazards)

    for step in ("suspendPlugin", "resumePlugin"):
        taken = await admin.data(
            f'mutation {{ {step}(input: {{slug: "{SLUG}"}}) {{ userErrors {{ code }} }} }}'
        )
        assert taken == {step: {"userErrors": []}}

    assert await health(hazards) == {"healthy": True, "problems": []}
    assert await admin.codes("{ hazardNow(way: RAISE) }") == ["PLUGIN_FAILED"]


async def test_who_may_not_switch_programmes_resets_nothing(hazards: Hazards) -> None:
    await pause(hazards)

    assert await hazards.district.client("grid_worker").codes(RESET, slug=SLUG) == ["FORBIDDEN"]
    assert await hazards.district.client(None).codes(RESET, slug=SLUG) == ["UNAUTHENTICATED"]

    assert await hazards.district.client("district_admin").codes("{ hazardNow }") == ["PLUGIN_PAUSED"]


@pytest.mark.parametrize(("slug", "code"), [("base", "PLUGIN_IS_BASE"), ("nothing", "PLUGIN_UNKNOWN")])
async def test_what_is_no_programme_cannot_be_reset(hazards: Hazards, slug: str, code: str) -> None:
    answer = await hazards.district.client("district_admin").data(RESET, slug=slug)

    assert answer["resetPlugin"] == {"plugin": None, "userErrors": [{"code": code}]}


async def test_a_reset_reaches_another_server_process(hazards: Hazards) -> None:
    server = hazards.server
    other = Server(server.settings, plugins=server.plugins, schemas=server.schemas, clock=hazards.clock)
    await other.start(watch=False)
    create_app(other)
    try:
        await pause(hazards)
        await other.reload()
        assert other.district(hazards.district.code).fences.paused != set()

        await hazards.district.client("district_admin").data(RESET, slug=SLUG)
        await other.reload()

        assert other.district(hazards.district.code).fences.paused == set()
    finally:
        await other.stop()


COMMAND = """
import sys
from importlib.metadata import EntryPoint
from wangge._host import plugins
found = plugins.entry_points
plugins.entry_points = lambda **names: [
    *found(**names), EntryPoint("hazards", "planted_hazards.plugin", "wangge.plugins")
]
from wangge._host.cli import main
sys.argv = ["wangge", *sys.argv[1:]]
main()
"""


def command(hazards: Hazards, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command over the same data, in a process of its own that has the programme, too."""
    settings = hazards.server.settings
    environment = {**os.environ, "WANGGE_DATA": str(settings.data), "PYTHONPATH": str(PROGRAMMES)}
    if settings.catalog_url:
        environment["WANGGE_CATALOG_URL"] = settings.catalog_url
    arguments = [sys.executable, "-c", COMMAND, *words]
    return subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)


async def test_the_doctor_of_another_process_sees_it_and_a_command_resets_it(hazards: Hazards) -> None:
    reference = await pause(hazards)

    sick = command(hazards, "doctor", "--json")
    reset = command(hazards, "plugin", "reset", SLUG, "--district", hazards.district.code)
    well = command(hazards, "doctor", "--json")
    await hazards.server.reload()

    [found] = [one for one in json.loads(sick.stdout) if one["state"] == "paused"]
    assert found["what"] == f"plugin {SLUG} in 370703"
    assert reference in found["remedy"]
    assert found["remedy"].endswith(f"(`wangge plugin reset {SLUG} --district 370703`)")
    assert (sick.returncode, reset.returncode, well.returncode) == (1, 0, 0), (reset.stderr, well.stdout)
    assert reset.stdout == f"{SLUG} goes on in 370703.\n"
    assert "paused" not in well.stdout
    assert await hazards.district.client("district_admin").data("{ hazardNow }") == {"hazardNow": 1}
