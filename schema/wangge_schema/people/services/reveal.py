"""Revealing one personal value, for a stated purpose, on the record."""

from uuid import UUID

from wangge import RequestContext
from wangge_schema.people import rules
from wangge_schema.people.errors import NothingToReveal
from wangge_schema.people.models import Dwelling, Person
from wangge_schema.people.rules import PersonalField


async def reveal_personal_value(
    ctx: RequestContext, *, person_id: UUID, field: PersonalField, purpose: str
) -> str:
    """Return one personal value in full. Needs `base.people.reveal`; the audit keeps who, which and why.

    Args:
        ctx: the request.
        person_id: of a person within the caller's grids.
        field: which value.
        purpose: what it is needed for, in words that an auditor can read.

    Raises:
        NotFound: when the person lies outside the caller's grids.
        PurposeUnstated: when the purpose says nothing.
        NothingToReveal: when there is no such value.
    """
    ctx.require("base.people.reveal")
    reason = rules.check_reason(purpose)
    person = await ctx.db.must_get(Person, person_id, path=("person",))
    value = await _plain(ctx, person, field)
    if not value:
        raise NothingToReveal(path=("field",))
    ctx.audit("base.person.revealed", subject=person, fields=(field.value,), purpose=reason)
    return value


async def _plain(ctx: RequestContext, person: Person, field: PersonalField) -> str | None:
    if field is PersonalField.NAME:
        return person.name
    if field is PersonalField.ADDRESS:
        dwelling = await ctx.db.get(Dwelling, person.dwelling_id)
        return ctx.keys.open("address", dwelling.address_cipher) if dwelling is not None else None
    cipher: bytes | None = getattr(person, f"{field.value}_cipher")
    return None if cipher is None else ctx.keys.open(field.value, cipher)
