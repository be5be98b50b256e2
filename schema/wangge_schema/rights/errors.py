"""What can be refused when people's data are copied, restricted or erased."""

from wangge import RuleError


class ReasonUnstated(RuleError):
    """Raise when data are to be copied, restricted or erased without a reason that an auditor can read."""

    code = "BASE_REASON_UNSTATED"
    message = "State in {shortest} to {longest} characters why: the audit keeps it."


class NotYours(RuleError):
    """Raise when residents use a right over the data of others than themselves and wards under age."""

    code = "BASE_RIGHT_NOT_YOURS"
    message = "You can do this for yourself and for minors whose guardian you are: ask the person."


class NotRestricted(RuleError):
    """Raise when a restriction is to be lifted that does not stand."""

    code = "BASE_NOT_RESTRICTED"
    message = "The data of this person are not restricted: there is nothing to lift."


class PersonErased(RuleError):
    """Raise when somebody was erased, so that only what a law keeps is left."""

    code = "BASE_PERSON_ERASED"
    message = "This person has been erased: only rows that a law keeps are left, and they stay restricted."
