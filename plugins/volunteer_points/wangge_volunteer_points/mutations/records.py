"""Root mutation fields of service records and points."""

from typing import cast

from wangge import Info, Mutation, authenticated, decode_id, extends, mutation, requires
from wangge_volunteer_points import permissions
from wangge_volunteer_points.rules.activities import Period
from wangge_volunteer_points.services import ledger, records
from wangge_volunteer_points.types.orders import VolunteerOrder
from wangge_volunteer_points.types.record_changes import (
    ConfirmReceivedServiceInput,
    ConfirmReceivedServicePayload,
    ConfirmServiceRecordInput,
    ConfirmServiceRecordPayload,
    ExpirePointsInput,
    ExpirePointsPayload,
    ReportOrderServiceInput,
    ReportOrderServicePayload,
    VoidServiceRecordInput,
    VoidServiceRecordPayload,
)
from wangge_volunteer_points.types.records import ServiceRecord


@extends(Mutation)
class RecordMutations:
    """Hours: reported, confirmed by both sides, voided; and points that run out."""

    @mutation(
        access=requires(permissions.JOIN), description="Report when one served a claimed order (上报时长)."
    )
    async def report_order_service(
        self, info: Info, input: ReportOrderServiceInput
    ) -> ReportOrderServicePayload:
        """Translate for `records.report_order_service`."""
        record = await records.report_order_service(
            info.context,
            order_id=decode_id(VolunteerOrder, input.order, ("order",)),
            period=Period(input.started_at, input.ended_at),
        )
        return ReportOrderServicePayload(record=cast(ServiceRecord, record))

    @mutation(
        access=authenticated,
        description="Confirm a service record (确认时长): volunteers their own side, staff the organiser's "
        "(needs volunteer_points.records.confirm). With both sides its points are earned.",
    )
    async def confirm_service_record(
        self, info: Info, input: ConfirmServiceRecordInput
    ) -> ConfirmServiceRecordPayload:
        """Translate for `records.confirm_record`."""
        record_id = decode_id(ServiceRecord, input.record, ("record",))
        record = await records.confirm_record(info.context, record_id=record_id)
        return ConfirmServiceRecordPayload(record=cast(ServiceRecord, record))

    @mutation(
        access=requires(permissions.PLACE_ORDERS),
        description="Confirm the service one has received (受助人确认), as who placed the order.",
    )
    async def confirm_received_service(
        self, info: Info, input: ConfirmReceivedServiceInput
    ) -> ConfirmReceivedServicePayload:
        """Translate for `records.confirm_received_service`."""
        order_id = decode_id(VolunteerOrder, input.order, ("order",))
        order = await records.confirm_received_service(info.context, order_id=order_id)
        return ConfirmReceivedServicePayload(order=cast(VolunteerOrder, order))

    @mutation(
        access=requires(permissions.VOID_RECORDS),
        description="Void a wrong service record (作废记录). Its points are taken back as far as they are "
        "there; the rest is owed and comes off the next points.",
    )
    async def void_service_record(
        self, info: Info, input: VoidServiceRecordInput
    ) -> VoidServiceRecordPayload:
        """Translate for `records.void_record`."""
        record_id = decode_id(ServiceRecord, input.record, ("record",))
        record = await records.void_record(info.context, record_id=record_id, reason=input.reason)
        return VoidServiceRecordPayload(record=cast(ServiceRecord, record))

    @mutation(
        access=requires(permissions.EXPIRE_POINTS),
        description="Bring balances up to date where points are past their day (积分到期), some hundred "
        "accounts a call; repeat until none is left. Such points cannot be spent in any case.",
    )
    async def expire_points(self, info: Info, input: ExpirePointsInput) -> ExpirePointsPayload:
        """Translate for `ledger.expire_points`."""
        accounts, points = await ledger.expire_points(info.context)
        return ExpirePointsPayload(accounts=accounts, points=points)
