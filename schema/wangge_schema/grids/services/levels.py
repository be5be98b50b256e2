"""The district's levels, functions and root grid: founded once, read by everything else."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import select

from wangge import RequestContext
from wangge_schema.grids.errors import GridFunctionUnknown, LevelSchemeUnknown
from wangge_schema.grids.models import Grid, GridFunction, GridLevel
from wangge_schema.grids.rules import DISTRICT, GridKind, Level, LevelScheme, Spot, check_code, check_scheme
from wangge_schema.grids.settings import GridSettings


@dataclass(frozen=True)
class DistrictLevels:
    """The district's scheme, with the keys of its rows."""

    scheme: LevelScheme
    ids: dict[str, UUID]

    def of(self, grid: Grid) -> Level:
        """Return a grid's level."""
        return next(level for level in self.scheme.levels if self.ids[level.key] == grid.level_id)

    def spot_of(self, grid: Grid) -> Spot:
        """Return where a grid stands, as the rules want it."""
        return Spot(self.of(grid), grid.path)


async def levels_of(ctx: RequestContext) -> DistrictLevels:
    """Return the levels of the district.

    Raises:
        LevelSchemeInvalid: when the district was not founded yet.
    """
    rows = await ctx.db.scalars(select(GridLevel))
    scheme = check_scheme([Level(row.key, row.title, row.rank) for row in rows])
    return DistrictLevels(scheme, {row.key: row.id for row in rows})


async def root_grid(ctx: RequestContext) -> Grid | None:
    """Return the district itself as a grid, if the district was founded."""
    found: Grid | None = await ctx.db.scalar(select(Grid).where(Grid.parent_id.is_(None)))
    return found


async def found_district(ctx: RequestContext) -> Grid:
    """Give a district its levels, functions and root grid where it has none yet; return the root.

    Harmless when repeated: what the district changed afterwards stays. For the command line and for enabling
    the base programme.

    Raises:
        LevelSchemeUnknown: when the settings name an unknown scheme.
    """
    settings = ctx.settings(GridSettings)
    presets = _presets()
    if not await ctx.db.scalars(select(GridLevel.id).limit(1)):
        schemes = presets["schemes"]
        if settings.grid_scheme not in schemes:
            raise LevelSchemeUnknown(scheme=settings.grid_scheme, schemes=", ".join(schemes))
        levels = [Level(**level) for level in schemes[settings.grid_scheme]["levels"]]
        ctx.db.add_all(
            GridLevel(key=level.key, title=level.title, rank=level.rank)
            for level in check_scheme(levels).levels
        )
    if not await ctx.db.scalars(select(GridFunction.id).limit(1)):
        ctx.db.add_all(GridFunction(**function) for function in presets["functions"]["functions"])
    await ctx.db.flush()
    root = await root_grid(ctx)
    return root if root is not None else await _plant_root(ctx, settings)


async def _plant_root(ctx: RequestContext, settings: GridSettings) -> Grid:
    levels = await levels_of(ctx)
    level = levels.scheme.level(DISTRICT)
    root = Grid(
        number=0,
        code=check_code(ctx.district.code, level, levels.scheme),
        name=ctx.district.name,
        level_id=levels.ids[DISTRICT],
        kind=GridKind.BASIC,
        valid_from=min(settings.divisions_as_of, ctx.today),
    )
    root.place_at(())
    ctx.db.add(root)
    await ctx.db.flush()
    return root


async def functions_by_key(
    ctx: RequestContext, keys: Iterable[str], path: Sequence[str] = ("functions",)
) -> list[GridFunction]:
    """Return the functions called `keys`.

    Raises:
        GridFunctionUnknown: when the district has not got one of them.
    """
    known = {row.key: row for row in await ctx.db.scalars(select(GridFunction).order_by(GridFunction.key))}
    wanted = dict.fromkeys(keys)
    for key in wanted:
        if key not in known:
            raise GridFunctionUnknown(path=path, function=key, functions=", ".join(known))
    return [known[key] for key in wanted]


def _presets() -> dict[str, Any]:  # the shape of level_schemes.toml
    text = files("wangge_schema.grids").joinpath("data/level_schemes.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
