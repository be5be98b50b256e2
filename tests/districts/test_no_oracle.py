"""Filters, orders, counts and cursors answer as if what is hidden were not there."""

import os
from zlib import crc32

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from tests.core.plans.drawing import Drawn, operations
from tests.core.plans.known import Known, known_of

from wangge.testing.proofs.asking import Document
from wangge.testing.proofs.marks import apart, given_away, marks_of
from wangge.testing.proofs.probing import cursors_of, forged, orders, probes
from wangge.testing.proofs.proving import HIDDEN, SEEING, Proof

pytestmark = pytest.mark.filterwarnings(
    # what graphql-core leaves behind where a field beside these fails at once
    "ignore:coroutine .* was never awaited:RuntimeWarning"
)
EXAMPLES = int(os.environ.get("WANGGE_ORACLE", "25"))


def _compare(proof: Proof, caller: str, documents: list[Document]) -> None:
    """Insist that both districts answer alike, and give nothing away."""
    full = proof.ask(proof.client(caller), documents)
    other = proof.lacking[caller]
    lacking = proof.ask(proof.client(caller, other), documents, other)
    assert apart(documents, full, lacking) == []
    assert not {"INTERNAL", "PLUGIN_FAILED"} & {code for one in full for _, code in one.errors}


@pytest.mark.parametrize("caller", SEEING)
def test_no_filter_tells_of_a_hidden_row(proof: Proof, caller: str) -> None:
    documents = probes(proof.walker, proof.crop)

    _compare(proof, caller, documents)

    answers = proof.ask(proof.client("district_admin"), documents[::5])
    assert [one.body for one in answers if "GRAPHQL_VALIDATION_FAILED" in one.text] == []
    assert len(documents) > 100


@pytest.mark.parametrize("caller", SEEING)
def test_no_cursor_of_somebody_who_sees_more_tells_of_a_hidden_row(proof: Proof, caller: str) -> None:
    asked = orders(proof.walker)
    answers = proof.ask(proof.client("district_admin"), [document for _, document in asked])
    documents = [document for _, document in asked]
    for (called, document), answer in zip(asked, answers, strict=True):
        documents += forged(document, called, cursors_of(answer.data)[:2])

    _compare(proof, caller, documents)

    marks = marks_of(proof.crop, HIDDEN[caller])
    assert len(documents) > len(asked)
    own = documents[
        : len(asked)
    ]  # a cursor that the caller sent themselves may be named in the refusal of it
    assert given_away(proof.ask(proof.client(caller), own), own, marks) == []


@pytest.mark.parametrize("caller", SEEING)
def test_a_random_read_is_answered_as_if_what_is_hidden_were_not_there(proof: Proof, caller: str) -> None:
    async def read() -> Known:
        async with proof.full.context() as ctx:
            return await known_of(ctx, proof.composed)

    known = proof.runner.run(read())
    asked = 0

    @seed(crc32(caller.encode()))
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    @given(st.data())
    def alike(data: st.DataObject) -> None:
        nonlocal asked
        drawn: Drawn = data.draw(operations(proof.composed.schema, known, shrinking=False))
        document = Document(drawn.document, drawn.variables, drawn.name)
        plans, other = asked % 2 == 0, proof.lacking[caller]
        full = proof.ask(proof.client(caller), [document], plans=plans)
        lacking = proof.ask(proof.client(caller, other), [document], other, plans=plans)
        asked += 1
        if {"INTERNAL", "PLUGIN_FAILED"} & {code for one in (*full, *lacking) for _, code in one.errors}:
            return  # graphql-core broke off a statement of the session that its other fields share
        assert apart([document], full, lacking) == []

    alike()
    assert asked >= EXAMPLES
