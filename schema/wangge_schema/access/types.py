"""GraphQL inputs and payloads of roles at grids."""

from wangge import ID, Input, Payload, PrincipalKind, argument, column, input_type, payload_type


@input_type("A role for an account (授予角色).")
class GrantRoleInput(Input):
    """Input of `grantRole`."""

    account: str = argument("Subject of the account, as the identity provider gives it.")
    role: str = argument("Key of the role, such as grid_worker.")
    grid: ID | None = argument("Where the role is held; none for the whole district.", default=None)
    person: ID | None = argument("Whose account it is, where it is a person's.", default=None)
    kind: PrincipalKind = argument("Kind of a new account.", default=PrincipalKind.STAFF)


@payload_type("The account and role after the call.")
class GrantRolePayload(Payload):
    """Payload of `grantRole`."""

    account: str | None = column("Subject of the account.", default=None)
    role: str | None = column("Key of the role.", default=None)


@input_type("A role to take from an account (撤销角色).")
class RevokeRoleInput(Input):
    """Input of `revokeRole`."""

    account: str = argument("Subject of the account.")
    role: str = argument("Key of the role.")
    grid: ID | None = argument("Where; none ends the role everywhere.", default=None)


@payload_type("What was revoked.")
class RevokeRolePayload(Payload):
    """Payload of `revokeRole`."""

    revoked: int | None = column("How many grants ended; 0 when there was none.", default=None)
