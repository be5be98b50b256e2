"""The error tree: one failure, one class, one code.

    WanggeError
    ├── ConfigurationError      the operator must mend it; raised at start, never to a frontend
    ├── PluginError             a plugin breaks a rule of composition; it is set aside with this reason
    ├── RuleErrors              several of the next kind at once
    ├── RuleError               the caller can mend it: becomes `userErrors` of a mutation's payload
    │   ├── NotFound
    │   ├── DataRestricted
    │   ├── OutOfScope
    │   ├── DuplicateValue
    │   ├── InvalidValue
    │   └── FileUnknown
    └── RequestError            a GraphQL error with `extensions.code`
        ├── Unauthenticated
        ├── Forbidden
        ├── BadId
        ├── BadPage
        ├── BadFilter
        ├── BadCursor
        ├── CursorExpired
        ├── EventTypeUnknown
        ├── SubscriberTooSlow
        ├── PluginNotEnabled
        ├── PluginFailed
        ├── PluginPaused
        ├── NotVisible
        ├── IdempotencyConflict
        └── DistrictUnavailable
            ├── DistrictUnknown
            ├── DistrictUpgrading
            ├── DistrictMoving
            ├── DatabaseUnavailable
            ├── DatabaseBusy
            └── DatabaseNotWritable

Messages are English msgids with `str.format` fields; catalogues translate them to the caller's language.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar


class WanggeError(Exception):
    """Root of everything the platform and its plugins raise on purpose.

    Args:
        path: where in the input the failure lies, as camelCase names.
        params: values for the fields of `message`; never a personal value.
    """

    code: ClassVar[str] = "INTERNAL"
    message: ClassVar[str] = "Something went wrong."

    def __init__(self, *, path: Sequence[str] = (), **params: object) -> None:
        self.path = tuple(path)
        self.params = params
        super().__init__(self.text())

    def text(self, template: str | None = None) -> str:
        """Return the message with its values, in English or from a translated `template`."""
        return (template or self.message).format(**self.params)


class ConfigurationError(WanggeError):
    """Raise when the server cannot run as it is set up; the text says what to change."""

    code = "CONFIGURATION"
    message = "{reason}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class PluginError(WanggeError):
    """Raise when a plugin breaks the contract; the text names both parties and the remedy."""

    code = "PLUGIN_INVALID"
    message = "{reason}"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class RuleError(WanggeError):
    """Base of failures that the caller can mend; a mutation answers them as `userErrors`."""


class RuleErrors(WanggeError):
    """Raise to answer several rule errors at once, such as every bad field of a form."""

    code = "SEVERAL"
    message = "Several values need to be mended."

    def __init__(self, errors: Sequence[RuleError]) -> None:
        self.errors = tuple(errors)
        super().__init__()


class NotFound(RuleError):
    """Raise when an id or code names nothing that the caller may see."""

    code = "NOT_FOUND"
    message = "{what} was not found: check the id, and that it lies within your grids."

    def __init__(self, what: str, *, path: Sequence[str] = ()) -> None:
        super().__init__(path=path, what=what)


class DataRestricted(RuleError):
    """Raise when a row belongs to a person whose data are restricted (PIPL arts. 44, 47)."""

    code = "DATA_RESTRICTED"
    message = "The data of this person are restricted: they are stored, and not used until that is lifted."


class OutOfScope(RuleError):
    """Raise when a write would touch rows outside the caller's part of the grid tree."""

    code = "OUT_OF_SCOPE"
    message = "This lies outside your grids: ask someone responsible for that grid."


class DuplicateValue(RuleError):
    """Raise when a value that must be unique is taken."""

    code = "DUPLICATE_VALUE"
    message = "This value is already in use: choose another one or open the existing record."


class InvalidValue(RuleError):
    """Raise when a value does not have the form it must have."""

    code = "INVALID_VALUE"
    message = "This value is not valid: {reason}"


class FileUnknown(RuleError):
    """Raise when a file is not there to be attached: it is somebody else's, attached already, or gone."""

    code = "FILE_UNKNOWN"
    message = "There is no such file of yours to attach: upload it, and attach it within 24 hours."


class RequestError(WanggeError):
    """Base of failures of a request as such; answered as a GraphQL error with this code.

    Attributes:
        status: of the HTTP answer where the whole request fails with this.
        retry_after: seconds after which asking again may help; sent as `Retry-After`.
    """

    status: ClassVar[int] = 200
    retry_after: int | None = None


class Unauthenticated(RequestError):
    """Raise when a request without a valid token asks for what is not public."""

    code = "UNAUTHENTICATED"
    message = "Sign in first: send a valid bearer token in the Authorization header."
    status = 401


