"""`wangge explain` and the header `Server-Timing`: which tier serves an operation, and why."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from wangge import Account
from wangge._host import cli
from wangge._host.http import endpoint
from wangge._host.plans.trace import Trace
from wangge.testing.districts import TestDistrict
from wangge.testing.statements import recorded_statements
from wangge.testing.worlds import DISTRICT, World

PEOPLE = '{ people(first: 3, where: {name: {eq: "陈安"}}) { edges { node { id name phone } } } }'
ANCHOR = '{ qrAnchor(token: "none") { token url } }'
OVERVIEW = '{ me { account } grid(code: "370703001") { code volunteering { volunteers } } }'
DEPTHS = "query Depths($deep: Boolean!) { me @include(if: $deep) { account } district { code } }"
GRIDS = "query Grids($deep: Boolean!) { grids { edges { node { code name @include(if: $deep) } } } }"
NODE = "query Again($id: ID!) { node(id: $id) { id ... on Person { name } } }"
CREATE = """mutation New($parent: ID!) {
  createGrid(input: {parent: $parent, name: "东片", level: "section"}) { grid { id name } warnings { code } }
}"""

Explain = Callable[..., tuple[int, str, str]]


@pytest.fixture
def explain(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Explain:
    """Run `wangge explain` on a document in district 370703; return exit code, stdout and stderr."""
    monkeypatch.setenv("WANGGE_DATA", str(world.settings.data))
    monkeypatch.setenv("WANGGE_CATALOG_URL", world.settings.catalog_url or "")
    file = tmp_path / "document.graphql"

    def call(document: str | None, *words: str, district: str = DISTRICT) -> tuple[int, str, str]:
        if document is not None:
            file.write_text(document, encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["wangge", "explain", str(file), "--district", district, *words])
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


def told(explain: Explain, document: str, *words: str) -> list[dict[str, Any]]:  # JSON
    """Return what is told of a document's operations."""
    code, out, err = explain(document, *words, "--json")
    assert code == 0, err
    found: list[dict[str, Any]] = json.loads(out)
    return found


@pytest.mark.parametrize(
    ("document", "tier", "fields"),
    [
        (PEOPLE, 1, []),
        (ANCHOR, 2, ["QrAnchor.url"]),
        (OVERVIEW, 3, ["Query.me", "Grid.volunteering"]),
        ("{ __schema { queryType { name } } }", 3, ["Query.__schema"]),
        (NODE, 1, []),
        (CREATE, 1, []),
    ],
    ids=["sql", "sql+python", "graphql", "introspection", "node", "mutation"],
)
def test_it_names_the_tier_and_every_field_that_keeps_an_operation_from_a_lower_one(
    explain: Explain, document: str, tier: int, fields: list[str]
) -> None:
    [found] = told(explain, document)

    assert found["tier"] == tier
    assert [one["field"] for one in found["reasons"]] == fields


def test_it_tells_people_what_helps_and_what_callers_need(explain: Explain) -> None:
    code, out, _ = explain(f"query P {PEOPLE} query A {ANCHOR} {CREATE}")

    assert code == 0
    assert out.splitlines() == [
        "query P: tier 1, one SQL statement",
        "  callers need: to be signed in",
        "  masked or null without: base.people.name",
        "query A: tier 2, one SQL statement, some values in Python",
        "  tier 2: QrAnchor.url is resolved in Python.",
        "          Give `field` the value as SQL over the row's columns: `sql=`.",
        "  callers need: nothing",
        "mutation New: tier 1, its payload is read by one SQL statement",
        "  callers need: base.grids.write",
    ]


