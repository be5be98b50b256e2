"""What can be refused when consents are recorded and withdrawn."""

from wangge import RuleError


class ConsentNotYours(RuleError):
    """Raise when somebody would decide for a person whose guardian they are not."""

    code = "BASE_CONSENT_NOT_YOURS"
    message = "You can consent for yourself and for those whose guardian you are: ask the person."


class GuardianNeeded(RuleError):
    """Raise when a child under 14 would consent without a guardian (PIPL art. 31)."""

    code = "BASE_GUARDIAN_NEEDED"
    message = "This person is under 14: a recorded guardian must consent."


class GuardianNotRecorded(RuleError):
    """Raise when the named guardian is not the person's."""

    code = "BASE_GUARDIAN_NOT_RECORDED"
    message = "This guardianship is not recorded: record it first."


class ConsentNotNeeded(RuleError):
    """Raise when a purpose rests on another legal basis than consent (PIPL art. 13)."""

    code = "BASE_CONSENT_NOT_NEEDED"
    message = "This purpose rests on {basis}, not on consent: there is nothing to record."


class ConsentWithdrawn(RuleError):
    """Raise when a consent would be withdrawn twice."""

    code = "BASE_CONSENT_WITHDRAWN"
    message = "This consent has been withdrawn already."


class ConsentMissing(RuleError):
    """Raise when a purpose needs a consent that the person has not given, or has withdrawn."""

    code = "BASE_CONSENT_MISSING"
    message = "The person has not consented to this purpose: ask for the consent and record it."
