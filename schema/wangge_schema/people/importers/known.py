"""What a district already knows of the residents in a file, looked up for a thousand rows at a time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from wangge import KeyRing, RequestContext
from wangge_schema.grids.models import Grid
from wangge_schema.people.importers.rows import ResidentRow
from wangge_schema.people.models import Dwelling, Household, Person, Residence
from wangge_schema.people.rules import DocumentType, ResidenceKind

Place = tuple[UUID, str, str]
"""Grid, unit and room of a dwelling."""

DocumentKey = tuple[DocumentType, bytes]
PaperlessKey = tuple[str, date | None, UUID]
"""Name, birth date and dwelling tell people without a document apart."""


@dataclass
class KnownPerson:
    """A person as far as an import compares."""

    id: UUID
    name: str
    phone: bytes | None
    household_id: UUID | None
    died_on: date | None = None
    restricted: bool = False
    residences: dict[ResidenceKind, UUID] = field(default_factory=dict)


@dataclass
class KnownHousehold:
    """A household as far as an import compares."""

    id: UUID
    dwelling_id: UUID
    head_id: UUID | None


@dataclass
class Known:
    """What is known so far; an import adds what it makes."""

    addresses: dict[bytes, UUID] = field(default_factory=dict)
    places: dict[Place, UUID] = field(default_factory=dict)
    households: dict[str, KnownHousehold] = field(default_factory=dict)
    people: dict[DocumentKey | PaperlessKey, KnownPerson] = field(default_factory=dict)

    def dwelling(self, address: bytes, place: Place) -> UUID | None:
        """Return the dwelling with this address, or else with this unit and room."""
        found = self.addresses.get(address)
        return found if found is not None or place[1:] == ("", "") else self.places.get(place)

    def add_dwelling(self, id: UUID, address: bytes, place: Place) -> None:
        """Note a dwelling."""
        self.addresses[address] = id
        if place[1:] != ("", ""):
            self.places.setdefault(place, id)


def document_key(keys: KeyRing, resident: ResidentRow) -> DocumentKey | None:
    """Return under what a person's document is known; None without a document."""
    number = resident.facts.document.number
    return (resident.facts.document_type, keys.digest("document_number", number)) if number else None


async def load_known(
    ctx: RequestContext,
    known: Known,
    rows: Sequence[ResidentRow],
    addresses: Sequence[bytes],
    grids: Mapping[str, Grid],
) -> None:
    """Look up dwellings, households and people of these rows, in a handful of statements.

    Args:
        ctx: the request.
        known: what to add to.
        rows: rows that were understood.
        addresses: the keyed hash of each row's address.
        grids: the district's grids by code.
    """
    await _load_dwellings(ctx, known, rows, addresses, grids)
    numbers = {row.household for row in rows if row.household} - known.households.keys()
    households = select(Household).where(Household.number.in_(numbers))
    for household in await ctx.db.scalars(households) if numbers else ():
        known.households[household.number] = KnownHousehold(
            household.id, household.dwelling_id, household.head_id
        )
    await _load_people(ctx, known, rows)


async def _load_dwellings(
    ctx: RequestContext,
    known: Known,
    rows: Sequence[ResidentRow],
    addresses: Sequence[bytes],
    grids: Mapping[str, Grid],
) -> None:
    columns = (Dwelling.id, Dwelling.address_digest, Dwelling.grid_id, Dwelling.unit, Dwelling.room)
    unknown = set(addresses) - known.addresses.keys()
    rooms = {(grids[row.grid_code].id, row.room) for row in rows if row.unit or row.room}
    for condition, wanted in (
        (Dwelling.address_digest.in_(unknown), unknown),
        (tuple_(Dwelling.grid_id, Dwelling.room).in_(rooms), rooms),
    ):
        found = (await ctx.db.execute(select(*columns).where(condition))).all() if wanted else ()
        for id, address, grid_id, unit, room in found:
            known.add_dwelling(id, address, (grid_id, unit, room))


async def _load_people(ctx: RequestContext, known: Known, rows: Sequence[ResidentRow]) -> None:
    digests = {key[1] for row in rows if (key := document_key(ctx.keys, row)) and key not in known.people}
    dwellings = set(known.addresses.values()) if any(not row.facts.document.number for row in rows) else set()
    found: dict[UUID, KnownPerson] = {}
    if digests:
        for person in await ctx.db.scalars(select(Person).where(Person.document_number_digest.in_(digests))):
            key = (person.document_type, person.document_number_digest)
            found[person.id] = known.people[key] = _known(person)
        # No residence of theirs is read: a row about somebody whose data are restricted is refused.
        held = Person.document_number_digest.in_(digests), Person.restricted_at.is_not(None)
        for person in await ctx.db.including_restricted().scalars(select(Person).where(*held)):
            key = (person.document_type, person.document_number_digest)
            known.people[key] = KnownPerson(person.id, "", None, None, restricted=True)
    for batch in _batches(sorted(dwellings)):
        paperless = Person.document_type == DocumentType.NONE
        for person in await ctx.db.scalars(select(Person).where(paperless, Person.dwelling_id.in_(batch))):
            name = (person.name, person.birth_date, person.dwelling_id)
            if name not in known.people:
                found[person.id] = known.people[name] = _known(person)
    for batch in _batches(sorted(found)):
        lasting = select(Residence).where(Residence.person_id.in_(batch), Residence.until.is_(None))
        for residence in await ctx.db.scalars(lasting):
            found[residence.person_id].residences[residence.kind] = residence.dwelling_id


def _known(person: Person) -> KnownPerson:
    return KnownPerson(person.id, person.name, person.phone_digest, person.household_id, person.died_on)


def _batches(ids: Sequence[UUID], size: int = 1000) -> Iterable[Sequence[Any]]:  # for `in_`
    return (ids[start : start + size] for start in range(0, len(ids), size))
