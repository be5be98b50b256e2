"""What can be refused or warned about when posts, their roles and pairings are written."""

from wangge import RuleError


class PostRoleUnknown(RuleError):
    """Raise when a role of posts is not one of the district's."""

    code = "BASE_POST_ROLE_UNKNOWN"
    message = "This district has no post called {role}: use one of {roles}."


class PostRoleInvalid(RuleError):
    """Raise when the key or title of a new role cannot be used."""

    code = "BASE_POST_ROLE_INVALID"
    message = (
        "A role has a key of small letters, digits and underscores, and a title of 1 to {longest} characters."
    )


class PostRoleTaken(RuleError):
    """Raise when the district has a role of this key."""

    code = "BASE_POST_ROLE_TAKEN"
    message = "There is a role with this key already: choose another one."


class PostDatesInvalid(RuleError):
    """Raise when a post would end before it began."""

    code = "BASE_POST_DATES_INVALID"
    message = "A post cannot end before it began: check the dates."


class PostOverlaps(RuleError):
    """Raise when the person holds this role in this grid on one of the days already."""

    code = "BASE_POST_OVERLAPS"
    message = "This person holds the same post in this grid already: end it first, or choose other dates."


class PostEnded(RuleError):
    """Raise when a post that has ended would be ended again."""

    code = "BASE_POST_ENDED"
    message = "This post ended on {until} already."


class DutyPhoneInvalid(RuleError):
    """Raise when a published duty phone is no telephone number."""

    code = "BASE_DUTY_PHONE_INVALID"
    message = "This is not a telephone number: give a mobile, or a landline with its area code."


class DutyNameInvalid(RuleError):
    """Raise when a published duty name is too long."""

    code = "BASE_DUTY_NAME_INVALID"
    message = "Give the duty name in at most {longest} characters."


class PairingOfOne(RuleError):
    """Raise when official and building head are the same person."""

    code = "BASE_PAIRING_OF_ONE"
    message = "An official cannot be paired with themselves: choose the building's head."


class PairingNeedsBuildingHead(RuleError):
    """Raise when the person to be paired with heads no building."""

    code = "BASE_PAIRING_NEEDS_BUILDING_HEAD"
    message = "This person heads no building today: assign the post of building head first."


class PairingExists(RuleError):
    """Raise when one of the two is paired on one of the days already."""

    code = "BASE_PAIRING_EXISTS"
    message = "One of the two is paired already: end that pairing first."


class PairingDatesInvalid(RuleError):
    """Raise when a pairing would end before it began."""

    code = "BASE_PAIRING_DATES_INVALID"
    message = "A pairing cannot end before it began: check the dates."


class PairingEnded(RuleError):
    """Raise when a pairing that has ended would be ended again."""

    code = "BASE_PAIRING_ENDED"
    message = "This pairing ended on {until} already."


class PairingTooLarge(RuleError):
    """Raise when a pairing names more households than one call may."""

    code = "BASE_PAIRING_TOO_LARGE"
    message = "A pairing names at most {limit} households."


class PairingSizeUnusual(RuleError):
    """Warn that a pairing covers fewer or more households than the district's range; never a refusal."""

    code = "BASE_PAIRING_SIZE_UNUSUAL"
    message = "The pairing covers {households} households; this district aims at {low} to {high}."
