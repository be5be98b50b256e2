"""The documentation is true: links lead somewhere, GraphQL fits, commands exist, answers are given."""

import asyncio
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import GraphQLSchema, parse, validate
from typer.main import get_command
from typer.testing import CliRunner

from wangge._host.cli import app
from wangge._host.compose import compose
from wangge._host.http.heads import MAX_HEADERS
from wangge._host.http.limits import Limits
from wangge._host.http.protocol import MAX_QUERY_STRING, MAX_VARIABLE_DEPTH, MAX_VARIABLE_VALUES
from wangge._host.runtime import load_plugins
from wangge._host.settings import Settings
from wangge.testing.districts import LiveServer

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "core" / "docs").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "core" / "CHANGELOG.md", *DOCS, *sorted(ROOT.glob("plugins/*/README.md"))]
EXPECTED = {
    "api",
    "compatibility",
    "cookbook",
    "errors",
    "hooks",
    "naming",
    "operating",
    "performance",
    "plans",
    "privacy",
    "quality-scale",
    "testing",
    "tour",
    "why",
    "writing-a-plugin",
}
DEMO = "370703"

FENCE = re.compile(r"^(?:<!-- (?P<note>[^\n]*?) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"`wangge ([^`]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: Path
    language: str
    text: str
    note: list[str]
    """Words of the comment before it: `run`, or role, district and language of who asks."""


