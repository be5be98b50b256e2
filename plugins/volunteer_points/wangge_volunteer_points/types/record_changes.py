"""Inputs and payloads of changes to service records and points."""

from datetime import datetime

from wangge import ID, Input, Payload, argument, column, input_type, payload_type
from wangge_volunteer_points.types.orders import VolunteerOrder
from wangge_volunteer_points.types.records import ServiceRecord


@input_type("When the caller served an order they claimed (上报时长).")
class ReportOrderServiceInput(Input):
    """Input of reportOrderService."""

    order: ID = argument("The order.")
    started_at: datetime = argument("From when (开始时间).")
    ended_at: datetime = argument("Until when (结束时间); it must be over.")


@payload_type("Answer of reportOrderService.")
class ReportOrderServicePayload(Payload):
    """Payload of reportOrderService."""

    record: ServiceRecord | None = column("The record, confirmed by the volunteer's side.", default=None)


@input_type("Which record to confirm (确认时长), for the side the caller is on.")
class ConfirmServiceRecordInput(Input):
    """Input of confirmServiceRecord."""

    record: ID = argument("The record.")


@payload_type("Answer of confirmServiceRecord.")
class ConfirmServiceRecordPayload(Payload):
    """Payload of confirmServiceRecord."""

    record: ServiceRecord | None = column("The record.", default=None)


@input_type("Whose service the caller has received (受助人确认).")
class ConfirmReceivedServiceInput(Input):
    """Input of confirmReceivedService."""

    order: ID = argument("The order, which the caller placed.")


@payload_type("Answer of confirmReceivedService.")
class ConfirmReceivedServicePayload(Payload):
    """Payload of confirmReceivedService."""

    order: VolunteerOrder | None = column("The order.", default=None)


@input_type("Which record was wrong (作废记录).")
class VoidServiceRecordInput(Input):
    """Input of voidServiceRecord."""

    record: ID = argument("The record.")
    reason: str = argument("Why (原因).")


@payload_type("Answer of voidServiceRecord.")
class VoidServiceRecordPayload(Payload):
    """Payload of voidServiceRecord."""

    record: ServiceRecord | None = column("The record.", default=None)


@input_type("Nothing to say: the accounts of the caller's grids are meant (积分到期).")
class ExpirePointsInput(Input):
    """Input of expirePoints."""


@payload_type("Answer of expirePoints.")
class ExpirePointsPayload(Payload):
    """Payload of expirePoints."""

    accounts: int | None = column("How many accounts had points past their day.", default=None)
    points: int | None = column("How many points expired.", default=None)
