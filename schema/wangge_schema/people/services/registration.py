"""Registering persons."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select

from wangge import NotFound, RequestContext, uuid7
from wangge_schema.grids.models import Grid
from wangge_schema.grids.scope import ANCESTORS, HeldGrid
from wangge_schema.people import rules
from wangge_schema.people.errors import HouseholdElsewhere, PersonExists
from wangge_schema.people.models import Dwelling, Household, Person, ProcessingPurpose, Residence
from wangge_schema.people.rules import DocumentType, HouseholdRelation, ResidenceKind, Sex
from wangge_schema.people.services.facts import read_facts, set_document, set_phone
from wangge_schema.people.services.guardians import guard_by_head
from wangge_schema.people.services.purposes import check_purpose, must_get_purpose


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
    home = await _home(ctx, dwelling_id, purpose)
    household = await _household(ctx, household_id, home.dwelling, residence)
    facts = read_facts(ctx, document_type, document_number)
    sex, birth_date = rules.reconcile(facts, sex, birth_date)
    rules.check_birth_date(birth_date, ctx.today)
    stated = home.purpose or await must_get_purpose(ctx, purpose)
    check_purpose(ctx, needs_consent=stated.needs_consent, birth_date=birth_date)
    name = rules.normalise_name(name)
    person = Person(id=uuid7(), name=name, sex=sex, birth_date=birth_date, document_type=document_type)
    set_document(ctx, person, facts)
    set_phone(ctx, person, phone)
    await _settle(ctx, person, home, residence, household)
    _tell(ctx, person, home.dwelling, residence, stated.key)
    return person


@dataclass(frozen=True)
class _Home:
    """Where somebody is to be registered, and what for, as one statement reads it."""

    dwelling: Dwelling
    grid: HeldGrid
    purpose: ProcessingPurpose | None


_HOME = (
    select(Dwelling, ProcessingPurpose, *(getattr(Grid, name) for name in ANCESTORS))
    .join(Grid, Grid.id == Dwelling.grid_id)
    .outerjoin(ProcessingPurpose, ProcessingPurpose.key == bindparam("purpose"))
    .where(Dwelling.id == bindparam("dwelling"))
    .with_for_update(read=True, key_share=True, of=Grid)
)


async def _home(ctx: RequestContext, dwelling_id: UUID, purpose: str) -> _Home:
    """Return the dwelling with its grid held, and the purpose where the register has it.

    Raises:
        NotFound: when the dwelling lies outside the caller's grids.
    """
    found = (await ctx.db.run(_HOME, dwelling=dwelling_id, purpose=purpose.strip())).first()
    if found is None:
        raise NotFound("Dwelling", path=("dwelling",))
    dwelling, stated, *ancestors = found
    return _Home(dwelling, HeldGrid(dwelling.grid_id, tuple(ancestors)), stated)


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
    home: _Home,
    kind: ResidenceKind,
    household: Household | None,
) -> None:
    """Write a new person with the first residence and a place in the household."""
    person.dwelling_id = home.dwelling.id
    if household is not None:
        person.household_id, person.relation = household.id, _relation(ctx, person, household)
    stay = Residence(person_id=person.id, dwelling_id=home.dwelling.id, kind=kind, since=ctx.today)
    person.belong_to(home.grid)
    stay.belong_to(home.grid)
    await ctx.db.insert(person, stay, taken=PersonExists(path=("documentNumber",)))
    if household is not None and person.relation is HouseholdRelation.HEAD:
        household.head_id = person.id
        await ctx.db.flush()
    await guard_by_head(ctx, person, household)


def _relation(ctx: RequestContext, person: Person, household: Household) -> HouseholdRelation:
    """Return a new member's relation: the first of full age becomes the head."""
    adult = not rules.is_minor(person.birth_date, ctx.today)
    return HouseholdRelation.HEAD if household.head_id is None and adult else HouseholdRelation.OTHER


async def _household(
    ctx: RequestContext, household_id: UUID | None, dwelling: Dwelling, kind: ResidenceKind
) -> Household | None:
    if household_id is None:
        return None
    household = await ctx.db.lock(Household, household_id, path=("household",))
    if kind is ResidenceKind.CURRENT and household.dwelling_id != dwelling.id:
        raise HouseholdElsewhere(path=("household",))
    return household
