"""Whose rights a resident may use: one's own, and those of wards under age."""

from wangge import RequestContext
from wangge_schema.people.models import Person
from wangge_schema.people.rules import is_minor
from wangge_schema.people.services import guardians_of


async def is_own(ctx: RequestContext, person: Person) -> bool:
    """Say whether the caller is the person, or a recorded guardian of the person, who is under age."""
    own = ctx.principal.person_id
    if own is None or own == person.id:
        return own is not None
    return is_minor(person.birth_date, ctx.today) and own in await guardians_of(ctx, person.id)
