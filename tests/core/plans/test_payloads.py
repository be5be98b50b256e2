"""A payload is read back by SQL in the same transaction; the mutation runs once whatever follows."""

from typing import Any

import pytest
from sqlalchemy import select

from wangge import encode_id
from wangge._host.plugins import PluginManager
from wangge.testing.statements import recorded_statements
from wangge.testing.tiers import Answer, without_plans

from .conftest import Crowd
from .faults import module_of

CHANGE = (
    "mutation ($input: FaultyChangeInput!) {{ faultyChange(input: $input) {{ {} userErrors {{ code }} }}}}"
)
TWO = """mutation ($one: FaultyChangeInput!, $two: FaultyChangeInput!) {
  one: faultyChange(input: $one) { thing { name size } userErrors { code } }
  two: faultyChange(input: $two) { thing { name size } userErrors { code } } }"""
WHOLE = (
    "clientMutationId thing { __typename id name size price parts { label } shown { name } } again { mood }"
)


class Changes:
    """Changes things as the grid worker does, and counts how often."""

    def __init__(self, faulty: Crowd, manager: PluginManager, ids: list[Any]) -> None:
        self._faulty = faulty
        self._ids = ids
        self._thing = module_of(manager, "models").Thing
        self.calls: list[str] = module_of(manager, "plugin").CALLS
        self.calls.clear()

    def name(self, at: int) -> str | None:
        """Return the stored name of a thing."""

        async def read() -> Any:  # a text, or None
            async with self._faulty.district.context() as ctx:
                return await ctx.db.scalar(select(self._thing.name).where(self._thing.id == self._ids[at]))

        found: str | None = self._faulty.runner.run(read())
        return found

    def given(self, at: int, way: str = "rename", **more: Any) -> dict[str, Any]:  # JSON
        """Return an input."""
        return {"thing": encode_id("FaultyThing", self._ids[at]), "way": way, **more}

    def ask(self, document: str, **variables: Any) -> Answer:  # JSON
        """Send a mutation once."""
        return self._faulty.runner.run(self._faulty.tiers.ask("grid_worker", document, variables))

    def plainly(self, document: str, **variables: Any) -> Answer:  # JSON
        """Send a mutation once, with plans switched off."""
        with without_plans(self._faulty.district.server):
            return self.ask(document, **variables)


@pytest.fixture(scope="module")
def things(faulty: Crowd, manager: PluginManager) -> list[Any]:
    """Keys of the things, in the order in which they were made."""
    thing = module_of(manager, "models").Thing

    async def read() -> list[Any]:
        async with faulty.district.context() as ctx:
            found: list[Any] = await ctx.db.scalars(select(thing.id).order_by(thing.id))
            return found

    return faulty.runner.run(read())


@pytest.fixture
def changes(faulty: Crowd, manager: PluginManager, things: list[Any]) -> Changes:
    return Changes(faulty, manager, things)


def test_a_payload_is_read_as_graphql_core_reads_it(changes: Changes) -> None:
    with recorded_statements() as sent:
        answer = changes.ask(CHANGE.format(WHOLE), input=changes.given(0, name="新名"))
    reading = [one for one in sent if "SELECT" in one and "new" not in one and "faults_things" in one]
    plain = changes.plainly(CHANGE.format(WHOLE), input=changes.given(0, name="新名"))

    assert (answer.tier, answer.codes) == (1, []), answer.why
    assert answer.text == plain.text
    assert answer.data["faultyChange"]["thing"]["name"] == "新名" == changes.name(0)
    assert len(reading) == 2  # the service's own, and one for all of the payload
    assert changes.calls == ["rename", "rename"]


def test_a_refused_mutation_changes_nothing(changes: Changes) -> None:
    before = changes.name(1)

    answer = changes.ask(CHANGE.format(WHOLE), input=changes.given(1, "refuse", name="x"))

    assert answer.data["faultyChange"]["thing"] is None
    assert answer.data["faultyChange"]["userErrors"] == [{"code": "FAULTS_TOO_MANY"}]
    assert changes.name(1) == before
    assert changes.calls == ["refuse"]


def test_a_failed_mutation_changes_nothing_and_runs_once(changes: Changes) -> None:
    before = changes.name(1)

    answer = changes.ask(CHANGE.format(WHOLE), input=changes.given(1, "fail", name="x"))

    assert (answer.codes, changes.name(1), changes.calls) == (["PLUGIN_FAILED"], before, ["fail"])


