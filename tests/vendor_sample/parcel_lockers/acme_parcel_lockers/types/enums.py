"""Enums of the programme, described for the API; the members themselves belong to the rules."""

from acme_parcel_lockers.rules import AcmeLockerState, AcmeParcelState
from wangge import graphql_enum

graphql_enum(
    AcmeLockerState,
    "Whether a locker takes parcels (快件箱状态).",
    OPEN="Takes parcels.",
    CLOSED="Takes none; what is in it can be collected.",
)
graphql_enum(
    AcmeParcelState,
    "Where a parcel stands (快件状态).",
    WAITING="Waits in its cell (待取).",
    COLLECTED="Taken out by the recipient's side (已取).",
    RETURNED="Goes back to its carrier (退回).",
    WRITTEN_OFF="Is not in its cell any more (核销).",
)
