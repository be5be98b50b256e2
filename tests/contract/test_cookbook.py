"""The cookbook is true: its package is built from the page, and every operation gets the page's answer."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "core" / "docs" / "cookbook.md"
FILE = re.compile(r"^\*\*`([\w./-]+)`\*\*\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RECIPE = re.compile(r"^\| [^|]+ \| \[([^\]]+)\]\(#([\w-]+)\) \|$", re.MULTILINE)

RUNNING = '''
"""Runs the page: what it tells to run, in its order."""

import asyncio
import json
import os
import re

from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from wangge import Account
from wangge._host.background.cursors import cursors_of
from wangge._host.background.handlers import HandlerRun, handlers_of
from wangge._host.background.jobs import job_rows, jobs_of, run_job
from wangge._host.importing import run_import
from wangge._host.migrator import differences, package_of
from wangge._host.plugin_settings.changing import Change, change_settings
from wangge.auth.principal import SYSTEM
from wangge.testing.districts import TestDistrict
from wangge_schema import models as base

PAGE = Path(os.environ["COOKBOOK"]).read_text(encoding="utf-8")
STEP = re.compile(
    r"^<!-- (?P<note>[^\\n]+) -->\\n\\n```gql\\n(?P<ask>.*?)^```\\n\\n```json\\n(?P<answer>.*?)^```$"
    r"|^```console\\n\\$ wangge (?P<command>.*?)\\n```$"
    r"|^```console\\n\\$ curl [^\\n]+\\n```\\n\\n```json\\n(?P<uploaded>.*?)^```$",
    re.M | re.S,
)
PHOTO = b"\\xff\\xd8\\xff\\xe0" + bytes(48209)
ON = 'mutation { enablePlugin(input: {slug: "lamps"}) { userErrors { code } } }'
DWELL = """mutation($grid: ID!) {
  createDwelling(input: {grid: $grid, unit: "1", room: "101"}) { dwelling { id } }
}"""
REGISTER = """mutation($dwelling: ID!) {
  registerPerson(input: {name: "张三丰", documentType: NONE, documentNumber: "", birthDate: "1980-05-01",
    dwelling: $dwelling, purpose: "registration"}) { person { id } }
}"""


class Reader:
    """Someone who follows the page step by step; ids that answers give stand for `"Grid_…"` from then on."""

    def __init__(self, district: TestDistrict) -> None:
        self.district = district
        self.runtime = district.server.district(district.code)
        self.ids: dict[str, str] = {}
        self.followed: tuple[Any, Any] | None = None

    async def prepare(self) -> None:
        """Switch the programme on; let somebody live in the community."""
        admin = self.district.client("district_admin")
        assert (await admin.data(ON))["enablePlugin"] == {"userErrors": []}
        grid = (await admin.data('{ grid(code: "370703001001001") { id } }'))["grid"]["id"]
        dwelling = (await admin.data(DWELL, grid=grid))["createDwelling"]["dwelling"]["id"]
        person = (await admin.data(REGISTER, dwelling=dwelling))["registerPerson"]["person"]["id"]
        async with self.district.committed() as ctx:
            resident = f"{self.district.code}/resident"
            account = await ctx.db.scalar(select(Account).where(Account.subject == resident))
            account.person_id = UUID(person.rpartition("_")[2])
        await self.handle()

    async def take(self, step: re.Match[str]) -> None:
        """Do what a step says, and insist on its answer."""
        if step["command"] is not None:
            await self.run(step["command"].split())
            return
        if step["uploaded"] is not None:
            await self.upload(json.loads(step["uploaded"]))
            return
        who, *more = step["note"].split()
        if more[:1] == ["after"]:
            await self.job(more[1])
        ask = re.sub(r'"(\\w+)_…"', lambda blank: f'"{self.ids[blank[1]]}"', step["ask"])
        if more == ["follows"]:
            self.followed = (self.district.stream(who, ask), json.loads(step["answer"]))
            return
        stream, heard = self.followed or (None, None)
        self.followed = None
        if stream is None:
            answer = await self.district.client(who).data(ask)
        else:
            async with stream:
                answer = await self.district.client(who).data(ask)
                name, told = await stream.hear()
                while name != "next":
                    name, told = await stream.hear()
                self.compare(told["data"], heard)
        self.compare(answer, json.loads(step["answer"]))
        await self.handle()

    def compare(self, found: Any, expected: Any) -> None:  # JSON
        """Insist that an answer is what the page shows."""
        if isinstance(expected, dict):
            assert list(found) == list(expected)
            for name, value in expected.items():
                self.compare(found[name], value)
        elif isinstance(expected, list) and expected[:1] == ["…"]:
            assert [one for one in expected[1:] if one not in found] == []
        elif isinstance(expected, list):
            assert len(found) == len(expected), found
            for one, other in zip(found, expected, strict=True):
                self.compare(one, other)
        elif isinstance(expected, str) and expected.endswith("_…"):
            kind = expected.removesuffix("_…")
            assert found.startswith(f"{kind}_")
            self.ids[kind] = found
        else:
            assert found == expected

    async def handle(self) -> None:
        """Let the handlers do what there is, as the server does within a moment."""
        await cursors_of(self.runtime, handlers_of(self.runtime))
        for known in handlers_of(self.runtime):
            await HandlerRun(self.runtime, known, asyncio.Event()).run()

    async def job(self, name: str) -> None:
        """Run a job, as the server does when it is due."""
        known = jobs_of(self.runtime)
        await job_rows(self.runtime, known)
        await run_job(self.runtime, known[name], due=False)

    async def upload(self, expected: dict[str, Any]) -> None:
        """Send the photo as a community's secretary does, and insist on the answer."""
        token = self.district.token("community_secretary")
        heads = {"authorization": f"Bearer {token}", "x-file-name": "lamp.jpg"}
        sent = await self.district.http.post(f"/{self.district.code}/files", content=PHOTO, headers=heads)
        assert sent.status_code == 201, sent.text
        self.compare(sent.json(), expected)

    async def run(self, words: list[str]) -> None:
        """Run a command of the page."""
        if words[0] == "import":
            importers = {one.key: one for plugin in self.runtime.plugins for one in plugin.importers}
            done = await run_import(importers[words[1]], Path(words[2]), open_context=self.runtime.work)
            assert (done.report.created, done.report.unchanged, done.report.refused) == (1, 1, [])
            return
        assert words[:4] == ["plugin", "settings", "lamps", "--district"]
        code, _, change = words[words.index("--grid") + 1 :]
        name, _, value = change.partition("=")
        plugin = self.district.server.plugins.loaded["lamps"]
        async with self.runtime.context(SYSTEM) as ctx:
            grid = await ctx.db.scalar(select(base.Grid.id).where(base.Grid.code == code))
            change = Change({name: int(value)})
            await change_settings(self.runtime, ctx, plugin, change, place_id=grid)


