"""Writing many people at once: rows as plain values, inserted table by table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from wangge import KeyRing, Model, RequestContext, uuid7
from wangge_schema.people import rules
from wangge_schema.people.models import Dwelling, Guardianship, Household, Person, Residence
from wangge_schema.people.rules import DocumentFacts, DocumentType, HouseholdRelation, ResidenceKind, Sex

Row = dict[str, Any]  # column values of one row


@dataclass(frozen=True)
class PersonFacts:
    """What is known of a person who is to be written, every value in its one spelling."""

    name: str
    document_type: DocumentType
    document: DocumentFacts
    sex: Sex | None = None
    birth_date: date | None = None
    phone: str | None = None


@dataclass
class PeopleBatch:
    """Rows to write together. Each `add_…` returns the new row's id; `write` inserts and empties the batch.

    `bound` is what binds a row to a grid: `address_of(grid)`.
    """

    keys: KeyRing
    rows: dict[type[Model], list[Row]] = field(default_factory=dict)

    def add_dwelling(
        self, bound: Row, places: list[str], *, unit: str, room: str, address: str | None = None
    ) -> UUID:
        """Add a dwelling; see `seal_address` for what is refused."""
        text = rules.normalise_address(address or "") or rules.compose_address(places, unit, room)
        sealed = self.keys.seal("address", text, masked=rules.mask_address("".join(places)))
        return self._add(
            Dwelling,
            bound,
            unit=unit,
            room=room,
            address_cipher=sealed.cipher,
            address_digest=sealed.digest,
            address_masked=sealed.masked,
        )

    def add_household(self, bound: Row, *, number: str, dwelling_id: UUID) -> UUID:
        """Add a household without a head; see `head`."""
        return self._add(Household, bound, number=number, dwelling_id=dwelling_id, head_id=None)

    def head(self, household_id: UUID, person_id: UUID) -> None:
        """Make a person the head of the household that was added last."""
        household = self.rows[Household][-1]
        assert household["id"] == household_id  # only the last one is looked for
        household["head_id"] = person_id

    def add_person(
        self,
        bound: Row,
        facts: PersonFacts,
        *,
        dwelling_id: UUID,
        household_id: UUID | None,
        relation: HouseholdRelation | None,
    ) -> UUID:
        """Add a person without a residence."""
        number, phone = facts.document.number, facts.phone
        document = (
            self.keys.seal("document_number", number, masked=rules.mask_document(number)) if number else None
        )
        sealed_phone = self.keys.seal("phone", phone, masked=rules.mask_phone(phone)) if phone else None
        return self._add(
            Person,
            bound,
            name=facts.name,
            sex=facts.sex,
            birth_date=facts.birth_date,
            document_type=facts.document_type,
            document_number_cipher=document and document.cipher,
            document_number_digest=document and document.digest,
            document_number_masked=document.masked if document else "",
            phone_cipher=sealed_phone and sealed_phone.cipher,
            phone_digest=sealed_phone and sealed_phone.digest,
            phone_masked=sealed_phone and sealed_phone.masked,
            household_id=household_id,
            relation=relation,
            dwelling_id=dwelling_id,
        )

    def add_residence(
        self, bound: Row, *, person_id: UUID, dwelling_id: UUID, kind: ResidenceKind, since: date
    ) -> UUID:
        """Add a lasting residence."""
        return self._add(
            Residence, bound, person_id=person_id, dwelling_id=dwelling_id, kind=kind, since=since
        )

    def add_guardianship(self, bound: Row, *, ward_id: UUID, guardian_id: UUID, since: date) -> UUID:
        """Add a lasting guardianship."""
        return self._add(Guardianship, bound, ward_id=ward_id, guardian_id=guardian_id, since=since)

    def _add(self, model: type[Model], bound: Row, **values: Any) -> UUID:  # column values
        id = uuid7()
        self.rows.setdefault(model, []).append({"id": id, **bound, **values})
        return id

    async def write(self, ctx: RequestContext) -> None:
        """Insert the rows, dwellings first, and empty the batch."""
        for model in (Dwelling, Household, Person, Residence, Guardianship):
            await insert_rows(ctx, model, self.rows.pop(model, []))


async def insert_rows(ctx: RequestContext, model: type[Model], rows: Sequence[Row]) -> None:
    """Insert rows in one statement, or one by one where each must be held against a scope."""
    if not rows:
        return
    if ctx.db.scope.everything:
        await ctx.db.execute(insert(model), list(rows))
        return
    ctx.db.add_all(model(**row) for row in rows)
    await ctx.db.flush()


async def update_rows(ctx: RequestContext, model: Any, rows: Sequence[Row]) -> None:  # a table with an id
    """Change rows, each named by its `id`, in one statement, or one by one within a scope."""
    if not rows:
        return
    if ctx.db.scope.everything:
        await ctx.db.execute(update(model), list(rows))
        return
    for row in rows:
        values = {name: value for name, value in row.items() if name != "id"}
        await ctx.db.execute(update(model).where(model.id == row["id"]).values(**values))
