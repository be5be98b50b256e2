"""What the suite finds where a programme holds persons fast, or keeps of them what no map names."""

import pytest
from sqlalchemy import delete

from wangge.auth.models import PersonalColumn
from wangge.testing.proofs.planting import Unplantable
from wangge.testing.suite import personal, pointing

from .conftest import MIGRATION, MODEL, MakeProof, MakeWorlds, said

LINES = """
class Line(Identified, Model):
    __tablename__ = "{slug}_lines"

    loan_id: Mapped[UUID] = mapped_column(ForeignKey("{slug}_loans.id", ondelete="RESTRICT"), index=True)


MODELS.append(Line)
"""
PLAIN = '''

def make(table):
    """Make a table whose foreign keys say nothing of what is deleted."""
    from sqlalchemy.schema import CreateTable

    text = str(CreateTable(table).compile(op.get_bind()))
    op.execute(text.replace("ON DELETE CASCADE", ""))
'''
SEALED = (
    MODEL
    + """
    phone_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    keeper_id: Mapped[UUID | None] = mapped_column(ForeignKey("base_people.id", ondelete="SET NULL"))
"""
)
BOUNDED = (
    MODEL
    + """
    grade: Mapped[str] = mapped_column(String(8){example})
    amount: Mapped[int] = mapped_column(Integer)
    spent: Mapped[int] = mapped_column(Integer)
    __table_args__ = (
        CheckConstraint({grades}, name="known"),
        CheckConstraint("amount BETWEEN 0 AND 5000 AND spent <= amount", name="bounded"),
    )
"""
)


def test_persons_and_sealed_values_that_no_map_names_are_caught(worlds_of: MakeWorlds) -> None:
    loaded = worlds_of("xy_unmapped", model=SEALED, on_erase=None).plugins.loaded["xy_unmapped"]

    found = said(personal.test_whatever_it_holds_on_persons_is_on_the_map, loaded)

    assert found.splitlines() == [
        "xy_unmapped_loans.keeper_id points at a person, and no entry of the map has it as `person_key`.",
        "xy_unmapped_loans.person_id points at a person, and no entry of the map has it as `person_key`.",
        "xy_unmapped_loans.phone_cipher is sealed, and no entry of the map has it among its `columns`.",
    ]


def test_a_map_that_never_reached_the_district_is_caught(proof_of: MakeProof) -> None:
    proof = proof_of("xy_lost")

    async def lose() -> None:
        async with proof.full.committed() as ctx:
            await ctx.db.session.execute(delete(PersonalColumn).where(PersonalColumn.plugin == "xy_lost"))

    proof.runner.run(lose())

    found = said(personal.test_the_copy_of_a_person_holds_what_it_keeps, proof)
    kept = said(personal.test_an_erasure_reaches_what_it_keeps_whether_it_is_on_or_suspended, proof)

    assert found == "The copy has no row of xy_lost_loans by person_id."
    assert "xy_lost_loans.note holds '密" in kept


def test_rows_that_an_erasure_does_not_reach_are_caught(proof_of: MakeProof) -> None:
    found = said(
        personal.test_an_erasure_reaches_what_it_keeps_whether_it_is_on_or_suspended,
        proof_of("xy_stays", LINES),
    )

    first, second = found.splitlines()
    assert first.startswith("xy_stays_loans.note holds '密")
    assert first.endswith("after the erasure while it is on.")
    assert second.endswith("after the erasure while it is suspended.")


def test_rows_that_hold_persons_and_grids_fast_are_caught(proof_of: MakeProof) -> None:
    found = proof_of("xy_fast", LINES)

    kept = said(pointing.test_a_person_and_a_grid_can_be_deleted_while_it_has_rows_of_theirs, found)

    assert kept.splitlines() == [
        "A row of base_people cannot be deleted: FOREIGN KEY constraint failed",
        "A row of base_grids cannot be deleted: FOREIGN KEY constraint failed",
    ]


def test_foreign_keys_that_the_database_does_not_know_to_free_are_caught(proof_of: MakeProof) -> None:
    proof = proof_of("xy_held", migration=MIGRATION.replace("one.create(op.get_bind())", "make(one)") + PLAIN)

    found = said(
        pointing.test_the_database_knows_what_becomes_of_its_rows_when_what_they_point_to_goes, proof
    )

    assert found.splitlines() == [
        "xy_held_loans.person_id → base_people has ON DELETE NO ACTION.",
        "xy_held_loans.grid_id → base_grids has ON DELETE NO ACTION.",
    ]


def test_rows_are_planted_that_constraints_take(proof_of: MakeProof) -> None:
    grades = "\"grade IN ('gold', 'silver') AND length(note) > 2\""
    model = BOUNDED.replace("{grades}", grades).replace("{example}", "")

    proof = proof_of("xy_bounded", model=model)

    rows = [row.values for row in proof.crop.rows if row.model.__tablename__ == "xy_bounded_loans"]
    assert [(one["grade"], one["amount"], one["spent"]) for one in rows] == [("gold", 1, 1)] * 3


def test_rows_are_planted_with_the_values_that_columns_name(proof_of: MakeProof) -> None:
    grades = "\"grade LIKE 'g_ld'\""
    model = BOUNDED.replace("{grades}", grades).replace("{example}", ', info={"example": "gild"}')

    proof = proof_of("xy_named", model=model)

    assert {row.values["grade"] for row in proof.crop.rows if "grade" in row.values} == {"gild"}


def test_a_table_that_takes_nothing_is_told(proof_of: MakeProof) -> None:
    grades = "\"length(grade) = 7 AND grade LIKE 'g%'\""
    model = BOUNDED.replace("{grades}", grades).replace("{example}", "")

    with pytest.raises(Unplantable, match="xy_nothing_loans takes no row that is made up for it"):
        proof_of("xy_nothing", model=model)