async def test_the_page_is_true(district: TestDistrict) -> None:
    reader = Reader(district)
    await reader.prepare()
    steps = list(STEP.finditer(PAGE))
    for step in steps:
        await reader.take(step)
    assert len(steps) == PAGE.count("```gql") + PAGE.count("```console")


async def test_the_migration_makes_the_tables_of_the_models(district: TestDistrict) -> None:
    await district.client("district_admin").data(ON)
    runtime = district.server.district(district.code)
    package = package_of(district.server.plugins.loaded["lamps"])
    assert await differences(runtime.record.place, package) == []
'''


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cookbook's package, written out file by file and made known as an installed one is."""
    folder = tmp_path_factory.mktemp("lamps")
    for name, content in FILE.findall(PAGE.read_text(encoding="utf-8")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    known = folder / "acme_lamps-0.1.0.dist-info"
    known.mkdir()
    heading = f"Metadata-Version: 2.3\nName: {project['name']}\nVersion: {project['version']}\n"
    (known / "METADATA").write_text(heading, encoding="utf-8")
    points = project["entry-points"]["wangge.plugins"].items()
    lines = "".join(f"{name} = {value}\n" for name, value in points)
    (known / "entry_points.txt").write_text(f"[wangge.plugins]\n{lines}", encoding="utf-8")
    (folder / "tests").mkdir()
    (folder / "tests" / "test_page.py").write_text(RUNNING, encoding="utf-8")
    return folder


def run(package: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python with these arguments where the cookbook's package is installed."""
    paths = [str(package), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "COOKBOOK": str(PAGE)}
    return subprocess.run(
        [sys.executable, *command], cwd=package, env=environment, capture_output=True, text=True
    )


def test_every_recipe_of_the_table_is_on_the_page_and_has_code_and_an_answer() -> None:
    text = PAGE.read_text(encoding="utf-8")
    recipes = [title.capitalize().replace("sql", "SQL") for title, _ in RECIPE.findall(text)]
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))

    assert recipes == [title for title in sections if title != "The rest of the package"]
    for title in recipes:
        assert FILE.search(sections[title]), title
        assert "```json" in sections[title], title


def test_every_operation_gets_the_answer_on_the_page(package: Path, backend: str) -> None:
    options = ["-q", "--tb=short", "-p", "no:cacheprovider", "-W", "error", "-k", backend]

    done = run(package, "-m", "pytest", *options)

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b2 passed\b", done.stdout), done.stdout