class Forbidden(RequestError):
    """Raise when the caller lacks a permission."""

    code = "FORBIDDEN"
    message = "You need the permission {permission} for this: ask your district's administrator."

    def __init__(self, permission: str) -> None:
        super().__init__(permission=permission)


class BadId(RequestError):
    """Raise when an id is not one of this server's, or names another type."""

    code = "BAD_ID"
    message = "This is not the id of a {expected}: use an id exactly as the server gave it."


class BadPage(RequestError):
    """Raise when page arguments are out of bounds or contradict each other."""

    code = "BAD_PAGE"
    message = "The page cannot be served: {reason}"


class BadFilter(RequestError):
    """Raise when a filter is empty, contradicts itself or is too large."""

    code = "BAD_FILTER"
    message = "The filter cannot be used: {reason}"


class BadCursor(RequestError):
    """Raise when an event's cursor is not one of this server's."""

    code = "BAD_CURSOR"
    message = "This is not the cursor of an event: use a cursor exactly as the server gave it."


class CursorExpired(RequestError):
    """Raise when events cannot be followed from a cursor, because its event is not held any more."""

    code = "CURSOR_EXPIRED"
    message = (
        "The events after this cursor are not held any more: read the data anew, then follow from now on."
    )


class EventTypeUnknown(RequestError):
    """Raise when a subscription names a type of event that no programme of the district emits."""

    code = "EVENT_TYPE_UNKNOWN"
    message = "No programme that is on in this district emits events of the type {type}."


class SubscriberTooSlow(RequestError):
    """Raise when a subscriber has fallen too far behind the events of the district."""

    code = "SUBSCRIBER_TOO_SLOW"
    message = "You read events more slowly than they happen: subscribe again after the last cursor you have."


class PluginNotEnabled(RequestError):
    """Raise when a document names a field of a programme that the district has not switched on."""

    code = "PLUGIN_NOT_ENABLED"
    message = "The field {field} belongs to the programme {plugin}, which this district has not enabled."


class PluginFailed(RequestError):
    """Raise when what a plugin owes is missing: it failed, or took too long; the log has the `reference`."""

    code = "PLUGIN_FAILED"
    message = "The programme {plugin} could not provide {what}; the rest of the answer stands."


class PluginPaused(RequestError):
    """Raise when a plugin is not called, because it failed too often; from `retryAt` on it is tried again."""

    code = "PLUGIN_PAUSED"
    message = (
        "The programme {plugin} is paused after failures; nothing was changed: try again after {retry_at}."
    )

    def __init__(self, plugin: str, retry_at: datetime) -> None:
        super().__init__(plugin=plugin, retry_at=retry_at.isoformat(timespec="seconds"))


class NotVisible(RequestError):
    """Raise when a row that must be there is hidden from the caller."""

    code = "NOT_VISIBLE"
    message = "This record points to one outside your grids."


class IdempotencyConflict(RequestError):
    """Raise when a `clientMutationId` is used again with another input."""

    code = "IDEMPOTENCY_CONFLICT"
    message = "This clientMutationId was used with another input: send a new one."


class DistrictUnavailable(RequestError):
    """Base of failures that keep a whole district from answering."""

    status = 503


class DistrictUnknown(DistrictUnavailable):
    """Raise when no district has the code in the path."""

    code = "DISTRICT_UNKNOWN"
    message = "There is no district {district} on this server: check the address."
    status = 404


class DistrictMoving(DistrictUnavailable):
    """Raise when a write comes while a district's data is moved; nothing of it was done."""

    code = "DISTRICT_MOVING"
    message = "This district is moving to another database: try again in a few seconds. Reading goes on."
    retry_after = 2


class DistrictUpgrading(DistrictUnavailable):
    """Raise when a district's database is behind the installed packages."""

    code = "DISTRICT_UPGRADING"
    message = "District {district} is being upgraded: try again in a few minutes."


class DatabaseUnavailable(DistrictUnavailable):
    """Raise when a database does not answer, or breaks off a connection."""

    code = "DATABASE_UNAVAILABLE"
    message = (
        "The district's database does not answer: try again in a moment. "
        "A change with a clientMutationId may be sent again, and is made once."
    )
    retry_after = 2


class DatabaseBusy(DistrictUnavailable):
    """Raise when others hold for too long what a request needs of the database."""

    code = "DATABASE_BUSY"
    message = "Others are at work on the same data and nothing was changed: try again in a moment."
    retry_after = 1


class DatabaseNotWritable(DistrictUnavailable):
    """Raise when a database takes no changes: its disk is full, or it is read-only."""

    code = "DATABASE_NOT_WRITABLE"
    message = "Nothing can be changed at present, and nothing was; reading goes on. Tell the operator."
    retry_after = 30
