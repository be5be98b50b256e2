"""Everything this programme refuses on purpose; each error says what to do next."""

from wangge import RuleError


class ParcelLockersError(RuleError):
    """Base of the refusals of this programme."""


class TextUnfit(ParcelLockersError):
    """Raise when a text is empty or longer than it may be."""

    code = "PARCEL_LOCKERS_TEXT_UNFIT"
    message = "Give a text of 1 to {most} characters."


class CellsOutOfRange(ParcelLockersError):
    """Raise when a locker would have no cell, or more than are built."""

    code = "PARCEL_LOCKERS_CELLS_OUT_OF_RANGE"
    message = "Give a number of cells from 1 to {most}."


class LockerKnown(ParcelLockersError):
    """Raise when a locker's number is in use."""

    code = "PARCEL_LOCKERS_LOCKER_KNOWN"
    message = "A locker of this number stands already: open it, or give another number."


class LockerClosed(ParcelLockersError):
    """Raise when a parcel is to go into a locker that takes none."""

    code = "PARCEL_LOCKERS_LOCKER_CLOSED"
    message = "This locker takes no parcels at the moment: choose another one."


class LockerFull(ParcelLockersError):
    """Raise when every cell of a locker is taken."""

    code = "PARCEL_LOCKERS_LOCKER_FULL"
    message = "No cell of this locker is free: choose another locker."


class RecipientNotAsked(ParcelLockersError):
    """Raise when a parcel is deposited although its recipient did not agree to a locker."""

    code = "PARCEL_LOCKERS_RECIPIENT_NOT_ASKED"
    message = "Ask the recipient first: parcels go into a locker with their agreement alone."


class RecipientDead(ParcelLockersError):
    """Raise when a parcel is addressed to someone whose death is recorded."""

    code = "PARCEL_LOCKERS_RECIPIENT_DEAD"
    message = "The recipient has died: return the parcel to its sender."


class CodeWrong(ParcelLockersError):
    """Raise when a code opens no cell of a locker."""

    code = "PARCEL_LOCKERS_CODE_WRONG"
    message = "This code opens no cell of this locker: check both."


class CodeNotYours(ParcelLockersError):
    """Raise when somebody else than the recipient's side wants to read a code."""

    code = "PARCEL_LOCKERS_CODE_NOT_YOURS"
    message = "Codes are shown to recipients, their household and guardians alone: ask the recipient."


class ParcelGone(ParcelLockersError):
    """Raise when a parcel has left its locker before."""

    code = "PARCEL_LOCKERS_PARCEL_GONE"
    message = "This parcel has left the locker ({state}): nothing is left to do."


class BillOpen(ParcelLockersError):
    """Raise when a household gets a second bill while one is open."""

    code = "PARCEL_LOCKERS_BILL_OPEN"
    message = "This household has an open bill: settle it, or carry it over, first."


class BillSettled(ParcelLockersError):
    """Raise when a bill is settled a second time."""

    code = "PARCEL_LOCKERS_BILL_SETTLED"
    message = "This bill was settled on {settled_on} already."


class BillMissing(ParcelLockersError):
    """Raise when something is to be set against a bill and there is none."""

    code = "PARCEL_LOCKERS_BILL_MISSING"
    message = "This person's household has no open bill: issue one first."


class CreditUnfit(ParcelLockersError):
    """Raise when a credit is nothing, or more than is open."""

    code = "PARCEL_LOCKERS_CREDIT_UNFIT"
    message = "Credit an amount from 0.01 yuan up to what is open on the bill."


class CellsUnreadable(ParcelLockersError):
    """Raise when a file says the number of cells in no digits."""

    code = "PARCEL_LOCKERS_CELLS_UNREADABLE"
    message = "Write the number of cells in digits, such as 24."


class GridCodeUnknown(ParcelLockersError):
    """Raise when a file names a grid that is not there."""

    code = "PARCEL_LOCKERS_GRID_CODE_UNKNOWN"
    message = "No grid has the code {grid}: check it against the list of grids."
