"""Root mutation fields."""

from decimal import Decimal
from typing import cast

from acme_parcel_lockers import permissions
from acme_parcel_lockers.services import bills, lockers, parcels
from acme_parcel_lockers.types.bills import AcmeFeeBill
from acme_parcel_lockers.types.changes import (
    AcmeAddLockerInput,
    AcmeAddLockerPayload,
    AcmeChangeLockerStateInput,
    AcmeChangeLockerStatePayload,
    AcmeCollectParcelInput,
    AcmeCollectParcelPayload,
    AcmeDepositParcelInput,
    AcmeDepositParcelPayload,
    AcmeIssueFeeBillInput,
    AcmeIssueFeeBillPayload,
    AcmeSettleFeeBillInput,
    AcmeSettleFeeBillPayload,
    AcmeShowPickUpCodeInput,
    AcmeShowPickUpCodePayload,
    AcmeWriteOffParcelInput,
    AcmeWriteOffParcelPayload,
)
from acme_parcel_lockers.types.lockers import AcmeLocker
from acme_parcel_lockers.types.parcels import AcmeParcel
from wangge import Info, InvalidValue, Mutation, decode_id, extends, mutation, requires
from wangge_schema import Grid, Household, Person


@extends(Mutation)
class LockerMutations:
    """Lockers and what is in them."""

    @mutation(
        access=requires(permissions.WRITE_LOCKERS), description="Enter a locker in a grid (登记快件箱)."
    )
    async def acme_add_locker(self, info: Info, input: AcmeAddLockerInput) -> AcmeAddLockerPayload:
        """Translate for `lockers.add_locker`."""
        locker = await lockers.add_locker(
            info.context,
            grid_id=decode_id(Grid, input.grid, ("grid",)),
            number=input.number,
            place=input.place,
            cells=input.cells,
        )
        return AcmeAddLockerPayload(locker=cast(AcmeLocker, locker))

    @mutation(
        access=requires(permissions.WRITE_LOCKERS),
        description="Open a locker for parcels, or close it (启用或停用).",
    )
    async def acme_change_locker_state(
        self, info: Info, input: AcmeChangeLockerStateInput
    ) -> AcmeChangeLockerStatePayload:
        """Translate for `lockers.change_locker_state`."""
        locker_id = decode_id(AcmeLocker, input.locker, ("locker",))
        locker = await lockers.change_locker_state(info.context, locker_id=locker_id, state=input.state)
        return AcmeChangeLockerStatePayload(locker=cast(AcmeLocker, locker))

    @mutation(access=requires(permissions.DEPOSIT), description="Put a parcel into a locker (投递).")
    async def acme_deposit_parcel(
        self, info: Info, input: AcmeDepositParcelInput
    ) -> AcmeDepositParcelPayload:
        """Translate for `parcels.deposit_parcel`."""
        parcel = await parcels.deposit_parcel(
            info.context,
            locker_id=decode_id(AcmeLocker, input.locker, ("locker",)),
            person_id=decode_id(Person, input.person, ("person",)),
            carrier=input.carrier,
            recipient_agreed=input.recipient_agreed,
        )
        return AcmeDepositParcelPayload(parcel=cast(AcmeParcel, parcel))

    @mutation(
        access=requires(permissions.COLLECT),
        description="Show the recipient's side the code of a parcel (查看取件码); on the record.",
        remember=False,
    )
    async def acme_show_pick_up_code(
        self, info: Info, input: AcmeShowPickUpCodeInput
    ) -> AcmeShowPickUpCodePayload:
        """Translate for `parcels.show_pick_up_code`."""
        parcel_id = decode_id(AcmeParcel, input.parcel, ("parcel",))
        return AcmeShowPickUpCodePayload(
            code=await parcels.show_pick_up_code(info.context, parcel_id=parcel_id)
        )

    @mutation(
        access=requires(permissions.COLLECT), description="Open the cell that a code stands for (取件)."
    )
    async def acme_collect_parcel(
        self, info: Info, input: AcmeCollectParcelInput
    ) -> AcmeCollectParcelPayload:
        """Translate for `parcels.collect_parcel`."""
        locker_id = decode_id(AcmeLocker, input.locker, ("locker",))
        parcel = await parcels.collect_parcel(info.context, locker_id=locker_id, code=input.code)
        return AcmeCollectParcelPayload(parcel=cast(AcmeParcel, parcel))

    @mutation(
        access=requires(permissions.WRITE_OFF),
        description="Write off a parcel that is not in its cell any more (核销).",
    )
    async def acme_write_off_parcel(
        self, info: Info, input: AcmeWriteOffParcelInput
    ) -> AcmeWriteOffParcelPayload:
        """Translate for `parcels.write_off_parcel`."""
        parcel_id = decode_id(AcmeParcel, input.parcel, ("parcel",))
        parcel = await parcels.write_off_parcel(info.context, parcel_id=parcel_id, reason=input.reason)
        return AcmeWriteOffParcelPayload(parcel=cast(AcmeParcel, parcel))


@extends(Mutation)
class BillMutations:
    """Property-fee bills."""

    @mutation(access=requires(permissions.WRITE_BILLS), description="Issue a household's bill (出账).")
    async def acme_issue_fee_bill(self, info: Info, input: AcmeIssueFeeBillInput) -> AcmeIssueFeeBillPayload:
        """Translate for `bills.issue_bill`."""
        bill = await bills.issue_bill(
            info.context,
            household_id=decode_id(Household, input.household, ("household",)),
            period=input.period,
            amount_fen=_fen(input.amount),
        )
        return AcmeIssueFeeBillPayload(bill=cast(AcmeFeeBill, bill))

    @mutation(
        access=requires(permissions.WRITE_BILLS),
        description="Note that a bill was paid or carried over (结清).",
    )
    async def acme_settle_fee_bill(
        self, info: Info, input: AcmeSettleFeeBillInput
    ) -> AcmeSettleFeeBillPayload:
        """Translate for `bills.settle_bill`."""
        bill = await bills.settle_bill(info.context, bill_id=decode_id(AcmeFeeBill, input.bill, ("bill",)))
        return AcmeSettleFeeBillPayload(bill=cast(AcmeFeeBill, bill))


def _fen(yuan: Decimal) -> int:
    """Return an amount in fen.

    Raises:
        InvalidValue: it is finer than a fen, or no number.
    """
    fen = yuan * 100
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise InvalidValue(path=("amount",), reason="give an amount in yuan with at most two decimals.")
    return int(fen)
