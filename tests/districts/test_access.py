"""Every field of every type shows a caller what is theirs and nothing else, whatever serves the answer.

The documents are made from the district's own schema, and the rows from the tables, so that whatever a
programme adds is planted, asked for and compared too.
"""

import pytest
from sqlalchemy.pool import QueuePool

from wangge.testing.districts import Client, TestDistrict
from wangge.testing.proofs.asking import Document
from wangge.testing.proofs.marks import apart, given_away, marks_of
from wangge.testing.proofs.proving import HIDDEN, SEEING, Proof
from wangge.testing.proofs.tokens import worthless_tokens
from wangge.testing.proofs.walking import Reached, reached

ON = "a programme that is on brings no change"
NEVER_FILLED = {
    ("PluginHealth", "problems"): "no programme of the test's server is ill",
    ("PluginPreview", "problems"): "nothing stands against a programme that is on",
    ("PluginPreview", "provides"): "the programme provides nothing",
    **{("PluginPreview", one): ON for one in ("changes", "migrations")},
    **{("SchemaChange", one): ON for one in ("severity", "code", "place", "description")},
    **{("PreviewedMigration", one): ON for one in ("revision", "description")},
}
OWN = {"Me", "RoleGrant"}
"""Types of which each caller has their own."""


def test_an_administrator_meets_a_value_in_every_field(proof: Proof) -> None:
    """What no answer ever shows would prove nothing where it is missing."""
    answers = proof.answers("district_admin")
    found: Reached = set()
    for document, answer in zip(proof.documents, answers, strict=True):
        assert answer.errors == [], (document, answer.body)
        found |= reached(proof.schema, document.text, answer.data)
    own = Document("{ me { person { id } roles { until grid { id } } } }", {})
    of_others = [proof.ask(proof.client(one), [own])[0].data["me"] for one in SEEING]

    missing = {one for one in proof.walker.wanted() - found if one[0] not in OWN}
    assert missing == set(NEVER_FILLED)
    assert proof.walker.unreached == []
    assert len(proof.walker.wanted()) > 250
    assert [one["person"] is not None for one in of_others] == [False, True]
    assert [one["roles"][0]["grid"] is not None for one in of_others] == [True, False]
    for groups in HIDDEN.values():
        marks = marks_of(proof.crop, groups)
        shown = {mark for mark, _ in given_away(answers, proof.documents, marks)}
        assert len(shown) > 30 * (len(groups) - 1), groups


@pytest.mark.parametrize(
    ("caller", "plans"), [*((one, True) for one in HIDDEN), *((one, False) for one in SEEING)], ids=str
)
def test_no_answer_gives_away_what_is_hidden(proof: Proof, caller: str | None, plans: bool) -> None:
    marks = marks_of(proof.crop, HIDDEN[caller])

    answers = proof.answers(caller, plans=plans)

    assert given_away(answers, proof.documents, marks) == []
    assert {one.status for one in answers} <= {200, 401}
    assert not {"INTERNAL", "PLUGIN_FAILED"} & {code for one in answers for _, code in one.errors}


@pytest.mark.parametrize("caller", SEEING)
def test_an_answer_is_that_of_a_district_without_what_is_hidden(proof: Proof, caller: str) -> None:
    full = proof.answers(caller)

    lacking = proof.answers(caller, proof.lacking[caller])

    assert apart(proof.documents, full, lacking) == []
    assert sum(one.data not in (None, {"node": None}) for one in full) > 50


def test_nobody_is_answered_by_public_fields_alone(proof: Proof) -> None:
    answers = proof.answers(None)

    told = [
        document.text
        for document, one in zip(proof.documents, answers, strict=True)
        if {code for _, code in one.errors} != {"UNAUTHENTICATED"}
    ]
    assert told != []
    assert [one for one in told if not one.startswith(("{ district", "{ qrAnchor"))] == []


def test_a_token_that_proves_nothing_gets_the_same_answer_everywhere(proof: Proof) -> None:
    for flaw, token in worthless_tokens(proof.full):
        client = Client(proof.full.http, proof.full.code, token)
        answers = proof.ask(client, proof.documents[:: 1 if flaw == "expired" else 16])
        assert {one.status for one in answers} == {401}, flaw
        assert [one.body for one in answers if one.body != answers[0].body] == [], flaw
        assert [set(one) for one in answers[0].body["errors"]] == [{"message", "extensions"}], flaw
        assert answers[0].body["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}, flaw


async def test_a_field_that_is_refused_leaves_no_connection_behind(district: TestDistrict) -> None:
    documents = (
        "{ pairings { edges { node { id } } } auditEntries { totalCount } }",
        "{ people { edges { node { household { head { id } } } } } auditEntries { totalCount } }",
    )

    codes = [await district.client("resident").codes(document) for document in documents]

    assert codes == [["FORBIDDEN"]] * 2
    pool = district.server.district(district.code).engines.reader.sync_engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 0
