"""GraphQL types, filters, inputs and payloads of posts and pairings."""

from collections.abc import Callable
from datetime import date
from enum import Enum

from sqlalchemy import ColumnElement, not_, true

from wangge import (
    ID,
    BooleanMatch,
    Connection,
    Filter,
    IdMatch,
    Input,
    KeyMatch,
    Node,
    Payload,
    RequestContext,
    argument,
    authenticated,
    column,
    connection,
    decode_id,
    filter_type,
    input_type,
    match,
    match_by,
    object_type,
    order_type,
    payload_type,
    public,
    related,
    table_type,
    through,
)
from wangge_schema.grids.subtree import within
from wangge_schema.grids.types import Grid
from wangge_schema.organizations.types import Organization
from wangge_schema.people.types import Household, HouseholdFilter, Person
from wangge_schema.posts import models


async def _post_within(ctx: RequestContext, grid: ID) -> ColumnElement[bool]:
    return await within(ctx, models.Post, decode_id(Grid, grid, ("where", "within")))


def _current(
    model: type[models.Post] | type[models.Pairing],
) -> Callable[[RequestContext, BooleanMatch], ColumnElement[bool]]:
    """Return the condition maker of `current`: whether a row's term includes today."""

    def condition(ctx: RequestContext, value: BooleanMatch) -> ColumnElement[bool]:
        lasting = models.lasts_on(model, ctx.today)
        return true() if value.eq is None else lasting if value.eq else not_(lasting)

    return condition


@filter_type(models.Post, "Which posts to list.")
class PostFilter(Filter):
    """Conditions on posts."""

    role: KeyMatch | None = match("role_key", "Key of the role.")
    person: IdMatch | None = match("person_id", "Who holds them.")
    grid: IdMatch | None = match("grid_id", "Exactly the grid that is served.")
    within: ID | None = match_by(_post_within, "Serving this grid or one below it.")
    organization: IdMatch | None = match("organization_id", "For which organisation they are held.")
    current: BooleanMatch | None = match_by(_current(models.Post), "Whether they are held today.")


@order_type(models.Post, "How to order posts.")
class PostOrder(Enum):
    """Orders of posts."""

    ROLE_ASC = "role_key"
    ROLE_DESC = "-role_key"
    SINCE_ASC = "since"
    SINCE_DESC = "-since"


@table_type(
    models.PostRole,
    access=authenticated,
    description="Role of posts (岗位类型), such as grid head (网格长) or lane steward (小巷管家).",
)
class PostRole:
    """A district adds its own."""

    key: str = column("Key, unique in the district.")
    title: str = column("Title in Chinese.")
    full_time: bool = column("Whether it is full-time work (专职).")


@table_type(
    models.Post,
    access=authenticated,
    description="Post (岗位): who serves which grid in which role, and when. Readable in the whole district.",
)
class Post(Node):
    """Its holder may lie outside the caller's grids; personal values are then masked or null."""

    role: PostRole = related("role_key", "The role.")
    person: Person = related("person_id", "Who holds it.", published=True)
    grid: Grid = related("grid_id", "The grid that is served.")
    organization: Organization | None = related("organization_id", "For which organisation.")
    since: date = column("First day.")
    until: date | None = column("Last day; null while it lasts.")
    duty_name: str | None = column("Name under which the holder is published (公示姓名).")
    duty_phone: str | None = column("Published work phone (公示电话).")


@object_type(access=public, description="Published duty contact of a place (公示联系人).")
class DutyContact:
    """What a sign on the building would say."""

    title: str = column("Title of the role.")
    place: str = column("Name of the grid that is served.")
    name: str | None = column("Published name.")
    phone: str = column("Published work phone.")


async def _pairing_within(ctx: RequestContext, grid: ID) -> ColumnElement[bool]:
    return await within(ctx, models.Pairing, decode_id(Grid, grid, ("where", "within")))


@filter_type(models.Pairing, "Which pairings to list.")
class PairingFilter(Filter):
    """Conditions on pairings."""

    official: IdMatch | None = match("official_id", "The official.")
    building_head: IdMatch | None = match("building_head_id", "The building head.")
    within: ID | None = match_by(_pairing_within, "Of buildings in this grid or below it.")
    current: BooleanMatch | None = match_by(_current(models.Pairing), "Whether they last today.")


@table_type(
    models.Pairing,
    access=authenticated,
    description=(
        "Pairing (机关干部·楼长“1+1”结对): an official and a building head look after about fifty households."
    ),
)
class Pairing(Node):
    """Seen by those responsible for the building."""

    official: Person = related("official_id", "The official (机关干部).", published=True)
    building_head: Person = related("building_head_id", "The building head (楼长).", published=True)
    building: Grid = related("grid_id", "The building (楼栋).")
    households: Connection[Household] = connection(
        "The households they look after, as far as the caller may see them.",
        via=through(models.PairingHousehold.pairing_id, models.PairingHousehold.household_id),
        where=HouseholdFilter,
    )
    since: date = column("First day.")
    until: date | None = column("Last day; null while it lasts.")


@input_type("A new role of posts.")
class CreatePostRoleInput(Input):
    """Input of `createPostRole`."""

    key: str = argument("Key: small letters, digits and underscores.")
    title: str = argument("Title in Chinese.")
    full_time: bool = argument("Whether it is full-time work.", default=False)


@payload_type("The new role, or what is wrong.")
class CreatePostRolePayload(Payload):
    """Payload of `createPostRole`."""

    role: PostRole | None = column("The role.", default=None)


@input_type("Who is to serve which grid in which role.")
class AssignPostInput(Input):
    """Input of `assignPost`."""

    role: str = argument("Key of the role, such as grid_head.")
    person: ID = argument("Who is to hold it.")
    grid: ID = argument("The grid to serve.")
    organization: ID | None = argument("For which organisation.", default=None)
    since: date | None = argument("First day; today if left out.", default=None)
    until: date | None = argument("Last day, if it is known.", default=None)
    duty_name: str | None = argument("Name to publish (公示姓名).", default=None)
    duty_phone: str | None = argument("Work phone to publish (公示电话), never a private one.", default=None)


@payload_type("The new post, or what is wrong.")
class AssignPostPayload(Payload):
    """Payload of `assignPost`."""

    post: Post | None = column("The post.", default=None)


@input_type("The end of a post.")
class EndPostInput(Input):
    """Input of `endPost`."""

    post: ID = argument("The post.")
    until: date | None = argument("Last day; today if left out.", default=None)


@payload_type("The ended post, or what is wrong.")
class EndPostPayload(Payload):
    """Payload of `endPost`."""

    post: Post | None = column("The post.", default=None)


@input_type("Which official is paired with which building head.")
class PairOfficialInput(Input):
    """Input of `pairOfficial`."""

    official: ID = argument("The official.")
    building_head: ID = argument("The building head, who must hold that post.")
    households: list[ID] = argument("The households they look after, about fifty; at most 200.")
    since: date | None = argument("First day; today if left out.", default=None)
    until: date | None = argument("Last day, if it is known.", default=None)


@payload_type("The new pairing, or what is wrong.")
class PairOfficialPayload(Payload):
    """Payload of `pairOfficial`."""

    pairing: Pairing | None = column("The pairing.", default=None)


@input_type("The end of a pairing.")
class EndPairingInput(Input):
    """Input of `endPairing`."""

    pairing: ID = argument("The pairing.")
    until: date | None = argument("Last day; today if left out.", default=None)


@payload_type("The ended pairing, or what is wrong.")
class EndPairingPayload(Payload):
    """Payload of `endPairing`."""

    pairing: Pairing | None = column("The pairing.", default=None)
