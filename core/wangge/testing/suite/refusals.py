"""What a programme's mutations do for whom they are not open: nothing at all."""

import re

import pytest

from wangge._host.compose import needs_of
from wangge.testing.districts import TestDistrict
from wangge.testing.proofs.asking import Answer
from wangge.testing.proofs.changing import Changer, digests, probed
from wangge.testing.proofs.planting import models
from wangge.testing.proofs.proving import SEEING, Proof
from wangge.testing.proofs.seeds import FAR
from wangge.testing.proofs.tables import is_scoped
from wangge.testing.reporting import checks, insist
from wangge.testing.suite.leaks import brief, broken, without_permission
from wangge.testing.worlds import OTHER


def _content(proof: Proof) -> dict[str, str]:
    return proof.runner.run(digests(proof.full))


def _changed(proof: Proof, before: dict[str, str], what: str) -> list[str]:
    after = _content(proof)
    return [f"{name} was changed by {what}." for name in before if before[name] != after[name]]


@checks("refusals")
def test_its_mutations_ask_for_their_permission_and_change_nothing_where_they_are_refused(
    proof: Proof,
) -> None:
    """Whoever holds every other permission is refused, and who is not signed in."""
    changer = Changer(proof.walker)
    before = _content(proof)
    faults = []
    for name, document in changer.documents().items():
        needs = needs_of(proof.composed.schema.mutation_type.fields[name])  # type: ignore[union-attr]  # it has this
        if needs and proof.ask(proof.client(None), [document])[0].codes != {"UNAUTHENTICATED"}:
            faults.append(f"{name} is open to who is not signed in.")
        for permission in (one.permission for one in needs if one.permission is not None):
            with without_permission(proof.full, permission):
                (answer,) = proof.ask(proof.client("district_admin"), [document])
            if "FORBIDDEN" not in answer.codes:
                faults.append(f"{name} is open to who lacks {permission}.")
    insist(faults + _changed(proof, before, "a refused mutation"))


@checks("refusals")
@pytest.mark.parametrize("caller", SEEING)
def test_to_its_mutations_a_hidden_row_is_as_one_that_is_not_there(proof: Proof, caller: str) -> None:
    """The answer is the same, and nothing is written."""
    secret = {
        str(one.__tablename__) for one in models(proof.full) if is_scoped(one) and not one.__published__
    }
    literals = proof.walker.literals
    hidden = {
        name: groups[FAR]
        for name, groups in literals.ids.items()
        if FAR in groups and literals.nodes[name].__tablename__ in secret
    }
    assert proof.walker.brought is not None  # the suite asks for one programme
    own = [name for name in hidden if name in proof.walker.brought.types]
    before = _content(proof)
    faults = []
    for name, document in Changer(proof.walker).documents().items():
        for path, with_hidden, with_none in probed(document, hidden, own):
            one, other = proof.ask(proof.client(caller), [with_hidden, with_none])
            if _blotted(one) != _blotted(other):
                faults.append(f"{name} tells {caller} of a hidden row at {path}: {one.body}")
            faults += broken([with_hidden], [one])
    insist(
        faults + _changed(proof, before, f"a mutation of {caller} about a row that is hidden or not there")
    )


def _blotted(answer: Answer) -> tuple[int, str]:
    """Return an answer without the ids in it."""
    return answer.status, re.sub(r"[0-9a-f]{32}", "", repr(answer.body))


@checks("off")
def test_where_it_is_off_its_mutations_say_so_and_change_nothing(proof: Proof) -> None:
    """Each answers `PLUGIN_NOT_ENABLED` where it is not enabled."""
    near = proof.lacking[SEEING[0]]
    off = TestDistrict(near.server, near.http, OTHER)
    before = proof.runner.run(digests(off))
    faults = []
    for document in Changer(proof.walker).documents().values():
        (answer,) = proof.ask(proof.client("district_admin", off), [document], off)
        if answer.codes != {"PLUGIN_NOT_ENABLED"}:
            faults.append(f"{brief(document)} answers {answer.errors or answer.data} where it is off.")
    insist(faults)
    insist(
        [] if proof.runner.run(digests(off)) == before else ["A mutation changes a district where it is off."]
    )
