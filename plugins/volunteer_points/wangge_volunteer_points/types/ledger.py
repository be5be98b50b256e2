"""Points accounts, transfers, entries and lots, and how they are found."""

from datetime import date, datetime
from enum import Enum

from wangge import (
    ID,
    Connection,
    DateTimeMatch,
    EnumMatch,
    Filter,
    IdMatch,
    IntMatch,
    Node,
    column,
    connection,
    filter_type,
    match,
    match_by,
    order_type,
    related,
    related_list,
    requires,
    table_type,
)
from wangge_schema import Grid
from wangge_volunteer_points import models, permissions
from wangge_volunteer_points.rules.ledger import Book, TransferKind
from wangge_volunteer_points.types.places import within_grid
from wangge_volunteer_points.types.records import ServiceRecord
from wangge_volunteer_points.types.rewards import Redemption
from wangge_volunteer_points.types.volunteers import Volunteer

_read = requires(permissions.READ_POINTS)


@table_type(
    models.PointsEntry, access=_read, description="Line of a points transfer (分录): a debit or a credit."
)
class PointsEntry:
    """One line of a transfer."""

    book: Book = column("Book (账目).")
    debit: int = column("Debit (借方).")
    credit: int = column("Credit (贷方).")


@table_type(
    models.PointsTransfer,
    access=_read,
    description="Movement of points (积分变动), booked twice: its debits equal its credits. Never changed.",
)
class PointsTransfer(Node):
    """A movement of points."""

    kind: TransferKind = column("Why points moved (类型).")
    amount: int = column("How many (数量).")
    at: datetime = column("When (时间).")
    record: ServiceRecord | None = related("record_id", "Service record that earned them, or was voided.")
    redemption: Redemption | None = related("redemption_id", "Redemption they were moved for.")
    entries: list[PointsEntry] = related_list(models.PointsEntry.transfer_id, "Its lines (分录).")


@table_type(
    models.PointsLot,
    access=_read,
    description="Lot of points (积分批次) earned at one time; lots are spent and expire first-in first-out.",
)
class PointsLot:
    """Points earned at one time."""

    earned_on: date = column("When they were earned (取得日期).")
    expires_on: date = column("Last day on which they can be spent (有效期至).")
    amount: int = column("How many there were (数量).")
    remaining: int = column("How many remain (剩余).")


@filter_type(models.PointsLot, "Which lots to list. Several conditions hold together.")
class PointsLotFilter(Filter):
    """Conditions on lots."""

    remaining: IntMatch | None = match("remaining", "How many remain (剩余).")


@order_type(models.PointsLot, "Order of lots.")
class PointsLotOrdering(Enum):
    """Orders of lots."""

    EXPIRES_ON_ASC = "expires_on"
    EXPIRES_ON_DESC = "-expires_on"


@filter_type(models.PointsTransfer, "Which transfers to list. Several conditions hold together.")
class PointsTransferFilter(Filter):
    """Conditions on transfers."""

    kind: EnumMatch[TransferKind] | None = match("kind", "Why points moved (类型).")
    at: DateTimeMatch | None = match("at", "When (时间).")
    account: IdMatch | None = match("account_id", "The account.")
    within: ID | None = match_by(within_grid(models.PointsTransfer), "This grid (网格) or one below it.")


@order_type(models.PointsTransfer, "Order of transfers.")
class PointsTransferOrdering(Enum):
    """Orders of transfers."""

    AT_ASC = "at"
    AT_DESC = "-at"


@table_type(
    models.PointsAccount,
    access=_read,
    description="Points account of a volunteer (积分账户). Points are no money and cannot be transferred.",
)
class PointsAccount(Node):
    """A volunteer's account."""

    volunteer: Volunteer | None = related("volunteer_id", "Whose it is; null once the person is erased.")
    grid: Grid = related("grid_id", "Where they live (网格).")
    available: int = column("What can be spent (可用积分).")
    reserved: int = column("What is set aside for redemptions (预留积分).")
    debt: int = column("What was spent of points that turned out void (待扣积分); comes off the next points.")
    lots: Connection[PointsLot] = connection(
        "Lots (积分批次), to see what expires when.",
        via=models.PointsLot.account_id,
        where=PointsLotFilter,
        order_by=PointsLotOrdering,
    )
    transfers: Connection[PointsTransfer] = connection(
        "Movements (积分变动).",
        via=models.PointsTransfer.account_id,
        where=PointsTransferFilter,
        order_by=PointsTransferOrdering,
    )


@filter_type(models.PointsAccount, "Which accounts to list. Several conditions hold together.")
class PointsAccountFilter(Filter):
    """Conditions on accounts."""

    available: IntMatch | None = match("available", "What can be spent (可用积分).")
    volunteer: IdMatch | None = match("volunteer_id", "Whose it is.")
    within: ID | None = match_by(within_grid(models.PointsAccount), "This grid (网格) or one below it.")


@order_type(models.PointsAccount, "Order of accounts.")
class PointsAccountOrdering(Enum):
    """Orders of accounts."""

    AVAILABLE_ASC = "available"
    AVAILABLE_DESC = "-available"
