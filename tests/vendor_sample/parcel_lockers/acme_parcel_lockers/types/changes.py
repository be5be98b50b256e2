"""Inputs and payloads of changes."""

from decimal import Decimal

from acme_parcel_lockers.rules import AcmeLockerState
from acme_parcel_lockers.types.bills import AcmeFeeBill
from acme_parcel_lockers.types.lockers import AcmeLocker
from acme_parcel_lockers.types.parcels import AcmeParcel
from wangge import ID, Input, Payload, argument, column, input_type, payload_type


@input_type("A locker that stands in a grid (登记快件箱).")
class AcmeAddLockerInput(Input):
    """Input of acmeAddLocker."""

    grid: ID = argument("Where it belongs (网格).")
    number: str = argument("The firm's number of it (柜机编号).")
    place: str = argument("Where it stands (位置).")
    cells: int = argument("How many cells it has (格口数).")


@payload_type("Answer of acmeAddLocker.")
class AcmeAddLockerPayload(Payload):
    """Payload of acmeAddLocker."""

    locker: AcmeLocker | None = column("The locker.", default=None)


@input_type("Whether a locker takes parcels (启用或停用).")
class AcmeChangeLockerStateInput(Input):
    """Input of acmeChangeLockerState."""

    locker: ID = argument("The locker (快件箱).")
    state: AcmeLockerState = argument("Whether it takes parcels from now on (状态).")


@payload_type("Answer of acmeChangeLockerState.")
class AcmeChangeLockerStatePayload(Payload):
    """Payload of acmeChangeLockerState."""

    locker: AcmeLocker | None = column("The locker.", default=None)


@input_type("A parcel for a resident (投递).")
class AcmeDepositParcelInput(Input):
    """Input of acmeDepositParcel."""

    locker: ID = argument("The locker (快件箱).")
    person: ID = argument("The recipient (收件人).")
    carrier: str = argument("Who brings it (快递公司).")
    recipient_agreed: bool = argument("Whether the recipient agreed to a locker (收件人同意).")


@payload_type("Answer of acmeDepositParcel.")
class AcmeDepositParcelPayload(Payload):
    """Payload of acmeDepositParcel."""

    parcel: AcmeParcel | None = column("The parcel, with its code masked.", default=None)


@input_type("Whose code is to be shown (查看取件码).")
class AcmeShowPickUpCodeInput(Input):
    """Input of acmeShowPickUpCode."""

    parcel: ID = argument("The parcel (快件), of one's own, the household or a ward.")


@payload_type("Answer of acmeShowPickUpCode.")
class AcmeShowPickUpCodePayload(Payload):
    """Payload of acmeShowPickUpCode."""

    code: str | None = column("The code that opens the cell (取件码).", default=None)


@input_type("A code entered at a locker (取件).")
class AcmeCollectParcelInput(Input):
    """Input of acmeCollectParcel."""

    locker: ID = argument("The locker (快件箱).")
    code: str = argument("The code (取件码).")


@payload_type("Answer of acmeCollectParcel.")
class AcmeCollectParcelPayload(Payload):
    """Payload of acmeCollectParcel."""

    parcel: AcmeParcel | None = column("The parcel; its cell opens, and `fee` is due.", default=None)


@input_type("A parcel that is not in its cell any more (核销).")
class AcmeWriteOffParcelInput(Input):
    """Input of acmeWriteOffParcel."""

    parcel: ID = argument("The parcel (快件).")
    reason: str = argument("What became of it (原因).")


@payload_type("Answer of acmeWriteOffParcel.")
class AcmeWriteOffParcelPayload(Payload):
    """Payload of acmeWriteOffParcel."""

    parcel: AcmeParcel | None = column("The parcel.", default=None)


@input_type("A household's bill for a period (出账).")
class AcmeIssueFeeBillInput(Input):
    """Input of acmeIssueFeeBill."""

    household: ID = argument("The household (户); its head is billed.")
    period: str = argument("What it is for (账期), such as 2026-Q4.")
    amount: Decimal = argument("The bill in yuan (账单金额).")


@payload_type("Answer of acmeIssueFeeBill.")
class AcmeIssueFeeBillPayload(Payload):
    """Payload of acmeIssueFeeBill."""

    bill: AcmeFeeBill | None = column("The bill.", default=None)


@input_type("A bill that was paid or carried over (结清).")
class AcmeSettleFeeBillInput(Input):
    """Input of acmeSettleFeeBill."""

    bill: ID = argument("The bill (账单).")


@payload_type("Answer of acmeSettleFeeBill.")
class AcmeSettleFeeBillPayload(Payload):
    """Payload of acmeSettleFeeBill."""

    bill: AcmeFeeBill | None = column("The bill.", default=None)
