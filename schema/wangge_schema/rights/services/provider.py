"""What the base provides as `rights/1`: the platform's commands and jobs reach people through it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select

from wangge import Effect, RequestContext, split_id
from wangge_schema.people.models import Person
from wangge_schema.people.rules import normalise_document
from wangge_schema.rights import rules
from wangge_schema.rights.services.erasures import erase_rows_of, find_again, preview_erasure
from wangge_schema.rights.services.exports import export_person
from wangge_schema.rights.services.restrictions import lasting_restriction


class Rights:
    """Provider of `rights/1`."""

    async def find(self, ctx: RequestContext, text: str) -> UUID | None:
        """Return the person with this id or document number, restricted or not."""
        wanted = text.strip()
        digest = ctx.keys.digest("document_number", normalise_document(wanted))
        conditions = [Person.document_number_digest == digest]
        key = _key(wanted)
        if key is not None:
            conditions.append(Person.id == key)
        found = select(Person.id).where(or_(*conditions)).order_by(Person.id).limit(1)
        person_id: UUID | None = await ctx.db.including_restricted().scalar(found)
        return person_id

    async def export(self, ctx: RequestContext, person_id: UUID, purpose: str) -> tuple[str, str]:
        """Return all that is held on a person, as JSON and as a page to read."""
        copy = await export_person(ctx, person_id=person_id, purpose=purpose)
        return copy.json, copy.html

    async def preview(self, ctx: RequestContext, person_id: UUID) -> Sequence[Effect]:
        """Return what erasing a person would do, table by table."""
        found = await preview_erasure(ctx, person_id=person_id)
        return [] if found is None else found.effects

    async def erase(self, ctx: RequestContext, person_id: UUID, reason: str) -> Sequence[Effect] | None:
        """Erase a person; None where there is nobody with this key, or only the stub of an erasure."""
        person = await find_again(ctx, person_id)
        if person is None:
            return None
        restriction = await lasting_restriction(ctx, person_id)
        if restriction is not None and restriction.erased:
            return None
        return (await erase_rows_of(ctx, person, rules.check_reason(reason))).effects


def _key(text: str) -> UUID | None:
    try:
        return UUID(hex=text) if "_" not in text else split_id(text)[1]
    except ValueError:
        return None
