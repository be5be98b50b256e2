"""No mutation changes, or tells of, what its caller may not see; refused calls change nothing at all."""

import re
from collections import Counter
from typing import Any

import pytest

from wangge.testing.districts import Client
from wangge.testing.proofs.asking import permission_of
from wangge.testing.proofs.changing import Changer, digests, probed
from wangge.testing.proofs.planting import models
from wangge.testing.proofs.proving import SEEING, Proof
from wangge.testing.proofs.seeds import FAR
from wangge.testing.proofs.tables import is_scoped
from wangge.testing.proofs.tokens import worthless_tokens


def _content(proof: Proof) -> dict[str, str]:
    """Return a digest of each table of the district."""
    return proof.runner.run(digests(proof.full))


def _changer(proof: Proof) -> Changer:
    return Changer(proof.walker, {"slug": "volunteer_points"})


def test_mutations_are_refused_to_whom_they_are_not_open(proof: Proof) -> None:
    documents = _changer(proof).documents()
    fields = _changer(proof).fields()
    before = _content(proof)

    for answer in proof.ask(proof.client(None), documents.values()):
        assert {code for _, code in answer.errors} == {"UNAUTHENTICATED"}, answer.body
    for flaw, token in worthless_tokens(proof.full):
        client = Client(proof.full.http, proof.full.code, token)
        answers = proof.ask(client, [*documents.values()][:: 1 if flaw == "expired" else 10])
        assert {one.status for one in answers} == {401}, flaw
        assert {code for one in answers for _, code in one.errors} == {"UNAUTHENTICATED"}, flaw
    for caller in ("bare", "revoked"):
        closed = {name: one for name, one in documents.items() if permission_of(fields[name])}
        for name, answer in zip(closed, proof.ask(proof.client(caller), closed.values()), strict=True):
            assert {code for _, code in answer.errors} == {"FORBIDDEN"}, (caller, name, answer.body)

    assert _content(proof) == before
    assert len(documents) > 40


@pytest.mark.parametrize("caller", SEEING)
def test_a_hidden_row_is_to_a_mutation_as_one_that_is_not_there(proof: Proof, caller: str) -> None:
    secret = {one.__name__ for one in models(proof.full) if _is_secret(one)}
    hidden = {name: groups[FAR] for name, groups in proof.walker.literals.ids.items() if name in secret}
    before = _content(proof)
    told: Counter[str] = Counter()
    apart = []

    for name, document in _changer(proof).documents().items():
        for path, with_hidden, with_none in probed(document, hidden):
            one, other = proof.ask(proof.client(caller), [with_hidden, with_none])
            told.update(re.findall(r"'code': '([A-Z_]+)'", repr(one.body)))
            if (_blotted(one.body), one.status) != (_blotted(other.body), other.status):
                apart.append((name, path, one.body, other.body))

    assert apart == []
    assert _content(proof) == before
    assert told.total() > 30
    assert told["NOT_FOUND"] >= (10 if caller == "grid_worker_elsewhere" else 1), told


def _is_secret(model: type[Any]) -> bool:
    return is_scoped(model) and not model.__published__


def _blotted(body: Any) -> str:  # JSON
    """Return an answer without the ids in it."""
    return re.sub(r"[0-9a-f]{32}", "", repr(body))