def blocks_of(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    found = FENCE.finditer(page.read_text(encoding="utf-8"))
    return [Block(page, one["language"], one["text"], (one["note"] or "").split()) for one in found]


def named(page: Path) -> str:
    """Return how a page is called in test names."""
    return page.relative_to(ROOT).as_posix()


BLOCKS = [block for page in PAGES for block in blocks_of(page)]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", one.lower()).strip().replace(" ", "-") for one in headings}


def test_the_pages_that_the_architecture_names_are_there() -> None:
    assert {page.stem for page in DOCS} == EXPECTED


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """The schema with every first-party programme."""
    manager = load_plugins()
    assert manager.quarantined == {}
    return compose(manager.select(manager.loaded)).schema


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_graphql_block_fits_the_schema(page: Path, schema: GraphQLSchema) -> None:
    for block in blocks_of(page):
        if block.language == "graphql":
            assert validate(schema, parse(block.text)) == [], block.text


def commands() -> Iterator[str]:
    """Yield what the pages tell to run after `wangge`."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        yield from COMMAND.findall(FENCE.sub("", text))
    for block in BLOCKS:
        if block.language == "console":
            yield from re.findall(r"^\$ (?:.*? )?wangge (.+)$", block.text, re.M)


@pytest.mark.parametrize("line", sorted(set(commands())))
def test_every_command_is_one_with_such_options(line: str) -> None:
    command: Any = get_command(app)  # a command or a group, of the library beneath Typer
    words = shlex.split(line.split("…")[0].split(" | ")[0])
    options = [word.partition("=")[0] for word in words if word.startswith("-") and word != "-"]
    for word in words:
        command = getattr(command, "commands", {}).get(word, command)
    known = {option for parameter in command.params for option in parameter.opts + parameter.secondary_opts}

    assert command.name in words, f"there is no command `wangge {line}`"
    assert set(options) <= known | {"--help"}, f"`wangge {line}` has other options: {sorted(known)}"
    assert CliRunner().invoke(app, [*words[: words.index(str(command.name)) + 1], "--help"]).exit_code == 0


class Demo:
    """The demo on a server in a process of its own, asked as the pages ask it."""

    def __init__(self, data: Path) -> None:
        self._data = data
        shown = self.command("demo", "--no-serve", "--json")
        self._tokens: dict[tuple[str, str], str] = {
            (DEMO, role): token for role, token in json.loads(shown)["tokens"].items()
        }
        self._ids: dict[str, str] = {}
        self._server = LiveServer(Settings(data=data))
        asyncio.run(self._server.wait())
        self._http = httpx.Client(base_url=self._server.url, timeout=60)

    def stop(self) -> None:
        """End the server."""
        self._http.close()
        self._server.stop()

    def command(self, *words: str) -> str:
        """Run a command that must succeed and return what it prints."""
        done = CliRunner().invoke(app, [*words, "--data", str(self._data)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    def ask(self, block: Block) -> dict[str, Any]:
        """Send a document as its note says: role, then district or language where they are others."""
        role, *others = block.note
        district = next((one for one in others if one.isdigit()), DEMO)
        language = next((one for one in others if not one.isdigit()), "en")
        if (district, role) not in self._tokens:
            shown = self.command("token", "--district", district, "--role", role)
            self._tokens[district, role] = shown.strip()
        document = re.sub(r"(\w+)_…", lambda match: self._ids[match[1]], block.text)
        headers = {"authorization": f"Bearer {self._tokens[district, role]}", "accept-language": language}
        answer = self._http.post(f"/{district}/graphql", json={"query": document}, headers=headers).json()
        answer.pop("extensions", None)  # the pages leave the cost out, and say so
        shortened: dict[str, Any] = self._remember(answer)
        return shortened

    def _remember(self, value: Any) -> Any:  # any JSON
        """Return the answer with its ids shortened as the pages show them, and keep them for later blocks."""
        if isinstance(value, dict):
            return {key: self._remember(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._remember(one) for one in value]
        if isinstance(value, str) and re.fullmatch(r"\w+_[0-9a-f]{32}", value):
            kind = value.rpartition("_")[0]
            self._ids[kind] = value
            return f"{kind}_…"
        return value


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    """The demo, served."""
    made = Demo(tmp_path)
    yield made
    made.stop()


PATIENCE = 1000
"""How often a page's question is asked while the server takes over what a command has just changed."""

STEP = re.compile(r"^\$ wangge (.+)\n((?:(?!\$).+\n)*)", re.M)


def test_the_pages_questions_get_the_pages_answers(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    pages = [ROOT / "README.md", ROOT / "core" / "docs" / "tour.md"]
    shown = [block for page in pages for block in blocks_of(page)]
    asked, attempts = 0, 1
    for block, following in pairwise([*shown, shown[-1]]):
        if block.note == ["run"]:
            for line, output in STEP.findall(block.text):
                assert output in demo.command(*shlex.split(line)), line
            attempts = PATIENCE
        elif block.language == "graphql" and block.note:
            assert following.language == "json", f"no answer stands below {block.text}"
            expected = json.loads(following.text)
            for _ in range(attempts):
                found = demo.ask(block)
                if found == expected:
                    break
            assert found == expected, f"{block.page.name}: {block.text}"
            asked, attempts = asked + 1, 1

    assert asked == sum(len(re.findall(r"^<!-- (?!run)", page.read_text("utf-8"), re.M)) for page in pages)


def test_every_setting_of_the_server_stands_in_operating_with_its_default() -> None:
    row = re.compile(r"^\| `(WANGGE_\w+)` \| (?:`([^`]*)`)? *\| (.*) \|$", re.M)
    shown = row.findall((ROOT / "core" / "docs" / "operating.md").read_text(encoding="utf-8"))

    def default(value: object) -> str:
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    assert shown == [
        (f"WANGGE_{name.upper()}", default(field.default), field.description)
        for name, field in Settings.model_fields.items()
    ]


def test_the_limits_of_documents_stand_in_api() -> None:
    page = (ROOT / "core" / "docs" / "api.md").read_text(encoding="utf-8")
    limits = Limits()
    rows = {
        "document": f"64 KiB (`WANGGE_DOCUMENT_LIMIT`), {limits.tokens:,} tokens",
        "levels of nesting": f"{limits.depth} ({limits.introspection_depth} for introspection)",
        "root fields; mutations": f"{limits.root_fields}; {limits.root_mutations}",
        "aliases, directives": f"{limits.aliases}, {limits.directives}",
        "operations, variables": f"{limits.operations}, {limits.variables}",
        "fields, fragments expanded": f"{limits.fields}",
        "values in all variables": f"{MAX_VARIABLE_VALUES:,}, {MAX_VARIABLE_DEPTH} levels deep",
        "comparisons of fields of one name": f"{limits.overlaps:,}",
        "query string": f"{MAX_QUERY_STRING // 1024} KiB",
        "headers": f"{MAX_HEADERS // 1024} KiB together",
    }

    for what, limit in rows.items():
        assert f"| {what} | {limit} |" in page
