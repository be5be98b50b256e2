"""Service records (服务记录): hours and what they earned, and how they are found."""

from datetime import date, datetime
from enum import Enum

from wangge import (
    ID,
    DateMatch,
    EnumMatch,
    Filter,
    IdMatch,
    Node,
    column,
    filter_type,
    match,
    match_by,
    order_type,
    related,
    requires,
    table_type,
)
from wangge_schema import Grid
from wangge_volunteer_points import models, permissions
from wangge_volunteer_points.rules.records import RecordState
from wangge_volunteer_points.types.places import within_grid
from wangge_volunteer_points.types.volunteers import Volunteer


@table_type(
    models.ServiceRecord,
    access=requires(permissions.READ_RECORDS),
    description="Service record (服务记录): what one volunteer did, confirmed by both sides; never deleted.",
)
class ServiceRecord(Node):
    """A service record."""

    volunteer: Volunteer | None = related("volunteer_id", "Who served; null outside the caller's grids.")
    grid: Grid = related("grid_id", "Where the service belongs (网格).")
    title: str = column("What it was (服务名称).")
    place: str = column("Where (地点).")
    service_class: str = column("Class of service (服务类别).")
    circumstance: str = column("Circumstance (情形).")
    served_on: date = column("Local day on which it started (服务日期).")
    started_at: datetime = column("From when (开始时间).")
    ended_at: datetime = column("Until when (结束时间).")
    minutes_served: int = column("True time in minutes (实际时长).")
    minutes_counted: int = column("What counts of it under the day's cap, in minutes (计入时长).")
    points: int = column("Points it earned (积分).")
    state: RecordState = column("Where it stands (状态).")
    volunteer_confirmed_at: datetime | None = column("When the volunteer confirmed (本人确认时间).")
    organiser_confirmed_at: datetime | None = column(
        "When the organiser or recipient confirmed (组织方确认时间)."
    )
    voided_at: datetime | None = column("When it was voided (作废时间).")
    void_reason: str | None = column("Why it was voided (作废原因).")


@filter_type(models.ServiceRecord, "Which service records to list. Several conditions hold together.")
class ServiceRecordFilter(Filter):
    """Conditions on service records."""

    state: EnumMatch[RecordState] | None = match("state", "Where they stand (状态).")
    served_on: DateMatch | None = match("served_on", "Day of service (服务日期).")
    volunteer: IdMatch | None = match("volunteer_id", "Who served.")
    within: ID | None = match_by(within_grid(models.ServiceRecord), "This grid (网格) or one below it.")


@order_type(models.ServiceRecord, "Order of service records.")
class ServiceRecordOrdering(Enum):
    """Orders of service records."""

    SERVED_ON_ASC = "served_on"
    SERVED_ON_DESC = "-served_on"