def test_it_says_when_plans_are_switched_off(explain: Explain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_SQL_PLANS", "false")

    code, _, err = explain(PEOPLE)

    assert code == 0
    assert err == "WANGGE_SQL_PLANS is false here: such a server leaves everything to graphql-core.\n"


def test_the_values_of_switches_decide(explain: Explain) -> None:
    shallow = told(explain, DEPTHS + GRIDS, "--operation", "Grids", "--variables", '{"deep": false}')
    [deep] = told(explain, DEPTHS + GRIDS, "--operation", "Depths", "--variables", '{"deep": true}')

    assert [one["tier"] for one in shallow] == [1]
    assert "Query.me" in [one["field"] for one in deep["reasons"]]


async def test_the_statement_shown_is_the_one_that_is_run(explain: Explain, district: TestDistrict) -> None:
    caller = f"{DISTRICT}/grid_worker"
    [found] = await asyncio.to_thread(told, explain, PEOPLE, "--account", caller, "--sql")
    await district.client("grid_worker").data("{ district { code } }")  # the account is known by now
    with recorded_statements() as sent:
        await district.client("grid_worker").data(PEOPLE)

    [shown] = found["statements"]
    assert sent[-1] == shown["text"]
    assert "scope_place_0" in shown["parameters"]
    assert not shown["ranges"]
    assert "陈安" not in json.dumps(found, ensure_ascii=False)


async def test_a_role_is_tried_without_an_account_of_it(explain: Explain, district: TestDistrict) -> None:
    async def accounts() -> int:
        async with district.context() as ctx:
            return int(await ctx.db.scalar(select(func.count()).select_from(Account)))

    before = await accounts()
    [worker] = await asyncio.to_thread(told, explain, CREATE, "--role", "grid_worker", *variables(parent="x"))
    [admin] = await asyncio.to_thread(
        told, explain, CREATE, "--role", "district_admin", "--sql", *variables(parent="x")
    )

    assert worker["tier"] == 3
    assert worker["reasons"][0]["why"] == "the caller lacks base.grids.write: graphql-core refuses."
    assert admin["tier"] == 1
    assert [one["field"] for one in admin["statements"]] == ["createGrid"]
    assert await accounts() == before


def variables(**given: str) -> tuple[str, str]:
    """Return the words that give variables."""
    return "--variables", json.dumps(given)


def test_variables_come_from_a_file_too(explain: Explain, tmp_path: Path) -> None:
    path = tmp_path / "variables.json"
    path.write_text('{"id": "Person_0"}', encoding="utf-8")

    [found] = told(explain, NODE, "--role", "district_admin", "--variables", f"@{path}")

    assert found["tier"] == 3
    assert found["reasons"][0]["why"].startswith("the arguments cannot be used: ")


@pytest.mark.parametrize(
    ("document", "words", "message"),
    [
        (None, (), "document.graphql cannot be read"),
        (PEOPLE, ("--operation", "Other"), "has no operation Other"),
        (PEOPLE, ("--sql",), "--role or --account"),
        (PEOPLE, ("--role", "resident", "--account", "x"), "Name one: --role or --account"),
        (PEOPLE, ("--role", "emperor"), "There is no role emperor"),
        (PEOPLE, ("--account", "nobody"), "There is no account nobody in 370703"),
        (PEOPLE, ("--variables", "{"), "--variables is no JSON"),
        (PEOPLE, ("--variables", "[]"), "--variables must be a JSON object"),
        (PEOPLE, ("--variables", "@nowhere.json"), "nowhere.json cannot be read"),
        (GRIDS, (), "@skip and @include depend on $deep"),
        (NODE, ("--role", "resident"), "--variables: Variable '$id'"),
        ("{ people { edges { node { nme } } } }", (), "document.graphql:1:27: Cannot query field 'nme'"),
        ("{ people {", (), "document.graphql:1:11: Syntax Error"),
        ("query A { people { totalCount } } " * 11, (), "at most 10 are served"),
    ],
)
def test_what_cannot_be_explained_is_said_in_one_line(
    explain: Explain, document: str | None, words: tuple[str, ...], message: str
) -> None:
    code, out, err = explain(document, *words)

    assert (code, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1


def test_an_unknown_district_is_said_in_one_line(explain: Explain) -> None:
    code, out, err = explain(PEOPLE, district="1234")

    assert (code, out) == (1, "")
    assert "There is no district 1234" in err
    assert err.count("\n") == 1


async def test_a_document_that_does_not_fit_gets_the_servers_errors(
    explain: Explain, district: TestDistrict
) -> None:
    document = "{ people { edges { node { nme } } } grid { code } volunteers { x } }"

    answer = await district.client("district_admin").execute(document)
    code, _, err = await asyncio.to_thread(explain, document)

    assert code == 1
    assert [line.split(": ", 2)[2] for line in err.splitlines()] == [
        error["message"] for error in answer["errors"]
    ]


@pytest.mark.parametrize(
    ("document", "timing"),
    [
        (PEOPLE, ', plan;desc="sql"'),
        (OVERVIEW, ', plan;desc="graphql", why;desc="Query.me is resolved in Python."'),
        (ANCHOR, ', plan;desc="sql+python", why;desc="QrAnchor.url is resolved in Python."'),
        ("{ nothing }", ""),
    ],
)
async def test_an_answer_tells_its_tier(district: TestDistrict, document: str, timing: str) -> None:
    answer = await district.client("district_admin").post(document)

    total, _, plan = answer.headers["server-timing"].partition(", ")
    assert total.startswith("total;dur=")
    assert (f", {plan}" if plan else "") == timing


async def test_without_plans_the_answer_says_so(
    district: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(district.server.settings, "sql_plans", False)

    answer = await district.client("district_admin").post(PEOPLE)

    assert answer.headers["server-timing"].endswith('"graphql", why;desc="SQL plans are switched off."')


async def test_the_log_tells_the_tier(district: TestDistrict, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[dict[str, Any]] = []

    class Recorder:
        """Keeps what is logged."""

        def debug(self, _event: str, **fields: Any) -> None:  # of any kind, as structlog takes them
            """Keep a line."""
            lines.append(fields)

        info = debug

    monkeypatch.setattr(endpoint, "log", Recorder())
    for document in (PEOPLE, OVERVIEW, "{ nothing }"):
        await district.client("district_admin").post(document)

    assert [(line["tier"], line["why"]) for line in lines] == [
        ("sql", None),
        ("graphql", "Query.me is resolved in Python."),
        (None, None),
    ]


def test_a_reason_is_quoted_as_a_header_must_be() -> None:
    assert Trace(3, 'a "b" \\ 网\n').timing(1.26) == (
        'total;dur=1.3, plan;desc="graphql", why;desc="a \\"b\\" \\\\ ??"'
    )


def test_a_subscription_is_explained_with_what_callers_need(explain: Explain) -> None:
    [found] = told(explain, "subscription { events { type grid { code } } }")

    assert (found["kind"], found["tier"], found["signedIn"]) == ("subscription", 3, True)
    assert [one["why"] for one in found["reasons"]] == ["Subscriptions are served by graphql-core."]
