"""Root mutation fields of people."""

from typing import cast

from wangge import Info, Mutation, decode_id, extends, mutation, optional_id, requires
from wangge_schema.grids.types import Grid
from wangge_schema.people import models, services
from wangge_schema.people.types import (
    CreateDwellingInput,
    CreateDwellingPayload,
    CreateHouseholdInput,
    CreateHouseholdPayload,
    Dwelling,
    EndResidenceInput,
    EndResidencePayload,
    Household,
    MoveHouseholdInput,
    MoveHouseholdPayload,
    Person,
    RecordDeathInput,
    RecordDeathPayload,
    RecordGuardianshipInput,
    RecordGuardianshipPayload,
    RecordResidenceInput,
    RecordResidencePayload,
    RegisterPersonInput,
    RegisterPersonPayload,
    RevealPersonalValueInput,
    RevealPersonalValuePayload,
    UpdatePersonInput,
    UpdatePersonPayload,
)

_write = requires("base.people.write")


@extends(Mutation)
class PeopleMutations:
    """Writing about people, dwellings and households."""

    @mutation(access=_write, description="Record a dwelling (房屋) of a grid.")
    async def create_dwelling(self, info: Info, input: CreateDwellingInput) -> CreateDwellingPayload:
        """Translate for `services.create_dwelling`."""
        dwelling = await services.create_dwelling(
            info.context,
            grid_id=decode_id(Grid, input.grid, ("grid",)),
            unit=input.unit,
            room=input.room,
            address=input.address,
            floor_area=input.floor_area,
        )
        return CreateDwellingPayload(dwelling=cast(Dwelling, dwelling))

    @mutation(access=_write, description="Record a household (户); its first adult member becomes the head.")
    async def create_household(self, info: Info, input: CreateHouseholdInput) -> CreateHouseholdPayload:
        """Translate for `services.create_household`."""
        dwelling_id = decode_id(Dwelling, input.dwelling, ("dwelling",))
        household = await services.create_household(
            info.context, dwelling_id=dwelling_id, number=input.number
        )
        return CreateHouseholdPayload(household=cast(Household, household))

    @mutation(
        access=_write,
        description="Register a person (居民) with a residence. A document is registered once in the "
        "district; an area code that is withdrawn or unknown is a warning.",
    )
    async def register_person(self, info: Info, input: RegisterPersonInput) -> RegisterPersonPayload:
        """Translate for `services.register_person`."""
        person = await services.register_person(
            info.context,
            name=input.name,
            sex=input.sex,
            birth_date=input.birth_date,
            document_type=input.document_type,
            document_number=input.document_number,
            phone=input.phone,
            dwelling_id=decode_id(Dwelling, input.dwelling, ("dwelling",)),
            residence=input.residence,
            household_id=optional_id(Household, input.household, ("household",)),
            purpose=input.purpose,
        )
        return RegisterPersonPayload(person=cast(Person, person))

    @mutation(access=_write, description="Correct what is known of a person (更正).")
    async def update_person(self, info: Info, input: UpdatePersonInput) -> UpdatePersonPayload:
        """Translate for `services.update_person`."""
        changes = services.PersonChanges(
            name=input.name,
            sex=input.sex,
            birth_date=input.birth_date,
            document_type=input.document_type,
            document_number=input.document_number,
            phone=input.phone,
            relation=input.relation,
        )
        person_id = decode_id(Person, input.person, ("person",))
        person = await services.update_person(info.context, person_id=person_id, changes=changes)
        return UpdatePersonPayload(person=cast(Person, person))

    @mutation(access=_write, description="Record a death (死亡登记): residences end, rows stay.")
    async def record_death(self, info: Info, input: RecordDeathInput) -> RecordDeathPayload:
        """Translate for `services.record_death`."""
        person_id = decode_id(Person, input.person, ("person",))
        person = await services.record_death(info.context, person_id=person_id, died_on=input.died_on)
        return RecordDeathPayload(person=cast(Person, person))

    @mutation(
        access=_write,
        description="Record where a person belongs from a day on (居住变更); one of the same kind ends.",
    )
    async def record_residence(self, info: Info, input: RecordResidenceInput) -> RecordResidencePayload:
        """Translate for `services.record_residence`."""
        person = await services.record_residence(
            info.context,
            person_id=decode_id(Person, input.person, ("person",)),
            dwelling_id=decode_id(Dwelling, input.dwelling, ("dwelling",)),
            kind=input.kind,
            since=input.since,
        )
        return RecordResidencePayload(person=cast(Person, person))

    @mutation(access=_write, description="End a person's residence (迁出), as when somebody leaves.")
    async def end_residence(self, info: Info, input: EndResidenceInput) -> EndResidencePayload:
        """Translate for `services.end_residence`."""
        person = await services.end_residence(
            info.context,
            person_id=decode_id(Person, input.person, ("person",)),
            kind=input.kind,
            until=input.until,
        )
        return EndResidencePayload(person=cast(Person, person))

    @mutation(access=_write, description="Move a household (搬迁) with the members who live with it.")
    async def move_household(self, info: Info, input: MoveHouseholdInput) -> MoveHouseholdPayload:
        """Translate for `services.move_household`."""
        household = await services.move_household(
            info.context,
            household_id=decode_id(Household, input.household, ("household",)),
            dwelling_id=decode_id(Dwelling, input.dwelling, ("dwelling",)),
            on=input.on,
        )
        return MoveHouseholdPayload(household=cast(Household, household))

    @mutation(access=_write, description="Record who is a person's guardian (监护关系).")
    async def record_guardianship(
        self, info: Info, input: RecordGuardianshipInput
    ) -> RecordGuardianshipPayload:
        """Translate for `services.record_guardianship`."""
        row = await services.record_guardianship(
            info.context,
            ward_id=decode_id(Person, input.ward, ("ward",)),
            guardian_id=decode_id(Person, input.guardian, ("guardian",)),
        )
        return RecordGuardianshipPayload(
            ward=await info.context.load(models.Person, row.ward_id),
            guardian=await info.context.load(models.Person, row.guardian_id),
        )

    @mutation(
        access=requires("base.people.reveal"),
        remember=False,
        description="Reveal one personal value in full (查看明文) for a stated purpose; the audit keeps it.",
    )
    async def reveal_personal_value(
        self, info: Info, input: RevealPersonalValueInput
    ) -> RevealPersonalValuePayload:
        """Translate for `services.reveal_personal_value`."""
        person_id = decode_id(Person, input.person, ("person",))
        value = await services.reveal_personal_value(
            info.context, person_id=person_id, field=input.field, purpose=input.purpose
        )
        person = await info.context.load(models.Person, person_id)
        return RevealPersonalValuePayload(person=person, value=value)
