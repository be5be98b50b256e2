"""Property-fee bills and what was credited on them."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from acme_parcel_lockers import models, permissions
from acme_parcel_lockers.rules import open_fen
from wangge import (
    Filter,
    IdMatch,
    Node,
    Parent,
    StringMatch,
    column,
    field,
    filter_type,
    match,
    money,
    order_type,
    related,
    related_list,
    requires,
    table_type,
)
from wangge_schema import Household, Person


@table_type(
    models.FeeCredit,
    access=requires(permissions.READ_BILLS),
    description="Property-fee credit (物业费抵扣): an amount set against a bill.",
)
class AcmeFeeCredit(Node):
    """A credit."""

    amount: Decimal = money("amount_fen", "How much in yuan (抵扣金额).")
    reference: str = column("The firm's reference of it (抵扣凭证号).")
    credited_at: datetime = column("When it was credited (抵扣时间).")


@table_type(
    models.FeeBill,
    access=requires(permissions.READ_BILLS),
    description="Property-fee bill (物业费账单) of a household, as the firm keeps it for the estate.",
)
class AcmeFeeBill(Node):
    """A bill."""

    household: Household | None = related("household_id", "The household (户).")
    person: Person | None = related("person_id", "Who is billed (缴费人).")
    period: str = column("What it is for (账期).")
    amount: Decimal = money("amount_fen", "The bill in yuan (账单金额).")
    credited: Decimal = money("credited_fen", "What was set against it in yuan (已抵扣).")
    settled_on: date | None = column("When the rest was paid or carried over (结清日期); null while open.")
    credits: list[AcmeFeeCredit] = related_list(
        models.FeeCredit.bill_id, "What was set against it (抵扣记录)."
    )

    @field(description="What is open in yuan (未缴金额); nothing once the bill is settled.")
    @staticmethod
    def owed(root: Parent[models.FeeBill]) -> Decimal:
        """Return what is open."""
        fen = 0 if root.settled_on is not None else open_fen(root.amount_fen, root.credited_fen)
        return Decimal(fen).scaleb(-2)


@filter_type(models.FeeBill, "Which bills to list. Several conditions hold together.")
class AcmeFeeBillFilter(Filter):
    """Conditions on bills."""

    household: IdMatch | None = match("household_id", "The household (户).")
    period: StringMatch | None = match("period", "What it is for (账期).")


@order_type(models.FeeBill, "Order of bills.")
class AcmeFeeBillOrder(Enum):
    """Orders of bills."""

    PERIOD_ASC = "period"
    PERIOD_DESC = "-period"
