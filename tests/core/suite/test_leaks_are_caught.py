"""What the suite finds where a programme tells what it should not, or does what it may not."""

import pytest

from wangge._host.lifecycle import enable
from wangge.testing.proofs.proving import Proof
from wangge.testing.suite import leaks, personal, pointing, reads, refusals
from wangge.testing.worlds import OTHER

from .conftest import MakeProof, said

RAW = """
@extends(Query)
class Raw:
    @field(access=requires(READ), description="Notes of all loans.")
    @staticmethod
    async def xy_notes(info: Info) -> list[str]:
        found = await info.context.db.session.execute(text("SELECT note FROM {slug}_loans"))
        return list(found.scalars())


EXTENSIONS.append(Raw)
"""
COUNT = """
@extends(Query)
class Raw:
    @field(access=requires(READ), description="How many loans there are.")
    @staticmethod
    async def xy_count(info: Info) -> int:
        found = await info.context.db.session.execute(text("SELECT count(*) FROM {slug}_loans"))
        return found.scalar_one()


EXTENSIONS.append(Raw)
"""
RAISES = """
@extends(Query)
class Raw:
    @field(access=requires(READ), description="Never there.")
    @staticmethod
    async def xy_broken(info: Info) -> int:
        raise RuntimeError("a fault")


EXTENSIONS.append(Raw)
"""
KEEPS = """
KEPT: list[str] = []


@extends(Query)
class Raw:
    @field(access=requires(READ), description="Notes of loans, remembered by the process.")
    @staticmethod
    async def xy_notes(info: Info) -> list[str]:
        if not KEPT:
            KEPT.extend(await info.context.db.scalars(select(Loan.note)))
        return KEPT


EXTENSIONS.append(Raw)
"""
WRITES = """
@input_type("Which loan ends.")
class XyEndInput(Input):
    loan: ID = argument("The loan.")


@payload_type("Answer.")
class XyEndPayload(Payload):
    loan: XyLoan | None = column("The loan.", default=None)


@extends(Mutation)
class Mutations:
    @mutation(access=requires(READ), description="End a loan.")
    async def xy_end(self, info: Info, input: XyEndInput) -> XyEndPayload:
        ctx = info.context
        db = ctx.db.beyond() if {beyond} else ctx.db
        loan = await db.must_get(Loan, decode_id(XyLoan, input.loan, ("loan",)), path=("loan",))
        loan.note = "over"
        await ctx.db.session.flush()
        return XyEndPayload()


EXTENSIONS.append(Mutations)
"""


def test_a_sound_programme_passes(proof_of: MakeProof) -> None:
    proof = proof_of(
        "xy_sound",
        WRITES.replace("{beyond}", "False").replace("access=authenticated", "access=requires(READ)"),
    )

    leaks.test_its_fields_answer_over_planted_rows(proof)
    for caller in ("grid_worker_elsewhere", "resident"):
        leaks.test_no_answer_of_it_tells_of_a_row_out_of_scope(proof, caller)
        leaks.test_an_answer_of_it_is_that_of_a_district_without_the_hidden_rows(proof, caller)
        leaks.test_no_filter_and_no_cursor_of_it_tells_of_a_hidden_row(proof, caller)
        refusals.test_to_its_mutations_a_hidden_row_is_as_one_that_is_not_there(proof, caller)
    leaks.test_its_fields_ask_for_their_permission(proof)
    leaks.test_no_answer_of_it_tells_of_a_row_of_another_district(proof)
    leaks.test_where_it_is_off_its_fields_say_so(proof)
    refusals.test_where_it_is_off_its_mutations_say_so_and_change_nothing(proof)
    refusals.test_its_mutations_ask_for_their_permission_and_change_nothing_where_they_are_refused(proof)
    personal.test_the_copy_of_a_person_holds_what_it_keeps(proof)
    personal.test_an_erasure_reaches_what_it_keeps_whether_it_is_on_or_suspended(proof)
    pointing.test_the_database_knows_what_becomes_of_its_rows_when_what_they_point_to_goes(proof)
    pointing.test_a_person_and_a_grid_can_be_deleted_while_it_has_rows_of_theirs(proof)
    reads.test_its_fields_cost_no_more_statements_for_more_rows(proof)
    assert proof.walker.wanted() == {
        ("Query", "xyLoans"),
        ("Person", "xyLoans"),
        *(("XyLoan", name) for name in ("id", "note", "person")),
    }


