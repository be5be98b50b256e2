"""Imports lists of residents: dwellings, households and persons are found or made, row by row."""

from collections.abc import Sequence
from uuid import UUID

from wangge import (
    DataRestricted,
    ImportColumn,
    Importer,
    ImportReport,
    ImportRow,
    OutOfScope,
    RequestContext,
    RuleError,
)
from wangge_schema.grids.services.tree import covers
from wangge_schema.people import rules
from wangge_schema.people.errors import (
    GridCodeUnknown,
    HeadTaken,
    HouseholdElsewhere,
    PersonDead,
    PersonElsewhere,
    PersonExists,
)
from wangge_schema.people.importers.families import Families
from wangge_schema.people.importers.known import (
    Known,
    KnownHousehold,
    KnownPerson,
    Place,
    document_key,
    load_known,
)
from wangge_schema.people.importers.rows import ResidentRow, column_of, read_row
from wangge_schema.people.models import Person
from wangge_schema.people.rules import HouseholdRelation, ResidenceKind
from wangge_schema.people.services.bulk import PeopleBatch, Row, update_rows
from wangge_schema.people.services.places import Places, load_places


class ResidentsJob:
    """Takes residents in, a thousand rows at a time; heads and guardians are settled at the end."""

    def __init__(self, ctx: RequestContext, report: ImportReport, places: Places) -> None:
        self._ctx = ctx
        self._report = report
        self._places = places
        self._known = Known()
        self._batch = PeopleBatch(ctx.keys)
        self._changes: dict[UUID, Row] = {}
        self._families = Families()

    async def take(self, rows: Sequence[ImportRow]) -> None:
        """Check rows and write those that hold."""
        read = [resident for resident in map(self._read, rows) if resident is not None]
        addresses = [self._address(resident) for resident in read]
        await load_known(self._ctx, self._known, read, addresses, self._places.by_code)
        for resident, address in zip(read, addresses, strict=True):
            try:
                self._take_in(resident, address)
            except RuleError as error:
                self._report.refuse(resident.row, error, column_of(error))
        async with self._ctx.db.unique(PersonExists(path=("documentNumber",))):
            await self._batch.write(self._ctx)
        for id, values in self._changes.items():
            await update_rows(self._ctx, Person, [{"id": id, **values}])
        self._changes.clear()

    async def finish(self) -> None:
        """Write the heads of households, and make them guardians of new members under age."""
        await self._families.settle(self._ctx)
        summary = {"created": self._report.created, "updated": self._report.updated}
        self._ctx.audit("base.people.imported", detail=summary)

    def _read(self, row: ImportRow) -> ResidentRow | None:
        try:
            resident = read_row(row, self._ctx.today)
            grid = self._places.by_code.get(resident.grid_code)
            if grid is None:
                raise GridCodeUnknown(path=("grid",))
            if not covers(self._ctx, grid):
                raise OutOfScope(path=("grid",))
        except RuleError as error:
            self._report.refuse(row, error, column_of(error))
            return None
        return resident

    def _address(self, resident: ResidentRow) -> bytes:
        names = self._places.names[resident.grid_code]
        text = resident.address or rules.compose_address(names, resident.unit, resident.room)
        return self._ctx.keys.digest("address", text)

    def _take_in(self, resident: ResidentRow, address: bytes) -> None:
        """Decide on one row; nothing is kept of a row that is refused."""
        place = (self._places.by_code[resident.grid_code].id, resident.unit, resident.room)
        dwelling_id = self._known.dwelling(address, place)
        household = self._known.households.get(resident.household or "")
        person = self._person(resident, dwelling_id)
        _check(resident, dwelling_id, household, person)
        if dwelling_id is None:
            dwelling_id = self._add_dwelling(resident, address, place)
        if household is None and resident.household:
            household = self._add_household(resident, resident.household, dwelling_id)
        if person is None:
            self._add_person(resident, dwelling_id, household)
        else:
            self._compare(resident, dwelling_id, household, person)

    def _person(self, resident: ResidentRow, dwelling_id: UUID | None) -> KnownPerson | None:
        key = document_key(self._ctx.keys, resident)
        if key is not None:
            return self._known.people.get(key)
        if dwelling_id is None:
            return None
        return self._known.people.get((resident.facts.name, resident.facts.birth_date, dwelling_id))

    def _add_dwelling(self, resident: ResidentRow, address: bytes, place: Place) -> UUID:
        id = self._batch.add_dwelling(
            self._places.bound[resident.grid_code],
            self._places.names[resident.grid_code],
            unit=resident.unit,
            room=resident.room,
            address=resident.address,
        )
        self._known.add_dwelling(id, address, place)
        return id

    def _add_household(self, resident: ResidentRow, number: str, dwelling_id: UUID) -> KnownHousehold:
        bound = self._places.bound[resident.grid_code]
        id = self._batch.add_household(bound, number=number, dwelling_id=dwelling_id)
        household = self._known.households[number] = KnownHousehold(id, dwelling_id, None)
        return household

    def _add_person(self, resident: ResidentRow, dwelling_id: UUID, household: KnownHousehold | None) -> None:
        bound = self._places.bound[resident.grid_code]
        facts = resident.facts
        household_id = household.id if household is not None else None
        id = self._batch.add_person(
            bound,
            facts,
            dwelling_id=dwelling_id,
            household_id=household_id,
            relation=(resident.relation or HouseholdRelation.OTHER) if household else None,
        )
        self._add_residence(resident, id, dwelling_id)
        phone = self._ctx.keys.digest("phone", facts.phone) if facts.phone else None
        person = KnownPerson(id, facts.name, phone, household_id)
        person.residences[resident.kind] = dwelling_id
        key = document_key(self._ctx.keys, resident) or (facts.name, facts.birth_date, dwelling_id)
        self._known.people[key] = person
        if household is not None:
            minor = rules.is_minor(facts.birth_date, self._ctx.today)
            self._families.add(household, id, bound, minor=minor, relation=resident.relation)
        self._report.created += 1

    def _add_residence(self, resident: ResidentRow, person_id: UUID, dwelling_id: UUID) -> None:
        self._batch.add_residence(
            self._places.bound[resident.grid_code],
            person_id=person_id,
            dwelling_id=dwelling_id,
            kind=resident.kind,
            since=self._ctx.today,
        )

    def _compare(
        self,
        resident: ResidentRow,
        dwelling_id: UUID,
        household: KnownHousehold | None,
        person: KnownPerson,
    ) -> None:
        """Bring a known person up to the row: name, phone, a first household, a further residence."""
        values: Row = {}
        if resident.facts.name != person.name:
            values["name"] = person.name = resident.facts.name
        if resident.facts.phone:
            values |= self._new_phone(person, resident.facts.phone)
        if household is not None and person.household_id is None:
            person.household_id = household.id
            values |= {
                "household_id": household.id,
                "relation": resident.relation or HouseholdRelation.OTHER,
            }
            minor = rules.is_minor(resident.facts.birth_date, self._ctx.today)
            bound = self._places.bound[resident.grid_code]
            self._families.add(household, person.id, bound, minor=minor, relation=resident.relation)
        further = resident.kind not in person.residences
        if further:
            self._add_residence(resident, person.id, dwelling_id)
            person.residences[resident.kind] = dwelling_id
        if further and resident.kind is ResidenceKind.CURRENT:
            values |= {"dwelling_id": dwelling_id, **self._places.bound[resident.grid_code]}
        if values:
            self._changes.setdefault(person.id, {}).update(values)
        if values or further:
            self._report.updated += 1
        else:
            self._report.unchanged += 1

    def _new_phone(self, person: KnownPerson, phone: str) -> Row:
        sealed = self._ctx.keys.seal("phone", phone, masked=rules.mask_phone(phone))
        if sealed.digest == person.phone:
            return {}
        person.phone = sealed.digest
        return {
            "phone_cipher": sealed.cipher,
            "phone_digest": sealed.digest,
            "phone_masked": sealed.masked,
        }


