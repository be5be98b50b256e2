"""What the fields of a programme tell whom: questions made from its schema, in districts made to differ."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from graphql import GraphQLObjectType

from wangge._host.compose import needs_of
from wangge._host.plugins import LoadedPlugin
from wangge.testing.districts import Client, TestDistrict
from wangge.testing.programmes import enabled
from wangge.testing.proofs.asking import Answer, Document, NotReached
from wangge.testing.proofs.marks import all_marks_of, apart, given_away, marks_of
from wangge.testing.proofs.probing import cursors_of, forged, orders, probes
from wangge.testing.proofs.proving import HIDDEN, SEEING, Proof
from wangge.testing.proofs.tables import PEOPLE, is_scoped, pointers
from wangge.testing.proofs.tokens import worthless_tokens
from wangge.testing.proofs.walking import Reached, reached
from wangge.testing.reporting import checks, insist
from wangge.testing.worlds import OTHER

SHOWN = 200
"""Letters of a document in a finding."""


def brief(document: Document) -> str:
    """Return a document as findings name it."""
    text = " ".join(document.text.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def broken(documents: Iterable[Document], answers: Iterable[Answer]) -> list[str]:
    """Return where something failed that nobody expected."""
    return [
        f"Something failed: {brief(document)} → {answer.errors}; the server's log says what."
        for document, answer in zip(documents, answers, strict=True)
        if {"INTERNAL", "PLUGIN_FAILED"} & {*answer.codes}
    ]


@checks("scope")
def test_its_tables_of_persons_belong_to_somebody(plugin: LoadedPlugin) -> None:
    """A row that points at a person is bound to a grid or to that person; else everybody would see it."""
    insist(
        [
            f"{model.__tablename__} points at persons by {name}, and is bound to no grid and no person."
            for model in plugin.models
            for name, to in pointers(model)
            if to == PEOPLE and not is_scoped(model)
        ]
    )


@checks("scope")
def test_its_fields_answer_over_planted_rows(proof: Proof) -> None:
    """Print which fields held no value for an administrator: of those nothing is proven."""
    answers = proof.answers("district_admin")
    found: Reached = set()
    for document, answer in zip(proof.documents, answers, strict=True):
        found |= reached(proof.schema, document.text, answer.data)
    for kind, name in sorted(proof.walker.wanted() - found):
        print(f"Not proven, for it never held a value: {kind}.{name}")  # noqa: T201  # what vendors look at
    for why in proof.walker.unreached:
        print(f"Not proven: {why}")  # noqa: T201  # as above
    insist(broken(proof.documents, answers))


@checks("scope")
@pytest.mark.parametrize("caller", HIDDEN, ids=str)
def test_no_answer_of_it_tells_of_a_row_out_of_scope(proof: Proof, caller: str | None) -> None:
    """Whatever serves the answer, no value of a hidden row stands in it."""
    marks = marks_of(proof.crop, HIDDEN[caller])
    for plans in (True, False) if caller in SEEING else (True,):
        answers = proof.answers(caller, plans=plans)
        told = given_away(answers, proof.documents, marks)
        insist([f"{caller or 'nobody'} is told {mark!r}: {brief(document)}" for mark, document in told])
        insist(broken(proof.documents, answers))


@checks("scope")
@pytest.mark.parametrize("caller", SEEING)
def test_an_answer_of_it_is_that_of_a_district_without_the_hidden_rows(proof: Proof, caller: str) -> None:
    """Counts, orders and nulls do not tell either."""
    full = proof.answers(caller)
    lacking = proof.answers(caller, proof.lacking[caller])
    insist(_differing(caller, apart(proof.documents, full, lacking)))


@checks("scope")
@pytest.mark.parametrize("caller", SEEING)
def test_no_filter_and_no_cursor_of_it_tells_of_a_hidden_row(proof: Proof, caller: str) -> None:
    """Lists are filtered, ordered and paged as if what is hidden were not there."""
    documents = probes(proof.walker, proof.crop)
    asked = orders(proof.walker)
    plain = [document for _, document in asked]
    for (called, document), answer in zip(
        asked, proof.ask(proof.client("district_admin"), plain), strict=True
    ):
        documents += [document, *forged(document, called, cursors_of(answer.data)[:2])]
    full = proof.ask(proof.client(caller), documents)
    other = proof.lacking[caller]
    insist(
        _differing(caller, apart(documents, full, proof.ask(proof.client(caller, other), documents, other)))
    )
    insist(broken(documents, full))


def _differing(caller: str, found: Sequence[tuple[Document, object, object]]) -> list[str]:
    return [
        f"{caller} is answered otherwise where the hidden rows are not there: {brief(document)}"
        for document, _, _ in found
    ]


@checks("permission")
def test_its_fields_ask_for_their_permission(proof: Proof) -> None:
    """Whoever holds every other permission is refused the field; who is not signed in is refused all."""
    documents = dict(_single_fields(proof))
    faults = []
    for (kind, name), document in documents.items():
        needs = needs_of(proof.composed.schema.type_map[kind].fields[name])  # type: ignore[attr-defined]  # an object type
        if needs:
            (answer,) = proof.ask(proof.client(None), [document])
            if answer.codes != {"UNAUTHENTICATED"}:
                faults.append(f"{kind}.{name} answers who is not signed in.")
        for permission in (one.permission for one in needs if one.permission is not None):
            with without_permission(proof.full, permission):
                (answer,) = proof.ask(proof.client("district_admin"), [document])
            if "FORBIDDEN" not in answer.codes:
                faults.append(f"{kind}.{name} answers who lacks {permission}.")
    insist(faults)


def _single_fields(proof: Proof) -> Iterator[tuple[tuple[str, str], Document]]:
    """Yield a document for each field that the programme adds to the root of queries and to others' types."""
    walker = proof.walker
    assert walker.brought is not None  # the suite asks for one programme
    for kind, name in walker.brought.fields:
        found = proof.schema.type_map[kind]
        if kind in {"Mutation", "Subscription"} or not isinstance(found, GraphQLObjectType):
            continue
        try:
            asked = f"{walker.call(name, found.fields[name])} {walker.below(found.fields[name])}"
            documents = [Document(f"{{ {asked} }}", {})] if kind == "Query" else walker.at(found, asked)
        except NotReached:
            continue  # told by the first test
        if documents:
            yield (kind, name), documents[0]


