"""Recording dwellings."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from wangge import KeyRing, RequestContext, Sealed
from wangge_schema.grids.models import Grid
from wangge_schema.grids.scope import MAX_DEPTH
from wangge_schema.grids.services.tree import open_grid
from wangge_schema.people import rules
from wangge_schema.people.errors import DwellingExists
from wangge_schema.people.models import Dwelling


async def create_dwelling(
    ctx: RequestContext,
    *,
    grid_id: UUID,
    unit: str | None = None,
    room: str | None = None,
    address: str | None = None,
    floor_area: Decimal | None = None,
) -> Dwelling:
    """Record a dwelling of a grid. Needs `base.people.write`.

    Args:
        ctx: the request.
        grid_id: the building, or the smallest grid there is.
        unit: 单元, without the word.
        room: 室, without the word.
        address: the full address; without it, it is composed of the grids' names, unit and room.
        floor_area: in square metres.

    Raises:
        NotFound: when there is no such grid.
        GridClosed: when the grid is no longer valid.
        OutOfScope: when the grid lies outside the caller's.
        FloorAreaInvalid: when the floor area is impossible.
        DwellingUnnamed: when nothing says which dwelling of the grid it is.
        DwellingExists: when the address is recorded already.
    """
    ctx.require("base.people.write")
    grid = await open_grid(ctx, grid_id, ("grid",))
    unit, room = rules.normalise_part(unit), rules.normalise_part(room)
    sealed = seal_address(ctx.keys, await place_names(ctx, grid), unit, room, address)
    area = None if floor_area is None else rules.square_decimetres(floor_area)
    dwelling = Dwelling(grid_id=grid.id, unit=unit, room=room, floor_area_dm2=area)
    dwelling.address_cipher, dwelling.address_digest, dwelling.address_masked = sealed
    async with ctx.db.unique(DwellingExists(path=("room",))):
        ctx.db.add(dwelling)
    ctx.audit("base.dwelling.created", subject=dwelling, fields=("unit", "room", "address", "floorArea"))
    ctx.emit("base.dwelling.created", subject=dwelling, grid_id=dwelling.grid_id)
    return dwelling


async def place_names(ctx: RequestContext, grid: Grid) -> list[str]:
    """Return the names of a grid's ancestors and its own, outermost first."""
    numbers = [getattr(grid, f"anc_{depth}") for depth in range(1, MAX_DEPTH + 1)]
    above = select(Grid).where(Grid.number.in_([n for n in numbers if n is not None]) | (Grid.depth == 0))
    return [place.name for place in await ctx.db.scalars(above.order_by(Grid.depth))]


def seal_address(keys: KeyRing, places: list[str], unit: str, room: str, address: str | None) -> Sealed:
    """Return the sealed address of a dwelling; its masked form ends with the grid's name.

    Raises:
        DwellingUnnamed: when there is no address and neither unit nor room.
    """
    written = rules.normalise_address(address or "")
    text = written or rules.compose_address(places, unit, room)
    return keys.seal("address", text, masked=rules.mask_address("".join(places)))
