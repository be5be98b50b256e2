"""A programme's figure that fails costs that figure alone."""

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select

from wangge import Indicator, Model, RequestContext
from wangge.testing.districts import TestDistrict

FIGURES = "{ indicators { key value plugin } }"


async def raise_in_python(
    ctx: RequestContext, grid: UUID | None, first: date | None, last: date | None
) -> Decimal | None:
    raise ZeroDivisionError("a programme's mistake")


async def raise_in_sql(
    ctx: RequestContext, grid: UUID | None, first: date | None, last: date | None
) -> Decimal | None:
    missing = next(
        mapper.class_ for mapper in Model.registry.mappers if mapper.class_.__tablename__ == "base_people"
    )
    await ctx.db.execute(select(missing).where(missing.__table__.c.name.op("no such operator")("x")))
    return Decimal(0)


@pytest.mark.parametrize("compute", [raise_in_python, raise_in_sql])
async def test_a_figure_that_fails_is_left_out_and_told(
    district: TestDistrict, compute: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = district.client("district_admin")
    before = (await admin.data(FIGURES))["indicators"]
    plugin = district.server.plugins.loaded["volunteer_points"]
    broken = Indicator("volunteer_points.broken", "Broken", "Never there.", None, compute)  # type: ignore[arg-type]  # parametrised
    monkeypatch.setattr(plugin, "indicators", [broken, *plugin.indicators])

    answer = await admin.execute(FIGURES)

    assert answer["data"]["indicators"] == before
    [error] = answer["errors"]
    reference = error["extensions"].pop("reference")
    assert len(reference) == 12
    assert error["extensions"] == {"code": "PLUGIN_FAILED", "plugin": "volunteer_points"}
    assert "no such operator" not in str(answer)
