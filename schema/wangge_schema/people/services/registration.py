"""Registering persons."""

from datetime import date
from uuid import UUID

from wangge import RequestContext
from wangge_schema.people import rules
from wangge_schema.people.errors import HouseholdElsewhere, PersonExists
from wangge_schema.people.models import Dwelling, Household, Person, Residence
from wangge_schema.people.rules import DocumentFacts, DocumentType, HouseholdRelation, ResidenceKind, Sex
from wangge_schema.people.services.binding import bind_to
from wangge_schema.people.services.facts import read_facts, set_document, set_phone
from wangge_schema.people.services.guardians import guard_by_head
from wangge_schema.people.services.purposes import check_purpose


async def register_person(
    ctx: RequestContext,
    *,
    name: str,
    document_type: DocumentType,
    document_number: str,
    dwelling_id: UUID,
    purpose: str,
    sex: Sex | None = None,
    birth_date: date | None = None,
    phone: str | None = None,
    residence: ResidenceKind = ResidenceKind.CURRENT,
    household_id: UUID | None = None,
) -> Person:
    """Register a person with a first residence. Needs `base.people.write`.

    An unknown area code in the identity number is a warning. The first member of full age heads the
    household; the head becomes the guardian of members under age.

    Raises:
        NotFound: when dwelling or household lie outside the caller's grids.
        PersonExists: when the document is registered already, wherever that is.
        RuleError: when a value breaks a rule; see `rules`.
    """
    ctx.require("base.people.write")
    dwelling = await ctx.db.must_get(Dwelling, dwelling_id, path=("dwelling",))
    household = await _household(ctx, household_id, dwelling, residence)
    facts = read_facts(ctx, document_type, document_number)
    sex, birth_date = rules.reconcile(facts, sex, birth_date)
    rules.check_birth_date(birth_date, ctx.today)
    stated = await check_purpose(ctx, purpose, birth_date)
    name = rules.normalise_name(name)
    person = Person(name=name, sex=sex, birth_date=birth_date, document_type=document_type)
    _fill(ctx, person, facts, phone, dwelling)
    async with ctx.db.unique(PersonExists(path=("documentNumber",))):
        ctx.db.add(person)
    await _settle(ctx, person, dwelling, residence, household)
    _tell(ctx, person, dwelling, residence, stated.key)
    return person


def _fill(
    ctx: RequestContext, person: Person, facts: DocumentFacts, phone: str | None, dwelling: Dwelling
) -> None:
    """Seal document and phone, and bind the person to the dwelling."""
    set_document(ctx, person, facts)
    set_phone(ctx, person, phone)
    bind_to(person, dwelling)


def _tell(
    ctx: RequestContext, person: Person, dwelling: Dwelling, residence: ResidenceKind, purpose: str
) -> None:
    """Audit a registration and tell of it."""
    ctx.audit(
        "base.person.registered", subject=person, purpose=purpose, detail={"residence": residence.value}
    )
    data = {"residence": residence.value, "dwelling": dwelling.id.hex}
    ctx.emit("base.person.registered", subject=person, grid_id=person.grid_id, data=data)


async def _settle(
    ctx: RequestContext,
    person: Person,
    dwelling: Dwelling,
    kind: ResidenceKind,
    household: Household | None,
) -> None:
    """Give a new person the first residence and a place in the household."""
    ctx.db.add(
        Residence(
            person_id=person.id, dwelling_id=dwelling.id, kind=kind, since=ctx.today, grid_id=dwelling.grid_id
        )
    )
    if household is not None:
        join_household(ctx, person, household)
    await ctx.db.flush()
    await guard_by_head(ctx, person, household)


def join_household(
    ctx: RequestContext,
    person: Person,
    household: Household,
    relation: HouseholdRelation = HouseholdRelation.OTHER,
) -> None:
    """Make a person a member; the first of full age becomes the head."""
    person.household_id = household.id
    adult = not rules.is_minor(person.birth_date, ctx.today)
    if relation is HouseholdRelation.HEAD or (household.head_id is None and adult):
        household.head_id, relation = person.id, HouseholdRelation.HEAD
    person.relation = relation


async def _household(
    ctx: RequestContext, household_id: UUID | None, dwelling: Dwelling, kind: ResidenceKind
) -> Household | None:
    if household_id is None:
        return None
    household = await ctx.db.lock(Household, household_id, path=("household",))
    if kind is ResidenceKind.CURRENT and household.dwelling_id != dwelling.id:
        raise HouseholdElsewhere(path=("household",))
    return household
