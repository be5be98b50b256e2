"""What becomes of an answer where a programme fails: its own fields are null, and nothing else is."""

from collections.abc import Iterator

from graphql import GraphQLObjectType

from wangge._host.lifecycle import enable, suspend
from wangge.errors import PluginFailed
from wangge.testing.districts import TestDistrict
from wangge.testing.faults import Faults, fenced_fields, working_hooks
from wangge.testing.proofs.asking import Answer, Document, NotReached
from wangge.testing.proofs.proving import SEEING, Proof
from wangge.testing.reporting import checks, insist
from wangge.testing.worlds import OTHER

BESIDE = "district { code }"
"""What stands in each document beside the field that fails."""


@checks("raising")
def test_a_field_of_it_that_raises_costs_that_field_alone(proof: Proof) -> None:
    """Each field that runs its code is made to raise, in an operation with a field of the platform."""
    insist(_failing(proof, "raises"))


@checks("hanging")
def test_a_field_of_it_that_hangs_costs_that_field_alone(proof: Proof) -> None:
    """Each field that runs its code is made to hang, in an operation with a field of the platform."""
    insist(_failing(proof, "hangs"))


def _failing(proof: Proof, how: str) -> list[str]:
    found = []
    for kind, name, document in _documents(proof):
        found += proof.runner.run(_with_fault(proof, how, kind, name, document))
    return found


def _documents(proof: Proof) -> Iterator[tuple[GraphQLObjectType, str, Document]]:
    """Yield fields that run the programme's code, each with a document that asks for it and for others."""
    assert proof.slug is not None  # the suite asks for one programme
    walker = proof.walker
    for one, name in fenced_fields(proof.composed.schema, proof.slug):
        kind = proof.schema.type_map[one.name]
        assert isinstance(kind, GraphQLObjectType)  # of the same schema
        field = kind.fields[name]
        try:
            asked = f"{walker.call(name, field)} {walker.below(field)}"
            if kind.name == "Query":
                found = [Document(f"{{ {BESIDE} {asked} }}", {})]
            else:
                found = walker.at(kind, f"__typename {asked}")[:1] if walker.leads_to(kind) else []
        except NotReached:
            continue  # told by the test of the scope
        for document in found:
            head, brace, rest = document.text.partition("{")
            beside = document.text if BESIDE in rest else f"{head}{brace} {BESIDE} {rest}"
            yield kind, name, document._replace(text=beside)


async def _with_fault(
    proof: Proof, how: str, kind: GraphQLObjectType, name: str, document: Document
) -> list[str]:
    faults = Faults(proof.full)
    where = f"{kind.name}.{name}"
    try:
        await (faults.raise_in(where) if how == "raises" else faults.hang_in(where))
        (answer,) = await proof.ask_now(proof.client("district_admin"), [document])
    finally:
        faults.mend()
    return _spread(proof, kind, where, how, answer)


def _spread(proof: Proof, kind: GraphQLObjectType, where: str, how: str, answer: Answer) -> list[str]:
    """Return what the failure of a field did beyond that field."""
    errors = [one["extensions"] for one in answer.body.get("errors", ())]
    if not errors:
        return []  # nothing led to the field over the planted rows
    if answer.data is None or answer.data.get("district") is None:
        return [f"Where {where} {how}, nothing else is answered: {errors}."]
    if any((one["code"], one.get("plugin")) != ("PLUGIN_FAILED", proof.slug) for one in errors):
        return [f"Where {where} {how}, the error does not name the programme: {errors}."]
    assert proof.walker.brought is not None  # the suite asks for one programme
    foreign = kind.name not in {*proof.walker.brought.types, "Query"}
    if foreign and answer.data.get("node", {}) is None:
        return [f"Where {where} {how}, the whole {kind.name} is null: let the field be nullable."]
    return []


@checks("raising")
def test_a_hook_of_it_that_raises_leaves_the_district_as_it_was(proof: Proof) -> None:
    """It is enabled where it is off, with a fault in `on_enable`, and without afterwards."""
    insist(proof.runner.run(_enabled_with_fault(proof, "raises")))


@checks("hanging")
def test_a_hook_of_it_that_hangs_leaves_the_district_as_it_was(proof: Proof) -> None:
    """The same where `on_enable` never comes back."""
    insist(proof.runner.run(_enabled_with_fault(proof, "hangs")))


async def _enabled_with_fault(proof: Proof, how: str) -> list[str]:
    near = proof.lacking[SEEING[-1]]
    assert proof.slug is not None  # the suite asks for one programme
    other = TestDistrict(near.server, near.http, OTHER)
    runtime = near.server.district(OTHER)
    if "on_enable" not in working_hooks(near.server.plugins.loaded[proof.slug]):
        return []
    if proof.slug in runtime.record.enabled:
        await suspend(runtime, proof.slug)
    faults = Faults(other)
    name = f"{proof.slug}.on_enable"
    await (faults.raise_in(name) if how == "raises" else faults.hang_in(name))
    try:
        await enable(runtime, proof.slug)
    except PluginFailed:
        pass
    finally:
        faults.mend()
    found = []
    if proof.slug in near.server.district(OTHER).record.enabled:
        found.append(f"It is on although its on_enable {how}.")
    (answer,) = await proof.ask_now(proof.client("district_admin", other), [_BASE], other)
    if answer.data is None:
        found.append(f"Where its on_enable {how}, the base does not answer: {answer.body}.")
    await enable(runtime, proof.slug)
    if proof.slug not in near.server.district(OTHER).record.enabled:
        found.append("After a fault in its on_enable it cannot be enabled.")
    return found


_BASE = Document(f"{{ {BESIDE} grids {{ totalCount }} }}", {})
