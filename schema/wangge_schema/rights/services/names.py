"""What the keys in a copy stand for: the address of a dwelling, the name of a grid."""

from typing import Any
from uuid import UUID

from wangge import RequestContext
from wangge_schema.grids.models import Grid
from wangge_schema.organizations.models import Organization
from wangge_schema.people.models import Dwelling, Household, ProcessingPurpose

_LEADS = {
    "dwelling_id": Dwelling,
    "grid_id": Grid,
    "household_id": Household,
    "organization_id": Organization,
    "purpose_id": ProcessingPurpose,
}
"""Columns by whose name the row behind a key is known, in whatever programme's table."""


class Names:
    """Looks up what stands behind keys; each is read once."""

    def __init__(self, ctx: RequestContext) -> None:
        self._ctx = ctx
        self._known: dict[UUID, str | None] = {}

    async def beside(self, row: dict[str, Any]) -> dict[str, str]:
        """Return what the keys of a row stand for, by the names of their columns without `_id`."""
        found = {}
        for column, model in _LEADS.items():
            if row.get(column) is not None:
                name = await self._name(model, UUID(str(row[column])))
                if name is not None:
                    found[column.removesuffix("_id")] = name
        return found

    async def _name(self, model: Any, key: UUID) -> str | None:
        if key not in self._known:
            row = await self._ctx.db.get(model, key)
            self._known[key] = None if row is None else self._called(row)
        return self._known[key]

    def _called(self, row: Any) -> str:
        if isinstance(row, Dwelling):
            return self._ctx.keys.open("address", row.address_cipher)
        if isinstance(row, Household):
            return row.number
        return str(row.title_zh if isinstance(row, ProcessingPurpose) else row.name)
