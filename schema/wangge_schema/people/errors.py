"""What can be refused or warned about when people, dwellings and households are written."""

from wangge import RuleError


class DocumentNumberInvalid(RuleError):
    """Raise when a document number does not have the form of its kind."""

    code = "BASE_DOCUMENT_NUMBER_INVALID"
    message = "This is not the number of such a document: copy it as printed, and check the kind of document."


class DocumentCheckDigitWrong(RuleError):
    """Raise when the last character of an 18-character number does not follow from the others (GB 11643)."""

    code = "BASE_DOCUMENT_CHECK_DIGIT_WRONG"
    message = "The last character of the number does not fit the others: one of them is mistyped."


class DocumentNumberObsolete(RuleError):
    """Raise when an identity number has the 15 digits that ceased to be valid in 2013."""

    code = "BASE_DOCUMENT_NUMBER_OBSOLETE"
    message = "Identity numbers of 15 digits are no longer valid: ask for the number of 18 characters."


class DocumentBirthDateInvalid(RuleError):
    """Raise when a document number holds no possible date of birth."""

    code = "BASE_DOCUMENT_BIRTH_DATE_INVALID"
    message = "The number holds no possible date of birth: copy it as printed."


class DocumentNumberMissing(RuleError):
    """Raise when a kind of document is named without a number."""

    code = "BASE_DOCUMENT_NUMBER_MISSING"
    message = "Give the number of the document, or choose the kind NONE."


class DocumentNumberUnexpected(RuleError):
    """Raise when a number comes with the kind of document NONE."""

    code = "BASE_DOCUMENT_NUMBER_UNEXPECTED"
    message = "A person without a document has no number: choose the kind of document, or leave it empty."


class DocumentContradicts(RuleError):
    """Raise when a sex or date of birth differs from what the identity number says."""

    code = "BASE_DOCUMENT_CONTRADICTS"
    message = "This differs from what the document number says: correct one of them, or leave this empty."


class AreaCodeRetired(RuleError):
    """Warn that the area code of an identity number has been withdrawn; such numbers stay valid."""

    code = "BASE_AREA_CODE_RETIRED"
    message = "The area code of the number has been withdrawn: this is usual for older cards."


class AreaCodeUnknown(RuleError):
    """Warn that the area code of an identity number stands in no known table."""

    code = "BASE_AREA_CODE_UNKNOWN"
    message = "The area code of the number is not in the table of area codes: look at the card once more."


class PersonExists(RuleError):
    """Raise when the document is registered already; says nothing of where or as whom."""

    code = "BASE_PERSON_EXISTS"
    message = "A person with this document is registered already: search by the number, or ask your street."


class PhoneInvalid(RuleError):
    """Raise when a mobile number is not one of the mainland's eleven digits."""

    code = "BASE_PHONE_INVALID"
    message = "This is not a mobile number: it has eleven digits and starts with 13 to 19."


class NameInvalid(RuleError):
    """Raise when a name is empty, too long, or holds what no name holds."""

    code = "BASE_NAME_INVALID"
    message = "This is not a name: write 1 to {longest} letters or characters."


class BirthDateInvalid(RuleError):
    """Raise when a date of birth lies in the future or too far in the past."""

    code = "BASE_BIRTH_DATE_INVALID"
    message = "This date of birth is not possible: it lies in the future or more than {oldest} years back."


class DeathDateInvalid(RuleError):
    """Raise when a date of death lies in the future or before the birth."""

    code = "BASE_DEATH_DATE_INVALID"
    message = "This date of death is not possible: it lies in the future or before the birth."


class PersonDead(RuleError):
    """Raise when something is to be changed that only the living do."""

    code = "BASE_PERSON_DEAD"
    message = "The death of this person is recorded: nothing can be changed any more."


class DwellingExists(RuleError):
    """Raise when a grid already has a dwelling of this unit and room, or this address."""

    code = "BASE_DWELLING_EXISTS"
    message = "This dwelling is recorded already: use the existing one."


class DwellingUnnamed(RuleError):
    """Raise when a dwelling has neither a room nor an address of its own."""

    code = "BASE_DWELLING_UNNAMED"
    message = "Give the dwelling a room or an address."


class FloorAreaInvalid(RuleError):
    """Raise when a floor area is not positive or beyond any dwelling's."""

    code = "BASE_FLOOR_AREA_INVALID"
    message = "The floor area must be more than 0 and less than {largest} square metres."


