"""Root fields of lamps."""

from typing import cast

from wangge import Info, Mutation, Query, authenticated, by_id, decode_id, extends, mutation, optional_id
from wangge_schema import Person

from .models import Lamp
from .types import XyLamp, XySetLampInput, XySetLampPayload


@extends(Query)
class LampQueries:
    """Lamps."""

    xy_lamp: XyLamp | None = by_id(Lamp, "A lamp.", access=authenticated)


@extends(Mutation)
class LampMutations:
    """Changes of lamps."""

    @mutation(access=authenticated, description="Set a lamp.")
    async def xy_set_lamp(self, info: Info, input: XySetLampInput) -> XySetLampPayload:
        """Make or find a lamp and attach its files."""
        ctx = info.context
        if input.lamp is None:
            lamp = Lamp(person_id=optional_id(Person, input.person))
            ctx.db.add(lamp)
        else:
            lamp = await ctx.db.must_get(Lamp, decode_id(XyLamp, input.lamp))
        await ctx.files.attach(lamp, "photo_id", input.photo, path=("photo",))
        await ctx.files.attach(lamp, "plan_id", input.plan, path=("plan",))
        await ctx.db.flush()
        return XySetLampPayload(lamp=cast(XyLamp, lamp))
