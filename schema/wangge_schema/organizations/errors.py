"""What can be refused when organisations and memberships are written."""

from wangge import RuleError


class OrganizationNameInvalid(RuleError):
    """Raise when an organisation's name is empty or too long."""

    code = "BASE_ORGANIZATION_NAME_INVALID"
    message = "Give the organisation's full name, in at most {longest} characters."


class CreditCodeMalformed(RuleError):
    """Raise when a unified social credit code has not the form of GB 32100-2015."""

    code = "BASE_CREDIT_CODE_MALFORMED"
    message = (
        "This is not a unified social credit code: it has 18 digits and capitals without I, O, S, V and Z, "
        "and digits in places 3 to 8."
    )


class CreditCodeCheckWrong(RuleError):
    """Raise when the last character of a credit code does not follow from the others."""

    code = "BASE_CREDIT_CODE_CHECK_WRONG"
    message = "The last character of the credit code does not fit the others: one of them is mistyped."


class CreditCodeTaken(RuleError):
    """Raise when another organisation of the district has the credit code."""

    code = "BASE_CREDIT_CODE_TAKEN"
    message = "Another organisation has this credit code: open that one."


class MembershipTitleInvalid(RuleError):
    """Raise when the title of a member is too long."""

    code = "BASE_MEMBERSHIP_TITLE_INVALID"
    message = "Give the title in at most {longest} characters."


class MembershipDatesInvalid(RuleError):
    """Raise when a membership would end before it began."""

    code = "BASE_MEMBERSHIP_DATES_INVALID"
    message = "A membership cannot end before it began: check the dates."


class MembershipExists(RuleError):
    """Raise when the person belongs to the organisation in these days already."""

    code = "BASE_MEMBERSHIP_EXISTS"
    message = "This person belongs to the organisation already: end that membership first."


class MembershipEnded(RuleError):
    """Raise when a membership that has ended would be ended again."""

    code = "BASE_MEMBERSHIP_ENDED"
    message = "This membership ended on {until} already."
