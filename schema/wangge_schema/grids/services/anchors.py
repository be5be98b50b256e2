"""QR anchors: codes on buildings that say where one is."""

import secrets
from uuid import UUID

from sqlalchemy import select

from wangge import RequestContext
from wangge_schema.grids.models import QrAnchor
from wangge_schema.grids.rules import check_purpose
from wangge_schema.grids.services.tree import WRITE, open_grid


async def create_qr_anchor(ctx: RequestContext, *, grid_id: UUID, purpose: str) -> QrAnchor:
    """Add a QR anchor to a grid within the caller's scope; its token cannot be guessed.

    Raises:
        QrPurposeBlank, QrPurposeTooLong: by the purpose.
        NotFound, OutOfScope, GridClosed: by the grid.
    """
    ctx.require(WRITE)
    stated = check_purpose(purpose)
    grid = await open_grid(ctx, grid_id, ("grid",))
    anchor = QrAnchor(grid_id=grid.id, token=secrets.token_urlsafe(16), purpose=stated)
    ctx.db.add(anchor)
    await ctx.db.flush()
    ctx.audit("base.qr_anchor.created", subject=anchor, detail={"grid": grid.code})
    return anchor


async def anchor_by_token(ctx: RequestContext, token: str) -> QrAnchor | None:
    """Return the anchor with this token, wherever it is."""
    found: QrAnchor | None = await ctx.db.scalar(select(QrAnchor).where(QrAnchor.token == token))
    return found
