"""What happens to hidden rows is told to nobody who may not see them, by any subscription of the schema."""

import json

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_leaf_type,
)

from wangge.testing.districts import TestDistrict
from wangge.testing.proofs.marks import marks_of
from wangge.testing.proofs.planting import plant
from wangge.testing.proofs.proving import HIDDEN, SEEING
from wangge.testing.proofs.seeds import FAR, NEAR, Crop
from wangge.testing.proofs.walking import leaves

LAST = "base.last"
"""Type of the event that ends a test; it is emitted for a row that the caller sees."""


async def _tell(district: TestDistrict, crop: Crop, last: str) -> int:
    """Emit an event about each planted row, and one at last about a row of a group; return how many."""
    async with district.committed() as ctx:
        for row in crop.rows:
            grid = crop.grids[row.group] if hasattr(row.model, "grid_id") else None
            subject = row.model(id=row.id)
            ctx.emit("base.told", subject=subject, grid_id=grid.id if grid is not None else None)
        person = next(row for row in crop.rows if row.model.__name__ == "Person" and row.group == last)
        ctx.emit(LAST, subject=person.model(id=person.id), grid_id=crop.grids[last].id)
    return len(crop.rows)


def _selection(field: GraphQLField) -> str:
    """Return all of an event: its own values, and those of every type that it may lead to."""
    kind = get_named_type(field.type)
    assert isinstance(kind, GraphQLObjectType)
    parts = []
    for name, one in kind.fields.items():
        below = get_named_type(one.type)
        if is_leaf_type(below):
            parts.append(name)
        elif isinstance(below, GraphQLInterfaceType):
            parts.append(f"{name} {{ __typename id ... on Person {{ name phone birthDate }} }}")
        else:
            parts.append(f"{name} {{ {leaves(below)} }}")
    return " ".join(parts)


@pytest.mark.parametrize("caller", ["district_admin", *SEEING])
async def test_no_subscription_tells_of_a_hidden_row(district: TestDistrict, caller: str) -> None:
    crop = await plant(district)
    composed = await district.server.district(district.code).schema()
    schema = build_schema(composed.sdl)
    assert schema.subscription_type is not None
    fields = schema.subscription_type.fields
    seen: dict[str, list[str]] = {name: [] for name in fields}

    async with district.socket(caller) as socket:
        for name, one in fields.items():
            await socket.subscribe(name, f"subscription {{ {name} {{ {_selection(one)} }} }}")
        told = await _tell(district, crop, "home" if caller == "resident" else NEAR)
        for name in fields:
            while not seen[name] or LAST not in seen[name][-1]:
                seen[name].append(json.dumps(await socket.next(name), ensure_ascii=False))

    texts = [text for several in seen.values() for text in several]
    if caller == "district_admin":
        assert all(len(several) == told + 1 for several in seen.values())
        return
    marks = marks_of(crop, HIDDEN[caller])
    assert [mark for mark in marks.texts for text in texts if mark in text] == []
    assert all(1 < len(several) < told for several in seen.values()), FAR
