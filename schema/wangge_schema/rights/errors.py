"""What can be refused when people's data are copied, restricted or erased."""

from wangge import RuleError


class ReasonUnstated(RuleError):
    """Raise when data are to be copied, restricted or erased without a reason that an auditor can read."""

    code = "BASE_REASON_UNSTATED"
    message = "State in {shortest} to {longest} characters why: the audit keeps it."


class ExportNotYours(RuleError):
    """Raise when a resident asks for the data of somebody who is neither oneself nor a ward under age."""

    code = "BASE_EXPORT_NOT_YOURS"
    message = "You can have your own data, and those of minors whose guardian you are: ask the person."


class NotRestricted(RuleError):
    """Raise when a restriction is to be lifted that does not stand."""

    code = "BASE_NOT_RESTRICTED"
    message = "The data of this person are not restricted: there is nothing to lift."


class PersonErased(RuleError):
    """Raise when somebody was erased, so that only what a law keeps is left."""

    code = "BASE_PERSON_ERASED"
    message = "This person has been erased: only rows that a law keeps are left, and they stay restricted."


class CorrectionNeedsProof(RuleError):
    """Raise when residents correct by themselves what follows from a document (PIPL art. 46)."""

    code = "BASE_CORRECTION_NEEDS_PROOF"
    message = "You can correct the phone number yourself: show the document for the rest to your grid worker."
