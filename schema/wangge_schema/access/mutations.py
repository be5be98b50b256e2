"""Root mutations of roles."""

from wangge import Info, Mutation, extends, mutation, optional_id, requires
from wangge_schema.access import services
from wangge_schema.access.types import GrantRoleInput, GrantRolePayload, RevokeRoleInput, RevokeRolePayload
from wangge_schema.grids.types import Grid
from wangge_schema.people.types import Person


@extends(Mutation)
class AccessMutations:
    """Grant and revoke roles."""

    @mutation(access=requires("base.roles.write"), description="Give an account a role at a grid (授予角色).")
    async def grant_role(self, info: Info, input: GrantRoleInput) -> GrantRolePayload:
        """Grant a role."""
        await services.grant_role(
            info.context,
            account=input.account,
            kind=input.kind,
            role=input.role,
            grid_id=optional_id(Grid, input.grid, ("grid",)),
            person_id=optional_id(Person, input.person, ("person",)),
        )
        return GrantRolePayload(account=input.account, role=input.role)

    @mutation(access=requires("base.roles.write"), description="Take a role from an account (撤销角色).")
    async def revoke_role(self, info: Info, input: RevokeRoleInput) -> RevokeRolePayload:
        """Revoke a role."""
        revoked = await services.revoke_role(
            info.context,
            account=input.account,
            role=input.role,
            grid_id=optional_id(Grid, input.grid, ("grid",)),
        )
        return RevokeRolePayload(revoked=revoked)
