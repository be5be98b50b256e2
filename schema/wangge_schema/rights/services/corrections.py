"""What people correct by themselves: how they are reached. The rest stands in documents for staff."""

from uuid import UUID

from wangge import RequestContext
from wangge_schema.people.models import Person
from wangge_schema.people.services.facts import set_phone
from wangge_schema.rights.errors import NotYours
from wangge_schema.rights.services.reach import is_own


async def correct_phone(ctx: RequestContext, *, person_id: UUID, phone: str) -> Person:
    """Correct one's own mobile number, or that of a ward under age (PIPL art. 46); an empty text removes it.

    Raises:
        NotFound: when the person is out of the caller's reach.
        NotYours: when it is neither oneself nor a ward under age.
        DataRestricted: when the data are restricted.
        PhoneInvalid: when it is no mobile number.
    """
    person = await ctx.db.lock(Person, person_id, path=("person",))
    if not await is_own(ctx, person):
        raise NotYours(path=("person",))
    set_phone(ctx, person, phone)
    await ctx.db.flush()
    ctx.audit("base.person.updated", subject=person, fields=("phone",))
    data = {"fields": ["phone"]}
    ctx.emit("base.person.updated", subject=person, grid_id=person.grid_id, data=data)
    return person
