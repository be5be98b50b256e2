"""GraphQL types, filters, inputs and payloads of residents' rights."""

from collections.abc import Callable
from datetime import datetime
from enum import Enum

from sqlalchemy import ColumnElement, true

from wangge import (
    ID,
    BooleanMatch,
    Filter,
    IdMatch,
    Info,
    Input,
    Node,
    Parent,
    Payload,
    RequestContext,
    argument,
    column,
    encode_id,
    field,
    filter_type,
    graphql_enum,
    input_type,
    match,
    match_by,
    object_type,
    order_type,
    payload_type,
    related,
    requires,
    table_type,
)
from wangge_schema.grids.types import Grid
from wangge_schema.people.types import Person, within_grid
from wangge_schema.rights import models
from wangge_schema.rights.loaders import restricted_name
from wangge_schema.rights.rules import RowFate
from wangge_schema.rights.services import ERASE, HANDLE

graphql_enum(
    RowFate,
    "What an erasure does to rows (删除结果).",
    DELETED="They are deleted (删除).",
    EMPTIED="A law keeps them (依法保留); what tells of the person in them is emptied.",
    KEPT="A law keeps them as they are (依法保留); the person they belong to becomes a stub.",
)


@table_type(
    models.Restriction,
    access=requires(HANDLE),
    description="Restriction (限制处理): that the data of a person are only stored, and nothing else is done "
    "with them (PIPL arts. 44, 47). The person appears nowhere else until it is lifted.",
)
class Restriction(Node):
    """The record of a restriction."""

    @field(description="Id of the person (居民), for `liftRestriction`; the person is not found by it.")
    @staticmethod
    async def person_id(root: Parent[models.Restriction]) -> ID:
        """Return the id."""
        return ID(encode_id("Person", root.person_id))

    @field(
        description="Name (姓名) of the person; masked as 张* without base.people.name, * after an erasure."
    )
    @staticmethod
    async def person_name(root: Parent[models.Restriction], info: Info) -> str:
        """Return the name, batched over all restrictions of the answer."""
        return await restricted_name(info.context, root)

    reason: str = column("Why (原因), as stated; empty after an erasure.")
    restricted_at: datetime = column("Since when.")
    lifted_at: datetime | None = column("When it was lifted; null while it stands.")
    erased: bool = column("Whether the person was erased (已删除), so that it stands for good.")
    grid: Grid = related("grid_id", "Grid (网格) of the person.")


def _standing() -> Callable[[RequestContext, BooleanMatch], ColumnElement[bool]]:
    """Return the condition maker of `current`: whether a restriction stands."""

    def condition(ctx: RequestContext, value: BooleanMatch) -> ColumnElement[bool]:
        lifted = models.Restriction.lifted_at
        return true() if value.eq is None else lifted.is_(None) if value.eq else lifted.is_not(None)

    return condition


@filter_type(models.Restriction, "Which restrictions to list. Several conditions hold together.")
class RestrictionFilter(Filter):
    """Conditions on restrictions."""

    person: IdMatch | None = match("person_id", "Whose data (居民).")
    current: BooleanMatch | None = match_by(_standing(), "Whether they stand today.")
    grid: IdMatch | None = match("grid_id", "Exactly this grid (网格).")
    within: ID | None = match_by(within_grid(models.Restriction), "This grid (网格) or one below it.")


@order_type(models.Restriction, "Order of restrictions.")
class RestrictionOrder(Enum):
    """Orders of restrictions."""

    RESTRICTED_AT_ASC = "restricted_at"
    RESTRICTED_AT_DESC = "-restricted_at"


@object_type(access=requires(ERASE), description="What an erasure does to the rows of one table (删除影响).")
class ErasureEffect:
    """A table with a person's rows."""

    plugin: str = column("Slug of the programme, on or off, that the table is of (项目).")
    table: str = column("Name of the table (数据表).")
    title: str | None = column("What the rows are, in Chinese (内容).")
    rows: int = column("How many (条数).")
    fate: RowFate = column("What becomes of them (处理方式).")
    because: str = column("Legal basis of what stays, or how long the rest was to be kept (依据).")


@object_type(access=requires(ERASE), description="What erasing a person would do (删除预览).")
class ErasurePreview:
    """The difference an erasure makes, before it is made."""

    effects: list[ErasureEffect] = column("By table (数据表), those without rows left out.")
    remains: bool = column("Whether a stub without personal values stays, for what a law keeps.")


@input_type("A mobile number to correct by oneself.")
class CorrectPhoneInput(Input):
    """Input of `correctPhone`."""

    person: ID = argument("Oneself, or a minor (居民) whose guardian one is.")
    phone: str = argument("Mobile number (手机号); an empty text removes it.")


@payload_type("What came of correcting a mobile number.")
class CorrectPhonePayload(Payload):
    """Payload of `correctPhone`."""

    person: Person | None = column("The person.", default=None)


@input_type("Whose data are to be restricted. The audit keeps who did it and why.")
class RestrictPersonInput(Input):
    """Input of `restrictPerson`."""

    person: ID = argument("The person (居民).")
    reason: str = argument("Why (原因), such as the person's request or a dispute about the data.")


@payload_type("What came of restricting somebody's data.")
class RestrictPersonPayload(Payload):
    """Payload of `restrictPerson`."""

    restriction: Restriction | None = column("The restriction.", default=None)


@input_type("Whose restriction is to be lifted. The audit keeps who did it and why.")
class LiftRestrictionInput(Input):
    """Input of `liftRestriction`."""

    person: ID = argument("The person (居民), by `Restriction.personId`.")
    reason: str = argument("Why (原因).")


@payload_type("What came of lifting a restriction.")
class LiftRestrictionPayload(Payload):
    """Payload of `liftRestriction`."""

    restriction: Restriction | None = column("The restriction.", default=None)
    person: Person | None = column("The person, in view again.", default=None)


@input_type("Whose data are to be copied. The audit keeps who asked for them and why.")
class ExportPersonInput(Input):
    """Input of `exportPerson`."""

    person: ID = argument("The person (居民).")
    purpose: str = argument("What the copy is for (用途), in your own words.")


@payload_type("A copy of everything held on a person. It is kept nowhere.")
class ExportPersonPayload(Payload):
    """Payload of `exportPerson`."""

    json: str | None = column("The copy as JSON text, in the format wangge-person-export/1.", default=None)
    html: str | None = column("The copy as a page to read and print, in Chinese.", default=None)


@input_type("Who is to be erased. The audit keeps who did it and why.")
class ErasePersonInput(Input):
    """Input of `erasePerson`."""

    person: ID = argument("The person (居民).")
    reason: str = argument("Why (原因), such as the person's request (PIPL art. 47).")


@payload_type("What came of erasing a person.")
class ErasePersonPayload(Payload):
    """Payload of `erasePerson`."""

    deleted: int | None = column("Rows that were deleted, besides the person's own.", default=None)
    kept: int | None = column("Rows that a law keeps.", default=None)
    remains: bool | None = column("Whether a stub without personal values stays.", default=None)
