"""Root mutation fields of residents' rights."""

from typing import cast

from wangge import Info, Mutation, authenticated, decode_id, extends, mutation, requires
from wangge_schema.people import models as people
from wangge_schema.people.types import Person
from wangge_schema.rights import services
from wangge_schema.rights.types import (
    CorrectPhoneInput,
    CorrectPhonePayload,
    ErasePersonInput,
    ErasePersonPayload,
    ExportPersonInput,
    ExportPersonPayload,
    LiftRestrictionInput,
    LiftRestrictionPayload,
    Restriction,
    RestrictPersonInput,
    RestrictPersonPayload,
)


@extends(Mutation)
class RightsMutations:
    """Copies, corrections, restrictions and erasures."""

    @mutation(
        access=authenticated,
        description="Correct one's own mobile number (更正手机号), or that of a minor whose guardian one is "
        "(PIPL art. 46). What follows from a document, staff correct with updatePerson.",
    )
    async def correct_phone(self, info: Info, input: CorrectPhoneInput) -> CorrectPhonePayload:
        """Translate for `services.correct_phone`."""
        person_id = decode_id(Person, input.person, ("person",))
        person = await services.correct_phone(info.context, person_id=person_id, phone=input.phone)
        return CorrectPhonePayload(person=cast(Person, person))

    @mutation(
        access=authenticated,
        remember=False,
        description="Return everything held on a person (提供副本), over all programmes, on or off: to the "
        "person, to the guardian of a minor, and to staff with base.people.export (PIPL art. 45). Audited.",
    )
    async def export_person(self, info: Info, input: ExportPersonInput) -> ExportPersonPayload:
        """Translate for `services.export_person`."""
        person_id = decode_id(Person, input.person, ("person",))
        copy = await services.export_person(info.context, person_id=person_id, purpose=input.purpose)
        return ExportPersonPayload(json=copy.json, html=copy.html)

    @mutation(
        access=requires(services.HANDLE),
        description="Restrict a person's data (限制处理): they are stored and nothing else, and the person "
        "is in no list, search or figure of any programme until it is lifted (PIPL arts. 44, 47).",
    )
    async def restrict_person(self, info: Info, input: RestrictPersonInput) -> RestrictPersonPayload:
        """Translate for `services.restrict_person`."""
        person_id = decode_id(Person, input.person, ("person",))
        row = await services.restrict_person(info.context, person_id=person_id, reason=input.reason)
        return RestrictPersonPayload(restriction=cast(Restriction, row))

    @mutation(
        access=requires(services.HANDLE), description="Lift the restriction of a person's data (解除限制)."
    )
    async def lift_restriction(self, info: Info, input: LiftRestrictionInput) -> LiftRestrictionPayload:
        """Translate for `services.lift_restriction`."""
        person_id = decode_id(Person, input.person, ("person",))
        row = await services.lift_restriction(info.context, person_id=person_id, reason=input.reason)
        person = await info.context.load(people.Person, person_id)
        return LiftRestrictionPayload(restriction=cast(Restriction, row), person=person)

    @mutation(
        access=requires(services.ERASE),
        description="Erase a person (删除个人信息) over all programmes, on or off. Rows that a law keeps "
        "stay, with a stub without personal values (PIPL art. 47); see `personErasurePreview`.",
    )
    async def erase_person(self, info: Info, input: ErasePersonInput) -> ErasePersonPayload:
        """Translate for `services.erase_person`."""
        person_id = decode_id(Person, input.person, ("person",))
        done = await services.erase_person(info.context, person_id=person_id, reason=input.reason)
        return ErasePersonPayload(
            deleted=sum(one.rows for one in done.effects if not one.stays),
            kept=sum(one.rows for one in done.effects if one.stays),
            remains=done.remains,
        )