@pytest.mark.parametrize("field", ["keeper { name }", "noteNeeded", "riskyNeeded"])
def test_what_is_hidden_or_fails_in_a_payload_does_not_run_it_twice(changes: Changes, field: str) -> None:
    answer = changes.ask(CHANGE.format(f"thing {{ name {field} }}"), input=changes.given(12, name=field))

    assert answer.tier == 3
    assert len(answer.codes) == 1
    assert answer.data["faultyChange"]["thing"] is None
    assert (changes.name(12), changes.calls) == (field, ["rename"])
    plain = changes.plainly(CHANGE.format(f"thing {{ name {field} }}"), input=changes.given(12, name=field))
    assert (answer.text, answer.failures()) == (plain.text, plain.failures())


def test_of_two_mutations_the_second_fails_alone(changes: Changes) -> None:
    before = changes.name(3)

    answer = changes.ask(TWO, one=changes.given(2, name="erste"), two=changes.given(3, "fail", name="zweite"))

    assert answer.codes == ["PLUGIN_FAILED"]
    assert (changes.name(2), changes.name(3), changes.calls) == ("erste", before, ["rename", "fail"])
    plain = changes.plainly(
        TWO, one=changes.given(2, name="erste"), two=changes.given(3, "fail", name="zweite")
    )
    assert (answer.text, answer.failures()) == (plain.text, plain.failures())


def test_of_two_mutations_the_first_may_be_refused_alone(changes: Changes) -> None:
    answer = changes.ask(TWO, one=changes.given(2, "refuse", name="x"), two=changes.given(3, name="second"))

    assert (answer.tier, answer.codes) == (1, [])
    assert answer.data["one"] == {"thing": None, "userErrors": [{"code": "FAULTS_TOO_MANY"}]}
    assert answer.data["two"]["thing"]["name"] == "second" == changes.name(3)
    assert changes.calls == ["refuse", "rename"]


def test_the_second_sees_what_the_first_did(changes: Changes) -> None:
    answer = changes.ask(TWO, one=changes.given(4, name="one"), two=changes.given(4, "rename", name="two"))

    assert answer.tier == 1
    assert [answer.data[key]["thing"]["name"] for key in ("one", "two")] == ["one", "two"]


def test_a_deleted_row_is_told_as_it_was(changes: Changes) -> None:
    planned = changes.ask(CHANGE.format("thing { name }"), input=changes.given(5, "delete", name="gone"))
    plain = changes.plainly(CHANGE.format("thing { name }"), input=changes.given(6, "delete", name="gone"))

    assert planned.text == plain.text
    assert planned.data["faultyChange"]["thing"] == {"name": "gone"}
    assert (changes.name(5), changes.name(6), changes.calls) == (None, None, ["delete", "delete"])


def test_without_a_transaction_the_row_is_told_all_the_same(changes: Changes) -> None:
    document = "mutation ($input: FaultyChangeInput!) { faultyLook(input: $input) { thing { name } } }"
    planned, plain = (ask(document, input=changes.given(7)) for ask in (changes.ask, changes.plainly))

    assert planned.text == plain.text
    assert planned.data["faultyLook"]["thing"] == {"name": changes.name(7)}
    assert changes.calls == ["look", "look"]


@pytest.mark.parametrize("selection", ["things { name }", "count", "thing { risky }", "thing { words }"])
def test_payloads_of_other_kinds_run_once(changes: Changes, selection: str) -> None:
    planned = changes.ask(CHANGE.format(selection), input=changes.given(8))
    calls = len(changes.calls)

    assert calls == 1
    assert planned.data["faultyChange"] is not None
    if selection != "count":
        assert planned.text == changes.plainly(CHANGE.format(selection), input=changes.given(8)).text


def test_a_payload_without_the_row_is_null(changes: Changes) -> None:
    answer = changes.ask(CHANGE.format("thing { name } again { id }"), input=changes.given(9, "nothing"))

    assert (answer.tier, answer.codes) == (1, [])
    assert answer.data["faultyChange"] == {"thing": None, "again": None, "userErrors": []}


def test_a_repeat_is_read_back_and_not_run_again(changes: Changes) -> None:
    given = changes.given(10, name="once", clientMutationId="m-1")

    first, second = (changes.ask(CHANGE.format(WHOLE), input=given) for _ in range(2))

    assert first.text == second.text
    assert first.data["faultyChange"]["clientMutationId"] == "m-1"
    assert changes.calls == ["rename"]


def test_a_row_outside_the_scope_is_not_changed(changes: Changes) -> None:
    before = changes.name(18)

    answer = changes.ask(CHANGE.format(WHOLE), input=changes.given(18, name="stolen"))

    assert answer.data["faultyChange"]["thing"] is None
    assert changes.name(18) == before
    assert "stolen" not in answer.text