@pytest.mark.parametrize("caller", ["grid_worker_elsewhere", "resident"])
def test_rows_read_past_the_scope_are_caught(proof_of: MakeProof, caller: str) -> None:
    proof = proof_of(f"xy_raw_{caller}", RAW)

    found = said(leaks.test_no_answer_of_it_tells_of_a_row_out_of_scope, proof, caller)

    assert f"{caller} is told '密" in found
    assert "{ xyNotes }" in found


def test_a_count_past_the_scope_is_caught(proof_of: MakeProof) -> None:
    proof = proof_of("xy_count", COUNT)

    leaks.test_no_answer_of_it_tells_of_a_row_out_of_scope(proof, "resident")
    found = said(leaks.test_an_answer_of_it_is_that_of_a_district_without_the_hidden_rows, proof, "resident")

    assert found == "resident is answered otherwise where the hidden rows are not there: { xyCount }"


def test_a_resolver_that_fails_over_planted_rows_is_caught(proof_of: MakeProof) -> None:
    found = said(leaks.test_its_fields_answer_over_planted_rows, proof_of("xy_raises", RAISES))

    assert found.startswith("Something failed: { xyBroken }")


def test_what_a_process_remembers_of_one_district_is_caught_in_another(proof_of: MakeProof) -> None:
    found = said(leaks.test_no_answer_of_it_tells_of_a_row_of_another_district, proof_of("xy_keeps", KEEPS))

    assert "Another district is told '密" in found


def test_a_mutation_that_looks_past_the_scope_is_caught(proof_of: MakeProof) -> None:
    proof = proof_of("xy_beyond", WRITES.replace("{beyond}", "True"))

    found = said(
        refusals.test_to_its_mutations_a_hidden_row_is_as_one_that_is_not_there,
        proof,
        "grid_worker_elsewhere",
    )

    assert "xyEnd tells grid_worker_elsewhere of a hidden row at loan" in found
    assert "xy_beyond_loans was changed by a mutation of grid_worker_elsewhere" in found


def _unguarded(proof: Proof, kind: str, name: str) -> None:
    """Take the guard from a field, as a fault of the platform would."""
    field = proof.composed.schema.type_map[kind].fields[name]  # type: ignore[attr-defined]  # an object type
    resolve = field.resolve
    field.resolve = next(cell.cell_contents for cell in resolve.__closure__ if callable(cell.cell_contents))


def test_a_field_that_is_open_to_everyone_is_caught(proof_of: MakeProof) -> None:
    proof = proof_of("xy_open", COUNT)
    _unguarded(proof, "Query", "xyCount")

    found = said(leaks.test_its_fields_ask_for_their_permission, proof)

    assert found.splitlines() == [
        "Query.xyCount answers who is not signed in.",
        "Query.xyCount answers who lacks xy_open.loans.read.",
    ]


def test_a_mutation_that_is_open_to_everyone_is_caught(proof_of: MakeProof) -> None:
    proof = proof_of("xy_ajar", WRITES.replace("{beyond}", "True"))
    _unguarded(proof, "Mutation", "xyEnd")

    found = said(
        refusals.test_its_mutations_ask_for_their_permission_and_change_nothing_where_they_are_refused, proof
    )

    assert "xyEnd is open to who is not signed in." in found
    assert "xy_ajar_loans was changed by a refused mutation." in found


def test_a_field_that_is_there_where_its_programme_is_off_is_caught(proof_of: MakeProof) -> None:
    proof = proof_of("xy_on")
    server = proof.lacking["grid_worker_elsewhere"].server
    proof.runner.run(enable(server.district(OTHER), "xy_on"))

    found = said(leaks.test_where_it_is_off_its_fields_say_so, proof)

    assert "Query.xyLoans answers" in found


EACH = """
@extends(Person)
class Raw:
    @field(access=requires(READ), description="A number, asked for row by row.")
    @staticmethod
    async def xy_number(root: Parent[base.Person], info: Info) -> int | None:
        return len(await info.context.db.scalars(select(Loan).where(Loan.person_id == root.id)))


EXTENSIONS.append(Raw)
"""


def test_a_field_that_asks_for_each_row_is_caught(proof_of: MakeProof) -> None:
    found = said(reads.test_its_fields_cost_no_more_statements_for_more_rows, proof_of("xy_each", EACH))

    assert found == "Person.xyNumber: 2 statements for 1 row, 5 for 4."
