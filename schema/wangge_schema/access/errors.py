"""What can be wrong with granting and revoking roles."""

from wangge import RuleError


class RoleUnknown(RuleError):
    """Raise when a role is not one of the platform's."""

    code = "BASE_ROLE_UNKNOWN"
    message = "There is no role {role}: use one of {known}."


class RoleNeedsGrid(RuleError):
    """Raise when a role that acts for a grid is granted without one."""

    code = "BASE_ROLE_NEEDS_GRID"
    message = "The role {role} is held at a grid: name the grid."


class RoleGrantedTwice(RuleError):
    """Raise when the account holds the role at the grid already."""

    code = "BASE_ROLE_GRANTED_TWICE"
    message = "The account holds this role there already."


class LastAdministrator(RuleError):
    """Raise when revoking would leave the district without an administrator."""

    code = "BASE_LAST_ADMINISTRATOR"
    message = "This is the district's last administrator: grant the role to someone else first."