def _check(
    resident: ResidentRow,
    dwelling_id: UUID | None,
    household: KnownHousehold | None,
    person: KnownPerson | None,
) -> None:
    """Refuse a row that contradicts what is known."""
    elsewhere = household is not None and household.dwelling_id != dwelling_id
    if elsewhere and resident.kind is ResidenceKind.CURRENT:
        raise HouseholdElsewhere(path=("household",))
    if person is not None:
        if person.restricted:
            raise DataRestricted(path=("documentNumber",))
        if person.died_on is not None:
            raise PersonDead(path=("documentNumber",))
        if person.residences.get(resident.kind, dwelling_id) != dwelling_id:
            raise PersonElsewhere(path=("residence",))
        other = household is None or household.id != person.household_id
        if resident.household and person.household_id is not None and other:
            raise PersonElsewhere(path=("household",))
    head_id = household.head_id if household is not None else None
    is_head = person is not None and person.id == head_id
    if resident.relation is HouseholdRelation.HEAD and head_id is not None and not is_head:
        raise HeadTaken(path=("relation",))


async def _start(ctx: RequestContext, report: ImportReport) -> ResidentsJob:
    return ResidentsJob(ctx, report, await load_places(ctx))


RESIDENTS = Importer(
    key="residents",
    title="Residents (居民)",
    permission="base.people.write",
    columns=(
        ImportColumn("name", "姓名", "Full name."),
        ImportColumn(
            "document_type", "证件类型", "居民身份证, 护照, 无 …; identity card if left out.", required=False
        ),
        ImportColumn("document_number", "证件号码", "Number of the document.", required=False),
        ImportColumn(
            "phone", "手机号", "Mobile number.", required=False, aliases=("手机", "电话", "联系电话")
        ),
        ImportColumn("sex", "性别", "男 or 女; read from the number if left out.", required=False),
        ImportColumn(
            "birth_date", "出生日期", "1990-01-31; read from the number if left out.", required=False
        ),
        ImportColumn("grid", "网格编码", "Code of the building or smallest grid."),
        ImportColumn("unit", "单元", "Unit, without the word.", required=False),
        ImportColumn("room", "室", "Room, without the word.", required=False, aliases=("房号", "房间")),
        ImportColumn("address", "地址", "Full address, where unit and room do not say it.", required=False),
        ImportColumn("residence", "居住类型", "现居住, 户籍 or 暂住; 现居住 if left out.", required=False),
        ImportColumn("household", "户号", "Household number.", required=False, aliases=("户编号",)),
        ImportColumn("relation", "与户主关系", "户主, 配偶, 子女, 父母 …", required=False),
    ),
    start=_start,
)
"""`wangge import residents FILE --district CODE`."""