@contextmanager
def without_permission(district: TestDistrict, permission: str) -> Iterator[None]:
    """Take a permission from every role while the block runs."""
    plugins, runtime = district.server.plugins, district.server.district(district.code)
    before = plugins.default_permissions

    def others(role: str, slugs: Iterable[str]) -> frozenset[str]:
        return before(role, slugs) - {permission}

    plugins.default_permissions = others  # type: ignore[method-assign]  # given back below
    runtime.forget_principals()
    try:
        yield
    finally:
        plugins.default_permissions = before  # type: ignore[method-assign]
        runtime.forget_principals()


@checks("district")
def test_nobody_is_let_in_with_the_token_of_another_district(proof: Proof) -> None:
    """A token that proves nothing here gets one answer, whatever it asks."""
    faults = []
    for flaw, token in worthless_tokens(proof.full):
        documents = proof.documents if flaw == "other district" else proof.documents[:2]
        for document, answer in zip(
            documents, proof.ask(Client(proof.full.http, proof.full.code, token), documents), strict=True
        ):
            if answer.status != 401:
                faults.append(f"A token ({flaw}) is answered with {answer.status}: {brief(document)}")
    insist(faults)


@checks("district")
def test_no_answer_of_it_tells_of_a_row_of_another_district(proof: Proof) -> None:
    """What one district holds is in no answer of another that has the programme on, whoever asked before."""
    server = proof.full.server
    other = TestDistrict(server, proof.full.http, OTHER)
    assert proof.slug is not None  # the suite asks for one programme
    proof.runner.run(enabled(server.plugins.loaded[proof.slug], server, other))
    proof.ask(proof.client("district_admin"), proof.documents)
    answers = proof.ask(proof.client("district_admin", other), proof.documents, other)
    told = given_away(answers, proof.documents, all_marks_of(proof.crop))
    insist([f"Another district is told {mark!r}: {brief(document)}" for mark, document in told])
    assert all("PLUGIN_NOT_ENABLED" not in one.codes for one in answers)


@checks("off")
def test_where_it_is_off_its_fields_say_so(proof: Proof) -> None:
    """Each field answers `PLUGIN_NOT_ENABLED` with the programme's name where it is not enabled."""
    server = proof.lacking[SEEING[0]].server
    off = TestDistrict(server, proof.lacking[SEEING[0]].http, OTHER)
    faults = []
    for (kind, name), document in _single_fields(proof):
        (answer,) = proof.ask(proof.client("district_admin", off), [document], off)
        if answer.codes != {"PLUGIN_NOT_ENABLED"}:
            faults.append(f"{kind}.{name} answers {answer.errors or answer.data} where it is off.")
    insist(faults)
