"""How copying a district fails: each failure a code, and what to do about it."""

from wangge.errors import WanggeError


class TransferError(WanggeError):
    """Base of failures that end a command with one line."""


class BackupUnreadable(TransferError):
    """Raise when a file is no backup, is damaged, or was cut off; nothing has been changed."""

    code = "BACKUP_UNREADABLE"
    message = "{file} cannot be restored: {reason} Nothing was changed."


class CopyFailed(TransferError):
    """Raise when a copy does not hold what it was made from; it was thrown away."""

    code = "COPY_FAILED"
    message = "The copy was given up: {reason} The district is where it was."

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class WritersBusy(TransferError):
    """Raise when a district cannot be moved, because writes that began before do not end."""

    code = "WRITERS_BUSY"
    message = "Others are writing to this district without a break: try again when the import or job is over."


class MoveUnderWay(TransferError):
    """Raise when a district is asked to move while another command moves it."""

    code = "MOVE_UNDER_WAY"
    message = "Another command is moving district {district}: wait for it, half a minute if it was killed."


class DistrictThere(TransferError):
    """Raise when a restore would take the place of a district without having been told to."""

    code = "DISTRICT_THERE"
    message = "There is a district {district}: give --replace --yes {district}, or --as another code."
