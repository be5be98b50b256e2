"""Root query fields of grids."""

from typing import Annotated, cast

from wangge import Connection, Info, Query, Rows, authenticated, connection, described, extends, public, query
from wangge_schema.grids import models, services
from wangge_schema.grids.types import Grid, GridFilter, GridOrder, QrAnchor


@extends(Query)
class GridQueries:
    """Grids and QR anchors."""

    grids: Connection[Grid] = connection(
        "Current grids (网格) of the district; the whole district may read them.",
        where=GridFilter,
        order_by=GridOrder,
        restrict=models.Grid.valid_to.is_(None),
        access=authenticated,
    )

    @query(
        access=authenticated,
        description="The grid with a code (编码): the current one, or else the last that carried it.",
        sql=Rows(
            models.Grid,
            lambda code: models.Grid.code == code,
            order_by=(models.Grid.valid_to.is_not(None), models.Grid.valid_to.desc()),
            first=True,
        ),
    )
    @staticmethod
    async def grid(info: Info, code: Annotated[str, described("Its code.")]) -> Grid | None:
        """Find a grid by its code."""
        return cast("Grid | None", await services.grid_by_code(info.context, code))

    @query(
        access=public,
        description="Where am I? The QR anchor (二维码锚点) with the token that a code carries.",
        sql=Rows(models.QrAnchor, lambda token: models.QrAnchor.token == token, first=True),
    )
    @staticmethod
    async def qr_anchor(
        info: Info, token: Annotated[str, described("What the code carries.")]
    ) -> QrAnchor | None:
        """Find a QR anchor by its token."""
        return cast("QrAnchor | None", await services.anchor_by_token(info.context, token))