class HouseholdExists(RuleError):
    """Raise when a household number is taken."""

    code = "BASE_HOUSEHOLD_EXISTS"
    message = "This household number is in use: choose another one or open the existing household."


class HouseholdNumberInvalid(RuleError):
    """Raise when a household number is empty or too long."""

    code = "BASE_HOUSEHOLD_NUMBER_INVALID"
    message = "A household number has 1 to {longest} letters, digits or hyphens."


class HouseholdElsewhere(RuleError):
    """Raise when a person would live in a household that lives in another dwelling."""

    code = "BASE_HOUSEHOLD_ELSEWHERE"
    message = "This household lives in another dwelling: choose its dwelling, or move the household."


class HouseholdThereAlready(RuleError):
    """Raise when a household would move to where it lives."""

    code = "BASE_HOUSEHOLD_THERE_ALREADY"
    message = "The household lives in this dwelling already: choose another one."


class MoveDateInvalid(RuleError):
    """Raise when a move lies in the future or before the residence that it ends."""

    code = "BASE_MOVE_DATE_INVALID"
    message = "This date is not possible: it lies in the future, or before the former residence began."


class ResidenceThereAlready(RuleError):
    """Raise when a person would get a residence that lasts already."""

    code = "BASE_RESIDENCE_THERE_ALREADY"
    message = "This residence is recorded already: choose another dwelling."


class ResidenceMissing(RuleError):
    """Raise when a residence would be ended that does not last."""

    code = "BASE_RESIDENCE_MISSING"
    message = "The person has no lasting residence of this kind."


class PurposeUnknown(RuleError):
    """Raise when a purpose stands in no row of the register of processing purposes."""

    code = "BASE_PURPOSE_UNKNOWN"
    message = "This purpose is not in the register of processing purposes: use one of {known}."


class PurposeNeedsConsent(RuleError):
    """Raise when someone would be registered for a purpose that needs a consent first (PIPL art. 13)."""

    code = "BASE_PURPOSE_NEEDS_CONSENT"
    message = "This purpose needs the person's consent: register for a statutory purpose, then record it."


class PurposeNeedsGuardian(RuleError):
    """Raise when a purpose needs consent and the person is under 14 (PIPL art. 31)."""

    code = "BASE_PURPOSE_NEEDS_GUARDIAN"
    message = (
        "This purpose needs a guardian's consent, as the person is under 14: "
        "register for a statutory purpose, then record it."
    )


class PurposeUnstated(RuleError):
    """Raise when a personal value is to be revealed without a reason that an auditor can read."""

    code = "BASE_PURPOSE_UNSTATED"
    message = "State in {shortest} to {longest} characters what you need the value for."


class NothingToReveal(RuleError):
    """Raise when the person has no such value."""

    code = "BASE_NOTHING_TO_REVEAL"
    message = "Nothing of this kind is recorded for the person."


class GuardianUnfit(RuleError):
    """Raise when a guardian would be under age, dead, or the ward (Civil Code arts. 17, 27)."""

    code = "BASE_GUARDIAN_UNFIT"
    message = "This person cannot be the guardian: a guardian is another, living person of full age."


class GuardianshipExists(RuleError):
    """Raise when the guardianship is recorded already."""

    code = "BASE_GUARDIANSHIP_EXISTS"
    message = "This guardianship is recorded already."


class ValueUnreadable(RuleError):
    """Raise when a cell of an imported file holds a word that its column does not know."""

    code = "BASE_VALUE_UNREADABLE"
    message = "This word is not known here: use one of {known}."


class GridCodeUnknown(RuleError):
    """Raise when a file names a grid that the district does not have, or that has ended."""

    code = "BASE_GRID_CODE_UNKNOWN"
    message = "There is no grid with this code: import the grids first, or correct the code."


class PersonElsewhere(RuleError):
    """Raise when a file gives a person a residence of a kind that the person has elsewhere."""

    code = "BASE_PERSON_ELSEWHERE"
    message = "This person has such a residence in another dwelling: move the household, or correct the row."


class HeadTaken(RuleError):
    """Raise when a file names a second head of a household."""

    code = "BASE_HEAD_TAKEN"
    message = "This household has another head: keep one, or correct the relation."
