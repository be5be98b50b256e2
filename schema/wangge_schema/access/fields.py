"""What the base adds to the platform's own types: the caller's person, the grid of a role."""

from typing import cast

from strawberry import Parent

from wangge import (
    HeldRole,
    Info,
    Me,
    Principal,
    RoleGrantInfo,
    SettingSource,
    SettingSourceInfo,
    extends,
    field,
)
from wangge_schema.grids import models as grids
from wangge_schema.grids.types import Grid
from wangge_schema.people import models as people
from wangge_schema.people.types import Person


@extends(Me)
class MePerson:
    """The caller as a person."""

    @field(description="The caller's own record, if the account is a person's.")
    @staticmethod
    async def person(root: Parent[Principal], info: Info) -> Person | None:
        """Return the person."""
        return cast("Person | None", await info.context.load(people.Person, root.person_id))


@extends(RoleGrantInfo)
class RoleGrantGrid:
    """Where a role is held."""

    @field(description="Where the role is held; null for the whole district.")
    @staticmethod
    async def grid(root: Parent[HeldRole], info: Info) -> Grid | None:
        """Return the grid."""
        return cast("Grid | None", await info.context.load(grids.Grid, root.place_id))


@extends(SettingSourceInfo)
class SettingSourceGrid:
    """The grid that set a value."""

    @field(description="The grid that set it; null where the value is the default or the district's.")
    @staticmethod
    async def grid(root: Parent[SettingSource], info: Info) -> Grid | None:
        """Return the grid."""
        return cast("Grid | None", await info.context.load(grids.Grid, root.place_id))
