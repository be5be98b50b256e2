"""Correcting what is known of persons."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from wangge import RequestContext
from wangge_schema.people import rules
from wangge_schema.people.errors import PersonDead, PersonExists
from wangge_schema.people.models import Household, Person
from wangge_schema.people.rules import DocumentType, HouseholdRelation, Sex
from wangge_schema.people.services.facts import read_facts, set_document, set_phone, stored_number


@dataclass(frozen=True)
class PersonChanges:
    """What is to be corrected; None leaves a fact as it is, an empty phone removes it."""

    name: str | None = None
    sex: Sex | None = None
    birth_date: date | None = None
    document_type: DocumentType | None = None
    document_number: str | None = None
    phone: str | None = None
    relation: HouseholdRelation | None = None


async def update_person(ctx: RequestContext, *, person_id: UUID, changes: PersonChanges) -> Person:
    """Correct what is known of a living person (PIPL art. 46). Needs `base.people.write`.

    Raises:
        NotFound: when the person lies outside the caller's grids.
        PersonDead: when the death is recorded.
        PersonExists: when the document is registered for somebody else.
        RuleError: when a value breaks a rule; see `rules`.
    """
    ctx.require("base.people.write")
    person = await ctx.db.lock(Person, person_id, path=("person",))
    if person.died_on is not None:
        raise PersonDead(path=("person",))
    async with ctx.db.unique(PersonExists(path=("documentNumber",))):
        _correct_document(ctx, person, changes)
    if changes.name is not None:
        person.name = rules.normalise_name(changes.name)
    if changes.phone is not None:
        set_phone(ctx, person, changes.phone)
    if changes.relation is not None:
        await _relate(ctx, person, changes.relation)
    await ctx.db.flush()
    fields = tuple(name for name, value in vars(changes).items() if value is not None)
    ctx.audit("base.person.updated", subject=person, fields=fields)
    ctx.emit("base.person.updated", subject=person, grid_id=person.grid_id, data={"fields": list(fields)})
    return person


def _correct_document(ctx: RequestContext, person: Person, changes: PersonChanges) -> None:
    """Apply new documents, sex and birth date, which have to agree with each other."""
    kind = changes.document_type or person.document_type
    if changes.document_type is None and changes.document_number is None:
        facts = rules.read_document(kind, stored_number(ctx, person), ctx.today)
    else:
        facts = read_facts(ctx, kind, changes.document_number or "")
        person.document_type = kind
        set_document(ctx, person, facts)
    sex, born = rules.reconcile(facts, changes.sex, changes.birth_date)
    if born is not None:
        rules.check_birth_date(born, ctx.today)
    person.sex = sex or person.sex
    person.birth_date = born or person.birth_date


async def _relate(ctx: RequestContext, person: Person, relation: HouseholdRelation) -> None:
    """Set the relation to the head; a new head takes the place of the one before."""
    household = await ctx.db.get(Household, person.household_id)
    if household is None:
        return
    if relation is HouseholdRelation.HEAD:
        former = await ctx.db.get(Person, household.head_id)
        if former is not None and former.id != person.id:
            former.relation = HouseholdRelation.OTHER
        household.head_id = person.id
    elif household.head_id == person.id:
        household.head_id = None
    person.relation = relation
