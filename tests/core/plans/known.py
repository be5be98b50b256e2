"""What a test knows of a district: ids, cursors, and words that its arguments may hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from wangge import Model, RequestContext, encode_id
from wangge._host.compose import ComposedSchema
from wangge.graphql.pages import _encode_cursor
from wangge_schema.grids.models import Grid, GridLevel, QrAnchor
from wangge_schema.people.models import Household, Person
from wangge_schema.posts.models import PostRole

ROWS_EACH = 16
ODD = ("", "%", "_", "'", "\\", '"', "😀", "none", "\u2028", "张", '{"":0}')
NOWHERE = "0" * 32


@dataclass(frozen=True)
class Known:
    """Values of a district.

    Attributes:
        ids: type name → ids, drawn from the whole district.
        rows: table → rows, for cursors.
        words: name of an argument → texts; "" has those for any other.
        types: table → name of its node type.
    """

    ids: Mapping[str, Sequence[str]]
    rows: Mapping[type[Model], Sequence[Any]]
    words: Mapping[str, Sequence[str]]
    types: Mapping[type[Model], str]

    def ids_for(self, name: str) -> Sequence[str]:
        """Return ids that a field or argument of this name may mean; odd ones among those of no type."""
        kind = _MEANT.get(name, name[:1].upper() + name[1:])
        if kind in self.ids:
            return self.ids[kind]
        return [ids[0] for ids in self.ids.values()] + [f"Person_{NOWHERE}", f"Nothing_{NOWHERE}", "x", ""]


_MEANT = {"within": "Grid", "official": "Person", "buildingHead": "Person", "placedBy": "Person"}
_MEANT |= {"leader": "Volunteer", "team": "VolunteerTeam", "account": "PointsAccount"}


async def known_of(ctx: RequestContext, composed: ComposedSchema) -> Known:
    """Read what is known, the same each time."""
    rows: dict[type[Model], Sequence[Any]] = {}
    listed: list[type[Any]] = list(tables_of(composed))  # all of them have an id
    for model in listed:
        every = max(1, await ctx.db.scalar(select(func.count()).select_from(model)) // ROWS_EACH)
        found = await ctx.db.scalars(select(model).order_by(model.id))
        rows[model] = found[::every][:ROWS_EACH]
    types = {model: name for name, (model, _) in composed.nodes.items()}
    ids = {
        types[model]: [encode_id(types[model], row.id) for row in found] or [f"{types[model]}_{NOWHERE}"]
        for model, found in rows.items()
        if model in types
    }
    codes = await ctx.db.scalars(select(Grid.code).order_by(Grid.code))
    lived_in = [code for code in codes if len(code) >= 15]
    words = {
        "code": [*codes[:12], *lived_in[:12], "none"],
        "token": await ctx.db.scalars(select(QrAnchor.token).order_by(QrAnchor.token)),
        "level": await ctx.db.scalars(select(GridLevel.key).order_by(GridLevel.key)),
        "role": await ctx.db.scalars(select(PostRole.key).order_by(PostRole.key)),
        "number": await ctx.db.scalars(select(Household.number).order_by(Household.number).limit(12)),
        "name": [name[:2] for name in await ctx.db.scalars(select(Person.name).order_by(Person.name))][::9],
    }
    words[""] = [*ODD, *(text for several in words.values() for text in several[:3])]
    return Known(ids, rows, words, types)


def tables_of(composed: ComposedSchema) -> list[type[Model]]:
    """Return the tables that types of a schema stand on."""
    definitions = [kind.extensions.get("strawberry-definition") for kind in composed.schema.type_map.values()]
    infos = [getattr(getattr(one, "origin", None), "__wangge_table__", None) for one in definitions]
    return list({info.model: None for info in infos if info is not None and hasattr(info.model, "id")})


def cursor_at(row: Any, order: Sequence[tuple[str, bool]]) -> str:
    """Return the cursor of a row in a list of this order."""
    return _encode_cursor(row, order)
